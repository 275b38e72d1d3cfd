//! One after the other: readers of a terminal, and writers.

use core::sync::atomic::{AtomicBool, Ordering};

use abi::Errno;

use crate::sched::WaitQueue;

/// A turn that one thread has at a time. Unlike that of a lock, its wait ends with a signal: who has the
/// turn may wait for a person.
#[derive(Debug, Default)]
pub(super) struct Turn {
    is_taken: AtomicBool,
    waiters: WaitQueue,
}

impl Turn {
    /// Waits for the turn, unless told not to.
    ///
    /// # Errors
    /// `EAGAIN` instead of waiting, `ERESTARTSYS` for a signal.
    pub(super) fn take(&self, nonblocking: bool) -> Result<TurnGuard<'_>, Errno> {
        let take = || {
            let taken = self.is_taken.compare_exchange(false, true, Ordering::SeqCst, Ordering::Relaxed);
            taken.is_ok().then_some(())
        };
        match take() {
            Some(()) => {}
            None if nonblocking => return Err(Errno::EAGAIN),
            None => self.waiters.wait_until(None, take)?,
        }
        Ok(TurnGuard(self))
    }

    /// Whether somebody has the turn.
    pub(super) fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::SeqCst)
    }
}

/// The turn; it ends with this.
#[derive(Debug)]
pub(super) struct TurnGuard<'a>(&'a Turn);

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        self.0.is_taken.store(false, Ordering::SeqCst);
        self.0.waiters.wake_one();
    }
}
