//! Requests about sessions, groups and who may have a terminal (ioctl_tty(2)): of all kinds of terminals.

use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::CAP_SYS_ADMIN;
use abi::raw::ioctl::{
    TIOCEXCL, TIOCGDEV, TIOCGEXCL, TIOCGPGRP, TIOCGSID, TIOCNOTTY, TIOCNXCL, TIOCSCTTY, TIOCSPGRP,
    TIOCVHANGUP,
};

use super::Terminal;
use crate::sched;
use crate::task::Thread;
use crate::user::UserPtr;

/// Through what a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Through {
    /// Through the emulator's side.
    pub(super) other_side: bool,
    /// A file that may be read.
    pub(super) readable: bool,
}

/// Does a request, if it is one of these.
pub(super) fn control(
    terminal: &Terminal,
    through: Through,
    request: u32,
    argument: u64,
) -> Option<Result<usize, Errno>> {
    let thread = sched::current()?;
    let outcome = match request {
        TIOCGPGRP | TIOCGSID | TIOCSPGRP | TIOCSCTTY | TIOCNOTTY => {
            of_session(terminal, &thread, through, request, argument)
        }
        TIOCGDEV => UserPtr::new(argument).write(&terminal.number()),
        TIOCEXCL | TIOCNXCL => {
            terminal.is_exclusive.store(request == TIOCEXCL, Ordering::SeqCst);
            Ok(())
        }
        TIOCGEXCL => {
            let is_exclusive = terminal.is_exclusive.load(Ordering::SeqCst);
            UserPtr::new(argument).write(&i32::from(is_exclusive))
        }
        TIOCVHANGUP if !thread.credentials().has_capability(CAP_SYS_ADMIN) => Err(Errno::EPERM),
        TIOCVHANGUP => {
            terminal.hang_up();
            Ok(())
        }
        _ => return None,
    };
    Some(outcome.map(|()| 0))
}

fn of_session(
    terminal: &Terminal,
    thread: &Thread,
    through: Through,
    request: u32,
    argument: u64,
) -> Result<(), Errno> {
    let pointer = UserPtr::<i32>::new(argument);
    match request {
        TIOCGPGRP => pointer.write(&terminal.foreground_for(thread, through.other_side)?),
        TIOCGSID => pointer.write(&terminal.session_for(thread, through.other_side)?),
        TIOCSPGRP => {
            let checked = terminal.check_change();
            checked.map_err(|error| if error == Errno::EIO { Errno::ENOTTY } else { error })?;
            terminal.set_foreground(thread, pointer.read()?)
        }
        TIOCSCTTY => terminal.take(thread, argument == 1, through.readable),
        // The other side is nobody's controlling terminal.
        _ if through.other_side => Err(Errno::ENOTTY),
        _ => terminal.give_up(thread),
    }
}
