//! read(2), write(2) and their variants; lseek(2).

use alloc::vec::Vec;

use abi::Errno;
use abi::io::{IoVector, RWF_ATOMIC, RWF_DONTCACHE, RWF_NOAPPEND, UIO_MAXIOV};
use abi::raw::general::{
    RWF_APPEND, RWF_DSYNC, RWF_HIPRI, RWF_NOWAIT, RWF_SYNC, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE,
    SEEK_MAX, SEEK_SET,
};

use crate::fs::transfer::{self, Place};
use crate::fs::{FileKind, IoFlags, OpenFile, notify};
use crate::io::{MAX_RW_COUNT, Sink, Source, UserRange};
use crate::syscalls::{Current, Fd};
use crate::user::{UserPtr, check_range};

/// Counts what a call read, or that it tried.
fn count_read(current: &Current<'_>, outcome: Result<usize, Errno>) -> Result<usize, Errno> {
    current.io.count_read(*outcome.as_ref().unwrap_or(&0));
    outcome
}

/// Counts what a call wrote, or that it tried.
fn count_write(current: &Current<'_>, outcome: Result<usize, Errno>) -> Result<usize, Errno> {
    current.io.count_write(*outcome.as_ref().unwrap_or(&0));
    outcome
}

/// read(2).
pub fn read(current: &Current<'_>, fd: Fd, buffer: UserPtr<u8>, count: usize) -> Result<usize, Errno> {
    let file = current.file(fd)?;
    file.check_readable()?;
    check_range(buffer.address(), count)?;
    let sink = &mut Sink::user(buffer.address(), count);
    count_read(current, transfer::read(&file, sink, Place::Position, IoFlags::empty()))
}

/// write(2).
pub fn write(current: &Current<'_>, fd: Fd, buffer: UserPtr<u8>, count: usize) -> Result<usize, Errno> {
    let file = current.file(fd)?;
    file.check_writable()?;
    check_range(buffer.address(), count)?;
    let mut source = Source::user(buffer.address(), count);
    count_write(current, transfer::write(current, &file, &mut source, Place::Position, file.io_flags()))
}

/// pread(2).
pub fn pread64(
    current: &Current<'_>,
    fd: Fd,
    buffer: UserPtr<u8>,
    count: usize,
    offset: i64,
) -> Result<usize, Errno> {
    let place = Place::offset(offset)?;
    let file = current.file(fd)?;
    place.check(&file)?;
    file.check_readable()?;
    check_range(buffer.address(), count)?;
    let sink = &mut Sink::user(buffer.address(), count);
    count_read(current, transfer::read(&file, sink, place, IoFlags::empty()))
}

/// pwrite(2). With `O_APPEND` it appends, whatever the offset (pwrite(2), bugs).
pub fn pwrite64(
    current: &Current<'_>,
    fd: Fd,
    buffer: UserPtr<u8>,
    count: usize,
    offset: i64,
) -> Result<usize, Errno> {
    let place = Place::offset(offset)?;
    let file = current.file(fd)?;
    place.check(&file)?;
    file.check_writable()?;
    check_range(buffer.address(), count)?;
    let source = &mut Source::user(buffer.address(), count);
    count_write(current, transfer::write(current, &file, source, place, file.io_flags()))
}

/// readv(2).
pub fn readv(current: &Current<'_>, fd: Fd, vector: UserPtr<IoVector>, count: u64) -> Result<usize, Errno> {
    let file = current.file(fd)?;
    read_vector(current, &file, vector, count, Place::Position, 0)
}

/// writev(2).
pub fn writev(current: &Current<'_>, fd: Fd, vector: UserPtr<IoVector>, count: u64) -> Result<usize, Errno> {
    let file = current.file(fd)?;
    write_vector(current, &file, vector, count, Place::Position, 0)
}

/// preadv(2).
pub fn preadv(
    current: &Current<'_>,
    fd: Fd,
    vector: UserPtr<IoVector>,
    count: u64,
    offset: i64,
) -> Result<usize, Errno> {
    let place = Place::offset(offset)?;
    let file = current.file(fd)?;
    place.check(&file)?;
    read_vector(current, &file, vector, count, place, 0)
}

