//! Physical memory: which frames are free.
//!
//! A bitmap with one bit a frame and hints; runs are found first-fit. Runs free themselves. Pages of files
//! are put side by side, so that one mapping shows many of them.

use alloc::vec::Vec;
use core::ops::Range;

use abi::Errno;
use sync::SpinLock;

use super::PAGE_SIZE;
use crate::machine::machine;

/// One or more frames in a row, owned; dropping it frees them.
#[derive(Debug, PartialEq, Eq)]
pub struct Frames {
    first: u64,
    count: u64,
}

impl Frames {
    /// Takes `count` frames in a row, zeroed.
    ///
    /// # Errors
    /// `ENOMEM` when there is no such run.
    pub fn allocate(count: u64) -> Result<Self, Errno> {
        let first = ALLOCATOR.lock().allocate(count)?;
        Ok(Self { first, count })
    }

    /// As [`allocate`](Self::allocate), at the physical address `wanted` if it is free; else where the
    /// neighbours of page `index` of a file probably find room beside it.
    ///
    /// # Errors
    /// `ENOMEM` when there is no such run.
    pub fn allocate_near(wanted: Option<u64>, index: u64, count: u64) -> Result<Self, Errno> {
        let wanted = wanted.map(|address| address / PAGE_SIZE);
        let first = ALLOCATOR.lock().allocate_near(wanted, index, count)?;
        Ok(Self { first, count })
    }

    /// Takes in the frames that follow these.
    ///
    /// # Errors
    /// The other frames, when they do not.
    pub fn append(&mut self, next: Self) -> Result<(), Self> {
        if next.first != self.first + self.count {
            return Err(next);
        }
        self.count += next.count;
        core::mem::forget(next);
        Ok(())
    }

    /// Keeps the first `count` frames and gives the rest, if there is any.
    #[must_use]
    pub fn split_off(&mut self, count: u64) -> Option<Self> {
        let rest = self.count.checked_sub(count).filter(|&rest| rest > 0)?;
        self.count = count;
        Some(Self { first: self.first + count, count: rest })
    }

    /// Gives the frames up to whoever keeps the addresses, and makes them whole again with
    /// [`from_range`](Self::from_range).
    #[must_use]
    pub fn into_range(self) -> Range<u64> {
        let range = self.range();
        core::mem::forget(self);
        range
    }

    /// The frames that [`into_range`](Self::into_range) gave up, or a part of them; each at most once.
    #[must_use]
    pub const fn from_range(range: Range<u64>) -> Self {
        Self { first: range.start / PAGE_SIZE, count: (range.end - range.start) / PAGE_SIZE }
    }

    /// The first frame's physical address.
    #[must_use]
    pub const fn address(&self) -> u64 {
        self.first * PAGE_SIZE
    }

    /// How many frames there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The physical addresses.
    #[must_use]
    pub const fn range(&self) -> Range<u64> {
        self.address()..self.address() + self.count * PAGE_SIZE
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if self.count == 0 {
            return;
        }
        // The contents go before the frames may be given out again: released memory reads as zeros.
        machine().physical_release(self.range());
        ALLOCATOR.lock().free(self.first, self.count);
    }
}

/// How much physical memory there is and how much of it is free, in bytes.
#[must_use]
pub fn statistics() -> (u64, u64) {
    let allocator = ALLOCATOR.lock();
    let total = allocator.total();
    ((total - allocator.holes) * PAGE_SIZE, (total - allocator.used) * PAGE_SIZE)
}

/// For a machine whose physical memory has holes, or whose heap takes frames: says which ranges of whole
/// pages are there, and which of them is in use ([`Frames::from_range`] gives it back). Must run before any
/// frame is taken; from then on no frame's coming or going needs the heap.
///
/// # Errors
/// `ENOMEM` when the heap has no room for the books.
pub fn initialize(available: &[Range<u64>], in_use: &Range<u64>) -> Result<(), Errno> {
    let mut allocator = ALLOCATOR.lock();
    let total = allocator.total();
    let words = usize::try_from(total.div_ceil(64)).map_err(|_| Errno::ENOMEM)?;
    allocator.words.try_reserve_exact(words).map_err(|_| Errno::ENOMEM)?;
    allocator.words.resize(words, u64::MAX);
    let mut there = 0;
    for range in available {
        let count = (range.end - range.start) / PAGE_SIZE;
        allocator.mark(range.start / PAGE_SIZE, count, false);
        there += count;
    }
    let count = (in_use.end - in_use.start) / PAGE_SIZE;
    allocator.holes = total - there - count;
    allocator.used = total - there;
    Ok(())
}

static ALLOCATOR: SpinLock<Allocator> =
    SpinLock::new(Allocator { words: Vec::new(), used: 0, holes: 0, hint: 0, empty_hint: 0 });

/// Bit set: frame taken. The bitmap grows with use, so a large sparse memory costs nothing.
struct Allocator {
    words: Vec<u64>,
    /// Frames that are taken, holes among them.
    used: u64,
    /// Addresses without memory.
    holes: u64,
    /// All words before it are full.
    hint: usize,
    /// All words before it are in use.
    empty_hint: usize,
}

