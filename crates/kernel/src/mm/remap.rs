//! Resizing and moving mappings (mremap(2)).

use core::ops::Range;

use abi::Errno;
use abi::raw::general::{MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE};

use super::map::Locked;
use super::sites::TextChange;
use super::{
    MapSource, MemoryLimits, MemoryMap, PAGE_MASK, PAGE_SIZE, Placement, Protection, Vma, VmaFlags,
    page_ceil, pages,
};

/// Linux wants this many mappings to spare before it moves one.
const SPARE_MAPPINGS: usize = 6;

/// What mremap(2) is told, in whole pages.
#[derive(Clone, Copy, Debug)]
struct Remap {
    address: u64,
    old: u64,
    new: u64,
    flags: u32,
    new_address: u64,
}

impl Remap {
    const fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// The checks that need no books (`check_mremap_params`).
    fn check(&self, user: &Range<u64>) -> Result<(), Errno> {
        if self.flags & !(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP) != 0
            || self.address & PAGE_MASK != 0
            || self.new == 0
            || self.new > user.end
        {
            return Err(Errno::EINVAL);
        }
        if !self.has(MREMAP_FIXED | MREMAP_DONTUNMAP) {
            return Ok(());
        }
        let fits = self.new_address.checked_add(self.new).is_some_and(|end| end <= user.end);
        let overlaps = self.address < self.new_address.saturating_add(self.new)
            && self.new_address < self.address.saturating_add(self.old);
        if !fits
            || self.new_address & PAGE_MASK != 0
            || !self.has(MREMAP_MAYMOVE)
            || (self.has(MREMAP_DONTUNMAP) && self.old != self.new)
            || (self.has(MREMAP_FIXED) && overlaps)
        {
            return Err(Errno::EINVAL);
        }
        Ok(())
    }
}

impl MemoryMap {
    /// Resizes or moves a mapping; gives its address (mremap(2)).
    ///
    /// # Errors
    /// As mremap(2).
    pub fn remap(
        &self,
        address: u64,
        old: u64,
        new: u64,
        flags: u32,
        new_address: u64,
        limits: &MemoryLimits,
    ) -> Result<u64, Errno> {
        // Sizes whose rounding overflows are zero for Linux.
        let (old, new) = (page_ceil(old).unwrap_or(0), page_ceil(new).unwrap_or(0));
        let remap = Remap { address, old, new, flags, new_address };
        remap.check(&arch::copy::user_range())?;
        let (place, populate) = {
            let mut locked = self.lock();
            let place = locked.remap(&remap, limits)?;
            (place, locked.books.find(place).is_some_and(|(_, vma)| vma.is_brought_in()) && new > old)
        };
        if populate {
            let _ = self.populate_mapped(place + old..place + new);
        }
        Ok(place)
    }
}

