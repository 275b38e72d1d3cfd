//! ELF files: what they ask for, checked (elf(5), System V ABI "Program Loading").

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use abi::Errno;
use abi::elf::{
    EI_CLASS, ELFCLASS64, ET_DYN, ET_EXEC, FileHeader, MAGIC, PF_R, PF_W, PF_X, PT_GNU_STACK, PT_INTERP,
    PT_LOAD, PT_PHDR, ProgramHeader,
};
use zerocopy::{FromBytes, FromZeros, IntoBytes};

use super::LoadError;
use crate::fs::{File, IoFlags};
use crate::io::Sink;
use crate::mm::{PAGE_MASK, Protection, page_ceil, page_floor};
use crate::user::PATH_MAX;

/// `e_machine` of this processor's programs.
#[cfg(target_arch = "x86_64")]
const MACHINE: u16 = abi::elf::EM_X86_64;
#[cfg(target_arch = "aarch64")]
const MACHINE: u16 = abi::elf::EM_AARCH64;

/// The most bytes of program headers that Linux reads.
const HEADERS_MAX: usize = 65_536;

/// A part of the file that is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts, before the bias of a file that may lie anywhere.
    pub address: u64,
    /// Where it starts in the file.
    pub offset: u64,
    /// Bytes of the file.
    pub file_size: u64,
    /// Bytes of memory; what the file does not fill is zero.
    pub memory_size: u64,
    /// What the program may do there.
    pub protection: Protection,
}

/// What an ELF file asks for.
#[derive(Clone, Debug)]
pub struct Elf {
    /// It may lie anywhere (`ET_DYN`).
    pub relocatable: bool,
    /// Where to begin, before the bias.
    pub entry: u64,
    /// Where its program headers lie in memory, before the bias, if anywhere.
    pub headers_address: u64,
    /// How many program headers it has.
    pub headers_count: u64,
    /// Its parts, never none.
    pub segments: Vec<Segment>,
    /// The interpreter's path.
    pub interpreter: Option<Vec<u8>>,
    /// Whether the stack shall be executable.
    pub executable_stack: bool,
    /// What its bias must be a multiple of: at least a page.
    pub alignment: u64,
}