/// pwritev(2).
pub fn pwritev(
    current: &Current<'_>,
    fd: Fd,
    vector: UserPtr<IoVector>,
    count: u64,
    offset: i64,
) -> Result<usize, Errno> {
    let place = Place::offset(offset)?;
    let file = current.file(fd)?;
    place.check(&file)?;
    write_vector(current, &file, vector, count, place, 0)
}

/// The place of preadv2(2) and pwritev2(2): offset -1 is the position.
fn place_or_position(offset: i64) -> Result<Place, Errno> {
    if offset == -1 { Ok(Place::Position) } else { Place::offset(offset) }
}

/// preadv2(2). The upper half of the offset is for 32-bit systems only.
pub fn preadv2(
    current: &Current<'_>,
    fd: Fd,
    vector: UserPtr<IoVector>,
    count: u64,
    offset: i64,
    _high: u64,
    flags: u32,
) -> Result<usize, Errno> {
    let place = place_or_position(offset)?;
    let file = current.file(fd)?;
    place.check(&file)?;
    read_vector(current, &file, vector, count, place, flags)
}

/// pwritev2(2). The upper half of the offset is for 32-bit systems only.
pub fn pwritev2(
    current: &Current<'_>,
    fd: Fd,
    vector: UserPtr<IoVector>,
    count: u64,
    offset: i64,
    _high: u64,
    flags: u32,
) -> Result<usize, Errno> {
    let place = place_or_position(offset)?;
    let file = current.file(fd)?;
    place.check(&file)?;
    write_vector(current, &file, vector, count, place, flags)
}

/// Reads buffers' addresses, of which only number and lengths are checked.
pub(crate) fn read_raw_vectors(vector: UserPtr<IoVector>, count: u64) -> Result<Vec<IoVector>, Errno> {
    if count > UIO_MAXIOV {
        return Err(Errno::EINVAL);
    }
    let vectors = vector.read_array(usize::try_from(count).map_err(|_| Errno::EINVAL)?)?;
    if vectors.iter().any(|vector| i64::try_from(vector.iov_len).is_err()) {
        return Err(Errno::EINVAL);
    }
    Ok(vectors)
}

/// Reads the buffers' addresses, checked, together not longer than one call may be.
pub(crate) fn read_vectors(vector: UserPtr<IoVector>, count: u64) -> Result<Vec<UserRange>, Errno> {
    let vectors = read_raw_vectors(vector, count)?;
    let mut ranges = Vec::new();
    ranges.try_reserve_exact(vectors.len()).map_err(|_| Errno::ENOMEM)?;
    let mut room = MAX_RW_COUNT;
    for vector in vectors {
        let length = usize::try_from(vector.iov_len).map_err(|_| Errno::EINVAL)?;
        check_range(vector.iov_base, length)?;
        let length = length.min(room);
        room -= length;
        ranges.push(UserRange { address: vector.iov_base, length });
    }
    Ok(ranges)
}

fn total(ranges: &[UserRange]) -> usize {
    ranges.iter().map(|range| range.length).sum()
}

fn read_vector(
    current: &Current<'_>,
    file: &OpenFile,
    vector: UserPtr<IoVector>,
    count: u64,
    place: Place,
    flags: u32,
) -> Result<usize, Errno> {
    let ranges = read_vectors(vector, count)?;
    file.check_readable()?;
    let flags = flags_of_call(flags, IoFlags::empty())?;
    let count = match total(&ranges) {
        0 => 0,
        _ => count_read(current, transfer::read(file, &mut Sink::user_vector(ranges), place, flags))?,
    };
    if count == 0 {
        // Unlike read(2), as Linux has it.
        notify::accessed(file);
    }
    Ok(count)
}

