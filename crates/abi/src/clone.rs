//! clone3(2).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct clone_args` as of its third version (88 bytes).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[expect(missing_docs, reason = "the names are clone(2)'s")]
pub struct CloneArguments {
    pub flags: u64,
    pub pidfd: u64,
    pub child_tid: u64,
    pub parent_tid: u64,
    pub exit_signal: u64,
    pub stack: u64,
    pub stack_size: u64,
    pub tls: u64,
    pub set_tid: u64,
    pub set_tid_size: u64,
    pub cgroup: u64,
}

/// The size of the first version of [`CloneArguments`] (`CLONE_ARGS_SIZE_VER0`).
pub const CLONE_ARGUMENTS_SIZE_FIRST: usize = 64;
