//! What the scheduler keeps in each thread.

/// How long a thread runs while another one waits, in nanoseconds.
pub(super) const SLICE: u64 = 3_000_000;
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
    /// Run time weighted by nice value, in nanoseconds: the smallest runs next.
    pub virtual_time: u64,
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
            virtual_time: 0,
            started: 0,
            run_time: 0,
        }
    }

    /// Counts the time since it began to run.
    pub fn account(&mut self, now: u64) {
        let ran = now.saturating_sub(self.started);
        self.started = now;
        self.run_time = self.run_time.saturating_add(ran);
        self.virtual_time = self.virtual_time.saturating_add(ran);
    }
}

impl Placement {
    /// Whether another thread that is ready, and has had `other` of virtual time, may run now: this one's turn
    /// is over, or the other one is far behind.
    pub(super) fn gives_way(&mut self, other: u64, now: u64) -> bool {
        let over = core::mem::take(&mut self.yields) || now.saturating_sub(self.turn) >= SLICE;
        over && other <= self.virtual_time || self.virtual_time.saturating_sub(other) >= LAG
    }
}

impl Default for Placement {
    fn default() -> Self {
        Self::new()
    }
}
