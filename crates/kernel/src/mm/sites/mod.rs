//! System call sites: a `syscall` instruction that trapped becomes a jump to the kernel where that is
//! provably the same (`docs/decisions/0002-patched-sites.md`).
//!
//! The crate `rewrite` plans; this carries the plans out while other threads run, keeps what was done,
//! takes it back when the text changes, and hides it: whatever a program sees of an instruction pointer is
//! its own code's.
//!
//! | module | what it holds |
//! |---|---|
//! | `look` | from a trap to a plan |
//! | `functions` | where the function begins that a site is in |
//! | `room` | memory for stubs, in reach of the text |
//! | `write` | writing a patch, and taking it back |
//! | `registry` | all patches of one memory |
//! | `forget` | what happens to them when the memory changes |
//! | `hide` | instruction pointers, faults and single steps |
//! | `records` | what there is to tell about each site |
//!
//! Locks: patches are written and taken back under the lock of the books; the registry has a spinning lock
//! of its own, inside of that one, so that a trap finds its way without waiting.

mod forget;
mod functions;
mod hide;
mod look;
mod records;
mod registry;
mod room;
#[cfg(test)]
mod tests;
mod write;

pub(super) use forget::TextChange;
pub(crate) use functions::read_file;
pub use hide::{hide, resolve_fault, show};
pub use look::{JumpFrom, jumped, look};
pub use records::{Fate, Reason, Record, are_observed, observe, records};
pub(super) use registry::Sites;

/// The name of memory for stubs, as /proc/self/maps shows it.
const AREA_NAME: &str = "[trapless]";
/// Bytes of memory for stubs that are mapped at once. Wherever it lies, it has a place for every stub whose
/// address depends on one byte of its jump.
const AREA_SIZE: u64 = 64 << 10;
