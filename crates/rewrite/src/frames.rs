//! Functions from the unwinding tables (Linux Standard Base, "Exception Frames").
//!
//! The tables are a program's: each number is an allegation, and reading them ends for any contents.

use core::ops::Range;

use super::function::{Bytes, Function, Reader};

/// The longest augmentation string that is looked at.
const AUGMENTATION_MAX: usize = 8;
/// The most entries of an unsorted table that are walked.
const ENTRIES_MAX: usize = 1 << 16;

/// The forms of an encoded pointer (`DW_EH_PE_*`).
mod encoding {
    pub(super) const ABSOLUTE: u8 = 0x00;
    pub(super) const DATA2_UNSIGNED: u8 = 0x02;
    pub(super) const DATA4_UNSIGNED: u8 = 0x03;
    pub(super) const DATA8_UNSIGNED: u8 = 0x04;
    pub(super) const DATA2: u8 = 0x0a;
    pub(super) const DATA4: u8 = 0x0b;
    pub(super) const DATA8: u8 = 0x0c;
    pub(super) const RELATIVE_TO_PLACE: u8 = 0x10;
    pub(super) const RELATIVE_TO_TABLE: u8 = 0x30;
    pub(super) const OMITTED: u8 = 0xff;
    /// The only form of `.eh_frame_hdr`'s table that linkers make: 32 bits, relative to the table.
    pub(super) const SORTED_TABLE: u8 = RELATIVE_TO_TABLE | DATA4;
}

/// Finds the function that holds an address through the sorted table of `.eh_frame_hdr`, which lies at
/// `header` in memory.
#[must_use]
pub fn find(memory: &(impl Bytes + ?Sized), header: u64, address: u64) -> Option<Function> {
    let mut reader = Reader::new(memory, header);
    let (version, frame_encoding, count_encoding, table_encoding) =
        (reader.byte()?, reader.byte()?, reader.byte()?, reader.byte()?);
    if version != 1 || table_encoding != encoding::SORTED_TABLE {
        return None;
    }
    pointer(&mut reader, frame_encoding, header)?;
    let count = pointer(&mut reader, count_encoding, header)?;
    let table = Table { header, first: reader.at, count: count.min(u64::from(u32::MAX)) };
    let index = table.last_not_above(memory, address)?;
    let (_, entry) = table.entry(memory, index)?;
    let range = description(memory, entry)?;
    if !range.contains(&address) {
        return None;
    }
    let next = table.entry(memory, index + 1).map_or(range.end, |(start, _)| start.max(range.end));
    Some(Function { range, next })
}

/// The sorted table: pairs of a function's start and its entry's address.
struct Table {
    header: u64,
    first: u64,
    count: u64,
}

impl Table {
    fn entry(&self, memory: &(impl Bytes + ?Sized), index: u64) -> Option<(u64, u64)> {
        if index >= self.count {
            return None;
        }
        let mut reader = Reader::new(memory, self.first.checked_add(index * 8)?);
        let (start, entry) = (reader.word()?.cast_signed(), reader.word()?.cast_signed());
        Some((
            self.header.wrapping_add_signed(i64::from(start)),
            self.header.wrapping_add_signed(i64::from(entry)),
        ))
    }

    /// The last entry whose function starts at or before the address.
    fn last_not_above(&self, memory: &(impl Bytes + ?Sized), address: u64) -> Option<u64> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(memory, middle)?.0 <= address {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1)
    }
}

/// Finds the function that holds an address in an `.eh_frame` section without a table: `section` are its
/// offsets in a file, `loaded_at` the address of its first byte in the file's own terms.
#[must_use]
pub fn scan(
    file: &(impl Bytes + ?Sized),
    section: &Range<u64>,
    loaded_at: u64,
    address: u64,
) -> Option<Function> {
    let memory = Shifted { file, offset: section.start, address: loaded_at };
    let end = loaded_at.checked_add(section.end.checked_sub(section.start)?)?;
    let mut at = loaded_at;
    let mut found: Option<Range<u64>> = None;
    let mut next = u64::MAX;
    for _ in 0..ENTRIES_MAX {
        if at >= end {
            break;
        }
        let mut reader = Reader::new(&memory, at);
        let length = reader.word()?;
        if length == 0 || length == u32::MAX {
            break;
        }
        let is_common = reader.word()? == 0;
        if !is_common && let Some(range) = description(&memory, at) {
            if range.contains(&address) {
                found = Some(range);
            } else if range.start > address {
                next = next.min(range.start);
            }
        }
        at = at.checked_add(4)?.checked_add(u64::from(length))?;
    }
    let range = found?;
    let next = if next == u64::MAX { range.end } else { next.max(range.end) };
    Some(Function { range, next })
}

