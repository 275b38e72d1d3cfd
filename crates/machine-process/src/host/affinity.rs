//! On which cores of the host a thread may run (sched_setaffinity(2)).

use abi::Errno;
use abi::raw::general::{__NR_getcpu, __NR_sched_getaffinity, __NR_sched_setaffinity};

use super::call;

/// Words of a mask: 1024 cores.
const WORDS: usize = 16;

/// Cores, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CpuMask([u64; WORDS]);

impl CpuMask {
    /// One core.
    pub(crate) fn of(core: usize) -> Self {
        let mut words = [0; WORDS];
        if let Some(word) = words.get_mut(core / 64) {
            *word = 1 << (core % 64);
        }
        Self(words)
    }
}

/// The cores of the calling thread.
///
/// # Errors
/// What the host says.
pub(crate) fn get() -> Result<CpuMask, Errno> {
    let mut mask = CpuMask([0; WORDS]);
    let arguments = [0, size_of::<CpuMask>(), mask.0.as_mut_ptr().addr(), 0, 0, 0];
    // SAFETY: the call writes at most as many bytes as the mask has.
    unsafe { call(__NR_sched_getaffinity, arguments) }?;
    Ok(mask)
}

/// Lets a thread run on these cores only.
///
/// # Errors
/// What the host says.
pub(crate) fn set(thread: i32, mask: &CpuMask) -> Result<(), Errno> {
    let arguments = [thread as usize, size_of::<CpuMask>(), mask.0.as_ptr().addr(), 0, 0, 0];
    // SAFETY: the call reads the mask.
    unsafe { call(__NR_sched_setaffinity, arguments) }.map(drop)
}

/// The core that runs this.
pub(crate) fn current_core() -> Option<i32> {
    let mut core = 0_u32;
    // SAFETY: the call writes the number.
    unsafe { call(__NR_getcpu, [(&raw mut core).addr(), 0, 0, 0, 0, 0]) }.ok()?;
    i32::try_from(core).ok()
}
