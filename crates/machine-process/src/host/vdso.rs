//! The host's vDSO (vdso(7)): time without a call.

use core::ffi::CStr;
use core::mem::transmute;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::time::Timespec;

use super::timer;

type ClockGettime = extern "C" fn(clock: i32, time: *mut Timespec) -> i32;

static CLOCK_GETTIME: AtomicUsize = AtomicUsize::new(0);

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;

/// Reads a value of the vDSO's image.
///
/// # Safety
/// The address must lie in the image.
unsafe fn value<T: Copy>(address: usize) -> T {
    // SAFETY: the caller's contract; alignment is not assumed.
    unsafe { ptr::with_exposed_provenance::<T>(address).read_unaligned() }
}

/// Finds `__vdso_clock_gettime` in the image at `base` and keeps it.
///
/// # Safety
/// `base` must be the address that the host's kernel gave as `AT_SYSINFO_EHDR`.
pub(crate) unsafe fn initialize(base: usize) {
    // SAFETY: the caller's contract.
    if let Some(address) = unsafe { find(base, c"__vdso_clock_gettime") } {
        CLOCK_GETTIME.store(address, Ordering::Relaxed);
    }
}

/// # Safety
/// As [`initialize`].
unsafe fn find(base: usize, wanted: &CStr) -> Option<usize> {
    // SAFETY: the host's vDSO is a whole, valid ELF image, and so begins with a header.
    let headers = base + unsafe { value::<u64>(base + 32) } as usize;
    // SAFETY: as above.
    let count = unsafe { value::<u16>(base + 56) };
    let mut bias = None;
    let mut dynamic = None;
    for index in 0..usize::from(count) {
        // SAFETY: as above; a program header has 56 bytes, and its kind is half a word.
        let [kind, offset, address] = unsafe { value::<[u64; 3]>(headers + index * 56) };
        match kind as u32 {
            PT_LOAD if bias.is_none() => bias = Some((base + offset as usize).wrapping_sub(address as usize)),
            PT_DYNAMIC => dynamic = Some(base + offset as usize),
            _ => {}
        }
    }
    let (bias, mut entry) = (bias?, dynamic?);
    let (mut hash, mut strings, mut symbols) = (None, None, None);
    loop {
        // SAFETY: as above; the list ends with a zero tag.
        let [tag, content] = unsafe { value::<[u64; 2]>(entry) };
        let address = bias.wrapping_add(content as usize);
        match tag {
            0 => break,
            DT_HASH => hash = Some(address),
            DT_STRTAB => strings = Some(address),
            DT_SYMTAB => symbols = Some(address),
            _ => {}
        }
        entry += 16;
    }
    let (hash, strings, symbols) = (hash?, strings?, symbols?);
    // SAFETY: as above; the second word of the table is the count of symbols.
    let count = unsafe { value::<u32>(hash + 4) } as usize;
    for index in 0..count {
        // SAFETY: as above; a symbol has 24 bytes, and its name is half a word.
        let [name, address] = unsafe { value::<[u64; 2]>(symbols + index * 24) };
        // SAFETY: names in the string table end with a zero.
        let name = unsafe { CStr::from_ptr(ptr::with_exposed_provenance(strings + name as u32 as usize)) };
        if name == wanted {
            return Some(bias.wrapping_add(address as usize));
        }
    }
    None
}

/// The time of a clock, through the vDSO where it has it.
pub(crate) fn clock_gettime(clock: u32) -> Timespec {
    let address = CLOCK_GETTIME.load(Ordering::Relaxed);
    if address != 0 {
        // SAFETY: the address is that of the vDSO's function, which has this type.
        let function: ClockGettime = unsafe { transmute(address) };
        let mut time = Timespec::default();
        if function(clock.cast_signed(), &raw mut time) == 0 {
            return time;
        }
    }
    timer::clock_gettime(clock)
}
