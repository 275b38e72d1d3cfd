//! Physical memory: what there is, the direct map, and who shares a frame.

use core::ops::Range;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use kernel::mm::frame::Frames;
use sync::SpinLock;

use crate::layout;
use crate::pvh::{BootInformation, RANGES};

/// Bytes of a page.
pub(crate) const PAGE: u64 = 4096;
/// Memory below this is the firmware's, the loader's and that of processors that start.
const LOW: u64 = 1 << 20;

/// The end of all memory.
static END: AtomicU64 = AtomicU64::new(0);
/// What is free while the kernel starts: taken from the front of the first range.
static FREE: SpinLock<[Range<u64>; RANGES]> = SpinLock::new([const { 0..0 }; RANGES]);
/// The initial archive, until it is unpacked.
static ARCHIVE: SpinLock<Range<u64>> = SpinLock::new(0..0);
/// How many address spaces show a frame, for each frame that programs' memory is made of.
static SHARES: AtomicPtr<AtomicU32> = AtomicPtr::new(core::ptr::null_mut());

/// The end of all memory.
pub(crate) fn end() -> u64 {
    END.load(Ordering::Relaxed)
}

/// The address of physical memory in the direct map.
pub(crate) fn direct(address: u64) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut((layout::DIRECT_MAP + address) as usize)
}

/// Notes which memory is free: all but the image and the archive.
pub(crate) fn initialize(information: &BootInformation) {
    let image = LOW..layout::image_physical_end();
    // An archive outside of memory is none.
    let is_inside = |range: &&Range<u64>| {
        range.start <= information.archive.start && information.archive.end <= range.end
    };
    if information.memory.iter().any(|range| is_inside(&range)) {
        *ARCHIVE.lock() = information.archive.clone();
    }
    let archive = archive_pages();
    let mut free = FREE.lock();
    let mut places = free.iter_mut();
    let mut end = 0;
    for range in &information.memory {
        end = end.max(range.end);
        for piece in without(range.start.max(LOW)..range.end, [&image, &archive]) {
            if !piece.is_empty()
                && let Some(place) = places.next()
            {
                *place = piece;
            }
        }
    }
    END.store(end, Ordering::Relaxed);
}

/// The pieces of a range that lie outside of two others.
fn without(range: Range<u64>, taken: [&Range<u64>; 2]) -> [Range<u64>; 3] {
    let [mut first, mut second] = taken;
    if first.start > second.start {
        (first, second) = (second, first);
    }
    let cut = |start: u64, end: u64| start.max(range.start)..end.min(range.end).max(start.max(range.start));
    [cut(0, first.start), cut(first.end, second.start), cut(first.end.max(second.end), u64::MAX)]
}

/// Takes zeroed memory while the kernel starts; `None` when there is not so much in a row.
///
/// # Safety
/// The start-up tables must be in use, and [`free`] not yet have been read.
pub(crate) unsafe fn take(size: u64) -> Option<u64> {
    const REACHABLE: u64 = 1 << 30;
    let size = size.next_multiple_of(PAGE);
    let mut free = FREE.lock();
    let fits = |range: &&mut Range<u64>| range.end - range.start >= size && range.start + size <= REACHABLE;
    let range = free.iter_mut().find(fits)?;
    let address = range.start;
    range.start += size;
    let pointer = core::ptr::with_exposed_provenance_mut::<u8>((layout::IMAGE + address) as usize);
    // SAFETY: the start-up tables map the first GiB, and the memory is nobody's yet.
    unsafe { pointer.write_bytes(0, size as usize) };
    Some(address)
}

/// The pages that the initial archive lies in.
pub(crate) fn archive_pages() -> Range<u64> {
    let archive = ARCHIVE.lock();
    archive.start & !(PAGE - 1)..archive.end.next_multiple_of(PAGE)
}

/// Gives the initial archive to `receiver`, then its memory to everybody. Does nothing without one.
pub(crate) fn take_archive(receiver: &mut dyn FnMut(&[u8])) {
    let pages = archive_pages();
    let archive = core::mem::take(&mut *ARCHIVE.lock());
    if archive.is_empty() {
        return;
    }
    let length = (archive.end - archive.start) as usize;
    // SAFETY: the archive lies in memory that was set aside for it, and is given back only below.
    receiver(unsafe { core::slice::from_raw_parts(direct(archive.start), length) });
    drop(Frames::from_range(pages));
}

/// Keeps a copy of bytes that the start-up tables show; gives its physical address.
///
/// # Safety
/// As [`take`].
pub(crate) unsafe fn keep(bytes: &[u8]) -> Option<u64> {
    // SAFETY: the caller's promise.
    let address = unsafe { take(bytes.len() as u64) }?;
    let copy = core::ptr::with_exposed_provenance_mut::<u8>((layout::IMAGE + address) as usize);
    // SAFETY: the memory was taken for this.
    unsafe { copy.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    Some(address)
}

/// What is free when the kernel has taken what it starts with.
pub(crate) fn free() -> [Range<u64>; RANGES] {
    FREE.lock().clone()
}

/// Where the counts of shares lie: an array in the direct map, one for each frame of memory.
///
/// # Safety
/// The memory must be zeroed, as large as [`shares_size`] says, and for this alone.
pub(crate) unsafe fn set_shares(address: u64) {
    SHARES.store(direct(address).cast(), Ordering::Release);
}

/// Bytes that the counts of shares need.
pub(crate) fn shares_size() -> u64 {
    end() / PAGE * size_of::<AtomicU32>() as u64
}

fn shares(frame: u64) -> &'static AtomicU32 {
    let index = (frame / PAGE) as usize;
    debug_assert!(frame < end(), "a frame lies in memory");
    let counts = SHARES.load(Ordering::Acquire);
    // SAFETY: the array has a count for each frame of memory, and lives for ever.
    unsafe { &*counts.wrapping_add(index) }
}

/// A zeroed frame that one address space shows. `None` without memory.
pub(crate) fn new_shared_frame() -> Option<u64> {
    let frame = Frames::allocate(1).ok()?.into_range().start;
    shares(frame).store(1, Ordering::Relaxed);
    Some(frame)
}

/// Another address space shows the frame, too.
pub(crate) fn share(frame: u64) {
    shares(frame).fetch_add(1, Ordering::Relaxed);
}

/// Whether one address space alone shows the frame.
pub(crate) fn is_unshared(frame: u64) -> bool {
    shares(frame).load(Ordering::Acquire) == 1
}

/// An address space shows the frame no longer; the last one gives it back.
pub(crate) fn unshare(frame: u64) {
    if shares(frame).fetch_sub(1, Ordering::AcqRel) == 1 {
        drop(Frames::from_range(frame..frame + PAGE));
    }
}

/// Copies a whole frame.
pub(crate) fn copy_frame(to: u64, from: u64) {
    // SAFETY: both frames lie in the direct map and are different.
    unsafe { direct(to).copy_from_nonoverlapping(direct(from), PAGE as usize) };
}
