//! Interval timers and alarm(2).

use abi::Errno;
use abi::time::{Itimerval, NANOSECONDS_PER_SECOND, Timeval};

use crate::signal::interval::{self, IntervalClock, Setting};
use crate::syscalls::Current;
use crate::user::UserPtr;

fn shown(setting: Setting) -> Itimerval {
    Itimerval {
        it_interval: Timeval::from_nanoseconds(setting.interval),
        it_value: Timeval::from_nanoseconds(setting.value),
    }
}

/// getitimer(2).
///
/// # Errors
/// `EINVAL` for an unknown timer, `EFAULT`.
pub fn getitimer(current: &Current<'_>, which: i32, target: UserPtr<Itimerval>) -> Result<(), Errno> {
    let clock = IntervalClock::new(which).ok_or(Errno::EINVAL)?;
    target.write(&shown(interval::get(current.process(), clock)))
}

/// setitimer(2). Without a new value the timer stops, as on Linux.
///
/// # Errors
/// `EINVAL` for an unknown timer or times that are none, `EFAULT`.
pub fn setitimer(
    current: &Current<'_>,
    which: i32,
    new: UserPtr<Itimerval>,
    old: UserPtr<Itimerval>,
) -> Result<(), Errno> {
    let new = new.non_null().map(UserPtr::read).transpose()?.unwrap_or_default();
    let setting =
        Setting { value: new.it_value.to_nanoseconds()?, interval: new.it_interval.to_nanoseconds()? };
    let clock = IntervalClock::new(which).ok_or(Errno::EINVAL)?;
    let before = interval::set(current.process(), clock, setting);
    old.write_if_given(&shown(before))
}

/// alarm(2): gives the seconds that were left, rounded, and never 0 when some time was.
pub fn alarm(current: &Current<'_>, seconds: u32) -> u64 {
    let value = u64::from(seconds.min(i32::MAX.unsigned_abs())) * NANOSECONDS_PER_SECOND;
    let before = interval::set(current.process(), IntervalClock::Real, Setting { value, interval: 0 });
    let rounded = before.value.saturating_add(NANOSECONDS_PER_SECOND / 2) / NANOSECONDS_PER_SECOND;
    if before.value == 0 { 0 } else { rounded.max(1) }
}
