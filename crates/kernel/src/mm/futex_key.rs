//! What identifies a futex (futex(7)): a word of shared memory is the same futex wherever it is mapped.

use alloc::sync::Arc;

use abi::Errno;

use super::{Backing, MemoryMap, page_floor};
use crate::fs::FileMapping;

/// The identity of a futex word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FutexKey {
    /// A word of one program's own memory: the memory (by its place in the kernel) and the address.
    Private(usize, u64),
    /// The same, named by a call that did not say that it is private: as on Linux another futex.
    Own(usize, u64),
    /// A word of shared memory: the store of its pages (by its place in the kernel) and the offset.
    Store(usize, u64),
    /// A word of a file that the machine maps: device, inode and offset.
    File(u64, u64, u64),
}

impl MemoryMap {
    /// The futex at an address; `private` says that the program shares it with no other one.
    ///
    /// # Errors
    /// `EFAULT` when nothing is mapped there.
    pub fn futex_key(self: &Arc<Self>, address: u64, private: bool) -> Result<FutexKey, Errno> {
        let place = Arc::as_ptr(self).addr();
        if private {
            // As Linux: what lies below the first mapping is a place, too.
            let fits = address.checked_add(4).is_some_and(|end| end <= arch::copy::user_range().end);
            return if fits { Ok(FutexKey::Private(place, address)) } else { Err(Errno::EFAULT) };
        }
        let own = FutexKey::Own(place, address);
        let locked = self.lock();
        let (range, vma) = locked.books.find(page_floor(address)).ok_or(Errno::EFAULT)?;
        if !vma.is_shared() {
            return Ok(own);
        }
        let offset = vma.offset.wrapping_add(address - range.start);
        Ok(match &vma.backing {
            Backing::File { mapping: FileMapping::Pages(store), .. } => {
                FutexKey::Store(Arc::as_ptr(store).addr(), offset)
            }
            Backing::File { mapping: FileMapping::Machine(_), file } => {
                let (device, inode) = file.identity();
                FutexKey::File(device, inode, offset)
            }
            _ => own,
        })
    }
}
