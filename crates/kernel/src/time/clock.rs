//! Clocks by their numbers (clock_gettime(2)).

use alloc::sync::Arc;
use core::sync::atomic::{AtomicI64, Ordering};

use abi::Errno;
use abi::raw::general as raw;

use crate::machine::{MachineClock, machine};
use crate::sched::WaitQueue;
use crate::task::{Process, Thread, table};

/// The time between two ticks, which the coarse clocks count, in nanoseconds.
const TICK: u64 = 4_000_000;

/// What clock_settime(2) added to the machine's time of day.
static REALTIME_OFFSET: AtomicI64 = AtomicI64::new(0);
/// Who waits for a time of day hears when it was set.
pub(super) static REALTIME_SET: WaitQueue = WaitQueue::new();

/// A clock.
#[derive(Clone, Debug)]
pub enum Clock {
    /// `CLOCK_REALTIME` and `CLOCK_TAI` (no leap seconds are known); `CLOCK_REALTIME_ALARM`.
    Realtime,
    /// `CLOCK_MONOTONIC`.
    Monotonic,
    /// `CLOCK_MONOTONIC_RAW`.
    MonotonicRaw,
    /// `CLOCK_BOOTTIME` and `CLOCK_BOOTTIME_ALARM`.
    Boottime,
    /// `CLOCK_REALTIME_COARSE`.
    RealtimeCoarse,
    /// `CLOCK_MONOTONIC_COARSE`.
    MonotonicCoarse,
    /// Processor time of a process.
    Process(Arc<Process>),
    /// Processor time of a thread.
    Thread(Arc<Thread>),
}

impl Clock {
    /// The clock with this number, as `thread` sees it.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn from_number(thread: &Arc<Thread>, number: i32) -> Result<Self, Errno> {
        let Ok(positive) = u32::try_from(number) else { return Self::from_dynamic(thread, number) };
        match positive {
            raw::CLOCK_REALTIME | raw::CLOCK_TAI | raw::CLOCK_REALTIME_ALARM => Ok(Self::Realtime),
            raw::CLOCK_MONOTONIC => Ok(Self::Monotonic),
            raw::CLOCK_MONOTONIC_RAW => Ok(Self::MonotonicRaw),
            raw::CLOCK_BOOTTIME | raw::CLOCK_BOOTTIME_ALARM => Ok(Self::Boottime),
            raw::CLOCK_REALTIME_COARSE => Ok(Self::RealtimeCoarse),
            raw::CLOCK_MONOTONIC_COARSE => Ok(Self::MonotonicCoarse),
            raw::CLOCK_PROCESS_CPUTIME_ID => Ok(Self::Process(Arc::clone(thread.process()))),
            raw::CLOCK_THREAD_CPUTIME_ID => Ok(Self::Thread(Arc::clone(thread))),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Whether a number means the clock of a device, by an open file (`CLOCKFD`).
    pub(super) const fn is_device(number: i32) -> bool {
        number < 0 && number & 7 == 3
    }

    /// Processor clocks by number: the inverted number of the process or thread, a bit that says which,
    /// and two bits for the kind of time (clock_getcpuclockid(3)); with 3, it may be a device's clock.
    fn from_dynamic(thread: &Arc<Thread>, number: i32) -> Result<Self, Errno> {
        const IS_THREAD: i32 = 4;
        const KIND: i32 = 3;
        const UNKNOWN: i32 = 3;
        if number & KIND == UNKNOWN {
            return Err(Errno::EINVAL);
        }
        let id = !(number >> 3);
        if number & IS_THREAD != 0 {
            let target = if id == 0 { Some(Arc::clone(thread)) } else { table::find_thread(id) };
            let target = target.filter(|target| Arc::ptr_eq(target.process(), thread.process()));
            return target.map(Self::Thread).ok_or(Errno::EINVAL);
        }
        let target = if id == 0 { Some(Arc::clone(thread.process())) } else { table::find_process(id) };
        target.map(Self::Process).ok_or(Errno::EINVAL)
    }

    /// The time, in nanoseconds.
    #[must_use]
    pub fn now(&self) -> u64 {
        let monotonic = || machine().now(MachineClock::Monotonic);
        match self {
            Self::Realtime => realtime(),
            Self::Monotonic => monotonic(),
            Self::MonotonicRaw => machine().now(MachineClock::MonotonicRaw),
            Self::Boottime => machine().now(MachineClock::Boottime),
            // By its own ticks: two clocks that are read one after the other are apart now more, now less.
            Self::RealtimeCoarse => realtime() / TICK * TICK,
            Self::MonotonicCoarse => monotonic() / TICK * TICK,
            Self::Process(process) => process.cpu_time(),
            Self::Thread(thread) => thread.cpu_time(),
        }
    }

    /// How fine it is, in nanoseconds.
    #[must_use]
    pub const fn resolution(&self) -> u64 {
        match self {
            Self::RealtimeCoarse | Self::MonotonicCoarse => TICK,
            _ => 1,
        }
    }
}

/// Nanoseconds since 1970 (`CLOCK_REALTIME`).
#[must_use]
pub fn realtime() -> u64 {
    machine().now(MachineClock::Realtime).saturating_add_signed(REALTIME_OFFSET.load(Ordering::Relaxed))
}

/// How far the time of day was set from the machine's.
pub(super) fn realtime_offset() -> i64 {
    REALTIME_OFFSET.load(Ordering::Relaxed)
}

/// Sets the time of day.
pub(super) fn set_realtime(nanoseconds: u64) {
    let machine_time = machine().now(MachineClock::Realtime);
    let offset = nanoseconds.wrapping_sub(machine_time).cast_signed();
    REALTIME_OFFSET.store(offset, Ordering::Relaxed);
    machine().show_realtime_offset(offset);
    REALTIME_SET.wake_all();
}
