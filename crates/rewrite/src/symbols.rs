//! Functions from an ELF file's own tables (elf(5)). The file is an allegation, too.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::frames;
use super::function::{Bytes, Function, Reader};

const SECTION_HEADER_SIZE: u16 = 64;
const SYMBOL_SIZE: usize = 24;
const SYMBOLS_AT_ONCE: usize = 256;
/// The most symbols of one table that are read.
const SYMBOLS_MAX: u64 = 1 << 20;
/// The longest table of section names that is read.
const NAMES_MAX: u64 = 1 << 16;

const SHT_PROGBITS: u32 = 1;
const SHT_SYMTAB: u32 = 2;
const SHT_DYNSYM: u32 = 11;
/// What GNU's linker calls the unwinding table; other ones say it is plain data.
const SHT_X86_64_UNWIND: u32 = 0x7000_0001;
const STT_FUNC: u8 = 2;
const STT_GNU_IFUNC: u8 = 10;

/// One section header, as far as it is of use.
struct Section {
    name: u32,
    kind: u32,
    address: u64,
    range: Range<u64>,
}

/// Finds the function that holds an address, in the file's own terms (its virtual addresses): by the full
/// symbol table, the dynamic one, or the unwinding table.
#[must_use]
pub fn find(file: &(impl Bytes + ?Sized), address: u64) -> Option<Function> {
    let (sections, names) = sections(file)?;
    let tables = [SHT_SYMTAB, SHT_DYNSYM];
    let by_symbol = tables.iter().find_map(|&kind| {
        let table = sections.iter().find(|section| section.kind == kind)?;
        by_symbol(file, &table.range, address)
    });
    by_symbol.or_else(|| {
        let names = sections.get(usize::from(names))?;
        let section = sections.iter().find(|section| {
            matches!(section.kind, SHT_PROGBITS | SHT_X86_64_UNWIND)
                && is_named(file, names, section, b".eh_frame\0")
        })?;
        frames::scan(file, &section.range, section.address, address)
    })
}

/// All section headers, and which one holds their names.
fn sections(file: &(impl Bytes + ?Sized)) -> Option<(Vec<Section>, u16)> {
    let mut magic = [0; 6];
    // 64 bits, little-endian.
    if !file.read(0, &mut magic) || magic != *b"\x7fELF\x02\x01" {
        return None;
    }
    let table = Reader::new(file, 40).double()?;
    let mut reader = Reader::new(file, 58);
    let (size, count, names) = (reader.half()?, reader.half()?, reader.half()?);
    if size != SECTION_HEADER_SIZE {
        return None;
    }
    let mut sections = Vec::new();
    for index in 0..u64::from(count) {
        let mut reader = Reader::new(file, table.checked_add(index * u64::from(size))?);
        let (name, kind, _flags) = (reader.word()?, reader.word()?, reader.double()?);
        let (address, offset, length) = (reader.double()?, reader.double()?, reader.double()?);
        let range = offset..offset.checked_add(length)?;
        sections.push(Section { name, kind, address, range });
    }
    Some((sections, names))
}

fn is_named(file: &(impl Bytes + ?Sized), names: &Section, section: &Section, name: &[u8]) -> bool {
    let mut found = [0; 16];
    let offset = u64::from(section.name);
    let Some(found) = found.get_mut(..name.len()) else { return false };
    offset < NAMES_MAX
        && names.range.start.checked_add(offset).is_some_and(|at| file.read(at, found))
        && found == name
}

/// Finds the function in one table of symbols.
fn by_symbol(file: &(impl Bytes + ?Sized), table: &Range<u64>, address: u64) -> Option<Function> {
    let count = ((table.end - table.start) / SYMBOL_SIZE as u64).min(SYMBOLS_MAX);
    let mut best: Option<Range<u64>> = None;
    let mut next = u64::MAX;
    let mut buffer = vec![0; SYMBOL_SIZE * SYMBOLS_AT_ONCE];
    let mut done = 0;
    while done < count {
        let step = (count - done).min(SYMBOLS_AT_ONCE as u64);
        let length = usize::try_from(step).ok()? * SYMBOL_SIZE;
        let chunk = buffer.get_mut(..length)?;
        if !file.read(table.start.checked_add(done * SYMBOL_SIZE as u64)?, chunk) {
            return None;
        }
        for symbol in chunk.as_chunks::<SYMBOL_SIZE>().0 {
            let Some(range) = function(symbol) else { continue };
            if range.start > address {
                next = next.min(range.start);
            } else if range.contains(&address) && best.as_ref().is_none_or(|best| range.start > best.start) {
                best = Some(range);
            }
        }
        done += step;
    }
    let range = best?;
    let next = if next == u64::MAX { range.end } else { next.max(range.end) };
    Some(Function { range, next })
}

/// The addresses of a symbol, if it is a function of this file.
fn function(symbol: &[u8; SYMBOL_SIZE]) -> Option<Range<u64>> {
    let mut reader = Reader::new(&symbol[..], 4);
    let kind = reader.byte()? & 0x0f;
    let (_visibility, section) = (reader.byte()?, reader.half()?);
    let (start, size) = (reader.double()?, reader.double()?);
    if !matches!(kind, STT_FUNC | STT_GNU_IFUNC) || section == 0 || start == 0 {
        return None;
    }
    Some(start..start.checked_add(size)?)
}
