//! The kernel's heap: a first piece from the start, then frames as they are needed.

use core::alloc::Layout;

use kernel::mm::frame::Frames;
use sync::RawSpinLock;
use talc::TalcLock;
use talc::base::Talc;
use talc::base::binning::Binning;
use talc::source::Source;

use crate::physical::{self, PAGE};

/// The heap grows by at least so many pages.
const STEP: u64 = 64;

#[global_allocator]
static HEAP: TalcLock<RawSpinLock, FrameSource> = TalcLock::new(FrameSource);

/// Gives frames in a row to the heap, for good.
#[derive(Debug)]
struct FrameSource;

// SAFETY: taking frames does not come back to the heap: the core's books of frames have all the room that
// they will ever need (`frame::initialize`).
unsafe impl Source for FrameSource {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        // Room for the block wherever it comes to lie, and for the heap's own words around it.
        let size = (layout.size() as u64).checked_add(layout.align() as u64 + 512).ok_or(())?;
        let pages = size.div_ceil(PAGE);
        let frames = Frames::allocate(pages.max(STEP)).or_else(|_| Frames::allocate(pages));
        let range = frames.map_err(drop)?.into_range();
        // SAFETY: the frames are mapped in the direct map, and are the heap's from now on.
        let claimed =
            unsafe { talc.claim(physical::direct(range.start), (range.end - range.start) as usize) };
        claimed.map(drop).ok_or(())
    }
}

/// Gives the heap its first piece.
///
/// # Safety
/// The physical memory must be in the direct map, and be used by nothing else.
pub(crate) unsafe fn start(address: u64, size: u64) -> Option<()> {
    // SAFETY: the caller gives the memory to the heap.
    unsafe { HEAP.lock().claim(physical::direct(address), size as usize) }.map(drop)
}
