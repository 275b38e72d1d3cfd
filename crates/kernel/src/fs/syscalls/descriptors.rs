//! dup(2), close(2) and their variants.

use abi::Errno;
use abi::raw::general::O_CLOEXEC;

use crate::syscalls::{Current, Fd};

/// Also give the caller a table of its own (close_range(2)).
const CLOSE_RANGE_UNSHARE: u32 = 2;
/// Mark instead of closing (close_range(2)).
const CLOSE_RANGE_CLOEXEC: u32 = 4;

/// dup(2).
pub fn dup(current: &Current<'_>, fd: Fd) -> Result<Fd, Errno> {
    let file = current.file_or_path(fd)?.to_arc();
    current.install(file, false)
}

/// dup2(2).
pub fn dup2(current: &Current<'_>, old: Fd, new: Fd) -> Result<Fd, Errno> {
    if old == new {
        return current.file_or_path(old).map(|_| new);
    }
    current.files().to_arc().replace(old, new, false, current.open_file_limit())?;
    Ok(new)
}

/// dup3(2).
pub fn dup3(current: &Current<'_>, old: Fd, new: Fd, flags: u32) -> Result<Fd, Errno> {
    if flags & !O_CLOEXEC != 0 || old == new {
        return Err(Errno::EINVAL);
    }
    current.files().to_arc().replace(old, new, flags & O_CLOEXEC != 0, current.open_file_limit())?;
    Ok(new)
}

/// close(2).
pub fn close(current: &Current<'_>, fd: Fd) -> Result<(), Errno> {
    match current.thread().close(fd) {
        // The descriptor is gone: a restart would close somebody else's (filp_close).
        Err(Errno::ERESTARTSYS | Errno::ERESTARTNOINTR | Errno::ERESTARTNOHAND) => Err(Errno::EINTR),
        result => result,
    }
}

/// close_range(2).
pub fn close_range(current: &Current<'_>, first: u32, last: u32, flags: u32) -> Result<(), Errno> {
    if flags & !(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) != 0 || first > last {
        return Err(Errno::EINVAL);
    }
    if flags & CLOSE_RANGE_UNSHARE != 0 {
        let own = current.files().duplicate();
        current.set_files(own);
    }
    let files = current.files().to_arc();
    if flags & CLOSE_RANGE_CLOEXEC != 0 {
        files.close_range_on_exec(first..=last);
    } else {
        files.close_range(first..=last);
    }
    Ok(())
}
