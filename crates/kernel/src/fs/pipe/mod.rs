//! Pipes and FIFOs (pipe(7)).

mod end;
mod fifo;
mod quota;
mod ring;
pub mod splice;

use alloc::format;
use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use abi::Errno;
use abi::raw::general::{O_NONBLOCK, O_RDONLY, O_WRONLY};

pub use end::PipeEnd;
pub use fifo::open_fifo;
use quota::Quota;
pub use ring::{BUFFER_SIZE, Ring};

use super::{AttributeChanges, File, Inode, Metadata, NamelessInode, OpenFile, Path};
use crate::sched::{Mutex, WaitQueue};
use crate::task::Thread;

/// How many buffers a new pipe has: 64 KiB (`PIPE_DEF_BUFFERS`).
const DEFAULT_BUFFERS: usize = 16;
/// The largest pipe that an ordinary user may make (/proc/sys/fs/pipe-max-size).
pub const PIPE_MAX_SIZE: usize = 1 << 20;
/// `CAP_SYS_RESOURCE`.
const CAP_SYS_RESOURCE: u32 = 24;

/// What both ends of a pipe share.
#[derive(Debug)]
pub struct Pipe {
    ring: Mutex<Ring>,
    /// What poll(2) looks at without the ring's lock: buffers in use and in all.
    used: AtomicUsize,
    capacity: AtomicUsize,
    /// Open ends.
    readers: AtomicUsize,
    writers: AtomicUsize,
    /// How often each kind of end was ever opened (fifo(7): opening waits for the other kind).
    reader_opens: AtomicU64,
    writer_opens: AtomicU64,
    /// Told when there is something to read, or no writer any more.
    readable: Arc<WaitQueue>,
    /// Told when there is room, or no reader any more.
    writable: Arc<WaitQueue>,
    quota: Quota,
}

impl Pipe {
    fn new(thread: &Thread) -> Self {
        let quota = Quota::new(thread, DEFAULT_BUFFERS);
        Self {
            ring: Mutex::new(Ring::new(quota.buffers())),
            used: AtomicUsize::new(0),
            capacity: AtomicUsize::new(quota.buffers()),
            readers: AtomicUsize::new(0),
            writers: AtomicUsize::new(0),
            reader_opens: AtomicU64::new(0),
            writer_opens: AtomicU64::new(0),
            readable: Arc::new(WaitQueue::new()),
            writable: Arc::new(WaitQueue::new()),
            quota,
        }
    }

    fn has_readers(&self) -> bool {
        self.readers.load(Ordering::SeqCst) != 0
    }

    fn has_writers(&self) -> bool {
        self.writers.load(Ordering::SeqCst) != 0
    }

    fn is_empty(&self) -> bool {
        self.used.load(Ordering::SeqCst) == 0
    }

    fn is_full(&self) -> bool {
        self.used.load(Ordering::SeqCst) >= self.capacity.load(Ordering::SeqCst)
    }

    /// Runs `action` on the ring and tells those who wait for what it changed.
    fn with_ring<T>(&self, action: impl FnOnce(&mut Ring) -> T) -> T {
        let mut ring = self.ring.lock();
        let was_full = ring.is_full();
        let outcome = action(&mut ring);
        let is_full = self.note_use(&ring);
        drop(ring);
        // Only then: an edge-triggered writer is not told of room that it knew of (epoll(7)).
        if was_full && !is_full {
            self.writable.wake_all_after_unlock();
        }
        outcome
    }

    /// Tells poll(2) how much of the ring is in use; gives whether it is full.
    fn note_use(&self, ring: &Ring) -> bool {
        // Whoever wakes waiters for it orders this before the look at who waits.
        self.used.store(ring.used(), Ordering::Release);
        ring.is_full()
    }

    /// The capacity in bytes (fcntl(F_GETPIPE_SZ)).
    #[must_use]
    pub fn size(&self) -> usize {
        self.capacity.load(Ordering::SeqCst) * BUFFER_SIZE
    }

    /// Changes the capacity to at least so many bytes and gives what it became (fcntl(F_SETPIPE_SZ)).
    ///
    /// # Errors
    /// `EINVAL`, `EPERM` beyond the largest size without the capability, `EBUSY` when more is in use.
    pub fn set_size(&self, thread: &Thread, size: u64) -> Result<usize, Errno> {
        let size = usize::try_from(size).ok().filter(|size| *size <= 1 << 31).ok_or(Errno::EINVAL)?;
        let size = size.max(BUFFER_SIZE).checked_next_power_of_two().ok_or(Errno::EINVAL)?;
        let mut ring = self.ring.lock();
        let buffers = size / BUFFER_SIZE;
        let is_privileged = thread.credentials().has_capability(CAP_SYS_RESOURCE);
        if buffers > ring.capacity() && !is_privileged && size > PIPE_MAX_SIZE {
            return Err(Errno::EPERM);
        }
        if buffers < ring.used() {
            return Err(Errno::EBUSY);
        }
        self.quota.change(buffers, is_privileged)?;
        ring.set_capacity(buffers)?;
        self.capacity.store(buffers, Ordering::SeqCst);
        drop(ring);
        self.writable.wake_all();
        Ok(size)
    }
}

/// The inode of a pipe that has no name.
#[derive(Debug)]
struct PipeInode {
    inode: NamelessInode,
    pipe: Arc<Pipe>,
}

impl Inode for PipeInode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.inode.metadata())
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        self.inode.change(changes);
        Ok(())
    }

    fn open(self: Arc<Self>, readable: bool, writable: bool) -> Result<Arc<dyn File>, Errno> {
        Ok(Arc::new(PipeEnd::new(&self.pipe, readable, writable)))
    }
}

/// Makes a pipe; gives its reading and its writing end. `flags` are `O_NONBLOCK` and `O_DIRECT`.
///
/// # Errors
/// `ENOMEM`.
pub fn create(thread: &Thread, flags: u32) -> Result<(Arc<OpenFile>, Arc<OpenFile>), Errno> {
    let pipe = Arc::new(Pipe::new(thread));
    let reader = Arc::new(PipeEnd::new(&pipe, true, false));
    let writer = Arc::new(PipeEnd::new(&pipe, false, true));
    let inode = NamelessInode::pipe(thread);
    let name = format!("pipe:[{}]", inode.number());
    let path = Path::anonymous(Arc::new(PipeInode { inode, pipe }), name.as_bytes())?;
    let reader = OpenFile::new(reader, path.clone(), O_RDONLY | (flags & O_NONBLOCK));
    let writer = OpenFile::new(writer, path, O_WRONLY | flags);
    Ok((reader, writer))
}

/// The pipe behind an open file, if it is one.
#[must_use]
pub fn of_file(file: &OpenFile) -> Option<&Arc<Pipe>> {
    file.file().as_any().downcast_ref::<PipeEnd>().map(PipeEnd::pipe)
}
