//! `/dev/random` and `/dev/urandom` (random(4)): the machine's source, which never runs dry.

use core::any::Any;

use abi::Errno;

use super::memory::fill;
use crate::fs::{File, IoFlags};
use crate::io::{Sink, Source};
use crate::machine::machine;
use crate::user::UserPtr;

/// How many bytes are made at once.
const TURN: usize = 512;
/// `RNDGETENTCNT`: how many bits of entropy there are.
const RNDGETENTCNT: u32 = 0x8004_5200;
/// What Linux answers since its source never runs dry either.
const ENTROPY_BITS: i32 = 256;

/// Gives random bytes.
#[derive(Debug)]
pub(super) struct Random;

impl File for Random {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        fill(sink, TURN, |sink, wanted| {
            let mut bytes = [0; TURN];
            let bytes = bytes.get_mut(..wanted).unwrap_or_default();
            machine().random(bytes);
            sink.put(bytes)
        })
    }

    /// What is written stirs a pool on Linux; the machine's source needs none, but looks at the bytes.
    fn write_at(&self, source: &mut Source<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        let mut bytes = [0; TURN];
        let mut done = 0;
        loop {
            match source.take(&mut bytes) {
                Ok(0) => return Ok(done),
                Ok(count) => done += count,
                Err(error) if done == 0 => return Err(error),
                Err(_) => return Ok(done),
            }
        }
    }

    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        match request {
            RNDGETENTCNT => UserPtr::<i32>::new(argument).write(&ENTROPY_BITS).map(|()| 0),
            _ => Err(Errno::ENOTTY),
        }
    }
}
