//! Moving bytes between pipes and files without a program's memory (splice(2), tee(2), vmsplice(2)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::{BUFFER_SIZE, Pipe, Ring};
use crate::fs::{FileKind, OpenFile, transfer};
use crate::io::{Sink, Source, UserRange};
use crate::sched::MutexGuard;
use crate::task::Thread;

/// Runs an action on the rings of two pipes, which are not one, and tells those who wait for what it
/// changed. The locks are taken in the order of the pipes' places in memory.
fn with_both<T>(from: &Pipe, to: &Pipe, action: impl FnOnce(&mut Ring, &mut Ring) -> T) -> T {
    let (mut source, mut target);
    if core::ptr::from_ref(from) < core::ptr::from_ref(to) {
        source = from.ring.lock();
        target = to.ring.lock();
    } else {
        target = to.ring.lock();
        source = from.ring.lock();
    }
    let (was_full, was_used) = (source.is_full(), target.used());
    let outcome = action(&mut source, &mut target);
    let is_full = from.note_use(&source);
    to.note_use(&target);
    let has_more = target.used() != was_used;
    drop::<(MutexGuard<'_, Ring>, MutexGuard<'_, Ring>)>((source, target));
    if was_full && !is_full {
        from.writable.wake_all();
    }
    if has_more {
        to.readable.wake_all();
    }
    outcome
}

/// Waits until `step` gives something other than `None`: for bytes in one pipe and room in the other.
/// 0 when the source is empty and has no writers; a broken pipe gets its signal.
fn between(
    thread: &Thread,
    (from, to): (&Pipe, &Pipe),
    nonblocking: bool,
    mut step: impl FnMut(&mut Ring, &mut Ring) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    loop {
        if from.is_empty() {
            // Looked at before the ring, as in a read.
            let has_writers = from.has_writers();
            match (from.is_empty(), has_writers) {
                (true, false) => return Ok(0),
                (true, true) if nonblocking => return Err(Errno::EAGAIN),
                (true, true) => from.wait_readable()?,
                (false, _) => {}
            }
            continue;
        }
        if !to.has_readers() {
            transfer::broken_pipe(thread);
            return Err(Errno::EPIPE);
        }
        if to.is_full() {
            if nonblocking {
                return Err(Errno::EAGAIN);
            }
            to.wait_writable()?;
            continue;
        }
        // Another thread may have been faster: then nothing moves.
        let moved = with_both(from, to, &mut step)?;
        if moved > 0 {
            return Ok(moved);
        }
    }
}

/// Moves bytes from a pipe into another one (splice(2)).
///
/// # Errors
/// As splice(2).
pub fn to_pipe(
    thread: &Thread,
    from: &Arc<Pipe>,
    to: &Arc<Pipe>,
    length: usize,
    nonblocking: bool,
) -> Result<usize, Errno> {
    if Arc::ptr_eq(from, to) {
        return Err(Errno::EINVAL);
    }
    between(thread, (from, to), nonblocking, |source, target| source.move_to(target, length))
}

/// Copies bytes from a pipe into another one and leaves them where they are (tee(2)).
///
/// # Errors
/// As tee(2).
pub fn tee(
    thread: &Thread,
    from: &Arc<Pipe>,
    to: &Arc<Pipe>,
    length: usize,
    nonblocking: bool,
) -> Result<usize, Errno> {
    if Arc::ptr_eq(from, to) {
        return Err(Errno::EINVAL);
    }
    between(thread, (from, to), nonblocking, |source, target| source.copy_to(target, length))
}

/// Runs `fill` on the ring of a pipe that has room, after waiting for it, and tells readers.
///
/// # Errors
/// `EPIPE`, with its signal; `EAGAIN`; those of `fill`.
fn with_room(
    thread: &Thread,
    pipe: &Pipe,
    nonblocking: bool,
    mut fill: impl FnMut(&mut Ring) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    loop {
        let mut had_room = false;
        let outcome = pipe.fill(|ring| {
            had_room = !ring.is_full();
            if had_room { fill(ring) } else { Ok(0) }
        });
        match outcome {
            Err(Errno::EPIPE) => transfer::broken_pipe(thread),
            Ok(0) if !had_room && nonblocking => return Err(Errno::EAGAIN),
            Ok(0) if !had_room => {
                pipe.wait_writable()?;
                continue;
            }
            _ => {}
        }
        return outcome;
    }
}

