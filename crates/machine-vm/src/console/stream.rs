//! The standard streams as files.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::sync::atomic::{AtomicU8, Ordering};

use abi::Errno;
use abi::raw::general::{O_ACCMODE, O_RDONLY, O_RDWR};
use kernel::fs::{File, FileKind, Inode, IoFlags, Metadata, PollEvents, now};
use kernel::io::{Sink, Source};
use kernel::machine::StandardStream;
use kernel::sched::PollEntry;
use sync::Once;

use super::{input, link};

/// How many bytes are copied from a writer at once.
const PIECE: usize = 512;
/// The device number of the first serial port (`makedev(4, 64)`).
const SERIAL_DEVICE: u64 = 0x440;
/// The file system that streams belong to.
const DEVICE: u64 = 0x0f;

/// What a standard stream is on the launcher's side.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    /// What kind of file it is.
    pub kind: FileKind,
    /// Access mode and status flags.
    pub flags: u32,
    /// What `/proc/self/fd` shows.
    pub name: Vec<u8>,
}

static DESCRIPTIONS: [Once<Option<Description>>; 3] = [const { Once::new() }; 3];

/// Says what a standard stream is, or that it is closed; the first call for each wins.
pub(crate) fn describe(number: usize, description: Option<Description>) {
    if let Some(place) = DESCRIPTIONS.get(number) {
        let _ = place.set(description);
    }
}

/// Streams that nobody reads any more, a bit each.
static BROKEN: AtomicU8 = AtomicU8::new(0);

/// Says that nobody reads a stream any more.
pub(super) fn break_off(number: u8) {
    BROKEN.fetch_or(1_u8.checked_shl(u32::from(number)).unwrap_or(0), Ordering::Relaxed);
}

/// One of the streams.
#[derive(Debug)]
struct Stream {
    number: u32,
    kind: FileKind,
    can_read: bool,
}

/// The stream with this number, unless it is closed.
pub(crate) fn standard_stream(number: u32) -> Option<StandardStream> {
    let console =
        || Description { kind: FileKind::CharacterDevice, flags: O_RDWR, name: b"/dev/ttyS0".into() };
    let description = match DESCRIPTIONS.get(number as usize)?.get() {
        Some(description) => description.clone()?,
        None => console(),
    };
    let can_read = matches!(description.flags & O_ACCMODE, O_RDONLY | O_RDWR) && number == 0;
    let stream = Arc::new(Stream { number, kind: description.kind, can_read });
    Some(StandardStream {
        inode: Arc::<Stream>::clone(&stream),
        file: stream,
        flags: description.flags,
        name: description.name,
        terminal: None,
    })
}

impl Stream {
    fn is_broken(&self) -> bool {
        BROKEN.load(Ordering::Relaxed) & 1 << self.number.max(1) != 0
    }
}

impl File for Stream {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn read_at(&self, sink: &mut Sink<'_>, _: u64, flags: IoFlags) -> Result<usize, Errno> {
        if !self.can_read {
            return Ok(0);
        }
        loop {
            if let Some(result) = input::read(sink) {
                return result;
            }
            if flags.contains(IoFlags::NONBLOCK) {
                return Err(Errno::EAGAIN);
            }
            input::queue().wait_until(None, || input::is_ready().then_some(()))?;
        }
    }

    fn write_at(&self, source: &mut Source<'_>, _: u64, _: IoFlags) -> Result<usize, Errno> {
        // A terminal's standard input may be written to; that goes where its output goes.
        let channel = link::output(self.number.max(1))?;
        let mut done = 0;
        while source.remaining() > 0 {
            if self.is_broken() {
                return if done == 0 { Err(Errno::EPIPE) } else { Ok(done) };
            }
            let mut piece = [0; PIECE];
            match source.take(&mut piece) {
                Ok(0) => break,
                Ok(count) => {
                    super::write(channel, piece.get(..count).unwrap_or_default());
                    done += count;
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let mut ready = PollEvents::OUT | PollEvents::WRNORM;
        if self.can_read {
            if let Some(entry) = entry {
                entry.add(input::queue());
            }
            ready.set(PollEvents::IN | PollEvents::RDNORM, input::is_ready());
        }
        ready.set(PollEvents::ERR, self.is_broken());
        ready
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        if self.can_read { Ok(input::waiting()) } else { Err(Errno::ENOTTY) }
    }
}

impl Inode for Stream {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(self.kind)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        let is_device = self.kind == FileKind::CharacterDevice;
        Ok(Metadata {
            device: DEVICE,
            inode: u64::from(self.number) + 1,
            kind: self.kind,
            permissions: if is_device { 0o620 } else { 0o600 },
            links: 1,
            uid: 0,
            gid: 0,
            special_device: if is_device { SERIAL_DEVICE } else { 0 },
            size: 0,
            block_size: 4096,
            blocks: 0,
            accessed: now(),
            modified: now(),
            changed: now(),
            created: None,
        })
    }

    fn open(self: Arc<Self>, _: bool, _: bool) -> Result<Arc<dyn File>, Errno> {
        Ok(self)
    }
}
