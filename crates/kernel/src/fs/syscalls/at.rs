//! Paths as programs give them: a directory's descriptor, a name, and `AT_*` flags.

use abi::Errno;
use abi::raw::general::{AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW};

use crate::fs::{Path, Start, WalkFlags, Walker};
use crate::syscalls::{Current, Fd};
use crate::task::Credentials;
use crate::user::UserCStr;

/// Where the walk along a path starts: for an absolute path the descriptor does not matter.
///
/// # Errors
/// `EBADF`.
pub(super) fn start(current: &Current<'_>, directory: Fd, path: &[u8]) -> Result<Start, Errno> {
    match directory {
        _ if path.first() == Some(&b'/') => Ok(Start::Root),
        Fd::CWD => Ok(Start::WorkingDirectory),
        directory => place(current, directory).map(Start::At),
    }
}

/// The place that a descriptor stands for.
///
/// # Errors
/// `EBADF`.
pub(super) fn place(current: &Current<'_>, directory: Fd) -> Result<Path, Errno> {
    if directory == Fd::CWD {
        return Ok(current.fs().working_directory());
    }
    Ok(current.file_or_path(directory)?.path().clone())
}

/// Finds the place that a program names.
///
/// # Errors
/// As path_resolution(7).
pub(super) fn find(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    flags: WalkFlags,
) -> Result<Path, Errno> {
    find_as(current, &current.credentials(), directory, &name.read_path()?, flags)
}

/// As [`find`], with a path that was read, and other credentials.
///
/// # Errors
/// As path_resolution(7).
pub(super) fn find_as(
    current: &Current<'_>,
    credentials: &Credentials,
    directory: Fd,
    name: &[u8],
    flags: WalkFlags,
) -> Result<Path, Errno> {
    let start = start(current, directory, name)?;
    Walker::new(&current.fs(), credentials, start, name, flags)?.finish()
}

/// What `AT_*` flags mean for the walk; calls of which the default is to follow links.
///
/// # Errors
/// `EINVAL` for flags that are not in `known`.
pub(super) fn walk_flags(flags: u32, known: u32) -> Result<WalkFlags, Errno> {
    if flags & !known != 0 {
        return Err(Errno::EINVAL);
    }
    let mut walk = WalkFlags::empty();
    walk.set(WalkFlags::FOLLOW, flags & AT_SYMLINK_NOFOLLOW == 0);
    walk.set(WalkFlags::EMPTY, flags & AT_EMPTY_PATH != 0);
    Ok(walk)
}
