//! Where things lie in a program's address space, and how much of that is chance.

use core::ops::Range;

use super::{PAGE_SIZE, page_floor};
use crate::machine::machine;

/// Pages that stay free below a mapping that grows down (`stack_guard_gap`).
pub(super) const STACK_GUARD_GAP: u64 = 256 * PAGE_SIZE;
/// Random bits of the mmap base (`vm.mmap_rnd_bits`), in pages.
const MMAP_RANDOM_BITS: u32 = 28;
/// Random bits of the stack's top (`STACK_RND_MASK`), in pages.
const STACK_RANDOM_BITS: u32 = 22;
/// How far the program break may be moved from the end of the program.
const BRK_RANDOM_SIZE: u64 = 1 << 30;

/// The places that are chosen once for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Whether places are random.
    pub randomize: bool,
    /// Mappings are placed downwards from here.
    pub mmap_base: u64,
    /// Where upward placement starts, when there is no room below [`mmap_base`](Self::mmap_base).
    pub legacy_base: u64,
    /// The end of the stack.
    pub stack_top: u64,
}

impl Layout {
    /// Places for a program with this `RLIMIT_STACK`; not random with `ADDR_NO_RANDOMIZE`
    /// (personality(2)). As `arch_pick_mmap_layout` does.
    #[must_use]
    pub fn new(user: &Range<u64>, randomize: bool, stack_limit: u64) -> Self {
        let random = |bits| if randomize { random_pages(bits) } else { 0 };
        let stack_top = page_floor(user.end).saturating_sub(random(STACK_RANDOM_BITS));
        let mmap_random = random(MMAP_RANDOM_BITS);
        let stack_random = if randomize { PAGE_SIZE << STACK_RANDOM_BITS } else { 0 };
        let gap =
            stack_limit.saturating_add(stack_random + STACK_GUARD_GAP).clamp(128 << 20, user.end / 6 * 5);
        Self {
            randomize,
            mmap_base: page_floor(user.end.saturating_sub(gap).saturating_sub(mmap_random)),
            legacy_base: page_floor(user.end / 3).saturating_add(mmap_random),
            stack_top,
        }
    }

    /// A program break at or, when random, somewhere behind `end`.
    #[must_use]
    pub fn break_behind(&self, end: u64) -> u64 {
        if !self.randomize {
            return end;
        }
        page_floor(end.saturating_add(random_below(BRK_RANDOM_SIZE)))
    }
}

/// A random number of whole pages, in bytes, of `bits` random bits.
#[must_use]
pub fn random_pages(bits: u32) -> u64 {
    random_below(1 << bits) * PAGE_SIZE
}

/// A random number below a power of two (or, slightly uneven, below anything).
#[must_use]
pub fn random_below(limit: u64) -> u64 {
    let mut bytes = [0; 8];
    machine().random(&mut bytes);
    u64::from_le_bytes(bytes) % limit.max(1)
}
