//! Controls of terminals and pipes that reach the host (ioctl_tty(2)).
//!
//! Only requests of this list do. Structures are copied through the kernel, with the sizes that Linux
//! gives them. Sessions and process groups are the kernel's own and never the host's; what could type
//! into the host's terminal (`TIOCSTI`) or take it away is not here.

use abi::Errno;
use abi::raw::ioctl as raw;
use abi::termios::Termios;
use kernel::user;
use zerocopy::FromBytes;

use super::calls;
use crate::host::HostFd;

/// The longest structure of the list.
const LONGEST: usize = 44;
/// `struct termios` and `struct termios2` of the kernel, `struct termio`, `struct winsize`, `int`.
const TERMIOS: usize = 36;
const TERMIOS2: usize = 44;
const TERMIO: usize = 18;
const WINDOW_SIZE: usize = 8;
const INTEGER: usize = 4;

/// What a request's argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Argument {
    /// The address of a structure of so many bytes that the host fills.
    Out(usize),
    /// The address of a structure of so many bytes that the host reads.
    In(usize),
    /// A number.
    Number,
}

const fn argument(request: u32) -> Option<Argument> {
    Some(match request {
        raw::TCGETS => Argument::Out(TERMIOS),
        raw::TCSETS | raw::TCSETSW | raw::TCSETSF => Argument::In(TERMIOS),
        raw::TCGETS2 => Argument::Out(TERMIOS2),
        raw::TCSETS2 | raw::TCSETSW2 | raw::TCSETSF2 => Argument::In(TERMIOS2),
        raw::TCGETA => Argument::Out(TERMIO),
        raw::TCSETA | raw::TCSETAW | raw::TCSETAF => Argument::In(TERMIO),
        raw::TIOCGWINSZ => Argument::Out(WINDOW_SIZE),
        raw::TIOCSWINSZ => Argument::In(WINDOW_SIZE),
        raw::FIONREAD | raw::TIOCOUTQ | raw::TIOCGETD => Argument::Out(INTEGER),
        raw::TCSBRK | raw::TCSBRKP | raw::TCXONC | raw::TCFLSH => Argument::Number,
        _ => return None,
    })
}

/// Passes a request of a program on to the host.
///
/// # Errors
/// `ENOTTY` for a request that is not in the list; `EFAULT`; those of ioctl(2).
pub(super) fn control(fd: HostFd, request: u32, value: u64) -> Result<usize, Errno> {
    let mut buffer = [0; LONGEST];
    let result = match argument(request).ok_or(Errno::ENOTTY)? {
        Argument::Number => calls::control(fd, request, value as usize),
        Argument::Out(size) => {
            let buffer = buffer.get_mut(..size).unwrap_or_default();
            // SAFETY: the table has the size that the host writes.
            let result = unsafe { calls::control_buffer(fd, request, buffer) }?;
            whole(user::write_bytes(value, buffer)?, size)?;
            Ok(result)
        }
        Argument::In(size) => {
            let buffer = buffer.get_mut(..size).unwrap_or_default();
            whole(user::read_bytes(value, buffer)?, size)?;
            // SAFETY: the table has the size that the host reads.
            unsafe { calls::control_buffer(fd, request, buffer) }
        }
    };
    // Draining a terminal that is stopped waits; a kick of this processor ends it, and the program asks
    // again.
    result.map_err(|error| if error == Errno::EINTR { Errno::ERESTARTSYS } else { error })
}

fn whole(done: usize, size: usize) -> Result<(), Errno> {
    if done == size { Ok(()) } else { Err(Errno::EFAULT) }
}

/// The settings of a terminal.
///
/// # Errors
/// `ENOTTY` when it is none.
pub(super) fn settings(fd: HostFd) -> Result<Termios, Errno> {
    let mut buffer = [0; TERMIOS2];
    // SAFETY: `struct termios2` of the kernel is as long as the buffer.
    unsafe { calls::control_buffer(fd, raw::TCGETS2, &mut buffer) }?;
    Termios::read_from_bytes(&buffer).map_err(|_| Errno::EIO)
}

/// Whether the descriptor is a terminal (isatty(3)).
pub(super) fn is_terminal(fd: HostFd) -> bool {
    settings(fd).is_ok()
}