impl Locked<'_> {
    fn remap(&mut self, remap: &Remap, limits: &MemoryLimits) -> Result<u64, Errno> {
        self.books.check_count(SPARE_MAPPINGS)?;
        let (area, vma) = self.books.find(remap.address).ok_or(Errno::EFAULT)?;
        let mut vma = vma.clone();
        vma.offset = vma.offset.wrapping_add(remap.address - area.start);
        let moves = remap.has(MREMAP_FIXED | MREMAP_DONTUNMAP);
        if moves || remap.new > remap.old {
            self.check_remap(remap, &area, &vma, limits)?;
        }
        if remap.has(MREMAP_FIXED) {
            self.unmap(&(remap.new_address..remap.new_address + remap.new))?;
        }
        if remap.new < remap.old {
            let end = remap.address.checked_add(remap.old).ok_or(Errno::EINVAL)?;
            self.unmap(&(remap.address + remap.new..end))?;
        }
        let old = remap.old.min(remap.new);
        if !moves && remap.new <= remap.old {
            return Ok(remap.address);
        }
        if !moves && old == area.end - remap.address && self.grow_in_place(&area, &vma, remap)? {
            return Ok(remap.address);
        }
        if !remap.has(MREMAP_MAYMOVE) {
            return Err(Errno::ENOMEM);
        }
        let placement = match moves {
            true if remap.has(MREMAP_FIXED) => Placement::Fixed(remap.new_address),
            _ => Placement::Anywhere(remap.new_address * u64::from(moves)),
        };
        let place = self.place(placement, remap.new, PAGE_SIZE)?;
        let keep = remap.has(MREMAP_DONTUNMAP);
        self.relocate(remap.address..remap.address + old, place..place + remap.new, vma, keep)?;
        Ok(place)
    }

    /// The checks of a mapping that shall move or grow (`check_prep_vma`).
    fn check_remap(
        &self,
        remap: &Remap,
        area: &Range<u64>,
        vma: &Vma,
        limits: &MemoryLimits,
    ) -> Result<(), Errno> {
        let fixed_size = vma.flags.contains(VmaFlags::DONT_EXPAND);
        if remap.old == 0 && !vma.is_shared() || remap.has(MREMAP_DONTUNMAP) && fixed_size {
            return Err(Errno::EINVAL);
        }
        if remap.old.min(remap.new) > area.end - remap.address {
            return Err(Errno::EFAULT);
        }
        let keeps = remap.has(MREMAP_DONTUNMAP) || remap.old == 0;
        let more = if keeps { remap.new } else { remap.new.saturating_sub(remap.old) };
        if more == 0 {
            return Ok(());
        }
        if vma.offset.checked_add(remap.new).is_none() {
            return Err(Errno::EINVAL);
        }
        if fixed_size {
            return Err(Errno::EFAULT);
        }
        if vma.flags.contains(VmaFlags::LOCKED) {
            let locked = self.books.usage().locked.saturating_add(more);
            if locked > limits.locked {
                return Err(Errno::EAGAIN);
            }
        }
        self.check_expansion(more, if vma.is_data() { more } else { 0 }, limits)?;
        if vma.flags.contains(VmaFlags::ACCOUNT) { self.check_memory(more) } else { Ok(()) }
    }

    /// Makes a mapping larger where it is, if what follows is free.
    fn grow_in_place(&mut self, area: &Range<u64>, vma: &Vma, remap: &Remap) -> Result<bool, Errno> {
        let Some(end) = remap.address.checked_add(remap.new) else { return Ok(false) };
        let more = area.end..end;
        if end > arch::copy::user_range().end || !self.books.is_unmapped(&more) {
            return Ok(false);
        }
        let mut rest = vma.clone();
        rest.offset = vma.offset.wrapping_add(area.end - remap.address);
        rest.end = end;
        if let Some(store) = vma.store() {
            self.space.map(more.clone(), Protection::empty(), MapSource::Reserved)?;
            pages::show(&mut self.books, self.space, &more, &rest, store);
        } else {
            // The last page alone names the machine's mapping that is to grow.
            self.space.relocate(area.end - PAGE_SIZE..area.end, area.end - PAGE_SIZE..end, false)?;
        }
        self.books.insert(more.start, rest);
        Ok(true)
    }

    /// Moves the pages of `from`, which are of one mapping, to `to`, which is free; with `keep` the old
    /// mapping stays, empty. An empty `from` only doubles a shared mapping.
    fn relocate(&mut self, from: Range<u64>, to: Range<u64>, vma: Vma, keep: bool) -> Result<(), Errno> {
        let mut new = vma;
        new.end = to.end;
        self.leave_sites(&from, TextChange::Open);
        if from.is_empty() {
            return self.install(to.start, new);
        }
        if new.store().is_some() {
            self.relocate_store(&from, &to, &new, keep)?;
        } else {
            self.space.relocate(from.clone(), to.clone(), keep)?;
        }
        if keep {
            self.books.change(&from, |old| {
                old.flags.remove(VmaFlags::LOCKED | VmaFlags::LOCK_ON_FAULT);
            });
        } else {
            self.forget(&from);
        }
        self.books.insert(to.start, new);
        Ok(())
    }

    /// Moves what a mapping of a store shows; private pages may hold the program's changes.
    fn relocate_store(
        &mut self,
        from: &Range<u64>,
        to: &Range<u64>,
        new: &Vma,
        keep: bool,
    ) -> Result<(), Errno> {
        self.space.map(to.clone(), Protection::empty(), MapSource::Reserved)?;
        if let Some(store) = new.store().filter(|_| new.is_shared()) {
            pages::show(&mut self.books, self.space, to, new, store);
        } else {
            for shown in self.books.present.within(from.clone()) {
                let start = to.start + (shown.start - from.start);
                let target = start..start + (shown.end - shown.start);
                self.space.relocate(shown, target.clone(), false)?;
                self.books.present.insert(target);
            }
        }
        self.books.present.remove(from.clone());
        if keep {
            self.space.map(from.clone(), Protection::empty(), MapSource::Reserved)
        } else {
            self.space.unmap(from.clone())
        }
    }
}
