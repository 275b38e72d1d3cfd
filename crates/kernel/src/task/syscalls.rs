//! System calls about threads and processes.

pub mod accounting;
pub mod arch_prctl;
pub mod capabilities;
pub mod children;
pub mod compare;
pub mod identity;
pub mod prctl;
pub mod relations;
pub mod scheduling;
pub mod unshare;

use core::sync::atomic::Ordering;

use super::{ExitStatus, exit_thread};
use crate::syscalls::{Current, Outcome};
use crate::user::UserPtr;

/// getpid(2).
pub fn getpid(current: &Current<'_>) -> i32 {
    current.process().pid()
}

/// gettid(2).
pub fn gettid(current: &Current<'_>) -> i32 {
    current.tid()
}

/// set_tid_address(2).
pub fn set_tid_address(current: &Current<'_>, pointer: UserPtr<i32>) -> i32 {
    current.clear_child_tid.store(pointer.address(), Ordering::Relaxed);
    current.tid()
}

/// exit(2), the system call: ends the thread.
pub fn exit(current: &Current<'_>, status: i32) -> Outcome {
    exit_thread(current.thread(), status_of(status));
    Outcome::Replaced
}

/// exit_group(2).
pub fn exit_group(current: &Current<'_>, status: i32) -> Outcome {
    super::exit_group(current.process(), status_of(status));
    Outcome::Replaced
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "exit(3): the low eight bits")]
const fn status_of(status: i32) -> ExitStatus {
    ExitStatus::Exited(status as u8)
}
