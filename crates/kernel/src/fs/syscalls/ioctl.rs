//! ioctl(2): what all files know; the rest is the file's own.

use abi::Errno;
use abi::raw::general::{FASYNC, O_NONBLOCK};
use abi::raw::ioctl::{FICLONE, FICLONERANGE, FIOASYNC, FIOCLEX, FIONBIO, FIONCLEX, FIONREAD, FIOQSIZE};

use crate::fs::{FileKind, OpenFile};
use crate::syscalls::{Current, Fd, Outcome};
use crate::user::UserPtr;

/// Gets the file system's block size.
const FIGETBSZ: u32 = 2;
/// Gets a file's extents.
const FS_IOC_FIEMAP: u32 = abi::raw::ioctl::FS_IOC_FIEMAP;

/// ioctl(2).
pub fn ioctl(current: &Current<'_>, fd: Fd, request: u32, argument: u64) -> Result<Outcome, Errno> {
    let file = current.file(fd)?;
    match request {
        FIOCLEX => current.files().set_close_on_exec(fd, true)?,
        FIONCLEX => current.files().set_close_on_exec(fd, false)?,
        FIONBIO => set_flag(&file, O_NONBLOCK, argument)?,
        FIOASYNC => {
            let on = UserPtr::<i32>::new(argument).read()? != 0;
            if on != (file.flags() & FASYNC != 0) {
                if !file.file().can_poll() {
                    return Err(Errno::ENOTTY);
                }
                file.to_arc().set_asynchronous(on, fd.0);
            }
        }
        FIONREAD => return readable(&file, argument),
        FIOQSIZE | FIGETBSZ | FICLONE | FICLONERANGE | FS_IOC_FIEMAP => {
            return of_tree(current, &file, request, argument);
        }
        _ => return own(&file, request, argument),
    }
    Ok(Outcome::Value(0))
}

/// Asks the file itself.
fn own(file: &OpenFile, request: u32, argument: u64) -> Result<Outcome, Errno> {
    match file.file().ioctl(request, argument) {
        Err(Errno::ENOIOCTLCMD) => Err(Errno::ENOTTY),
        result => result.map(|value| Outcome::Value(value as u64)),
    }
}

fn set_flag(file: &OpenFile, flag: u32, argument: u64) -> Result<(), Errno> {
    let on = UserPtr::<i32>::new(argument).read()? != 0;
    file.change_flags(flag, if on { flag } else { 0 });
    Ok(())
}

fn put_int(argument: u64, value: u64) -> Result<Outcome, Errno> {
    let value = i32::try_from(value).unwrap_or(i32::MAX);
    UserPtr::<i32>::new(argument).write(&value)?;
    Ok(Outcome::Value(0))
}

/// How much there is to read.
fn readable(file: &OpenFile, argument: u64) -> Result<Outcome, Errno> {
    let metadata = file.inode().metadata()?;
    if metadata.kind == FileKind::Regular {
        return put_int(argument, metadata.size.saturating_sub(*file.position()));
    }
    match file.file().readable_bytes() {
        Ok(count) => put_int(argument, count as u64),
        Err(Errno::ENOTTY) => own(file, FIONREAD, argument),
        Err(error) => Err(error),
    }
}

/// Requests about files in a tree.
fn of_tree(current: &Current<'_>, file: &OpenFile, request: u32, argument: u64) -> Result<Outcome, Errno> {
    let metadata = file.inode().metadata()?;
    let is_regular = metadata.kind == FileKind::Regular;
    match request {
        FIOQSIZE if matches!(metadata.kind, FileKind::Regular | FileKind::Directory | FileKind::Symlink) => {
            UserPtr::<u64>::new(argument).write(&(metadata.blocks * 512))?;
            Ok(Outcome::Value(0))
        }
        FIGETBSZ if is_regular || metadata.kind == FileKind::Directory => {
            put_int(argument, u64::from(metadata.block_size))
        }
        FICLONE if is_regular => {
            let source = i32::try_from(argument).map_err(|_| Errno::EBADF)?;
            current.file(Fd(source))?;
            Err(Errno::EOPNOTSUPP)
        }
        FICLONERANGE | FS_IOC_FIEMAP if is_regular => Err(Errno::EOPNOTSUPP),
        _ => own(file, request, argument),
    }
}
