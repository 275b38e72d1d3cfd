//! The pages of a file that lives in the kernel's memory.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::frame::Frames;
use super::page_source::{Backing, PageQuota};
use super::{MemoryMap, PAGE_MASK, PAGE_SIZE};
use crate::fs::File;
use crate::machine::machine;

/// A sparse file in physical frames. Readers and writers are ordered by whoever owns it; the store itself
/// keeps the books safe, and the memory of programs that map it true.
///
/// Locks are taken in the order: the owner's, a memory map's, the store's.
#[derive(Debug, Default)]
pub struct PageStore {
    size: AtomicU64,
    pages: SpinLock<Pages>,
    /// How many pages there are, and where the file below ends to show: to see them without the lock.
    count: AtomicU64,
    below: AtomicU64,
    quota: Option<Arc<PageQuota>>,
    /// Who maps it, and in how many pieces.
    mappings: SpinLock<Vec<(Weak<MemoryMap>, usize)>>,
}

/// Runs of frames by the index of their first page; no two of them overlap.
#[derive(Debug, Default)]
struct Pages {
    runs: BTreeMap<u64, Frames>,
    /// The file that shows where pages are absent.
    backing: Option<Backing>,
}

impl PageStore {
    /// An empty store: one hole, of size 0.
    #[must_use]
    pub const fn new() -> Self {
        Self::of(None, None, 0)
    }

    /// An empty store whose pages count against a quota.
    #[must_use]
    pub const fn with_quota(quota: Arc<PageQuota>) -> Self {
        Self::of(Some(quota), None, 0)
    }

    /// A store that shows the first `size` bytes of another file until they are written over.
    #[must_use]
    pub const fn with_backing(quota: Arc<PageQuota>, file: Arc<dyn File>, size: u64) -> Self {
        Self::of(Some(quota), Some(Backing { file, end: size }), size)
    }

    const fn of(quota: Option<Arc<PageQuota>>, backing: Option<Backing>, size: u64) -> Self {
        Self {
            size: AtomicU64::new(size),
            count: AtomicU64::new(0),
            below: AtomicU64::new(if backing.is_some() { size } else { 0 }),
            pages: SpinLock::new(Pages { runs: BTreeMap::new(), backing }),
            quota,
            mappings: SpinLock::new(Vec::new()),
        }
    }

