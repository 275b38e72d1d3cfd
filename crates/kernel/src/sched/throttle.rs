//! What real-time threads leave to ordinary ones: of each second 50 ms on each processor, if any want it, as on
//! Linux (sched(7), "Limiting the CPU usage of real-time and deadline processes"). A real-time thread that never
//! blocks would keep everybody from ending it else.

use core::sync::atomic::{AtomicU64, Ordering};

/// The time in which real-time threads may have a processor for [`RUNTIME`], in nanoseconds
/// (`/proc/sys/kernel/sched_rt_period_us`).
const PERIOD: u64 = 1_000_000_000;
/// In nanoseconds (`/proc/sys/kernel/sched_rt_runtime_us`).
const RUNTIME: u64 = 950_000_000;

/// How long real-time threads had a processor; that processor alone counts.
pub(super) struct RealtimeUse {
    /// When the period began, in nanoseconds of `CLOCK_MONOTONIC`.
    since: AtomicU64,
    used: AtomicU64,
}

impl RealtimeUse {
    pub(super) const fn new() -> Self {
        Self { since: AtomicU64::new(0), used: AtomicU64::new(0) }
    }

    /// Counts what a real-time thread ran until now.
    pub(super) fn count(&self, ran: u64, now: u64) {
        if now.saturating_sub(self.since.load(Ordering::Relaxed)) >= PERIOD {
            self.since.store(now, Ordering::Relaxed);
            self.used.store(0, Ordering::Relaxed);
        } else {
            self.used.fetch_add(ran, Ordering::Relaxed);
        }
    }

    /// Whether ordinary threads go first until the period ends.
    pub(super) fn is_used_up(&self, now: impl FnOnce() -> u64) -> bool {
        self.used.load(Ordering::Relaxed) >= RUNTIME
            && now().saturating_sub(self.since.load(Ordering::Relaxed)) < PERIOD
    }
}

#[cfg(test)]
mod tests {
    use super::{PERIOD, RUNTIME, RealtimeUse};

    #[test]
    fn a_part_of_each_period_is_left() {
        const STEP: u64 = 10_000_000;
        let realtime = RealtimeUse::new();
        let start = 5 * PERIOD;
        realtime.count(3 * PERIOD, start);
        assert!(!realtime.is_used_up(|| start), "what was before the period does not count");
        for step in 1..=RUNTIME / STEP {
            assert!(!realtime.is_used_up(|| start + (step - 1) * STEP));
            realtime.count(STEP, start + step * STEP);
        }
        assert!(realtime.is_used_up(|| start + RUNTIME));
        assert!(realtime.is_used_up(|| start + PERIOD - 1));
        assert!(!realtime.is_used_up(|| start + PERIOD));
        realtime.count(STEP, start + PERIOD);
        assert!(!realtime.is_used_up(|| start + PERIOD));
    }
}
