//! Terminals (tty(4), pty(7)): pseudo-terminals with their line discipline, and the terminal that the world
//! was started on, whose line discipline is the machine's. Sessions and job control are the same for both.
//!
//! | module | what it holds |
//! |---|---|
//! | `terminal`, `job`, `job_control` | terminals, whom they belong to, requests about that |
//! | `outside` | open files of a terminal of the machine |
//! | `pty`, `slave`, `emulator` | pseudo-terminals, and open files of their two sides |
//! | `discipline`, `input`, `edit`, `echo`, `output`, `packet` | the line discipline |
//! | `settings`, `modes`, `characters` | termios(3) |
//! | `reading`, `transfer`, `turn` | how reads and writes wait |
//! | `control`, `peer` | further requests |
//! | `devpts` | the file system, and the table of pseudo-terminals |
//!
//! A pseudo-terminal's state has one lock, which is held while bytes are moved and never while anything is
//! copied from or to a program; those who wait are woken, and signals are sent, after it is released.

mod characters;
mod control;
pub mod devpts;
mod discipline;
mod echo;
mod edit;
mod emulator;
mod input;
mod job;
mod job_control;
mod locked;
mod modes;
mod output;
mod outside;
mod packet;
mod peer;
mod pty;
mod reading;
mod settings;
mod slave;
mod terminal;
#[cfg(test)]
mod tests;
mod transfer;
mod turn;

use alloc::sync::Arc;

use abi::Errno;

pub use devpts::DevPts;
pub use emulator::open_emulator;
pub use job::leader_ends;
pub use terminal::{Terminal, console, set_console};

use crate::fs::File;
use crate::sched;

/// How many bytes are moved at once between a program and a terminal.
const CHUNK: usize = 1024;

/// Opens the pseudo-terminal with this number, with flags of open(2).
///
/// # Errors
/// `EIO` when there is none, and as [`Terminal::open`].
pub fn open_numbered(index: u32, flags: u32) -> Result<Arc<dyn File>, Errno> {
    devpts::find(index).ok_or(Errno::EIO)?.open(flags)
}

/// Opens the controlling terminal of the running thread (`/dev/tty`).
///
/// # Errors
/// `ENXIO` without one, and as [`Terminal::open`].
pub fn open_controlling(flags: u32) -> Result<Arc<dyn File>, Errno> {
    let thread = sched::current().ok_or(Errno::ENXIO)?;
    let terminal = thread.process().terminal().ok_or(Errno::ENXIO)?;
    terminal.open(flags)
}
