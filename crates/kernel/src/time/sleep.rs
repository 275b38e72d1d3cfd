//! Sleeping (nanosleep(2), clock_nanosleep(2)).

use abi::Errno;
use abi::time::Timespec;

use super::clock::{Clock, REALTIME_SET};
use crate::machine::monotonic;
use crate::sched::{WaitError, WaitQueue};
use crate::syscalls::{Current, Outcome};
use crate::user::UserPtr;

/// The longest that a sleep on processor time waits before it looks again, in nanoseconds.
const CPU_TIME_STEP: u64 = 1_000_000;

/// Sleeps until the clock shows `target`.
///
/// # Errors
/// [`WaitError::Interrupted`] when a signal came first.
pub(super) fn sleep_until(clock: &Clock, target: u64) -> Result<(), WaitError> {
    let nobody = WaitQueue::new();
    loop {
        let now = clock.now();
        if now >= target {
            return Ok(());
        }
        let step = match clock {
            // Processor time runs at most as fast as all processors together.
            Clock::Process(_) | Clock::Thread(_) => (target - now).min(CPU_TIME_STEP),
            _ => target - now,
        };
        let deadline = Some(monotonic().saturating_add(step));
        let waited = match clock {
            Clock::Realtime => REALTIME_SET.wait_until(deadline, || (clock.now() >= target).then_some(())),
            _ => nobody.wait_until(deadline, || None),
        };
        match waited {
            Ok(()) | Err(WaitError::TimedOut) => {}
            Err(WaitError::Interrupted) => return Err(WaitError::Interrupted),
        }
    }
}

/// Sleeps for a duration; what is left of it after a signal goes to `remaining`, and restart_syscall(2)
/// goes on until the same moment.
fn sleep_relative(
    current: &Current<'_>,
    clock: Clock,
    target: u64,
    remaining: UserPtr<Timespec>,
) -> Result<(), Errno> {
    if sleep_until(&clock, target).is_ok() {
        return Ok(());
    }
    let left = target.saturating_sub(clock.now());
    if left == 0 {
        return Ok(());
    }
    remaining.write_if_given(&Timespec::from_nanoseconds(left))?;
    current.set_restart(alloc::boxed::Box::new(move |current| {
        Outcome::from(sleep_relative(current, clock, target, remaining))
    }));
    Err(Errno::ERESTART_RESTARTBLOCK)
}

/// nanosleep(2).
pub fn nanosleep(
    current: &Current<'_>,
    request: UserPtr<Timespec>,
    remaining: UserPtr<Timespec>,
) -> Result<(), Errno> {
    let duration = request.read()?.to_nanoseconds()?;
    sleep_relative(current, Clock::Monotonic, monotonic().saturating_add(duration), remaining)
}

fn is_own_thread(current: &Current<'_>, clock: &Clock) -> bool {
    matches!(clock, Clock::Thread(thread) if alloc::sync::Arc::ptr_eq(thread, current.thread()))
}

/// clock_nanosleep(2).
pub fn clock_nanosleep(
    current: &Current<'_>,
    clock: i32,
    flags: i32,
    request: UserPtr<Timespec>,
    remaining: UserPtr<Timespec>,
) -> Result<(), Errno> {
    /// `TIMER_ABSTIME`.
    const ABSOLUTE: i32 = 1;
    // A clock by the number of a process or thread is looked up after the time is read, as on Linux.
    let (clock, time) = if clock < 0 {
        if Clock::is_device(clock) {
            return Err(Errno::EOPNOTSUPP);
        }
        let time = request.read()?;
        let clock = Clock::from_number(current.thread(), clock)?;
        if is_own_thread(current, &clock) {
            return Err(Errno::EINVAL);
        }
        (clock, time)
    } else {
        let clock = Clock::from_number(current.thread(), clock)?;
        let is_coarse = matches!(clock, Clock::RealtimeCoarse | Clock::MonotonicCoarse);
        if is_coarse || matches!(clock, Clock::MonotonicRaw) || is_own_thread(current, &clock) {
            return Err(Errno::EOPNOTSUPP);
        }
        (clock, request.read()?)
    };
    let time = time.to_nanoseconds()?;
    if flags & ABSOLUTE != 0 {
        // No remaining time, and no restart block: the same call is right again.
        return sleep_until(&clock, time).map_err(|_| Errno::ERESTARTNOHAND);
    }
    // A duration is not measured by a time of day that may be set.
    let clock = if matches!(clock, Clock::Realtime) { Clock::Monotonic } else { clock };
    let target = clock.now().saturating_add(time);
    sleep_relative(current, clock, target, remaining)
}

