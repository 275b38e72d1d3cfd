//! Requests that show and change settings (termios(3), ioctl_tty(2)).

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::ioctl::{
    TCGETA, TCGETS, TCGETS2, TCSETA, TCSETAF, TCSETAW, TCSETS, TCSETS2, TCSETSF, TCSETSF2, TCSETSW, TCSETSW2,
};
use abi::termios::{TERMIOS_SIZE, Termio, Termios};
use zerocopy::IntoBytes;

use super::pty::Pty;
use super::settings::Settings;
use super::terminal::Terminal;
use crate::user::{self, UserPtr};

/// Does a request, if it is one of these.
pub(super) fn control(
    terminal: &Arc<Terminal>,
    pty: &Pty,
    request: u32,
    argument: u64,
) -> Option<Result<usize, Errno>> {
    let termios = || *pty.look(|state| *state.line.settings()).termios();
    let outcome = match request {
        TCGETS => write_prefix(argument, &termios()),
        TCGETS2 => UserPtr::new(argument).write(&termios()),
        TCGETA => UserPtr::new(argument).write(&termios().to_old()),
        _ => change(terminal, pty, request, argument)?,
    };
    Some(outcome.map(|()| 0))
}

/// Changes settings; those requests that wait for output have nothing to wait for.
fn change(terminal: &Terminal, pty: &Pty, request: u32, argument: u64) -> Option<Result<(), Errno>> {
    let before = *pty.look(|state| *state.line.settings()).termios();
    let read: fn(u64, &Termios) -> Result<Termios, Errno> = match request {
        TCSETS | TCSETSW | TCSETSF => read_prefix,
        TCSETS2 | TCSETSW2 | TCSETSF2 => |argument, _| UserPtr::<Termios>::new(argument).read(),
        TCSETA | TCSETAW | TCSETAF => {
            |argument, before| UserPtr::<Termio>::new(argument).read().map(|old| before.with_old(&old))
        }
        _ => return None,
    };
    let flushes = matches!(request, TCSETSF | TCSETSF2 | TCSETAF);
    let new = terminal.check_change().and_then(|()| read(argument, &before));
    Some(new.map(|termios| {
        terminal.change(pty, |state| {
            if flushes {
                state.line.flush_input();
            }
            let termios = state.locked.hold(state.line.settings().termios(), termios);
            state.line.set_settings(Settings::of_program(termios));
        });
        pty.wake();
    }))
}

/// `struct termios` is `struct termios2` without its end.
pub(super) fn write_prefix(argument: u64, termios: &Termios) -> Result<(), Errno> {
    let bytes = termios.as_bytes().get(..TERMIOS_SIZE).unwrap_or_default();
    whole(user::write_bytes(argument, bytes)?)
}

/// As [`write_prefix`]; what the program does not write stays as before.
pub(super) fn read_prefix(argument: u64, before: &Termios) -> Result<Termios, Errno> {
    let mut termios = *before;
    let bytes = termios.as_mut_bytes().get_mut(..TERMIOS_SIZE).unwrap_or_default();
    whole(user::read_bytes(argument, bytes)?)?;
    Ok(termios)
}

fn whole(count: usize) -> Result<(), Errno> {
    if count == TERMIOS_SIZE { Ok(()) } else { Err(Errno::EFAULT) }
}
