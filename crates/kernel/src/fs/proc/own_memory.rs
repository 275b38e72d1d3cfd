//! /proc/PID/mem: a program's memory as a file.

use alloc::sync::Arc;
use alloc::vec;
use core::any::Any;

use abi::Errno;

use crate::fs::{File, IoFlags};
use crate::io::{Sink, Source};
use crate::sched;
use crate::task::table;
use crate::user;

/// How much is copied at a time.
const CHUNK: usize = 4096;

/// A thread's memory. Only the running program's can be reached.
#[derive(Debug)]
pub(super) struct MemoryFile(pub(super) i32);

impl MemoryFile {
    fn check(&self) -> Result<(), Errno> {
        let memory = table::find_thread(self.0).ok_or(Errno::ESRCH)?.process().memory();
        let current = sched::current().ok_or(Errno::ESRCH)?;
        if Arc::ptr_eq(&memory, &current.process().memory()) { Ok(()) } else { Err(Errno::EIO) }
    }
}

/// The file's errors: an address that cannot be reached is `EIO`, unless something was copied before.
fn outcome(done: usize, error: Option<Errno>) -> Result<usize, Errno> {
    match error {
        Some(error) if done == 0 => Err(error),
        _ => Ok(done),
    }
}

impl File for MemoryFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        self.check()?;
        let mut done = 0;
        let mut buffer = vec![0; sink.remaining().min(CHUNK)];
        while sink.remaining() > 0 {
            let wanted = sink.remaining().min(CHUNK);
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            let Ok(count) = user::read_bytes(offset.wrapping_add(done as u64), part) else {
                return outcome(done, Some(Errno::EIO));
            };
            match sink.put(part.get(..count).unwrap_or_default()) {
                Ok(put) => done += put,
                Err(error) => return outcome(done, Some(error)),
            }
            if count < wanted {
                break;
            }
        }
        Ok(done)
    }

    fn write_at(&self, source: &mut Source<'_>, offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        self.check()?;
        let mut done = 0;
        let mut buffer = vec![0; source.remaining().min(CHUNK)];
        while source.remaining() > 0 {
            let wanted = source.remaining().min(CHUNK);
            let taken = match source.take(buffer.get_mut(..wanted).unwrap_or_default()) {
                Ok(taken) => taken,
                Err(error) => return outcome(done, Some(error)),
            };
            let part = buffer.get(..taken).unwrap_or_default();
            match user::write_bytes(offset.wrapping_add(done as u64), part) {
                Ok(count) => done += count,
                Err(_) => return outcome(done, Some(Errno::EIO)),
            }
            if taken < wanted {
                break;
            }
        }
        Ok(done)
    }
}
