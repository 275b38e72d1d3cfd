//! The second half of execve(2): the new program's memory.

use alloc::vec::Vec;
use core::ops::Range;

use abi::Errno;
use abi::elf::ProgramHeader;
use abi::elf::auxiliary::{
    AT_BASE, AT_CLKTCK, AT_EGID, AT_ENTRY, AT_EUID, AT_FLAGS, AT_GID, AT_HWCAP, AT_HWCAP2, AT_MINSIGSTKSZ,
    AT_PAGESZ, AT_PHDR, AT_PHENT, AT_PHNUM, AT_RSEQ_ALIGN, AT_RSEQ_FEATURE_SIZE, AT_SECURE, AT_SYSINFO_EHDR,
    AT_UID,
};
use arch::RegisterFrame;

use super::image::{self, Place};
use super::prepare::Prepared;
use super::stack::{self, StackContents, StackPlaces};
use crate::boot::hardware;
use crate::machine::machine;
use crate::mm::{MemoryLimits, MemoryMap, PAGE_SIZE, Protection, page_ceil, random_below};
use crate::task::rseq;
use crate::time::vdso;

/// `AT_PLATFORM`.
#[cfg(target_arch = "x86_64")]
const PLATFORM: &[u8] = b"x86_64";
#[cfg(target_arch = "aarch64")]
const PLATFORM: &[u8] = b"aarch64";
/// `AT_CLKTCK`: how many clock ticks times(2) counts in a second.
const CLOCK_TICKS: u64 = 100;
/// What Linux maps of a stack beyond its contents (`stack_expand` of setup_arg_pages).
const STACK_ROOM: u64 = 128 * 1024;
/// What Linux shifts the stack by at the most within its page and below (`arch_align_stack`).
const STACK_SHIFT_MAX: u64 = 8192;

/// A program that was loaded.
#[derive(Clone, Copy, Debug)]
pub struct Loaded {
    /// Its first registers.
    pub frame: RegisterFrame,
    /// Where its arguments, environment and auxiliary vector lie.
    pub places: StackPlaces,
}

/// Loads a program into an empty memory, which must be that of the running address space.
///
/// # Errors
/// As execve(2); the memory is then of no use.
pub fn load(memory: &MemoryMap, prepared: &Prepared, limits: &MemoryLimits) -> Result<Loaded, Errno> {
    let program = &prepared.program;
    let place = if prepared.interpreter.is_some() { Place::Program } else { Place::Library };
    let bias = image::map(memory, program, place, limits)?;
    let pages = program.elf.pages()?;
    let data = program.elf.segments.iter().filter(|segment| segment.protection.contains(Protection::WRITE));
    memory.set_brk_start(
        pages.end.wrapping_add(bias),
        data.fold(0, |sum: u64, segment| sum.saturating_add(segment.memory_size)),
    );
    let entry = program.elf.entry.wrapping_add(bias);
    let (start, base) = match &prepared.interpreter {
        Some(interpreter) => {
            let base = image::map(memory, interpreter, Place::Library, limits)?;
            (interpreter.elf.entry.wrapping_add(base), base)
        }
        None => (entry, 0),
    };
    let headers = program.elf.headers_address.wrapping_add(bias);
    let stack = map_stack(memory, prepared, limits)?;
    let vdso = vdso::map(memory)?;
    let auxiliary = auxiliary_vector(prepared, headers, base, entry, vdso);
    let places = fill_stack(memory, prepared, &auxiliary, &stack)?;
    Ok(Loaded { frame: RegisterFrame::new_program(start, places.stack_pointer), places })
}

fn auxiliary_vector(
    prepared: &Prepared,
    headers: u64,
    base: u64,
    entry: u64,
    vdso: Option<u64>,
) -> Vec<(u64, u64)> {
    let hardware = hardware();
    let credentials = &prepared.credentials;
    let mut vector = Vec::from([
        (AT_MINSIGSTKSZ, hardware.minimal_signal_stack),
        (AT_HWCAP, hardware.hardware_capabilities),
        (AT_PAGESZ, PAGE_SIZE),
        (AT_CLKTCK, CLOCK_TICKS),
        (AT_PHDR, headers),
        (AT_PHENT, size_of::<ProgramHeader>() as u64),
        (AT_PHNUM, prepared.program.elf.headers_count),
        (AT_BASE, base),
        (AT_FLAGS, 0),
        (AT_ENTRY, entry),
        (AT_UID, u64::from(credentials.uid)),
        (AT_EUID, u64::from(credentials.euid)),
        (AT_GID, u64::from(credentials.gid)),
        (AT_EGID, u64::from(credentials.egid)),
        (AT_SECURE, u64::from(prepared.secure)),
        (AT_HWCAP2, hardware.hardware_capabilities_2),
        (AT_RSEQ_FEATURE_SIZE, u64::from(rseq::FEATURE_SIZE)),
        (AT_RSEQ_ALIGN, u64::from(rseq::ALIGNMENT)),
    ]);
    if let Some(vdso) = vdso {
        vector.insert(0, (AT_SYSINFO_EHDR, vdso));
    }
    vector
}

fn map_stack(memory: &MemoryMap, prepared: &Prepared, limits: &MemoryLimits) -> Result<Range<u64>, Errno> {
    let request = &prepared.request;
    let strings = request.arguments.iter().chain(&request.environment).chain(&prepared.hidden);
    let contents = strings.fold(request.name.len() as u64, |sum, string| {
        sum.saturating_add(string.len() as u64).saturating_add(1 + size_of::<u64>() as u64)
    });
    let size = page_ceil(contents.saturating_add(STACK_ROOM + STACK_SHIFT_MAX))?;
    let executable = prepared.program.elf.executable_stack;
    memory.map_stack(size, executable, limits)
}

fn fill_stack(
    memory: &MemoryMap,
    prepared: &Prepared,
    auxiliary: &[(u64, u64)],
    range: &Range<u64>,
) -> Result<StackPlaces, Errno> {
    let request = &prepared.request;
    let shift = if memory.layout().randomize { random_below(STACK_SHIFT_MAX) & !15 } else { 0 };
    let mut random = [0; 16];
    machine().random(&mut random);
    let contents = StackContents {
        path: &request.name,
        arguments: &request.arguments,
        environment: &request.environment,
        hidden: &prepared.hidden,
        platform: PLATFORM,
        shift,
        random,
        auxiliary,
    };
    stack::build(range.end, &contents)
}
