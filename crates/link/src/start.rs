//! Where this program runs: looked up once, before `main`.

use core::ffi::{CStr, c_void};
use core::sync::atomic::{AtomicBool, Ordering};

use crate::number::{ENTRY_ANY, ENTRY_COUNT, ENTRY_FIRST};

/// Whether the kernel's entries are there.
pub(crate) static HERE: AtomicBool = AtomicBool::new(false);

/// `AT_SYSINFO_EHDR` (getauxval(3)).
const VDSO: usize = 33;
const PROGRAM_LOAD: u32 = 1;
const PROGRAM_DYNAMIC: u32 = 2;
const DYNAMIC_HASH: usize = 4;
const DYNAMIC_STRINGS: usize = 5;
const DYNAMIC_SYMBOLS: usize = 6;

/// As much of a 64-bit ELF file's header as is needed (elf(5)).
#[repr(C)]
struct Header {
    identification: [u8; 16],
    kind: [u16; 2],
    version: u32,
    entry: usize,
    program_headers: usize,
    section_headers: usize,
    flags: u32,
    sizes: [u16; 2],
    program_header_count: u16,
}

#[repr(C)]
struct ProgramHeader {
    kind: u32,
    flags: u32,
    offset: usize,
    address: usize,
    rest: [usize; 4],
}

#[repr(C)]
struct Symbol {
    name: u32,
    information: [u8; 2],
    section: u16,
    value: usize,
    size: usize,
}

/// What the vDSO says about the kernel's entries.
#[repr(C)]
struct Entries {
    any: u32,
    first: u32,
    count: u32,
}

unsafe extern "C" {
    safe fn getauxval(kind: usize) -> usize;
}

/// Whether calls are jumps: `false` outside of a world, and before `main`.
#[must_use]
pub fn is_linked() -> bool {
    HERE.load(Ordering::Relaxed)
}

#[used]
// SAFETY: the section holds addresses of functions that are called before `main`; this is one.
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;

extern "C" fn start() {
    let vdso = core::ptr::with_exposed_provenance::<u8>(getauxval(VDSO));
    // SAFETY: the kernel's auxiliary vector says that a vDSO lies there, if anything does.
    let entries = if vdso.is_null() { None } else { unsafe { find(vdso, c"__trapless_entries") } };
    let found = entries.is_some_and(|entries| {
        // SAFETY: this name means such a structure.
        let entries = unsafe { &*entries.cast::<Entries>() };
        entries.any == ENTRY_ANY && entries.first == ENTRY_FIRST && entries.count >= ENTRY_COUNT
    });
    HERE.store(found, Ordering::Relaxed);
}

/// What an ELF image in memory has under a name.
///
/// # Safety
/// `image` must be one, mapped as a whole.
unsafe fn find(image: *const u8, name: &CStr) -> Option<*const c_void> {
    // SAFETY: the image begins with its header.
    let header = unsafe { &*image.cast::<Header>() };
    let segments = image.wrapping_add(header.program_headers).cast::<ProgramHeader>();
    let mut base = image;
    let mut dynamic = core::ptr::null::<[usize; 2]>();
    for index in 0..usize::from(header.program_header_count) {
        // SAFETY: the header says that there are so many.
        let segment = unsafe { &*segments.wrapping_add(index) };
        let place = image.wrapping_add(segment.offset);
        match segment.kind {
            PROGRAM_LOAD => base = place.wrapping_sub(segment.address),
            PROGRAM_DYNAMIC => dynamic = place.cast(),
            _ => {}
        }
    }
    if dynamic.is_null() {
        return None;
    }
    let (mut hash, mut strings, mut symbols) = (None, None, None);
    loop {
        // SAFETY: the section ends with a zero, which was not met yet.
        let [tag, value] = unsafe { dynamic.read() };
        let place = base.wrapping_add(value);
        match tag {
            0 => break,
            DYNAMIC_HASH => hash = Some(place.cast::<u32>()),
            DYNAMIC_STRINGS => strings = Some(place),
            DYNAMIC_SYMBOLS => symbols = Some(place.cast::<Symbol>()),
            _ => {}
        }
        dynamic = dynamic.wrapping_add(1);
    }
    let (hash, strings, symbols) = (hash?, strings?, symbols?);
    // SAFETY: the second word of the hash table is the number of symbols.
    let count = unsafe { hash.wrapping_add(1).read() };
    (1..count as usize).find_map(|index| {
        // SAFETY: there are so many.
        let symbol = unsafe { &*symbols.wrapping_add(index) };
        // SAFETY: its name is a string of the table.
        let own = unsafe { CStr::from_ptr(strings.wrapping_add(symbol.name as usize).cast()) };
        (symbol.section != 0 && own == name).then(|| base.wrapping_add(symbol.value).cast())
    })
}
