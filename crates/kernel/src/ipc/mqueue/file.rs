//! An open queue.

use alloc::format;
use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;

use super::queue::{Notice, Queue};
use crate::fs::{File, IoFlags, PollEvents};
use crate::io::Sink;
use crate::sched::{self, PollEntry};

/// The file of a queue.
#[derive(Debug)]
pub(super) struct QueueFile(pub(super) Arc<Queue>);

impl File for QueueFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    /// What the queue holds and who is notified, as a line of text (mq_overview(7)).
    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        /// `SIGEV_SIGNAL`, `SIGEV_NONE` (sigevent(7)).
        const SIGNAL: i32 = 0;
        const NONE: i32 = 1;
        let (bytes, registered) = self.0.status();
        let (kind, signal, pid) = match registered {
            None => (0, 0, 0),
            Some((Notice::Nothing, pid)) => (NONE, 0, pid),
            Some((Notice::Signal(signal, _), pid)) => (SIGNAL, signal.number(), pid),
        };
        let text = format!("QSIZE:{bytes:<10} NOTIFY:{kind:<5} SIGNO:{signal:<5} NOTIFY_PID:{pid:<6}\n");
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        sink.put(text.as_bytes().get(offset..).unwrap_or_default())
    }

    fn can_poll(&self) -> bool {
        true
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry {
            entry.add(&self.0.readable);
            entry.add(&self.0.writable);
        }
        let count = self.0.count();
        let mut events = PollEvents::empty();
        events.set(PollEvents::IN | PollEvents::RDNORM, count > 0);
        events.set(PollEvents::OUT | PollEvents::WRNORM, count < self.0.sizes.messages);
        events
    }

    /// Closing any descriptor of the queue ends the process's registration (mq_close(3)).
    fn flush(&self) -> Result<(), Errno> {
        if let Some(thread) = sched::current() {
            self.0.unregister(thread.process());
        }
        Ok(())
    }
}
