//! A lock that may be held while its holder waits.

use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, Ordering};

use sync::{SpinGuard, SpinLock};

use super::WaitQueue;

/// A mutual exclusion lock whose waiters block; for holders that may block themselves.
#[derive(Debug, Default)]
pub struct Mutex<T> {
    locked: AtomicBool,
    waiters: WaitQueue,
    /// Never contended: `locked` lets one thread in.
    value: SpinLock<T>,
}

impl<T> Mutex<T> {
    /// An open lock.
    pub const fn new(value: T) -> Self {
        Self { locked: AtomicBool::new(false), waiters: WaitQueue::new(), value: SpinLock::new(value) }
    }

    /// Waits until the lock is free and takes it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        if !self.take() {
            self.waiters.wait_uninterruptible(|| self.take().then_some(()));
        }
        MutexGuard { mutex: self, guard: Some(self.value.lock()) }
    }

    fn take(&self) -> bool {
        self.locked.compare_exchange(false, true, Ordering::SeqCst, Ordering::Relaxed).is_ok()
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
        self.mutex.locked.store(false, Ordering::SeqCst);
        self.mutex.waiters.wake_one();
    }
}
