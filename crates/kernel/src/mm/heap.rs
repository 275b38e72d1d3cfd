//! The program break (brk(2)).

use core::ops::Range;

use super::VmaFlags;
use super::layout::STACK_GUARD_GAP;
use super::limits::MemoryLimits;
use super::map::Locked;
use super::{MapRequest, MemoryMap, PAGE_SIZE, Placement, Protection, page_ceil, page_floor};

impl MemoryMap {
    /// Puts the program break behind the program's image, which ends at `end` and holds `image_data` bytes
    /// of initialized data; at a random distance if places are random. Gives it.
    pub fn set_brk_start(&self, end: u64, image_data: u64) -> u64 {
        let mut locked = self.lock();
        let start = locked.books.layout.break_behind(end);
        locked.books.heap = start..start;
        locked.books.image_data = image_data;
        start
    }

    /// Moves the program break if that is possible, and gives where it is (brk(2)).
    #[must_use]
    pub fn set_break(&self, wanted: u64, limits: &MemoryLimits) -> u64 {
        let grown = {
            let mut locked = self.lock();
            let grown = locked.move_break(wanted, limits);
            match grown {
                Some(range) if locked.books.find(range.start).is_some_and(|(_, vma)| vma.is_brought_in()) => {
                    range
                }
                _ => return locked.books.heap.end,
            }
        };
        // As Linux: a locked heap is brought in, and whether that worked does not matter.
        let _ = self.space().populate(grown, Protection::READ | Protection::WRITE, super::Access::Write);
        wanted
    }

    /// Start and end of the heap.
    #[must_use]
    pub fn heap(&self) -> Range<u64> {
        self.lock().books.heap.clone()
    }
}

impl Locked<'_> {
    /// Moves the break; gives the pages that are new, if there are some.
    fn move_break(&mut self, wanted: u64, limits: &MemoryLimits) -> Option<Range<u64>> {
        let heap = self.books.heap.clone();
        let size = wanted.checked_sub(heap.start)?;
        if heap.start == 0 || size.saturating_add(self.books.image_data) > limits.data {
            return None;
        }
        let new_end = page_ceil(wanted).ok()?;
        let old_end = page_ceil(heap.end).ok()?;
        if new_end < old_end {
            self.unmap(&(new_end..old_end)).ok()?;
        } else if new_end > old_end {
            self.grow_heap(old_end..new_end, limits)?;
        }
        self.books.heap.end = wanted;
        (new_end > old_end).then_some(old_end..new_end)
    }

    fn grow_heap(&mut self, range: Range<u64>, limits: &MemoryLimits) -> Option<()> {
        // A page must stay free before the next mapping, and more before one that grows down.
        if let Some((next, vma)) = self.books.find_or_next(page_floor(range.start)) {
            let gap = if vma.flags.contains(VmaFlags::GROWS_DOWN) { STACK_GUARD_GAP } else { 0 };
            if range.end.checked_add(PAGE_SIZE)? > next.start.saturating_sub(gap) {
                return None;
            }
        }
        let protection = Protection::READ | Protection::WRITE;
        let request = MapRequest::anonymous(range.end - range.start, protection);
        self.map(Placement::Fixed(range.start), request, limits).ok().map(|_| ())
    }
}
