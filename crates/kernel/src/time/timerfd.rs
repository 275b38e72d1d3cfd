//! timerfd_create(2): a timer that is read and polled.
//!
//! As on Linux an expired periodic timer is not started again before somebody reads it or asks for it: what
//! it missed meanwhile is counted then, and nothing wakes the processor for it.

use alloc::sync::{Arc, Weak};
use core::any::Any;
use core::fmt;

use abi::Errno;
use abi::raw::general::{self as raw, O_RDWR, TFD_CLOEXEC, TFD_NONBLOCK};
use abi::time::{Itimerspec, Timespec};
use sync::SpinLock;

use super::clock::{self, Clock, REALTIME_SET};
use super::posix::forward;
use super::timers::{self, TimerId};
use crate::fs::{File, IoFlags, OpenFile, PollEvents, open_anonymous};
use crate::io::Sink;
use crate::machine::monotonic;
use crate::sched::{PollEntry, WaitQueue, Wake};
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

const ABSOLUTE: u32 = raw::TFD_TIMER_ABSTIME;
const CANCEL_ON_SET: u32 = raw::TFD_TIMER_CANCEL_ON_SET;

#[derive(Debug)]
struct State {
    /// What the expiry is told by.
    clock: Clock,
    expires: Option<u64>,
    interval: u64,
    /// Expiries that were not read.
    ticks: u64,
    /// It expired since it was last set or read.
    expired: bool,
    queued: Option<TimerId>,
    /// The flags of the last setting.
    flags: u32,
    /// How the time of day was set when somebody last looked.
    offset: i64,
    canceled: bool,
}

/// The file of timerfd_create(2).
#[derive(Debug)]
pub(super) struct TimerFile {
    this: Weak<Self>,
    number: u32,
    clock: Clock,
    state: SpinLock<State>,
    readable: Arc<WaitQueue>,
    /// Its place among those who hear that the time of day was set.
    hears: Option<u64>,
}

impl TimerFile {
    fn new(number: u32, clock: Clock) -> Arc<Self> {
        Arc::new_cyclic(|this: &Weak<Self>| {
            let waker: Weak<dyn Wake> = this.clone();
            Self {
                this: this.clone(),
                number,
                clock: clock.clone(),
                state: SpinLock::new(State {
                    clock: clock.clone(),
                    expires: None,
                    interval: 0,
                    ticks: 0,
                    expired: false,
                    queued: None,
                    flags: 0,
                    offset: clock::realtime_offset(),
                    canceled: false,
                }),
                readable: Arc::new(WaitQueue::new()),
                hears: matches!(clock, Clock::Realtime).then(|| REALTIME_SET.add(waker)),
            }
        })
    }

    fn of_file(file: &OpenFile) -> Result<&Self, Errno> {
        file.file().as_any().downcast_ref().ok_or(Errno::EINVAL)
    }

    fn arm(&self, state: &mut State) {
        if let Some(queued) = state.queued.take() {
            timers::cancel(queued);
        }
        if let Some(expires) = state.expires.filter(|_| !state.expired) {
            let left = expires.saturating_sub(state.clock.now());
            let waker: Weak<dyn Wake> = self.this.clone();
            state.queued = Some(timers::add(monotonic().saturating_add(left), waker));
        }
    }

    /// Counts what a periodic timer missed since it expired, and starts it again.
    fn catch_up(&self, state: &mut State) {
        if state.expired
            && state.interval > 0
            && let Some(expires) = state.expires
        {
            let (missed, next) = forward(expires, state.interval, state.clock.now());
            state.ticks = state.ticks.saturating_add(missed);
            state.expires = Some(next);
            state.expired = false;
            self.arm(state);
        }
    }

    fn left(state: &State) -> Itimerspec {
        let left = state.expires.map_or(0, |expires| expires.saturating_sub(state.clock.now()));
        Itimerspec {
            it_interval: Timespec::from_nanoseconds(state.interval),
            it_value: Timespec::from_nanoseconds(left),
        }
    }

    /// What is left.
    fn get(&self) -> Itimerspec {
        let mut state = self.state.lock();
        self.catch_up(&mut state);
        Self::left(&state)
    }

