//! Requests of both sides of a pseudo-terminal (ioctl_tty(2)).

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{
    CAP_SYS_ADMIN, CLOCAL, TCIFLUSH, TCIOFF, TCIOFLUSH, TCION, TCOFLUSH, TCOOFF, TCOON, VSTART, VSTOP,
};
use abi::raw::ioctl::{
    TCFLSH, TCSBRK, TCSBRKP, TCXONC, TIOCCBRK, TIOCGETD, TIOCGPKT, TIOCGPTLCK, TIOCGPTN, TIOCGPTPEER,
    TIOCGSOFTCAR, TIOCGWINSZ, TIOCOUTQ, TIOCPKT, TIOCSBRK, TIOCSETD, TIOCSIG, TIOCSPGRP, TIOCSPTLCK,
    TIOCSSOFTCAR, TIOCSTI, TIOCSWINSZ,
};
use abi::signal::{SIGINT, SIGQUIT, SIGTSTP, SIGWINCH, Signal};
use abi::termios::WindowSize;

use super::job_control::{self, Through};
use super::pty::{Pty, State};
use super::settings::Settings;
use super::terminal::Terminal;
use super::{locked, modes, peer};
use crate::sched;
use crate::user::UserPtr;

/// The only line discipline that there is (`N_TTY`).
const LINE_DISCIPLINE: i32 = 0;

/// What a request gets after a hang-up.
pub(super) const fn error_of_the_dead(request: u32) -> Errno {
    if request == TIOCSPGRP { Errno::ENOTTY } else { Errno::EIO }
}

/// A request of the terminal's side.
pub(super) fn slave(
    terminal: &Arc<Terminal>,
    pty: &Pty,
    readable: bool,
    request: u32,
    argument: u64,
) -> Result<usize, Errno> {
    let through = Through { other_side: false, readable };
    if let Some(outcome) = common(terminal, pty, through, request, argument) {
        return outcome;
    }
    match request {
        TCFLSH => {
            terminal.check_change()?;
            let (input, output) = flush_of(argument)?;
            terminal.change(pty, |state| {
                if input {
                    state.line.flush_input();
                }
                if output {
                    state.line.flush_output();
                }
            });
        }
        TCXONC => {
            terminal.check_change()?;
            flow(terminal, pty, argument)?;
        }
        TIOCSTI => {
            let thread = sched::current().ok_or(Errno::EIO)?;
            let is_privileged = thread.credentials().has_capability(CAP_SYS_ADMIN);
            if !is_privileged && !terminal.controls(thread.process()) {
                return Err(Errno::EPERM);
            }
            let byte = UserPtr::<u8>::new(argument).read()?;
            terminal.change(pty, |state| state.type_at_once(byte));
        }
        _ => return Err(Errno::ENOTTY),
    }
    Ok(0)
}

/// A request of the emulator's side.
pub(super) fn emulator(
    terminal: &Arc<Terminal>,
    pty: &Pty,
    index: u32,
    request: u32,
    argument: u64,
) -> Result<usize, Errno> {
    let through = Through { other_side: true, readable: true };
    if let Some(outcome) = common(terminal, pty, through, request, argument) {
        return outcome;
    }
    let number = UserPtr::<i32>::new(argument);
    match request {
        TIOCGPTN => UserPtr::<u32>::new(argument).write(&index)?,
        TIOCSPTLCK => {
            let is_locked = number.read()? != 0;
            terminal.change(pty, |state| state.is_locked = is_locked);
        }
        TIOCGPTLCK => number.write(&i32::from(pty.look(|state| state.is_locked)))?,
        TIOCGPTPEER => return peer::open(terminal, index, argument),
        TIOCPKT => {
            let is_on = number.read()? != 0;
            terminal.change(pty, |state| state.line.packet.set(is_on));
        }
        TIOCGPKT => number.write(&i32::from(pty.look(|state| state.line.packet.is_on())))?,
        TIOCSIG => {
            let signal = i32::try_from(argument).ok().and_then(Signal::new);
            let signal = signal.filter(|signal| matches!(*signal, SIGINT | SIGQUIT | SIGTSTP));
            terminal.signal_foreground(signal.ok_or(Errno::EINVAL)?);
        }
        TCFLSH => {
            let (input, output) = flush_of(argument)?;
            terminal.change(pty, |state| flush_emulator(state, input, output));
        }
        TCXONC => flow_of_emulator(terminal, pty, argument)?,
        _ => return Err(Errno::ENOTTY),
    }
    Ok(0)
}

