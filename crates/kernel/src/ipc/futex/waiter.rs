//! A thread's entry in a bucket.

use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicU8, Ordering};

use sync::SpinLock;

use super::ownership::Ownership;
use crate::mm::FutexKey;
use crate::sched::Wake;
use crate::task::Thread;

/// What a waiter was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Outcome {
    /// Nothing yet.
    Waits,
    /// It was woken.
    Woken,
    /// It owns the lock, and the word says so.
    Granted,
    /// It owns the lock because the owner died; the word does not say so yet.
    Inherited,
}

/// What a waiter waits for.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A wake.
    Plain,
    /// To own a lock.
    Lock(Arc<Ownership>),
    /// To be moved to this lock (`FUTEX_WAIT_REQUEUE_PI`).
    Condition(FutexKey),
}

/// A thread that waits.
pub(super) struct Waiter {
    pub(super) thread: Weak<Thread>,
    pub(super) tid: u32,
    /// Who has more of it gets a lock first.
    pub(super) priority: u32,
    /// Wakes reach it when they have a bit in common (`FUTEX_WAIT_BITSET`).
    pub(super) bitset: u32,
    outcome: AtomicU8,
    /// Where it waits now, and for what; a requeue changes both under both buckets' locks.
    place: SpinLock<(FutexKey, Kind)>,
}

impl Waiter {
    pub(super) fn new(thread: &Arc<Thread>, key: FutexKey, bitset: u32, kind: Kind) -> Arc<Self> {
        Arc::new(Self {
            thread: Arc::downgrade(thread),
            tid: thread.tid().unsigned_abs(),
            priority: thread.attributes.scheduling.lock().priority,
            bitset,
            outcome: AtomicU8::new(Outcome::Waits as u8),
            place: SpinLock::new((key, kind)),
        })
    }

    pub(super) fn key(&self) -> FutexKey {
        self.place.lock().0
    }

    pub(super) fn kind(&self) -> Kind {
        self.place.lock().1.clone()
    }

    pub(super) fn move_to(&self, key: FutexKey, kind: Kind) {
        *self.place.lock() = (key, kind);
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(self.place.lock().1, Kind::Plain)
    }

    /// What it was told, if anything.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        const WOKEN: u8 = Outcome::Woken as u8;
        const GRANTED: u8 = Outcome::Granted as u8;
        const INHERITED: u8 = Outcome::Inherited as u8;
        match self.outcome.load(Ordering::SeqCst) {
            WOKEN => Some(Outcome::Woken),
            GRANTED => Some(Outcome::Granted),
            INHERITED => Some(Outcome::Inherited),
            _ => None,
        }
    }

    /// Tells it. It is in no queue any more.
    pub(super) fn tell(&self, outcome: Outcome) {
        self.outcome.store(outcome as u8, Ordering::SeqCst);
        if let Some(thread) = self.thread.upgrade() {
            thread.wake();
        }
    }
}
