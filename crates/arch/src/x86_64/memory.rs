//! `memcpy` and its family: the target's own use `rep movsb` at every size, which costs 115 cycles at 16
//! bytes. Short blocks take a few overlapping words here, long ones the string instructions.
//!
//! The loops are assembly, because the compiler would turn a loop in Rust into a call of the very
//! function that holds it.

use core::arch::asm;

/// From here on the string instructions win.
const STRING_FROM: usize = 512;

/// memcpy(3).
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy(target: *mut u8, source: *const u8, length: usize) -> *mut u8 {
    match length {
        // SAFETY: the caller says that both blocks are valid for `length` bytes.
        0..=32 => unsafe { copy_short(target, source, length) },
        // SAFETY: as above.
        33..STRING_FROM => unsafe { copy_words_upwards(target, source, length) },
        // SAFETY: as above.
        _ => unsafe { copy_string(target, source, length) },
    }
    target
}

/// memmove(3).
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memmove(target: *mut u8, source: *const u8, length: usize) -> *mut u8 {
    if target.addr().wrapping_sub(source.addr()) >= length {
        // An upward copy never overwrites what it has yet to read; but `memcpy`'s middle size reads its
        // last words late, which only blocks that do not overlap allow.
        let apart = source.addr().wrapping_sub(target.addr()) >= length;
        if apart {
            // SAFETY: the caller says that both blocks are valid for `length` bytes.
            unsafe { memcpy(target, source, length) };
        } else {
            // SAFETY: as above; the target does not begin inside of the source.
            unsafe { copy_string(target, source, length) };
        }
    } else {
        // SAFETY: as above.
        unsafe { copy_downwards(target, source, length) };
    }
    target
}

/// memset(3).
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
#[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "C: the value's low byte")]
pub unsafe extern "C" fn memset(target: *mut u8, value: i32, length: usize) -> *mut u8 {
    let word = u64::from(value as u8) * 0x0101_0101_0101_0101;
    if (8..=16).contains(&length) {
        // SAFETY: the block is at least eight bytes long.
        unsafe { target.cast::<u64>().write_unaligned(word) };
        // SAFETY: as above.
        unsafe { target.wrapping_add(length - 8).cast::<u64>().write_unaligned(word) };
        return target;
    }
    // SAFETY: the caller says that the block is valid for `length` bytes.
    unsafe {
        asm!("rep stosb", inout("rcx") length => _, inout("rdi") target => _, in("al") value as u8,
            options(nostack, preserves_flags));
    }
    target
}

/// memcmp(3).
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    let mut at = 0;
    while length - at >= 8 {
        // SAFETY: eight bytes are left in both blocks.
        let l = unsafe { left.wrapping_add(at).cast::<u64>().read_unaligned() };
        // SAFETY: as above.
        let r = unsafe { right.wrapping_add(at).cast::<u64>().read_unaligned() };
        if l != r {
            return if l.swap_bytes() < r.swap_bytes() { -1 } else { 1 };
        }
        at += 8;
    }
    while at < length {
        // SAFETY: a byte is left in both blocks.
        let l = unsafe { left.wrapping_add(at).read() };
        // SAFETY: as above.
        let r = unsafe { right.wrapping_add(at).read() };
        if l != r {
            return i32::from(l) - i32::from(r);
        }
        at += 1;
    }
    0
}

/// bcmp(3).
///
/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's contract is the same.
    unsafe { memcmp(left, right, length) }
}

/// Copies up to 32 bytes; all is read before anything is written.
///
/// # Safety
/// Both blocks must be valid for `length` bytes, which are at most 32.
#[inline]
unsafe fn copy_short(target: *mut u8, source: *const u8, length: usize) {
    macro_rules! ends {
        ($word:ty) => {{
            let last = length - size_of::<$word>();
            // SAFETY: the block holds at least one word, and at most two cover it.
            let (first_word, last_word) = unsafe {
                (source.cast::<$word>().read_unaligned(), source.add(last).cast::<$word>().read_unaligned())
            };
            // SAFETY: as above.
            unsafe {
                target.cast::<$word>().write_unaligned(first_word);
                target.add(last).cast::<$word>().write_unaligned(last_word);
            }
        }};
    }
    match length {
        16..=32 => ends!(u128),
        8..=15 => ends!(u64),
        4..=7 => ends!(u32),
        2..=3 => ends!(u16),
        1 => ends!(u8),
        _ => {}
    }
}

/// # Safety
/// Both blocks must be valid for `length` bytes, at least 16, and not overlap.
#[inline]
unsafe fn copy_words_upwards(target: *mut u8, source: *const u8, length: usize) {
    // SAFETY: the caller vouches for the blocks; whole 16 bytes are copied up to the last 16, which may
    // overlap those before.
    unsafe {
        asm!(
            "2:",
            "mov {a}, [{source}]",
            "mov {b}, [{source} + 8]",
            "mov [{target}], {a}",
            "mov [{target} + 8], {b}",
            "add {source}, 16",
            "add {target}, 16",
            "sub {left}, 16",
            "cmp {left}, 16",
            "jae 2b",
            "mov {a}, [{source} + {left} - 16]",
            "mov {b}, [{source} + {left} - 8]",
            "mov [{target} + {left} - 16], {a}",
            "mov [{target} + {left} - 8], {b}",
            a = out(reg) _, b = out(reg) _,
            source = inout(reg) source => _, target = inout(reg) target => _, left = inout(reg) length => _,
            options(nostack)
        );
    }
}

/// # Safety
/// Both blocks must be valid for `length` bytes; the target must not begin inside of the source.
#[inline]
unsafe fn copy_string(target: *mut u8, source: *const u8, length: usize) {
    // SAFETY: the caller vouches for the blocks; the direction flag is clear in Rust code.
    unsafe {
        asm!("rep movsb", inout("rcx") length => _, inout("rdi") target => _, inout("rsi") source => _,
            options(nostack, preserves_flags));
    }
}

/// # Safety
/// Both blocks must be valid for `length` bytes.
unsafe fn copy_downwards(target: *mut u8, source: *const u8, length: usize) {
    // SAFETY: the caller vouches for the blocks; words from the end, then the bytes that are left.
    unsafe {
        asm!(
            "2:",
            "cmp {left}, 8",
            "jb 3f",
            "mov {a}, [{source} + {left} - 8]",
            "mov [{target} + {left} - 8], {a}",
            "sub {left}, 8",
            "jmp 2b",
            "3:",
            "test {left}, {left}",
            "jz 4f",
            "mov {a:l}, [{source} + {left} - 1]",
            "mov [{target} + {left} - 1], {a:l}",
            "dec {left}",
            "jmp 3b",
            "4:",
            a = out(reg) _, source = in(reg) source, target = in(reg) target, left = inout(reg) length => _,
            options(nostack)
        );
    }
}
