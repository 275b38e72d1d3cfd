//! /proc/PID/mem: a program's memory as a file.

use alloc::sync::{Arc, Weak};
use alloc::vec;
use core::any::Any;

use abi::Errno;

use crate::fs::{File, IoFlags};
use crate::io::{Sink, Source};
use crate::mm::MemoryMap;
use crate::sched;
use crate::task::{access, table};
use crate::user;

/// How much is copied at a time.
const CHUNK: usize = 4096;

/// The memory that a thread had when the file was opened.
#[derive(Debug)]
pub(super) struct MemoryFile(Weak<MemoryMap>);

impl MemoryFile {
    /// Opens a thread's memory.
    ///
    /// # Errors
    /// `EACCES` when it must not be looked into, `ESRCH`.
    pub(super) fn open(tid: i32) -> Result<Self, Errno> {
        let thread = table::find_thread(tid).ok_or(Errno::ESRCH)?;
        access::check_file(&thread)?;
        Ok(Self(Arc::downgrade(&thread.process().memory())))
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
        // Of a program that has ended nothing is left.
        let Some(memory) = self.0.upgrade() else { return Ok(0) };
        let mut done = 0;
        let mut buffer = vec![0; sink.remaining().min(CHUNK)];
        while sink.remaining() > 0 {
            let wanted = sink.remaining().min(CHUNK);
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            let address = offset.wrapping_add(done as u64);
            let count = match sched::visit(&memory, || user::read_bytes(address, part)) {
                Ok(Ok(count)) => count,
                Ok(Err(_)) => return outcome(done, Some(Errno::EIO)),
                Err(_) => return Ok(done),
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
        let Some(memory) = self.0.upgrade() else { return Ok(0) };
        let mut done = 0;
        let mut buffer = vec![0; source.remaining().min(CHUNK)];
        while source.remaining() > 0 {
            let wanted = source.remaining().min(CHUNK);
            let taken = match source.take(buffer.get_mut(..wanted).unwrap_or_default()) {
                Ok(taken) => taken,
                Err(error) => return outcome(done, Some(error)),
            };
            let part = buffer.get(..taken).unwrap_or_default();
            let address = offset.wrapping_add(done as u64);
            match sched::visit(&memory, || user::write_bytes(address, part)) {
                Ok(Ok(count)) => done += count,
                Ok(Err(_)) => return outcome(done, Some(Errno::EIO)),
                Err(_) => return Ok(done),
            }
            if taken < wanted {
                break;
            }
        }
        Ok(done)
    }
}
