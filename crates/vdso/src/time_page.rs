//! What a clock is made of: a moment of the time stamp counter, its rate, and each clock at that moment.

use core::mem::offset_of;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use crate::Base;

const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;
/// How many bits of [`TimePage::multiplier`] lie behind the point.
pub(crate) const SHIFT: u32 = 32;

/// A time, as struct timespec has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Time {
    /// Seconds.
    pub seconds: u64,
    /// Nanoseconds, less than a second.
    pub nanoseconds: u64,
}

impl Time {
    /// So many nanoseconds.
    #[must_use]
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self {
            seconds: nanoseconds / NANOSECONDS_PER_SECOND,
            nanoseconds: nanoseconds % NANOSECONDS_PER_SECOND,
        }
    }
}

/// Every clock at one moment, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bases {
    /// The time stamp counter at that moment.
    pub tsc: u64,
    /// How many ticks later the page must be renewed: at the most 2³⁰.
    pub limit: u64,
    /// Nanoseconds a tick, with 32 bits behind the point: less than 2³³.
    pub multiplier: u64,
    /// `CLOCK_REALTIME`.
    pub realtime: u64,
    /// `CLOCK_MONOTONIC`.
    pub monotonic: u64,
    /// `CLOCK_BOOTTIME`.
    pub boottime: u64,
}

#[repr(C)]
#[derive(Debug, Default)]
struct Stored {
    seconds: AtomicU64,
    nanoseconds: AtomicU64,
}

/// The page, as it lies in memory. All zero, it sends every reader to the kernel.
#[repr(C, align(64))]
#[derive(Debug, Default)]
pub struct TimePage {
    pub(crate) first: AtomicU32,
    pub(crate) second: AtomicU32,
    pub(crate) tsc_base: AtomicU64,
    pub(crate) limit: AtomicU64,
    pub(crate) multiplier: AtomicU64,
    bases: [Stored; 3],
}

impl TimePage {
    /// Where the base of a clock lies: seconds, then nanoseconds.
    pub(crate) const fn base_offset(base: Base) -> usize {
        offset_of!(Self, bases) + base as usize * size_of::<Stored>()
    }

    /// Changes everything at once. Only one writer at a time.
    pub fn publish(&self, bases: &Bases) {
        let number = self.first.load(Ordering::Relaxed).wrapping_add(1);
        self.first.store(number, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        self.tsc_base.store(bases.tsc, Ordering::Relaxed);
        self.limit.store(bases.limit, Ordering::Relaxed);
        self.multiplier.store(bases.multiplier, Ordering::Relaxed);
        for (stored, base) in self.bases.iter().zip([bases.realtime, bases.monotonic, bases.boottime]) {
            let time = Time::from_nanoseconds(base);
            stored.seconds.store(time.seconds, Ordering::Relaxed);
            stored.nanoseconds.store(time.nanoseconds, Ordering::Relaxed);
        }
        self.second.store(number, Ordering::Release);
    }

    /// Nanoseconds of a clock, when `tsc` gives the counter's value; `None` when the page is too old.
    pub fn read(&self, base: Base, mut tsc: impl FnMut() -> u64) -> Option<u64> {
        let stored = self.bases.get(base as usize)?;
        loop {
            let second = self.second.load(Ordering::Acquire);
            let ticks = tsc().wrapping_sub(self.tsc_base.load(Ordering::Relaxed));
            let fresh = ticks < self.limit.load(Ordering::Relaxed);
            let since = ticks.wrapping_mul(self.multiplier.load(Ordering::Relaxed)) >> SHIFT;
            let seconds = stored.seconds.load(Ordering::Relaxed);
            let nanoseconds = stored.nanoseconds.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if self.first.load(Ordering::Relaxed) == second {
                let now = seconds.wrapping_mul(NANOSECONDS_PER_SECOND).wrapping_add(nanoseconds);
                return fresh.then_some(now.wrapping_add(since));
            }
            core::hint::spin_loop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bases, TimePage};
    use crate::Base;

    const BASES: Bases = Bases {
        tsc: 1000,
        limit: 100,
        multiplier: 3 << 31,
        realtime: 5_999_999_999,
        monotonic: 7,
        boottime: 9,
    };

    #[test]
    fn an_empty_page_answers_nothing() {
        assert_eq!(TimePage::default().read(Base::Monotonic, || 5), None);
    }

    #[test]
    fn clocks_go_on_from_their_bases_until_the_limit() {
        let page = TimePage::default();
        page.publish(&BASES);
        assert_eq!(page.read(Base::Monotonic, || 1010), Some(22));
        assert_eq!(page.read(Base::Realtime, || 1002), Some(6_000_000_002));
        assert_eq!(page.read(Base::Boottime, || 1000), Some(9));
        assert_eq!(page.read(Base::Boottime, || 1100), None);
        // Before the base, as seen from a processor whose counter is a little behind.
        assert_eq!(page.read(Base::Boottime, || 999), None);
    }

    #[test]
    fn a_reader_that_meets_a_writer_begins_anew() {
        let page = TimePage::default();
        page.publish(&BASES);
        let mut calls = 0;
        let read = page.read(Base::Monotonic, || {
            calls += 1;
            if calls == 1 {
                page.publish(&Bases { tsc: 2000, monotonic: 1_000_000, ..BASES });
            }
            2002
        });
        assert_eq!((read, calls), (Some(1_000_003), 2));
    }
}
