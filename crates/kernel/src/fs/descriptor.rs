//! Descriptor tables: from the small numbers that programs use to open file descriptions.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::OpenFile;
use super::locks::{self, Owner};
use crate::net::SocketFile;
use crate::syscalls::Fd;

/// The most descriptors that a process may have, whatever its limit says (`fs.nr_open`).
pub const NR_OPEN: usize = 1 << 20;

#[derive(Clone)]
struct Slot {
    file: Arc<OpenFile>,
    close_on_exec: bool,
}

#[derive(Clone, Default)]
struct Slots {
    slots: Vec<Option<Slot>>,
    /// No free place lies before this one.
    first_free: usize,
}

impl Slots {
    fn get(&self, fd: Fd) -> Option<&Slot> {
        self.slots.get(usize::try_from(fd.0).ok()?)?.as_ref()
    }

    fn get_mut(&mut self, fd: Fd) -> Option<&mut Slot> {
        self.slots.get_mut(usize::try_from(fd.0).ok()?)?.as_mut()
    }

    fn lowest_free(&self, minimum: usize) -> usize {
        let start = minimum.max(self.first_free);
        let used = self.slots.get(start..).unwrap_or_default();
        start + used.iter().position(Option::is_none).unwrap_or(used.len())
    }

    fn put(&mut self, index: usize, slot: Slot) -> Result<Option<Slot>, Errno> {
        if index >= self.slots.len() {
            let more = index + 1 - self.slots.len();
            self.slots.try_reserve(more).map_err(|_| Errno::ENOMEM)?;
            self.slots.resize(index + 1, None);
        }
        if index == self.first_free {
            self.first_free += 1;
        }
        Ok(self.slots.get_mut(index).and_then(|place| place.replace(slot)))
    }

    fn take(&mut self, index: usize) -> Option<Slot> {
        let slot = self.slots.get_mut(index)?.take()?;
        self.first_free = self.first_free.min(index);
        Some(slot)
    }
}

/// The descriptors of a process; threads share one (clone(2), `CLONE_FILES`).
pub struct DescriptorTable {
    id: u64,
    slots: SpinLock<Slots>,
    /// Whether a record lock was ever taken through it: closing then looks for locks (fcntl(2)).
    record_locks: AtomicBool,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl DescriptorTable {
    /// A table without descriptors.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Self::with_slots(Slots::default())
    }

