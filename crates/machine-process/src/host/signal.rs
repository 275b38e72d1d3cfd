//! The host's signal calls and the layouts that its handlers see.

use core::arch::naked_asm;
use core::sync::atomic::{AtomicPtr, Ordering};

use abi::Errno;
use abi::raw::general::{
    __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_sigaltstack, __NR_tgkill, SA_NODEFER,
    SA_ONSTACK, SA_RESTORER, SA_SIGINFO,
};

use super::call;

/// A signal handler of the host (sigaction(2)).
pub(crate) type Handler = extern "C" fn(signal: i32, info: &SigInfo, context: &mut UserContext);

/// The part of `siginfo_t` that the kernel looks at.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct SigInfo {
    /// The signal.
    pub signal: i32,
    /// An error number.
    pub error: i32,
    /// Where it came from.
    pub code: i32,
    padding: i32,
    /// The address, for faults; of the instruction, for SIGSYS.
    pub address: u64,
    /// The number of the system call, for SIGSYS.
    pub syscall: i32,
    /// The ABI of the system call (`AUDIT_ARCH_*`), for SIGSYS.
    pub audit_architecture: u32,
}

/// `ucontext_t` up to the pointer to the extended state.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct UserContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub rdx: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rsp: u64,
    pub rip: u64,
    pub rflags: u64,
    segments: u64,
    pub error_code: u64,
    pub trap_number: u64,
    old_mask: u64,
    pub cr2: u64,
    pub extended_state: *const u8,
}

/// `struct kernel_sigaction`.
#[repr(C)]
struct Action {
    handler: usize,
    flags: u64,
    restorer: usize,
    mask: u64,
}

#[unsafe(naked)]
unsafe extern "C" fn restorer() -> ! {
    naked_asm!("mov eax, {number}", "syscall", "ud2", number = const __NR_rt_sigreturn)
}

/// The handlers by number, for [`first_step`].
static HANDLERS: [AtomicPtr<()>; 65] = [const { AtomicPtr::new(core::ptr::null_mut()) }; 65];

/// What the host calls: a program may have turned on alignment checks, which the host leaves on for the
/// handler, and the kernel reads misaligned words.
#[unsafe(naked)]
unsafe extern "C" fn first_step() -> ! {
    naked_asm!(
        "pushfq",
        "and dword ptr [rsp], {without_alignment_check}",
        "popfq",
        "lea rax, [rip + {handlers}]",
        "jmp qword ptr [rax + 8 * rdi]",
        without_alignment_check = const !(1_u32 << 18),
        handlers = sym HANDLERS,
    )
}

/// Sets a handler that runs on the signal stack, with nothing blocked: a handler that leaves for the
/// kernel never returns to unblock.
pub(crate) fn set_handler(signal: u32, handler: Handler) -> Result<(), Errno> {
    let Some(place) = HANDLERS.get(signal as usize) else { return Err(Errno::EINVAL) };
    place.store(handler as *mut (), Ordering::Release);
    let action = Action {
        handler: first_step as unsafe extern "C" fn() -> ! as usize,
        flags: u64::from(SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTORER),
        restorer: restorer as unsafe extern "C" fn() -> ! as usize,
        mask: 0,
    };
    set_action(signal, &action)
}

/// Ignores a signal.
pub(crate) fn ignore(signal: u32) -> Result<(), Errno> {
    set_action(signal, &Action { handler: 1, flags: 0, restorer: 0, mask: 0 })
}

fn set_action(signal: u32, action: &Action) -> Result<(), Errno> {
    let arguments = [signal as usize, core::ptr::from_ref(action).addr(), 0, 8, 0, 0];
    // SAFETY: the call reads the action.
    unsafe { call(__NR_rt_sigaction, arguments) }.map(drop)
}

/// Unblocks every signal for this host thread.
pub(crate) fn unblock_all() -> Result<(), Errno> {
    const SIG_SETMASK: usize = 2;
    let mask = 0_u64;
    // SAFETY: the call reads the mask.
    unsafe { call(__NR_rt_sigprocmask, [SIG_SETMASK, (&raw const mask).addr(), 0, 8, 0, 0]) }.map(drop)
}

/// Sets this host thread's signal stack.
pub(crate) fn set_stack(address: u64, size: u64) -> Result<(), Errno> {
    let stack = [address, 0, size];
    // SAFETY: the call reads the three words of `stack_t`; the stack is ours.
    unsafe { call(__NR_sigaltstack, [stack.as_ptr().addr(), 0, 0, 0, 0, 0]) }.map(drop)
}

/// Sends a signal to a host thread.
pub(crate) fn send(process: i32, thread: i32, signal: u32) {
    // SAFETY: the call touches no memory.
    let _ = unsafe { call(__NR_tgkill, [process as usize, thread as usize, signal as usize, 0, 0, 0]) };
}
