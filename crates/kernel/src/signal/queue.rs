//! Signals that were sent and are not yet handled.

use alloc::collections::VecDeque;

use abi::siginfo::{SI_TIMER, SigInfo};
use abi::signal::{Signal, SignalSet};

use crate::task::{UserCount, UserShare};

/// How many signals are queued for each real user (`RLIMIT_SIGPENDING`, getrlimit(2)).
static QUEUED: UserCount = UserCount::new();

/// A user's right to one queued signal; given back when dropped.
#[derive(Debug)]
pub struct QueueSlot {
    _share: UserShare,
}

impl QueueSlot {
    /// Counts one more queued signal of the user; `None` past the limit.
    #[must_use]
    pub fn take(user: u32, limit: u64) -> Option<Self> {
        QUEUED.take(user, 1, limit).map(|share| Self { _share: share })
    }

    /// How many signals are queued for the user.
    #[must_use]
    pub fn count(user: u32) -> u64 {
        QUEUED.of(user)
    }
}

#[derive(Debug)]
struct Entry {
    info: SigInfo,
    slot: Option<QueueSlot>,
}

/// What is pending for one thread, or for a process.
#[derive(Debug, Default)]
pub struct PendingQueue {
    set: SignalSet,
    /// In the order of sending. A signal in `set` without an entry lost its information.
    entries: VecDeque<Entry>,
}

impl PendingQueue {
    /// Nothing pending.
    #[must_use]
    pub const fn new() -> Self {
        Self { set: SignalSet::EMPTY, entries: VecDeque::new() }
    }

    /// Which signals are pending.
    #[must_use]
    pub const fn set(&self) -> SignalSet {
        self.set
    }

    /// Adds a signal, with its information when it was given a slot (and there is memory to keep it).
    /// Gives whether the information was kept.
    pub fn push(&mut self, signal: Signal, info: SigInfo, slot: Option<QueueSlot>) -> bool {
        self.set.insert(signal);
        let kept = slot.is_some() && self.entries.try_reserve(1).is_ok();
        if kept {
            self.entries.push_back(Entry { info, slot });
        }
        kept
    }

    /// When the timer's last signal is still pending, counts an overrun in it and gives true.
    pub fn count_overrun(&mut self, signal: Signal, timer: i32, more: i32) -> bool {
        let pending = self.entries.iter_mut().find(|entry| {
            entry.info.si_signo == signal.number()
                && entry.info.si_code == SI_TIMER
                && entry.info.timer_id() == timer
        });
        let Some(entry) = pending else { return false };
        entry.info.set_overrun(entry.info.overrun().saturating_add(more));
        true
    }

    /// Takes the first signal that is not in `blocked`: one that an instruction caused, else the lowest
    /// number; among equal ones the one that was sent first.
    pub fn take(&mut self, blocked: SignalSet) -> Option<SigInfo> {
        let signal = self.set.difference(blocked).first()?;
        self.take_signal(signal)
    }

    fn take_signal(&mut self, signal: Signal) -> Option<SigInfo> {
        let is_it = |entry: &Entry| entry.info.si_signo == signal.number();
        let place = self.entries.iter().position(is_it);
        let entry = place.and_then(|place| self.entries.remove(place));
        if !self.entries.iter().any(is_it) {
            self.set.remove(signal);
        }
        // Without an entry nothing is known: Linux shows SI_USER from process 0 and user 0.
        let info = entry.map(|entry| {
            drop(entry.slot);
            entry.info
        });
        Some(info.unwrap_or_else(|| SigInfo::kill(signal, abi::siginfo::SI_USER, 0, 0)))
    }

    /// Forgets these signals.
    pub fn flush(&mut self, signals: SignalSet) {
        if self.set.intersection(signals).is_empty() {
            return;
        }
        self.set = self.set.difference(signals);
        self.entries.retain(|entry| entry.info.signal().is_some_and(|signal| !signals.contains(signal)));
    }

    /// Forgets what a deleted timer sent.
    pub fn flush_timer(&mut self, signal: Signal, timer: i32) {
        self.entries.retain(|entry| {
            !(entry.info.si_signo == signal.number()
                && entry.info.si_code == SI_TIMER
                && entry.info.timer_id() == timer)
        });
        if !self.entries.iter().any(|entry| entry.info.si_signo == signal.number()) {
            self.set.remove(signal);
        }
    }
}
