//! System calls about POSIX timers.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general as raw;
use abi::signal::{SIGALRM, Signal};
use abi::time::{Itimerspec, SigEvent, Timespec};

use super::clock::Clock;
use super::posix::{Notify, PosixTimers, Setting};
use crate::syscalls::Current;
use crate::task::table;
use crate::user::UserPtr;

const SIGEV_SIGNAL: i32 = 0;
const SIGEV_NONE: i32 = 1;
const SIGEV_THREAD: i32 = 2;
const SIGEV_THREAD_ID: i32 = 4;

/// The clock of a new timer.
fn timer_clock(current: &Current<'_>, number: i32) -> Result<Clock, Errno> {
    let clock = Clock::from_number(current.thread(), number)?;
    let is_alarm = u32::try_from(number)
        .is_ok_and(|number| matches!(number, raw::CLOCK_REALTIME_ALARM | raw::CLOCK_BOOTTIME_ALARM));
    if is_alarm && !current.credentials().has_capability(raw::CAP_WAKE_ALARM) {
        return Err(Errno::EPERM);
    }
    match clock {
        Clock::MonotonicRaw | Clock::RealtimeCoarse | Clock::MonotonicCoarse => Err(Errno::EOPNOTSUPP),
        clock => Ok(clock),
    }
}

/// Who hears of an expiry (Linux's `good_sigevent`).
fn notify(current: &Current<'_>, event: &SigEvent) -> Result<Notify, Errno> {
    let signal = || Signal::new(event.sigev_signo).ok_or(Errno::EINVAL);
    match event.sigev_notify {
        SIGEV_NONE => Ok(Notify::None),
        SIGEV_SIGNAL | SIGEV_THREAD => Ok(Notify::Process(signal()?)),
        SIGEV_THREAD_ID => {
            let thread = table::find_thread(event.sigev_notify_thread_id);
            let own = thread.filter(|thread| Arc::ptr_eq(thread.process(), current.process()));
            Ok(Notify::Thread(signal()?, Arc::downgrade(&own.ok_or(Errno::EINVAL)?)))
        }
        _ => Err(Errno::EINVAL),
    }
}

/// timer_create(2).
pub fn timer_create(
    current: &Current<'_>,
    clock: i32,
    event: UserPtr<SigEvent>,
    timer: UserPtr<i32>,
) -> Result<(), Errno> {
    let event = event.non_null().map(UserPtr::read).transpose()?;
    let clock = timer_clock(current, clock)?;
    let notify = event.map_or(Ok(Notify::Process(SIGALRM)), |event| notify(current, &event))?;
    let value = event.map(|event| event.sigev_value);
    let id = PosixTimers::create(current.process(), clock, notify, value)?;
    timer.write(&id).inspect_err(|_| {
        let _ = current.process().posix_timers.delete(id);
    })
}

fn shown(setting: Setting) -> Itimerspec {
    Itimerspec {
        it_interval: Timespec::from_nanoseconds(setting.interval),
        it_value: Timespec::from_nanoseconds(setting.value),
    }
}

/// timer_settime(2).
pub fn timer_settime(
    current: &Current<'_>,
    timer: i32,
    flags: i32,
    new: UserPtr<Itimerspec>,
    old: UserPtr<Itimerspec>,
) -> Result<(), Errno> {
    /// `TIMER_ABSTIME`.
    const ABSOLUTE: i32 = 1;
    let new = new.non_null().ok_or(Errno::EINVAL)?.read()?;
    let setting =
        Setting { value: new.it_value.to_nanoseconds()?, interval: new.it_interval.to_nanoseconds()? };
    let before = current.process().posix_timers.get(timer)?.set(setting, flags & ABSOLUTE != 0);
    old.write_if_given(&shown(before))
}

/// timer_gettime(2).
pub fn timer_gettime(current: &Current<'_>, timer: i32, setting: UserPtr<Itimerspec>) -> Result<(), Errno> {
    let left = current.process().posix_timers.get(timer)?.get();
    setting.write(&shown(left))
}

/// timer_getoverrun(2).
pub fn timer_getoverrun(current: &Current<'_>, timer: i32) -> Result<i32, Errno> {
    Ok(current.process().posix_timers.get(timer)?.overrun())
}

/// timer_delete(2).
pub fn timer_delete(current: &Current<'_>, timer: i32) -> Result<(), Errno> {
    current.process().posix_timers.delete(timer)
}

