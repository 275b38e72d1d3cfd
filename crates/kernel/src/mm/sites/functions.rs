//! Where the function begins that a site is in.

use core::cell::RefCell;

use rewrite::{Bytes, Function, frames, symbols};

use crate::fs::IoFlags;
use crate::io::Sink;
use crate::mm::MappedFile;
use crate::user;

const PT_LOAD: u32 = 1;
const PT_GNU_EH_FRAME: u32 = 0x6474_e550;
/// The most program headers that are looked at.
const HEADERS_MAX: u16 = 256;

/// The running program's memory. It may change while it is read: what comes of it is checked again before
/// anything is done.
struct Memory;

impl Bytes for Memory {
    fn read(&self, address: u64, target: &mut [u8]) -> bool {
        user::read_bytes(address, target) == Ok(target.len())
    }
}

/// A file, read a block at a time: the tables are read in small pieces that lie together.
struct File<'a> {
    file: &'a dyn MappedFile,
    block: RefCell<Block>,
}

struct Block {
    start: u64,
    length: usize,
    bytes: [u8; 1024],
}

impl<'a> File<'a> {
    const fn new(file: &'a dyn MappedFile) -> Self {
        Self { file, block: RefCell::new(Block { start: 0, length: 0, bytes: [0; 1024] }) }
    }
}

impl Bytes for File<'_> {
    fn read(&self, offset: u64, target: &mut [u8]) -> bool {
        let mut block = self.block.borrow_mut();
        if target.len() > block.bytes.len() {
            return self.file.read_at(offset, target) == target.len();
        }
        if block.copy(offset, target) {
            return true;
        }
        block.start = offset;
        block.length = 0;
        let length = self.file.read_at(offset, &mut block.bytes);
        block.length = length;
        block.copy(offset, target)
    }
}

impl Block {
    fn copy(&self, offset: u64, target: &mut [u8]) -> bool {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        offset.checked_sub(self.start).is_some_and(|offset| bytes.read(offset, target))
    }
}

/// Reads a file that is mapped; gives how many bytes there were.
pub(crate) fn read_file(file: &dyn crate::fs::File, offset: u64, target: &mut [u8]) -> usize {
    let mut done = 0;
    while let Some(rest) = target.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(&mut Sink::kernel(rest), offset.saturating_add(done as u64), IoFlags::empty()) {
            Ok(count @ 1..) => done += count,
            _ => break,
        }
    }
    done
}

/// What the program headers say: what to add to the file's addresses, and where its unwinding table lies.
struct Placement {
    bias: u64,
    frames: Option<u64>,
}

/// Reads the program headers of the ELF file (elf(5)) whose byte `offset` is mapped at `address`.
fn placement(file: &File<'_>, address: u64, offset: u64) -> Option<Placement> {
    let mut header = [0; 64];
    if !file.read(0, &mut header) || !header.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let table = double(&header, 32)?;
    let count = u16::from_le_bytes(*header.get(56..)?.first_chunk()?).min(HEADERS_MAX);
    let (mut bias, mut frames) = (None, None);
    for index in 0..u64::from(count) {
        let mut header = [0; 56];
        if !file.read(table.checked_add(index * 56)?, &mut header) {
            return None;
        }
        let kind = u32::from_le_bytes(*header.first_chunk()?);
        let (start, own, size) = (double(&header, 8)?, double(&header, 16)?, double(&header, 32)?);
        match kind {
            PT_LOAD if bias.is_none() && offset >= start && offset - start < size => {
                bias = Some(address.wrapping_sub(own.wrapping_add(offset - start)));
            }
            PT_GNU_EH_FRAME => frames = Some(own),
            _ => {}
        }
    }
    let bias = bias?;
    Some(Placement { bias, frames: frames.map(|frames| bias.wrapping_add(frames)) })
}

fn double(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

/// Finds the function of the running program that holds an address, which shows byte `offset` of a file.
pub(super) fn find(file: &dyn MappedFile, address: u64, offset: u64) -> Option<Function> {
    let file = File::new(file);
    let placement = placement(&file, address, offset)?;
    let by_frames = placement.frames.and_then(|header| frames::find(&Memory, header, address));
    by_frames.or_else(|| {
        let mut function = symbols::find(&file, address.wrapping_sub(placement.bias))?;
        function.range.start = function.range.start.wrapping_add(placement.bias);
        function.range.end = function.range.end.wrapping_add(placement.bias);
        function.next = function.next.wrapping_add(placement.bias);
        Some(function)
    })
}
