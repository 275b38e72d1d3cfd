//! The alternate stack (sigaltstack(2)).

use abi::Errno;
use abi::signal::{MINSIGSTKSZ, SS_AUTODISARM, SS_DISABLE, SS_ONSTACK, SignalStack};

use crate::syscalls::Current;
use crate::task::Thread;
use crate::user::UserPtr;

/// Whether the stack pointer lies in the stack (Linux's `__on_sig_stack`).
pub(super) const fn contains(stack: &SignalStack, stack_pointer: u64) -> bool {
    stack_pointer > stack.ss_sp && stack_pointer - stack.ss_sp <= stack.ss_size
}

/// Whether the program runs on it; a stack that disarms itself is never in use.
pub(super) const fn is_on(stack: &SignalStack, stack_pointer: u64) -> bool {
    stack.ss_flags & SS_AUTODISARM == 0 && contains(stack, stack_pointer)
}

/// `SS_DISABLE`, `SS_ONSTACK`, or 0 when it is there and not in use.
pub(super) const fn state(stack: &SignalStack, stack_pointer: u64) -> i32 {
    if stack.ss_size == 0 {
        SS_DISABLE
    } else if is_on(stack, stack_pointer) {
        SS_ONSTACK
    } else {
        0
    }
}

/// Gives the thread another alternate stack.
///
/// # Errors
/// `EPERM` while the program runs on the present one, `EINVAL` for unknown flags, `ENOMEM` when it is too
/// small.
pub(super) fn set(thread: &Thread, new: &SignalStack, stack_pointer: u64) -> Result<(), Errno> {
    let mut own = thread.signals.lock();
    if is_on(&own.stack, stack_pointer) {
        return Err(Errno::EPERM);
    }
    let mode = new.ss_flags & !SS_AUTODISARM;
    if !matches!(mode, SS_DISABLE | SS_ONSTACK | 0) {
        return Err(Errno::EINVAL);
    }
    let (ss_sp, ss_size) = if mode == SS_DISABLE { (0, 0) } else { (new.ss_sp, new.ss_size) };
    if mode != SS_DISABLE && ss_size < MINSIGSTKSZ {
        return Err(Errno::ENOMEM);
    }
    own.stack = SignalStack { ss_sp, ss_size, ss_flags: new.ss_flags, padding: 0 };
    Ok(())
}

/// sigaltstack(2).
///
/// # Errors
/// As `set`, and `EFAULT`.
pub fn sigaltstack(
    current: &Current<'_>,
    new: UserPtr<SignalStack>,
    old: UserPtr<SignalStack>,
) -> Result<(), Errno> {
    let wanted = new.non_null().map(UserPtr::read).transpose()?;
    let stack_pointer = current.registers().stack_pointer();
    let before = current.signals.lock().stack;
    if let Some(wanted) = wanted {
        set(current, &wanted, stack_pointer)?;
    }
    let ss_flags = state(&before, stack_pointer) | (before.ss_flags & SS_AUTODISARM);
    old.write_if_given(&SignalStack { ss_flags, ..before })
}
