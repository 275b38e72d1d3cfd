//! The other side of a pseudo-terminal: that of the program that shows it, such as a terminal emulator.

use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;
use abi::raw::general::TIOCPKT_DATA;

use super::pty::Pty;
use super::terminal::{Line, Terminal};
use super::{CHUNK, control, devpts, transfer};
use crate::fs::{File, FileMapping, IoFlags, PollEvents};
use crate::io::{Sink, Source};
use crate::sched::PollEntry;

/// An open file of the emulator's side; there is one for each pseudo-terminal.
#[derive(Debug)]
pub(super) struct EmulatorFile {
    terminal: Arc<Terminal>,
    index: u32,
}

/// Makes a pseudo-terminal and opens the emulator's side (`/dev/ptmx`).
///
/// # Errors
/// `ENOSPC` when there are too many.
pub fn open_emulator() -> Result<Arc<dyn File>, Errno> {
    let (index, terminal) = devpts::add()?;
    Ok(Arc::new(EmulatorFile { terminal, index }))
}

impl EmulatorFile {
    fn pty(&self) -> Result<&Pty, Errno> {
        match &self.terminal.line {
            Line::Pty(_, pty) => Ok(pty),
            Line::Outside(_) => Err(Errno::EIO),
        }
    }

    /// Takes what there is: a byte of news, or data, which in packet mode has a byte of its own before it.
    fn take(&self, pty: &Pty, target: &mut [u8], is_first: bool) -> usize {
        self.terminal.change(pty, |state| {
            let line = &mut state.line;
            if !line.packet.is_on() {
                return line.output.take(target);
            }
            if line.packet.is_pending() {
                let Some(place) = target.first_mut().filter(|_| is_first) else { return 0 };
                return line.packet.take().map_or(0, |status| {
                    *place = status;
                    1
                });
            }
            if line.output.len() == 0 || !is_first {
                return line.output.take(target);
            }
            let Some((place, rest)) = target.split_first_mut() else { return 0 };
            *place = u8::try_from(TIOCPKT_DATA).unwrap_or(0);
            1 + line.output.take(rest)
        })
    }

    fn read(&self, sink: &mut Sink<'_>, nonblocking: bool) -> Result<usize, Errno> {
        let pty = self.pty()?;
        let _turn = pty.emulator_readers.take(nonblocking)?;
        let mut done = 0;
        let mut buffer = [0; CHUNK];
        while sink.remaining() > 0 {
            let room = buffer.get_mut(..sink.remaining().min(CHUNK)).unwrap_or_default();
            let wanted = room.len();
            let count = self.take(pty, room, done == 0);
            if count == 0 {
                if done > 0 {
                    break;
                }
                wait(pty, nonblocking)?;
                continue;
            }
            let put = sink.put(buffer.get(..count).unwrap_or_default());
            done += put.unwrap_or(0);
            if put != Ok(count) {
                return if done == 0 { Err(Errno::EFAULT) } else { Ok(done) };
            }
            if count < wanted {
                break;
            }
        }
        Ok(done)
    }

    fn write(&self, source: &mut Source<'_>, nonblocking: bool) -> Result<usize, Errno> {
        let pty = self.pty()?;
        let _turn = pty.emulator_writers.take(nonblocking)?;
        transfer::write(source, |bytes| {
            transfer::write_chunk(
                bytes,
                nonblocking,
                &pty.emulator_writable,
                &|| false,
                |bytes| self.terminal.change(pty, |state| state.type_in(bytes)),
                || pty.look(|state| state.incoming_room() > 0),
            )
        })
    }
}

/// Waits for something to read.
fn wait(pty: &Pty, nonblocking: bool) -> Result<(), Errno> {
    if pty.look(|state| state.is_left) {
        return Err(Errno::EIO);
    }
    if nonblocking {
        return Err(Errno::EAGAIN);
    }
    let is_ready = || {
        pty.look(|state| state.is_left || state.line.output.len() > 0 || state.line.packet.is_pending())
            .then_some(())
    };
    Ok(pty.emulator_readable.wait_until(None, is_ready)?)
}

impl File for EmulatorFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        self.read(sink, flags.contains(IoFlags::NONBLOCK))
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        self.write(source, flags.contains(IoFlags::NONBLOCK))
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let Ok(pty) = self.pty() else { return PollEvents::HUP };
        if let Some(entry) = entry {
            entry.add(&pty.emulator_readable);
            entry.add(&pty.emulator_writable);
        }
        let is_writing = pty.emulator_writers.is_taken();
        pty.look(|state| {
            let mut events = PollEvents::empty();
            let tells = state.line.packet.is_pending();
            events.set(PollEvents::IN | PollEvents::RDNORM, tells || state.line.output.len() > 0);
            events.set(PollEvents::PRI, tells);
            events.set(PollEvents::OUT | PollEvents::WRNORM, !is_writing && state.incoming_room() > 0);
            events.set(PollEvents::HUP, state.is_left);
            events
        })
    }

    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        control::emulator(&self.terminal, self.pty()?, self.index, request, argument)
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        Ok(self.pty()?.look(|state| state.line.output.len()))
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        Err(Errno::ENODEV)
    }
}

impl Drop for EmulatorFile {
    fn drop(&mut self) {
        devpts::hide(self.index);
        if let Ok(pty) = self.pty() {
            self.terminal.change(pty, |state| state.is_orphan = true);
        }
        self.terminal.hang_up();
    }
}
