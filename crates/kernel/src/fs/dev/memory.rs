//! `/dev/null`, `/dev/zero` and `/dev/full` (null(4), full(4)).

use core::any::Any;

use abi::Errno;

use crate::fs::{File, FileMapping, IoFlags};
use crate::io::{Sink, Source};
use crate::sched;

/// How much is moved before a signal is looked for.
const TURN: usize = 1 << 20;

/// Takes everything, gives nothing.
#[derive(Debug)]
pub(super) struct Null;

/// Takes all that is offered without looking at it: even what could not be read.
fn swallow(source: &mut Source<'_>) -> usize {
    let count = source.remaining();
    source.advance(count);
    count
}

impl File for Null {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, _sink: &mut Sink<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        Ok(0)
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        Ok(swallow(source))
    }

    fn gives_to_pipes(&self) -> bool {
        false
    }
}

/// Gives zeros.
#[derive(Debug, Default)]
pub(super) struct Zeros {
    is_full: bool,
}

impl Zeros {
    /// The device on which there is never room.
    pub(super) const fn that_is_full() -> Self {
        Self { is_full: true }
    }
}

/// Fills a sink turn by turn until it is full, a fault, or a signal after the first turn.
pub(super) fn fill(
    sink: &mut Sink<'_>,
    turn: usize,
    mut put: impl FnMut(&mut Sink<'_>, usize) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let mut done = 0;
    while sink.remaining() > 0 {
        let wanted = sink.remaining().min(turn);
        match put(sink, wanted) {
            Ok(count) => {
                done += count;
                let is_interrupted = || sched::current().is_some_and(|thread| thread.has_pending_signal());
                if count < wanted || is_interrupted() {
                    break;
                }
            }
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}

impl File for Zeros {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        fill(sink, TURN, |sink, wanted| sink.put_zeros(wanted))
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        if self.is_full {
            return Err(Errno::ENOSPC);
        }
        Ok(swallow(source))
    }

    fn takes_from_pipes(&self) -> bool {
        !self.is_full
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        if self.is_full { Err(Errno::ENODEV) } else { Ok(FileMapping::Zero) }
    }
}
