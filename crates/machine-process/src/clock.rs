//! The clocks: the host's, and the page from which programs and the kernel tell them without the host.
//!
//! The page says what each clock was at one moment of the time stamp counter, and how fast the counter
//! runs. It is good for a short while only; whoever finds it too old has it renewed from the host's clocks,
//! so no timer is needed. A page that ran ahead of the host is slowed down until the host has caught up:
//! no clock goes back. Where the host itself does not trust the counter, the page stays empty.

use core::sync::atomic::{AtomicI64, AtomicPtr, Ordering};

use abi::raw::general as raw;
use arch::cpu::time_stamp;
use kernel::machine::MachineClock;
use sync::SpinLock;
use vdso::{Base, Bases, TimePage};

use crate::host::{self, vdso as host_vdso};
use crate::memory;

/// The longest that the page is good for, in nanoseconds; and the shortest, which is also what the rate is
/// first told from.
const WINDOW: core::ops::RangeInclusive<u64> = 1_000_000..=10_000_000;
/// The rate is told from so many nanoseconds at the least, once they have passed.
const BASELINE: u64 = 1_000_000_000;
/// Differences between clocks that change by less than this have not changed.
const NOISE: i64 = 1000;
/// The page is slowed down by at most one part in this many.
const SLOWEST: u64 = 2000;
/// The most ticks of a page.
const LIMIT_MAX: u64 = 1 << 30;
/// The host's file that names the clock that it trusts.
const CLOCK_SOURCE: &core::ffi::CStr = c"/sys/devices/system/clocksource/clocksource0/current_clocksource";

static PAGE: AtomicPtr<TimePage> = AtomicPtr::new(core::ptr::null_mut());
/// What the page's time of day has more than the host's.
static REALTIME_OFFSET: AtomicI64 = AtomicI64::new(0);
static STATE: SpinLock<State> = SpinLock::new(State::new());

/// The host's clocks at one moment.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    tsc: u64,
    monotonic: u64,
    /// What the time of day, and the time since boot, have more than the monotonic clock.
    realtime: i64,
    boottime: i64,
}

#[derive(Debug)]
struct State {
    /// Whether the host trusts the counter.
    trusted: bool,
    /// What the rate is told from, and what takes its place when it is old.
    anchor: Option<Sample>,
    next_anchor: Option<Sample>,
    /// What the page holds, and which differences between clocks it is made of.
    shown: Option<(Bases, Sample)>,
}

impl State {
    const fn new() -> Self {
        Self { trusted: false, anchor: None, next_anchor: None, shown: None }
    }
}

/// Asks whether the host trusts the counter.
pub(crate) fn initialize() {
    let mut name = [0; 16];
    let read = host::read_file(CLOCK_SOURCE, &mut name);
    let trusted = read.is_ok_and(|count| name.get(..count).is_some_and(|name| name.trim_ascii() == b"tsc"));
    let mut state = STATE.lock();
    state.trusted = trusted;
    // The rate is told from here on.
    state.anchor = trusted.then(sample);
}

/// Keeps the time in the page at this physical address from now on.
pub(crate) fn keep(physical: u64) {
    if STATE.lock().trusted {
        PAGE.store(memory::direct(physical).cast(), Ordering::Release);
    }
}

fn page() -> Option<&'static TimePage> {
    let page = PAGE.load(Ordering::Acquire);
    // SAFETY: the core gave a frame of its own to `keep`, for ever; it is zeroed, and all fields are atomic.
    unsafe { page.as_ref() }
}

/// Says what the program's time of day has more than the host's.
pub(crate) fn show_realtime_offset(offset: i64) {
    REALTIME_OFFSET.store(offset, Ordering::Relaxed);
    if let Some(page) = page() {
        renew(page, true);
    }
}

/// Nanoseconds of a clock of the host.
fn host_clock(clock: MachineClock) -> u64 {
    let number = match clock {
        MachineClock::Monotonic => raw::CLOCK_MONOTONIC,
        MachineClock::Realtime => raw::CLOCK_REALTIME,
        MachineClock::Boottime => raw::CLOCK_BOOTTIME,
        MachineClock::MonotonicRaw => raw::CLOCK_MONOTONIC_RAW,
    };
    host_vdso::clock_gettime(number).to_nanoseconds().unwrap_or(0)
}

