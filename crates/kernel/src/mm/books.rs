//! The books of one program's memory: which mappings there are. Nothing here talks to the machine.

use alloc::collections::BTreeMap;
use alloc::sync::Weak;
use alloc::vec::Vec;
use core::ops::Range;

use abi::Errno;

use super::layout::{Layout, STACK_GUARD_GAP};
use super::limits::MAX_MAP_COUNT;
use super::range_set::RangeSet;
use super::{MemoryMap, PAGE_SIZE, Protection, Vma, VmaFlags};

/// Bytes of address space by kind (`total_vm` and its like of Linux).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All mappings.
    pub total: u64,
    /// Private writable ones that are no stack.
    pub data: u64,
    /// Stacks.
    pub stack: u64,
    /// Executable ones that are not writable.
    pub executable: u64,
    /// Locked ones.
    pub locked: u64,
    /// What is counted against the memory there is.
    pub accounted: u64,
}

/// The books.
#[derive(Debug)]
pub(super) struct Books {
    areas: BTreeMap<u64, Vma>,
    /// Which addresses of mappings of [page stores](super::PageStore) are mapped; the others are reserved.
    pub(super) present: RangeSet,
    /// What must go as soon as the program itself runs here: a file became smaller.
    pub(super) stale: RangeSet,
    pub(super) layout: Layout,
    /// Start and end of the heap.
    pub(super) heap: Range<u64>,
    /// Bytes of the program's own initialized data, which count against `RLIMIT_DATA` with the heap.
    pub(super) image_data: u64,
    /// An address in the first thread's stack.
    pub(super) start_stack: u64,
    /// What new mappings get (`MCL_FUTURE`).
    pub(super) default_flags: VmaFlags,
    /// Who keeps these books, for the page stores' way back.
    owner: Weak<MemoryMap>,
    usage: Usage,
    /// The most that [`Usage::total`] ever was.
    pub(super) peak: u64,
    search: SearchCache,
}

/// Where the downward search may start: above `top` there is no hole larger than `largest`.
#[derive(Clone, Copy, Debug)]
struct SearchCache {
    top: u64,
    largest: u64,
}

impl Books {
    pub(super) const fn new(layout: Layout, owner: Weak<MemoryMap>) -> Self {
        Self {
            areas: BTreeMap::new(),
            present: RangeSet::new(),
            stale: RangeSet::new(),
            heap: 0..0,
            image_data: 0,
            start_stack: layout.stack_top,
            default_flags: VmaFlags::empty(),
            owner,
            usage: Usage { total: 0, data: 0, stack: 0, executable: 0, locked: 0, accounted: 0 },
            peak: 0,
            search: SearchCache { top: layout.mmap_base, largest: 0 },
            layout,
        }
    }

    /// How much is mapped.
    pub(super) const fn usage(&self) -> Usage {
        self.usage
    }

    /// How many mappings there are.
    pub(super) fn count(&self) -> usize {
        self.areas.len()
    }

