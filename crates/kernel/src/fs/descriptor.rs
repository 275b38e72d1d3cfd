//! Descriptor tables: from the small numbers that programs use to open file descriptions.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use abi::Errno;
use sync::{ArcTable, Borrowed, Borrows, Changes, Places, Removed};

use super::OpenFile;
use super::locks::{self, Owner};
use crate::net::SocketFile;
use crate::syscalls::Fd;

/// The most descriptors that a process may have, whatever its limit says (`fs.nr_open`).
pub const NR_OPEN: usize = 1 << 20;

/// What a descriptor refers to, for the time of a call: most often without a count.
pub type FileRef = Borrowed<OpenFile>;

/// The descriptors of a process; threads share one (clone(2), `CLONE_FILES`).
pub struct DescriptorTable {
    id: u64,
    /// Each with whether execve(2) closes it.
    places: ArcTable<OpenFile, bool>,
    /// Whether a record lock was ever taken through it: closing then looks for locks (fcntl(2)).
    record_locks: AtomicBool,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl DescriptorTable {
    /// A table without descriptors.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Self::with_places(ArcTable::new())
    }

    fn with_places(places: ArcTable<OpenFile, bool>) -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            places,
            record_locks: AtomicBool::new(false),
        })
    }

    /// A table of its own with the same descriptors, without record locks (fork(2)).
    #[must_use]
    pub fn duplicate(&self) -> Arc<Self> {
        Self::with_places(self.places.duplicate())
    }

    /// Makes the thread of that [number](arch::Context::borrower) one of those whose descriptors these are.
    pub fn join(&self, thread: u64) {
        self.places.join(arch::running(), thread);
    }

    /// The thread that runs this leaves the table to others.
    pub fn leave(&self) {
        self.places.leave(arch::running());
    }

    /// A thread that runs nowhere any more leaves the table to others.
    pub fn leave_stopped(&self, thread: &mut Borrows) {
        self.places.leave_stopped(thread);
    }

    /// Whether several threads have it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.places.users() > 1
    }

    /// A number that no other table has or had: the owner of its record locks.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Says that record locks were taken through this table.
    pub fn note_record_lock(&self) {
        self.record_locks.store(true, Ordering::SeqCst);
    }

    /// What a descriptor refers to.
    ///
    /// # Errors
    /// `EBADF` when the descriptor is not open.
    pub fn get(&self, fd: Fd) -> Result<FileRef, Errno> {
        self.places.borrow(arch::running(), index(fd)?).ok_or(Errno::EBADF)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Changes<'_, OpenFile, bool>) -> R) -> R {
        self.places.change(arch::running(), change)
    }

    /// Gives the file the lowest free descriptor from `minimum` on, below `limit` (`RLIMIT_NOFILE`).
    ///
    /// # Errors
    /// `EMFILE` when there is none, `ENOMEM`.
    pub fn install(
        &self,
        file: Arc<OpenFile>,
        close_on_exec: bool,
        minimum: usize,
        limit: usize,
    ) -> Result<Fd, Errno> {
        let outcome = self.change(|places| {
            let index = places.lowest_free(minimum);
            match i32::try_from(index) {
                Ok(fd) if index < limit.min(NR_OPEN) => match places.put(index, file, close_on_exec) {
                    Ok(_) => Ok(Fd(fd)),
                    Err(file) => Err((Errno::ENOMEM, file)),
                },
                _ => Err((Errno::EMFILE, file)),
            }
        });
        // The file, which may be closed thereby, is dropped without the table's lock.
        outcome.map_err(|(error, _file)| error)
    }

    /// Fails when [`install`](Self::install) would find no place, for calls that would lose what they have to
    /// give a descriptor.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn check_room(&self, limit: usize) -> Result<(), Errno> {
        let lowest = self.places.look(|places| places.lowest_free(0));
        if lowest < limit.min(NR_OPEN) { Ok(()) } else { Err(Errno::EMFILE) }
    }

    /// Makes `new` refer to what `old` refers to, closing what it was before (dup3(2)).
    ///
    /// # Errors
    /// `EBADF` when `old` is not open or `new` not below `limit`, `ENOMEM`.
    pub fn replace(&self, old: Fd, new: Fd, close_on_exec: bool, limit: usize) -> Result<(), Errno> {
        let new = index(new)?;
        if new >= limit.min(NR_OPEN) {
            return Err(Errno::EBADF);
        }
        let previous = self.change(|places| {
            let (file, _) = places.get(index(old)?).ok_or(Errno::EBADF)?;
            let file = Arc::clone(file);
            // The old descriptor still holds what comes back here.
            places.put(new, file, close_on_exec).map_err(|_file| Errno::ENOMEM)
        })?;
        if let Some(previous) = previous {
            // dup2(2): errors of the close are lost.
            let _ = self.closing(previous).finish();
        }
        Ok(())
    }

    /// Frees a descriptor; what else closing does is up to the caller, who thereby need not hold the table.
    ///
    /// # Errors
    /// `EBADF` when it is not open.
    pub fn take(&self, fd: Fd) -> Result<Closing, Errno> {
        let index = index(fd)?;
        let removed = self.change(|places| places.take(index)).ok_or(Errno::EBADF)?;
        Ok(self.closing(removed))
    }

    /// Whether the descriptor is closed by execve(2).
    ///
    /// # Errors
    /// `EBADF` when it is not open.
    pub fn close_on_exec(&self, fd: Fd) -> Result<bool, Errno> {
        let index = index(fd)?;
        self.places
            .look(|places| places.get(index).map(|(_, close_on_exec)| close_on_exec))
            .ok_or(Errno::EBADF)
    }

    /// Says whether execve(2) shall close the descriptor.
    ///
    /// # Errors
    /// `EBADF` when it is not open.
    pub fn set_close_on_exec(&self, fd: Fd, close_on_exec: bool) -> Result<(), Errno> {
        let index = index(fd)?;
        if self.change(|places| places.mark(index, close_on_exec)) { Ok(()) } else { Err(Errno::EBADF) }
    }

    /// How many descriptors select(2) looks at: as many as Linux's table has room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        const FIRST: usize = 64;
        const STEP: usize = 128;
        let length = self.places.look(Places::capacity);
        if length <= FIRST { FIRST } else { ((length - 1) / STEP + 1).next_power_of_two() * STEP }
    }

    /// The open descriptors from `from` on, at most `count` of them (for /proc/self/fd).
    #[must_use]
    pub fn list(&self, from: Fd, count: usize) -> Vec<Fd> {
        let start = index(from).unwrap_or(0);
        self.places.look(|places| {
            let open = (start..places.capacity()).filter(|index| places.get(*index).is_some());
            open.filter_map(|index| i32::try_from(index).ok().map(Fd)).take(count).collect()
        })
    }

    /// Closes a range of descriptors (close_range(2)).
    pub fn close_range(&self, range: RangeInclusive<u32>) {
        self.for_each_in(range, |places, index| places.take(index));
    }

    /// Marks a range of descriptors to be closed by execve(2) (`CLOSE_RANGE_CLOEXEC`).
    pub fn close_range_on_exec(&self, range: RangeInclusive<u32>) {
        self.for_each_in(range, |places, index| {
            places.mark(index, true);
            None
        });
    }

    /// Closes what execve(2) closes.
    pub fn close_for_exec(&self) {
        self.for_each_in(0..=u32::MAX, |places, index| {
            let (_, closes) = places.get(index)?;
            if closes { places.take(index) } else { None }
        });
    }

    /// Releases what `take` gives for each place in the range; files are closed without the lock.
    fn for_each_in(
        &self,
        range: RangeInclusive<u32>,
        mut take: impl FnMut(&mut Changes<'_, OpenFile, bool>, usize) -> Option<Removed<OpenFile>>,
    ) {
        let mut index = usize::try_from(*range.start()).unwrap_or(usize::MAX);
        let last = usize::try_from(*range.end()).unwrap_or(usize::MAX);
        loop {
            let removed = self.change(|places| {
                let end = places.capacity().min(last.saturating_add(1));
                let mut found = None;
                while index < end && found.is_none() {
                    found = take(places, index);
                    index += 1;
                }
                found
            });
            match removed {
                Some(removed) => drop(self.closing(removed).finish()),
                None => return,
            }
        }
    }

    fn closing(&self, file: Removed<OpenFile>) -> Closing {
        let locks = self.record_locks.load(Ordering::SeqCst).then_some(Owner::Table(self.id));
        Closing { file, locks }
    }
}

/// An open file whose descriptor is gone, and which is not closed yet.
#[must_use]
pub struct Closing {
    file: Removed<OpenFile>,
    /// Whose record locks end with it.
    locks: Option<Owner>,
}

impl Closing {
    /// What closing a descriptor does besides freeing its place.
    ///
    /// # Errors
    /// What the file says when it is flushed.
    pub fn finish(self) -> Result<(), Errno> {
        let Self { file, locks } = self;
        let result = file.file().flush();
        if let Some(owner) = locks {
            locks::clear_records_of(&file, owner);
        }
        let is_socket = SocketFile::of_file(&file).is_ok();
        drop(file);
        if is_socket {
            SocketFile::descriptor_closed();
        }
        result
    }
}

fn index(fd: Fd) -> Result<usize, Errno> {
    usize::try_from(fd.0).map_err(|_| Errno::EBADF)
}

impl Drop for DescriptorTable {
    fn drop(&mut self) {
        self.close_range(0..=u32::MAX);
    }
}

impl fmt::Debug for DescriptorTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DescriptorTable({})", self.id)
    }
}
