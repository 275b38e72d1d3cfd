//! Memory for stubs, in reach of the text.

use core::ops::Range;

use rewrite::Plan;
use rewrite::reach::Reach;
use rewrite::stub::STUB_MAX;

use super::registry::Area;
use super::{AREA_NAME, AREA_SIZE, Sites};
use crate::mm::map::Locked;
use crate::mm::{Backing, MapSource, Protection, Vma, VmaFlags, page_floor};

/// How far below the text memory for stubs is looked for first: where neither a heap grows up nor new
/// mappings grow down soon.
const DISTANCE: u64 = 0x6000_0000;
/// Below this address, programs and their tests put things of their own.
const LOWEST: u64 = 0x10_0000;
/// How far a heap is left to grow.
const HEAP_ROOM: u64 = 1 << 30;
/// How many places are tried.
const ATTEMPTS: usize = 4096;
/// The most areas of one memory.
const AREAS_MAX: usize = 256;

/// A place for a stub in memory that is there for stubs: where none ever was, else in a gap.
pub(super) fn find(sites: &Sites, reach: &Reach) -> Option<u64> {
    let fresh = sites.areas.values().find_map(|area| find_in(sites, reach, area.fresh..area.end));
    fresh.or_else(|| sites.areas.iter().find_map(|(&start, area)| find_in(sites, reach, start..area.end)))
}

fn find_in(sites: &Sites, reach: &Reach, part: Range<u64>) -> Option<u64> {
    let mut from = part.start;
    loop {
        let stub = reach.next(from)?;
        let end = stub.checked_add(STUB_MAX).filter(|&end| end <= part.end)?;
        match sites.stubs.range(..end).next_back() {
            Some((_, other)) if other.stub().end > stub => from = other.stub().end,
            _ => return Some(stub),
        }
    }
}

impl Locked<'_> {
    /// A place for a stub, in more memory if need be.
    pub(super) fn room_for(&mut self, plan: &Plan) -> Option<u64> {
        let reach = plan.reach();
        let found = find(&self.sites.lock(), reach);
        found.or_else(|| {
            let area = self.add_area(plan.site(), reach)?;
            let new = Area { end: area.end, fresh: area.start };
            self.change_sites(|sites| sites.areas.insert(area.start, new));
            find(&self.sites.lock(), reach)
        })
    }

    fn add_area(&mut self, site: u64, reach: &Reach) -> Option<Range<u64>> {
        self.drop_empty_area();
        let count = self.sites.lock().areas.len();
        if count >= AREAS_MAX || self.books.check_count(1).is_err() {
            return None;
        }
        let area = self.find_area(site, reach)?;
        let protection = Protection::READ | Protection::EXECUTE;
        // The machine lets the kernel write there at any time. The program could, too; but so it could
        // into the kernel, where a machine has no wall between them.
        let open = protection | Protection::WRITE;
        self.space.map(area.clone(), open, MapSource::Anonymous { no_reserve: true }).ok()?;
        let vma = Vma {
            end: area.end,
            protection,
            maximum: protection,
            flags: VmaFlags::DONT_EXPAND | VmaFlags::DONT_DUMP,
            backing: Backing::Special(AREA_NAME),
            offset: 0,
            name: None,
        };
        self.books.insert(area.start, vma);
        Some(area)
    }

    /// Gives up memory for stubs in which none is left.
    fn drop_empty_area(&mut self) {
        let empty = {
            let sites = self.sites.lock();
            let mut areas = sites.areas.iter().map(|(&start, area)| start..area.end);
            areas.find(|area| sites.stubs.range(area.clone()).next().is_none())
        };
        let Some(area) = empty else { return };
        if self.space.unmap(area.clone()).is_ok() {
            self.forget(&area);
            self.change_sites(|sites| sites.areas.remove(&area.start));
        }
    }

    fn find_area(&self, site: u64, reach: &Reach) -> Option<Range<u64>> {
        let user = arch::copy::user_range();
        let lowest = user.start.max(LOWEST);
        let heap = &self.books.heap;
        let heap = heap.start..heap.end.saturating_add(HEAP_ROOM);
        let mut from = site.saturating_sub(DISTANCE).max(lowest);
        for _ in 0..ATTEMPTS {
            let start = page_floor(reach.next(from)?);
            let area = start..start.checked_add(AREA_SIZE).filter(|&end| end <= user.end)?;
            if area.start < heap.end && heap.start < area.end {
                from = heap.end;
            } else if self.books.is_free(&area) {
                return Some(area);
            } else {
                let behind = self.books.find_or_next(area.start).map(|(taken, _)| taken.end);
                from = behind.filter(|&behind| behind > from)?;
            }
        }
        None
    }
}