    /// All mappings in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Range<u64>, &Vma)> {
        self.areas.iter().map(|(&start, vma)| (start..vma.end, vma))
    }

    /// The mapping that holds an address.
    pub(super) fn find(&self, address: u64) -> Option<(Range<u64>, &Vma)> {
        let (&start, vma) = self.areas.range(..=address).next_back()?;
        (vma.end > address).then_some((start..vma.end, vma))
    }

    /// The first mapping that ends behind an address.
    pub(super) fn find_or_next(&self, address: u64) -> Option<(Range<u64>, &Vma)> {
        self.find(address).or_else(|| {
            let (&start, vma) = self.areas.range(address..).next()?;
            Some((start..vma.end, vma))
        })
    }

    /// The last mapping that ends at or before an address.
    pub(super) fn previous(&self, address: u64) -> Option<(Range<u64>, &Vma)> {
        let (&start, vma) = self.areas.range(..address).next_back()?;
        (vma.end <= address).then_some((start..vma.end, vma))
    }

    /// The mappings that share an address with a range, whole, in order.
    pub(super) fn overlapping(&self, range: Range<u64>) -> impl Iterator<Item = (Range<u64>, &Vma)> {
        let first = self.find(range.start).map_or(range.start, |(area, _)| area.start);
        self.areas
            .range(first..range.end.max(first))
            .map(|(&start, vma)| (start..vma.end, vma))
            .filter(move |_| !range.is_empty())
    }

    /// As [`overlapping`](Self::overlapping), each cut to the range.
    pub(super) fn pieces(&self, range: &Range<u64>) -> Vec<(Range<u64>, Vma)> {
        self.overlapping(range.clone())
            .map(|(area, vma)| {
                let piece = area.start.max(range.start)..area.end.min(range.end);
                let mut vma = vma.clone();
                vma.offset = vma.offset.wrapping_add(piece.start.wrapping_sub(area.start));
                vma.end = piece.end;
                (piece, vma)
            })
            .collect()
    }

    /// Whether every address of a range is mapped.
    pub(super) fn is_covered(&self, range: &Range<u64>) -> bool {
        let mut from = range.start;
        for (area, _) in self.overlapping(range.clone()) {
            if area.start > from {
                return false;
            }
            from = area.end;
        }
        from >= range.end
    }

    /// Whether there may be `more` further mappings.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(super) fn check_count(&self, more: usize) -> Result<(), Errno> {
        if self.areas.len() + more > MAX_MAP_COUNT { Err(Errno::ENOMEM) } else { Ok(()) }
    }

    /// Whether a range can be cut out of what is there.
    ///
    /// # Errors
    /// `ENOMEM` when that makes too many mappings.
    pub(super) fn check_cut(&self, range: &Range<u64>) -> Result<(), Errno> {
        let cuts_middle =
            self.find(range.start).is_some_and(|(area, _)| area.start < range.start && area.end > range.end);
        self.check_count(usize::from(cuts_middle))
    }

    /// Whether a piece of one mapping may become a mapping of its own.
    ///
    /// # Errors
    /// `ENOMEM` when that makes too many mappings.
    pub(super) fn check_split(&self, piece: &Range<u64>) -> Result<(), Errno> {
        let Some((area, _)) = self.find(piece.start) else { return Ok(()) };
        self.check_count(usize::from(area.start < piece.start) + usize::from(area.end > piece.end))
    }

    /// Takes over what a fork's copy has in common with the original, but for the mappings.
    pub(super) fn inherit(&mut self, from: &Self) {
        self.present = from.present.clone();
        self.heap = from.heap.clone();
        self.image_data = from.image_data;
        self.start_stack = from.start_stack;
    }

    /// Takes a range out and gives what was there, to be dropped when the books are unlocked.
    pub(super) fn remove(&mut self, range: &Range<u64>) -> Vec<(u64, Vma)> {
        self.split(range.start);
        self.split(range.end);
        let starts: Vec<u64> = self.overlapping(range.clone()).map(|(area, _)| area.start).collect();
        let removed = starts.into_iter().filter_map(|start| Some((start, self.unlink(start)?))).collect();
        self.present.remove(range.clone());
        self.stale.remove(range.clone());
        removed
    }

    /// Enters a mapping where nothing is, joined with its neighbours where they continue each other.
    pub(super) fn insert(&mut self, start: u64, vma: Vma) {
        let end = vma.end;
        self.link(start, vma);
        self.merge(end);
        self.merge(start);
    }

    /// Changes all mappings in a range, which is whole pages, and joins what then continues each other.
    pub(super) fn change(&mut self, range: &Range<u64>, mut change: impl FnMut(&mut Vma)) {
        self.split(range.start);
        self.split(range.end);
        let starts: Vec<u64> = self.overlapping(range.clone()).map(|(area, _)| area.start).collect();
        for &start in &starts {
            if let Some(mut vma) = self.unlink(start) {
                change(&mut vma);
                self.link(start, vma);
            }
        }
        self.merge(range.end);
        for start in starts {
            self.merge(start);
        }
    }

    /// Moves the start of a mapping down (a stack grows).
    pub(super) fn extend_down(&mut self, start: u64, new_start: u64) {
        if let Some(mut vma) = self.unlink(start) {
            vma.offset = vma.offset.wrapping_sub(start.wrapping_sub(new_start));
            self.link(new_start, vma);
        }
    }

    fn split(&mut self, at: u64) {
        let Some((&start, vma)) = self.areas.range_mut(..at).next_back() else { return };
        if vma.end > at {
            let upper = vma.split_off(start, at);
            tell_added(&upper, &self.owner);
            self.areas.insert(at, upper);
        }
    }

    /// Joins the mapping that ends at an address with the one that starts there.
    fn merge(&mut self, at: u64) {
        let Some(next) = self.areas.get(&at) else { return };
        let Some((&start, vma)) = self.areas.range(..at).next_back() else { return };
        if vma.end != at || !vma.continues_in(start, next) {
            return;
        }
        let Some(next) = self.areas.remove(&at) else { return };
        tell_removed(&next, &self.owner);
        if let Some(vma) = self.areas.get_mut(&start) {
            vma.end = next.end;
        }
    }

    fn link(&mut self, start: u64, vma: Vma) {
        tell_added(&vma, &self.owner);
        self.usage.count(vma.end - start, &vma, u64::wrapping_add);
        self.peak = self.peak.max(self.usage.total);
        self.areas.insert(start, vma);
    }

    fn unlink(&mut self, start: u64) -> Option<Vma> {
        let vma = self.areas.remove(&start)?;
        tell_removed(&vma, &self.owner);
        self.usage.count(vma.end - start, &vma, u64::wrapping_sub);
        if vma.end > self.search.top {
            self.search = SearchCache { top: self.layout.mmap_base, largest: 0 };
        }
        Some(vma)
    }

    /// Whether a range is free, with the gap that must lie below what grows down.
    pub(super) fn is_free(&self, range: &Range<u64>) -> bool {
        self.overlapping(range.clone()).next().is_none() && self.free_top(range.end) >= range.end
    }

    /// Whether nothing is mapped in a range.
    pub(super) fn is_unmapped(&self, range: &Range<u64>) -> bool {
        self.overlapping(range.clone()).next().is_none()
    }

    /// `limit`, or less when the gap of the mapping behind it reaches below.
    fn free_top(&self, limit: u64) -> u64 {
        self.areas.range(limit..).next().map_or(limit, |(&start, vma)| start_with_gap(start, vma).min(limit))
    }

    /// Finds the highest free place of a size below the mmap base.
    pub(super) fn find_below_base(&mut self, length: u64, align: u64, low: u64) -> Option<u64> {
        let base = self.layout.mmap_base;
        // An aligned place needs a hole that may be larger than itself: those are rare, and search all.
        if align > PAGE_SIZE || length <= self.search.largest {
            return self.find_down(length, align, low, base).0;
        }
        let (found, skipped) = self.find_down(length, align, low, self.search.top);
        if let Some(address) = found {
            self.search = SearchCache { top: address, largest: self.search.largest.max(skipped) };
        }
        found
    }

    /// Finds the highest free place of a size in `low..high`; gives also the size of the largest hole
    /// that was too small.
    fn find_down(&self, length: u64, align: u64, low: u64, high: u64) -> (Option<u64>, u64) {
        let mut top = self.free_top(high);
        let mut skipped = 0;
        let below = self.areas.range(..high).rev().map(|(&start, vma)| (vma.end, start_with_gap(start, vma)));
        for (end, start) in below.chain([(low, low)]) {
            let bottom = end.max(low);
            if let Some(place) = top.checked_sub(length).map(|place| place & !(align - 1))
                && place >= bottom
            {
                return (Some(place), skipped);
            }
            skipped = skipped.max(top.saturating_sub(bottom));
            top = top.min(start);
            if top <= low {
                break;
            }
        }
        (None, skipped)
    }

    /// Finds the lowest free place of a size in a range.
    pub(super) fn find_up(&self, length: u64, within: &Range<u64>) -> Option<u64> {
        let mut bottom = within.start;
        for (area, vma) in self.overlapping(within.clone()) {
            if start_with_gap(area.start, vma).checked_sub(bottom).is_some_and(|hole| hole >= length) {
                return Some(bottom);
            }
            bottom = bottom.max(area.end);
        }
        let top = self.free_top(within.end);
        (top.checked_sub(bottom)? >= length).then_some(bottom)
    }
}

