//! The load averages (/proc/loadavg): how many threads ran or wanted to, over one, five and fifteen minutes.
//!
//! As on Linux, the count is taken every five seconds and older ones fade. Processors that halt or run one program
//! do not look at the clock for that: whoever comes to the scheduler next makes up for what was missed.

use core::sync::atomic::{AtomicU64, Ordering};

use super::cpu::{active, active_since};

/// The time between two counts, in nanoseconds.
const INTERVAL: u64 = 5_000_000_000;
/// One, in the averages' fixed-point numbers.
pub const ONE: u64 = 1 << 11;
/// What is left of an average after an interval: e to the power of minus interval through span, for spans of
/// one, five and fifteen minutes.
const FADE: [u64; 3] = [1884, 2014, 2037];
/// After so many intervals nothing is left of what was before.
const ALL: u64 = 2000;

static NEXT: AtomicU64 = AtomicU64::new(INTERVAL);
static AVERAGES: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

/// Counts, if it is time to.
pub(super) fn look(now: u64) {
    let next = NEXT.load(Ordering::Relaxed);
    if now < next {
        return;
    }
    let missed = (now - next) / INTERVAL;
    let then = next.saturating_add((missed + 1).saturating_mul(INTERVAL));
    // Somebody else may be doing the same.
    if NEXT.compare_exchange(next, then, Ordering::SeqCst, Ordering::SeqCst).is_err() {
        return;
    }
    if missed > 0 {
        // Only who has run all the time was active then.
        fade(active_since(next), missed.min(ALL));
    }
    fade(active(), 1);
}

fn fade(active: u64, intervals: u64) {
    for (average, left) in AVERAGES.iter().zip(FADE) {
        let mut value = average.load(Ordering::Relaxed);
        for _ in 0..intervals {
            value = step(value, left, active * ONE);
        }
        average.store(value, Ordering::Relaxed);
    }
}

/// One interval of an average (`calc_load`).
const fn step(value: u64, left: u64, active: u64) -> u64 {
    let sum = value * left + active * (ONE - left);
    let round = if active >= value { ONE - 1 } else { 0 };
    (sum + round) / ONE
}

/// The averages over one, five and fifteen minutes, in units of [`ONE`].
#[must_use]
pub fn averages() -> [u64; 3] {
    AVERAGES.each_ref().map(|average| average.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::{FADE, ONE, step};

    #[test]
    fn averages_approach_what_is_active() {
        let mut value = 0;
        for _ in 0..12 {
            value = step(value, FADE[0], ONE);
        }
        // After a minute: one minus one through e.
        assert!((value * 100 / ONE).abs_diff(63) <= 1);
        for _ in 0..2000 {
            value = step(value, FADE[0], ONE);
        }
        assert_eq!(value, ONE);
        for _ in 0..2000 {
            value = step(value, FADE[0], 0);
        }
        assert_eq!(value, 0);
    }
}
