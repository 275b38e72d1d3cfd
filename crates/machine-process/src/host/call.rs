//! The one place that enters the host's kernel.

use core::arch::asm;

use abi::Errno;

/// Makes a system call of the host (syscall(2)). Arguments that are addresses are given as numbers.
///
/// # Errors
/// The host's error.
///
/// # Safety
/// The call's effect on memory must be one that Rust allows: whoever calls says why.
pub(crate) unsafe fn call(number: u32, arguments: [usize; 6]) -> Result<usize, Errno> {
    let [first, second, third, fourth, fifth, sixth] = arguments;
    let result: u64;
    // SAFETY: the instruction clobbers RCX and R11; memory effects are the caller's contract.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") u64::from(number) => result,
            in("rdi") first,
            in("rsi") second,
            in("rdx") third,
            in("r10") fourth,
            in("r8") fifth,
            in("r9") sixth,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    #[expect(clippy::cast_possible_truncation, reason = "64-bit target")]
    Errno::from_register(result).map(|value| value as usize)
}