/// Reads up to the whole buffer; gives the count.
pub(super) fn read(file: &Arc<dyn File>, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(&mut Sink::kernel(rest), offset.saturating_add(done as u64), IoFlags::empty())? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

impl Elf {
    /// Whether a file that begins like this claims to be an ELF file.
    #[must_use]
    pub fn is_claimed(start: &[u8]) -> bool {
        start.starts_with(&MAGIC)
    }

    /// Reads and checks all headers.
    ///
    /// # Errors
    /// `ENOEXEC` with the reason, or what reading the file gave.
    pub fn read(file: &Arc<dyn File>) -> Result<Self, LoadError> {
        let mut header = FileHeader::new_zeroed();
        if read(file, 0, header.as_mut_bytes())? < size_of::<FileHeader>() {
            return Err(LoadError::format("the ELF header is cut short"));
        }
        check_header(&header)?;
        let headers = read_program_headers(file, &header)?;
        let segments = load_segments(&headers)?;
        let lowest = segments.first().map_or(0, |segment| segment.address);
        if header.e_type == ET_EXEC && lowest < arch::copy::user_range().start {
            return Err(LoadError::format("a segment lies where no program may map"));
        }
        let interpreter = headers.iter().find(|entry| entry.p_type == PT_INTERP);
        let interpreter = interpreter.map(|entry| read_interpreter(file, entry)).transpose()?;
        let stack = headers.iter().rev().find(|entry| entry.p_type == PT_GNU_STACK);
        Ok(Self {
            relocatable: header.e_type == ET_DYN,
            entry: header.e_entry,
            headers_address: headers_address(&header, &headers, &segments),
            headers_count: u64::from(header.e_phnum),
            interpreter,
            executable_stack: stack.is_some_and(|entry| entry.p_flags & PF_X != 0),
            alignment: alignment(&headers),
            segments,
        })
    }

    /// The pages that it takes, before the bias: from the first to behind the last.
    ///
    /// # Errors
    /// `ENOMEM` when rounding up leaves the address space.
    pub fn pages(&self) -> Result<core::ops::Range<u64>, Errno> {
        let start = self.segments.iter().map(|segment| segment.address).min().unwrap_or(0);
        let end =
            self.segments.iter().map(|segment| segment.address + segment.memory_size).max().unwrap_or(0);
        Ok(page_floor(start)..page_ceil(end)?)
    }
}

fn check_header(header: &FileHeader) -> Result<(), LoadError> {
    if !Elf::is_claimed(&header.e_ident) {
        return Err(LoadError::format("not an ELF file"));
    }
    if header.e_ident.get(EI_CLASS) != Some(&ELFCLASS64) {
        return Err(LoadError::format("not a 64-bit ELF file"));
    }
    if header.e_machine != MACHINE {
        return Err(LoadError::format("made for another processor architecture"));
    }
    if header.e_type != ET_EXEC && header.e_type != ET_DYN {
        return Err(LoadError::format("neither an executable nor a shared object"));
    }
    if usize::from(header.e_phentsize) != size_of::<ProgramHeader>() {
        return Err(LoadError::format("program headers of a wrong size"));
    }
    Ok(())
}

fn read_program_headers(file: &Arc<dyn File>, header: &FileHeader) -> Result<Vec<ProgramHeader>, LoadError> {
    let size = usize::from(header.e_phnum) * size_of::<ProgramHeader>();
    if size == 0 {
        return Err(LoadError::format("no program headers"));
    }
    if size > HEADERS_MAX {
        return Err(LoadError::format("too many program headers"));
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(size, 0);
    if header.e_phoff > i64::MAX.cast_unsigned() || read(file, header.e_phoff, &mut bytes)? < size {
        return Err(LoadError::format("the program headers are cut short"));
    }
    let entries = bytes.chunks_exact(size_of::<ProgramHeader>());
    Ok(entries.filter_map(|entry| ProgramHeader::read_from_bytes(entry).ok()).collect())
}

fn load_segments(headers: &[ProgramHeader]) -> Result<Vec<Segment>, LoadError> {
    let mut segments = Vec::new();
    for entry in headers.iter().filter(|entry| entry.p_type == PT_LOAD && entry.p_memsz > 0) {
        segments.push(segment(entry)?);
    }
    if segments.is_empty() {
        return Err(LoadError::format("no segment to load"));
    }
    segments.sort_by_key(|segment| segment.address);
    for pair in segments.windows(2) {
        if let [low, high] = pair
            && low.address + low.memory_size > high.address
        {
            return Err(LoadError::format("segments overlap"));
        }
    }
    Ok(segments)
}

fn segment(entry: &ProgramHeader) -> Result<Segment, LoadError> {
    let user = arch::copy::user_range();
    if entry.p_filesz > entry.p_memsz {
        return Err(LoadError::format("a segment is larger in the file than in memory"));
    }
    if entry.p_vaddr.checked_add(entry.p_memsz).is_none_or(|end| end > user.end) {
        return Err(LoadError::format("a segment leaves the address space"));
    }
    if entry.p_offset.checked_add(entry.p_filesz).is_none_or(|end| end > i64::MAX.cast_unsigned()) {
        return Err(LoadError::format("a segment's place in the file makes no sense"));
    }
    if entry.p_filesz > 0 && (entry.p_vaddr ^ entry.p_offset) & PAGE_MASK != 0 {
        return Err(LoadError::format("a segment's address does not fit its place in the file"));
    }
    let mut protection = Protection::empty();
    protection.set(Protection::READ, entry.p_flags & PF_R != 0);
    protection.set(Protection::WRITE, entry.p_flags & PF_W != 0);
    protection.set(Protection::EXECUTE, entry.p_flags & PF_X != 0);
    Ok(Segment {
        address: entry.p_vaddr,
        offset: entry.p_offset,
        file_size: entry.p_filesz,
        memory_size: entry.p_memsz,
        protection,
    })
}

fn read_interpreter(file: &Arc<dyn File>, entry: &ProgramHeader) -> Result<Vec<u8>, LoadError> {
    let bad = || LoadError::format("the interpreter's name makes no sense");
    let size = usize::try_from(entry.p_filesz).map_err(|_| bad())?;
    if !(2..=PATH_MAX).contains(&size) || entry.p_offset > i64::MAX.cast_unsigned() {
        return Err(bad());
    }
    let mut name = vec![0; size];
    if read(file, entry.p_offset, &mut name)? < size {
        return Err(LoadError::new(Errno::EIO, "the interpreter's name is cut short"));
    }
    // It must end with a zero; Linux takes it up to the first one.
    if name.last() != Some(&0) {
        return Err(bad());
    }
    let length = name.iter().position(|&byte| byte == 0).unwrap_or(0);
    name.truncate(length);
    Ok(name)
}

/// `AT_PHDR`: PT_PHDR's address, else where the segment that holds the headers puts them.
fn headers_address(header: &FileHeader, headers: &[ProgramHeader], segments: &[Segment]) -> u64 {
    if let Some(entry) = headers.iter().find(|entry| entry.p_type == PT_PHDR) {
        return entry.p_vaddr;
    }
    let holds = |segment: &&Segment| {
        segment.offset <= header.e_phoff && header.e_phoff - segment.offset < segment.file_size
    };
    segments.iter().find(holds).map_or(0, |segment| header.e_phoff - segment.offset + segment.address)
}

fn alignment(headers: &[ProgramHeader]) -> u64 {
    let loads = headers.iter().filter(|entry| entry.p_type == PT_LOAD);
    let largest = loads.map(|entry| entry.p_align).filter(|align| align.is_power_of_two()).max();
    largest.unwrap_or(0).clamp(PAGE_MASK + 1, 1 << 30)
}