fn write_vector(
    current: &Current<'_>,
    file: &OpenFile,
    vector: UserPtr<IoVector>,
    count: u64,
    place: Place,
    flags: u32,
) -> Result<usize, Errno> {
    let ranges = read_vectors(vector, count)?;
    file.check_writable()?;
    if total(&ranges) == 0 {
        return Ok(0);
    }
    let flags = flags_of_call(flags, file.io_flags())?;
    let source = &mut Source::user_vector(ranges);
    count_write(current, transfer::write(current, file, source, place, flags))
}

/// What `RWF_*` adds to and takes from a description's flags.
fn flags_of_call(flags: u32, mut io: IoFlags) -> Result<IoFlags, Errno> {
    const KNOWN: u32 = RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND | RWF_NOAPPEND;
    if flags & (RWF_ATOMIC | RWF_DONTCACHE) != 0 {
        return Err(crate::gap!("preadv2(RWF_ATOMIC, RWF_DONTCACHE)", EOPNOTSUPP));
    }
    if flags & !KNOWN != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    if flags & RWF_APPEND != 0 && flags & RWF_NOAPPEND != 0 {
        return Err(Errno::EINVAL);
    }
    if flags & RWF_NOAPPEND != 0 {
        io.remove(IoFlags::APPEND);
    }
    io.set(IoFlags::NONBLOCK, io.contains(IoFlags::NONBLOCK) || flags & RWF_NOWAIT != 0);
    io.set(IoFlags::APPEND, io.contains(IoFlags::APPEND) || flags & RWF_APPEND != 0);
    io.set(IoFlags::SYNC, io.contains(IoFlags::SYNC) || flags & (RWF_SYNC | RWF_DSYNC) != 0);
    Ok(io)
}

/// lseek(2).
pub fn lseek(current: &Current<'_>, fd: Fd, offset: i64, whence: u32) -> Result<u64, Errno> {
    let file = current.file(fd)?;
    if whence > SEEK_MAX {
        return Err(Errno::EINVAL);
    }
    if !file.file().is_seekable() {
        return if file.file().ignores_seek() { Ok(0) } else { Err(Errno::ESPIPE) };
    }
    let mut position = file.position();
    let target = seek_target(&file, *position, offset, whence)?;
    file.set_position(&mut position, target);
    Ok(target)
}

/// Where lseek(2) goes.
fn seek_target(file: &OpenFile, position: u64, offset: i64, whence: u32) -> Result<u64, Errno> {
    // As null_lseek: the devices that can be sought have no position.
    if file.path().dentry.kind() == FileKind::CharacterDevice {
        return Ok(0);
    }
    let base = match whence {
        SEEK_SET => 0,
        SEEK_CUR => position,
        _ => {
            let metadata = file.inode().metadata()?;
            match (whence, metadata.kind) {
                (SEEK_END, FileKind::Directory) => return Err(Errno::EINVAL),
                (SEEK_END, _) => metadata.size,
                _ => return seek_data(file, metadata.size, offset, whence),
            }
        }
    };
    let target = i64::try_from(base).ok().and_then(|base| base.checked_add(offset));
    let target = target.and_then(|target| u64::try_from(target).ok()).ok_or(Errno::EINVAL)?;
    // Positions in directories are cookies, of the whole range.
    let largest = match file.path().dentry.kind() {
        FileKind::Directory => transfer::MAX_FILE_SIZE,
        _ => file.path().mount.file_system().max_file_size(),
    };
    if target <= largest { Ok(target) } else { Err(Errno::EINVAL) }
}

fn seek_data(file: &OpenFile, size: u64, offset: i64, whence: u32) -> Result<u64, Errno> {
    debug_assert!(whence == SEEK_DATA || whence == SEEK_HOLE, "the other cases are dealt with");
    let offset = u64::try_from(offset).map_err(|_| Errno::ENXIO)?;
    if offset >= size {
        return Err(Errno::ENXIO);
    }
    match file.file().seek_data_or_hole(offset, whence == SEEK_HOLE) {
        // All of a file that knows no holes is data (lseek(2)).
        Err(Errno::EINVAL) => Ok(if whence == SEEK_HOLE { size } else { offset }),
        result => result,
    }
}