#[cfg(test)]
mod tests {
    use super::{timer_create, timer_delete, timer_getoverrun, timer_gettime, timer_settime};
    use crate::machine::monotonic;
    use crate::syscalls::Current;
    use crate::testing::{BAD_ADDRESS, UserMemory, World};
    use crate::time::timers;
    use crate::user::UserPtr;
    use abi::Errno;
    use abi::time::{Itimerspec, SigEvent, Timespec};

    fn create(current: &Current<'_>, clock: i32, event: Option<SigEvent>) -> Result<i32, Errno> {
        let id = UserMemory::zeroed(4);
        let event = event.map(|event| UserMemory::of(&event));
        let address = event.as_ref().map_or(0, UserMemory::address);
        timer_create(current, clock, UserPtr::new(address), UserPtr::new(id.address()))?;
        Ok(id.value())
    }

    fn set(current: &Current<'_>, timer: i32, value: u64, interval: u64) -> Result<(), Errno> {
        let new = UserMemory::of(&Itimerspec {
            it_value: Timespec::from_nanoseconds(value),
            it_interval: Timespec::from_nanoseconds(interval),
        });
        timer_settime(current, timer, 0, UserPtr::new(new.address()), UserPtr::new(0))
    }

    fn get(current: &Current<'_>, timer: i32) -> Itimerspec {
        let memory = UserMemory::zeroed(32);
        timer_gettime(current, timer, UserPtr::new(memory.address())).unwrap();
        memory.value()
    }

    #[test]
    fn a_timer_sends_its_signal_once_and_counts_overruns() {
        let mut world = World::new();
        let thread = alloc::sync::Arc::clone(&world.thread);
        let pending = || thread.process().signals.lock().pending.set().bits();
        let timer = create(&world.current(), 1, None).unwrap();
        set(&world.current(), timer, 1_000_000, 1_000_000).unwrap();
        assert_eq!(get(&world.current(), timer).it_value.tv_nsec, 1_000_000);
        assert_eq!(pending(), 0);
        world.advance(1_000_000);
        timers::expire(monotonic());
        assert_eq!(pending(), 1 << 13);
        world.advance(3_500_000);
        timers::expire(monotonic());
        let info = crate::signal::take_signal(&thread, abi::signal::SignalSet::ALL).unwrap();
        assert_eq!((info.si_signo, info.timer_id(), info.overrun()), (14, timer, 3));
        assert_eq!(timer_getoverrun(&world.current(), timer), Ok(3));
        assert_eq!(get(&world.current(), timer).it_value.tv_nsec, 500_000);
        assert_eq!(timer_delete(&world.current(), timer), Ok(()));
        assert_eq!(timer_delete(&world.current(), timer), Err(Errno::EINVAL));
    }

    #[test]
    fn a_timer_without_a_signal_is_only_looked_at() {
        let mut world = World::new();
        let event = SigEvent { sigev_notify: 1, ..SigEvent::default() };
        let timer = create(&world.current(), 1, Some(event)).unwrap();
        set(&world.current(), timer, 1000, 0).unwrap();
        world.advance(400);
        assert_eq!(get(&world.current(), timer).it_value.tv_nsec, 600);
        world.advance(600);
        assert_eq!(get(&world.current(), timer).it_value.tv_nsec, 0);
    }

    #[test]
    fn bad_arguments_are_refused() {
        let mut world = World::of_user(1000);
        let current = world.current();
        assert_eq!(create(&current, 4, None), Err(Errno::EOPNOTSUPP));
        assert_eq!(create(&current, 9, None), Err(Errno::EPERM));
        assert_eq!(create(&current, 77, None), Err(Errno::EINVAL));
        let signal = |sigev_signo, sigev_notify, sigev_notify_thread_id| SigEvent {
            sigev_signo,
            sigev_notify,
            sigev_notify_thread_id,
            ..SigEvent::default()
        };
        assert_eq!(create(&current, 1, Some(signal(65, 0, 0))), Err(Errno::EINVAL));
        assert_eq!(create(&current, 1, Some(signal(1, 9, 0))), Err(Errno::EINVAL));
        assert_eq!(create(&current, 1, Some(signal(1, 4, 99))), Err(Errno::EINVAL));
        assert!(create(&current, 1, Some(signal(1, 4, 1))).is_ok());
        let bad = UserPtr::new(BAD_ADDRESS);
        assert_eq!(timer_create(&current, 1, UserPtr::new(0), bad), Err(Errno::EFAULT));
        assert_eq!(timer_settime(&current, 0, 0, UserPtr::new(0), UserPtr::new(0)), Err(Errno::EINVAL));
        assert_eq!(set(&current, 4242, 1, 0), Err(Errno::EINVAL));
    }
}
