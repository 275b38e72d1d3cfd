//! The streams that the kernel's process was started with: terminals, pipes, sockets, files.
//!
//! A stream is one open file description of the host that other processes may share. Its flags are
//! theirs too, so it is never made non-blocking; instead no call is made that would have to wait. Its
//! position is theirs as well, and often that of another stream (`> log 2>&1`), so the host keeps it.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::sync::atomic::{AtomicBool, Ordering};

use abi::Errno;
use abi::raw::general as raw;
use abi::termios::Termios;
use kernel::fs::{
    File, FileKind, FileMapping, Inode, IoFlags, Metadata, OUTSIDE_POSITION, OutsidePosition, PollEvents,
};
use kernel::io::{Sink, Source};
use kernel::machine::{MachineTerminal, StandardStream};
use kernel::mm::MachineFile;
use kernel::sched::PollEntry;

use super::calls::{self, Descriptor};
use super::metadata::{self, metadata};
use super::names::descriptor_path;
use super::regular::{self, RegularFile};
use super::watch::{self, Watch};
use super::{terminal, transfer};
use crate::host::HostFd;

/// Up to this many bytes a vector is written as one, as pipes promise (`PIPE_BUF`).
const WHOLE: usize = 4096;
/// Readiness that a program may ask for.
const ASKED: PollEvents =
    PollEvents::IN.union(PollEvents::OUT).union(PollEvents::PRI).union(PollEvents::RDHUP);

/// One of the streams.
#[derive(Debug)]
struct Stream {
    descriptor: Arc<Descriptor>,
    kind: FileKind,
    /// Access mode of the host's description: `O_RDONLY`, `O_WRONLY` or `O_RDWR`.
    access: u32,
    has_position: bool,
    /// `None` where nothing ever waits.
    watch: Option<Watch>,
    /// Whether the host does what it can without waiting when told so (`RWF_NOWAIT`).
    obeys_nowait: AtomicBool,
}

/// The stream with this number, unless it is closed.
pub(crate) fn standard_stream(number: u32) -> Option<StandardStream> {
    let fd = HostFd::try_from(number).ok()?;
    let flags = calls::status_flags(fd).ok()?;
    let status = calls::status(fd, calls::ITSELF).ok()?;
    let position = calls::seek(fd, 0, raw::SEEK_CUR);
    let kind = metadata::kind(&status).ok()?;
    let stream = Arc::new(Stream {
        descriptor: Arc::new(Descriptor::standard(fd)),
        kind,
        access: flags & raw::O_ACCMODE,
        has_position: position.is_ok(),
        watch: if position.is_ok() { None } else { Watch::new(fd).ok() },
        obeys_nowait: AtomicBool::new(true),
    });
    let terminal: Arc<dyn MachineTerminal> = Arc::<Stream>::clone(&stream);
    let terminal = Some(terminal).filter(|_| terminal::is_terminal(fd));
    Some(StandardStream {
        inode: Arc::<Stream>::clone(&stream),
        file: stream,
        flags: flags & (raw::O_ACCMODE | raw::O_APPEND | raw::O_NONBLOCK | raw::O_SYNC | raw::O_DIRECT),
        name: host_name(fd),
        terminal,
    })
}

/// What the host calls the file behind a descriptor.
fn host_name(fd: HostFd) -> Vec<u8> {
    let mut target = [0; 512];
    let path = descriptor_path(fd, None);
    let length = calls::read_link(calls::ABSOLUTE, &path, &mut target).unwrap_or(0);
    target.get(..length).unwrap_or_default().to_vec()
}

impl Stream {
    fn fd(&self) -> HostFd {
        self.descriptor.number()
    }

    /// Readiness now.
    fn readiness(&self) -> PollEvents {
        watch::readiness(self.fd(), ASKED)
    }

    /// Does what the host can do without waiting; `EAGAIN` when that is nothing.
    fn without_waiting(
        &self,
        event: PollEvents,
        mut call: impl FnMut(u32) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        if self.obeys_nowait.load(Ordering::Relaxed) {
            match call(raw::RWF_NOWAIT) {
                Err(Errno::EOPNOTSUPP) => self.obeys_nowait.store(false, Ordering::Relaxed),
                result => return result,
            }
        }
        if self.watch.is_some() && !self.readiness().intersects(event | PollEvents::ERR | PollEvents::HUP) {
            return Err(Errno::EAGAIN);
        }
        call(0)
    }

    /// Waits until the event, or an error.
    fn wait_for(&self, event: PollEvents) -> Result<(), Errno> {
        let Some(watch) = &self.watch else { return Ok(()) };
        let ready = || {
            let ready = self.readiness().intersects(event | PollEvents::ERR | PollEvents::HUP);
            if !ready {
                watch.arm(event);
            }
            ready.then_some(())
        };
        Ok(watch.queue().wait_until(None, ready)?)
    }