/// Reads from a file at an offset, which is 0 where it has none, into a pipe; waits for room, then takes
/// what one read gives.
///
/// # Errors
/// As splice(2).
pub fn from_file(
    thread: &Thread,
    file: &OpenFile,
    offset: u64,
    pipe: &Pipe,
    length: usize,
    nonblocking: bool,
) -> Result<usize, Errno> {
    // A file's pages go in as they lie there; what is no file fills its buffers from the start.
    let is_regular = file.path().dentry.kind() == FileKind::Regular;
    let page_offset = offset % BUFFER_SIZE as u64;
    let inside = if is_regular { usize::try_from(page_offset).unwrap_or(0) } else { 0 };
    with_room(thread, pipe, nonblocking, |ring| {
        let room = (ring.capacity() - ring.used()).saturating_mul(BUFFER_SIZE) - inside;
        let mut bytes = buffer(length.min(room))?;
        let count = file.file().read_at(&mut Sink::kernel(&mut bytes), offset, file.io_flags())?;
        let mut source = Source::kernel(bytes.get(..count).unwrap_or_default());
        let mut first = BUFFER_SIZE - inside;
        while source.remaining() > 0 {
            ring.push_closed(&mut source, first)?;
            first = BUFFER_SIZE;
        }
        Ok(count)
    })
}

/// Zeroed bytes to copy through.
///
/// # Errors
/// `ENOMEM`.
pub(in crate::fs) fn buffer(length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// Writes what a pipe holds to a file at an offset, which moves; waits for the first bytes, then takes
/// what there is, up to `length`.
///
/// # Errors
/// As splice(2).
pub fn to_file(
    thread: &Thread,
    pipe: &Pipe,
    file: &OpenFile,
    offset: &mut u64,
    length: usize,
    nonblocking: bool,
) -> Result<usize, Errno> {
    let mut done = 0;
    while done < length {
        let has_writers = pipe.has_writers();
        let moved = pipe.with_ring(|ring| {
            let bytes = ring.front(length - done)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let mut source = Source::kernel(&bytes);
            let written = if file.file().is_seekable() {
                transfer::write_limited(thread, file, &mut source, *offset, file.io_flags())?
            } else {
                file.file().write_at(&mut source, 0, file.io_flags())?
            };
            ring.consume(written);
            Ok(Some(written))
        });
        match moved {
            Ok(Some(0)) => break,
            Ok(Some(written)) => {
                done += written;
                *offset = offset.saturating_add(written as u64);
            }
            Ok(None) if done > 0 || !has_writers => break,
            Ok(None) if nonblocking => return Err(Errno::EAGAIN),
            Ok(None) => pipe.wait_readable()?,
            Err(_) if done > 0 => break,
            Err(error) => {
                if error == Errno::EPIPE {
                    transfer::broken_pipe(thread);
                }
                return Err(error);
            }
        }
    }
    Ok(done)
}

/// Copies a program's memory into a pipe, each page of it into a buffer of its own (vmsplice(2)); waits for
/// room for the first. Linux shows the program's pages themselves: what it writes there before the bytes
/// are read is not seen here.
///
/// # Errors
/// As vmsplice(2).
pub fn from_memory(
    thread: &Thread,
    ranges: &[UserRange],
    pipe: &Pipe,
    nonblocking: bool,
) -> Result<usize, Errno> {
    with_room(thread, pipe, nonblocking, |ring| {
        let mut done = 0;
        let mut source = Source::user_vector(ranges.to_vec());
        while !ring.is_full()
            && let Some(range) = source.user_range().filter(|range| range.length > 0)
        {
            let in_page = usize::try_from(range.address % BUFFER_SIZE as u64).unwrap_or(0);
            match ring.push_closed(&mut source, range.length.min(BUFFER_SIZE - in_page)) {
                Ok(count) => done += count,
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    })
}

/// Moves a pipe's bytes into a program's memory (vmsplice(2)).
///
/// # Errors
/// As vmsplice(2).
pub fn to_memory(pipe: &Pipe, ranges: Vec<UserRange>, nonblocking: bool) -> Result<usize, Errno> {
    let flags = if nonblocking { crate::fs::IoFlags::NONBLOCK } else { crate::fs::IoFlags::empty() };
    pipe.read(&mut Sink::user_vector(ranges), flags)
}