    fn with_slots(slots: Slots) -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            slots: SpinLock::new(slots),
            record_locks: AtomicBool::new(false),
        })
    }

    /// A table of its own with the same descriptors, without record locks (fork(2)).
    #[must_use]
    pub fn duplicate(&self) -> Arc<Self> {
        Self::with_slots(self.slots.lock().clone())
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
    pub fn get(&self, fd: Fd) -> Result<Arc<OpenFile>, Errno> {
        match self.slots.lock().get(fd) {
            Some(slot) => Ok(Arc::clone(&slot.file)),
            None => Err(Errno::EBADF),
        }
    }

    /// Gives the file the lowest free descriptor from `minimum` on, below `limit` (`RLIMIT_NOFILE`).
    ///
    /// # Errors
    /// `EMFILE` when there is none, `ENOMEM`.
    pub fn install(
        &self,
        file: &Arc<OpenFile>,
        close_on_exec: bool,
        minimum: usize,
        limit: usize,
    ) -> Result<Fd, Errno> {
        let mut slots = self.slots.lock();
        let index = slots.lowest_free(minimum);
        if index >= limit.min(NR_OPEN) {
            return Err(Errno::EMFILE);
        }
        let fd = i32::try_from(index).map_err(|_| Errno::EMFILE)?;
        slots.put(index, Slot { file: Arc::clone(file), close_on_exec })?;
        Ok(Fd(fd))
    }

    /// Fails when [`install`](Self::install) would find no place, for calls that would lose what they have to
    /// give a descriptor.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn check_room(&self, limit: usize) -> Result<(), Errno> {
        if self.slots.lock().lowest_free(0) < limit.min(NR_OPEN) { Ok(()) } else { Err(Errno::EMFILE) }
    }

    /// Makes `new` refer to what `old` refers to, closing what it was before (dup3(2)).
    ///
    /// # Errors
    /// `EBADF` when `old` is not open or `new` not below `limit`, `ENOMEM`.
    pub fn replace(&self, old: Fd, new: Fd, close_on_exec: bool, limit: usize) -> Result<(), Errno> {
        let index = usize::try_from(new.0).map_err(|_| Errno::EBADF)?;
        if index >= limit.min(NR_OPEN) {
            return Err(Errno::EBADF);
        }
        let previous = {
            let mut slots = self.slots.lock();
            let file = slots.get(old).map(|slot| Arc::clone(&slot.file)).ok_or(Errno::EBADF)?;
            slots.put(index, Slot { file, close_on_exec })?
        };
        if let Some(previous) = previous {
            // dup2(2): errors of the close are lost.
            let _ = self.release(previous);
        }
        Ok(())
    }

    /// Closes a descriptor. It is closed whatever the result is.
    ///
    /// # Errors
    /// `EBADF` when it is not open; what the file says when it is flushed.
    pub fn close(&self, fd: Fd) -> Result<(), Errno> {
        let index = usize::try_from(fd.0).map_err(|_| Errno::EBADF)?;
        let slot = self.slots.lock().take(index).ok_or(Errno::EBADF)?;
        self.release(slot)
    }

    /// Whether the descriptor is closed by execve(2).
    ///
    /// # Errors
    /// `EBADF` when it is not open.
    pub fn close_on_exec(&self, fd: Fd) -> Result<bool, Errno> {
        self.slots.lock().get(fd).map(|slot| slot.close_on_exec).ok_or(Errno::EBADF)
    }

    /// Says whether execve(2) shall close the descriptor.
    ///
    /// # Errors
    /// `EBADF` when it is not open.
    pub fn set_close_on_exec(&self, fd: Fd, close_on_exec: bool) -> Result<(), Errno> {
        let mut slots = self.slots.lock();
        slots.get_mut(fd).ok_or(Errno::EBADF)?.close_on_exec = close_on_exec;
        Ok(())
    }

    /// How many descriptors select(2) looks at: as many as Linux's table has room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        const FIRST: usize = 64;
        const STEP: usize = 128;
        let length = self.slots.lock().slots.len();
        if length <= FIRST { FIRST } else { ((length - 1) / STEP + 1).next_power_of_two() * STEP }
    }

    /// The open descriptors from `from` on, at most `count` of them (for /proc/self/fd).
    #[must_use]
    pub fn list(&self, from: Fd, count: usize) -> Vec<Fd> {
        let slots = self.slots.lock();
        let start = usize::try_from(from.0).unwrap_or(0);
        let rest = slots.slots.iter().enumerate().skip(start);
        let open = rest.filter(|(_, slot)| slot.is_some());
        open.filter_map(|(index, _)| i32::try_from(index).ok().map(Fd)).take(count).collect()
    }

    /// Closes a range of descriptors (close_range(2)).
    pub fn close_range(&self, range: RangeInclusive<u32>) {
        self.for_each_in(range, |slots, index| slots.take(index));
    }

    /// Marks a range of descriptors to be closed by execve(2) (`CLOSE_RANGE_CLOEXEC`).
    pub fn close_range_on_exec(&self, range: RangeInclusive<u32>) {
        self.for_each_in(range, |slots, index| {
            if let Some(Some(slot)) = slots.slots.get_mut(index) {
                slot.close_on_exec = true;
            }
            None
        });
    }

    /// Closes what execve(2) closes.
    pub fn close_for_exec(&self) {
        self.for_each_in(0..=u32::MAX, |slots, index| {
            let close = slots.slots.get(index)?.as_ref()?.close_on_exec;
            if close { slots.take(index) } else { None }
        });
    }

    /// Releases what `take` gives for each place in the range; files are closed without the lock.
    fn for_each_in(
        &self,
        range: RangeInclusive<u32>,
        mut take: impl FnMut(&mut Slots, usize) -> Option<Slot>,
    ) {
        let mut index = usize::try_from(*range.start()).unwrap_or(usize::MAX);
        let last = usize::try_from(*range.end()).unwrap_or(usize::MAX);
        loop {
            let slot = {
                let mut slots = self.slots.lock();
                let end = slots.slots.len().min(last.saturating_add(1));
                let mut found = None;
                while index < end && found.is_none() {
                    found = take(&mut slots, index);
                    index += 1;
                }
                found
            };
            match slot {
                Some(slot) => drop(self.release(slot)),
                None => return,
            }
        }
    }

    /// What closing a descriptor does besides freeing its place.
    fn release(&self, slot: Slot) -> Result<(), Errno> {
        let result = slot.file.file().flush();
        if self.record_locks.load(Ordering::SeqCst) {
            locks::clear_records_of(&slot.file, Owner::Table(self.id));
        }
        let is_socket = SocketFile::of_file(&slot.file).is_ok();
        drop(slot);
        if is_socket {
            SocketFile::descriptor_closed();
        }
        result
    }
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
