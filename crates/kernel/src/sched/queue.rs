//! Threads that wait for a processor, by virtual run time.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use crate::task::Thread;

/// A thread, and since when it waits, in nanoseconds of `CLOCK_MONOTONIC`.
type Waiting = (Arc<Thread>, u64);

/// The ready threads of one processor.
pub(super) struct Queue {
    threads: BTreeMap<(u64, i32), Waiting>,
    /// The largest virtual time that was ever the smallest: newcomers start here.
    minimum: u64,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self { threads: BTreeMap::new(), minimum: 0 }
    }

    pub(super) fn insert(&mut self, thread: Arc<Thread>, virtual_time: u64, since: u64) {
        self.threads.insert((virtual_time, thread.tid()), (thread, since));
    }

    /// Takes the thread that has had the least time.
    pub(super) fn take_first(&mut self) -> Option<Arc<Thread>> {
        let ((virtual_time, _), (thread, _)) = self.threads.pop_first()?;
        self.minimum = self.minimum.max(virtual_time);
        Some(thread)
    }

    /// Takes the first thread that another processor may have.
    pub(super) fn take_where(
        &mut self,
        mut may_have: impl FnMut(&Arc<Thread>) -> bool,
    ) -> Option<Arc<Thread>> {
        let key = *self.threads.iter().find(|(_, (thread, _))| may_have(thread))?.0;
        self.threads.remove(&key).map(|(thread, _)| thread)
    }

    /// The thread that has had the least time.
    pub(super) fn first(&self) -> Option<&Arc<Thread>> {
        self.threads.first_key_value().map(|(_, (thread, _))| thread)
    }

    /// Since when that thread waits.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.threads.first_key_value().map(|(_, (_, since))| *since)
    }

    /// The least time that a thread has had.
    pub(super) fn first_time(&self) -> Option<u64> {
        self.threads.first_key_value().map(|((time, _), _)| *time)
    }

    /// The most time that a thread has had.
    pub(super) fn last_time(&self) -> Option<u64> {
        self.threads.last_key_value().map(|((time, _), _)| *time)
    }

    /// Where newcomers start.
    pub(super) const fn minimum(&self) -> u64 {
        self.minimum
    }
}
