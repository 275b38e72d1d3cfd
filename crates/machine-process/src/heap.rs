//! The kernel's heap: a part of the shared memory file, claimed once.

use core::alloc::{GlobalAlloc, Layout};
use core::ops::Range;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::Errno;
use kernel::machine::HeapUsage;
use kernel::mm::pressure;
use sync::RawSpinLock;
use talc::TalcLock;
use talc::source::Manual;

#[global_allocator]
static HEAP: Counted = Counted(TalcLock::new(Manual));

static SIZE: AtomicUsize = AtomicUsize::new(0);
/// What may be in use before the reserve is touched.
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
static USED: AtomicUsize = AtomicUsize::new(0);

/// A heap that counts what is taken from it.
struct Counted(TalcLock<RawSpinLock, Manual>);

// SAFETY: every method passes its request on to a heap that keeps the contract; counting changes none.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut heap = self.0.lock();
        // SAFETY: the caller's layout is not of size zero.
        let Some(block) = (unsafe { heap.allocate(layout) }) else { return ptr::null_mut() };
        // No locked operation: all who change the count hold the heap's lock.
        let used = USED.load(Ordering::Relaxed).wrapping_add(layout.size());
        USED.store(used, Ordering::Relaxed);
        drop(heap);
        count(used);
        block.as_ptr()
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let mut heap = self.0.lock();
        USED.store(USED.load(Ordering::Relaxed).wrapping_sub(layout.size()), Ordering::Relaxed);
        // SAFETY: the caller gives back a block of this heap with its layout.
        unsafe { heap.deallocate(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let mut heap = self.0.lock();
        // SAFETY: as the caller promises: a block of this heap, its layout, and a size that is not zero.
        if unsafe { heap.try_realloc_in_place(block, layout, size) } {
            let used = USED.load(Ordering::Relaxed).wrapping_sub(layout.size()).wrapping_add(size);
            USED.store(used, Ordering::Relaxed);
            drop(heap);
            count(used);
            return block;
        }
        drop(heap);
        // SAFETY: the caller says that the size fits the alignment.
        let new_layout = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the size is not zero.
        let moved = unsafe { self.alloc(new_layout) };
        if !moved.is_null() {
            // SAFETY: both blocks have so many bytes, and the new one is another one.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            // SAFETY: the block is the caller's.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}

/// Looks at what is in use now.
fn count(used: usize) {
    if used > LIMIT.load(Ordering::Relaxed) {
        pressure::reserve_touched();
    }
}

/// How much of the heap is in use.
pub(crate) fn usage() -> HeapUsage {
    HeapUsage { size: SIZE.load(Ordering::Relaxed) as u64, used: USED.load(Ordering::Relaxed) as u64 }
}

/// Gives a range to the heap.
///
/// # Errors
/// `ENOMEM` when the range is too small.
///
/// # Safety
/// The range must be mapped for writing in every address space and be used by nothing else.
pub(crate) unsafe fn claim(range: &Range<u64>) -> Result<(), Errno> {
    let size = (range.end - range.start) as usize;
    let start = ptr::with_exposed_provenance_mut(range.start as usize);
    // SAFETY: the caller gives the range to the heap.
    let claimed = unsafe { HEAP.0.lock().claim(start, size) };
    SIZE.store(size, Ordering::Relaxed);
    LIMIT.store(size - pressure::reserve(size as u64) as usize, Ordering::Relaxed);
    claimed.map(drop).ok_or(Errno::ENOMEM)
}
