//! System calls about clocks.

use abi::Errno;
use abi::raw::general::{CAP_SYS_TIME, CLOCK_REALTIME};
use abi::time::{Timespec, Timeval, Timex, Timezone};
use sync::SpinLock;

use super::clock::{self, Clock};
use crate::machine::monotonic;
use crate::syscalls::Current;
use crate::user::UserPtr;

pub use super::posix_syscalls::{timer_create, timer_delete, timer_getoverrun, timer_gettime, timer_settime};
pub use super::sleep::{clock_nanosleep, nanosleep};
pub use super::timerfd::{timerfd_create, timerfd_gettime, timerfd_settime};

/// What settimeofday(2) told about the time zone.
static TIME_ZONE: SpinLock<Timezone> = SpinLock::new(Timezone { tz_minuteswest: 0, tz_dsttime: 0 });

/// clock_gettime(2).
pub fn clock_gettime(current: &Current<'_>, clock: i32, time: UserPtr<Timespec>) -> Result<(), Errno> {
    let now = Clock::from_number(current.thread(), clock)?.now();
    time.write(&Timespec::from_nanoseconds(now))
}

/// clock_getres(2).
pub fn clock_getres(current: &Current<'_>, clock: i32, resolution: UserPtr<Timespec>) -> Result<(), Errno> {
    let clock = Clock::from_number(current.thread(), clock)?;
    resolution.write_if_given(&Timespec::from_nanoseconds(clock.resolution()))
}

/// Sets the time of day after the checks of Linux's `do_settimeofday64`.
fn set_realtime(current: &Current<'_>, nanoseconds: u64) -> Result<(), Errno> {
    if !current.credentials().has_capability(CAP_SYS_TIME) {
        return Err(Errno::EPERM);
    }
    // The system cannot have started before 1970.
    if nanoseconds < monotonic() {
        return Err(Errno::EINVAL);
    }
    clock::set_realtime(nanoseconds);
    Ok(())
}

/// clock_settime(2): changes this world's time of day only.
pub fn clock_settime(current: &Current<'_>, number: i32, time: UserPtr<Timespec>) -> Result<(), Errno> {
    let clock = Clock::from_number(current.thread(), number)?;
    let is_realtime = u32::try_from(number) == Ok(CLOCK_REALTIME);
    if !is_realtime && !matches!(clock, Clock::Process(_) | Clock::Thread(_)) {
        return Err(Errno::EINVAL);
    }
    let time = time.read()?.to_nanoseconds()?;
    if is_realtime { set_realtime(current, time) } else { Err(Errno::EPERM) }
}

/// gettimeofday(2).
pub fn gettimeofday(
    current: &Current<'_>,
    time: UserPtr<Timeval>,
    zone: UserPtr<Timezone>,
) -> Result<(), Errno> {
    let _ = current;
    time.write_if_given(&Timeval::from_nanoseconds(clock::realtime()))?;
    let time_zone = *TIME_ZONE.lock();
    zone.write_if_given(&time_zone)
}

/// settimeofday(2).
pub fn settimeofday(
    current: &Current<'_>,
    time: UserPtr<Timeval>,
    zone: UserPtr<Timezone>,
) -> Result<(), Errno> {
    let time = time.non_null().map(UserPtr::read).transpose()?;
    let time = time.map(Timeval::to_nanoseconds).transpose()?;
    let zone = zone.non_null().map(UserPtr::read).transpose()?;
    if !current.credentials().has_capability(CAP_SYS_TIME) {
        return Err(Errno::EPERM);
    }
    if let Some(zone) = zone {
        const HALF_DAY: i32 = 15 * 60;
        if !(-HALF_DAY..=HALF_DAY).contains(&zone.tz_minuteswest) {
            return Err(Errno::EINVAL);
        }
        *TIME_ZONE.lock() = zone;
    }
    time.map_or(Ok(()), |time| set_realtime(current, time))
}

/// time(2).
pub fn time(current: &Current<'_>, place: UserPtr<i64>) -> Result<u64, Errno> {
    let _ = current;
    let seconds = clock::realtime() / abi::time::NANOSECONDS_PER_SECOND;
    place.write_if_given(&seconds.cast_signed())?;
    Ok(seconds)
}

/// The state of a clock that nobody disciplines (`STA_UNSYNC`, `TIME_ERROR`).
fn adjust(current: &Current<'_>, buffer: UserPtr<Timex>) -> Result<i32, Errno> {
    const STATUS_UNSYNCHRONIZED: i32 = 0x40;
    const TIME_ERROR: i32 = 5;
    let read = buffer.read()?;
    if read.modes != 0 {
        if !current.credentials().has_capability(CAP_SYS_TIME) {
            return Err(Errno::EPERM);
        }
        return Err(crate::gap!("adjtimex(modes)", EPERM));
    }
    buffer.write(&Timex {
        maxerror: 16_000_000,
        esterror: 16_000_000,
        status: STATUS_UNSYNCHRONIZED,
        constant: 2,
        precision: 1,
        tolerance: 32_768_000,
        time: Timeval::from_nanoseconds(clock::realtime()),
        tick: 10_000,
        ..Timex::default()
    })?;
    Ok(TIME_ERROR)
}

