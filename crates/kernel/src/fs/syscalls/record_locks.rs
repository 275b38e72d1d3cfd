//! The locking commands of fcntl(2), and flock(2).

use abi::Errno;
use abi::io::FileLock;
use abi::raw::general::{
    F_GETLK, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_RDLCK, F_SETLKW, F_UNLCK, F_WRLCK, LOCK_EX, LOCK_MAND,
    LOCK_NB, LOCK_SH, LOCK_UN, SEEK_CUR, SEEK_END, SEEK_SET,
};

use crate::fs::OpenFile;
use crate::fs::locks::{self, Kind, LAST, Owner, Range, Record};
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

fn constant(value: u32) -> i16 {
    i16::try_from(value).unwrap_or(-1)
}

/// `None` for `F_UNLCK`.
fn kind_of(lock: &FileLock) -> Result<Option<Kind>, Errno> {
    match u32::try_from(lock.l_type) {
        Ok(F_RDLCK) => Ok(Some(Kind::Read)),
        Ok(F_WRLCK) => Ok(Some(Kind::Write)),
        Ok(F_UNLCK) => Ok(None),
        _ => Err(Errno::EINVAL),
    }
}

/// The bytes that a lock names, as flock64_to_posix_lock finds them.
fn range_of(file: &OpenFile, lock: &FileLock) -> Result<Range, Errno> {
    let base = match u32::try_from(lock.l_whence) {
        Ok(SEEK_SET) => 0,
        Ok(SEEK_CUR) => *file.position(),
        Ok(SEEK_END) => file.inode().metadata()?.size,
        _ => return Err(Errno::EINVAL),
    };
    let base = i64::try_from(base).map_err(|_| Errno::EOVERFLOW)?;
    let start = base.checked_add(lock.l_start).ok_or(Errno::EOVERFLOW)?;
    let unsigned = |value: i64| u64::try_from(value).map_err(|_| Errno::EINVAL);
    let first = unsigned(start)?;
    match lock.l_len {
        0 => Ok(Range { start: first, end: LAST }),
        length if length > 0 => {
            let end = start.checked_add(length - 1).ok_or(Errno::EOVERFLOW)?;
            Ok(Range { start: first, end: unsigned(end)? })
        }
        length => {
            let before = start.checked_add(length).ok_or(Errno::EINVAL)?;
            Ok(Range { start: unsigned(before)?, end: first.checked_sub(1).ok_or(Errno::EINVAL)? })
        }
    }
}

/// The commands of fcntl(2) about locks.
///
/// # Errors
/// As fcntl(2).
pub(super) fn fcntl_lock(
    current: &Current<'_>,
    file: &OpenFile,
    command: u32,
    pointer: UserPtr<FileLock>,
) -> Result<(), Errno> {
    let lock = pointer.read()?;
    let of_description = matches!(command, F_OFD_GETLK | F_OFD_SETLK | F_OFD_SETLKW);
    let (owner, pid) = if of_description {
        if lock.l_pid != 0 {
            return Err(Errno::EINVAL);
        }
        (Owner::Description(file.id()), -1)
    } else {
        (Owner::Table(current.files().id()), current.process().pid())
    };
    if command == F_GETLK || command == F_OFD_GETLK {
        // As fcntl_getlk: any other type is refused before the range is looked at.
        let kind = kind_of(&lock)?.ok_or(Errno::EINVAL)?;
        let wanted = Record { owner, kind, range: range_of(file, &lock)?, pid };
        let held = locks::test_record(file, &wanted)?;
        return pointer.write(
            &held.map_or(FileLock { l_type: constant(F_UNLCK), ..lock }, |held| described(&lock, &held)),
        );
    }
    let range = range_of(file, &lock)?;
    let Some(kind) = kind_of(&lock)? else {
        return locks::clear_record(file, owner, range);
    };
    match kind {
        Kind::Read => file.check_readable()?,
        Kind::Write => file.check_writable()?,
    }
    if of_description {
        file.note_lock();
    } else {
        current.files().note_record_lock();
    }
    let wait = command == F_SETLKW || command == F_OFD_SETLKW;
    locks::set_record(file, Record { owner, kind, range, pid }, wait)
}

/// What `F_GETLK` tells about a lock that is in the way.
fn described(asked: &FileLock, held: &Record) -> FileLock {
    let length = if held.range.end == LAST { 0 } else { held.range.end - held.range.start + 1 };
    FileLock {
        l_type: constant(if held.kind == Kind::Read { F_RDLCK } else { F_WRLCK }),
        l_whence: constant(SEEK_SET),
        l_start: i64::try_from(held.range.start).unwrap_or(i64::MAX),
        l_len: i64::try_from(length).unwrap_or(i64::MAX),
        l_pid: held.pid,
        ..*asked
    }
}

/// flock(2).
pub fn flock(current: &Current<'_>, fd: Fd, operation: u32) -> Result<(), Errno> {
    // Mandatory locks are gone from Linux and asking for one does nothing.
    if operation & LOCK_MAND != 0 {
        return Ok(());
    }
    let kind = match operation & !LOCK_NB {
        LOCK_SH => Some(Kind::Read),
        LOCK_EX => Some(Kind::Write),
        LOCK_UN => None,
        _ => return Err(Errno::EINVAL),
    };
    let file = current.file(fd)?;
    if kind.is_some() {
        if !file.is_readable() && !file.is_writable() {
            return Err(Errno::EBADF);
        }
        file.note_lock();
    }
    locks::set_whole(&file, kind, operation & LOCK_NB == 0)
}
