//! Waiting for signals.

use abi::Errno;
use abi::siginfo::SigInfo;
use abi::signal::SignalSet;
use abi::time::Timespec;

use super::actions::check_size;
use crate::machine::monotonic;
use crate::sched::{WaitError, block_until};
use crate::signal::{take_signal, with_mask};
use crate::syscalls::Current;
use crate::user::UserPtr;

/// Waits until a signal is handled.
fn wait_for_handler() -> Result<(), Errno> {
    match block_until::<()>(None, true, || None) {
        Ok(()) | Err(_) => Err(Errno::ERESTARTNOHAND),
    }
}

/// pause(2).
///
/// # Errors
/// `EINTR`, always.
pub fn pause(_: &Current<'_>) -> Result<(), Errno> {
    wait_for_handler()
}

/// rt_sigsuspend(2).
///
/// # Errors
/// `EINTR` after a handler ran; `EINVAL` for a wrong size; `EFAULT`.
pub fn rt_sigsuspend(current: &Current<'_>, mask: UserPtr<SignalSet>, size: usize) -> Result<(), Errno> {
    check_size(size)?;
    let mask = mask.read()?;
    with_mask(current, Some(mask), wait_for_handler)
}

/// rt_sigtimedwait(2).
///
/// # Errors
/// `EAGAIN` when none of the signals came in time, `EINTR` when another one did; `EINVAL`; `EFAULT`.
pub fn rt_sigtimedwait(
    current: &Current<'_>,
    wanted: UserPtr<SignalSet>,
    target: UserPtr<SigInfo>,
    timeout: UserPtr<Timespec>,
    size: usize,
) -> Result<i32, Errno> {
    check_size(size)?;
    let wanted = wanted.read()?.difference(SignalSet::UNBLOCKABLE);
    let timeout = timeout.non_null().map(UserPtr::read).transpose()?;
    let timeout = timeout.map(Timespec::to_nanoseconds).transpose()?;
    let info = match take_signal(current, wanted) {
        Some(info) => info,
        None if timeout == Some(0) => return Err(Errno::EAGAIN),
        None => wait_for(current, wanted, timeout)?,
    };
    target.write_if_given(&info)?;
    Ok(info.si_signo)
}

fn wait_for(current: &Current<'_>, wanted: SignalSet, timeout: Option<u64>) -> Result<SigInfo, Errno> {
    let deadline = timeout.map(|timeout| monotonic().saturating_add(timeout));
    current.signals.lock().awaited = wanted;
    let outcome = block_until(deadline, true, || take_signal(current, wanted));
    current.signals.lock().awaited = SignalSet::EMPTY;
    outcome.map_err(|error| match error {
        WaitError::TimedOut => Errno::EAGAIN,
        WaitError::Interrupted => Errno::EINTR,
    })
}
