//! A terminal of the machine that is open: its line discipline is outside, its sessions are the kernel's.

use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;
use abi::raw::general::TOSTOP;
use abi::raw::ioctl::{
    TCFLSH, TCSBRK, TCSBRKP, TCSETA, TCSETAF, TCSETAW, TCSETS, TCSETS2, TCSETSF, TCSETSF2, TCSETSW, TCSETSW2,
    TCXONC, TIOCCBRK, TIOCSBRK, TIOCSETD,
};
use abi::signal::{SIGTTIN, SIGTTOU};

use super::control;
use super::job_control::{self, Through};
use super::slave::DEAD;
use super::terminal::{Line, Terminal};
use crate::fs::{File, FileMapping, IoFlags, PollEvents};
use crate::io::{Sink, Source};
use crate::sched::{self, PollEntry};

/// An open file of a terminal of the machine.
#[derive(Debug)]
pub(super) struct OutsideFile {
    terminal: Arc<Terminal>,
    file: Arc<dyn File>,
    hang_ups: u64,
}

impl OutsideFile {
    /// A terminal whose bytes `file` moves.
    pub(super) fn new(terminal: &Arc<Terminal>, file: Arc<dyn File>) -> Self {
        Self { terminal: Arc::clone(terminal), file, hang_ups: terminal.hang_ups() }
    }

    fn is_dead(&self) -> bool {
        self.terminal.was_hung_up_since(self.hang_ups)
    }

    /// Whether the settings stop writers in the background; they are asked only of these.
    fn stops_writers(&self) -> bool {
        let Line::Outside(outside) = &self.terminal.line else { return false };
        let is_background = sched::current().is_some_and(|thread| self.terminal.is_background(&thread));
        is_background && outside.settings().is_ok_and(|termios| termios.c_lflag & TOSTOP != 0)
    }
}

/// Whether a request changes the terminal, which the background may not.
const fn is_change(request: u32) -> bool {
    matches!(
        request,
        TCSETS
            | TCSETSW
            | TCSETSF
            | TCSETS2
            | TCSETSW2
            | TCSETSF2
            | TCSETA
            | TCSETAW
            | TCSETAF
            | TCFLSH
            | TCXONC
            | TCSBRK
            | TCSBRKP
            | TIOCSBRK
            | TIOCCBRK
            | TIOCSETD
    )
}

impl File for OutsideFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if self.is_dead() {
            return Ok(0);
        }
        self.terminal.check_background(SIGTTIN)?;
        self.file.read_at(sink, offset, flags)
    }

    fn write_at(&self, source: &mut Source<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if self.is_dead() {
            return Err(Errno::EIO);
        }
        if self.stops_writers() {
            self.terminal.check_background(SIGTTOU)?;
        }
        self.file.write_at(source, offset, flags)
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let events = self.file.poll(entry);
        if self.is_dead() { DEAD } else { events }
    }

    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        if self.is_dead() {
            return Err(control::error_of_the_dead(request));
        }
        // Who opened a terminal of the machine for writing only has no rights that this would give away.
        let through = Through { other_side: false, readable: true };
        if let Some(outcome) = job_control::control(&self.terminal, through, request, argument) {
            return outcome;
        }
        if is_change(request) {
            self.terminal.check_change()?;
        }
        self.file.ioctl(request, argument)
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        self.file.readable_bytes()
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        Err(Errno::ENODEV)
    }
}