/// Nanoseconds of a clock.
pub(crate) fn now(clock: MachineClock) -> u64 {
    let base = match clock {
        MachineClock::Monotonic => Base::Monotonic,
        MachineClock::Realtime => Base::Realtime,
        MachineClock::Boottime => Base::Boottime,
        MachineClock::MonotonicRaw => return host_clock(clock),
    };
    let Some(page) = page() else { return host_clock(clock) };
    let mut shown = page.read(base, time_stamp);
    if shown.is_none() {
        renew(page, false);
        shown = page.read(base, time_stamp);
    }
    match shown {
        Some(time) if base == Base::Realtime => {
            time.saturating_add_signed(REALTIME_OFFSET.load(Ordering::Relaxed).wrapping_neg())
        }
        Some(time) => time,
        None => host_clock(clock),
    }
}

/// Reads the host's clocks, as close to one moment as can be.
fn sample() -> Sample {
    let mut best = Sample::default();
    let mut width = u64::MAX;
    for _ in 0..4 {
        let before = time_stamp();
        let monotonic = host_clock(MachineClock::Monotonic);
        let after = time_stamp();
        let realtime = host_clock(MachineClock::Realtime);
        let boottime = host_clock(MachineClock::Boottime);
        let again = host_clock(MachineClock::Monotonic);
        let all = time_stamp().wrapping_sub(before);
        if all < width {
            width = all;
            // The two were read between the two readings of the monotonic clock.
            let between = monotonic + (again - monotonic) / 2;
            best = Sample {
                tsc: before + after.wrapping_sub(before) / 2,
                monotonic,
                realtime: realtime.wrapping_sub(between).cast_signed(),
                boottime: boottime.wrapping_sub(between).cast_signed(),
            };
        }
    }
    best
}

/// A difference between clocks: the one that is shown, unless it has changed by more than noise.
const fn settle(shown: i64, measured: i64) -> i64 {
    if shown.abs_diff(measured) < NOISE.unsigned_abs() { shown } else { measured }
}

/// Nanoseconds a tick, as the page has it; `None` when too little time has passed to tell.
fn rate(from: &Sample, to: &Sample) -> Option<u64> {
    let (ticks, time) = (to.tsc.checked_sub(from.tsc)?, to.monotonic.checked_sub(from.monotonic)?);
    if ticks == 0 || time < *WINDOW.start() {
        return None;
    }
    let rate = (u128::from(time) << 32) / u128::from(ticks);
    u64::try_from(rate).ok().filter(|&rate| rate > 0 && rate < 1 << 33)
}

/// Renews the page from the host's clocks, if it is too old or `now`.
fn renew(page: &TimePage, now: bool) {
    let mut state = STATE.lock();
    if !now && page.read(Base::Monotonic, time_stamp).is_some() {
        return;
    }
    let mut sample = sample();
    let Some(anchor) = state.anchor else { return };
    let Some(rate) = rate(&anchor, &sample) else { return };
    let elapsed = sample.monotonic - anchor.monotonic;
    if elapsed > BASELINE {
        state.anchor = state.next_anchor.replace(sample).or(state.anchor);
    }
    let window = elapsed.clamp(*WINDOW.start(), *WINDOW.end());
    let limit = ((u128::from(window) << 32) / u128::from(rate)).min(u128::from(LIMIT_MAX)) as u64;
    let mut multiplier = rate;
    let mut monotonic = sample.monotonic;
    if let Some((bases, differences)) = &state.shown {
        sample.realtime = settle(differences.realtime, sample.realtime);
        sample.boottime = settle(differences.boottime, sample.boottime);
        // What a reader may have seen; later than the page's end, nobody saw anything.
        let ticks = sample.tsc.saturating_sub(bases.tsc).min(bases.limit);
        let seen = bases.monotonic + (ticks.wrapping_mul(bases.multiplier) >> 32);
        if let Some(ahead) = seen.checked_sub(monotonic).filter(|&ahead| ahead > 0) {
            monotonic = seen;
            let slower = ahead.min(window / SLOWEST);
            multiplier -= (u128::from(rate) * u128::from(slower) / u128::from(window)) as u64;
        }
    }
    let offset = REALTIME_OFFSET.load(Ordering::Relaxed);
    let bases = Bases {
        tsc: sample.tsc,
        limit,
        multiplier,
        realtime: monotonic.wrapping_add_signed(sample.realtime).wrapping_add_signed(offset),
        monotonic,
        boottime: monotonic.wrapping_add_signed(sample.boottime),
    };
    page.publish(&bases);
    state.shown = Some((bases, sample));
}
