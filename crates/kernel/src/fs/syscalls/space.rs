//! The space of files: size, allocation, synchronization, advice.

use abi::Errno;
use abi::raw::general::{
    FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE,
    FALLOC_FL_UNSHARE_RANGE, FALLOC_FL_WRITE_ZEROES, FALLOC_FL_ZERO_RANGE, O_APPEND, POSIX_FADV_NOREUSE,
};

use crate::fs::transfer::check_size_limit;
use crate::fs::{FileKind, OpenFile, notify};
use crate::syscalls::{Current, Fd};

/// How large a file may be where it lies.
fn largest_size(file: &OpenFile) -> u64 {
    file.path().mount.file_system().max_file_size()
}

/// ftruncate(2).
pub fn ftruncate(current: &Current<'_>, fd: Fd, length: i64) -> Result<(), Errno> {
    let length = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
    let file = current.file(fd)?;
    if !file.is_writable() || file.inode().metadata()?.kind != FileKind::Regular {
        return Err(Errno::EINVAL);
    }
    if length > 0 {
        check_size_limit(current, length - 1, largest_size(&file))?;
    }
    file.inode().truncate(length)?;
    notify::modified(&file);
    Ok(())
}

/// What of fallocate(2)'s mode says what to do; each stands alone.
const OPERATIONS: u32 = FALLOC_FL_PUNCH_HOLE
    | FALLOC_FL_COLLAPSE_RANGE
    | FALLOC_FL_ZERO_RANGE
    | FALLOC_FL_INSERT_RANGE
    | FALLOC_FL_UNSHARE_RANGE
    | FALLOC_FL_WRITE_ZEROES;

fn check_mode(mode: u32) -> Result<(), Errno> {
    let keeps_size = mode & FALLOC_FL_KEEP_SIZE != 0;
    let fits = match mode & !FALLOC_FL_KEEP_SIZE {
        0 | FALLOC_FL_UNSHARE_RANGE | FALLOC_FL_ZERO_RANGE => true,
        FALLOC_FL_PUNCH_HOLE => keeps_size,
        FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE | FALLOC_FL_WRITE_ZEROES => !keeps_size,
        _ => false,
    };
    if fits { Ok(()) } else { Err(Errno::EOPNOTSUPP) }
}

/// fallocate(2).
pub fn fallocate(current: &Current<'_>, fd: Fd, mode: u32, offset: i64, length: i64) -> Result<(), Errno> {
    let file = current.file(fd)?;
    let offset = u64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    let length = u64::try_from(length).ok().filter(|length| *length > 0).ok_or(Errno::EINVAL)?;
    check_mode(mode)?;
    file.check_writable()?;
    if mode & OPERATIONS != 0 && file.flags() & O_APPEND != 0 && mode & FALLOC_FL_COLLAPSE_RANGE != 0 {
        return Err(Errno::EPERM);
    }
    match file.inode().metadata()?.kind {
        FileKind::Regular | FileKind::BlockDevice => {}
        FileKind::Fifo => return Err(Errno::ESPIPE),
        FileKind::Directory => return Err(Errno::EISDIR),
        _ => return Err(Errno::ENODEV),
    }
    let largest = largest_size(&file);
    let end = offset.checked_add(length).filter(|end| *end <= largest).ok_or(Errno::EFBIG)?;
    if mode & (FALLOC_FL_KEEP_SIZE | FALLOC_FL_COLLAPSE_RANGE) == 0 {
        check_size_limit(current, end - 1, largest)?;
    }
    file.file().allocate(mode, offset, length)?;
    notify::modified(&file);
    Ok(())
}

/// fsync(2).
pub fn fsync(current: &Current<'_>, fd: Fd) -> Result<(), Errno> {
    current.file(fd)?.file().sync(false)
}

/// fdatasync(2).
pub fn fdatasync(current: &Current<'_>, fd: Fd) -> Result<(), Errno> {
    current.file(fd)?.file().sync(true)
}

/// sync(2). What a machine caches of host files is written when the host sees fit; each file's fsync(2) is
/// the promise.
pub fn sync(_current: &Current<'_>) -> u64 {
    0
}

/// syncfs(2), as [`sync()`].
pub fn syncfs(current: &Current<'_>, fd: Fd) -> Result<(), Errno> {
    current.file(fd).map(drop)
}

fn is_kind_with_pages(file: &OpenFile) -> Result<bool, Errno> {
    Ok(matches!(file.inode().metadata()?.kind, FileKind::Regular | FileKind::BlockDevice))
}

/// sync_file_range(2).
pub fn sync_file_range(
    current: &Current<'_>,
    fd: Fd,
    offset: i64,
    length: i64,
    flags: u32,
) -> Result<(), Errno> {
    const KNOWN: u32 = 7;
    let file = current.file(fd)?;
    let in_range = offset >= 0 && length >= 0 && offset.checked_add(length).is_some();
    if flags & !KNOWN != 0 || !in_range {
        return Err(Errno::EINVAL);
    }
    match file.inode().metadata()?.kind {
        FileKind::Directory | FileKind::Symlink => Ok(()),
        FileKind::Regular | FileKind::BlockDevice if flags == 0 => Ok(()),
        FileKind::Regular | FileKind::BlockDevice => file.file().sync(true),
        _ => Err(Errno::ESPIPE),
    }
}

/// fadvise64(2). Advice is checked; nothing here reads ahead.
pub fn fadvise64(current: &Current<'_>, fd: Fd, offset: i64, length: i64, advice: u32) -> Result<(), Errno> {
    let file = current.file(fd)?;
    if file.inode().metadata()?.kind == FileKind::Fifo {
        return Err(Errno::ESPIPE);
    }
    if offset < 0 || length < 0 || advice > POSIX_FADV_NOREUSE {
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// readahead(2).
pub fn readahead(current: &Current<'_>, fd: Fd, _offset: i64, _count: usize) -> Result<(), Errno> {
    let file = current.file(fd)?;
    file.check_readable()?;
    if is_kind_with_pages(&file)? { Ok(()) } else { Err(Errno::EINVAL) }
}
