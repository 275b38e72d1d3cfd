//! What an open file does.

use alloc::sync::Arc;
use core::any::Any;
use core::fmt::{self, Debug};

use abi::Errno;
use bitflags::bitflags;

use super::{DirectoryEntry, Seals};
use crate::io::{Sink, Source};
use crate::mm::{MachineFile, PageStore};
use crate::sched::PollEntry;

bitflags! {
    /// How one read or write behaves.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct IoFlags: u8 {
        /// Do not wait: `O_NONBLOCK`, `RWF_NOWAIT`.
        const NONBLOCK = 1;
        /// Write at the end, whatever the offset: `O_APPEND`, `RWF_APPEND`.
        const APPEND = 2;
        /// Write through to the device: `O_SYNC`, `O_DSYNC` and their like.
        const SYNC = 4;
        /// Past the cache; for a pipe: each write is a packet (`O_DIRECT`).
        const DIRECT = 8;
        /// Leave the time of last access: `O_NOATIME`, `noatime` mounts.
        const NO_ACCESS_TIME = 16;
    }

    /// Readiness, with poll(2)'s bits.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct PollEvents: u32 {
        /// `POLLIN`.
        const IN = 0x1;
        /// `POLLPRI`.
        const PRI = 0x2;
        /// `POLLOUT`.
        const OUT = 0x4;
        /// `POLLERR`.
        const ERR = 0x8;
        /// `POLLHUP`.
        const HUP = 0x10;
        /// `POLLNVAL`.
        const NVAL = 0x20;
        /// `POLLRDNORM`.
        const RDNORM = 0x40;
        /// `POLLRDBAND`.
        const RDBAND = 0x80;
        /// `POLLWRNORM`.
        const WRNORM = 0x100;
        /// `POLLWRBAND`.
        const WRBAND = 0x200;
        /// `POLLRDHUP`.
        const RDHUP = 0x2000;
    }
}

impl PollEvents {
    /// What is said when there is something to read, or never will be.
    pub const INPUT: Self =
        Self::IN.union(Self::RDNORM).union(Self::RDBAND).union(Self::PRI).union(Self::RDHUP);
    /// What is said when there is room to write.
    pub const OUTPUT: Self = Self::OUT.union(Self::WRNORM).union(Self::WRBAND);
    /// What a regular file always is: ready for everything.
    pub const ALWAYS: Self = Self::IN.union(Self::OUT).union(Self::RDNORM).union(Self::WRNORM);
}

/// How mmap(2) shows a file.
#[derive(Clone, Debug)]
pub enum FileMapping {
    /// The machine maps it.
    Machine(Arc<dyn MachineFile>),
    /// Its pages are physical frames of the kernel.
    Pages(Arc<PageStore>),
    /// It reads as zeros and every mapping is its own (/dev/zero).
    Zero,
}

/// Receives directory entries; `false` when it is full and did not take the entry.
pub type Directory<'a> = dyn FnMut(DirectoryEntry<'_>) -> bool + 'a;

/// The offset that stands for the file's [`OutsidePosition`], which then moves; more than a file's can be.
pub const OUTSIDE_POSITION: u64 = u64::MAX - 1;

/// A position that is kept outside of the kernel, because others there move it too.
pub trait OutsidePosition {
    /// Where it is now.
    fn get(&self) -> u64;

    /// Moves it.
    fn set(&self, position: u64);
}

/// An open file without what belongs to the description (position, flags): that is kept above. Methods
/// that do not fit the kind of file keep their default, which gives Linux's error.
pub trait File: Send + Sync + Debug {
    /// For a subsystem to recognize its own files.
    fn as_any(&self) -> &dyn Any;

    /// Whether it has a position; if not, `offset` is always 0 and lseek(2) gives `ESPIPE`.
    fn is_seekable(&self) -> bool {
        true
    }

