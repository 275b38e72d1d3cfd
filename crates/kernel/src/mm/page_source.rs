//! What limits the pages of a store, and what shows where they are absent.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;

use super::PAGE_SIZE;
use crate::fs::{File, IoFlags};
use crate::io::Sink;

/// How many pages the files of one file system may have together.
#[derive(Debug)]
pub struct PageQuota {
    limit: AtomicU64,
    used: AtomicU64,
}

impl PageQuota {
    /// A quota of this many pages, all free.
    #[must_use]
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit: AtomicU64::new(limit), used: AtomicU64::new(0) })
    }

    /// The limit, and how much of it is in use.
    #[must_use]
    pub fn pages(&self) -> (u64, u64) {
        (self.limit.load(Ordering::Relaxed), self.used.load(Ordering::Relaxed))
    }

    /// Takes pages.
    ///
    /// # Errors
    /// `ENOSPC` when there are not so many.
    pub fn charge(&self, count: u64) -> Result<(), Errno> {
        let limit = self.limit.load(Ordering::Relaxed);
        let add = |used: u64| used.checked_add(count).filter(|&sum| sum <= limit);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add) {
            Ok(_) => Ok(()),
            Err(_) => Err(Errno::ENOSPC),
        }
    }

    /// Gives pages back.
    pub fn release(&self, count: u64) {
        self.used.fetch_sub(count, Ordering::Relaxed);
    }
}

/// A file below a store.
#[derive(Clone, Debug)]
pub(super) struct Backing {
    /// The file.
    pub(super) file: Arc<dyn File>,
    /// How many bytes of it show.
    pub(super) end: u64,
}

impl Backing {
    /// What the file has of a page.
    pub(super) fn read_page(&self, index: u64) -> Result<Vec<u8>, Errno> {
        self.read(index * PAGE_SIZE, PAGE_SIZE)
    }

    /// Reads from an offset on, zeros where the file became shorter; fewer bytes where it ends to show.
    pub(super) fn read(&self, offset: u64, length: u64) -> Result<Vec<u8>, Errno> {
        let length = usize::try_from(self.end.saturating_sub(offset).min(length)).unwrap_or(0);
        let mut buffer = vec![0; length];
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..)
            && !rest.is_empty()
        {
            match self.file.read_at(&mut Sink::kernel(rest), offset + done as u64, IoFlags::empty())? {
                0 => break,
                count => done += count,
            }
        }
        Ok(buffer)
    }
}
