//! splice(2), tee(2), vmsplice(2): moving bytes between pipes and files.

use abi::Errno;
use abi::io::IoVector;
use abi::raw::general::{SPLICE_F_GIFT, SPLICE_F_MORE, SPLICE_F_MOVE, SPLICE_F_NONBLOCK};

use super::read_write::read_vectors;
use crate::fs::pipe::{self, splice as pipes};
use crate::fs::transfer::{self, FileOffset};
use crate::fs::{OpenFile, notify};
use crate::io::MAX_RW_COUNT;
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

const KNOWN: u32 = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT;

fn check_flags(flags: u32) -> Result<(), Errno> {
    if flags & !KNOWN == 0 { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Tells those who watch the two files that bytes moved between them.
pub(super) fn notify_transfer(input: &OpenFile, output: &OpenFile) {
    notify::accessed(input);
    notify::modified(output);
}

/// splice(2).
pub fn splice(
    current: &Current<'_>,
    input: Fd,
    input_offset: UserPtr<i64>,
    output: Fd,
    output_offset: UserPtr<i64>,
    length: usize,
    flags: u32,
) -> Result<usize, Errno> {
    if length == 0 {
        return Ok(0);
    }
    check_flags(flags)?;
    let (input, output) = (current.file(input)?, current.file(output)?);
    let from = pipe::of_file(&input);
    let to = pipe::of_file(&output);
    if (from.is_some() && !input_offset.is_null()) || (to.is_some() && !output_offset.is_null()) {
        return Err(Errno::ESPIPE);
    }
    let mut target = FileOffset::new(&output, output_offset)?;
    let mut source = FileOffset::new(&input, input_offset)?;
    input.check_readable()?;
    output.check_writable()?;
    let is_nonblocking =
        |pipe: &OpenFile, given: u32| given & SPLICE_F_NONBLOCK != 0 || pipe.is_nonblocking();
    let moved = match (from, to) {
        (Some(from), Some(to)) => {
            let nonblocking = is_nonblocking(&input, flags) || output.is_nonblocking();
            pipes::to_pipe(current, from, to, length, nonblocking)?
        }
        (Some(from), None) => {
            check_length(&target, length)?;
            transfer::check_no_append(&output)?;
            transfer::check_splice_target(&output)?;
            let nonblocking = is_nonblocking(&input, flags);
            let mut offset = target.start()?;
            let length = length.min(MAX_RW_COUNT);
            let moved = pipes::to_file(current, from, &output, &mut offset, length, nonblocking)?;
            target.advance(moved);
            moved
        }
        (None, Some(to)) => {
            check_length(&source, length)?;
            transfer::check_splice_source(&input)?;
            let nonblocking = is_nonblocking(&output, flags);
            let (offset, length) = (source.start()?, length.min(MAX_RW_COUNT));
            let moved = pipes::from_file(current, &input, offset, to, length, nonblocking)?;
            source.advance(moved);
            moved
        }
        (None, None) => return Err(Errno::EINVAL),
    };
    if moved > 0 {
        notify_transfer(&input, &output);
    }
    target.finish()?;
    source.finish()?;
    Ok(moved)
}

/// Fails for a length that is negative as Linux sees it, and for an offset where the file has none.
fn check_length(offset: &FileOffset<'_>, length: usize) -> Result<(), Errno> {
    offset.check_seekable(Errno::EINVAL)?;
    isize::try_from(length).map(drop).map_err(|_| Errno::EINVAL)
}

/// tee(2).
pub fn tee(current: &Current<'_>, input: Fd, output: Fd, length: usize, flags: u32) -> Result<usize, Errno> {
    check_flags(flags)?;
    if length == 0 {
        return Ok(0);
    }
    let (input, output) = (current.file(input)?, current.file(output)?);
    input.check_readable()?;
    output.check_writable()?;
    let (Some(from), Some(to)) = (pipe::of_file(&input), pipe::of_file(&output)) else {
        return Err(Errno::EINVAL);
    };
    let nonblocking = flags & SPLICE_F_NONBLOCK != 0 || input.is_nonblocking() || output.is_nonblocking();
    let copied = pipes::tee(current, from, to, length, nonblocking)?;
    if copied > 0 {
        notify_transfer(&input, &output);
    }
    Ok(copied)
}

/// vmsplice(2): into a pipe that is open for writing, out of one that is open for reading.
pub fn vmsplice(
    current: &Current<'_>,
    fd: Fd,
    vector: UserPtr<IoVector>,
    count: u64,
    flags: u32,
) -> Result<usize, Errno> {
    check_flags(flags)?;
    let file = current.file(fd)?;
    let writes = file.is_writable();
    if !writes {
        file.check_readable()?;
    }
    let ranges = read_vectors(vector, count)?;
    if ranges.iter().all(|range| range.length == 0) {
        return Ok(0);
    }
    let pipe = pipe::of_file(&file).ok_or(Errno::EBADF)?;
    let nonblocking = flags & SPLICE_F_NONBLOCK != 0;
    if writes {
        pipes::from_memory(current, &ranges, pipe, nonblocking)
    } else {
        pipes::to_memory(pipe, ranges, nonblocking)
    }
}

/// sendfile(2).
pub fn sendfile(
    current: &Current<'_>,
    output: Fd,
    input: Fd,
    offset: UserPtr<i64>,
    count: usize,
) -> Result<usize, Errno> {
    let kept = offset.non_null().map(UserPtr::read).transpose()?;
    let input = current.file(input)?;
    input.check_readable()?;
    let mut source = FileOffset::with_value(&input, offset, kept);
    source.check_seekable(Errno::ESPIPE)?;
    let start = source.start()?;
    isize::try_from(count).map_err(|_| Errno::EINVAL)?;
    let count = count.min(MAX_RW_COUNT);
    let output = current.file(output)?;
    output.check_writable()?;
    let mut target = FileOffset::own(&output);
    let moved = match pipe::of_file(&output) {
        Some(to) => {
            transfer::check_splice_source(&input)?;
            if count == 0 {
                return Ok(0);
            }
            pipes::from_file(current, &input, start, to, count, output.is_nonblocking())?
        }
        None => transfer::copy(current, (&input, start), (&output, target.start()?), count)?,
    };
    current.io.count_read(moved);
    current.io.count_write(moved);
    if moved > 0 {
        notify_transfer(&input, &output);
    }
    target.advance(moved);
    source.advance(moved);
    target.finish()?;
    source.finish()?;
    Ok(moved)
}

/// copy_file_range(2).
pub fn copy_file_range(
    current: &Current<'_>,
    input: Fd,
    input_offset: UserPtr<i64>,
    output: Fd,
    output_offset: UserPtr<i64>,
    length: usize,
    flags: u32,
) -> Result<usize, Errno> {
    let (input, output) = (current.file(input)?, current.file(output)?);
    let mut source = FileOffset::new(&input, input_offset)?;
    let mut target = FileOffset::new(&output, output_offset)?;
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let moved = transfer::copy_range(current, (&input, &source), (&output, &target), length)?;
    current.io.count_read(moved);
    current.io.count_write(moved);
    if moved > 0 {
        notify_transfer(&input, &output);
    }
    source.advance(moved);
    target.advance(moved);
    if moved > 0 {
        source.finish()?;
        target.finish()?;
    }
    Ok(moved)
}
