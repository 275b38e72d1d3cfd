//! Copying from file to file inside of the kernel (sendfile(2), copy_file_range(2)).

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::O_APPEND;

use super::{FileOffset, broken_pipe, check_size_limit, write_limited};
use crate::fs::{FileKind, OpenFile, pipe};
use crate::io::{MAX_RW_COUNT, Sink, Source};
use crate::task::Thread;

/// How much is copied at once.
const TURN: usize = 256 << 10;

/// Fails when a file gives nothing to splice(2): Linux's has no `splice_read` then.
///
/// # Errors
/// `EINVAL`.
pub fn check_splice_source(file: &OpenFile) -> Result<(), Errno> {
    let is_source = match file.path().dentry.kind() {
        FileKind::Directory | FileKind::Anonymous | FileKind::Fifo => false,
        _ => file.file().gives_to_pipes(),
    };
    if is_source { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Fails when a file takes nothing from splice(2): it is nothing but a descriptor, or a device without
/// `splice_write`.
///
/// # Errors
/// `EINVAL`.
pub fn check_splice_target(file: &OpenFile) -> Result<(), Errno> {
    let is_target = file.path().dentry.kind() != FileKind::Anonymous && file.file().takes_from_pipes();
    if is_target { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Fails when a file only appends: then it has no place that could be chosen.
///
/// # Errors
/// `EINVAL`.
pub fn check_no_append(file: &OpenFile) -> Result<(), Errno> {
    if file.flags() & O_APPEND != 0 { Err(Errno::EINVAL) } else { Ok(()) }
}

/// Copies from a file that can be sought to one that is no pipe; gives how much came over.
///
/// # Errors
/// As sendfile(2).
pub fn copy(
    thread: &Thread,
    (input, mut from): (&OpenFile, u64),
    (output, mut to): (&OpenFile, u64),
    length: usize,
) -> Result<usize, Errno> {
    if length == 0 {
        return Ok(0);
    }
    if !input.file().is_seekable() {
        return Err(Errno::EINVAL);
    }
    check_splice_source(input)?;
    check_no_append(output)?;
    let mut bytes = pipe::splice::buffer(length.min(TURN))?;
    let mut done = 0;
    while done < length {
        let wanted = bytes.len().min(length - done);
        let part = bytes.get_mut(..wanted).unwrap_or_default();
        let outcome =
            input.file().read_at(&mut Sink::kernel(part), from, input.io_flags()).and_then(|count| {
                let part = bytes.get(..count).unwrap_or_default();
                Ok((count, write_whole(thread, output, part, to)?))
            });
        match outcome {
            Ok((count, written)) => {
                done += written;
                from = from.saturating_add(written as u64);
                to = to.saturating_add(written as u64);
                if count == 0 || written < count {
                    break;
                }
            }
            Err(_) if done > 0 => break,
            Err(error) => {
                if error == Errno::EPIPE {
                    broken_pipe(thread);
                }
                return Err(error);
            }
        }
    }
    Ok(done)
}

/// Writes until nothing is left or nothing more is taken.
fn write_whole(thread: &Thread, file: &OpenFile, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
    if !bytes.is_empty() {
        check_splice_target(file)?;
    }
    let is_seekable = file.file().is_seekable();
    let mut source = Source::kernel(bytes);
    let mut done = 0;
    while source.remaining() > 0 {
        let written = if is_seekable {
            write_limited(thread, file, &mut source, offset.saturating_add(done as u64), file.io_flags())
        } else {
            file.file().write_at(&mut source, 0, file.io_flags())
        };
        match written {
            Ok(0) => break,
            Ok(written) => done += written,
            Err(_) if done > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Copies a range of a regular file to another one of the same file system.
///
/// # Errors
/// As copy_file_range(2).
pub fn copy_range(
    thread: &Thread,
    (input, source): (&OpenFile, &FileOffset<'_>),
    (output, target): (&OpenFile, &FileOffset<'_>),
    length: usize,
) -> Result<usize, Errno> {
    let (from_metadata, to_metadata) = (input.inode().metadata()?, output.inode().metadata()?);
    let kinds = [from_metadata.kind, to_metadata.kind];
    if kinds.contains(&FileKind::Directory) {
        return Err(Errno::EISDIR);
    }
    if kinds.iter().any(|kind| *kind != FileKind::Regular) {
        return Err(Errno::EINVAL);
    }
    input.check_readable()?;
    output.check_writable()?;
    if output.flags() & O_APPEND != 0 {
        return Err(Errno::EBADF);
    }
    if from_metadata.device != to_metadata.device {
        return Err(Errno::EXDEV);
    }
    // As Linux, before the sign is looked at.
    let (from, to) = (source.raw().cast_unsigned(), target.raw().cast_unsigned());
    if from.checked_add(length as u64).is_none() || to.checked_add(length as u64).is_none() {
        return Err(Errno::EOVERFLOW);
    }
    let available = from_metadata.size.saturating_sub(from);
    let length = usize::try_from(available).unwrap_or(usize::MAX).min(length);
    if target.raw() >= 0 {
        check_size_limit(thread, to, output.path().mount.file_system().max_file_size())?;
    }
    let count = length as u64;
    let is_one = Arc::ptr_eq(input.inode(), output.inode());
    if is_one && to.saturating_add(count) > from && to < from.saturating_add(count) {
        return Err(Errno::EINVAL);
    }
    copy(thread, (input, source.start()?), (output, target.start()?), length.min(MAX_RW_COUNT))
}
