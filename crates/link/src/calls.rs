//! The jump, and the instruction that it replaces.
//!
//! The jump leaves where to go on in RCX, as the instruction does. The instruction stays directly before that
//! place: a call that a signal interrupted is made anew by it. Nothing is written to the stack.

use core::arch::asm;

use crate::number::{ENTRY_ANY, ENTRY_COUNT, ENTRY_FIRST};
use crate::start::HERE;

/// The least raw result that is an error.
const LEAST: isize = -4095;

/// Where the entry for a number lies.
const fn entry(number: u32) -> u32 {
    if number < ENTRY_COUNT { ENTRY_FIRST + 8 * number } else { ENTRY_ANY }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $register:tt),*);)*) => {$(
        $(#[$doc])*
        /// Gives the kernel's raw result: a negative error number on failure.
        ///
        /// # Safety
        /// What the call does to the program's memory and state must be sound where it is made.
        #[inline(always)]
        #[must_use]
        pub unsafe fn $name<const NUMBER: u32>($($argument: usize),*) -> isize {
            let result;
            // SAFETY: the caller answers for the call; both ways destroy what is said here and nothing else.
            unsafe {
                asm!(
                    "cmp byte ptr [rip + {here}], 0",
                    "je 2f",
                    "lea rcx, [rip + 3f]",
                    "jmp qword ptr gs:[{entry}]",
                    "2:",
                    "syscall",
                    "3:",
                    here = sym HERE,
                    entry = const entry(NUMBER),
                    inlateout("rax") NUMBER as usize => result,
                    $(in($register) $argument,)*
                    lateout("rcx") _,
                    lateout("r11") _,
                    options(nostack),
                );
            }
            result
        }
    )*};
}

calls! {
    /// Makes the call of a constant number without arguments.
    call0();
    /// Makes the call of a constant number with one argument.
    call1(a: "rdi");
    /// Makes the call of a constant number with two arguments.
    call2(a: "rdi", b: "rsi");
    /// Makes the call of a constant number with three arguments.
    call3(a: "rdi", b: "rsi", c: "rdx");
    /// Makes the call of a constant number with four arguments.
    call4(a: "rdi", b: "rsi", c: "rdx", d: "r10");
    /// Makes the call of a constant number with five arguments.
    call5(a: "rdi", b: "rsi", c: "rdx", d: "r10", e: "r8");
    /// Makes the call of a constant number with six arguments.
    call6(a: "rdi", b: "rsi", c: "rdx", d: "r10", e: "r8", f: "r9");
}

/// Makes the call of any number; gives the kernel's raw result.
///
/// # Safety
/// As for [`call0`].
#[must_use]
pub unsafe fn syscall(number: usize, arguments: [usize; 6]) -> isize {
    let result;
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: as for the calls above. The kernel takes the low half of RAX as the number.
    unsafe {
        asm!(
            "cmp byte ptr [rip + {here}], 0",
            "je 2f",
            "lea rcx, [rip + 3f]",
            "mov r11d, eax",
            "cmp r11d, {count}",
            "jae 4f",
            "jmp qword ptr gs:[r11 * 8 + {first}]",
            "4:",
            "jmp qword ptr gs:[{any}]",
            "2:",
            "syscall",
            "3:",
            here = sym HERE,
            count = const ENTRY_COUNT,
            first = const ENTRY_FIRST,
            any = const ENTRY_ANY,
            inlateout("rax") number => result,
            in("rdi") a,
            in("rsi") b,
            in("rdx") c,
            in("r10") d,
            in("r8") e,
            in("r9") f,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// Takes a raw result apart.
///
/// # Errors
/// The error number, such as 2 for `ENOENT`.
pub fn result(raw: isize) -> Result<usize, i32> {
    match raw {
        LEAST..=-1 => Err(i32::try_from(-raw).unwrap_or(i32::MAX)),
        value => Ok(value.cast_unsigned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{result, syscall};
    use crate::call;
    use crate::number;

    const EBADF: i32 = 9;
    const ENOSYS: i32 = 38;

    #[test]
    fn constant_numbers() {
        // SAFETY: no such descriptor can be open.
        let closed = unsafe { call!(close, usize::MAX) };
        assert_eq!(result(closed), Err(EBADF));
        let bytes = b"four";
        // SAFETY: as before, and the bytes are there.
        let written = unsafe { call!(pwrite64, usize::MAX, bytes.as_ptr().addr(), bytes.len(), 0) };
        assert_eq!(result(written), Err(EBADF));
    }

    #[test]
    fn variable_numbers() {
        // SAFETY: there is no such call.
        let unknown = unsafe { syscall(100_000, [0; 6]) };
        assert_eq!(result(unknown), Err(ENOSYS));
        // SAFETY: touches no memory.
        let process = unsafe { syscall(number::getpid as usize, [0; 6]) };
        // SAFETY: touches no memory.
        assert_eq!(process, unsafe { call!(getpid) });
    }
}
