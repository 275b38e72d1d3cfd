//! Open file descriptions (open(2)): what descriptors refer to, shared by dup(2) and fork(2).

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general::{
    FASYNC, O_ACCMODE, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECT, O_DSYNC, O_EXCL, O_NOATIME, O_NOCTTY,
    O_NONBLOCK, O_PATH, O_RDONLY, O_TRUNC, O_WRONLY,
};

use sync::SpinLock;

use super::asynchronous::Announcer;
use super::notify::DirectoryWatch;
use super::owner::SignalOwner;
use super::{File, Inode, IoFlags, MountFlags, Path, epoll, locks, notify};
use crate::sched::{Mutex, MutexGuard};

/// What open(2) is told and fcntl(F_GETFL) does not show again.
const CREATION_FLAGS: u32 = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// An open file: what it does, the place where it was opened, the flags of open(2) and the position.
#[derive(Debug)]
pub struct OpenFile {
    /// 0 until somebody asks for it.
    id: AtomicU64,
    file: Arc<dyn File>,
    path: Path,
    /// The flags that fcntl(F_GETFL) shows; the access mode in them never changes.
    flags: AtomicU32,
    position: Mutex<u64>,
    signal_owner: SpinLock<SignalOwner>,
    /// What tells the owner that it became ready (`O_ASYNC`).
    announcer: SpinLock<Option<Arc<Announcer>>>,
    /// What tells the owner of changes in a directory (`F_NOTIFY`).
    pub(super) directory_watch: SpinLock<Option<Arc<DirectoryWatch>>>,
    /// Whether it ever took a lock of its own: then it looks for locks when it goes.
    locked: AtomicBool,
    /// The watches of epoll instances, which end with it.
    watches: SpinLock<Vec<Weak<epoll::Item>>>,
}

impl OpenFile {
    /// The description of a file that was opened with these flags of open(2), at position 0. What has no
    /// place in the tree gets an [anonymous](Path::anonymous) path.
    #[must_use]
    pub fn new(file: Arc<dyn File>, path: Path, flags: u32) -> Arc<Self> {
        Arc::new(Self {
            id: AtomicU64::new(0),
            file,
            path,
            flags: AtomicU32::new(flags & !CREATION_FLAGS),
            position: Mutex::new(0),
            signal_owner: SpinLock::default(),
            announcer: SpinLock::new(None),
            directory_watch: SpinLock::new(None),
            locked: AtomicBool::new(false),
            watches: SpinLock::new(Vec::new()),
        })
    }

    /// A number that no other description has or had.
    #[must_use]
    pub fn id(&self) -> u64 {
        match self.id.load(Ordering::Relaxed) {
            0 => {
                let new = NEXT_ID.fetch_add(1, Ordering::Relaxed);
                let set = self.id.compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
                set.err().unwrap_or(new)
            }
            id => id,
        }
    }

    /// What the file does.
    #[must_use]
    pub const fn file(&self) -> &Arc<dyn File> {
        &self.file
    }

    /// Where it was opened.
    #[must_use]
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// The inode that was opened.
    #[must_use]
    pub fn inode(&self) -> &Arc<dyn Inode> {
        self.path.inode()
    }

    /// Access mode and status flags, as fcntl(F_GETFL) shows them.
    #[must_use]
    pub fn flags(&self) -> u32 {
        self.flags.load(Ordering::Relaxed)
    }

    /// Changes the status flags in `mask` to those in `flags`.
    pub fn change_flags(&self, mask: u32, flags: u32) {
        let change = |old| Some((old & !mask) | (flags & mask));
        let _ = self.flags.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
    }