/// Enters a mapping with the file that it shows.
fn tell_added(vma: &Vma, owner: &Weak<MemoryMap>) {
    if let Some(store) = vma.store() {
        store.add_mapping(owner);
    }
    if let Some(seals) = vma.seals() {
        seals.add_writable_mapping();
    }
}

/// Strikes a mapping with the file that it showed.
fn tell_removed(vma: &Vma, owner: &Weak<MemoryMap>) {
    if let Some(store) = vma.store() {
        store.remove_mapping(owner);
    }
    if let Some(seals) = vma.seals() {
        seals.remove_writable_mapping();
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        for vma in self.areas.values() {
            tell_removed(vma, &self.owner);
        }
    }
}

/// Where the addresses that must stay free for a mapping start.
fn start_with_gap(start: u64, vma: &Vma) -> u64 {
    if vma.flags.contains(VmaFlags::GROWS_DOWN) { start.saturating_sub(STACK_GUARD_GAP) } else { start }
}

impl Usage {
    fn count(&mut self, length: u64, vma: &Vma, step: impl Fn(u64, u64) -> u64) {
        self.total = step(self.total, length);
        let stack = vma.flags.contains(VmaFlags::GROWS_DOWN);
        if stack {
            self.stack = step(self.stack, length);
        } else if vma.is_data() {
            self.data = step(self.data, length);
        } else if vma.protection.contains(Protection::EXECUTE) && !vma.protection.contains(Protection::WRITE)
        {
            self.executable = step(self.executable, length);
        }
        if vma.flags.contains(VmaFlags::LOCKED) {
            self.locked = step(self.locked, length);
        }
        if vma.flags.contains(VmaFlags::ACCOUNT) {
            self.accounted = step(self.accounted, length);
        }
    }
}
