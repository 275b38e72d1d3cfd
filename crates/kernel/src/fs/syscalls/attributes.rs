//! Attributes: chmod(2), chown(2), utimensat(2), truncate(2) and their like.

use abi::Errno;
use abi::raw::general::{AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, UTIME_NOW, UTIME_OMIT};
use abi::time::{NANOSECONDS_PER_SECOND, Timespec, Timeval};

use super::at;
use crate::fs::{self, Path, TimeChange, WalkFlags};
use crate::syscalls::{Current, Fd};
use crate::user::{UserCStr, UserPtr};

/// fchmodat2(2).
pub fn fchmodat2(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    mode: u32,
    flags: u32,
) -> Result<(), Errno> {
    let walk = at::walk_flags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)?;
    let path = at::find(current, directory, name, walk)?;
    fs::change_permissions(current, &path, mode)
}

/// fchmodat(2), which has no flags in the kernel.
pub fn fchmodat(current: &Current<'_>, directory: Fd, name: UserCStr, mode: u32) -> Result<(), Errno> {
    fchmodat2(current, directory, name, mode, 0)
}

/// chmod(2).
pub fn chmod(current: &Current<'_>, name: UserCStr, mode: u32) -> Result<(), Errno> {
    fchmodat2(current, Fd::CWD, name, mode, 0)
}

/// fchmod(2).
pub fn fchmod(current: &Current<'_>, fd: Fd, mode: u32) -> Result<(), Errno> {
    fs::change_permissions(current, current.file(fd)?.path(), mode)
}

/// -1 leaves an owner as it is.
const fn given(id: u32) -> Option<u32> {
    if id == u32::MAX { None } else { Some(id) }
}

/// fchownat(2).
pub fn fchownat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    uid: u32,
    gid: u32,
    flags: u32,
) -> Result<(), Errno> {
    let walk = at::walk_flags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)?;
    let path = at::find(current, directory, name, walk)?;
    fs::change_owner(current, &path, given(uid), given(gid))
}

/// chown(2).
pub fn chown(current: &Current<'_>, name: UserCStr, uid: u32, gid: u32) -> Result<(), Errno> {
    fchownat(current, Fd::CWD, name, uid, gid, 0)
}

/// lchown(2).
pub fn lchown(current: &Current<'_>, name: UserCStr, uid: u32, gid: u32) -> Result<(), Errno> {
    fchownat(current, Fd::CWD, name, uid, gid, AT_SYMLINK_NOFOLLOW)
}

/// fchown(2).
pub fn fchown(current: &Current<'_>, fd: Fd, uid: u32, gid: u32) -> Result<(), Errno> {
    fs::change_owner(current, current.file(fd)?.path(), given(uid), given(gid))
}

/// One of the two times of utimensat(2); `None` leaves it as it is.
fn time_change(time: Timespec) -> Result<Option<TimeChange>, Errno> {
    let now = i64::from(UTIME_NOW);
    let omit = i64::from(UTIME_OMIT);
    match time.tv_nsec {
        nanoseconds if nanoseconds == now => Ok(Some(TimeChange::Now)),
        nanoseconds if nanoseconds == omit => Ok(None),
        nanoseconds if u64::try_from(nanoseconds).is_ok_and(|count| count < NANOSECONDS_PER_SECOND) => {
            Ok(Some(TimeChange::To(time)))
        }
        _ => Err(Errno::EINVAL),
    }
}

type Times = (Option<TimeChange>, Option<TimeChange>);

const NOW: Times = (Some(TimeChange::Now), Some(TimeChange::Now));

/// What a path, or a null path with a descriptor, stands for here.
fn timed_path(current: &Current<'_>, directory: Fd, name: UserCStr, flags: u32) -> Result<Path, Errno> {
    let walk = at::walk_flags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)?;
    if !name.is_null() {
        return at::find(current, directory, name, walk);
    }
    // futimens(3): a descriptor alone. The working directory without a name is a bad address.
    if directory == Fd::CWD {
        return Err(Errno::EFAULT);
    }
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    Ok(current.file(directory)?.path().clone())
}

fn change_times(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    (accessed, modified): Times,
    flags: u32,
) -> Result<(), Errno> {
    if accessed.is_none() && modified.is_none() {
        // Nothing to do, not even to look the path up.
        return Ok(());
    }
    let path = timed_path(current, directory, name, flags)?;
    fs::change_times(current, &path, accessed, modified)
}

/// utimensat(2).
pub fn utimensat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    times: UserPtr<[Timespec; 2]>,
    flags: u32,
) -> Result<(), Errno> {
    let times = match times.non_null() {
        None => NOW,
        Some(times) => {
            let [accessed, modified] = times.read()?;
            (time_change(accessed)?, time_change(modified)?)
        }
    };
    change_times(current, directory, name, times, flags)
}

fn times_of_values(times: UserPtr<[Timeval; 2]>) -> Result<Times, Errno> {
    let Some(times) = times.non_null() else { return Ok(NOW) };
    let [accessed, modified] = times.read()?;
    let change = |time: Timeval| match time.tv_usec {
        0..1_000_000 => Ok(TimeChange::To(Timespec { tv_sec: time.tv_sec, tv_nsec: time.tv_usec * 1000 })),
        _ => Err(Errno::EINVAL),
    };
    Ok((Some(change(accessed)?), Some(change(modified)?)))
}

/// futimesat(2).
pub fn futimesat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    times: UserPtr<[Timeval; 2]>,
) -> Result<(), Errno> {
    change_times(current, directory, name, times_of_values(times)?, 0)
}

/// utimes(2).
pub fn utimes(current: &Current<'_>, name: UserCStr, times: UserPtr<[Timeval; 2]>) -> Result<(), Errno> {
    futimesat(current, Fd::CWD, name, times)
}

/// utime(2).
pub fn utime(current: &Current<'_>, name: UserCStr, times: UserPtr<[i64; 2]>) -> Result<(), Errno> {
    let times = match times.non_null() {
        None => NOW,
        Some(times) => {
            let change = |tv_sec| Some(TimeChange::To(Timespec { tv_sec, tv_nsec: 0 }));
            let [accessed, modified] = times.read()?;
            (change(accessed), change(modified))
        }
    };
    change_times(current, Fd::CWD, name, times, 0)
}

/// truncate(2).
pub fn truncate(current: &Current<'_>, name: UserCStr, length: i64) -> Result<(), Errno> {
    let length = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
    let path = at::find(current, Fd::CWD, name, WalkFlags::FOLLOW)?;
    fs::change_size(current, &path, length)
}
