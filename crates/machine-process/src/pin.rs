//! Keeping a processor's host threads on one core while it is handed over often.
//!
//! The host wakes a thread on an idle core when there is one, which takes it tens of microseconds; on the core of
//! whoever wakes it and goes to sleep it takes two or three. So the host threads of a processor that goes from
//! address space to address space many times a millisecond are tied to the core that it is on. That holds for
//! [`SPELL`] only: then the host may choose again, because something else may want the core, too.

use core::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use abi::Errno;
use kernel::machine::MachineClock;
use sync::Once;

use crate::clock;
use crate::host::affinity::{self, CpuMask};
use crate::processor::Processor;
use crate::seat::Seat;

/// Two hand-overs within this time are frequent ones, in nanoseconds.
const FREQUENT: u64 = 1_000_000;
/// How long a processor stays on a core, in nanoseconds.
const SPELL: u64 = 10_000_000;
/// No core in particular.
const ANYWHERE: i32 = -1;

/// The cores that the world may use.
static ALLOWED: Once<CpuMask> = Once::new();

/// Learns which cores the world may use.
///
/// # Errors
/// What the host says.
pub(crate) fn initialize() -> Result<(), Errno> {
    let _ = ALLOWED.set(affinity::get()?);
    Ok(())
}

/// The core that a host thread is tied to.
#[derive(Debug)]
pub(crate) struct Tie(AtomicI32);

impl Tie {
    /// Not tied.
    pub(crate) const fn new() -> Self {
        Self(AtomicI32::new(ANYWHERE))
    }

    /// Takes over what a new host thread has inherited from the one that made it.
    pub(crate) fn inherit(&self, maker: &Self) {
        self.0.store(maker.0.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// The core that a processor is kept on.
#[derive(Debug)]
pub(crate) struct Pin {
    core: AtomicI32,
    /// Since when, and when the processor was handed over last, in nanoseconds of `CLOCK_MONOTONIC`.
    since: AtomicU64,
    handed: AtomicU64,
    /// The time between the last two hand-overs.
    gap: AtomicU64,
}

fn now() -> u64 {
    clock::now(MachineClock::Monotonic)
}

/// Ties a host thread to a core, or to none.
fn tie(seat: &Seat, core: i32) {
    let Some(allowed) = ALLOWED.get() else { return };
    if seat.tie().0.swap(core, Ordering::Relaxed) == core {
        return;
    }
    let one = usize::try_from(core).ok().map(CpuMask::of);
    // The host may have taken the core away meanwhile: then the thread stays where it is.
    let _ = affinity::set(seat.thread(), one.as_ref().unwrap_or(allowed));
}

impl Pin {
    /// Kept nowhere.
    pub(crate) const fn new() -> Self {
        Self {
            core: AtomicI32::new(ANYWHERE),
            since: AtomicU64::new(0),
            handed: AtomicU64::new(0),
            gap: AtomicU64::new(u64::MAX),
        }
    }

    /// The processor is about to be handed to a seat.
    pub(crate) fn hand_over(&self, target: &Seat) {
        let now = now();
        let gap = now.saturating_sub(self.handed.swap(now, Ordering::Relaxed));
        self.gap.store(gap, Ordering::Relaxed);
        if gap > FREQUENT || now.saturating_sub(self.since.load(Ordering::Relaxed)) > SPELL {
            self.core.store(ANYWHERE, Ordering::Relaxed);
        }
        tie(target, self.core.load(Ordering::Relaxed));
    }

    /// The processor was handed to a seat, whose host thread runs this: where the host woke it, it stays for a
    /// while.
    pub(crate) fn taken_over(&self, processor: &Processor, own: &Seat) {
        if self.gap.load(Ordering::Relaxed) > FREQUENT {
            return;
        }
        let now = now();
        if self.core.load(Ordering::Relaxed) == ANYWHERE {
            let Some(core) = affinity::current_core() else { return };
            self.core.store(core, Ordering::Relaxed);
            self.since.store(now, Ordering::Relaxed);
            tie(own, core);
        }
        processor.set_timer(Some(now.saturating_add(SPELL)));
    }

    /// A program was interrupted: a thread that has run alone for a while may go elsewhere. Not for interrupt
    /// handlers, because the clock has a lock.
    pub(crate) fn review(&self, own: &Seat) {
        let is_tied = own.tie().0.load(Ordering::Relaxed) != ANYWHERE;
        if is_tied && now().saturating_sub(self.handed.load(Ordering::Relaxed)) >= SPELL / 2 {
            self.core.store(ANYWHERE, Ordering::Relaxed);
            tie(own, ANYWHERE);
        }
    }
}