#[cfg(test)]
mod tests {
    use super::{clock_nanosleep, nanosleep};
    use crate::machine::monotonic;
    use crate::testing::{BAD_ADDRESS, EPOCH, UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;
    use abi::time::Timespec;

    fn time(seconds: i64, nanoseconds: i64) -> UserMemory {
        UserMemory::of(&Timespec { tv_sec: seconds, tv_nsec: nanoseconds })
    }

    #[test]
    fn sleeps_as_long_as_asked() {
        let mut world = World::new();
        let current = world.current();
        let start = monotonic();
        let request = time(2, 5);
        assert_eq!(nanosleep(&current, UserPtr::new(request.address()), UserPtr::new(0)), Ok(()));
        assert_eq!(monotonic() - start, 2_000_000_005);
        let end = EPOCH + monotonic() + 7;
        let request = UserMemory::of(&Timespec::from_nanoseconds(end));
        let request = UserPtr::new(request.address());
        assert_eq!(clock_nanosleep(&current, 0, 1, request, UserPtr::new(0)), Ok(()));
        assert_eq!(EPOCH + monotonic(), end);
        assert_eq!(clock_nanosleep(&current, 0, 1, request, UserPtr::new(BAD_ADDRESS)), Ok(()));
    }

    #[test]
    fn a_signal_ends_a_sleep_and_the_rest_is_told() {
        let mut world = World::new();
        let thread = alloc::sync::Arc::clone(&world.thread);
        world.when_waiting(move || thread.set_pending_signal(true));
        let current = world.current();
        let request = time(3, 0);
        let rest = UserMemory::zeroed(16);
        let outcome = nanosleep(&current, UserPtr::new(request.address()), UserPtr::new(rest.address()));
        assert_eq!(outcome, Err(Errno::ERESTART_RESTARTBLOCK));
        assert_eq!(rest.value::<Timespec>().tv_sec, 3);
    }

    #[test]
    fn bad_times_and_clocks_are_refused() {
        let mut world = World::new();
        let current = world.current();
        let null = UserPtr::new(0);
        for request in [time(0, 1_000_000_000), time(-1, 0), time(0, -1)] {
            let request = UserPtr::new(request.address());
            assert_eq!(nanosleep(&current, request, null), Err(Errno::EINVAL));
        }
        assert_eq!(nanosleep(&current, UserPtr::new(BAD_ADDRESS), null), Err(Errno::EFAULT));
        let request = time(0, 1);
        let request = UserPtr::new(request.address());
        assert_eq!(clock_nanosleep(&current, 3, 0, request, null), Err(Errno::EOPNOTSUPP));
        assert_eq!(clock_nanosleep(&current, 4, 0, request, null), Err(Errno::EOPNOTSUPP));
        assert_eq!(clock_nanosleep(&current, 12, 0, request, null), Err(Errno::EINVAL));
        assert_eq!(clock_nanosleep(&current, -1, 0, request, null), Err(Errno::EINVAL));
        let bad = UserPtr::new(BAD_ADDRESS);
        assert_eq!(clock_nanosleep(&current, -1, 0, bad, null), Err(Errno::EFAULT));
        assert_eq!(clock_nanosleep(&current, -5, 0, bad, null), Err(Errno::EOPNOTSUPP));
    }
}
