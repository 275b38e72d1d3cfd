//! What a program says about its signals: actions, the mask, what is pending.

use abi::Errno;
use abi::signal::{SA_KNOWN_FLAGS, SIGSET_SIZE, SigAction, Signal, SignalSet};

use crate::syscalls::Current;
use crate::user::UserPtr;

/// `SIG_BLOCK`, `SIG_UNBLOCK`, `SIG_SETMASK`.
const BLOCK: i32 = 0;
const UNBLOCK: i32 = 1;
const SET: i32 = 2;

/// Refuses sets of another size than the kernel's.
pub(super) const fn check_size(size: usize) -> Result<(), Errno> {
    if size == SIGSET_SIZE { Ok(()) } else { Err(Errno::EINVAL) }
}

/// rt_sigaction(2).
///
/// # Errors
/// `EINVAL` for a number that is none, or whose action is fixed; `EFAULT`.
pub fn rt_sigaction(
    current: &Current<'_>,
    number: i32,
    new: UserPtr<SigAction>,
    old: UserPtr<SigAction>,
    size: usize,
) -> Result<(), Errno> {
    check_size(size)?;
    let new = new.non_null().map(UserPtr::read).transpose()?;
    let signal = Signal::new(number).ok_or(Errno::EINVAL)?;
    let mut before = current.process().signals.lock().handlers().get(signal);
    if let Some(mut action) = new {
        if SignalSet::UNBLOCKABLE.contains(signal) {
            return Err(Errno::EINVAL);
        }
        // Programs find out by this what a kernel supports.
        action.flags &= SA_KNOWN_FLAGS;
        action.mask = action.mask.difference(SignalSet::UNBLOCKABLE);
        before = set_action(current, signal, action);
    }
    old.write_if_given(&before)
}

/// Sets an action; a signal that is now ignored is pending no more (POSIX 3.3.1.3).
fn set_action(current: &Current<'_>, signal: Signal, action: SigAction) -> SigAction {
    let process = current.process();
    let mut shared = process.signals.lock();
    let before = shared.handlers.replace(signal, action);
    if shared.handlers.ignores(signal) {
        let forgotten = SignalSet::of(&[signal]);
        shared.pending.flush(forgotten);
        for thread in process.threads() {
            thread.signals.lock().pending.flush(forgotten);
        }
    }
    before
}

/// rt_sigprocmask(2).
///
/// # Errors
/// `EINVAL` for an unknown way to change the mask or a wrong size; `EFAULT`.
pub fn rt_sigprocmask(
    current: &Current<'_>,
    how: i32,
    new: UserPtr<SignalSet>,
    old: UserPtr<SignalSet>,
    size: usize,
) -> Result<(), Errno> {
    check_size(size)?;
    let before = current.signal_mask();
    if let Some(set) = new.non_null().map(UserPtr::read).transpose()? {
        let mask = match how {
            BLOCK => before.union(set),
            UNBLOCK => before.difference(set),
            SET => set,
            _ => return Err(Errno::EINVAL),
        };
        current.set_signal_mask(mask);
    }
    old.write_if_given(&before)
}

/// rt_sigpending(2).
///
/// # Errors
/// `EINVAL` when the size is larger than a set; `EFAULT`.
pub fn rt_sigpending(current: &Current<'_>, target: UserPtr<u8>, size: usize) -> Result<(), Errno> {
    let pending = {
        let shared = current.process().signals.lock();
        let own = current.signals.lock();
        own.pending().union(shared.pending()).intersection(own.mask())
    };
    let bytes = pending.bits().to_le_bytes();
    // Linux takes a shorter set here, for whatever reason.
    target.write_array(bytes.get(..size).ok_or(Errno::EINVAL)?)
}
