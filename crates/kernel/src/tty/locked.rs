//! Settings that programs cannot change while an administrator holds them (`TIOCSLCKTRMIOS`, ioctl_tty(2)).

use abi::Errno;
use abi::raw::general::CAP_SYS_ADMIN;
use abi::raw::ioctl::{TIOCGLCKTRMIOS, TIOCSLCKTRMIOS};
use abi::termios::Termios;
use zerocopy::FromZeros;

use super::modes::{read_prefix, write_prefix};
use super::pty::Pty;
use super::terminal::Terminal;
use crate::sched;

/// What is held: the modes whose bits are set, and what is not zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Locked(Termios);

impl Default for Locked {
    fn default() -> Self {
        Self(Termios::new_zeroed())
    }
}

impl Locked {
    /// The settings that come of what a program wants.
    pub(super) fn hold(&self, before: &Termios, mut wanted: Termios) -> Termios {
        let bits = |old: u32, new: u32, held: u32| (new & !held) | (old & held);
        wanted.c_iflag = bits(before.c_iflag, wanted.c_iflag, self.0.c_iflag);
        wanted.c_oflag = bits(before.c_oflag, wanted.c_oflag, self.0.c_oflag);
        wanted.c_cflag = bits(before.c_cflag, wanted.c_cflag, self.0.c_cflag);
        wanted.c_lflag = bits(before.c_lflag, wanted.c_lflag, self.0.c_lflag);
        if self.0.c_line != 0 {
            wanted.c_line = before.c_line;
        }
        let characters = wanted.c_cc.iter_mut().zip(before.c_cc).zip(self.0.c_cc);
        for ((place, old), _) in characters.filter(|(_, held)| *held != 0) {
            *place = old;
        }
        wanted
    }
}

/// Does a request, if it is one of these.
pub(super) fn control(
    terminal: &Terminal,
    pty: &Pty,
    request: u32,
    argument: u64,
) -> Option<Result<usize, Errno>> {
    let held = pty.look(|state| state.locked.0);
    let outcome = match request {
        TIOCGLCKTRMIOS => write_prefix(argument, &held),
        TIOCSLCKTRMIOS => change(terminal, pty, argument, &held),
        _ => return None,
    };
    Some(outcome.map(|()| 0))
}

fn change(terminal: &Terminal, pty: &Pty, argument: u64, before: &Termios) -> Result<(), Errno> {
    let thread = sched::current().ok_or(Errno::EIO)?;
    if !thread.credentials().has_capability(CAP_SYS_ADMIN) {
        return Err(Errno::EPERM);
    }
    let held = Locked(read_prefix(argument, before)?);
    terminal.change(pty, |state| state.locked = held);
    Ok(())
}
