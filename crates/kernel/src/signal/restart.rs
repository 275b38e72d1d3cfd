//! Calls that a signal interrupted: start again, or give `EINTR` (signal(7), "Interruption of system
//! calls").

use abi::Errno;
use abi::signal::SA_RESTART;
use arch::RegisterFrame;

use crate::syscalls::{Current, Outcome, number};

/// The internal error with which the frame's system call ended, if that is so.
fn error(frame: &RegisterFrame) -> Option<Errno> {
    if !frame.is_syscall() {
        return None;
    }
    let error = Errno::from_register(frame.result()).err()?;
    error.is_restart().then_some(error)
}

/// A handler runs first: the call is started again behind it, or gives `EINTR`.
pub(super) fn before_handler(frame: &mut RegisterFrame, flags: u64) {
    match error(frame) {
        None => {}
        Some(Errno::ERESTARTNOINTR) => frame.restart(frame.syscall_number()),
        Some(Errno::ERESTARTSYS) if flags & SA_RESTART != 0 => frame.restart(frame.syscall_number()),
        Some(_) => frame.set_result(Errno::EINTR.to_register()),
    }
}

/// No handler runs: the call is started again, or goes on through restart_syscall(2).
pub(super) fn without_handler(frame: &mut RegisterFrame) {
    match error(frame) {
        None => {}
        Some(Errno::ERESTART_RESTARTBLOCK) => frame.restart(number::restart_syscall),
        Some(_) => frame.restart(frame.syscall_number()),
    }
}

/// restart_syscall(2): goes on with the call that was interrupted.
pub fn restart_syscall(current: &Current<'_>) -> Outcome {
    match current.take_restart() {
        Some(restart) => restart(current),
        None => Outcome::Error(Errno::EINTR),
    }
}
