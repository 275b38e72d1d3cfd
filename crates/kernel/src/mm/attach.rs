//! Detaching what shmat(2) attached.

use abi::Errno;

use super::{Backing, MemoryMap, PAGE_MASK, Vma, page_ceil};

/// The file of a mapping that shmat(2) made, by its place in the kernel, and how long its segment is.
fn attachment(vma: &Vma) -> Option<(*const (), u64)> {
    match &vma.backing {
        Backing::File { file, .. } => {
            file.attached_length().map(|length| (alloc::sync::Arc::as_ptr(file).cast(), length))
        }
        _ => None,
    }
}

impl MemoryMap {
    /// Takes away what one shmat(2) attached at an address, also where parts of it were changed or are gone.
    ///
    /// # Errors
    /// `EINVAL` when nothing was attached there.
    pub fn detach(&self, address: u64) -> Result<(), Errno> {
        if address & PAGE_MASK != 0 {
            return Err(Errno::EINVAL);
        }
        let mut locked = self.lock();
        let user_end = arch::copy::user_range().end;
        // Where a piece lies that still has its place in the attachment.
        let in_place = |start: u64, vma: &Vma| start.checked_sub(address) == Some(vma.offset);
        let first = locked
            .books
            .overlapping(address..user_end)
            .find_map(|(area, vma)| attachment(vma).filter(|_| in_place(area.start, vma)));
        let (file, length) = first.ok_or(Errno::EINVAL)?;
        let end = address.saturating_add(page_ceil(length)?).min(user_end);
        let pieces: alloc::vec::Vec<_> = locked
            .books
            .overlapping(address..end)
            .filter(|(area, vma)| {
                attachment(vma).is_some_and(|(other, _)| other == file) && in_place(area.start, vma)
            })
            .map(|(area, _)| area)
            .collect();
        for piece in pieces {
            locked.unmap(&piece)?;
        }
        Ok(())
    }
}
