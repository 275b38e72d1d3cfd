//! The one memory file: the kernel's data, its heap, and programs' frames, shared by all host processes.

use core::ops::Range;
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general::{MAP_NORESERVE, MAP_SHARED, PROT_READ, PROT_WRITE};

use crate::host::{self, HostFd};
use crate::{heap, layout};

static FILE: AtomicI32 = AtomicI32::new(-1);
static SIZE: AtomicU64 = AtomicU64::new(0);

/// Where the heap begins in the file; the image's data lies before it.
const HEAP_OFFSET: u64 = layout::IMAGE_SIZE;

/// Bytes of programs' physical memory.
pub(crate) fn size() -> u64 {
    SIZE.load(Ordering::Relaxed)
}

/// The memory file and where programs' frames begin in it.
pub(crate) fn frames() -> (HostFd, u64) {
    (FILE.load(Ordering::Relaxed), HEAP_OFFSET + size())
}

/// The address of a physical address in the direct map.
pub(crate) fn direct(physical: u64) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut((layout::DIRECT_MAP + physical) as usize)
}

unsafe extern "C" {
    /// The linker's name for the end of the image.
    static _end: u8;
}

/// Makes the memory file and moves the kernel's writable data into it. Nothing of the heap may be in use.
///
/// # Errors
/// What the host says.
///
/// # Safety
/// Must run once, before any other processor and before the heap is used.
pub(crate) unsafe fn initialize(size: u64, data: &Range<u64>) -> Result<(), Errno> {
    let file = host::memory::memory_file(HEAP_OFFSET + 2 * size)?;
    // SAFETY: this is the only thread, and the data goes on at the same addresses with the same contents.
    unsafe { share_data(file, data) }?;
    FILE.store(file, Ordering::Relaxed);
    SIZE.store(size, Ordering::Relaxed);
    let heap = layout::HEAP..layout::HEAP + size;
    let direct = layout::DIRECT_MAP..layout::DIRECT_MAP + size;
    let flags = MAP_SHARED | MAP_NORESERVE;
    // SAFETY: the kernel's half of the address space is empty there.
    unsafe { host::memory::map_fixed(&heap, PROT_READ | PROT_WRITE, flags, file, HEAP_OFFSET) }?;
    // SAFETY: as above.
    unsafe { host::memory::map_fixed(&direct, PROT_READ | PROT_WRITE, flags, file, HEAP_OFFSET + size) }?;
    // SAFETY: the range was mapped for the heap alone.
    unsafe { heap::claim(&heap) }
}

/// Copies the image's writable pages into the file and maps the file over them.
///
/// # Safety
/// Nothing else may run.
unsafe fn share_data(file: HostFd, data: &Range<u64>) -> Result<(), Errno> {
    let length = (data.end - data.start) as usize;
    let mut done = 0;
    while done < length {
        // SAFETY: the data is mapped; write(2) only reads it.
        let count = unsafe {
            host::call(
                abi::raw::general::__NR_pwrite64,
                [file as usize, data.start as usize + done, length - done, done, 0, 0],
            )
        }?;
        done += count;
    }
    // SAFETY: the new pages hold what the old ones held; nothing is written in between, as this runs alone
    // and only the stack, which lies elsewhere, changes.
    unsafe { host::memory::map_fixed(data, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) }
}

/// The pages that hold the image's writable data, from the program headers that the host gave.
///
/// # Safety
/// `headers` must be `AT_PHDR` of this process and `count` its `AT_PHNUM`.
pub(crate) unsafe fn writable_image(headers: usize, count: usize) -> Option<Range<u64>> {
    const PT_LOAD: u32 = 1;
    const PF_W: u32 = 2;
    let ranges = (0..count).filter_map(|index| {
        let header = core::ptr::with_exposed_provenance::<[u64; 7]>(headers + index * 56);
        // SAFETY: the caller says that this is an array of program headers, of seven words each.
        let [kind_and_flags, _, address, _, _, memory_size, _] = unsafe { header.read_unaligned() };
        let kind = kind_and_flags as u32;
        let flags = (kind_and_flags >> 32) as u32;
        let pages = address & !4095..(address + memory_size).next_multiple_of(4096);
        (kind == PT_LOAD && flags & PF_W != 0).then_some(pages)
    });
    ranges.reduce(|all, next| all.start.min(next.start)..all.end.max(next.end))
}

/// The end of the image.
pub(crate) fn image_end() -> u64 {
    (&raw const _end).addr() as u64
}
