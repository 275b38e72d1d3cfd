//! How often each call was made, how often it failed, and how long it took.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sync::Once;

use super::dispatch::NUMBERS;
use super::observe::{self, Door};
use super::outcome::{Reply, ReplyKind};
use crate::machine::monotonic;

/// Ticks below this have a place of their own; above, each power of two has [`PARTS`] places.
const EXACT: usize = 16;
const PARTS: usize = 8;
/// Powers of two above [`EXACT`] that are told apart.
const POWERS: usize = 44;
const PLACES: usize = EXACT + POWERS * PARTS;

static ON: AtomicBool = AtomicBool::new(false);
/// The time stamp counter and the clock when counting began.
static BEGAN: Once<(u64, u64)> = Once::new();
static CALLS: [Once<Box<Counter>>; NUMBERS] = [const { Once::new() }; NUMBERS];
static DOORS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

#[derive(Debug)]
struct Counter {
    count: AtomicU64,
    errors: AtomicU64,
    /// Ticks altogether, of calls that came back.
    total: AtomicU64,
    /// How many calls took so long.
    durations: [AtomicU64; PLACES],
}

/// What is known of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) number: usize,
    pub(super) count: u64,
    pub(super) errors: u64,
    /// Times in nanoseconds: of all calls together, and what half and 99 of 100 of them stayed below.
    pub(super) total: u64,
    pub(super) median: u64,
    pub(super) tail: u64,
}

/// Counts from now on.
pub(super) fn start() {
    let _ = BEGAN.set((arch::cpu::time_stamp(), monotonic()));
    ON.store(true, Ordering::Release);
    observe::start();
}

/// Whether calls are counted.
pub(super) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

fn counter(number: u64) -> Option<&'static Counter> {
    let place = CALLS.get(usize::try_from(number).ok()?)?;
    if place.get().is_none() {
        let _ = place.set(Box::new(Counter {
            count: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            total: AtomicU64::new(0),
            durations: [const { AtomicU64::new(0) }; PLACES],
        }));
    }
    place.get().map(|counter| &**counter)
}

/// Notes that a call begins, which may not come back; gives when it did, if calls are counted.
pub(super) fn begin(number: u64, door: Door) -> Option<u64> {
    if !is_on() {
        return None;
    }
    if let Some(count) = DOORS.get(door as usize) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(counter) = counter(number) {
        counter.count.fetch_add(1, Ordering::Relaxed);
    }
    Some(arch::cpu::time_stamp())
}

/// Notes that a call comes back.
pub(super) fn end(number: u64, begun: u64, reply: &Reply) {
    let ticks = arch::cpu::time_stamp().saturating_sub(begun);
    let Some(counter) = counter(number) else { return };
    if reply.kind == ReplyKind::Error && !reply.is_restart() {
        counter.errors.fetch_add(1, Ordering::Relaxed);
    }
    counter.total.fetch_add(ticks, Ordering::Relaxed);
    if let Some(place) = counter.durations.get(place_of(ticks)) {
        place.fetch_add(1, Ordering::Relaxed);
    }
}

/// The place of a duration.
fn place_of(ticks: u64) -> usize {
    if ticks < EXACT as u64 {
        return usize::try_from(ticks).unwrap_or(0);
    }
    let power = ticks.ilog2();
    // The three bits behind the first.
    let part = usize::try_from(ticks >> (power - 3)).unwrap_or(0) % PARTS;
    let power = power as usize - EXACT.ilog2() as usize;
    (EXACT + power * PARTS + part).min(PLACES - 1)
}

/// The longest duration of a place, in ticks.
fn end_of(place: usize) -> u64 {
    let Some(above) = place.checked_sub(EXACT) else { return place as u64 };
    let (power, part) = (above / PARTS + EXACT.ilog2() as usize, (above % PARTS + PARTS + 1) as u64);
    (part << (power - 3)) - 1
}

impl Counter {
    /// What `part` of 100 calls stayed below, in ticks.
    fn percentile(&self, part: u64) -> u64 {
        let counts: Vec<u64> = self.durations.iter().map(|place| place.load(Ordering::Relaxed)).collect();
        let all: u64 = counts.iter().sum();
        let wanted = (all * part).div_ceil(100);
        let mut seen = 0;
        for (place, count) in counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return end_of(place);
            }
        }
        0
    }
}

/// All calls that were made, those first that took the most time.
pub(super) fn summaries() -> Vec<Summary> {
    let (tsc, clock) = BEGAN.get().copied().unwrap_or_default();
    let ticks = u128::from(arch::cpu::time_stamp().saturating_sub(tsc).max(1));
    let passed = u128::from(monotonic().saturating_sub(clock));
    let time = |count: u64| u64::try_from(u128::from(count) * passed / ticks).unwrap_or(u64::MAX);
    let counters = CALLS.iter().enumerate().filter_map(|(number, place)| Some((number, place.get()?)));
    let mut summaries: Vec<Summary> = counters
        .map(|(number, counter)| Summary {
            number,
            count: counter.count.load(Ordering::Relaxed),
            errors: counter.errors.load(Ordering::Relaxed),
            total: time(counter.total.load(Ordering::Relaxed)),
            median: time(counter.percentile(50)),
            tail: time(counter.percentile(99)),
        })
        .collect();
    summaries.sort_by_key(|summary| (core::cmp::Reverse(summary.total), summary.number));
    summaries
}

/// How many calls came through each door.
pub(super) fn doors() -> [(&'static str, u64); 4] {
    let [trap, site, vdso, linked] =
        [0, 1, 2, 3].map(|door: usize| DOORS.get(door).map_or(0, |count| count.load(Ordering::Relaxed)));
    [("trap", trap), ("site", site), ("vdso", vdso), ("linked", linked)]
}

#[cfg(test)]
mod tests {
    use super::{PLACES, end_of, place_of};

    #[test]
    fn places_are_in_order_and_hold_what_they_say() {
        for ticks in (0..5000).chain([1 << 20, (1 << 30) + 12345, 1 << 46]) {
            let place = place_of(ticks);
            assert!(end_of(place) >= ticks, "{ticks}");
            assert!(place == 0 || end_of(place - 1) < ticks, "{ticks}");
            // No more than an eighth off.
            assert!(end_of(place) - ticks <= ticks / 8 + 1, "{ticks}");
        }
        assert_eq!(place_of(u64::MAX), PLACES - 1);
    }
}
