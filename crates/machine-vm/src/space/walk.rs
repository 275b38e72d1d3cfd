//! Visiting, making and clearing tables. Whoever calls holds the lock of the space's tables.

use core::ops::Range;

use abi::Errno;
use kernel::mm::frame::Frames;

use super::flush::Flush;
use crate::paging::{Entry, EntryFlags, Table, index, span, table_flags};

/// The table of pages for an address, and the index in it; made if it is not there.
///
/// # Errors
/// `ENOMEM`.
pub(super) fn leaf(root: Table, address: u64) -> Result<(Table, usize), Errno> {
    let mut table = root;
    for level in (1..=3).rev() {
        let slot = index(address, level);
        let entry = table.get(slot);
        let child = if entry.is_absent() {
            let new = Frames::allocate(1)?.into_range().start;
            table.set(slot, Entry::new(new, table_flags()));
            new
        } else {
            entry.address()
        };
        // SAFETY: entries of the upper levels lead to tables.
        table = unsafe { Table::at(child) };
    }
    Ok((table, index(address, 0)))
}

/// The indexes of a table that starts at `base` which a range touches.
fn touched(level: u32, base: u64, range: &Range<u64>) -> Range<usize> {
    let first = range.start.saturating_sub(base) / span(level);
    let end = range.end.saturating_sub(base).div_ceil(span(level)).min(512);
    first as usize..end as usize
}

/// Calls `act` with each page of a range that is not absent: its table, index and address.
///
/// # Errors
/// The first of `act`.
pub(super) fn each(
    table: Table,
    level: u32,
    base: u64,
    range: &Range<u64>,
    act: &mut impl FnMut(Table, usize, u64) -> Result<(), Errno>,
) -> Result<(), Errno> {
    for slot in touched(level, base, range) {
        let entry = table.get(slot);
        if entry.is_absent() {
            continue;
        }
        let address = base + slot as u64 * span(level);
        if level == 0 {
            act(table, slot, address)?;
        } else {
            // SAFETY: entries of the upper levels lead to tables.
            each(unsafe { Table::at(entry.address()) }, level - 1, address, range, act)?;
        }
    }
    Ok(())
}

/// Makes every page of a range absent, and gives back the frames and the tables that are empty then. Gives how
/// many frames of the space's own it showed no longer.
pub(super) fn clear(table: Table, level: u32, base: u64, range: &Range<u64>, flush: &mut Flush<'_>) -> u64 {
    let mut gone = 0;
    for slot in touched(level, base, range) {
        let entry = table.get(slot);
        if entry.is_absent() {
            continue;
        }
        let address = base + slot as u64 * span(level);
        if level == 0 {
            let old = table.swap(slot, Entry::ABSENT);
            flush.changed(address);
            if old.flags().contains(EntryFlags::OWNED) {
                flush.unshare(old.address());
                gone += 1;
            }
            continue;
        }
        // SAFETY: entries of the upper levels lead to tables.
        let child = unsafe { Table::at(entry.address()) };
        gone += clear(child, level - 1, address, range, flush);
        if child.is_empty() {
            table.set(slot, Entry::ABSENT);
            flush.changed(address);
            flush.free_table(entry.address());
        }
    }
    gone
}
