//! Interval timers (setitimer(2)): real time, and processor time.
//!
//! Processor time is looked at when it may be over at the earliest: when every thread of the process ran
//! all the while. Linux looks at each tick; both may be late by a few milliseconds. What a program used and
//! what the kernel used for it are not told apart, so `ITIMER_VIRTUAL` counts as `ITIMER_PROF`.

use alloc::sync::{Arc, Weak};

use abi::siginfo::SigInfo;
use abi::signal::{SIGALRM, SIGPROF, SIGVTALRM, Signal};
use sync::SpinLock;

use super::send::{send_to_process, send_to_running};
use crate::machine::monotonic;
use crate::sched::Wake;
use crate::task::Process;
use crate::time::timers::{self, TimerId};

/// The shortest time between two looks at processor time, in nanoseconds.
const LOOK: u64 = 1_000_000;
/// What is left of a real timer that is about to expire.
const SOON: u64 = 1_000;
/// What is left of a processor timer that is about to expire: a tick.
const TICK: u64 = 4_000_000;

/// Which time a timer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalClock {
    /// `ITIMER_REAL`.
    Real,
    /// `ITIMER_VIRTUAL`.
    Virtual,
    /// `ITIMER_PROF`.
    Profiling,
}

impl IntervalClock {
    /// The clock with Linux's number.
    #[must_use]
    pub const fn new(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::Real),
            1 => Some(Self::Virtual),
            2 => Some(Self::Profiling),
            _ => None,
        }
    }

    const fn signal(self) -> Signal {
        match self {
            Self::Real => SIGALRM,
            Self::Virtual => SIGVTALRM,
            Self::Profiling => SIGPROF,
        }
    }

    fn now(self, process: &Process) -> u64 {
        match self {
            Self::Real => monotonic(),
            Self::Virtual | Self::Profiling => process.cpu_time(),
        }
    }
}

/// What a timer is set to, in nanoseconds; 0 for not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// The time that is left.
    pub value: u64,
    /// What it is set to when it expires.
    pub interval: u64,
}

#[derive(Debug, Default)]
struct State {
    /// When it expires, on its clock.
    expires: Option<u64>,
    /// When it expired last.
    expired: u64,
    interval: u64,
    /// How often it has expired.
    count: usize,
    queued: Option<TimerId>,
}

/// One timer of a process.
#[derive(Debug)]
struct IntervalTimer {
    process: Weak<Process>,
    clock: IntervalClock,
    state: SpinLock<State>,
}

impl IntervalTimer {
    /// Looks again when the time may be over.
    fn arm(self: &Arc<Self>, state: &mut State, process: &Process) {
        if let Some(queued) = state.queued.take() {
            timers::cancel(queued);
        }
        let Some(expires) = state.expires else { return };
        let deadline = match self.clock {
            IntervalClock::Real => expires,
            IntervalClock::Virtual | IntervalClock::Profiling => {
                let left = expires.saturating_sub(self.clock.now(process));
                let threads = process.thread_count().max(1) as u64;
                monotonic().saturating_add((left / threads).max(LOOK))
            }
        };
        let waker: Weak<Self> = Arc::downgrade(self);
        state.queued = Some(timers::add(deadline, waker));
    }

    fn left(&self, state: &State, process: &Process) -> Setting {
        let soon = if self.clock == IntervalClock::Real { SOON } else { TICK };
        let value = state.expires.map_or(0, |expires| {
            let left = expires.saturating_sub(self.clock.now(process));
            if left == 0 { soon } else { left }
        });
        Setting { value, interval: state.interval }
    }
}

/// The next expiry behind `now`.
const fn forward(expires: u64, interval: u64, now: u64) -> u64 {
    let missed = now.saturating_sub(expires) / interval;
    expires.saturating_add(interval.saturating_mul(missed.saturating_add(1)))
}

impl Wake for IntervalTimer {
    fn wake(&self) {
        let Some(process) = self.process.upgrade() else { return };
        let Some(this) = process.interval_timers.get(self.clock) else { return };
        let count = {
            let mut state = self.state.lock();
            state.queued = None;
            let Some(expires) = state.expires else { return };
            let now = self.clock.now(&process);
            if now < expires {
                return this.arm(&mut state, &process);
            }
            state.expired = expires;
            let goes_on = self.clock != IntervalClock::Real && state.interval != 0;
            state.expires = goes_on.then(|| forward(expires, state.interval, now));
            this.arm(&mut state, &process);
            state.count = state.count.wrapping_add(1);
            state.count
        };
        let info = SigInfo::kernel(self.clock.signal());
        // An old signal that the kernel sends needs no place under the limit: this cannot fail.
        let _ = match self.clock {
            IntervalClock::Real => send_to_process(&process, info),
            IntervalClock::Virtual | IntervalClock::Profiling => send_to_running(&process, info, count),
        };
    }
}

impl Drop for IntervalTimer {
    fn drop(&mut self) {
        if let Some(queued) = self.state.lock().queued.take() {
            timers::cancel(queued);
        }
    }
}

/// The three timers of a process, made when first set.
#[derive(Debug)]
pub struct IntervalTimers(SpinLock<[Option<Arc<IntervalTimer>>; 3]>);

impl IntervalTimers {
    /// No timer set.
    #[must_use]
    pub const fn new() -> Self {
        Self(SpinLock::new([const { None }; 3]))
    }

    /// Stops and forgets all timers (fork(2), the end of a process).
    pub fn clear(&self) {
        let before = core::mem::take(&mut *self.0.lock());
        drop(before);
    }

    fn get(&self, clock: IntervalClock) -> Option<Arc<IntervalTimer>> {
        self.0.lock().get(clock as usize).cloned().flatten()
    }

    fn get_or_make(&self, clock: IntervalClock, process: &Arc<Process>) -> Arc<IntervalTimer> {
        let make = || {
            let state = SpinLock::new(State::default());
            Arc::new(IntervalTimer { process: Arc::downgrade(process), clock, state })
        };
        match self.0.lock().get_mut(clock as usize) {
            Some(place) => Arc::clone(place.get_or_insert_with(make)),
            None => make(),
        }
    }
}

impl Default for IntervalTimers {
    fn default() -> Self {
        Self::new()
    }
}

/// What is left of a timer (getitimer(2)).
#[must_use]
pub fn get(process: &Process, clock: IntervalClock) -> Setting {
    let Some(timer) = process.interval_timers.get(clock) else { return Setting::default() };
    let state = timer.state.lock();
    timer.left(&state, process)
}

/// Sets a timer, or stops it when the value is 0; gives what was left (setitimer(2)).
pub fn set(process: &Arc<Process>, clock: IntervalClock, setting: Setting) -> Setting {
    let timer = process.interval_timers.get_or_make(clock, process);
    let mut state = timer.state.lock();
    let before = timer.left(&state, process);
    let is_set = setting.value != 0;
    state.expires = is_set.then(|| clock.now(process).saturating_add(setting.value));
    state.interval = if is_set || clock != IntervalClock::Real { setting.interval } else { 0 };
    timer.arm(&mut state, process);
    before
}

/// Starts the real timer again once its signal is on its way to a handler: a program that is slower than
/// its timer does not drown in expiries.
pub(super) fn go_on(process: &Process) {
    let Some(timer) = process.interval_timers.get(IntervalClock::Real) else { return };
    let mut state = timer.state.lock();
    if state.expires.is_none() && state.interval != 0 {
        state.expires = Some(forward(state.expired, state.interval, monotonic()));
        timer.arm(&mut state, process);
    }
}
