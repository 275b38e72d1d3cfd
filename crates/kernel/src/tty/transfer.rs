//! Writing to either side of a pseudo-terminal.

use alloc::sync::Arc;

use abi::Errno;

use super::CHUNK;
use crate::io::Source;
use crate::sched::{self, WaitQueue};

/// Writes all bytes of a source, chunk by chunk; a signal ends it after one.
pub(super) fn write(
    source: &mut Source<'_>,
    mut chunk: impl FnMut(&[u8]) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let mut buffer = [0; CHUNK];
    let mut done = 0;
    loop {
        let wanted = source.remaining().min(CHUNK);
        let outcome = take(source, buffer.get_mut(..wanted).unwrap_or_default()).and_then(&mut chunk);
        match outcome {
            Ok(count) => {
                done += count;
                let is_interrupted = || sched::current().is_some_and(|thread| thread.has_pending_signal());
                if count < wanted || source.remaining() == 0 || is_interrupted() {
                    return Ok(done);
                }
            }
            Err(error) if done == 0 => return Err(error),
            Err(_) => return Ok(done),
        }
    }
}

/// Takes a whole chunk.
fn take<'a>(source: &mut Source<'_>, buffer: &'a mut [u8]) -> Result<&'a [u8], Errno> {
    let wanted = buffer.len();
    if wanted > 0 && source.take(buffer)? < wanted {
        return Err(Errno::EFAULT);
    }
    Ok(buffer)
}

/// Writes one chunk, waiting for room unless told not to; gives how much of it was written.
pub(super) fn write_chunk(
    bytes: &[u8],
    nonblocking: bool,
    queue: &Arc<WaitQueue>,
    is_dead: &dyn Fn() -> bool,
    mut put: impl FnMut(&[u8]) -> usize,
    has_room: impl Fn() -> bool,
) -> Result<usize, Errno> {
    let mut done = 0;
    loop {
        let error = if sched::current().is_some_and(|thread| thread.has_pending_signal()) {
            Some(Errno::ERESTARTSYS)
        } else if is_dead() {
            Some(Errno::EIO)
        } else {
            done += put(bytes.get(done..).unwrap_or_default());
            if done == bytes.len() {
                return Ok(done);
            }
            let wait = || queue.wait_until(None, || (has_room() || is_dead()).then_some(()));
            if nonblocking { Some(Errno::EAGAIN) } else { wait().err().map(Errno::from) }
        };
        match error {
            None => {}
            Some(error) if done == 0 => return Err(error),
            Some(_) => return Ok(done),
        }
    }
}