/// A section of a file, read by the addresses that it is meant to have.
struct Shifted<'a, B: ?Sized> {
    file: &'a B,
    offset: u64,
    address: u64,
}

impl<B: Bytes + ?Sized> Bytes for Shifted<'_, B> {
    fn read(&self, address: u64, target: &mut [u8]) -> bool {
        let offset = address.checked_sub(self.address).and_then(|offset| offset.checked_add(self.offset));
        offset.is_some_and(|offset| self.file.read(offset, target))
    }
}

/// The addresses that a frame description entry (FDE) covers.
fn description(memory: &(impl Bytes + ?Sized), entry: u64) -> Option<Range<u64>> {
    let mut reader = Reader::new(memory, entry);
    let length = reader.word()?;
    if length == 0 || length == u32::MAX {
        return None;
    }
    let back_at = reader.at;
    let back = u64::from(reader.word()?);
    if back == 0 {
        return None;
    }
    let form = pointer_encoding(memory, back_at.checked_sub(back)?)?;
    let start = pointer(&mut reader, form, 0)?;
    // A length has the pointer's size and is relative to nothing.
    let length = pointer(&mut reader, form & 0x0f, 0)?;
    let end = start.checked_add(length)?;
    (start < end).then_some(start..end)
}

/// How the entries of a common information entry (CIE) encode their pointers.
fn pointer_encoding(memory: &(impl Bytes + ?Sized), common: u64) -> Option<u8> {
    let mut reader = Reader::new(memory, common);
    let (_length, identity, version) = (reader.word()?, reader.word()?, reader.byte()?);
    if identity != 0 || !matches!(version, 1 | 3) {
        return None;
    }
    let mut augmentation = [0; AUGMENTATION_MAX];
    let mut count = 0;
    loop {
        match (reader.byte()?, augmentation.get_mut(count)) {
            (0, _) => break,
            (letter, Some(place)) => *place = letter,
            (_, None) => return None,
        }
        count += 1;
    }
    reader.leb128()?;
    reader.leb128()?;
    match version {
        1 => u64::from(reader.byte()?),
        _ => reader.leb128()?,
    };
    let letters = augmentation.get(..count)?;
    let Some((b'z', letters)) = letters.split_first() else {
        return letters.is_empty().then_some(encoding::ABSOLUTE);
    };
    reader.leb128()?;
    for letter in letters {
        match letter {
            b'R' => return reader.byte(),
            b'L' => drop(reader.byte()?),
            b'P' => {
                let form = reader.byte()?;
                pointer(&mut reader, form, 0)?;
            }
            b'S' | b'B' => {}
            _ => return None,
        }
    }
    Some(encoding::ABSOLUTE)
}

/// Reads an encoded pointer; `table` is what table-relative ones start from.
fn pointer<B: Bytes + ?Sized>(reader: &mut Reader<'_, B>, form: u8, table: u64) -> Option<u64> {
    if form == encoding::OMITTED {
        return None;
    }
    let place = reader.at;
    let value = match form & 0x0f {
        encoding::ABSOLUTE | encoding::DATA8 | encoding::DATA8_UNSIGNED => reader.double()?,
        encoding::DATA4_UNSIGNED => u64::from(reader.word()?),
        encoding::DATA2_UNSIGNED => u64::from(reader.half()?),
        encoding::DATA4 => i64::from(reader.word()?.cast_signed()).cast_unsigned(),
        encoding::DATA2 => i64::from(reader.half()?.cast_signed()).cast_unsigned(),
        _ => return None,
    };
    match form & 0x70 {
        0 => Some(value),
        encoding::RELATIVE_TO_PLACE => Some(value.wrapping_add(place)),
        encoding::RELATIVE_TO_TABLE => Some(value.wrapping_add(table)),
        _ => None,
    }
}
