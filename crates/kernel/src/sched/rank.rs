//! Who runs before whom: what a thread's policy and priority mean to the scheduler (sched(7)).

/// `SCHED_OTHER`: a fair share by nice value.
pub const SCHED_OTHER: u32 = 0;
/// `SCHED_FIFO`: before all of less priority, until it blocks.
pub const SCHED_FIFO: u32 = 1;
/// `SCHED_RR`: as `SCHED_FIFO`, but those of the same priority take turns.
pub const SCHED_RR: u32 = 2;
/// `SCHED_BATCH`: as `SCHED_OTHER`.
pub const SCHED_BATCH: u32 = 3;
/// `SCHED_IDLE`: as `SCHED_OTHER` with next to no share.
pub const SCHED_IDLE: u32 = 5;
/// `SCHED_DEADLINE`: before all others.
pub const SCHED_DEADLINE: u32 = 6;

/// How long a thread of `SCHED_RR` runs while another one of its priority waits, in nanoseconds
/// (`/proc/sys/kernel/sched_rr_timeslice_ms`).
pub const ROUND_ROBIN_SLICE: u64 = 100_000_000;
/// How long another thread runs while one waits, in nanoseconds.
pub const SLICE: u64 = 3_000_000;

/// The share of nice value 0.
const ORDINARY_WEIGHT: u64 = 1024;
/// The share of `SCHED_IDLE`.
const IDLE_WEIGHT: u64 = 3;
/// Shares by nice value, from −20 on: each step is a quarter more or a fifth less.
const WEIGHTS: [u64; 40] = weights();

#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and refuses what is out of bounds")]
const fn weights() -> [u64; 40] {
    let mut weights = [0; 40];
    // 1024 × 1.25²⁰, and 16 bits of fraction.
    let mut weight = 88_818 << 16;
    let mut step = 0;
    while step < weights.len() {
        weights[step] = (weight + (1 << 15)) >> 16;
        weight = weight * 4 / 5;
        step += 1;
    }
    weights
}

/// Threads of a class run before those of all later ones. An idle processor's class comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class(u8);

impl Class {
    /// The one before all others.
    pub const DEADLINE: Self = Self(0);
    /// Those that share what is left.
    pub const FAIR: Self = Self(100);
    /// Nobody.
    pub const IDLE: Self = Self(101);

    /// The class as a number, for an atomic cell.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The class with a number that [`number`](Self::number) gave.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        Self(number)
    }
}

/// What the scheduler knows of a thread's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// Its class.
    pub class: Class,
    /// Its share among the fair ones.
    weight: u64,
    /// How long it runs while one of its class waits, in nanoseconds; `None` until it blocks.
    pub slice: Option<u64>,
}

impl Rank {
    /// That of `SCHED_OTHER` at nice 0.
    pub const ORDINARY: Self = Self { class: Class::FAIR, weight: ORDINARY_WEIGHT, slice: Some(SLICE) };

    /// That of a processor's idle thread.
    pub const IDLE: Self = Self { class: Class::IDLE, weight: ORDINARY_WEIGHT, slice: None };

    /// What a policy, a real-time priority (1 to 99) and a nice value (−20 to 19) mean.
    #[must_use]
    pub fn new(policy: u32, priority: u32, nice: i32) -> Self {
        let realtime = Class(100 - u8::try_from(priority.clamp(1, 99)).unwrap_or(99));
        let (class, weight, slice) = match policy {
            SCHED_FIFO => (realtime, ORDINARY_WEIGHT, None),
            SCHED_RR => (realtime, ORDINARY_WEIGHT, Some(ROUND_ROBIN_SLICE)),
            SCHED_DEADLINE => (Class::DEADLINE, ORDINARY_WEIGHT, None),
            SCHED_IDLE => (Class::FAIR, IDLE_WEIGHT, Some(SLICE)),
            _ => {
                let step = usize::try_from(nice + 20).unwrap_or(0);
                let weight = WEIGHTS.get(step).copied().unwrap_or(ORDINARY_WEIGHT);
                (Class::FAIR, weight, Some(SLICE))
            }
        };
        Self { class, weight, slice }
    }

    /// Virtual time that passes for such a thread while it runs, in nanoseconds: less than real time, the larger
    /// its share is.
    #[must_use]
    pub fn virtual_time(self, ran: u64) -> u64 {
        virtual_time(self.weight, ran)
    }

    /// Its share among the fair ones.
    pub(super) const fn weight(self) -> u64 {
        self.weight
    }
}

/// As [`Rank::virtual_time`], for a share.
pub(super) fn virtual_time(weight: u64, ran: u64) -> u64 {
    if weight == ORDINARY_WEIGHT {
        return ran;
    }
    let time = u128::from(ran) * u128::from(ORDINARY_WEIGHT) / u128::from(weight.max(1));
    u64::try_from(time).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Class, Rank, SCHED_DEADLINE, SCHED_FIFO, SCHED_IDLE, SCHED_OTHER, SCHED_RR};

    #[test]
    fn classes_are_in_order() {
        let of = |policy, priority| Rank::new(policy, priority, 0).class;
        let ordered = [
            of(SCHED_DEADLINE, 0),
            of(SCHED_FIFO, 99),
            of(SCHED_RR, 98),
            of(SCHED_FIFO, 1),
            of(SCHED_OTHER, 0),
            Class::IDLE,
        ];
        assert!(ordered.is_sorted_by(|before, after| before < after));
        assert_eq!(of(SCHED_IDLE, 0), of(SCHED_OTHER, 0));
    }

    #[test]
    fn a_nice_step_is_a_quarter() {
        let weight = |nice| Rank::new(SCHED_OTHER, 0, nice).weight;
        assert_eq!(weight(0), 1024);
        assert_eq!(weight(19), 15);
        for nice in -20..10 {
            let (more, less) = (weight(nice), weight(nice + 1));
            assert!((more * 100).abs_diff(less * 125) < less * 2, "{nice}: {more} {less}");
        }
        assert_eq!(Rank::new(SCHED_OTHER, 0, 5).virtual_time(336), 1024);
    }
}
