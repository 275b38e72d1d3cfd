//! The names of the kernel's functions, for those who read a backtrace.
//!
//! The image has room for them, which the build fills in when everything is linked (`xtask/src/symbols.rs`
//! writes what this reads): how many functions there are, in four bytes; for each, in the order of their
//! addresses, where it begins and where its name begins, four bytes each, counted from the start of the text
//! and of the room; the names, each with a zero byte behind it. All numbers have their low byte first.

use crate::layout;

unsafe extern "C" {
    static trapless_symbols: u8;
    static trapless_symbols_end: u8;
}

/// Bytes of a function's entry.
const ENTRY: usize = 8;

fn room() -> &'static [u8] {
    let start = &raw const trapless_symbols;
    let length = (&raw const trapless_symbols_end).addr() - start.addr();
    // SAFETY: the linker script lays out the room between the two, and nothing ever writes to it.
    unsafe { core::slice::from_raw_parts(start, length) }
}

fn word(room: &[u8], at: usize) -> Option<usize> {
    let bytes = room.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// The function that an address of the text lies in, and how far.
pub(crate) fn find(address: u64) -> Option<(&'static str, u64)> {
    let text = layout::image().text;
    let wanted = usize::try_from(address.checked_sub(text.start)?).ok()?;
    let room = room();
    let (mut low, mut high) = (0, word(room, 0)?);
    // The last one that begins at or before the address.
    while low < high {
        let middle = usize::midpoint(low, high);
        if word(room, 4 + middle * ENTRY)? <= wanted {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let entry = 4 + low.checked_sub(1)? * ENTRY;
    let name = room.get(word(room, entry + 4)?..)?;
    let name = name.get(..name.iter().position(|&byte| byte == 0)?)?;
    Some((core::str::from_utf8(name).ok()?, (wanted - word(room, entry)?) as u64))
}
