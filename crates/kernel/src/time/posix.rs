//! POSIX timers (timer_create(2)).
//!
//! While a timer's signal is still pending, further expiries only count as overruns in it. Processor time
//! is looked at when it may be over at the earliest.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};

use abi::Errno;
use abi::resource::Resource;
use abi::siginfo::SigInfo;
use abi::signal::Signal;
use sync::SpinLock;

use super::clock::Clock;
use super::timers::{self, TimerId};
use crate::machine::monotonic;
use crate::sched::Wake;
use crate::signal;
use crate::task::{Process, Thread};

/// The shortest time between two expiries that are acted on, in nanoseconds; faster timers overrun.
const SHORTEST: u64 = 50_000;

/// Which time a timer counts; processor time does not keep anybody alive.
#[derive(Debug)]
enum TimerClock {
    Plain(Clock),
    Process(Weak<Process>),
    Thread(Weak<Thread>),
}

impl TimerClock {
    fn new(clock: Clock) -> Self {
        match clock {
            Clock::Process(process) => Self::Process(Arc::downgrade(&process)),
            Clock::Thread(thread) => Self::Thread(Arc::downgrade(&thread)),
            clock => Self::Plain(clock),
        }
    }

    fn now(&self) -> u64 {
        match self {
            Self::Plain(clock) => clock.now(),
            Self::Process(process) => process.upgrade().map_or(0, |process| process.cpu_time()),
            Self::Thread(thread) => thread.upgrade().map_or(0, |thread| thread.cpu_time()),
        }
    }

    /// When to look whether the clock shows `target`.
    fn deadline(&self, target: u64) -> u64 {
        let left = target.saturating_sub(self.now());
        let threads = match self {
            Self::Process(process) => {
                process.upgrade().map_or(1, |process| process.thread_count().max(1) as u64)
            }
            _ => 1,
        };
        monotonic().saturating_add((left / threads).max(1))
    }
}

/// Who hears of an expiry.
#[derive(Debug)]
pub(super) enum Notify {
    /// Nobody (`SIGEV_NONE`).
    None,
    /// The process (`SIGEV_SIGNAL`).
    Process(Signal),
    /// One thread (`SIGEV_THREAD_ID`).
    Thread(Signal, Weak<Thread>),
}

/// What a timer is set to, in nanoseconds; 0 for not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) value: u64,
    pub(super) interval: u64,
}

#[derive(Debug, Default)]
struct State {
    /// When it expires, on its clock.
    expires: Option<u64>,
    interval: u64,
    queued: Option<TimerId>,
    /// Overruns of the signal that was sent last, and of the one before.
    overrun: i32,
    overrun_before: i32,
}

/// One timer of a process.
#[derive(Debug)]
pub(super) struct PosixTimer {
    this: Weak<Self>,
    id: i32,
    process: Weak<Process>,
    clock: TimerClock,
    notify: Notify,
    /// What the signal carries.
    value: u64,
    state: SpinLock<State>,
}

/// How many expiries a periodic timer has missed by `now`, and the next one behind it.
pub(super) const fn forward(expires: u64, interval: u64, now: u64) -> (u64, u64) {
    let missed = now.saturating_sub(expires) / interval;
    (missed, expires.saturating_add(interval.saturating_mul(missed.saturating_add(1))))
}

impl PosixTimer {
    fn arm(&self, state: &mut State, earliest: u64) {
        if let Some(queued) = state.queued.take() {
            timers::cancel(queued);
        }
        if let Some(expires) = state.expires
            && !matches!(self.notify, Notify::None)
        {
            let deadline = self.clock.deadline(expires).max(earliest);
            let waker: Weak<dyn Wake> = self.this.clone();
            state.queued = Some(timers::add(deadline, waker));
        }
    }

    fn left(&self, state: &State) -> Setting {
        let now = self.clock.now();
        let value = match state.expires {
            Some(expires) if expires > now => expires - now,
            // Due, and its signal on the way.
            Some(_) if state.interval == 0 => u64::from(!matches!(self.notify, Notify::None)),
            Some(expires) => forward(expires, state.interval, now).1.saturating_sub(now),
            None => 0,
        };
        Setting { value, interval: state.interval }
    }

    /// What is left.
    pub(super) fn get(&self) -> Setting {
        self.left(&self.state.lock())
    }

    /// Sets the timer, or stops it when the value is 0; gives what was left.
    pub(super) fn set(&self, setting: Setting, is_absolute: bool) -> Setting {
        self.flush();
        let mut state = self.state.lock();
        let before = self.left(&state);
        let start = if is_absolute { 0 } else { self.clock.now() };
        state.expires = (setting.value != 0).then(|| start.saturating_add(setting.value));
        state.interval = setting.interval;
        (state.overrun, state.overrun_before) = (0, 0);
        self.arm(&mut state, 0);
        before
    }

    /// The overruns of the signal that was delivered last.
    pub(super) fn overrun(&self) -> i32 {
        let is_pending = self.count_in_pending(0);
        let state = self.state.lock();
        if is_pending { state.overrun_before } else { state.overrun }
    }

