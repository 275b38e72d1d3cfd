//! User memory, with the exception table.
//!
//! Each routine may fault at a known instruction; the machine's fault handler asks [`fixup`] and goes on
//! where the routine says how much is missing. A range outside of the program's part of the address
//! space never reaches an access.

use core::arch::naked_asm;
use core::sync::atomic::{AtomicU64, Ordering};

/// A fault on user memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first address that could not be reached.
    pub address: u64,
    /// How many bytes were copied before it.
    pub copied: usize,
}

static USER_START: AtomicU64 = AtomicU64::new(0);
static USER_END: AtomicU64 = AtomicU64::new(0);

/// Says which addresses belong to programs; the machine calls it once at boot.
pub fn set_user_range(range: core::ops::Range<u64>) {
    USER_START.store(range.start, Ordering::Relaxed);
    USER_END.store(range.end, Ordering::Relaxed);
}

/// The addresses that belong to programs.
#[must_use]
pub fn user_range() -> core::ops::Range<u64> {
    USER_START.load(Ordering::Relaxed)..USER_END.load(Ordering::Relaxed)
}

/// Whether `length` bytes at `address` lie in the program's part of the address space.
#[must_use]
pub fn is_user(address: u64, length: usize) -> bool {
    let range = user_range();
    address.checked_add(length as u64).is_some_and(|end| address >= range.start && end <= range.end)
}

/// Copies from a program into `target`.
///
/// # Errors
/// The fault, when a byte cannot be read; the bytes before it are copied.
pub fn from_user(target: &mut [u8], address: u64) -> Result<(), Fault> {
    if !is_user(address, target.len()) {
        return Err(Fault { address, copied: 0 });
    }
    // SAFETY: the target is a slice; the source lies in user memory, where faults are caught.
    let missing = unsafe { copy_bytes(target.as_mut_ptr(), address as *const u8, target.len()) };
    outcome(address, target.len(), missing)
}

/// Copies `source` to a program.
///
/// # Errors
/// The fault, when a byte cannot be written; the bytes before it are copied.
pub fn to_user(address: u64, source: &[u8]) -> Result<(), Fault> {
    if !is_user(address, source.len()) {
        return Err(Fault { address, copied: 0 });
    }
    // SAFETY: the source is a slice; the target lies in user memory, where faults are caught.
    let missing = unsafe { copy_bytes(address as *mut u8, source.as_ptr(), source.len()) };
    outcome(address, source.len(), missing)
}

/// Copies between a program and raw kernel memory that others may be changing (a page of a file).
///
/// # Errors
/// The fault, when a byte of user memory cannot be reached.
///
/// # Safety
/// `kernel` must point to `length` bytes that are mapped for writing.
pub unsafe fn raw_from_user(kernel: *mut u8, address: u64, length: usize) -> Result<(), Fault> {
    if !is_user(address, length) {
        return Err(Fault { address, copied: 0 });
    }
    // SAFETY: the caller vouches for the target; faults on the source are caught.
    let missing = unsafe { copy_bytes(kernel, address as *const u8, length) };
    outcome(address, length, missing)
}

/// As [`raw_from_user`], towards the program.
///
/// # Errors
/// The fault, when a byte of user memory cannot be reached.
///
/// # Safety
/// `kernel` must point to `length` bytes that are mapped.
pub unsafe fn raw_to_user(address: u64, kernel: *const u8, length: usize) -> Result<(), Fault> {
    if !is_user(address, length) {
        return Err(Fault { address, copied: 0 });
    }
    // SAFETY: the caller vouches for the source; faults on the target are caught.
    let missing = unsafe { copy_bytes(address as *mut u8, kernel, length) };
    outcome(address, length, missing)
}

/// Fills a program's memory with zeros.
///
/// # Errors
/// The fault, when a byte cannot be written.
pub fn clear_user(address: u64, length: usize) -> Result<(), Fault> {
    if !is_user(address, length) {
        return Err(Fault { address, copied: 0 });
    }
    // SAFETY: the target lies in user memory, where faults are caught.
    let missing = unsafe { clear_bytes(address as *mut u8, length) };
    outcome(address, length, missing)
}

/// Reads an aligned 32-bit word of a program in one access.
///
/// # Errors
/// The fault, when the word cannot be read.
pub fn load_u32(address: u64) -> Result<u32, Fault> {
    if !is_user(address, 4) {
        return Err(Fault { address, copied: 0 });
    }
    let mut value = 0;
    // SAFETY: the source lies in user memory, where faults are caught.
    match unsafe { load_word(address as *const u32, &raw mut value) } {
        0 => Ok(value),
        _ => Err(Fault { address, copied: 0 }),
    }
}

/// Compares an aligned 32-bit word of a program with `old` and, when equal, makes it `new`, atomically.
/// Gives the value that was found.
///
/// # Errors
/// The fault, when the word cannot be written.
pub fn compare_exchange_u32(address: u64, old: u32, new: u32) -> Result<u32, Fault> {
    if !is_user(address, 4) {
        return Err(Fault { address, copied: 0 });
    }
    let mut found = old;
    // SAFETY: the target lies in user memory, where faults are caught.
    match unsafe { exchange_word(address as *mut u32, &raw mut found, new) } {
        0 => Ok(found),
        _ => Err(Fault { address, copied: 0 }),
    }
}

