//! Bringing pages in before they are touched (`MAP_POPULATE`, mlock(2), `MADV_POPULATE_READ`).

use core::ops::Range;

use abi::Errno;

use super::{Access, MemoryMap, PAGE_SIZE, Protection, Vma};

/// The most pages of a store that are brought in while the books stay locked.
const PAGES_AT_ONCE: u64 = 256;

impl MemoryMap {
    /// Brings in what is mapped in a range, each mapping as a touch of it would (`__mm_populate`);
    /// mappings that allow nothing, and addresses without a mapping, are passed over.
    ///
    /// # Errors
    /// `ENOMEM` without memory, `EFAULT` behind the end of a file.
    pub(super) fn populate_mapped(&self, range: Range<u64>) -> Result<(), Errno> {
        let mut from = range.start;
        while from < range.end {
            let Some((area, vma)) = self.next_piece(from..range.end) else { return Ok(()) };
            if !vma.protection.is_empty() && !vma.is_special() {
                let write = vma.protection.contains(Protection::WRITE) && !vma.is_shared();
                self.populate_piece(area.clone(), &vma, if write { Access::Write } else { Access::Read })?;
            }
            from = area.end;
        }
        Ok(())
    }

    /// Brings in a range, all of which must be mapped and allow the access.
    ///
    /// # Errors
    /// `ENOMEM` where nothing is mapped or without memory, `EINVAL` where the access is not allowed,
    /// `EFAULT` behind the end of a file.
    pub(super) fn populate_for(&self, range: Range<u64>, access: Access) -> Result<(), Errno> {
        let mut from = range.start;
        while from < range.end {
            let (area, vma) = self.next_piece(from..range.end).ok_or(Errno::ENOMEM)?;
            if area.start > from {
                return Err(Errno::ENOMEM);
            }
            if !super::fault::allows(vma.protection, access) || vma.is_special() {
                return Err(Errno::EINVAL);
            }
            self.populate_piece(area.clone(), &vma, access)?;
            from = area.end;
        }
        Ok(())
    }

    fn next_piece(&self, range: Range<u64>) -> Option<(Range<u64>, Vma)> {
        let locked = self.lock();
        let (area, vma) = locked.books.find_or_next(range.start)?;
        let piece = area.start.max(range.start)..area.end.min(range.end);
        (!piece.is_empty()).then(|| (piece, vma.clone()))
    }

    fn populate_piece(&self, piece: Range<u64>, vma: &Vma, access: Access) -> Result<(), Errno> {
        if vma.store().is_none() {
            return self.space().populate(piece, vma.protection, access);
        }
        let mut from = piece.start;
        while from < piece.end {
            let until = from.saturating_add(PAGES_AT_ONCE * PAGE_SIZE).min(piece.end);
            let mut locked = self.lock();
            // The books may have changed meanwhile: look again at each step.
            for missing in locked.books.present.missing(from..until) {
                let mut page = missing.start;
                while page < missing.end {
                    let Some((area, vma)) = locked.books.find(page) else { break };
                    let vma = vma.clone();
                    let Some(store) = vma.store() else { break };
                    locked.bring_in(page, &area, &vma, store)?;
                    page += PAGE_SIZE;
                }
            }
            from = until;
        }
        if access == Access::Write && !vma.is_shared() {
            // What the file shows now stays: the program has copies from here on.
            self.space().populate(piece, vma.protection, access)?;
        }
        Ok(())
    }
}
