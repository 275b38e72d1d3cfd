//! Moving bytes between host files and whoever reads or writes.
//!
//! The host copies from and to a program's memory directly: it checks the addresses as it would for any
//! process, but knows nothing of the kernel's part of the address space, so that is checked here first.

use abi::Errno;
use abi::raw::general as raw;
use kernel::io::{Sink, Source};
use kernel::mm::{Access, fault_in};

use crate::host::{HostFd, call};

/// `offset` for what has no position.
pub(super) const STREAM: u64 = u64::MAX;
/// `offset` for calls on a file that use and move the descriptor's own position.
pub(super) const POSITION: u64 = u64::MAX - 1;
/// What the host's calls take for both of them.
const OF_DESCRIPTOR: u64 = u64::MAX;

/// A part of memory that the host may read or write: a program's, or a slice that is borrowed meanwhile.
#[derive(Clone, Copy)]
struct Part {
    address: usize,
    length: usize,
}

impl Part {
    /// The part of a program's buffer that lies in the program's part of the address space.
    fn of_program(address: u64, length: usize) -> Result<Self, Errno> {
        let range = arch::copy::user_range();
        if !range.contains(&address) {
            return Err(Errno::EFAULT);
        }
        let room = usize::try_from(range.end - address).unwrap_or(usize::MAX);
        Ok(Self { address: address as usize, length: length.min(room) })
    }
}

/// preadv2(2) or pwritev2(2) of one part.
fn vectored(number: u32, fd: HostFd, part: Part, offset: u64, flags: u32) -> Result<usize, Errno> {
    let vector = [part.address, part.length];
    let place = if offset == POSITION { OF_DESCRIPTOR } else { offset };
    let arguments = [fd as usize, vector.as_ptr().addr(), 1, place as usize, 0, flags as usize];
    loop {
        // SAFETY: the vector names a program's memory, which Rust knows nothing of, or a slice that is
        // borrowed by the caller for as long as this runs: mutably when the host writes there.
        match unsafe { call(number, arguments) } {
            // A stream was ready, but another process outside was faster: it waits as if it had not been.
            Err(Errno::EINTR) if offset == STREAM => return Err(Errno::EAGAIN),
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// Repeats a call on a program's memory after its pages were brought in, if they can be.
fn with_pages(
    part: Part,
    access: Access,
    move_bytes: impl Fn() -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    match move_bytes() {
        Err(Errno::EFAULT) if fault_in(part.address as u64, access) => move_bytes(),
        result => result,
    }
}

/// The most that is offered at once to a stream that cannot say that it would wait: when it is ready, it
/// takes as much without waiting.
const CAUTIOUS: usize = 1024;

/// Whether a call may wait: the stream cannot be told not to.
const fn may_wait(offset: u64, flags: u32) -> bool {
    offset == STREAM && flags & raw::RWF_NOWAIT == 0
}

/// Reads until the sink is full, the end of the file, or an error; an error after some bytes is left for
/// the next call. A stream gives no more after a part that it did not fill.
pub(super) fn read(fd: HostFd, sink: &mut Sink<'_>, offset: u64, flags: u32) -> Result<usize, Errno> {
    let number = raw::__NR_preadv2;
    let once = may_wait(offset, flags);
    each(sink.remaining(), offset, once, |place| {
        let (moved, wanted) = match sink.user_range() {
            Some(range) => {
                let part = Part::of_program(range.address, range.length)?;
                let read = || vectored(number, fd, part, place, flags);
                (with_pages(part, Access::Write, read)?, part.length)
            }
            None => {
                let buffer = sink.kernel_buffer().unwrap_or_default();
                let part = Part { address: buffer.as_mut_ptr().expose_provenance(), length: buffer.len() };
                (vectored(number, fd, part, place, flags)?, part.length)
            }
        };
        sink.advance(moved);
        Ok((moved, wanted))
    })
}

/// Writes until the source is empty or an error; an error after some bytes is left for the next call. A
/// stream may take less.
pub(super) fn write(fd: HostFd, source: &mut Source<'_>, offset: u64, flags: u32) -> Result<usize, Errno> {
    let number = raw::__NR_pwritev2;
    let once = may_wait(offset, flags);
    let limit = if once { CAUTIOUS } else { usize::MAX };
    each(source.remaining(), offset, once, |place| {
        let (moved, wanted) = match source.user_range() {
            Some(range) => {
                let part = Part::of_program(range.address, range.length.min(limit))?;
                let write = || vectored(number, fd, part, place, flags);
                (with_pages(part, Access::Read, write)?, part.length)
            }
            None => {
                let buffer = source.kernel_buffer().unwrap_or_default();
                let length = buffer.len().min(limit);
                let part = Part { address: buffer.as_ptr().expose_provenance(), length };
                (vectored(number, fd, part, place, flags)?, part.length)
            }
        };
        source.advance(moved);
        Ok((moved, wanted))
    })
}

/// Runs `step(offset)`, which gives how much it moved of how much it wanted, until `total`, or `once`.
fn each(
    total: usize,
    offset: u64,
    once: bool,
    mut step: impl FnMut(u64) -> Result<(usize, usize), Errno>,
) -> Result<usize, Errno> {
    let is_stream = offset == STREAM;
    let mut done = 0;
    while done < total {
        let place = match offset {
            STREAM | POSITION => offset,
            offset => offset.saturating_add(done as u64),
        };
        match step(place) {
            // A short count may come from a page that is not there yet, so a file is asked again.
            Ok((0, _)) => break,
            Ok((moved, wanted)) => {
                done += moved;
                if once || (is_stream && moved < wanted) {
                    break;
                }
            }
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}
