//! An ELF file, as far as the fuzzer needs one.

use core::ops::Range;

use rewrite::{Function, Text, frames, symbols};

const PT_LOAD: u64 = 1;
const PT_GNU_EH_FRAME: u64 = 0x6474_e550;
const PF_X: u64 = 1;
const SHF_EXECINSTR: u64 = 4;

/// A part of a file, and where it lies in memory.
struct Part {
    kind: u64,
    flags: u64,
    offset: u64,
    address: u64,
    size: u64,
}

/// A file for 64-bit x86.
pub(crate) struct Image<'a> {
    bytes: &'a [u8],
    segments: Vec<Part>,
    sections: Vec<Part>,
}

impl<'a> Image<'a> {
    /// Reads the headers; `None` when it is something else.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        if bytes.get(..6)? != b"\x7fELF\x02\x01" || number(bytes, 18, 2)? != 62 {
            return None;
        }
        let segments = table(bytes, number(bytes, 32, 8)?, 56, number(bytes, 56, 2)?, |at| {
            Some(Part {
                kind: number(bytes, at, 4)?,
                flags: number(bytes, at + 4, 4)?,
                offset: number(bytes, at + 8, 8)?,
                address: number(bytes, at + 16, 8)?,
                size: number(bytes, at + 32, 8)?,
            })
        });
        let sections = table(bytes, number(bytes, 40, 8)?, 64, number(bytes, 60, 2)?, |at| {
            Some(Part {
                kind: number(bytes, at + 4, 4)?,
                flags: number(bytes, at + 8, 8)?,
                address: number(bytes, at + 16, 8)?,
                offset: number(bytes, at + 24, 8)?,
                size: number(bytes, at + 32, 8)?,
            })
        });
        Some(Self { bytes, segments, sections })
    }

    /// The text of each executable segment, with the parts of it that are executable sections.
    pub(crate) fn texts(&self) -> Vec<(Text<'a>, Range<u64>)> {
        let mut texts = Vec::new();
        let loaded = self.segments.iter().filter(|part| part.kind == PT_LOAD && part.flags & PF_X != 0);
        for segment in loaded {
            let Some(bytes) = slice(self.bytes, segment.offset, segment.size) else { continue };
            let text = Text { address: segment.address, bytes };
            let whole = segment.address..segment.address.saturating_add(segment.size);
            let inside =
                self.sections.iter().filter(|part| part.flags & SHF_EXECINSTR != 0).filter_map(|part| {
                    let range = part.address..part.address.checked_add(part.size)?;
                    (whole.start <= range.start && range.end <= whole.end).then_some(range)
                });
            let mut parts: Vec<_> = inside.collect();
            if parts.is_empty() {
                parts.push(whole.clone());
            }
            texts.extend(parts.into_iter().map(|part| (text, part)));
        }
        texts
    }

    /// The function that holds an address, as the kernel finds it.
    pub(crate) fn function(&self, address: u64) -> Option<Function> {
        let header = self.segments.iter().find(|part| part.kind == PT_GNU_EH_FRAME);
        let by_frames = header.and_then(|header| frames::find(self, header.address, address));
        by_frames.or_else(|| symbols::find(self.bytes, address))
    }
}

impl rewrite::Bytes for Image<'_> {
    fn read(&self, address: u64, target: &mut [u8]) -> bool {
        self.segments.iter().filter(|part| part.kind == PT_LOAD).any(|part| {
            let inside = address.checked_sub(part.address).filter(|&offset| offset < part.size);
            inside
                .and_then(|offset| offset.checked_add(part.offset))
                .is_some_and(|at| self.bytes.read(at, target))
        })
    }
}

/// The entries of a table.
fn table(
    bytes: &[u8],
    start: u64,
    size: u64,
    count: u64,
    entry: impl Fn(usize) -> Option<Part>,
) -> Vec<Part> {
    let at = |index: u64| usize::try_from(start.checked_add(index * size)?).ok();
    let entries = (0..count).map_while(|index| entry(at(index).filter(|&at| at < bytes.len())?));
    entries.collect()
}

fn slice(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(offset).ok()?..)?.get(..usize::try_from(size).ok()?)
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let mut value = [0; 8];
    value[..size].copy_from_slice(bytes.get(at..at + size)?);
    Some(u64::from_le_bytes(value))
}
