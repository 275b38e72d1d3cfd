//! Locks for a kernel that is not preempted, and what one thread may use without them.
//!
//! Principles: a lock is held for a short, bounded time and never while its holder waits for anything
//! but another such lock; waiting spins, then gives the processor away through [`set_relax`], because a
//! virtual processor that holds the lock may itself have been descheduled by the host.
//! The safe types are [`lock_api`]'s; only the raw words are ours.

#![no_std]

extern crate alloc;

mod arc_table;
mod borrow;
mod once;
mod owned_arc;
mod relax;
mod spin;

pub use arc_table::{ArcTable, Changes, Places, Removed};
pub use borrow::{Borrowed, Borrows, Running};
pub use once::Once;
pub use owned_arc::OwnedArc;
pub use relax::{relax, set_relax};
pub use spin::RawSpinLock;

/// A mutual exclusion lock that spins.
pub type SpinLock<T> = lock_api::Mutex<RawSpinLock, T>;
/// The guard of a [`SpinLock`].
pub type SpinGuard<'a, T> = lock_api::MutexGuard<'a, RawSpinLock, T>;
