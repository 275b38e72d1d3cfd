//! The host's calls about this process.

use abi::Errno;
use abi::raw::general::{
    __NR_clone, __NR_exit, __NR_exit_group, __NR_futex, __NR_getpid, __NR_getppid, __NR_getrandom,
    __NR_getrusage, __NR_gettid, __NR_prctl, __NR_sched_yield, __NR_seccomp, __NR_sysinfo,
};
use abi::resource::Rusage;

use super::call;
use core::arch::naked_asm;
use core::sync::atomic::AtomicU32;

/// Ends this thread alone.
pub(crate) fn exit_thread() -> ! {
    loop {
        // SAFETY: the call does not return.
        let _ = unsafe { call(__NR_exit, [0; 6]) };
    }
}

/// Ends all threads of this process.
pub(crate) fn exit_group(status: i32) -> ! {
    loop {
        // SAFETY: the call does not return.
        let _ = unsafe { call(__NR_exit_group, [status as usize, 0, 0, 0, 0, 0]) };
    }
}

/// getpid(2).
pub(crate) fn getpid() -> i32 {
    // SAFETY: the call touches no memory.
    unsafe { call(__NR_getpid, [0; 6]) }.map_or(0, super::to_fd)
}

/// getppid(2).
pub(crate) fn getppid() -> u32 {
    // SAFETY: the call touches no memory.
    unsafe { call(__NR_getppid, [0; 6]) }.map_or(0, |number| number as u32)
}

/// gettid(2).
pub(crate) fn gettid() -> i32 {
    // SAFETY: the call touches no memory.
    unsafe { call(__NR_gettid, [0; 6]) }.map_or(0, super::to_fd)
}

/// What the host counted for this process; zeros when it does not tell.
pub(crate) fn usage() -> Rusage {
    let mut usage = Rusage::default();
    // SAFETY: the call writes one structure, which is there.
    let outcome = unsafe { call(__NR_getrusage, [0, (&raw mut usage).addr(), 0, 0, 0, 0]) };
    outcome.map_or_else(|_| Rusage::default(), |_| usage)
}

/// Gives the processor to another host thread.
pub(crate) fn sched_yield() {
    // SAFETY: the call touches no memory.
    let _ = unsafe { call(__NR_sched_yield, [0; 6]) };
}

/// prctl(2) with numbers only.
///
/// # Safety
/// The option must not change memory that Rust knows.
pub(crate) unsafe fn prctl(option: u32, arguments: [usize; 4]) -> Result<usize, Errno> {
    let [second, third, fourth, fifth] = arguments;
    // SAFETY: the caller's contract.
    unsafe { call(__NR_prctl, [option as usize, second, third, fourth, fifth, 0]) }
}

/// Fills the buffer with random bytes.
pub(crate) fn random(target: &mut [u8]) -> Result<(), Errno> {
    let mut done = 0;
    while let Some(rest) = target.get_mut(done..).filter(|rest| !rest.is_empty()) {
        // SAFETY: the call writes at most the rest's length into it.
        match unsafe { call(__NR_getrandom, [rest.as_mut_ptr().addr(), rest.len(), 0, 0, 0, 0]) } {
            Ok(count) => done += count,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The host's memory, in bytes.
pub(crate) fn total_memory() -> Result<u64, Errno> {
    // `struct sysinfo`: totalram is the fifth word, mem_unit the 32 bits at offset 104.
    let mut words = [0_u64; 16];
    // SAFETY: the call writes 112 bytes.
    unsafe { call(__NR_sysinfo, [words.as_mut_ptr().addr(), 0, 0, 0, 0, 0]) }?;
    let [_, _, _, _, total, ..] = words;
    let unit = words.get(13).map_or(1, |word| word & 0xffff_ffff).max(1);
    Ok(total.saturating_mul(unit))
}

/// Installs a seccomp filter (`SECCOMP_SET_MODE_FILTER`).
///
/// # Safety
/// `program` must point to a `struct sock_fprog` whose instructions live through the call.
pub(crate) unsafe fn seccomp_filter(program: usize) -> Result<(), Errno> {
    const SECCOMP_SET_MODE_FILTER: usize = 1;
    // SAFETY: the caller's contract.
    unsafe { call(__NR_seccomp, [SECCOMP_SET_MODE_FILTER, 0, program, 0, 0, 0]) }.map(drop)
}

/// Sleeps while the word, which may be shared with other host processes, is `value` (futex(2)).
pub(crate) fn futex_wait(word: &AtomicU32, value: u32) {
    use abi::raw::general::FUTEX_WAIT;
    let arguments = [word.as_ptr().addr(), FUTEX_WAIT as usize, value as usize, 0, 0, 0];
    // SAFETY: the call reads the word.
    let _ = unsafe { call(__NR_futex, arguments) };
}

/// Wakes who sleeps on the word.
pub(crate) fn futex_wake(word: &AtomicU32) {
    use abi::raw::general::FUTEX_WAKE;
    let arguments = [word.as_ptr().addr(), FUTEX_WAKE as usize, i32::MAX as usize, 0, 0, 0];
    // SAFETY: the call touches no memory.
    let _ = unsafe { call(__NR_futex, arguments) };
}

/// Makes a host process that is a copy of this one, shares its descriptors, and is a child of this one's
/// parent. It runs `first(argument)` on the stack that ends at `stack_top`. Gives its number.
///
/// # Errors
/// What the host says.
///
/// # Safety
/// The stack must be private memory that nobody uses in the copy; `first` may rely on nothing of the
/// thread that forks.
pub(crate) unsafe fn fork(
    stack_top: usize,
    argument: usize,
    first: extern "C" fn(usize) -> !,
) -> Result<i32, Errno> {
    use abi::raw::general::{CLONE_FILES, CLONE_FS, CLONE_PARENT};
    let flags = u64::from(CLONE_FILES | CLONE_FS | CLONE_PARENT);
    // SAFETY: the caller's contract.
    let result = unsafe { clone_raw(flags, stack_top, argument, first) };
    Errno::from_register(result).map(|number| number as i32)
}

/// Makes a further thread of this host process. It runs `first(argument)` on the stack that ends at
/// `stack_top`. Gives its number.
///
/// # Errors
/// What the host says.
///
/// # Safety
/// Nobody else may use the stack.
pub(crate) unsafe fn spawn_thread(
    stack_top: usize,
    argument: usize,
    first: extern "C" fn(usize) -> !,
) -> Result<i32, Errno> {
    use abi::raw::general::{CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM};
    let flags = CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_SYSVSEM | CLONE_THREAD | CLONE_VM;
    // SAFETY: the caller's contract.
    let result = unsafe { clone_raw(u64::from(flags), stack_top, argument, first) };
    Errno::from_register(result).map(|number| number as i32)
}

/// clone(2), whose child goes on in `first`. RBX and R9 are not changed by the call.
#[unsafe(naked)]
unsafe extern "C" fn clone_raw(
    flags: u64,
    stack_top: usize,
    argument: usize,
    first: extern "C" fn(usize) -> !,
) -> u64 {
    naked_asm!(
        "mov r9, rdx",
        "push rbx",
        "mov rbx, rcx",
        "mov eax, {clone}",
        "xor edx, edx",
        "xor r10d, r10d",
        "xor r8d, r8d",
        "syscall",
        "test rax, rax",
        "jz 2f",
        "pop rbx",
        "ret",
        "2:",
        "mov rdi, r9",
        "xor ebp, ebp",
        "call rbx",
        "ud2",
        clone = const __NR_clone,
    )
}
