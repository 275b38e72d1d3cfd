//! A pseudo-terminal that is open: the side at which programs run.

use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;
use abi::raw::general::TOSTOP;
use abi::signal::{SIGTTIN, SIGTTOU};

use super::pty::Pty;
use super::reading::{self, Wanted};
use super::terminal::{Line, Terminal};
use super::{CHUNK, control, transfer};
use crate::fs::{File, FileMapping, IoFlags, PollEvents};
use crate::io::{Sink, Source};
use crate::sched::PollEntry;

/// What a file is ready for after a hang-up.
pub(super) const DEAD: PollEvents = PollEvents::ALWAYS.union(PollEvents::ERR).union(PollEvents::HUP);

/// An open file of a pseudo-terminal.
#[derive(Debug)]
pub(super) struct SlaveFile {
    terminal: Arc<Terminal>,
    /// How often the terminal had been hung up when this was opened.
    hang_ups: u64,
    is_readable: bool,
}

impl SlaveFile {
    /// Opens a pseudo-terminal.
    pub(super) fn open(terminal: &Arc<Terminal>, is_readable: bool) -> Result<Arc<Self>, Errno> {
        let Line::Pty(_, pty) = &terminal.line else { return Err(Errno::EIO) };
        let hang_ups = terminal.hang_ups();
        terminal.change(pty, |state| {
            if state.is_locked || state.is_orphan {
                return Err(Errno::EIO);
            }
            state.openings += 1;
            state.is_left = false;
            Ok(())
        })?;
        Ok(Arc::new(Self { terminal: Arc::clone(terminal), hang_ups, is_readable }))
    }

    fn is_dead(&self) -> bool {
        self.terminal.was_hung_up_since(self.hang_ups)
    }

    fn pty(&self) -> Result<&Pty, Errno> {
        match &self.terminal.line {
            Line::Pty(_, pty) => Ok(pty),
            Line::Outside(_) => Err(Errno::EIO),
        }
    }

    /// Waits for input as the settings say.
    fn wait(&self, pty: &Pty, wanted: &Wanted) -> Result<(), Errno> {
        let condition = || {
            (self.is_dead() || pty.look(|state| state.is_orphan || state.line.is_readable(1))).then_some(())
        };
        reading::wait(&pty.readable, wanted, condition)
    }

    fn read(&self, sink: &mut Sink<'_>, nonblocking: bool) -> Result<usize, Errno> {
        let pty = self.pty()?;
        self.terminal.check_background(SIGTTIN)?;
        let _turn = pty.readers.take(nonblocking)?;
        let mut wanted = pty.look(|state| Wanted::new(state.line.settings()));
        let mut done = 0;
        let mut buffer = [0; CHUNK];
        while sink.remaining() > 0 {
            let room = buffer.get_mut(..sink.remaining().min(CHUNK)).unwrap_or_default();
            let taken = self.terminal.change(pty, |state| reading::take(&mut state.line, room));
            let Some((taken, is_line)) = taken else {
                match self.wait_for_more(pty, &wanted, nonblocking) {
                    Ok(true) => continue,
                    Ok(false) => break,
                    Err(error) if done == 0 => return Err(error),
                    Err(_) => break,
                }
            };
            let put = sink.put(buffer.get(..taken.count).unwrap_or_default());
            done += put.unwrap_or(0);
            if put != Ok(taken.count) {
                return if done == 0 { Err(Errno::EFAULT) } else { Ok(done) };
            }
            if !taken.goes_on && (is_line || done >= wanted.minimum) {
                break;
            }
            wanted.got_some();
        }
        Ok(done)
    }

    /// Waits for more input; `false` when there will be none for this read.
    fn wait_for_more(&self, pty: &Pty, wanted: &Wanted, nonblocking: bool) -> Result<bool, Errno> {
        if pty.look(|state| state.is_orphan) {
            return Err(Errno::EIO);
        }
        if self.is_dead() || wanted.is_patience_over() {
            return Ok(false);
        }
        if nonblocking {
            return Err(Errno::EAGAIN);
        }
        match self.wait(pty, wanted) {
            Err(Errno::ETIMEDOUT) => Ok(false),
            outcome => outcome.map(|()| true),
        }
    }

    fn write(&self, source: &mut Source<'_>, nonblocking: bool) -> Result<usize, Errno> {
        let pty = self.pty()?;
        let stops = pty.look(|state| state.line.settings().local(TOSTOP));
        if stops {
            self.terminal.check_background(SIGTTOU)?;
        }
        let _turn = pty.writers.take(nonblocking)?;
        let is_dead = || self.is_dead() || pty.look(|state| state.is_orphan);
        transfer::write(source, |bytes| {
            transfer::write_chunk(
                bytes,
                nonblocking,
                &pty.writable,
                &is_dead,
                |bytes| self.terminal.change(pty, |state| state.print(bytes)),
                || pty.look(|state| state.has_room_for_any()),
            )
        })
    }
}

impl File for SlaveFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if self.is_dead() {
            return Ok(0);
        }
        self.read(sink, flags.contains(IoFlags::NONBLOCK))
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if self.is_dead() {
            return Err(Errno::EIO);
        }
        self.write(source, flags.contains(IoFlags::NONBLOCK))
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let Ok(pty) = self.pty() else { return DEAD };
        if let Some(entry) = entry {
            entry.add(&pty.readable);
            entry.add(&pty.writable);
        }
        if self.is_dead() {
            return DEAD;
        }
        let is_writing = pty.writers.is_taken();
        pty.look(|state| {
            let mut events = PollEvents::empty();
            let least = reading::least_for_poll(state.line.settings());
            events.set(PollEvents::IN | PollEvents::RDNORM, state.line.is_readable(least));
            events.set(PollEvents::OUT | PollEvents::WRNORM, !is_writing && state.line.room() > 0);
            events.set(PollEvents::HUP, state.is_orphan);
            events
        })
    }

    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        if self.is_dead() {
            return Err(control::error_of_the_dead(request));
        }
        control::slave(&self.terminal, self.pty()?, self.is_readable, request, argument)
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        if self.is_dead() {
            return Err(Errno::EIO);
        }
        Ok(self.pty()?.look(|state| reading::available(&state.line)))
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        Err(Errno::ENODEV)
    }
}

impl Drop for SlaveFile {
    fn drop(&mut self) {
        let Ok(pty) = self.pty() else { return };
        self.terminal.change(pty, |state| {
            state.openings = state.openings.saturating_sub(1);
            state.is_left = state.openings == 0;
        });
    }
}