/// adjtimex(2).
pub fn adjtimex(current: &Current<'_>, buffer: UserPtr<Timex>) -> Result<i32, Errno> {
    adjust(current, buffer)
}

/// clock_adjtime(2).
pub fn clock_adjtime(current: &Current<'_>, clock: i32, buffer: UserPtr<Timex>) -> Result<i32, Errno> {
    Clock::from_number(current.thread(), clock)?;
    if u32::try_from(clock) != Ok(CLOCK_REALTIME) {
        return Err(Errno::EOPNOTSUPP);
    }
    adjust(current, buffer)
}

#[cfg(test)]
mod tests {
    use super::{adjtimex, clock_getres, clock_gettime, clock_settime, gettimeofday, settimeofday, time};
    use crate::testing::{BAD_ADDRESS, UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;
    use abi::time::{Timespec, Timeval, Timex};

    fn now(world: &mut World, clock: i32) -> Result<Timespec, Errno> {
        let memory = UserMemory::zeroed(16);
        clock_gettime(&world.current(), clock, UserPtr::new(memory.address()))?;
        Ok(memory.value())
    }

    #[test]
    fn every_clock_is_known_by_its_number() {
        let mut world = World::new();
        for clock in (0..=11).filter(|&clock| clock != 10) {
            assert!(now(&mut world, clock).is_ok(), "clock {clock}");
        }
        // CLOCK_SGI_CYCLE, one too many, and processor clocks: ours by number, nobody's, a device's.
        let process_clock = !1 << 3 | 2;
        assert_eq!(now(&mut world, 10), Err(Errno::EINVAL));
        assert_eq!(now(&mut world, 12), Err(Errno::EINVAL));
        assert!(now(&mut world, process_clock).is_ok() && now(&mut world, process_clock | 4).is_ok());
        assert_eq!(now(&mut world, !99_999 << 3 | 2), Err(Errno::EINVAL));
        assert_eq!(now(&mut world, process_clock | 3), Err(Errno::EINVAL));
        let current = world.current();
        assert_eq!(clock_gettime(&current, 0, UserPtr::new(BAD_ADDRESS)), Err(Errno::EFAULT));
        assert_eq!(clock_getres(&current, 0, UserPtr::new(0)), Ok(()));
    }

    #[test]
    fn root_sets_the_time_of_day() {
        let mut world = World::new();
        let before = now(&mut world, 0).unwrap();
        let later = Timespec { tv_sec: before.tv_sec + 100, ..before };
        let memory = UserMemory::of(&later);
        assert_eq!(clock_settime(&world.current(), 0, UserPtr::new(memory.address())), Ok(()));
        assert_eq!(now(&mut world, 0), Ok(later));
        assert_eq!(clock_settime(&world.current(), 1, UserPtr::new(memory.address())), Err(Errno::EINVAL));
        let back = UserMemory::of(&Timeval { tv_sec: before.tv_sec, tv_usec: before.tv_nsec / 1000 });
        let null = UserPtr::new(0);
        assert_eq!(settimeofday(&world.current(), UserPtr::new(back.address()), null), Ok(()));
        assert_eq!(now(&mut world, 0).unwrap().tv_sec, before.tv_sec);
        super::clock::set_realtime(crate::machine::machine().now(crate::machine::MachineClock::Realtime));
    }

    #[test]
    fn users_only_read_it() {
        let mut world = World::of_user(1000);
        let current = world.current();
        let memory = UserMemory::of(&Timespec { tv_sec: 2_000_000_000, tv_nsec: 0 });
        assert_eq!(clock_settime(&current, 0, UserPtr::new(memory.address())), Err(Errno::EPERM));
        let place = UserMemory::zeroed(16);
        let seconds = time(&current, UserPtr::new(place.address())).unwrap();
        assert_eq!(place.value::<u64>(), seconds);
        assert_eq!(gettimeofday(&current, UserPtr::new(place.address()), UserPtr::new(0)), Ok(()));
        assert_eq!(place.value::<Timeval>().tv_sec.unsigned_abs(), seconds);
        let state = UserMemory::zeroed(size_of::<Timex>());
        assert_eq!(adjtimex(&current, UserPtr::new(state.address())), Ok(5));
        assert_eq!(state.value::<Timex>().tick, 10_000);
    }
}
