//! madvise(2), mincore(2), msync(2).

use abi::Errno;
use abi::raw::general::{MADV_HWPOISON, MADV_SOFT_OFFLINE, MS_ASYNC, MS_INVALIDATE, MS_SYNC};

use super::super::advise::check_advice;
use super::super::{PAGE_MASK, PAGE_SIZE};
use super::pages;
use crate::syscalls::Current;
use crate::user::UserPtr;

/// `CAP_SYS_ADMIN` (capabilities(7)).
const CAP_SYS_ADMIN: u32 = 21;

/// madvise(2).
pub fn madvise(current: &Current<'_>, address: u64, length: u64, advice: i32) -> Result<(), Errno> {
    let poisons = [MADV_HWPOISON, MADV_SOFT_OFFLINE].map(u32::cast_signed).contains(&advice);
    if poisons && !current.credentials().has_capability(CAP_SYS_ADMIN) {
        return Err(Errno::EPERM);
    }
    check_advice(advice)?;
    let range = pages(address, length, Errno::EINVAL)?;
    if range.is_empty() { Ok(()) } else { current.process().memory().advise(range, advice) }
}

/// mincore(2).
pub fn mincore(current: &Current<'_>, address: u64, length: u64, target: UserPtr<u8>) -> Result<(), Errno> {
    if address & PAGE_MASK != 0 {
        return Err(Errno::EINVAL);
    }
    let user_end = arch::copy::user_range().end;
    let range = pages(address, length, Errno::ENOMEM)?;
    if range.end > user_end {
        return Err(Errno::ENOMEM);
    }
    let count = usize::try_from((range.end - range.start) / PAGE_SIZE).unwrap_or(usize::MAX);
    if !arch::copy::is_user(target.address(), count) && count > 0 {
        return Err(Errno::EFAULT);
    }
    current.process().memory().in_core(range, |index, flags| target.offset(index).write_array(flags))
}

/// msync(2).
pub fn msync(current: &Current<'_>, address: u64, length: u64, flags: u32) -> Result<(), Errno> {
    if flags & !(MS_ASYNC | MS_INVALIDATE | MS_SYNC) != 0 || flags & MS_ASYNC != 0 && flags & MS_SYNC != 0 {
        return Err(Errno::EINVAL);
    }
    let range = pages(address, length, Errno::ENOMEM)?;
    if range.is_empty() { Ok(()) } else { current.process().memory().sync(range, flags) }
}
