//! fcntl(2).

use alloc::sync::Arc;

use abi::Errno;
use abi::io::{FileLock, FileOwner};
use abi::raw::general::{
    F_ADD_SEALS, F_DUPFD, F_DUPFD_CLOEXEC, F_DUPFD_QUERY, F_GET_RW_HINT, F_GET_SEALS, F_GETFD, F_GETFL,
    F_GETLEASE, F_GETLK, F_GETOWN, F_GETOWN_EX, F_GETOWNER_UIDS, F_GETPIPE_SZ, F_GETSIG, F_NOTIFY,
    F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_SEAL_EXEC, F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_SHRINK,
    F_SEAL_WRITE, F_SET_RW_HINT, F_SETFD, F_SETFL, F_SETLEASE, F_SETLK, F_SETLKW, F_SETOWN, F_SETOWN_EX,
    F_SETPIPE_SZ, F_SETSIG, F_UNLCK, FASYNC, FD_CLOEXEC, O_APPEND, O_DIRECT, O_NOATIME, O_NONBLOCK,
};

use super::record_locks;
use crate::fs::{OpenFile, notify, pipe, seals};
use crate::gap;
use crate::syscalls::{Current, Fd, Outcome};
use crate::user::UserPtr;

/// What F_SETFL changes, besides FASYNC.
const CHANGEABLE: u32 = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;
/// `CAP_FOWNER`.
const CAP_FOWNER: u32 = 3;
/// The highest signal number.
const SIGNAL_MAX: u64 = 64;

/// The commands whose argument is an `int`: what the upper half of the register holds does not matter.
#[expect(clippy::cast_possible_truncation, reason = "the low half is the argument")]
const fn low(argument: u64) -> u32 {
    argument as u32
}

/// fcntl(2).
pub fn fcntl(current: &Current<'_>, fd: Fd, command: u32, argument: u64) -> Result<Outcome, Errno> {
    let file = current.file_or_path(fd)?;
    match command {
        F_DUPFD => Ok(duplicate(current, file.to_arc(), argument, false).into()),
        F_DUPFD_CLOEXEC => Ok(duplicate(current, file.to_arc(), argument, true).into()),
        F_DUPFD_QUERY => {
            let other = current.file_or_path(Fd(low(argument).cast_signed()))?;
            Ok(Outcome::Value(u64::from(other.id() == file.id())))
        }
        F_GETFD => Ok(Outcome::Value(u64::from(current.files().close_on_exec(fd)?))),
        F_SETFD => Ok(current.files().set_close_on_exec(fd, low(argument) & FD_CLOEXEC != 0).into()),
        F_GETFL => Ok(Outcome::Value(u64::from(file.flags()))),
        _ if file.is_path_only() => Err(Errno::EBADF),
        F_SETFL => Ok(set_flags(current, &file.to_arc(), fd, low(argument)).into()),
        F_NOTIFY => Ok(notify::DirectoryWatch::request(current, &file.to_arc(), fd.0, low(argument)).into()),
        F_GETLK | F_SETLK | F_SETLKW | F_OFD_GETLK | F_OFD_SETLK | F_OFD_SETLKW => {
            let pointer = UserPtr::<FileLock>::new(argument);
            Ok(record_locks::fcntl_lock(current, &file, command, pointer).into())
        }
        F_SETOWN | F_GETOWN | F_SETOWN_EX | F_GETOWN_EX | F_GETOWNER_UIDS | F_SETSIG | F_GETSIG => {
            owner(current, &file, command, argument)
        }
        _ => of_kind(current, &file, command, argument),
    }
}

fn duplicate(
    current: &Current<'_>,
    file: Arc<OpenFile>,
    minimum: u64,
    close_on_exec: bool,
) -> Result<Fd, Errno> {
    let limit = current.open_file_limit();
    let minimum = usize::try_from(low(minimum)).ok().filter(|minimum| *minimum < limit);
    current.files().install(file, close_on_exec, minimum.ok_or(Errno::EINVAL)?, limit)
}

fn set_flags(current: &Current<'_>, file: &Arc<OpenFile>, fd: Fd, flags: u32) -> Result<(), Errno> {
    if flags & O_NOATIME != 0 && file.flags() & O_NOATIME == 0 {
        let credentials = current.credentials();
        let is_owner = file.inode().metadata()?.uid == credentials.fsuid;
        if !is_owner && !credentials.has_capability(CAP_FOWNER) {
            return Err(Errno::EPERM);
        }
    }
    if (file.flags() ^ flags) & FASYNC != 0 {
        file.set_asynchronous(flags & FASYNC != 0, fd.0);
    }
    file.change_flags(CHANGEABLE, flags);
    Ok(())
}

/// The commands about signals of readiness.
fn owner(current: &Current<'_>, file: &OpenFile, command: u32, argument: u64) -> Result<Outcome, Errno> {
    let mut owner = *file.signal_owner().lock();
    match command {
        F_GETOWN => return Ok(Outcome::Value(i64::from(owner.number()).cast_unsigned())),
        F_GETSIG => return Ok(Outcome::Value(u64::from(owner.signal))),
        F_GETOWN_EX => return Ok(UserPtr::<FileOwner>::new(argument).write(&owner.owner).into()),
        F_GETOWNER_UIDS => {
            let (real, effective) = owner.users;
            return Ok(UserPtr::<u32>::new(argument).write_array(&[real, effective]).into());
        }
        F_SETOWN => owner.set_number(current, low(argument).cast_signed())?,
        F_SETOWN_EX => owner.set(current, UserPtr::<FileOwner>::new(argument).read()?)?,
        _ if argument > SIGNAL_MAX => return Err(Errno::EINVAL),
        _ => owner.signal = argument.to_le_bytes()[0],
    }
    *file.signal_owner().lock() = owner;
    Ok(Outcome::Value(0))
}

/// Adds seals; who may not change the permission to execute may not change an executable, either.
fn add_seals(file: &OpenFile, mut seals: u32) -> Result<(), Errno> {
    const EXECUTE: u32 = 0o111;
    if seals & !seals::KNOWN != 0 {
        return Err(Errno::EINVAL);
    }
    if seals & F_SEAL_EXEC != 0 && file.inode().metadata()?.permissions & EXECUTE != 0 {
        seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
    }
    file.file().add_seals(seals)
}

/// The commands that some kinds of files know.
fn of_kind(current: &Current<'_>, file: &OpenFile, command: u32, argument: u64) -> Result<Outcome, Errno> {
    match command {
        F_GETPIPE_SZ => Ok(Outcome::Value(pipe::of_file(file).ok_or(Errno::EBADF)?.size() as u64)),
        F_SETPIPE_SZ => {
            let pipe = pipe::of_file(file).ok_or(Errno::EBADF)?;
            Ok(pipe.set_size(current, u64::from(low(argument))).into())
        }
        F_GET_SEALS => Ok(file.file().seals().map(|seals| seals.get()).ok_or(Errno::EINVAL).into()),
        F_ADD_SEALS => {
            if !file.is_writable() {
                return Err(Errno::EPERM);
            }
            Ok(add_seals(file, low(argument)).into())
        }
        F_GETLEASE => Ok(Outcome::Value(u64::from(F_UNLCK))),
        F_SETLEASE => Err(gap!("fcntl(F_SETLEASE)", EINVAL)),
        // RWH_WRITE_LIFE_NOT_SET.
        F_GET_RW_HINT => Ok(UserPtr::<u64>::new(argument).write(&0).into()),
        F_SET_RW_HINT => Err(gap!("fcntl(F_SET_RW_HINT)", EINVAL)),
        _ => Err(Errno::EINVAL),
    }
}
