//! The kernel's heap: a part of the shared memory file, claimed once.

use core::ops::Range;

use abi::Errno;
use sync::RawSpinLock;
use talc::TalcLock;
use talc::source::Manual;

#[global_allocator]
static HEAP: TalcLock<RawSpinLock, Manual> = TalcLock::new(Manual);

/// Gives a range to the heap.
///
/// # Errors
/// `ENOMEM` when the range is too small.
///
/// # Safety
/// The range must be mapped for writing in every address space and be used by nothing else.
pub(crate) unsafe fn claim(range: &Range<u64>) -> Result<(), Errno> {
    let start = core::ptr::with_exposed_provenance_mut(range.start as usize);
    // SAFETY: the caller gives the range to the heap.
    let claimed = unsafe { HEAP.lock().claim(start, (range.end - range.start) as usize) };
    claimed.map(drop).ok_or(Errno::ENOMEM)
}
