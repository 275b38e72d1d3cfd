//! eventfd(2): a counter to wait on.

use alloc::sync::Arc;
use core::any::Any;
use core::fmt;

use abi::Errno;
use sync::SpinLock;

use super::{File, IoFlags, PollEvents};
use crate::io::{Sink, Source};
use crate::sched::{PollEntry, WaitQueue};

/// The largest value.
const LARGEST: u64 = u64::MAX - 1;

/// The file of eventfd(2).
#[derive(Debug)]
pub struct EventCounter {
    count: SpinLock<u64>,
    /// Each read takes one (`EFD_SEMAPHORE`).
    semaphore: bool,
    readable: Arc<WaitQueue>,
    writable: Arc<WaitQueue>,
}

impl EventCounter {
    /// A counter with this value.
    #[must_use]
    pub fn new(count: u64, semaphore: bool) -> Self {
        Self {
            count: SpinLock::new(count),
            semaphore,
            readable: Arc::new(WaitQueue::new()),
            writable: Arc::new(WaitQueue::new()),
        }
    }

    /// Takes what one read takes.
    fn take(&self) -> Option<u64> {
        let mut count = self.count.lock();
        let taken = if self.semaphore { (*count).min(1) } else { *count };
        *count -= taken;
        (taken > 0).then_some(taken)
    }

    /// Adds a value if it fits.
    fn add(&self, value: u64) -> Option<()> {
        let mut count = self.count.lock();
        let sum = count.checked_add(value).filter(|sum| *sum <= LARGEST)?;
        *count = sum;
        Some(())
    }
}

impl File for EventCounter {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn ignores_seek(&self) -> bool {
        true
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if sink.remaining() < size_of::<u64>() {
            return Err(Errno::EINVAL);
        }
        let taken = match self.take() {
            Some(taken) => taken,
            None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
            None => self.readable.wait_until(None, || self.take())?,
        };
        self.writable.wake_all();
        let bytes = taken.to_ne_bytes();
        if sink.put(&bytes)? == bytes.len() { Ok(bytes.len()) } else { Err(Errno::EFAULT) }
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let mut bytes = [0; size_of::<u64>()];
        if source.remaining() < bytes.len() {
            return Err(Errno::EINVAL);
        }
        if source.take(&mut bytes)? < bytes.len() {
            return Err(Errno::EFAULT);
        }
        let value = u64::from_ne_bytes(bytes);
        if value == u64::MAX {
            return Err(Errno::EINVAL);
        }
        match self.add(value) {
            Some(()) => {}
            None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
            None => self.writable.wait_until(None, || self.add(value))?,
        }
        self.readable.wake_all();
        Ok(bytes.len())
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry {
            entry.add_pair(&self.readable, &self.writable);
        }
        let count = *self.count.lock();
        let mut events = PollEvents::empty();
        events.set(PollEvents::IN, count > 0);
        events.set(PollEvents::OUT, count < LARGEST);
        events
    }

    fn show_information(&self, target: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(target, "eventfd-count: {:16x}", *self.count.lock())?;
        writeln!(target, "eventfd-semaphore: {}", u8::from(self.semaphore))
    }
}
