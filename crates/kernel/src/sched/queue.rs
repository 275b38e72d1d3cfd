//! Threads that wait for a processor, in the order in which they run.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use super::placement::{Place, Placement};
use super::rank::Class;
use crate::task::Thread;

/// A thread, and since when it waits, in nanoseconds of `CLOCK_MONOTONIC`.
type Waiting = (Arc<Thread>, u64);

/// Before all threads of a class.
const fn from(class: Class) -> (Place, i32) {
    (Place { class, order: 0 }, i32::MIN)
}

/// The ready threads of one processor.
pub(super) struct Queue {
    threads: BTreeMap<(Place, i32), Waiting>,
    /// The largest virtual time that was ever the smallest: newcomers start here.
    minimum: u64,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self { threads: BTreeMap::new(), minimum: 0 }
    }

    /// Puts a thread where it stands.
    pub(super) fn insert(&mut self, thread: Arc<Thread>, placement: &Placement) {
        self.threads.insert((placement.place(), thread.tid()), (thread, placement.queued));
    }

    /// Lets the smallest virtual time, where newcomers start, follow that of the running thread, if it has one, and
    /// of the first that waits; gives it.
    pub(super) fn advance(&mut self, running: Option<u64>) -> u64 {
        let first =
            self.first_place(Class::FAIR).filter(|place| place.class == Class::FAIR).map(|place| place.order);
        let smallest = running.into_iter().chain(first).min();
        self.minimum = self.minimum.max(smallest.unwrap_or(0));
        self.minimum
    }

    /// Takes the thread that comes first among those of a class or behind it.
    pub(super) fn take_first(&mut self, class: Class) -> Option<Arc<Thread>> {
        let key = *self.threads.range(from(class)..).next()?.0;
        let (thread, _) = self.threads.remove(&key)?;
        let (place, _) = key;
        if place.class == Class::FAIR {
            self.minimum = self.minimum.max(place.order);
        }
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

    /// Takes a thread from its place, if it is there.
    pub(super) fn take(&mut self, thread: &Thread, place: Place) -> Option<Arc<Thread>> {
        self.threads.remove(&(place, thread.tid())).map(|(thread, _)| thread)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.threads.len()
    }

    /// The thread that comes first.
    pub(super) fn first(&self) -> Option<&Arc<Thread>> {
        self.threads.first_key_value().map(|(_, (thread, _))| thread)
    }

    /// Since when that thread waits.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.threads.first_key_value().map(|(_, (_, since))| *since)
    }

    /// The first place that is taken in a class or behind it.
    pub(super) fn first_place(&self, class: Class) -> Option<Place> {
        self.threads.range(from(class)..).next().map(|((place, _), _)| *place)
    }

    /// The last place of a class that is taken.
    pub(super) fn last_place(&self, class: Class) -> Option<Place> {
        let ends = from(class)..=(Place { class, order: u64::MAX }, i32::MAX);
        self.threads.range(ends).next_back().map(|((place, _), _)| *place)
    }
}