/// Requests that both sides know.
fn common(
    terminal: &Arc<Terminal>,
    pty: &Pty,
    through: Through,
    request: u32,
    argument: u64,
) -> Option<Result<usize, Errno>> {
    let outcome = job_control::control(terminal, through, request, argument);
    if outcome.is_some() {
        return outcome;
    }
    let outcome = modes::control(terminal, pty, request, argument);
    if outcome.is_some() {
        return outcome;
    }
    let outcome = locked::control(terminal, pty, request, argument);
    if outcome.is_some() {
        return outcome;
    }
    let number = UserPtr::<i32>::new(argument);
    let outcome = match request {
        TIOCGWINSZ => UserPtr::new(argument).write(&pty.look(|state| state.window)),
        TIOCSWINSZ => resize(terminal, pty, argument),
        TIOCOUTQ => number.write(&0),
        TIOCGETD => number.write(&LINE_DISCIPLINE),
        TIOCSETD => match number.read() {
            Ok(LINE_DISCIPLINE) => terminal.check_change(),
            outcome => outcome.and(Err(Errno::EINVAL)),
        },
        // There is no line to break, and what was printed has gone out already.
        TCSBRK | TCSBRKP | TIOCSBRK | TIOCCBRK => terminal.check_change(),
        TIOCGSOFTCAR => {
            let is_local = pty.look(|state| state.line.settings().termios().c_cflag & CLOCAL != 0);
            number.write(&i32::from(is_local))
        }
        TIOCSSOFTCAR => number.read().map(|on| {
            terminal.change(pty, |state| {
                let mut termios = *state.line.settings().termios();
                termios.c_cflag = (termios.c_cflag & !CLOCAL) | if on == 0 { 0 } else { CLOCAL };
                state.line.set_settings(Settings::of_program(termios));
            });
        }),
        _ => return None,
    };
    Some(outcome.map(|()| 0))
}

fn resize(terminal: &Terminal, pty: &Pty, argument: u64) -> Result<(), Errno> {
    let size = UserPtr::<WindowSize>::new(argument).read()?;
    let before = terminal.change(pty, |state| core::mem::replace(&mut state.window, size));
    if before != size {
        terminal.signal_foreground(SIGWINCH);
    }
    Ok(())
}

/// What tcflush(3) shall forget: input, output.
fn flush_of(argument: u64) -> Result<(bool, bool), Errno> {
    match u32::try_from(argument) {
        Ok(TCIFLUSH) => Ok((true, false)),
        Ok(TCOFLUSH) => Ok((false, true)),
        Ok(TCIOFLUSH) => Ok((true, true)),
        _ => Err(Errno::EINVAL),
    }
}

/// For the emulator, input is what was printed, and output is what the terminal has not taken yet.
fn flush_emulator(state: &mut State, input: bool, output: bool) {
    if input {
        state.line.output.clear();
    }
    if output {
        state.flush_incoming();
    }
}

/// tcflow(3).
fn flow(terminal: &Terminal, pty: &Pty, argument: u64) -> Result<(), Errno> {
    let send = |index| {
        terminal.change(pty, |state| {
            if let Some(character) = state.line.settings().character(index) {
                state.line.send(character);
            }
        });
    };
    match u32::try_from(argument) {
        Ok(TCOOFF) => terminal.change(pty, |state| state.line.stop_by_call()),
        Ok(TCOON) => terminal.change(pty, |state| state.line.start_by_call()),
        Ok(TCIOFF) => send(VSTOP),
        Ok(TCION) => send(VSTART),
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}

/// tcflow(3) on the emulator's side, which has the control characters of a new terminal.
fn flow_of_emulator(terminal: &Terminal, pty: &Pty, argument: u64) -> Result<(), Errno> {
    let send = |index| {
        let character = Settings::default().character(index).unwrap_or(0);
        terminal.change(pty, |state| state.type_in(&[character]));
    };
    match u32::try_from(argument) {
        Ok(TCOOFF) => terminal.change(pty, |state| state.is_incoming_stopped = true),
        Ok(TCOON) => terminal.change(pty, |state| state.is_incoming_stopped = false),
        Ok(TCIOFF) => send(VSTOP),
        Ok(TCION) => send(VSTART),
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}