    /// The file's size in bytes: touching a mapping in the pages behind it gives `SIGBUS`.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size.load(Ordering::SeqCst)
    }

    /// Says that the file grew to this size by a write; never makes it smaller.
    pub fn grow(&self, size: u64) {
        self.size.fetch_max(size, Ordering::SeqCst);
    }

    /// Sets the file's size (truncate(2)): frees what lies behind it, also in programs' memory, and zeroes
    /// the rest of the last page.
    pub fn set_size(&self, size: u64) {
        let old = self.size.swap(size, Ordering::SeqCst);
        if size >= old {
            return;
        }
        if let Some(backing) = &mut self.pages.lock().backing {
            backing.end = backing.end.min(size);
            self.below.store(backing.end, Ordering::Relaxed);
        }
        let first = size.div_ceil(PAGE_SIZE);
        let mut gone = true;
        for map in self.mappers() {
            gone &= map.take_away(self, first);
        }
        if gone {
            self.drop_pages(first, u64::MAX);
        } else {
            self.release_pages(first, u64::MAX);
        }
        if size & PAGE_MASK != 0
            && let Some(page) = self.page(size / PAGE_SIZE)
        {
            clear_part(page, size & PAGE_MASK, PAGE_SIZE);
        }
    }

    /// Makes zeros of a range of bytes, and holes of the whole pages in it (`FALLOC_FL_PUNCH_HOLE`,
    /// `MADV_REMOVE`).
    pub fn punch(&self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let first = range.start.div_ceil(PAGE_SIZE);
        let end = range.end / PAGE_SIZE;
        self.clear_bytes(range.start..range.end.min(first.saturating_mul(PAGE_SIZE)));
        self.clear_bytes(range.start.max(end * PAGE_SIZE)..range.end);
        if first < end {
            self.remove(first, end);
        }
    }

    /// Zeroes bytes of one page.
    pub(super) fn clear_bytes(&self, range: Range<u64>) {
        if !range.is_empty()
            && let Some(page) = self.page(range.start / PAGE_SIZE)
        {
            let start = range.start & PAGE_MASK;
            clear_part(page, start, start + (range.end - range.start));
        }
    }

    /// The physical address of a page, unless it is a hole.
    #[must_use]
    pub fn page(&self, index: u64) -> Option<u64> {
        self.pages.lock().run(index).map(|run| run.start)
    }

    /// The pages in a row, in the file and in memory, from an index on: their physical addresses. `None`
    /// for a hole.
    #[must_use]
    pub fn run(&self, index: u64) -> Option<Range<u64>> {
        self.pages.lock().run(index)
    }

    /// The first page from `index` on that is not a hole.
    #[must_use]
    pub fn next_page(&self, index: u64) -> Option<u64> {
        let pages = self.pages.lock();
        if pages.run(index).is_some() {
            return Some(index);
        }
        pages.runs.range(index..).next().map(|(&first, _)| first)
    }

    /// The physical address of a page; a hole gets a zeroed frame, or what the file below has there.
    ///
    /// # Errors
    /// `ENOSPC` without memory, `EIO` and its like from the file below.
    pub fn page_or_allocate(&self, index: u64) -> Result<u64, Errno> {
        loop {
            let backing = {
                let mut pages = self.pages.lock();
                if let Some(run) = pages.run(index) {
                    return Ok(run.start);
                }
                match pages.backing_of(index) {
                    Some(backing) => backing,
                    None => return self.allocate(&mut pages, index, 1),
                }
            };
            let page = backing.read_page(index)?;
            let mut pages = self.pages.lock();
            // Meanwhile another thread may have been faster, or have cut the file off.
            let is_same = pages.backing_of(index).is_some_and(|now| now.end == backing.end);
            if pages.run(index).is_none() && is_same {
                let address = self.allocate(&mut pages, index, 1)?;
                machine().physical_write(address, &page);
                return Ok(address);
            }
        }
    }

    /// Makes sure that pages are not absent: gives the address of the first, and how many, at most `count`,
    /// follow it there.
    ///
    /// # Errors
    /// As [`page_or_allocate`](Self::page_or_allocate).
    pub fn run_or_allocate(&self, index: u64, count: u64) -> Result<(u64, u64), Errno> {
        {
            let mut pages = self.pages.lock();
            if let Some(run) = pages.run(index) {
                return Ok((run.start, ((run.end - run.start) / PAGE_SIZE).min(count)));
            }
            let absent = pages.absent(index, count);
            if absent > 1
                && pages.backing_of(index).is_none()
                && let Ok(address) = self.allocate(&mut pages, index, absent)
            {
                return Ok((address, absent));
            }
        }
        Ok((self.page_or_allocate(index)?, 1))
    }

    fn allocate(&self, pages: &mut Pages, index: u64, count: u64) -> Result<u64, Errno> {
        if let Some(quota) = &self.quota {
            quota.charge(count)?;
        }
        let outcome = pages.allocate(index, count);
        if outcome.is_ok() {
            self.count.fetch_add(count, Ordering::Relaxed);
        } else {
            self.uncharge(count);
        }
        outcome
    }

    fn uncharge(&self, count: u64) {
        if let Some(quota) = &self.quota {
            quota.release(count);
        }
    }

    /// The file below, where it shows in a page that is absent.
    pub(super) fn backing(&self, index: u64) -> Option<Backing> {
        let pages = self.pages.lock();
        if pages.run(index).is_some() { None } else { pages.backing_of(index) }
    }

    /// Where the file below ends to show, in bytes.
    #[must_use]
    pub fn backing_end(&self) -> u64 {
        self.below.load(Ordering::Relaxed)
    }

    /// Gives frames in a row to the pages of an empty store, if there is such a run.
    ///
    /// # Errors
    /// `ENOSPC` when there is none.
    pub fn reserve(&self, count: u64) -> Result<(), Errno> {
        let mut pages = self.pages.lock();
        if pages.runs.is_empty() {
            self.allocate(&mut pages, 0, count).map(|_| ())
        } else {
            Err(Errno::ENOSPC)
        }
    }

    /// Makes holes of all pages from `first` up to but not including `end`; they read as zeros.
    ///
    /// While anybody maps the store, its frames stay where they are: the machine then only forgets what
    /// they hold, so that mappings see zeros, and private copies of the pages stay what they are.
    pub fn remove(&self, first: u64, end: u64) {
        if self.mappings.lock().iter().all(|(map, _)| map.strong_count() == 0) {
            self.drop_pages(first, end);
            return;
        }
        self.release_pages(first, end);
    }

    /// Forgets what pages hold; their frames stay.
    fn release_pages(&self, first: u64, end: u64) {
        let ranges = self.pages.lock().ranges(first, end);
        for range in ranges {
            machine().physical_release(range);
        }
    }

    fn drop_pages(&self, first: u64, end: u64) {
        let removed = self.pages.lock().remove(first, end);
        let count = removed.values().map(Frames::count).sum();
        self.count.fetch_sub(count, Ordering::Relaxed);
        self.uncharge(count);
    }

    /// Bytes in use.
    #[must_use]
    pub fn resident(&self) -> u64 {
        self.count.load(Ordering::Relaxed) * PAGE_SIZE
    }

    /// How many bytes count as the file's on its file system: its own frames, or what it still shows of the
    /// file below.
    pub fn allocated(&self) -> u64 {
        self.resident().max(self.backing_end())
    }

    /// Enters a piece of a program's memory that maps the store.
    pub(super) fn add_mapping(&self, map: &Weak<MemoryMap>) {
        let mut mappings = self.mappings.lock();
        mappings.retain(|(other, _)| other.strong_count() > 0);
        match mappings.iter_mut().find(|(other, _)| other.ptr_eq(map)) {
            Some((_, count)) => *count += 1,
            None => mappings.push((map.clone(), 1)),
        }
    }

    /// Strikes a piece of a program's memory that no longer maps the store.
    pub(super) fn remove_mapping(&self, map: &Weak<MemoryMap>) {
        let mut mappings = self.mappings.lock();
        if let Some((_, count)) = mappings.iter_mut().find(|(other, _)| other.ptr_eq(map)) {
            *count = count.saturating_sub(1);
        }
        mappings.retain(|(other, count)| *count > 0 && other.strong_count() > 0);
    }

    /// How many pieces of programs' memory map it.
    #[must_use]
    pub fn mapping_count(&self) -> u64 {
        let mappings = self.mappings.lock();
        mappings.iter().filter(|(map, _)| map.strong_count() > 0).map(|(_, count)| *count as u64).sum()
    }

    fn mappers(&self) -> Vec<Arc<MemoryMap>> {
        self.mappings.lock().iter().filter_map(|(map, _)| map.upgrade()).collect()
    }
}

