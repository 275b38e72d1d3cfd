//! Who may look into another process (ptrace(2), "Ptrace access mode checking").

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::CAP_SYS_PTRACE;

use super::Thread;
use crate::sched;

/// Which of the asking thread's identities counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The real ones, for system calls (`PTRACE_MODE_REALCREDS`).
    Real,
    /// Those for access to files (`PTRACE_MODE_FSCREDS`).
    Files,
}

/// Fails unless a thread may look into another one, or change it.
///
/// # Errors
/// `EPERM`.
pub fn check(asking: &Thread, other: &Thread, identity: Identity) -> Result<(), Errno> {
    if Arc::ptr_eq(asking.process(), other.process()) {
        return Ok(());
    }
    let (own, theirs) = (asking.credentials(), other.credentials());
    let (uid, gid) = match identity {
        Identity::Real => (own.uid, own.gid),
        Identity::Files => (own.fsuid, own.fsgid),
    };
    let is_same = [theirs.uid, theirs.euid, theirs.suid].iter().all(|&other| other == uid)
        && [theirs.gid, theirs.egid, theirs.sgid].iter().all(|&other| other == gid);
    let has_all = theirs.permitted & !own.effective == 0;
    let is_open = other.process().attributes.dumpable.load(Ordering::Relaxed) == 1;
    if is_same && has_all && is_open || own.has_capability(CAP_SYS_PTRACE) {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

/// As [`check`], of the running thread, for a file in /proc.
///
/// # Errors
/// `EACCES`.
pub fn check_file(other: &Thread) -> Result<(), Errno> {
    let asking = sched::current().ok_or(Errno::EACCES)?;
    check(&asking, other, Identity::Files).map_err(|_| Errno::EACCES)
}
