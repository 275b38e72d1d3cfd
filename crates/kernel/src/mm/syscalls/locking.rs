//! mlock(2) and its kin.

use core::ops::Range;

use abi::Errno;
use abi::raw::general::{MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT, MLOCK_ONFAULT};

use super::super::{MemoryLimits, page_ceil, page_floor};
use crate::syscalls::Current;

/// mlock(2).
pub fn mlock(current: &Current<'_>, address: u64, length: u64) -> Result<(), Errno> {
    mlock2(current, address, length, 0)
}

/// mlock2(2).
pub fn mlock2(current: &Current<'_>, address: u64, length: u64, flags: u32) -> Result<(), Errno> {
    if flags & !MLOCK_ONFAULT != 0 {
        return Err(Errno::EINVAL);
    }
    let limits = MemoryLimits::of(current);
    if !limits.may_lock() {
        return Err(Errno::EPERM);
    }
    let range = touched_pages(address, length)?;
    current.process().memory().lock_pages(range, flags & MLOCK_ONFAULT != 0, &limits)
}

/// munlock(2).
pub fn munlock(current: &Current<'_>, address: u64, length: u64) -> Result<(), Errno> {
    current.process().memory().unlock_pages(&touched_pages(address, length)?)
}

/// mlockall(2).
pub fn mlockall(current: &Current<'_>, flags: u32) -> Result<(), Errno> {
    if flags & !(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0 || flags & (MCL_CURRENT | MCL_FUTURE) == 0 {
        return Err(Errno::EINVAL);
    }
    let limits = MemoryLimits::of(current);
    current.process().memory().lock_all(
        flags & MCL_CURRENT != 0,
        flags & MCL_FUTURE != 0,
        flags & MCL_ONFAULT != 0,
        &limits,
    )
}

/// munlockall(2).
pub fn munlockall(current: &Current<'_>) -> Result<(), Errno> {
    current.process().memory().unlock_all();
    Ok(())
}

/// The pages that a range touches.
fn touched_pages(address: u64, length: u64) -> Result<Range<u64>, Errno> {
    let start = page_floor(address);
    let length = length.checked_add(address - start).ok_or(Errno::EINVAL)?;
    let length = page_ceil(length).map_err(|_| Errno::EINVAL)?;
    let end = start.checked_add(length).ok_or(Errno::EINVAL)?;
    Ok(start..end)
}