    /// Whether it was opened for reading.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.flags().wrapping_add(1) & 1 != 0 && !self.is_path_only()
    }

    /// Whether it was opened for writing.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.flags().wrapping_add(1) & 2 != 0 && !self.is_path_only()
    }

    /// Whether it stands for a place in the tree only (`O_PATH`).
    #[must_use]
    pub fn is_path_only(&self) -> bool {
        self.flags() & O_PATH != 0
    }

    /// Whether its calls do not wait (`O_NONBLOCK`).
    #[must_use]
    pub fn is_nonblocking(&self) -> bool {
        self.flags() & O_NONBLOCK != 0
    }

    /// How its reads and writes behave, from the status flags.
    #[must_use]
    pub fn io_flags(&self) -> IoFlags {
        let flags = self.flags();
        let mut io = IoFlags::empty();
        io.set(IoFlags::NONBLOCK, flags & O_NONBLOCK != 0);
        io.set(IoFlags::APPEND, flags & O_APPEND != 0);
        // O_SYNC contains O_DSYNC's bit.
        io.set(IoFlags::SYNC, flags & O_DSYNC != 0);
        io.set(IoFlags::DIRECT, flags & O_DIRECT != 0);
        let no_access_time = flags & O_NOATIME != 0 || self.path.mount.flags().contains(MountFlags::NO_ATIME);
        io.set(IoFlags::NO_ACCESS_TIME, no_access_time);
        io
    }

    /// The position, locked: of bytes in a file, of entries in a directory. Calls that use and change it
    /// do so under the lock, one after the other.
    pub fn position(&self) -> MutexGuard<'_, u64> {
        let mut position = self.position.lock();
        if let Some(outside) = self.file.outside_position() {
            *position = outside.get();
        }
        position
    }

    /// Moves the position, which the caller has locked.
    pub fn set_position(&self, position: &mut MutexGuard<'_, u64>, to: u64) {
        **position = to;
        if let Some(outside) = self.file.outside_position() {
            outside.set(to);
        }
    }

    /// Who is told by a signal that it became ready.
    pub const fn signal_owner(&self) -> &SpinLock<SignalOwner> {
        &self.signal_owner
    }

    /// Sends the owner a signal whenever it becomes ready, or no longer (`O_ASYNC`); `fd` is what the signal
    /// says. A file that is always ready has none to send, and no such flag.
    pub fn set_asynchronous(self: &Arc<Self>, on: bool, fd: i32) {
        if !self.file.can_poll() {
            return;
        }
        let announcer = on.then(|| Announcer::new(self, fd));
        let before = core::mem::replace(&mut *self.announcer.lock(), announcer);
        drop(before);
        self.change_flags(FASYNC, if on { FASYNC } else { 0 });
    }

    /// Says that an epoll instance watches it.
    pub(super) fn watched_by(&self, item: &Arc<epoll::Item>) {
        let mut watches = self.watches.lock();
        watches.retain(|watch| watch.strong_count() > 0);
        watches.push(Arc::downgrade(item));
    }

    /// Says that it took a lock of its own.
    pub fn note_lock(&self) {
        self.locked.store(true, Ordering::SeqCst);
    }

    /// Fails unless it was opened for reading.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn check_readable(&self) -> Result<(), Errno> {
        if self.is_readable() { Ok(()) } else { Err(Errno::EBADF) }
    }

    /// Fails unless it was opened for writing.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn check_writable(&self) -> Result<(), Errno> {
        if self.is_writable() { Ok(()) } else { Err(Errno::EBADF) }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        notify::closed(self);
        if self.locked.load(Ordering::SeqCst) {
            locks::release_description(self);
        }
        let watches = core::mem::take(self.watches.get_mut());
        if !watches.is_empty() {
            epoll::file_closed(self.id(), watches);
        }
    }
}

/// Whether flags of open(2) ask for reading and for writing.
#[must_use]
pub const fn access_of_flags(flags: u32) -> (bool, bool) {
    match flags & O_ACCMODE {
        O_RDONLY => (true, false),
        O_WRONLY => (false, true),
        // 3 is Linux's "neither read nor write, ioctl only", which still asks for both permissions.
        _ => (true, true),
    }
}
