//! Changing what a program may do with its memory (mprotect(2)).

use core::ops::Range;

use abi::Errno;

use super::map::Locked;
use super::sites::TextChange;
use super::{MemoryLimits, MemoryMap, Protection, Vma, VmaFlags};

/// What mprotect(2) asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectRequest {
    /// What the program shall be allowed.
    pub protection: Protection,
    /// Allow execution too wherever it may be allowed (`READ_IMPLIES_EXEC`, personality(2)).
    pub execute_if_possible: bool,
    /// Begin at the start of the mapping, which grows down (`PROT_GROWSDOWN`).
    pub from_start: bool,
}

impl MemoryMap {
    /// Changes the protection of whole pages.
    ///
    /// # Errors
    /// As mprotect(2); what comes before the obstacle is changed.
    pub fn protect(
        &self,
        range: Range<u64>,
        request: ProtectRequest,
        limits: &MemoryLimits,
    ) -> Result<(), Errno> {
        let mut locked = self.lock();
        let (area, vma) = locked.books.find_or_next(range.start).ok_or(Errno::ENOMEM)?;
        let mut start = range.start;
        if request.from_start {
            if area.start >= range.end {
                return Err(Errno::ENOMEM);
            }
            if !vma.flags.contains(VmaFlags::GROWS_DOWN) {
                return Err(Errno::EINVAL);
            }
            start = area.start;
        }
        for (piece, vma) in locked.books.pieces(&(start..range.end)) {
            if piece.start > start {
                return Err(Errno::ENOMEM);
            }
            let mut protection = request.protection;
            if request.execute_if_possible && vma.maximum.contains(Protection::EXECUTE) {
                protection |= Protection::EXECUTE;
            }
            locked.protect(&piece, &vma, protection, limits)?;
            start = piece.end;
        }
        if start < range.end { Err(Errno::ENOMEM) } else { Ok(()) }
    }
}

impl Locked<'_> {
    /// Changes the protection of a piece of one mapping (`mprotect_fixup`).
    fn protect(
        &mut self,
        piece: &Range<u64>,
        vma: &Vma,
        protection: Protection,
        limits: &MemoryLimits,
    ) -> Result<(), Errno> {
        if !vma.maximum.contains(protection) {
            return Err(Errno::EACCES);
        }
        if vma.protection == protection {
            return Ok(());
        }
        self.books.check_split(piece)?;
        let length = piece.end - piece.start;
        let mut new = vma.clone();
        new.protection = protection;
        if new.is_data() && !vma.is_data() {
            self.check_expansion(0, length, limits)?;
        }
        let charge = new.is_accountable() && !vma.flags.contains(VmaFlags::ACCOUNT);
        if charge {
            self.check_memory(length)?;
        }
        if protection.contains(Protection::WRITE) {
            self.leave_sites(piece, TextChange::Open);
        } else {
            self.look_again(piece);
        }
        if vma.store().is_some() {
            for shown in self.books.present.within(piece.clone()) {
                self.space.protect(shown, protection)?;
            }
        } else {
            self.space.protect(piece.clone(), protection)?;
        }
        self.books.change(piece, |vma| {
            vma.protection = protection;
            if charge {
                vma.flags |= VmaFlags::ACCOUNT;
            }
        });
        Ok(())
    }
}
