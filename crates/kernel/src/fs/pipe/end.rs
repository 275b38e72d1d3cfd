//! One end of a pipe as an open file.

use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::Ordering;

use abi::Errno;

use super::{Pipe, Ring};
use crate::fs::{File, IoFlags, PollEvents, transfer};
use crate::io::{Sink, Source};
use crate::sched::{self, PollEntry};

/// An end of a pipe; of a FIFO it may be both.
#[derive(Debug)]
pub struct PipeEnd {
    pipe: Arc<Pipe>,
    reads: bool,
    writes: bool,
    /// How often the pipe had been opened for writing before this end was: until then a reader sees no
    /// hang-up.
    writers_before: Option<u64>,
}

impl PipeEnd {
    /// Another end of the pipe.
    pub(super) fn new(pipe: &Arc<Pipe>, reads: bool, writes: bool) -> Self {
        if reads {
            pipe.readers.fetch_add(1, Ordering::SeqCst);
            pipe.reader_opens.fetch_add(1, Ordering::SeqCst);
            pipe.writable.wake_all();
        }
        if writes {
            pipe.writers.fetch_add(1, Ordering::SeqCst);
            pipe.writer_opens.fetch_add(1, Ordering::SeqCst);
            pipe.readable.wake_all();
        }
        Self { pipe: Arc::clone(pipe), reads, writes, writers_before: None }
    }

    /// Sees no hang-up until somebody opens the pipe for writing.
    pub(super) fn without_hang_up(mut self) -> Self {
        self.writers_before = Some(self.pipe.writer_opens.load(Ordering::SeqCst));
        self
    }

    /// The pipe.
    pub(super) const fn pipe(&self) -> &Arc<Pipe> {
        &self.pipe
    }

    fn hung_up(&self) -> bool {
        let opens = self.pipe.writer_opens.load(Ordering::SeqCst);
        !self.pipe.has_writers() && self.writers_before.is_none_or(|before| before != opens)
    }
}

impl Pipe {
    /// Reads what there is; waits for the first byte unless told not to. 0 without writers.
    ///
    /// # Errors
    /// As read(2) of a pipe.
    pub(super) fn read(&self, sink: &mut Sink<'_>, flags: IoFlags) -> Result<usize, Errno> {
        if sink.remaining() == 0 {
            return Ok(0);
        }
        loop {
            // Looked at before the ring: bytes that the last writer left are not missed.
            let has_writers = self.has_writers();
            let count = self.with_ring(|ring| if ring.is_empty() { None } else { Some(ring.read(sink)) });
            match count {
                Some(result) => return result,
                None if !has_writers => return Ok(0),
                None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
                None => self.wait_readable()?,
            }
        }
    }

    /// Waits until there is something to read or no writer.
    ///
    /// # Errors
    /// `ERESTARTSYS`.
    pub(super) fn wait_readable(&self) -> Result<(), Errno> {
        let condition = || (!self.is_empty() || !self.has_writers()).then_some(());
        Ok(self.readable.wait_until(None, condition)?)
    }

    /// Waits until there is room or no reader.
    ///
    /// # Errors
    /// `ERESTARTSYS`.
    pub(super) fn wait_writable(&self) -> Result<(), Errno> {
        let condition = || (!self.is_full() || !self.has_readers()).then_some(());
        Ok(self.writable.wait_until(None, condition)?)
    }

    /// Runs `fill` on the ring and tells readers, unless there are none any more.
    ///
    /// # Errors
    /// `EPIPE`, and those of `fill`.
    pub(super) fn fill(&self, fill: impl FnOnce(&mut Ring) -> Result<usize, Errno>) -> Result<usize, Errno> {
        let result = self.with_ring(|ring| if self.has_readers() { fill(ring) } else { Err(Errno::EPIPE) });
        if result.is_ok_and(|count| count > 0) {
            self.readable.wake_all_after_unlock();
        }
        result
    }

    /// Writes everything, waiting for room unless told not to.
    ///
    /// # Errors
    /// As write(2) to a pipe.
    fn write(&self, source: &mut Source<'_>, flags: IoFlags) -> Result<usize, Errno> {
        let mut done = 0;
        while source.remaining() > 0 {
            match self.write_some(source, flags, done == 0) {
                Ok(count) => done += count,
                Err(error) if done == 0 => return Err(error),
                Err(error) => {
                    // The caller sees success and sends nothing.
                    if error == Errno::EPIPE
                        && let Some(thread) = sched::current()
                    {
                        transfer::broken_pipe(&thread);
                    }
                    break;
                }
            }
        }
        Ok(done)
    }

    /// Writes what there is room for; if there is none, waits for it.
    fn write_some(&self, source: &mut Source<'_>, flags: IoFlags, is_first: bool) -> Result<usize, Errno> {
        let mut room = false;
        let count = self.fill(|ring| {
            let count = ring.write(source, flags.contains(IoFlags::DIRECT), is_first)?;
            room = !ring.is_full();
            Ok(count)
        })?;
        if count > 0 {
            return Ok(count);
        }
        if room {
            // Nothing came though there was room: the rest cannot be read.
            return Err(Errno::EFAULT);
        }
        if flags.contains(IoFlags::NONBLOCK) {
            return Err(Errno::EAGAIN);
        }
        self.wait_writable().map(|()| 0)
    }
}

impl File for PipeEnd {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        self.pipe.read(sink, flags)
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        self.pipe.write(source, flags)
    }

    fn poll(&self, mut entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry.as_mut() {
            match (self.reads, self.writes) {
                (true, true) => entry.add_pair(&self.pipe.readable, &self.pipe.writable),
                (false, true) => entry.add(&self.pipe.writable),
                _ => entry.add(&self.pipe.readable),
            }
        }
        let mut events = PollEvents::empty();
        if self.reads {
            events.set(PollEvents::IN | PollEvents::RDNORM, !self.pipe.is_empty());
            events.set(PollEvents::HUP, self.hung_up());
        }
        if self.writes {
            events.set(PollEvents::OUT | PollEvents::WRNORM, !self.pipe.is_full());
            // Most Unix systems do not set ERR for FIFOs without readers; Linux does.
            events.set(PollEvents::ERR, !self.pipe.has_readers());
        }
        events
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        Ok(self.pipe.ring.lock().length())
    }
}

impl Drop for PipeEnd {
    fn drop(&mut self) {
        if self.reads {
            self.pipe.readers.fetch_sub(1, Ordering::SeqCst);
        }
        if self.writes {
            self.pipe.writers.fetch_sub(1, Ordering::SeqCst);
        }
        self.pipe.readable.wake_all();
        self.pipe.writable.wake_all();
    }
}