    /// Sets or stops it; gives what was left, and whether the time of day was set under it before.
    fn set(&self, value: u64, interval: u64, flags: u32) -> (Itimerspec, bool) {
        let mut state = self.state.lock();
        self.catch_up(&mut state);
        let before = Self::left(&state);
        let is_absolute = flags & ABSOLUTE != 0;
        // A duration is not measured by a time of day that may be set.
        state.clock = match &self.clock {
            Clock::Realtime if !is_absolute => Clock::Monotonic,
            clock => clock.clone(),
        };
        let start = if is_absolute { 0 } else { state.clock.now() };
        state.expires = (value > 0).then(|| start.saturating_add(value));
        state.interval = interval;
        (state.ticks, state.expired) = (0, false);
        state.flags = flags;
        let canceled = state.may_be_canceled() && core::mem::take(&mut state.canceled);
        self.arm(&mut state);
        (before, canceled)
    }

    /// Takes what one read gives: a count, or the news that the time of day was set.
    fn take(&self) -> Option<Result<u64, Errno>> {
        let mut state = self.state.lock();
        if state.ticks == 0 {
            return None;
        }
        if state.may_be_canceled() && core::mem::take(&mut state.canceled) {
            state.ticks = 0;
            return Some(Err(Errno::ECANCELED));
        }
        self.catch_up(&mut state);
        state.expired = state.expired && state.interval > 0;
        if !state.expired && state.interval == 0 {
            // A single expiry is over once it was read.
            state.expires = state.expires.filter(|expires| *expires > state.clock.now());
        }
        Some(Ok(core::mem::take(&mut state.ticks)))
    }
}

impl State {
    const fn may_be_canceled(&self) -> bool {
        const BOTH: u32 = ABSOLUTE | CANCEL_ON_SET;
        matches!(self.clock, Clock::Realtime) && self.flags & BOTH == BOTH
    }
}

impl Wake for TimerFile {
    /// It may be due, or the time of day was set.
    fn wake(&self) {
        {
            let mut state = self.state.lock();
            let before = state.ticks;
            let offset = clock::realtime_offset();
            if state.may_be_canceled() && state.offset != offset {
                state.canceled = true;
                state.ticks = state.ticks.saturating_add(1);
            }
            state.offset = offset;
            if !state.expired && state.expires.is_some_and(|expires| expires <= state.clock.now()) {
                state.expired = true;
                state.ticks = state.ticks.saturating_add(1);
            }
            self.arm(&mut state);
            if state.ticks == before {
                return;
            }
        }
        self.readable.wake_all();
    }
}

impl Drop for TimerFile {
    fn drop(&mut self) {
        if let Some(queued) = self.state.get_mut().queued.take() {
            timers::cancel(queued);
        }
        if let Some(id) = self.hears {
            REALTIME_SET.remove(id);
        }
    }
}

impl File for TimerFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn ignores_seek(&self) -> bool {
        true
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if sink.remaining() < size_of::<u64>() {
            return Err(Errno::EINVAL);
        }
        let ticks = match self.take() {
            Some(ticks) => ticks?,
            None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
            None => self.readable.wait_until(None, || self.take())??,
        };
        let bytes = ticks.to_ne_bytes();
        if sink.put(&bytes)? == bytes.len() { Ok(bytes.len()) } else { Err(Errno::EFAULT) }
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry {
            entry.add(&self.readable);
        }
        if self.state.lock().ticks > 0 { PollEvents::IN } else { PollEvents::empty() }
    }

    fn show_information(&self, target: &mut dyn fmt::Write) -> fmt::Result {
        let (left, ticks, flags) = {
            let state = self.state.lock();
            (Self::left(&state), state.ticks, state.flags)
        };
        writeln!(target, "clockid: {}\nticks: {ticks}\nsettime flags: 0{flags:o}", self.number)?;
        let (value, interval) = (left.it_value, left.it_interval);
        writeln!(target, "it_value: ({}, {})", value.tv_sec, value.tv_nsec)?;
        writeln!(target, "it_interval: ({}, {})", interval.tv_sec, interval.tv_nsec)
    }
}