    /// Adds overruns to the timer's signal while that is pending; gives whether it is.
    fn count_in_pending(&self, more: i32) -> bool {
        match &self.notify {
            Notify::None => false,
            Notify::Process(signal) => self
                .process
                .upgrade()
                .is_some_and(|process| process.signals.lock().pending.count_overrun(*signal, self.id, more)),
            Notify::Thread(signal, thread) => thread
                .upgrade()
                .is_some_and(|thread| thread.signals.lock().pending.count_overrun(*signal, self.id, more)),
        }
    }

    /// Takes a pending signal back.
    fn flush(&self) {
        match &self.notify {
            Notify::None => {}
            Notify::Process(signal) => {
                if let Some(process) = self.process.upgrade() {
                    process.signals.lock().pending.flush_timer(*signal, self.id);
                }
            }
            Notify::Thread(signal, thread) => {
                if let Some(thread) = thread.upgrade() {
                    thread.signals.lock().pending.flush_timer(*signal, self.id);
                }
            }
        }
    }

    /// Sends the signal, or counts in the one that is pending. A signal that finds no place is lost.
    fn notify(&self, missed: i32) {
        if self.count_in_pending(missed.saturating_add(1)) {
            let mut state = self.state.lock();
            state.overrun = state.overrun.saturating_add(missed).saturating_add(1);
            return;
        }
        {
            let mut state = self.state.lock();
            state.overrun_before = state.overrun;
            state.overrun = missed;
        }
        let info = |signal| SigInfo::timer(signal, self.id, missed, self.value);
        let _ = match &self.notify {
            Notify::None => Ok(()),
            Notify::Process(signal) => self
                .process
                .upgrade()
                .map_or(Ok(()), |process| signal::send_to_process(&process, info(*signal))),
            Notify::Thread(signal, thread) => {
                thread.upgrade().map_or(Ok(()), |thread| signal::send_to_thread(&thread, info(*signal)))
            }
        };
    }
}

impl Wake for PosixTimer {
    fn wake(&self) {
        let missed = {
            let mut state = self.state.lock();
            state.queued = None;
            let Some(expires) = state.expires else { return };
            let now = self.clock.now();
            if now < expires {
                return self.arm(&mut state, 0);
            }
            if state.interval == 0 {
                state.expires = None;
                0
            } else {
                let (missed, next) = forward(expires, state.interval, now);
                state.expires = Some(next);
                self.arm(&mut state, monotonic().saturating_add(SHORTEST));
                missed
            }
        };
        self.notify(i32::try_from(missed).unwrap_or(i32::MAX));
    }
}

impl Drop for PosixTimer {
    fn drop(&mut self) {
        if let Some(queued) = self.state.lock().queued.take() {
            timers::cancel(queued);
        }
    }
}

#[derive(Debug)]
struct Table {
    timers: BTreeMap<i32, Arc<PosixTimer>>,
    next: i32,
}

/// The timers of a process.
#[derive(Debug)]
pub struct PosixTimers(SpinLock<Table>);

impl PosixTimers {
    /// No timers.
    #[must_use]
    pub const fn new() -> Self {
        Self(SpinLock::new(Table { timers: BTreeMap::new(), next: 0 }))
    }

    /// Forgets all timers (execve(2), timer_delete(2) at the end of a process).
    pub fn clear(&self) {
        let before = core::mem::take(&mut self.0.lock().timers);
        before.values().for_each(|timer| timer.flush());
    }

    /// Makes a timer that is not set. `value` is what its signal carries, its number when `None`.
    ///
    /// # Errors
    /// `EAGAIN` when the process has as many as it may have queued signals.
    pub(super) fn create(
        process: &Arc<Process>,
        clock: Clock,
        notify: Notify,
        value: Option<u64>,
    ) -> Result<i32, Errno> {
        let limit = process.limit(Resource::PendingSignals);
        let mut table = process.posix_timers.0.lock();
        if table.timers.len() as u64 >= limit {
            return Err(Errno::EAGAIN);
        }
        let id = table.next;
        table.next = id.checked_add(1).unwrap_or(0);
        let timer = Arc::new_cyclic(|this| PosixTimer {
            this: this.clone(),
            id,
            process: Arc::downgrade(process),
            clock: TimerClock::new(clock),
            notify,
            value: value.unwrap_or_else(|| u64::from(id.unsigned_abs())),
            state: SpinLock::new(State::default()),
        });
        // After two thousand million timers a number may come again; the older timer goes.
        let before = table.timers.insert(id, timer);
        drop(table);
        drop(before);
        Ok(id)
    }

    /// The timer with this number.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub(super) fn get(&self, id: i32) -> Result<Arc<PosixTimer>, Errno> {
        self.0.lock().timers.get(&id).cloned().ok_or(Errno::EINVAL)
    }

    /// Deletes a timer and takes back its pending signal.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub(super) fn delete(&self, id: i32) -> Result<(), Errno> {
        let timer = self.0.lock().timers.remove(&id).ok_or(Errno::EINVAL)?;
        timer.flush();
        Ok(())
    }
}

impl Default for PosixTimers {
    fn default() -> Self {
        Self::new()
    }
}
