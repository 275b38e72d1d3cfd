//! The kernel's heap: a part of the shared memory file, claimed once.

use core::alloc::{GlobalAlloc, Layout};
use core::ops::Range;
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
        // SAFETY: the caller's layout is not of size zero.
        let block = unsafe { self.0.alloc(layout) };
        if !block.is_null() {
            count(USED.fetch_add(layout.size(), Ordering::Relaxed).wrapping_add(layout.size()));
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller gives back a block of this heap with its layout.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises: a block of this heap, its layout, and a size that is not zero.
        let moved = unsafe { self.0.realloc(block, layout, size) };
        if !moved.is_null() {
            let more = size.wrapping_sub(layout.size());
            count(USED.fetch_add(more, Ordering::Relaxed).wrapping_add(more));
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
    let start = core::ptr::with_exposed_provenance_mut(range.start as usize);
    // SAFETY: the caller gives the range to the heap.
    let claimed = unsafe { HEAP.0.lock().claim(start, size) };
    SIZE.store(size, Ordering::Relaxed);
    LIMIT.store(size - pressure::reserve(size as u64) as usize, Ordering::Relaxed);
    claimed.map(drop).ok_or(Errno::ENOMEM)
}