    fn write_stream(&self, source: &mut Source<'_>, flags: IoFlags) -> Result<usize, Errno> {
        let nonblocking = flags.contains(IoFlags::NONBLOCK);
        let mut done = 0;
        while source.remaining() > 0 {
            let call = |host_flags| transfer::write(self.fd(), source, transfer::STREAM, host_flags);
            let outcome = match self.without_waiting(PollEvents::OUT, call) {
                Err(Errno::EAGAIN) if !nonblocking => self.wait_for(PollEvents::OUT).map(|()| 0),
                outcome => outcome,
            };
            match outcome {
                Ok(count) => done += count,
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Writes a vector as one: two short writes into a pipe may have another's between them.
    fn write_whole(&self, source: &mut Source<'_>, flags: IoFlags) -> Result<usize, Errno> {
        let mut buffer = [0; WHOLE];
        let length = source.remaining().min(WHOLE);
        let taken = source.take(buffer.get_mut(..length).unwrap_or_default())?;
        self.write_stream(&mut Source::kernel(buffer.get(..taken).unwrap_or_default()), flags)
    }
}

impl File for Stream {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        self.has_position
    }

    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if self.has_position {
            return transfer::read(self.fd(), sink, host_offset(offset), 0);
        }
        loop {
            let call = |host_flags| transfer::read(self.fd(), sink, transfer::STREAM, host_flags);
            match self.without_waiting(PollEvents::IN, call) {
                Err(Errno::EAGAIN) if !flags.contains(IoFlags::NONBLOCK) => self.wait_for(PollEvents::IN)?,
                outcome => return outcome,
            }
        }
    }

    fn write_at(&self, source: &mut Source<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if self.has_position {
            return transfer::write(self.fd(), source, host_offset(offset), regular::write_flags(flags));
        }
        let remaining = source.remaining();
        let is_scattered = source.user_range().is_some_and(|range| range.length < remaining);
        if is_scattered && remaining <= WHOLE {
            return self.write_whole(source, flags);
        }
        self.write_stream(source, flags)
    }

    fn outside_position(&self) -> Option<&dyn OutsidePosition> {
        self.has_position.then_some(self)
    }

    fn seek_data_or_hole(&self, offset: u64, hole: bool) -> Result<u64, Errno> {
        regular::seek_data_or_hole(self.fd(), offset, hole)
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let Some(watch) = &self.watch else { return PollEvents::ALWAYS };
        if let Some(entry) = entry {
            entry.add(watch.queue());
        }
        let ready = self.readiness();
        let missing = ASKED.difference(ready);
        if !missing.is_empty() && !watch.queue().is_empty() {
            watch.arm(missing);
        }
        ready | normal(ready)
    }

    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        terminal::control(self.fd(), request, argument)
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        if self.kind != FileKind::Regular {
            return Err(Errno::ENODEV);
        }
        let descriptor: Arc<dyn MachineFile> = Arc::<Descriptor>::clone(&self.descriptor);
        Ok(FileMapping::Machine(descriptor))
    }

    fn allocate(&self, mode: u32, offset: u64, length: u64) -> Result<(), Errno> {
        calls::allocate(self.fd(), mode, offset, length)
    }

    fn sync(&self, data_only: bool) -> Result<(), Errno> {
        calls::sync(self.fd(), data_only)
    }
}

impl OutsidePosition for Stream {
    fn get(&self) -> u64 {
        calls::seek(self.fd(), 0, raw::SEEK_CUR).unwrap_or(0)
    }

    fn set(&self, position: u64) {
        // It fails for no position that a file can have.
        let _ = calls::seek(self.fd(), position, raw::SEEK_SET);
    }
}

/// The offset as the transfers take it.
const fn host_offset(offset: u64) -> u64 {
    if offset == OUTSIDE_POSITION { transfer::POSITION } else { offset }
}

impl MachineTerminal for Stream {
    fn file(self: Arc<Self>) -> Arc<dyn File> {
        self
    }

    fn settings(&self) -> Result<Termios, Errno> {
        terminal::settings(self.fd())
    }
}

/// `POLLRDNORM` and `POLLWRNORM`, which say the same as `POLLIN` and `POLLOUT`.
fn normal(ready: PollEvents) -> PollEvents {
    let mut events = PollEvents::empty();
    events.set(PollEvents::RDNORM, ready.contains(PollEvents::IN));
    events.set(PollEvents::WRNORM, ready.contains(PollEvents::OUT));
    events
}

impl Inode for Stream {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(self.kind)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        metadata(&calls::status(self.fd(), calls::ITSELF)?)
    }

    /// A program may open a stream again (`/dev/stdout`), though for nothing that the stream was not open
    /// for: the host's files outside of volumes are not to be changed.
    fn open(self: Arc<Self>, readable: bool, writable: bool) -> Result<Arc<dyn File>, Errno> {
        let (can_read, can_write) = kernel::fs::access_of_flags(self.access);
        if (readable && !can_read) || (writable && !can_write) {
            return Err(Errno::EACCES);
        }
        if self.kind != FileKind::Regular {
            return Ok(self);
        }
        let path = descriptor_path(self.fd(), None);
        let descriptor = calls::open(calls::ABSOLUTE, &path, self.access | raw::O_NONBLOCK, 0)?;
        Ok(Arc::new(RegularFile::new(Arc::new(descriptor), self)))
    }

    fn truncate(&self, size: u64) -> Result<(), Errno> {
        calls::truncate(self.fd(), size)
    }
}
