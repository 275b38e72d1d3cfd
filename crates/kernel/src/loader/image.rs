//! Mapping an ELF file (System V ABI, "Program Loading").

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::elf::Segment;
use super::prepare::Binary;
use crate::fs::{File, Path};
use crate::mm::{
    Backing, MapRequest, MappedFile, MemoryLimits, MemoryMap, PAGE_SIZE, Protection, page_ceil, page_floor,
    random_pages, sites,
};
use crate::user;

/// Random bits of where a program that may lie anywhere is put, in pages (`mmap_rnd_bits`).
const BIAS_RANDOM_BITS: u32 = 28;

/// The file behind a mapped segment.
#[derive(Debug)]
struct ImageFile {
    path: Path,
    file: Arc<dyn File>,
}

impl MappedFile for ImageFile {
    fn identity(&self) -> (u64, u64) {
        self.path.inode().metadata().map_or((0, 0), |metadata| (metadata.device, metadata.inode))
    }

    fn path(&self, root: &Path) -> Vec<u8> {
        self.path.display_from(root)
    }

    fn read_at(&self, offset: u64, target: &mut [u8]) -> usize {
        sites::read_file(&*self.file, offset, target)
    }
}

/// Where a file may be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Where programs lie: at two thirds of the address space.
    Program,
    /// Where libraries lie.
    Library,
}

/// Maps all segments of a file; gives what is to be added to its addresses.
///
/// # Errors
/// As mmap(2).
pub(super) fn map(
    memory: &MemoryMap,
    binary: &Binary,
    place: Place,
    limits: &MemoryLimits,
) -> Result<u64, Errno> {
    let file: Arc<dyn MappedFile> =
        Arc::new(ImageFile { path: binary.path.clone(), file: Arc::clone(&binary.file) });
    let bias = if binary.elf.relocatable { choose_bias(memory, binary, place, limits)? } else { 0 };
    for segment in &binary.elf.segments {
        map_segment(memory, binary, &file, segment, bias, limits)?;
    }
    Ok(bias)
}

fn choose_bias(
    memory: &MemoryMap,
    binary: &Binary,
    place: Place,
    limits: &MemoryLimits,
) -> Result<u64, Errno> {
    let pages = binary.elf.pages()?;
    let alignment = binary.elf.alignment;
    let length = pages.end - pages.start;
    let wish = match place {
        Place::Program => {
            let random = if memory.layout().randomize { random_pages(BIAS_RANDOM_BITS) } else { 0 };
            page_floor(arch::copy::user_range().end / 3 * 2).saturating_add(random)
        }
        Place::Library => 0,
    };
    // Reserve enough to align within, then give it back: the segments are mapped at fixed places.
    let reserved = length.checked_add(alignment - PAGE_SIZE).ok_or(Errno::ENOMEM)?;
    let address = memory.map_anywhere(wish, MapRequest::anonymous(reserved, Protection::empty()), limits)?;
    memory.unmap(address, reserved)?;
    Ok(address.next_multiple_of(alignment).wrapping_sub(pages.start & !(alignment - 1)))
}

fn map_segment(
    memory: &MemoryMap,
    binary: &Binary,
    file: &Arc<dyn MappedFile>,
    segment: &Segment,
    bias: u64,
    limits: &MemoryLimits,
) -> Result<(), Errno> {
    let start = segment.address.wrapping_add(bias);
    let file_end = start + segment.file_size;
    let end = page_ceil(start + segment.memory_size)?;
    let mut zero_start = page_floor(start);
    if segment.file_size > 0 {
        zero_start = page_ceil(file_end)?;
        let backing = Backing::File { mapping: binary.file.mapping()?, file: Arc::clone(file) };
        let in_page = start - page_floor(start);
        let request = MapRequest::private(
            segment.file_size + in_page,
            segment.protection,
            backing,
            segment.offset - in_page,
        );
        memory.map_fixed(page_floor(start), request, limits)?;
        let tail = usize::try_from(zero_start - file_end).unwrap_or(0);
        if segment.memory_size > segment.file_size && segment.protection.contains(Protection::WRITE) {
            user::clear_bytes(file_end, tail)?;
        }
    }
    if end > zero_start {
        let request = MapRequest::anonymous(end - zero_start, segment.protection);
        memory.map_fixed(zero_start, request, limits)?;
    }
    Ok(())
}
