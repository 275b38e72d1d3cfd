//! Translations that processors remember, and the frames that must not be used anew before they are
//! forgotten.

use core::marker::PhantomData;

use kernel::mm::frame::Frames;

use crate::physical::{self, PAGE};
use crate::{paging, processor};

/// How many frames wait at once.
const WAITING: usize = 128;
/// From so many changed pages on, all translations are forgotten together.
const SINGLE: usize = 32;

/// Changes to the tables of one space that are not yet known to all processors. Dropping it makes them so.
pub(super) struct Flush<'a> {
    root: u64,
    pages: [u64; SINGLE],
    page_count: usize,
    /// Frames to unshare, or (with the lowest bit set) tables to free.
    waiting: [u64; WAITING],
    waiting_count: usize,
    /// It lives as long as the tables' lock is held.
    _locked: PhantomData<&'a ()>,
}

impl Flush<'_> {
    /// Nothing has changed yet.
    pub(super) const fn new(root: u64) -> Self {
        Self {
            root,
            pages: [0; SINGLE],
            page_count: 0,
            waiting: [0; WAITING],
            waiting_count: 0,
            _locked: PhantomData,
        }
    }

    /// The entry of a page has changed.
    pub(super) fn changed(&mut self, address: u64) {
        if let Some(page) = self.pages.get_mut(self.page_count) {
            *page = address;
        }
        self.page_count = self.page_count.saturating_add(1);
    }

    /// The space shows a frame no longer.
    pub(super) fn unshare(&mut self, frame: u64) {
        self.wait(frame);
    }

    /// The space has a table no longer.
    pub(super) fn free_table(&mut self, table: u64) {
        self.wait(table | 1);
    }

    fn wait(&mut self, word: u64) {
        if self.waiting_count == WAITING {
            self.finish();
        }
        if let Some(place) = self.waiting.get_mut(self.waiting_count) {
            *place = word;
            self.waiting_count += 1;
        }
    }

    /// Makes all processors forget what has changed, then gives back what waited for that.
    fn finish(&mut self) {
        if self.page_count > 0 {
            let single = self.pages.get(..self.page_count);
            if processor::this().has_tables(self.root) {
                match single {
                    Some(pages) => pages.iter().copied().for_each(paging::forget_page),
                    None => processor::this().reload_tables(),
                }
            }
            processor::forget_elsewhere(self.root);
        }
        self.page_count = 0;
        for &word in self.waiting.iter().take(self.waiting_count) {
            let address = word & !1;
            if word & 1 == 0 {
                physical::unshare(address);
            } else {
                // A table that is given back is empty, so the frame is zeroed as it should be.
                drop(Frames::from_range(address..address + PAGE));
            }
        }
        self.waiting_count = 0;
    }
}

impl Drop for Flush<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}
