//! Reads and writes of open files: positions, limits, signals. What read(2), sendfile(2) and their like share.

mod copy;
mod offset;

use abi::Errno;
use abi::siginfo::{SI_USER, SigInfo};
use abi::signal::{SIGPIPE, SIGXFSZ};

pub use copy::{check_no_append, check_splice_source, check_splice_target, copy, copy_range};
pub use offset::FileOffset;

use super::{FileKind, IoFlags, OUTSIDE_POSITION, OpenFile, notify};
use crate::io::{Sink, Source};
use crate::signal::send_to_thread;
use crate::task::Thread;

/// The largest size of a file, as Linux's `MAX_LFS_FILESIZE`.
pub const MAX_FILE_SIZE: u64 = i64::MAX as u64;

/// Where in a file a transfer takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the description's position, which moves.
    Position,
    /// At this offset; the position stays.
    Offset(u64),
}

impl Place {
    /// The place that a program names by an offset.
    ///
    /// # Errors
    /// `EINVAL` when it is negative.
    pub fn offset(offset: i64) -> Result<Self, Errno> {
        u64::try_from(offset).map(Self::Offset).map_err(|_| Errno::EINVAL)
    }

    /// Fails when the file has no offsets but the place is one.
    ///
    /// # Errors
    /// `ESPIPE`.
    pub fn check(self, file: &OpenFile) -> Result<(), Errno> {
        match self {
            Self::Offset(_) if !file.file().is_seekable() => Err(Errno::ESPIPE),
            _ => Ok(()),
        }
    }
}

/// Reads from an open file; `flags` are beside those of the description.
///
/// # Errors
/// As read(2).
pub fn read(file: &OpenFile, sink: &mut Sink<'_>, place: Place, flags: IoFlags) -> Result<usize, Errno> {
    file.check_readable()?;
    let flags = flags | file.io_flags();
    let count = match place {
        _ if !file.file().is_seekable() => file.file().read_at(sink, 0, flags)?,
        Place::Offset(offset) => file.file().read_at(sink, offset, flags)?,
        Place::Position if file.file().outside_position().is_some() => {
            file.file().read_at(sink, OUTSIDE_POSITION, flags)?
        }
        Place::Position => {
            let mut position = file.position();
            let count = file.file().read_at(sink, *position, flags)?;
            *position = position.saturating_add(count as u64);
            count
        }
    };
    if count > 0 {
        notify::accessed(file);
    }
    Ok(count)
}

/// Writes to an open file; `flags` are all flags of the write. Sends `SIGPIPE` and `SIGXFSZ` to the thread.
///
/// # Errors
/// As write(2).
pub fn write(
    thread: &Thread,
    file: &OpenFile,
    source: &mut Source<'_>,
    place: Place,
    flags: IoFlags,
) -> Result<usize, Errno> {
    file.check_writable()?;
    let result = write_any(thread, file, source, place, flags);
    match result {
        Err(Errno::EPIPE) if file.file().signals_broken_pipe() => broken_pipe(thread),
        Ok(count) if count > 0 => notify::modified(file),
        _ => {}
    }
    result
}

/// Tells the thread that nobody reads what it writes.
pub(crate) fn broken_pipe(thread: &Thread) {
    let info = SigInfo::kill(SIGPIPE, SI_USER, thread.process().pid(), thread.credentials().uid);
    // What cannot be queued still is pending.
    let _ = send_to_thread(thread, info);
}

fn write_any(
    thread: &Thread,
    file: &OpenFile,
    source: &mut Source<'_>,
    place: Place,
    flags: IoFlags,
) -> Result<usize, Errno> {
    match place {
        _ if !file.file().is_seekable() => file.file().write_at(source, 0, flags),
        Place::Offset(offset) => write_limited(thread, file, source, offset, flags),
        Place::Position if file.file().outside_position().is_some() => {
            write_limited(thread, file, source, OUTSIDE_POSITION, flags)
        }
        Place::Position => {
            let mut position = file.position();
            let count = write_limited(thread, file, source, *position, flags)?;
            *position = if flags.contains(IoFlags::APPEND) && count > 0 {
                file.inode().metadata()?.size
            } else {
                position.saturating_add(count as u64)
            };
            Ok(count)
        }
    }
}

/// Writes at an offset or the outside position, as far as `RLIMIT_FSIZE` and the largest file size let it.
///
/// # Errors
/// As write(2).
pub(super) fn write_limited(
    thread: &Thread,
    file: &OpenFile,
    source: &mut Source<'_>,
    offset: u64,
    flags: IoFlags,
) -> Result<usize, Errno> {
    let limit = thread.file_size_limit();
    let length = source.remaining() as u64;
    let largest = file.path().mount.file_system().max_file_size();
    // An outside position may be anywhere, but whoever keeps it knows the largest size, too.
    let near_end = offset != OUTSIDE_POSITION && offset.checked_add(length).is_none_or(|end| end > largest);
    if (limit != u64::MAX || near_end) && length > 0 {
        let metadata = file.inode().metadata()?;
        if metadata.kind == FileKind::Regular {
            let start = match offset {
                _ if flags.contains(IoFlags::APPEND) => metadata.size,
                OUTSIDE_POSITION => *file.position(),
                offset => offset,
            };
            check_size_limit(thread, start, largest)?;
            let room = limit.min(largest).saturating_sub(start);
            source.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        }
    }
    file.file().write_at(source, offset, flags)
}

/// Fails when a regular file may not have a byte at `offset`, because of the thread's own limit, for which
/// `SIGXFSZ` is sent, or because the largest size in its file system is `largest`.
///
/// # Errors
/// `EFBIG`.
pub fn check_size_limit(thread: &Thread, offset: u64, largest: u64) -> Result<(), Errno> {
    if offset >= thread.file_size_limit() {
        let info = SigInfo::kill(SIGXFSZ, SI_USER, thread.process().pid(), thread.credentials().uid);
        // What cannot be queued still is pending.
        let _ = send_to_thread(thread, info);
        return Err(Errno::EFBIG);
    }
    if offset >= largest { Err(Errno::EFBIG) } else { Ok(()) }
}
