//! Looking at and writing back what is mapped (mincore(2), msync(2)).

use core::ops::Range;

use abi::Errno;
use abi::raw::general::{MS_ASYNC, MS_INVALIDATE};

use super::{Backing, MemoryMap, PAGE_SIZE, VmaFlags};
use crate::fs::FileMapping;

/// The most pages that are asked for in one go.
const MOST_AT_ONCE: usize = 1024;

impl MemoryMap {
    /// Gives one byte a page, 1 for those in memory, in pieces with the index of their first page.
    ///
    /// # Errors
    /// `ENOMEM` where nothing is mapped, after what comes before; what `give` says.
    pub fn in_core(
        &self,
        range: Range<u64>,
        mut give: impl FnMut(usize, &[u8]) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let mut flags = [0; MOST_AT_ONCE];
        let mut from = range.start;
        let mut index = 0;
        while from < range.end {
            let (area, vma) = {
                let locked = self.lock();
                let (area, vma) = locked.books.find(from).ok_or(Errno::ENOMEM)?;
                (area, vma.clone())
            };
            let end = area.end.min(range.end).min(from.saturating_add(MOST_AT_ONCE as u64 * PAGE_SIZE));
            let count = usize::try_from((end - from) / PAGE_SIZE).unwrap_or(0);
            let chunk = flags.get_mut(..count).unwrap_or_default();
            self.resident_pages(from..end, &vma, chunk)?;
            chunk.iter_mut().for_each(|flag| *flag &= 1);
            give(index, chunk)?;
            index += count;
            from = end;
        }
        Ok(())
    }

    /// Writes shared files' pages back (msync(2)).
    ///
    /// # Errors
    /// As msync(2); `ENOMEM` when some pages are not mapped, and the others were written.
    pub fn sync(&self, range: Range<u64>, flags: u32) -> Result<(), Errno> {
        let pieces = self.lock().books.pieces(&range);
        let mut from = range.start;
        let mut outcome = Ok(());
        for (piece, vma) in pieces {
            if piece.start > from {
                outcome = Err(Errno::ENOMEM);
                if flags == MS_ASYNC {
                    return outcome;
                }
            }
            from = piece.end;
            if flags & MS_INVALIDATE != 0 && vma.flags.contains(VmaFlags::LOCKED) {
                return Err(Errno::EBUSY);
            }
            let by_machine = matches!(vma.backing, Backing::File { mapping: FileMapping::Machine(_), .. });
            if by_machine && vma.is_shared() {
                // Without the lock: the disk may take its time.
                self.space().sync(piece, flags)?;
            }
        }
        if from < range.end { Err(Errno::ENOMEM) } else { outcome }
    }
}