impl Allocator {
    fn total(&self) -> u64 {
        machine().physical_size() / PAGE_SIZE
    }

    fn allocate(&mut self, count: u64) -> Result<u64, Errno> {
        if count == 0 || count > self.total().saturating_sub(self.used) {
            return Err(Errno::ENOMEM);
        }
        let first = match count {
            1 => self.find_one(),
            _ => self.find_run(count),
        };
        let first = match first {
            Some(first) => first,
            None => self.grow(count)?,
        };
        Ok(self.take(first, count))
    }

    fn allocate_near(&mut self, wanted: Option<u64>, index: u64, count: u64) -> Result<u64, Errno> {
        if let Some(wanted) = wanted
            && self.is_free(wanted, count)
        {
            return Ok(self.take(wanted, count));
        }
        match count {
            1 => match self.find_empty_word() {
                Some(word) => Ok(self.take(word as u64 * 64 + index % 64, 1)),
                None => self.allocate(1),
            },
            _ => self.allocate(count),
        }
    }

    fn take(&mut self, first: u64, count: u64) -> u64 {
        self.mark(first, count, true);
        self.used += count;
        first
    }

    /// Whether a run lies in the bitmap and is free.
    fn is_free(&self, first: u64, count: u64) -> bool {
        let mut free = true;
        words_of(first, count, |index, bits| {
            free &= self.words.get(index).is_some_and(|word| word & bits == 0);
        });
        free
    }

    /// Finds, or adds, 64 frames of which none is taken.
    fn find_empty_word(&mut self) -> Option<usize> {
        let from = self.words.get(self.empty_hint..).unwrap_or_default();
        if let Some(skipped) = from.iter().position(|&word| word == 0) {
            self.empty_hint += skipped;
            return Some(self.empty_hint);
        }
        self.empty_hint = self.words.len();
        self.grow(64).ok()?;
        Some(self.empty_hint)
    }

    fn find_one(&mut self) -> Option<u64> {
        let from = self.words.get(self.hint..)?;
        let index = self.hint + from.iter().position(|&word| word != u64::MAX)?;
        self.hint = index;
        let bit = self.words.get(index)?.trailing_ones();
        Some(index as u64 * 64 + u64::from(bit))
    }

    fn find_run(&self, count: u64) -> Option<u64> {
        let mut start = 0;
        let mut length = 0;
        let mut frame = 0;
        for &word in &self.words {
            if word == u64::MAX || (word == 0 && count >= 64) {
                (start, length) = match word {
                    0 if length == 0 => (frame, 64),
                    0 => (start, length + 64),
                    _ => (0, 0),
                };
                frame += 64;
                if length >= count {
                    return Some(start);
                }
                continue;
            }
            for bit in 0..64 {
                if word & (1 << bit) != 0 {
                    length = 0;
                } else {
                    if length == 0 {
                        start = frame;
                    }
                    length += 1;
                    if length == count {
                        return Some(start);
                    }
                }
                frame += 1;
            }
        }
        None
    }

    /// Takes the run from behind all that was ever given out.
    fn grow(&mut self, count: u64) -> Result<u64, Errno> {
        let first = self.words.len() as u64 * 64;
        let end = first.checked_add(count).ok_or(Errno::ENOMEM)?;
        if end > self.total() {
            return Err(Errno::ENOMEM);
        }
        let words = usize::try_from(end.div_ceil(64)).map_err(|_| Errno::ENOMEM)?;
        self.words.try_reserve(words - self.words.len()).map_err(|_| Errno::ENOMEM)?;
        self.words.resize(words, 0);
        // The last word may have bits of frames that do not exist.
        let all = words as u64 * 64;
        self.mark(self.total().min(all), all.saturating_sub(self.total()), true);
        Ok(first)
    }

    fn mark(&mut self, first: u64, count: u64, taken: bool) {
        words_of(first, count, |index, bits| {
            if let Some(word) = self.words.get_mut(index) {
                *word = if taken { *word | bits } else { *word & !bits };
            }
        });
    }

    fn free(&mut self, first: u64, count: u64) {
        self.mark(first, count, false);
        self.used -= count;
        let word = usize::try_from(first / 64).unwrap_or(usize::MAX);
        self.hint = self.hint.min(word);
        self.empty_hint = self.empty_hint.min(word);
    }
}

/// Calls `act` with the index of each word of the bitmap that a run touches, and the run's bits in it.
fn words_of(first: u64, count: u64, mut act: impl FnMut(usize, u64)) {
    let mut frame = first;
    let end = first + count;
    while frame < end {
        let bit = frame % 64;
        let length = (64 - bit).min(end - frame);
        let bits = (u64::MAX >> (64 - length)) << bit;
        act(usize::try_from(frame / 64).unwrap_or(usize::MAX), bits);
        frame += length;
    }
}