/// timerfd_create(2).
///
/// # Errors
/// `EINVAL` for another clock or unknown flags, `EPERM` for an alarm without the capability; `EMFILE`.
pub fn timerfd_create(current: &Current<'_>, clock: u32, flags: u32) -> Result<Fd, Errno> {
    if flags & !(TFD_CLOEXEC | TFD_NONBLOCK) != 0 {
        return Err(Errno::EINVAL);
    }
    let is_alarm = matches!(clock, raw::CLOCK_REALTIME_ALARM | raw::CLOCK_BOOTTIME_ALARM);
    let kind = match clock {
        raw::CLOCK_REALTIME | raw::CLOCK_REALTIME_ALARM => Clock::Realtime,
        raw::CLOCK_MONOTONIC => Clock::Monotonic,
        raw::CLOCK_BOOTTIME | raw::CLOCK_BOOTTIME_ALARM => Clock::Boottime,
        _ => return Err(Errno::EINVAL),
    };
    if is_alarm && !current.credentials().has_capability(raw::CAP_WAKE_ALARM) {
        return Err(Errno::EPERM);
    }
    let file = open_anonymous(TimerFile::new(clock, kind), "[timerfd]", O_RDWR | (flags & TFD_NONBLOCK))?;
    current.install(file, flags & TFD_CLOEXEC != 0)
}

/// timerfd_settime(2).
///
/// # Errors
/// `EINVAL` for unknown flags, a time that is none, or a file of another kind; `EBADF`, `EFAULT`;
/// `ECANCELED` when the time of day was set since it was last looked at.
pub fn timerfd_settime(
    current: &Current<'_>,
    fd: Fd,
    flags: u32,
    new: UserPtr<Itimerspec>,
    old: UserPtr<Itimerspec>,
) -> Result<(), Errno> {
    let new = new.read()?;
    if flags & !(ABSOLUTE | CANCEL_ON_SET) != 0 {
        return Err(Errno::EINVAL);
    }
    let (value, interval) = (new.it_value.to_nanoseconds()?, new.it_interval.to_nanoseconds()?);
    let file = current.file(fd)?;
    let timer = TimerFile::of_file(&file)?;
    let (before, canceled) = timer.set(value, interval, flags);
    old.write_if_given(&before)?;
    if canceled { Err(Errno::ECANCELED) } else { Ok(()) }
}

/// timerfd_gettime(2).
///
/// # Errors
/// `EINVAL` for a file of another kind; `EBADF`, `EFAULT`.
pub fn timerfd_gettime(current: &Current<'_>, fd: Fd, time: UserPtr<Itimerspec>) -> Result<(), Errno> {
    let file = current.file(fd)?;
    time.write(&TimerFile::of_file(&file)?.get())
}

#[cfg(test)]
mod tests {
    use super::{Clock, TimerFile, clock};
    use crate::machine::monotonic;
    use crate::testing::World;
    use abi::Errno;

    /// Lets timers come until that time.
    fn pass(nanoseconds: u64) {
        let end = monotonic() + nanoseconds;
        let nobody = crate::sched::WaitQueue::new();
        let _ = nobody.wait_until::<()>(Some(end), || None);
        crate::time::timers::expire(monotonic());
    }

    #[test]
    fn a_periodic_timer_counts_what_was_missed() {
        let _world = World::new();
        let timer = TimerFile::new(1, Clock::Monotonic);
        timer.set(100, 100, 0);
        assert_eq!(timer.take(), None);
        pass(350);
        assert_eq!(timer.take(), Some(Ok(3)));
        assert_eq!(timer.get().it_value.tv_nsec, 50);
        assert_eq!(timer.take(), None);
        pass(50);
        assert_eq!(timer.take(), Some(Ok(1)));
    }

    #[test]
    fn a_single_expiry_is_read_once() {
        let _world = World::new();
        let timer = TimerFile::new(1, Clock::Monotonic);
        let start = monotonic();
        timer.set(start + 10, 0, super::ABSOLUTE);
        pass(20);
        assert_eq!(timer.take(), Some(Ok(1)));
        assert_eq!(timer.take(), None);
        assert_eq!(timer.get().it_value.tv_nsec, 0);
    }

    #[test]
    fn setting_the_time_of_day_cancels_who_wants_it() {
        let _world = World::new();
        let timer = TimerFile::new(0, Clock::Realtime);
        let now = clock::realtime();
        timer.set(now + 1_000_000, 0, super::ABSOLUTE | super::CANCEL_ON_SET);
        clock::set_realtime(now + 10);
        assert_eq!(timer.take(), Some(Err(Errno::ECANCELED)));
        assert_eq!(timer.take(), None);
        clock::set_realtime(now + 2_000_000);
        assert_eq!(timer.take(), Some(Err(Errno::ECANCELED)));
        clock::set_realtime(crate::machine::machine().now(crate::machine::MachineClock::Realtime));
    }
}
