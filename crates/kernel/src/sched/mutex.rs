//! A lock that may be held while its holder waits.

use core::ops::{Deref, DerefMut};

use arch::cpu::barrier;
use sync::{SpinGuard, SpinLock};

use super::WaitQueue;

/// A mutual exclusion lock whose waiters block; for holders that may block themselves.
#[derive(Debug, Default)]
pub struct Mutex<T> {
    waiters: WaitQueue,
    /// Nobody spins for it: who does not get it at once joins the waiters.
    value: SpinLock<T>,
}

impl<T> Mutex<T> {
    /// An open lock.
    pub const fn new(value: T) -> Self {
        Self { waiters: WaitQueue::new(), value: SpinLock::new(value) }
    }

    /// Waits until the lock is free and takes it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let guard = self.value.try_lock().unwrap_or_else(|| self.wait());
        MutexGuard { mutex: self, guard: Some(guard) }
    }

    #[cold]
    fn wait(&self) -> SpinGuard<'_, T> {
        self.waiters.wait_uninterruptible(|| {
            // Pairs with the barrier in `wake_one`: the waiter is in the queue, then looks at the lock; who
            // had it opens it, then looks at the queue.
            barrier();
            self.value.try_lock()
        })
    }
}

/// The right to use what a [`Mutex`] protects.
#[derive(Debug)]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// `None` only while dropping.
    guard: Option<SpinGuard<'a, T>>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.guard {
            Some(guard) => guard,
            None => unreachable!("the guard is there until the drop"),
        }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.guard {
            Some(guard) => guard,
            None => unreachable!("the guard is there until the drop"),
        }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.guard = None;
        self.mutex.waiters.wake_one();
    }
}
