//! Everything that is due at some time, in one queue.

use alloc::collections::BTreeMap;
use alloc::sync::Weak;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use sync::SpinLock;

use crate::sched::{self, Wake};

/// A timer in the queue: its deadline and its number.
pub type TimerId = (u64, u64);

static TIMERS: SpinLock<BTreeMap<TimerId, Weak<dyn Wake>>> = SpinLock::new(BTreeMap::new());
/// The first deadline, to look at it without the lock; `u64::MAX` for none.
static FIRST: AtomicU64 = AtomicU64::new(u64::MAX);
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Wakes `waker` once, at `deadline` (nanoseconds of `CLOCK_MONOTONIC`) or soon after.
pub fn add(deadline: u64, waker: Weak<dyn Wake>) -> TimerId {
    let id = (deadline, NEXT.fetch_add(1, Ordering::Relaxed));
    let is_first = {
        let mut timers = TIMERS.lock();
        timers.insert(id, waker);
        update_first(&timers) == deadline
    };
    if is_first && sched::current().is_some() {
        sched::timer_interrupt();
    }
    id
}

/// Takes a timer back; does nothing when it has fired.
pub fn cancel(id: TimerId) {
    let mut timers = TIMERS.lock();
    timers.remove(&id);
    update_first(&timers);
}

/// When the next timer is due.
#[must_use]
pub fn next_deadline() -> Option<u64> {
    match FIRST.load(Ordering::Acquire) {
        u64::MAX => None,
        deadline => Some(deadline),
    }
}

/// Wakes all that are due at `now`.
pub fn expire(now: u64) {
    if FIRST.load(Ordering::Acquire) > now {
        return;
    }
    let due: Vec<_> = {
        let mut timers = TIMERS.lock();
        let later = timers.split_off(&(now.saturating_add(1), 0));
        let due = core::mem::replace(&mut *timers, later);
        update_first(&timers);
        due.into_values().collect()
    };
    for waker in due.iter().filter_map(Weak::upgrade) {
        waker.wake();
    }
}

fn update_first(timers: &BTreeMap<TimerId, Weak<dyn Wake>>) -> u64 {
    let first = timers.first_key_value().map_or(u64::MAX, |((deadline, _), _)| *deadline);
    FIRST.store(first, Ordering::Release);
    first
}
