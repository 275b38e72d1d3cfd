//! Seals: promises about a file that can only grow (fcntl(2), file sealing).

use core::cmp::Ordering as Order;
use core::sync::atomic::{AtomicU32, Ordering};

use abi::Errno;
use abi::raw::general::{
    F_SEAL_EXEC, F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE,
};

use crate::io::Source;
use crate::mm::PAGE_MASK;

/// Those that Linux knows (`F_ALL_SEALS`).
pub const KNOWN: u32 =
    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | F_SEAL_EXEC;

/// The seals of a file in memory.
#[derive(Debug)]
pub struct Seals {
    seals: AtomicU32,
    /// Shared mappings that may become writable: with one, `F_SEAL_WRITE` cannot be promised.
    writable_mappings: AtomicU32,
}

impl Seals {
    /// A file with these seals.
    #[must_use]
    pub const fn new(seals: u32) -> Self {
        Self { seals: AtomicU32::new(seals), writable_mappings: AtomicU32::new(0) }
    }

    /// The seals (`F_GET_SEALS`).
    #[must_use]
    pub fn get(&self) -> u32 {
        self.seals.load(Ordering::SeqCst)
    }

    /// Whether one of these seals is set.
    #[must_use]
    pub fn has(&self, seals: u32) -> bool {
        self.get() & seals != 0
    }

    /// Adds seals (`F_ADD_SEALS`).
    ///
    /// # Errors
    /// `EPERM` after `F_SEAL_SEAL`, `EBUSY` when a writable mapping is in the
    /// way.
    pub fn add(&self, seals: u32) -> Result<(), Errno> {
        if self.has(F_SEAL_SEAL) {
            return Err(Errno::EPERM);
        }
        if seals & F_SEAL_WRITE != 0 && self.writable_mappings.load(Ordering::SeqCst) != 0 {
            return Err(Errno::EBUSY);
        }
        self.seals.fetch_or(seals, Ordering::SeqCst);
        Ok(())
    }

    /// Sets the seals of a new file, which nobody else knows yet.
    pub fn reset(&self, seals: u32) {
        self.seals.store(seals, Ordering::SeqCst);
    }

    /// Fails when the contents may not change.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn check_write(&self) -> Result<(), Errno> {
        if self.has(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE) { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// Fails when a file may not go from one size to another.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn check_size(&self, before: u64, after: u64) -> Result<(), Errno> {
        let is_sealed = match after.cmp(&before) {
            Order::Less => self.has(F_SEAL_SHRINK),
            Order::Equal => false,
            Order::Greater => self.has(F_SEAL_GROW),
        };
        if is_sealed { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// Fails when nothing may be written at an offset of a file of this size, else takes off what may not.
    /// As on Linux, which writes page by page: the page that would make the file longer stays as it is.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn limit_write(&self, source: &mut Source<'_>, offset: u64, size: u64) -> Result<(), Errno> {
        self.check_write()?;
        let end = offset.saturating_add(source.remaining() as u64);
        if end <= size || !self.has(F_SEAL_GROW) {
            return Ok(());
        }
        let room = (size & !PAGE_MASK).checked_sub(offset).filter(|room| *room > 0).ok_or(Errno::EPERM)?;
        source.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        Ok(())
    }

    /// Whether a shared mapping may be, or become, writable.
    ///
    /// # Errors
    /// `EPERM` when the file is sealed against writing.
    pub fn check_writable_mapping(&self) -> Result<(), Errno> {
        self.check_write()
    }

    /// Counts a shared mapping that is, or may become, writable.
    pub fn add_writable_mapping(&self) {
        self.writable_mappings.fetch_add(1, Ordering::SeqCst);
    }

    /// Takes off what [`add_writable_mapping`](Self::add_writable_mapping) counted.
    pub fn remove_writable_mapping(&self) {
        self.writable_mappings.fetch_sub(1, Ordering::SeqCst);
    }
}
