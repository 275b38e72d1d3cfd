//! Keeping memory in memory (mlock(2)). What is locked is brought in and counted; the machine below may
//! still page it.

use core::ops::Range;

use abi::Errno;

use super::{MemoryLimits, MemoryMap, VmaFlags};

const LOCK_FLAGS: VmaFlags = VmaFlags::LOCKED.union(VmaFlags::LOCK_ON_FAULT);

impl MemoryMap {
    /// Locks whole pages; with `on_fault`, each when it is touched.
    ///
    /// # Errors
    /// As mlock(2): `EPERM`, `ENOMEM`.
    pub fn lock_pages(&self, range: Range<u64>, on_fault: bool, limits: &MemoryLimits) -> Result<(), Errno> {
        if !limits.may_lock() {
            return Err(Errno::EPERM);
        }
        let mut flags = VmaFlags::LOCKED;
        flags.set(VmaFlags::LOCK_ON_FAULT, on_fault);
        {
            let mut locked = self.lock();
            let already: u64 = locked
                .books
                .pieces(&range)
                .iter()
                .filter(|(_, vma)| vma.flags.contains(VmaFlags::LOCKED))
                .map(|(piece, _)| piece.end - piece.start)
                .sum();
            let sum = locked.books.usage().locked.saturating_add(range.end - range.start) - already;
            if sum > limits.locked {
                return Err(Errno::ENOMEM);
            }
            locked.set_flags(&range, LOCK_FLAGS, flags)?;
        }
        if on_fault {
            return Ok(());
        }
        self.populate_mapped(range).map_err(|error| match error {
            // As POSIX wants it (`__mlock_posix_error_return`).
            Errno::EFAULT => Errno::ENOMEM,
            Errno::ENOMEM => Errno::EAGAIN,
            error => error,
        })
    }

    /// Unlocks whole pages (munlock(2)).
    ///
    /// # Errors
    /// `ENOMEM` when some are not mapped; those before are unlocked.
    pub fn unlock_pages(&self, range: &Range<u64>) -> Result<(), Errno> {
        self.lock().set_flags(range, LOCK_FLAGS, VmaFlags::empty())
    }

    /// Locks everything that is mapped, what will be mapped, or both (mlockall(2)).
    ///
    /// # Errors
    /// `EPERM`, `ENOMEM`.
    pub fn lock_all(
        &self,
        current: bool,
        future: bool,
        on_fault: bool,
        limits: &MemoryLimits,
    ) -> Result<(), Errno> {
        if !limits.may_lock() {
            return Err(Errno::EPERM);
        }
        let mut flags = VmaFlags::LOCKED;
        flags.set(VmaFlags::LOCK_ON_FAULT, on_fault);
        let everything = arch::copy::user_range();
        {
            let mut locked = self.lock();
            if current && locked.books.usage().total > limits.locked {
                return Err(Errno::ENOMEM);
            }
            locked.books.default_flags = if future { flags } else { VmaFlags::empty() };
            if !current {
                return Ok(());
            }
            locked.books.change(&everything, |vma| {
                if !vma.is_special() {
                    vma.flags = (vma.flags - LOCK_FLAGS) | flags;
                }
            });
        }
        if !on_fault {
            // As Linux: what cannot be brought in does not matter here.
            let _ = self.populate_mapped(everything);
        }
        Ok(())
    }

    /// Unlocks everything, also what will be mapped (munlockall(2)).
    pub fn unlock_all(&self) {
        let mut locked = self.lock();
        locked.books.default_flags = VmaFlags::empty();
        locked.books.change(&arch::copy::user_range(), |vma| vma.flags.remove(LOCK_FLAGS));
    }
}
