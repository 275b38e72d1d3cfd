//! Inodes of the lower tree, and the inodes in memory that show them.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::fmt;

use abi::Errno;
use hashbrown::HashMap;
use sync::SpinLock;

use super::Shared;
use super::inode::MemoryInode;
use crate::fs::{FileKind, FileSystem, Inode};
use crate::mm::PAGE_SIZE;

/// Bits of an inode number that a lower file system has for itself.
const NUMBER_BITS: u32 = 48;
/// The numbers of inodes that are in no lower file system; place 0 belongs to the first of these.
pub(super) const UPPER_NUMBERS: u64 = 1 << NUMBER_BITS;

/// Device and number of an inode of the lower tree.
pub(super) type Key = (u64, u64);

/// An inode of the lower tree.
#[derive(Clone, Debug)]
pub(super) struct Lower {
    pub(super) inode: Arc<dyn Inode>,
    pub(super) key: Key,
}

/// Which inode in memory shows which inode of the lower tree.
pub(super) struct LowerTable {
    file_system: Arc<dyn FileSystem>,
    /// All that are in use.
    shown: SpinLock<HashMap<Key, Weak<MemoryInode>>>,
    /// Those that differ from the lower ones: they must not be forgotten.
    changed: SpinLock<HashMap<Key, Arc<MemoryInode>>>,
    /// The devices of the lower tree, in the order in which they were met.
    devices: SpinLock<Vec<u64>>,
}

impl LowerTable {
    /// An empty table for this tree.
    pub(super) fn new(file_system: Arc<dyn FileSystem>) -> Self {
        Self {
            file_system,
            shown: SpinLock::default(),
            changed: SpinLock::default(),
            devices: SpinLock::default(),
        }
    }

    /// How many pages and inodes the tree has.
    pub(super) fn in_use(&self) -> Result<(u64, u64), Errno> {
        let statistics = self.file_system.statistics()?;
        let blocks = statistics.blocks.saturating_sub(statistics.blocks_free);
        let pages = blocks.saturating_mul(statistics.block_size) / PAGE_SIZE;
        Ok((pages, statistics.files.saturating_sub(statistics.files_free)))
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        let changed = core::mem::take(&mut *self.changed.lock());
        drop(changed);
    }

    /// The number that shows for an inode of the lower tree: its own on the first device; on others, the
    /// device's place in the upper bits.
    pub(super) fn number(&self, key: Key) -> u64 {
        let place = {
            let mut devices = self.devices.lock();
            match devices.iter().position(|&device| device == key.0) {
                Some(place) => place,
                None => {
                    devices.push(key.0);
                    devices.len() - 1
                }
            }
        };
        // Place 1 is that of the inodes in memory.
        let place = if place == 0 { 0 } else { place as u64 + 1 };
        let mask = UPPER_NUMBERS - 1;
        // A number that is too long is folded; a collision is unlikely and harmless to most programs.
        let folded = if key.1 > mask {
            (key.1 ^ (key.1 >> 16).wrapping_mul(0x9e37_79b9_7f4a_7c15)) & mask
        } else {
            key.1
        };
        (place << NUMBER_BITS) | folded
    }

    fn find(&self, key: Key, kind: FileKind) -> Option<Arc<MemoryInode>> {
        let found = self.shown.lock().get(&key).and_then(Weak::upgrade)?;
        // Another kind: the lower tree changed and uses the number again.
        (found.file_kind() == kind).then_some(found)
    }

    /// Enters an inode, unless another thread was faster.
    fn enter(&self, key: Key, inode: Arc<MemoryInode>) -> Arc<MemoryInode> {
        let other = self.find(key, inode.file_kind());
        let mut shown = self.shown.lock();
        match (other, shown.get(&key)) {
            (Some(other), Some(now)) if core::ptr::eq(now.as_ptr(), Arc::as_ptr(&other)) => {
                // Ours goes without the lock, which it takes to strike itself.
                drop(shown);
                other
            }
            (other, _) => {
                shown.insert(key, Arc::downgrade(&inode));
                drop(shown);
                drop(other);
                inode
            }
        }
    }

    /// Strikes an inode that is gone.
    pub(super) fn strike(&self, key: Key) {
        let mut shown = self.shown.lock();
        if shown.get(&key).is_some_and(|inode| inode.strong_count() == 0) {
            shown.remove(&key);
        }
    }

    /// Keeps an inode for ever: it differs from the lower one.
    pub(super) fn keep(&self, key: Key, inode: &Arc<MemoryInode>) {
        let before = self.changed.lock().insert(key, Arc::clone(inode));
        drop(before);
    }

    /// Lets go of an inode that has no name any more.
    pub(super) fn release(&self, key: Key) {
        let before = self.changed.lock().remove(&key);
        drop(before);
    }
}

impl fmt::Debug for LowerTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LowerTable({} shown)", self.shown.lock().len())
    }
}

impl Shared {
    /// The inode in memory that shows an inode of the lower tree.
    pub(super) fn of_lower(self: &Arc<Self>, inode: Arc<dyn Inode>) -> Result<Arc<MemoryInode>, Errno> {
        let table = self.lower.as_ref().ok_or(Errno::ENOENT)?;
        let metadata = inode.metadata()?;
        let key = (metadata.device, metadata.inode);
        if let Some(found) = table.find(key, metadata.kind) {
            return Ok(found);
        }
        let number = table.number(key);
        let inode = MemoryInode::of_lower(self, Lower { inode, key }, number, &metadata);
        Ok(table.enter(key, inode))
    }
}