impl Drop for PageStore {
    fn drop(&mut self) {
        let count = *self.count.get_mut();
        self.uncharge(count);
    }
}

/// Zeroes bytes inside of a frame.
fn clear_part(page: u64, start: u64, end: u64) {
    const ZEROS: [u8; 512] = [0; 512];
    let mut at = start;
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(usize::MAX).min(ZEROS.len());
        machine().physical_write(page + at, ZEROS.get(..length).unwrap_or_default());
        at += length as u64;
    }
}

impl Pages {
    fn run(&self, index: u64) -> Option<Range<u64>> {
        let (first, frames) = self.runs.range(..=index).next_back()?;
        let range = frames.range();
        let start = range.start.checked_add((index - first).checked_mul(PAGE_SIZE)?)?;
        (start < range.end).then_some(start..range.end)
    }

    /// Fills a hole of `count` pages, with the frames that follow those of the page before it if they are
    /// free: then one mapping shows both.
    fn allocate(&mut self, index: u64, count: u64) -> Result<u64, Errno> {
        let before = index.checked_sub(1).and_then(|before| self.run(before)).map(|run| run.end);
        let frames = Frames::allocate_near(before, index, count).map_err(|_| Errno::ENOSPC)?;
        let address = frames.address();
        self.insert(index, frames);
        Ok(address)
    }

    /// How many pages from `index` on are absent, at most `limit`.
    fn absent(&self, index: u64, limit: u64) -> u64 {
        self.runs.range(index..).next().map_or(limit, |(&first, _)| (first - index).min(limit))
    }

    fn backing_of(&self, index: u64) -> Option<Backing> {
        self.backing.as_ref().filter(|backing| index.saturating_mul(PAGE_SIZE) < backing.end).cloned()
    }

    fn insert(&mut self, index: u64, frames: Frames) {
        let frames = match self.runs.range_mut(..index).next_back() {
            Some((&first, run)) if first + run.count() == index => match run.append(frames) {
                Ok(()) => return,
                Err(frames) => frames,
            },
            _ => frames,
        };
        self.runs.insert(index, frames);
    }

    fn split(&mut self, at: u64) {
        let Some((&first, run)) = self.runs.range_mut(..at).next_back() else { return };
        if let Some(upper) = run.split_off(at - first) {
            self.runs.insert(at, upper);
        }
    }

    fn remove(&mut self, first: u64, end: u64) -> BTreeMap<u64, Frames> {
        self.split(first);
        self.split(end);
        let mut removed = self.runs.split_off(&first);
        let mut behind = removed.split_off(&end);
        self.runs.append(&mut behind);
        removed
    }

    /// The physical addresses of the pages from `first` up to but not including `end`.
    fn ranges(&self, first: u64, end: u64) -> Vec<Range<u64>> {
        let end = end.max(first);
        let before = self.runs.range(..first).next_back();
        before
            .into_iter()
            .chain(self.runs.range(first..end))
            .map(|(&index, frames)| {
                let low = first.saturating_sub(index).min(frames.count());
                let high = (end - index).min(frames.count());
                frames.address() + low * PAGE_SIZE..frames.address() + high * PAGE_SIZE
            })
            .filter(|range| !range.is_empty())
            .collect()
    }
}
