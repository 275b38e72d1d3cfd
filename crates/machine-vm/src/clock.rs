//! Clocks: the time stamp counter, measured once against the timer's clock.

use core::sync::atomic::{AtomicU64, Ordering};

use arch::cpu::time_stamp;
use kernel::machine::MachineClock;

use crate::apic;

/// How long the measurement takes, in nanoseconds.
const MEASURED: u64 = 2_000_000;

/// The counter when the kernel started.
static START: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds a count, times 2³².
static SCALE: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds since 1970 when the kernel started.
static START_OF_WORLD: AtomicU64 = AtomicU64::new(0);

/// Measures the counter. `now` is the time since 1970 in nanoseconds, as somebody told it.
pub(crate) fn initialize(now: u64) {
    START.store(time_stamp(), Ordering::Relaxed);
    let before = time_stamp();
    apic::spin(MEASURED);
    let counts = time_stamp().wrapping_sub(before).max(1);
    let scale = (u128::from(MEASURED) << 32) / u128::from(counts);
    SCALE.store(scale as u64, Ordering::Relaxed);
    START_OF_WORLD.store(now, Ordering::Relaxed);
}

/// The latest time that was told: counters of several processors, and those of an emulated one that the host
/// moves about, may differ a little.
static LATEST: AtomicU64 = AtomicU64::new(0);

/// Nanoseconds since the kernel started; never less than before.
pub(crate) fn monotonic() -> u64 {
    let counts =
        time_stamp().wrapping_sub(START.load(Ordering::Relaxed)).cast_signed().max(0).cast_unsigned();
    let now = ((u128::from(counts) * u128::from(SCALE.load(Ordering::Relaxed))) >> 32) as u64;
    LATEST.fetch_max(now, Ordering::Relaxed).max(now)
}

/// Nanoseconds of a clock.
pub(crate) fn now(clock: MachineClock) -> u64 {
    match clock {
        MachineClock::Monotonic | MachineClock::Boottime | MachineClock::MonotonicRaw => monotonic(),
        MachineClock::Realtime => monotonic().saturating_add(START_OF_WORLD.load(Ordering::Relaxed)),
    }
}
