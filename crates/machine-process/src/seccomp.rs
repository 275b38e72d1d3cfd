//! The walls around the program: syscall user dispatch, and a seccomp filter on top.
//!
//! Syscall user dispatch turns every host call from outside of the kernel's text into SIGSYS; the filter
//! lets the kernel's text make the calls of [`ALLOWED`] and nothing else.

use abi::Errno;
use abi::raw::prctl::{
    PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON,
};
use alloc::vec::Vec;

use crate::host::allowed::ALLOWED;
use crate::{host, layout, memory};

/// Turns on syscall user dispatch for this host thread.
///
/// # Errors
/// `EINVAL` on hosts that have none.
fn dispatch_syscalls() -> Result<(), Errno> {
    let length = (memory::image_end() - layout::IMAGE) as usize;
    let arguments = [PR_SYS_DISPATCH_ON as usize, layout::IMAGE as usize, length, 0];
    // SAFETY: from now on the calls of programs arrive as SIGSYS, whose handler is installed.
    unsafe { host::process::prctl(PR_SET_SYSCALL_USER_DISPATCH, arguments) }.map(drop)
}

/// As [`dispatch_syscalls`]; on hosts that have none, the filter alone turns programs' calls into SIGSYS.
///
/// # Errors
/// What the host says.
pub(crate) fn dispatch_or_filter() -> Result<(), Errno> {
    match dispatch_syscalls() {
        Ok(()) | Err(Errno::EINVAL) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Ends this process when its parent's thread ends.
///
/// # Errors
/// What the host says.
pub(crate) fn die_with_parent() -> Result<(), Errno> {
    const SIGKILL: usize = 9;
    // SAFETY: the option changes no memory.
    unsafe { host::process::prctl(PR_SET_PDEATHSIG, [SIGKILL, 0, 0, 0]) }.map(drop)
}

/// One instruction of a filter (`struct sock_filter`).
#[repr(C)]
#[derive(Clone, Copy)]
struct Instruction {
    code: u16,
    jump_true: u8,
    jump_false: u8,
    operand: u32,
}

const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_GREATER_OR_EQUAL: u16 = 0x35;
const RETURN: u16 = 0x06;
/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const INSTRUCTION_POINTER_LOW: u32 = 8;
const INSTRUCTION_POINTER_HIGH: u32 = 12;
const ALLOW: u32 = 0x7fff_0000;
const TRAP: u32 = 0x0003_0000;

const fn load(offset: u32) -> Instruction {
    Instruction { code: LOAD, jump_true: 0, jump_false: 0, operand: offset }
}

const fn give(action: u32) -> Instruction {
    Instruction { code: RETURN, jump_true: 0, jump_false: 0, operand: action }
}

/// Skips the next instruction when the comparison holds.
const fn skip_if(code: u16, operand: u32) -> Instruction {
    Instruction { code, jump_true: 1, jump_false: 0, operand }
}

/// Skips the next instruction when the comparison does not hold.
const fn skip_unless(code: u16, operand: u32) -> Instruction {
    Instruction { code, jump_true: 0, jump_false: 1, operand }
}

fn filter() -> Vec<Instruction> {
    let end = memory::image_end() - layout::IMAGE;
    let mut program = Vec::from([
        load(INSTRUCTION_POINTER_HIGH),
        skip_if(JUMP_EQUAL, (layout::IMAGE >> 32) as u32),
        give(TRAP),
        load(INSTRUCTION_POINTER_LOW),
        skip_unless(JUMP_GREATER_OR_EQUAL, (layout::IMAGE as u32).wrapping_add(end as u32)),
        give(TRAP),
        load(NUMBER),
    ]);
    for &(_, number) in ALLOWED {
        program.push(skip_unless(JUMP_EQUAL, number));
        program.push(give(ALLOW));
    }
    program.push(give(TRAP));
    program
}

/// Installs the filter for this host thread and those that it makes.
///
/// # Errors
/// What the host says.
pub(crate) fn install_filter() -> Result<(), Errno> {
    let instructions = filter();
    // `struct sock_fprog`: the count, padding, the address.
    let program = [instructions.len() as u64, instructions.as_ptr().addr() as u64];
    // SAFETY: the option changes no memory.
    unsafe { host::process::prctl(PR_SET_NO_NEW_PRIVS, [1, 0, 0, 0]) }?;
    // SAFETY: the program and its instructions live until the call returns.
    unsafe { host::process::seccomp_filter(program.as_ptr().addr()) }
}
