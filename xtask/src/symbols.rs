//! The names of the vm kernel's functions, written into the room that its image has for them
//! (`crates/machine-vm/src/symbols.rs` reads them and has the layout).

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection};

use crate::{command, packages};

/// The section that has the room.
const SECTION: &str = ".symbols";
/// The longest name that is kept, the best choice first.
const LONGEST: [usize; 3] = [96, 48, 24];
/// The symbol at which the text starts.
const TEXT: &str = "trapless_text_start";

/// Writes the names of a kernel's functions into its own file.
pub(crate) fn write(kernel: &Path) -> Result<()> {
    packages::ensure(packages::OBJCOPY)?;
    let list = command::output(Command::new("nm").args(["--numeric-sort", "--demangle"]).arg(kernel))?;
    let mut image = fs::read(kernel).with_context(|| format!("cannot read {}", kernel.display()))?;
    let told = || format!("{}: no section {SECTION}", kernel.display());
    let place = section(&image).with_context(told)?;
    let room = image.get_mut(place).with_context(told)?;
    // Where the room is short, so are the names.
    for longest in LONGEST {
        let table = table(&list, longest)?;
        if let Some(place) = room.get_mut(..table.len()) {
            place.copy_from_slice(&table);
            break;
        }
    }
    fs::write(kernel, image).with_context(|| format!("cannot write {}", kernel.display()))
}

/// The table of what `nm` lists.
fn table(list: &str, longest: usize) -> Result<Vec<u8>> {
    let lines: Vec<(u64, &str, &str)> = list.lines().filter_map(line).collect();
    let start = lines.iter().find(|(_, _, name)| *name == TEXT).context("the kernel has no text")?.0;
    let is_function = |kind: &str| matches!(kind, "t" | "T");
    let mut functions: Vec<(u32, String)> = lines
        .iter()
        .filter(|(address, kind, name)| {
            is_function(kind) && *address >= start && !name.starts_with("trapless_text")
        })
        .filter_map(|(address, _, name)| Some((u32::try_from(address - start).ok()?, short(name, longest))))
        .collect();
    functions.dedup_by_key(|(offset, _)| *offset);
    let mut table = u32::try_from(functions.len())?.to_le_bytes().to_vec();
    let mut names = Vec::new();
    let first = table.len() + functions.len() * 8;
    for (offset, name) in &functions {
        table.extend(offset.to_le_bytes());
        table.extend(u32::try_from(first + names.len())?.to_le_bytes());
        names.extend(name.bytes());
        names.push(0);
    }
    table.extend(names);
    Ok(table)
}

/// Address, kind and name of a line.
fn line(line: &str) -> Option<(u64, &str, &str)> {
    let mut parts = line.splitn(3, ' ');
    let address = u64::from_str_radix(parts.next()?, 16).ok()?;
    Some((address, parts.next()?, parts.next()?))
}

/// A name without its hash, and no longer than is of use: generic parameters can be very long.
fn short(name: &str, longest: usize) -> String {
    let name = match name.rsplit_once("::h") {
        Some((front, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => front,
        _ => name,
    };
    name.chars().filter(char::is_ascii).take(longest).collect()
}

/// Where [`SECTION`] lies in the file.
fn section(image: &[u8]) -> Option<Range<usize>> {
    let file = ElfFile64::<Endianness>::parse(image).ok()?;
    let (start, length) = file.section_by_name(SECTION)?.file_range()?;
    Some(usize::try_from(start).ok()?..usize::try_from(start.checked_add(length)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{short, table};

    #[test]
    fn names_are_found_by_address() {
        let list = "ffffffff80101000 T trapless_text_start\n\
                    ffffffff80101000 t kernel::first::h0123456789abcdef\n\
                    ffffffff80101010 T second\n\
                    ffffffff80102000 r constant";
        let mut expected = [[2, 0, 0, 0], [0, 0, 0, 0], [20, 0, 0, 0], [16, 0, 0, 0], [34, 0, 0, 0]].concat();
        expected.extend(b"kernel::first\0second\0");
        assert_eq!(table(list, 96).unwrap_or_default(), expected);
        assert_eq!(short("a::b::hello", 4), "a::b");
    }
}
