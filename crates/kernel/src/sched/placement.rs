//! What the scheduler keeps in each thread.

use core::sync::atomic::{AtomicU64, Ordering};

use super::rank::{Class, Rank};

/// How far behind a thread must be to run before the turn of another one is over, in nanoseconds.
const LAG: u64 = 1_000_000;

/// Whether a thread may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It runs, or waits for a processor only.
    Runnable,
    /// It waits for something; a signal wakes it when `interruptible`.
    Blocked {
        /// Whether a signal ends the wait.
        interruptible: bool,
    },
    /// It will never run again.
    Dead,
}

/// Where a ready thread stands in the order of those that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) class: Class,
    /// Virtual time of those who share; else the number that the thread drew when it became ready.
    pub(super) order: u64,
}

/// The next number to be drawn, and the last one that was given to come before all others.
static LAST: AtomicU64 = AtomicU64::new(1 << 63);
static FIRST: AtomicU64 = AtomicU64::new(1 << 63);

/// A thread's place in the scheduler.
#[derive(Debug)]
pub struct Placement {
    /// Whether it may run.
    pub state: RunState,
    /// The processor on which it runs or ran last.
    pub cpu: usize,
    /// A processor is on its kernel stack (running it, halted on it, or about to leave it).
    pub on_cpu: bool,
    /// When its turn began, in nanoseconds of `CLOCK_MONOTONIC`.
    pub turn: u64,
    /// It gives the rest of its turn to others (sched_yield(2)).
    pub yields: bool,
    /// The processor to which it goes as soon as it is left.
    pub exile: Option<usize>,
    /// When it was put into a queue, in nanoseconds of `CLOCK_MONOTONIC`.
    pub queued: u64,
    /// What its policy means here.
    pub rank: Rank,
    /// Run time weighted by nice value, in nanoseconds: the smallest runs next.
    pub virtual_time: u64,
    /// Its turn among those of its real-time priority.
    pub number: u64,
    /// When it began to run, in nanoseconds of `CLOCK_MONOTONIC`.
    pub started: u64,
    /// How long it has run altogether, in nanoseconds.
    pub run_time: u64,
}

impl Placement {
    /// A new thread's place.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            state: RunState::Runnable,
            cpu: 0,
            on_cpu: false,
            turn: 0,
            yields: false,
            exile: None,
            queued: 0,
            rank: Rank::ORDINARY,
            virtual_time: 0,
            number: 0,
            started: 0,
            run_time: 0,
        }
    }

    /// Counts the time since it began to run, and gives it.
    pub fn account(&mut self, now: u64) -> u64 {
        let ran = now.saturating_sub(self.started);
        self.started = now;
        self.run_time = self.run_time.saturating_add(ran);
        if self.rank.class == Class::FAIR {
            self.virtual_time = self.virtual_time.saturating_add(self.rank.virtual_time(ran));
        }
        ran
    }

    /// Goes behind all of its real-time priority.
    pub(super) fn draw_number(&mut self) {
        if self.rank.class != Class::FAIR {
            self.number = LAST.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changes the rank (sched(7)): who becomes less urgent comes before its new equals, who becomes more urgent
    /// behind them.
    pub(super) fn set_rank(&mut self, rank: Rank) {
        let is_lowered = rank.class > self.rank.class;
        self.rank = rank;
        if is_lowered {
            self.number = FIRST.fetch_sub(1, Ordering::Relaxed).wrapping_sub(1);
        } else {
            self.draw_number();
        }
    }

    /// Where the thread stands.
    pub(super) fn place(&self) -> Place {
        let class = self.rank.class;
        Place { class, order: if class == Class::FAIR { self.virtual_time } else { self.number } }
    }

    /// Whether another thread, which is ready, may run now: it comes first anyway, or this one's turn is over, or
    /// the other one is far behind.
    pub(super) fn gives_way(&mut self, other: Place, now: u64) -> bool {
        let yields = core::mem::take(&mut self.yields);
        if other.class != self.rank.class {
            return other.class < self.rank.class;
        }
        let over = yields || self.rank.slice.is_some_and(|slice| now.saturating_sub(self.turn) >= slice);
        if other.class != Class::FAIR {
            if over {
                self.draw_number();
            }
            return over;
        }
        over && other.order <= self.virtual_time || self.virtual_time.saturating_sub(other.order) >= LAG
    }
}

impl Default for Placement {
    fn default() -> Self {
        Self::new()
    }
}