fn outcome(address: u64, length: usize, missing: usize) -> Result<(), Fault> {
    match missing {
        0 => Ok(()),
        _ => {
            let copied = length.saturating_sub(missing);
            Err(Fault { address: address.wrapping_add(copied as u64), copied })
        }
    }
}

/// Where to go on after a fault at `rip`, if an instruction of this file is there.
#[must_use]
pub fn fixup(rip: u64) -> Option<u64> {
    // SAFETY (of each address below): only the addresses are taken.
    let table = [
        (&raw const trapless_copy_words_load, &raw const trapless_copy_tail),
        (&raw const trapless_copy_words_store, &raw const trapless_copy_tail),
        (&raw const trapless_copy_tail_load, &raw const trapless_copy_missing),
        (&raw const trapless_copy_tail_store, &raw const trapless_copy_missing),
        (&raw const trapless_copy_string, &raw const trapless_copy_string_missing),
        (&raw const trapless_clear_string, &raw const trapless_clear_missing),
        (&raw const trapless_load_access, &raw const trapless_load_fault),
        (&raw const trapless_exchange_access, &raw const trapless_exchange_fault),
    ];
    table.iter().find(|(at, _)| at.addr() as u64 == rip).map(|(_, to)| to.addr() as u64)
}

unsafe extern "C" {
    static trapless_copy_words_load: u8;
    static trapless_copy_words_store: u8;
    static trapless_copy_tail: u8;
    static trapless_copy_tail_load: u8;
    static trapless_copy_tail_store: u8;
    static trapless_copy_missing: u8;
    static trapless_copy_string: u8;
    static trapless_copy_string_missing: u8;
    static trapless_clear_string: u8;
    static trapless_clear_missing: u8;
    static trapless_load_access: u8;
    static trapless_load_fault: u8;
    static trapless_exchange_access: u8;
    static trapless_exchange_fault: u8;
}

/// Copies `length` bytes upwards; gives how many are missing.
///
/// # Safety
/// The kernel's side must be valid for `length` bytes; the user's side must lie in user memory.
#[unsafe(naked)]
unsafe extern "C" fn copy_bytes(target: *mut u8, source: *const u8, length: usize) -> usize {
    naked_asm!(
        ".globl trapless_copy_words_load, trapless_copy_words_store, trapless_copy_tail",
        ".globl trapless_copy_tail_load, trapless_copy_tail_store, trapless_copy_missing",
        ".globl trapless_copy_string, trapless_copy_string_missing",
        "cmp rdx, 256",
        "ja 4f",
        "mov rcx, rdx",
        "shr rcx, 3",
        "jz 2f",
        "trapless_copy_words_load:",
        "mov rax, [rsi]",
        "trapless_copy_words_store:",
        "mov [rdi], rax",
        "add rsi, 8",
        "add rdi, 8",
        "sub rdx, 8",
        "dec rcx",
        "jnz trapless_copy_words_load",
        "2:",
        "test rdx, rdx",
        "jz trapless_copy_missing",
        "trapless_copy_tail:",
        "trapless_copy_tail_load:",
        "mov al, [rsi]",
        "trapless_copy_tail_store:",
        "mov [rdi], al",
        "inc rsi",
        "inc rdi",
        "dec rdx",
        "jnz trapless_copy_tail",
        "trapless_copy_missing:",
        "mov rax, rdx",
        "ret",
        "4:",
        "mov rcx, rdx",
        "trapless_copy_string:",
        "rep movsb",
        "trapless_copy_string_missing:",
        "mov rax, rcx",
        "ret",
    )
}

/// Zeroes `length` bytes upwards; gives how many are missing.
///
/// # Safety
/// The target must lie in user memory.
#[unsafe(naked)]
unsafe extern "C" fn clear_bytes(target: *mut u8, length: usize) -> usize {
    naked_asm!(
        ".globl trapless_clear_string, trapless_clear_missing",
        "mov rcx, rsi",
        "xor eax, eax",
        "trapless_clear_string:",
        "rep stosb",
        "trapless_clear_missing:",
        "mov rax, rcx",
        "ret",
    )
}

/// Loads one word; gives 0, or 1 after a fault.
///
/// # Safety
/// The source must lie in user memory, the target be valid.
#[unsafe(naked)]
unsafe extern "C" fn load_word(source: *const u32, target: *mut u32) -> u32 {
    naked_asm!(
        ".globl trapless_load_access, trapless_load_fault",
        "trapless_load_access:",
        "mov eax, [rdi]",
        "mov [rsi], eax",
        "xor eax, eax",
        "ret",
        "trapless_load_fault:",
        "mov eax, 1",
        "ret",
    )
}

/// Compares and exchanges one word; gives 0, or 1 after a fault.
///
/// # Safety
/// The target must lie in user memory, `found` be valid.
#[unsafe(naked)]
unsafe extern "C" fn exchange_word(target: *mut u32, found: *mut u32, new: u32) -> u32 {
    naked_asm!(
        ".globl trapless_exchange_access, trapless_exchange_fault",
        "mov eax, [rsi]",
        "trapless_exchange_access:",
        "lock cmpxchg [rdi], edx",
        "mov [rsi], eax",
        "xor eax, eax",
        "ret",
        "trapless_exchange_fault:",
        "mov eax, 1",
        "ret",
    )
}