    /// Reads from an offset; 0 at the end of the file. Waits for data unless told not to.
    ///
    /// # Errors
    /// As read(2); `EAGAIN` when it would have to wait, `ERESTARTSYS` when a signal came first.
    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let _ = (sink, offset, flags);
        Err(Errno::EINVAL)
    }

    /// Writes at an offset. Gives the count; with `APPEND` the position is then the file's end.
    ///
    /// # Errors
    /// As write(2); `EPIPE` without the signal, which the caller sends.
    fn write_at(&self, source: &mut Source<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let _ = (source, offset, flags);
        Err(Errno::EINVAL)
    }

    /// Whether an `EPIPE` of a write comes with `SIGPIPE`; files that decide that themselves say no.
    fn signals_broken_pipe(&self) -> bool {
        true
    }

    /// Its position, if others outside of the kernel share it. Then read(2) and write(2) give
    /// [`OUTSIDE_POSITION`] as the offset.
    fn outside_position(&self) -> Option<&dyn OutsidePosition> {
        None
    }

    /// Whether splice(2) and sendfile(2) read from it, given that it is no directory and not a mere
    /// descriptor.
    fn gives_to_pipes(&self) -> bool {
        true
    }

    /// As [`gives_to_pipes`](Self::gives_to_pipes), whether they write to it.
    fn takes_from_pipes(&self) -> bool {
        true
    }

    /// Whether lseek(2) is accepted, and does nothing, though it has no position (`noop_llseek`).
    fn ignores_seek(&self) -> bool {
        false
    }

    /// The next offset with data (or, when `hole`, without) from `offset` on (lseek(2)).
    ///
    /// # Errors
    /// `ENXIO` past the end.
    fn seek_data_or_hole(&self, offset: u64, hole: bool) -> Result<u64, Errno> {
        let _ = (offset, hole);
        Err(Errno::EINVAL)
    }

    /// Notes the time at which a directory was read, unless it was opened to leave that alone (`O_NOATIME`).
    fn note_directory_access(&self) {}

    /// Gives the entries of a directory from a position on, until the receiver is full; position 0 is the
    /// start, and `.` and `..` are given like any other.
    ///
    /// # Errors
    /// `ENOTDIR` when it is none.
    fn read_directory(&self, position: u64, receiver: &mut Directory<'_>) -> Result<(), Errno> {
        let _ = (position, receiver);
        Err(Errno::ENOTDIR)
    }

    /// Whether epoll(7) may watch it; poll(2) takes every file.
    fn can_poll(&self) -> bool {
        !self.is_seekable()
    }

    /// Its readiness now; where an entry is given, it is added wherever a change will be told.
    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let _ = entry;
        PollEvents::ALWAYS
    }

    /// Controls a device (ioctl(2)); the argument is a number or an address, as the request says.
    ///
    /// # Errors
    /// `ENOTTY` for a request that it does not know.
    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        let _ = (request, argument);
        Err(Errno::ENOTTY)
    }

    /// How many bytes there are to read without waiting (ioctl(FIONREAD)); of a seekable file the caller
    /// knows.
    ///
    /// # Errors
    /// `ENOTTY` where nobody can tell.
    fn readable_bytes(&self) -> Result<usize, Errno> {
        Err(Errno::ENOTTY)
    }

    /// Writes what /proc/self/fdinfo tells about this kind of file only.
    ///
    /// # Errors
    /// Those of the target.
    fn show_information(&self, target: &mut dyn fmt::Write) -> fmt::Result {
        let _ = target;
        Ok(())
    }

    /// How mmap(2) shows it.
    ///
    /// # Errors
    /// `ENODEV` when it cannot be mapped.
    fn mapping(&self) -> Result<FileMapping, Errno> {
        Err(Errno::ENODEV)
    }

    /// The seals of a file in memory (fcntl(2)); `None` for one that cannot be sealed.
    fn seals(&self) -> Option<&Seals> {
        None
    }

    /// Adds seals to a file that can be sealed, while nobody writes.
    ///
    /// # Errors
    /// As fcntl(2), `F_ADD_SEALS`.
    fn add_seals(&self, seals: u32) -> Result<(), Errno> {
        let _ = seals;
        Err(Errno::EINVAL)
    }

    /// Allocates or frees space (fallocate(2)), with Linux's mode bits.
    ///
    /// # Errors
    /// As fallocate(2).
    fn allocate(&self, mode: u32, offset: u64, length: u64) -> Result<(), Errno> {
        let _ = (mode, offset, length);
        Err(Errno::ENODEV)
    }

    /// Writes what is cached to the device (fsync(2)); `data_only` as fdatasync(2).
    ///
    /// # Errors
    /// `EINVAL` for what cannot be synchronized, `EIO`.
    fn sync(&self, data_only: bool) -> Result<(), Errno> {
        let _ = data_only;
        Err(Errno::EINVAL)
    }

    /// Runs when a descriptor of it is closed (close(2) tells its error).
    ///
    /// # Errors
    /// `EIO`.
    fn flush(&self) -> Result<(), Errno> {
        Ok(())
    }
}
