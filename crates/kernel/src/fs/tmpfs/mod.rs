//! Files in the kernel's memory: tmpfs, and the overlay, which is a tmpfs above another tree.
//!
//! An inode has its contents and attributes in memory, or shows those of an inode of the lower tree until
//! they are changed; then it is kept for as long as the file system lives. A directory holds the names
//! that were made or removed (whiteouts) and shows those of its lower directory besides. Because an inode
//! goes on knowing its lower one wherever it is moved, directories of the lower tree are renamed without
//! being copied, and hard links in it stay hard links. Data is taken over page by page, when it is written.
//!
//! Locks, in this order: a directory's contents (a parent's before a child's), a regular file's `io`; then,
//! one at a time, the spin locks.

mod attributes;
mod directory;
mod file;
mod inode;
mod listing;
mod lower;
mod rename;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;

use super::transfer::MAX_FILE_SIZE;
use super::{FileKind, FileSystem, FileSystemStatistics, Inode, anonymous_device};
use crate::machine::machine;
use crate::mm::{PAGE_SIZE, PageQuota};
use attributes::Attributes;
use inode::MemoryInode;
use lower::LowerTable;

/// What limits a file system in memory.
#[derive(Clone, Copy, Debug)]
pub struct TmpfsLimits {
    /// Bytes of data (`size=`).
    pub bytes: u64,
    /// Inodes (`nr_inodes=`).
    pub inodes: u64,
}

impl Default for TmpfsLimits {
    /// Half of the memory, as on Linux.
    fn default() -> Self {
        let bytes = machine().physical_size() / 2;
        Self { bytes, inodes: bytes / PAGE_SIZE }
    }
}

/// A tmpfs, or an overlay above a lower tree.
#[derive(Debug)]
pub struct Tmpfs {
    shared: Arc<Shared>,
    root: Arc<MemoryInode>,
}

/// What the inodes of one file system have in common.
#[derive(Debug)]
struct Shared {
    device: u64,
    quota: Arc<PageQuota>,
    inodes: Arc<PageQuota>,
    next_number: AtomicU64,
    lower: Option<LowerTable>,
    /// That of the lower tree, if there is one.
    max_file_size: u64,
}

impl Tmpfs {
    /// An empty file system, whose root has these permissions and this owner (user and group).
    ///
    /// # Errors
    /// `ENOSPC` when there is not even room for the root.
    pub fn new(limits: TmpfsLimits, permissions: u32, owner: (u32, u32)) -> Result<Arc<Self>, Errno> {
        let shared = Shared::new(limits, None, MAX_FILE_SIZE);
        let attributes = Attributes::new(permissions, owner, 2);
        let root = MemoryInode::new(&shared, FileKind::Directory, 0, None, attributes)?;
        Ok(Arc::new(Self { shared, root }))
    }

    /// A file system that shows another one, which it never changes, with all changes in memory.
    ///
    /// # Errors
    /// Those of the other's root.
    pub fn overlay(lower: Arc<dyn FileSystem>, limits: TmpfsLimits) -> Result<Arc<Self>, Errno> {
        let (root, largest) = (lower.root(), lower.max_file_size());
        let shared = Shared::new(limits, Some(LowerTable::new(lower)), largest);
        let root = shared.of_lower(root)?;
        Ok(Arc::new(Self { shared, root }))
    }
}

impl Tmpfs {
    /// A regular file without a name, which gets none, with these seals (memfd_create(2)).
    ///
    /// # Errors
    /// `ENOSPC`.
    pub fn create_sealed(
        &self,
        permissions: u32,
        owner: (u32, u32),
        seals: u32,
    ) -> Result<Arc<dyn Inode>, Errno> {
        let attributes = Attributes::new(permissions, owner, 0);
        let inode = MemoryInode::new(&self.shared, FileKind::Regular, 0, None, attributes)?;
        if let Some(own) = inode.seals() {
            own.reset(seals);
        }
        Ok(inode)
    }
}

impl Shared {
    fn new(limits: TmpfsLimits, lower: Option<LowerTable>, max_file_size: u64) -> Arc<Self> {
        Arc::new(Self {
            device: anonymous_device(),
            quota: PageQuota::new(limits.bytes / PAGE_SIZE),
            inodes: PageQuota::new(limits.inodes),
            next_number: AtomicU64::new(1),
            lower,
            max_file_size,
        })
    }

    /// A number for an inode that is not in the lower tree.
    fn new_number(&self) -> u64 {
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        if self.lower.is_some() { lower::UPPER_NUMBERS + number } else { number }
    }
}

impl FileSystem for Tmpfs {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::clone(&self.root) as Arc<dyn Inode>
    }

    fn statistics(&self) -> Result<FileSystemStatistics, Errno> {
        const TMPFS_MAGIC: u64 = 0x0102_1994;
        const OVERLAYFS_SUPER_MAGIC: u64 = 0x794c_7630;
        let (blocks, used) = self.shared.quota.pages();
        let (files, files_used) = self.shared.inodes.pages();
        let (free, files_free) = (blocks.saturating_sub(used), files.saturating_sub(files_used));
        // What lies below is in use, and there is as much room as there is in memory.
        let (below, files_below) = match &self.shared.lower {
            Some(lower) => lower.in_use()?,
            None => (0, 0),
        };
        Ok(FileSystemStatistics {
            magic: if self.shared.lower.is_some() { OVERLAYFS_SUPER_MAGIC } else { TMPFS_MAGIC },
            block_size: PAGE_SIZE,
            blocks: blocks.saturating_add(below),
            blocks_free: free,
            blocks_available: free,
            files: files.saturating_add(files_below),
            files_free,
            name_length: 255,
            flags: 0,
        })
    }

    fn max_file_size(&self) -> u64 {
        self.shared.max_file_size
    }

    fn type_name(&self) -> &'static str {
        if self.shared.lower.is_some() { "overlay" } else { "tmpfs" }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // What was changed is held by a table that it holds itself.
        if let Some(lower) = &self.shared.lower {
            lower.clear();
        }
    }
}
