//! What the loader tells: memory, the command line, the initial archive ("x86/HVM direct boot ABI").

use core::ffi::CStr;
use core::ops::Range;

use crate::layout;

const MAGIC: u32 = 0x336e_c578;
/// The memory map's kind of usable memory.
const RAM: u32 = 1;
/// What is mapped while the kernel starts.
const REACHABLE: u64 = 1 << 30;
/// The most ranges of memory that are taken note of.
pub(crate) const RANGES: usize = 16;

/// `struct hvm_start_info`, version 1.
#[repr(C)]
#[derive(Clone, Copy)]
struct StartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    module_count: u32,
    modules: u64,
    command_line: u64,
    rsdp: u64,
    memory_map: u64,
    memory_map_entries: u32,
    reserved: u32,
}

/// `struct hvm_modlist_entry`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Module {
    address: u64,
    size: u64,
    command_line: u64,
    reserved: u64,
}

/// `struct hvm_memmap_table_entry`.
#[repr(C)]
#[derive(Clone, Copy)]
struct MemoryMapEntry {
    address: u64,
    size: u64,
    kind: u32,
    reserved: u32,
}

/// What the loader told.
#[derive(Clone, Debug)]
pub(crate) struct BootInformation {
    /// Usable memory; empty ranges at the end.
    pub memory: [Range<u64>; RANGES],
    /// The first module: the initial archive.
    pub archive: Range<u64>,
    /// The command line.
    pub command_line: &'static [u8],
}

/// Reads a structure of the loader's, if it lies where the start-up tables reach.
///
/// # Safety
/// The loader must have put a `T` there, and nothing may have overwritten it.
unsafe fn read<T: Copy>(address: u64) -> Option<T> {
    let end = address.checked_add(size_of::<T>() as u64)?;
    if address == 0 || end > REACHABLE {
        return None;
    }
    let pointer = core::ptr::with_exposed_provenance::<T>((layout::IMAGE + address) as usize);
    // SAFETY: the start-up tables map the first GiB; the caller vouches for the contents.
    Some(unsafe { pointer.read_unaligned() })
}

/// Reads what the loader left; `None` when it is no PVH loader or tells no memory map.
///
/// # Safety
/// `address` must be what EBX held at the entry; the start-up tables must be in use.
pub(crate) unsafe fn boot_information(address: u64) -> Option<BootInformation> {
    // SAFETY: the loader's structure, as the caller says.
    let start = unsafe { read::<StartInfo>(address) }.filter(|start| start.magic == MAGIC)?;
    if start.version < 1 {
        return None;
    }
    let mut memory = [const { 0..0 }; RANGES];
    let mut places = memory.iter_mut();
    for index in 0..u64::from(start.memory_map_entries) {
        let place = start.memory_map + index * size_of::<MemoryMapEntry>() as u64;
        // SAFETY: the loader's structure.
        let entry = unsafe { read::<MemoryMapEntry>(place) }?;
        let end = entry.address.saturating_add(entry.size).min(layout::MEMORY_MAX) & !4095;
        let range = entry.address.next_multiple_of(4096)..end;
        if entry.kind == RAM
            && !range.is_empty()
            && let Some(place) = places.next()
        {
            *place = range;
        }
    }
    let archive = match start.module_count {
        0 => 0..0,
        // SAFETY: the loader's structure.
        _ => unsafe { read::<Module>(start.modules) }
            .map_or(0..0, |module| module.address..module.address.saturating_add(module.size)),
    };
    // SAFETY: the loader's string.
    let command_line = unsafe { string(start.command_line) };
    Some(BootInformation { memory, archive, command_line })
}

/// # Safety
/// The loader must have put a string there.
unsafe fn string(address: u64) -> &'static [u8] {
    if address == 0 || address >= REACHABLE {
        return &[];
    }
    let pointer = core::ptr::with_exposed_provenance((layout::IMAGE + address) as usize);
    // SAFETY: the loader ends its strings with a zero.
    unsafe { CStr::from_ptr(pointer) }.to_bytes()
}
