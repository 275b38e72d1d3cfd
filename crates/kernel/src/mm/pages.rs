//! Showing the frames of a page store in a program's memory.

use core::ops::Range;

use abi::Errno;

use super::books::Books;
use super::{MapSource, PAGE_SIZE, PageStore, Vma, page_floor};
use crate::machine::AddressSpace;

/// The most runs of frames that a new mapping shows at once; the others come when they are touched.
const RUNS_AT_ONCE: usize = 64;

/// Maps frames that a store already has into a range of a mapping, run by run. What fails, or is not
/// there, is absent until it is touched.
pub(super) fn show(
    books: &mut Books,
    space: &dyn AddressSpace,
    range: &Range<u64>,
    vma: &Vma,
    store: &PageStore,
) {
    let file_end = store.size().div_ceil(PAGE_SIZE);
    let first = vma.offset / PAGE_SIZE;
    let mut index = first;
    for _ in 0..RUNS_AT_ONCE {
        let Some(next) = store.next_page(index).filter(|&next| next < file_end) else { return };
        let start = range.start.saturating_add((next - first).saturating_mul(PAGE_SIZE));
        if start >= range.end {
            return;
        }
        let Ok(shown) = show_run(books, space, start..range.end, vma, store, next) else { return };
        index = next + (shown.end - shown.start) / PAGE_SIZE;
    }
}

/// Maps the run of frames that starts with page `index` of a store to the start of a range, as far as
/// the range, the run and the file go. Gives the addresses.
///
/// # Errors
/// `EFAULT` when the page is a hole or lies behind the file's end; what the machine says.
pub(super) fn show_run(
    books: &mut Books,
    space: &dyn AddressSpace,
    range: Range<u64>,
    vma: &Vma,
    store: &PageStore,
    index: u64,
) -> Result<Range<u64>, Errno> {
    let run = store.run(index).ok_or(Errno::EFAULT)?;
    let in_file = store.size().div_ceil(PAGE_SIZE).checked_sub(index).ok_or(Errno::EFAULT)?;
    let length = (run.end - run.start).min(range.end - range.start).min(in_file.saturating_mul(PAGE_SIZE));
    if length == 0 {
        return Err(Errno::EFAULT);
    }
    let shown = range.start..page_floor(range.start + length);
    let source = MapSource::Physical { address: run.start, shared: vma.is_shared() };
    space.map(shown.clone(), vma.protection, source)?;
    books.present.insert(shown.clone());
    Ok(shown)
}
