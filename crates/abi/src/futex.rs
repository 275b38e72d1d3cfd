//! What futex_waitv(2) and its like exchange with programs.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct futex_waitv`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct FutexWaiter {
    /// What the word must hold.
    pub val: u64,
    /// The address of the word.
    pub uaddr: u64,
    /// `FUTEX2_SIZE_U32`, `FUTEX2_PRIVATE`.
    pub flags: u32,
    /// Zero.
    pub reserved: u32,
}
