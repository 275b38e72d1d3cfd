//! New threads and processes: clone(2) and its family.

use alloc::sync::Arc;

use abi::Errno;
use abi::clone::{CLONE_ARGUMENTS_SIZE_FIRST, CloneArguments};
use abi::raw::general::{
    CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_DETACHED, CLONE_FILES, CLONE_FS, CLONE_IO, CLONE_NEWNS,
    CLONE_PARENT, CLONE_PARENT_SETTID, CLONE_PIDFD, CLONE_PTRACE, CLONE_SETTLS, CLONE_SIGHAND, CLONE_SYSVSEM,
    CLONE_THREAD, CLONE_UNTRACED, CLONE_VFORK, CLONE_VM, CSIGNAL,
};
use abi::signal::{SIGCHLD, Signal};
use arch::xstate::ExtendedState;
use core::sync::atomic::Ordering;
use zerocopy::{FromZeros, IntoBytes};

use super::vfork::VforkCompletion;
use super::{Counted, NewThread, Process, Thread, fork, pidfd, table};
use crate::gap;
use crate::ipc::sysv::semaphore;
use crate::mm::PAGE_SIZE;
use crate::sched;
use crate::syscalls::Current;
use crate::user::{self, UserPtr};

/// The most threads of a world (/proc/sys/kernel/threads-max).
pub const THREADS_MAX: usize = 32_768;
/// `CLONE_CLEAR_SIGHAND`: every handler becomes the default in the child.
pub(super) const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;

/// clone(2), with the arguments in x86-64's order.
///
/// # Errors
/// As clone(2).
pub fn clone(
    current: &Current<'_>,
    flags: u64,
    stack: u64,
    parent_tid: UserPtr<i32>,
    child_tid: UserPtr<i32>,
    tls: u64,
) -> Result<i32, Errno> {
    let arguments = CloneArguments {
        flags: flags & 0xffff_ffff & !u64::from(CSIGNAL),
        // The call has one place for both.
        pidfd: parent_tid.address(),
        child_tid: child_tid.address(),
        parent_tid: parent_tid.address(),
        exit_signal: flags & u64::from(CSIGNAL),
        stack,
        tls,
        ..CloneArguments::default()
    };
    if has(&arguments, CLONE_PIDFD) && has(&arguments, CLONE_PARENT_SETTID | CLONE_DETACHED) {
        return Err(Errno::EINVAL);
    }
    start(current, &arguments)
}

/// fork(2), the old call.
///
/// # Errors
/// As fork(2).
pub fn fork(current: &Current<'_>) -> Result<i32, Errno> {
    start(current, &CloneArguments { exit_signal: child_signal(), ..CloneArguments::default() })
}

/// vfork(2), the old call.
///
/// # Errors
/// As vfork(2).
pub fn vfork(current: &Current<'_>) -> Result<i32, Errno> {
    let flags = u64::from(CLONE_VFORK | CLONE_VM);
    start(current, &CloneArguments { flags, exit_signal: child_signal(), ..CloneArguments::default() })
}

const fn child_signal() -> u64 {
    SIGCHLD.number().unsigned_abs() as u64
}

/// clone3(2).
///
/// # Errors
/// As clone(2).
pub fn clone3(current: &Current<'_>, arguments: UserPtr<CloneArguments>, size: usize) -> Result<i32, Errno> {
    let mut arguments = read_arguments(arguments.address(), size)?;
    let signal_fits = arguments.exit_signal <= 64;
    let stack_fits = (arguments.stack == 0) == (arguments.stack_size == 0);
    let known =
        (u64::from(u32::MAX) & !u64::from(CSIGNAL) & !u64::from(CLONE_DETACHED)) | CLONE_CLEAR_SIGHAND;
    if !signal_fits || !stack_fits || arguments.flags & !known != 0 {
        return Err(Errno::EINVAL);
    }
    if arguments.set_tid != 0 || arguments.set_tid_size != 0 {
        let is_valid = arguments.set_tid != 0 && (1..=32).contains(&arguments.set_tid_size);
        return Err(if is_valid { gap!("clone3 (set_tid)", EINVAL) } else { Errno::EINVAL });
    }
    if has(&arguments, CLONE_THREAD | CLONE_PARENT) && arguments.exit_signal != 0 {
        return Err(Errno::EINVAL);
    }
    if has(&arguments, CLONE_SIGHAND) && arguments.flags & CLONE_CLEAR_SIGHAND != 0 {
        return Err(Errno::EINVAL);
    }
    if arguments.stack != 0 {
        let end = arguments.stack.checked_add(arguments.stack_size);
        arguments.stack = end.filter(|&end| arch::copy::is_user(end - 1, 1)).ok_or(Errno::EINVAL)?;
    }
    start(current, &arguments)
}

/// Reads a structure that may be older or newer than ours: what is missing is zero, what is too much must
/// be (copy_struct_from_user).
fn read_arguments(address: u64, size: usize) -> Result<CloneArguments, Errno> {
    if size as u64 > PAGE_SIZE {
        return Err(Errno::E2BIG);
    }
    if size < CLONE_ARGUMENTS_SIZE_FIRST {
        return Err(Errno::EINVAL);
    }
    let mut arguments = CloneArguments::new_zeroed();
    let ours = arguments.as_mut_bytes();
    let known = size.min(ours.len());
    let target = ours.get_mut(..known).unwrap_or_default();
    if user::read_bytes(address, target)? != known {
        return Err(Errno::EFAULT);
    }
    let rest = UserPtr::<u8>::new(address.wrapping_add(known as u64)).read_array(size - known)?;
    if rest.iter().any(|&byte| byte != 0) {
        return Err(Errno::E2BIG);
    }
    Ok(arguments)
}

/// Whether one of these flags is set.
pub(super) const fn has(arguments: &CloneArguments, flags: u32) -> bool {
    arguments.flags & flags as u64 != 0
}

fn start(current: &Current<'_>, arguments: &CloneArguments) -> Result<i32, Errno> {
    check(arguments)?;
    let counted = fork::count(current)?;
    if table::thread_count() >= THREADS_MAX {
        return Err(Errno::EAGAIN);
    }
    let tid = table::allocate_number()?;
    let cpu = if has(arguments, CLONE_VM) { sched::this_cpu() } else { sched::choose_cpu(current) };
    let process = if has(arguments, CLONE_THREAD) {
        Arc::clone(current.process())
    } else {
        fork::new_process(current, arguments, tid, cpu)?
    };
    let child = new_thread(current, arguments, &process, counted, tid)?;
    if has(arguments, CLONE_PIDFD) {
        let fd = pidfd::install(current, Arc::clone(&process), 0)?;
        UserPtr::<i32>::new(arguments.pidfd).write(&fd.0).inspect_err(|_| {
            let _ = current.close(fd);
        })?;
    }
    if has(arguments, CLONE_PARENT_SETTID) {
        // As Linux: a bad address is the program's loss.
        let _ = UserPtr::<i32>::new(arguments.parent_tid).write(&tid);
    }
    let vfork = has(arguments, CLONE_VFORK).then(Arc::<VforkCompletion>::default);
    child.vfork.lock().clone_from(&vfork);
    if !has(arguments, CLONE_THREAD) {
        fork::join_family(current, &process, has(arguments, CLONE_PARENT));
    }
    sched::spawn(&child, cpu);
    drop(child);
    if let Some(vfork) = vfork {
        vfork.wait(current);
    }
    Ok(tid)
}

/// Combinations that clone(2) refuses.
fn check(arguments: &CloneArguments) -> Result<(), Errno> {
    let is_thread = has(arguments, CLONE_THREAD);
    let shares_handlers = has(arguments, CLONE_SIGHAND);
    if is_thread && !shares_handlers || shares_handlers && !has(arguments, CLONE_VM) {
        return Err(Errno::EINVAL);
    }
    if is_thread && has(arguments, CLONE_PIDFD) || has(arguments, CLONE_FS) && has(arguments, CLONE_NEWNS) {
        return Err(Errno::EINVAL);
    }
    let known = CLONE_CHILD_CLEARTID
        | CLONE_CHILD_SETTID
        | CLONE_DETACHED
        | CLONE_FILES
        | CLONE_FS
        | CLONE_IO
        | CLONE_PARENT
        | CLONE_PARENT_SETTID
        | CLONE_PIDFD
        | CLONE_PTRACE
        | CLONE_SETTLS
        | CLONE_SIGHAND
        | CLONE_SYSVSEM
        | CLONE_THREAD
        | CLONE_UNTRACED
        | CLONE_VFORK
        | CLONE_VM;
    if arguments.flags & !u64::from(known) & !CLONE_CLEAR_SIGHAND != 0 {
        return Err(gap!("clone (namespaces)", EINVAL));
    }
    if has(arguments, CLONE_SETTLS) && !arch::copy::is_user(arguments.tls, 0) && arguments.tls != 0 {
        return Err(Errno::EPERM);
    }
    Ok(())
}

fn new_thread(
    current: &Current<'_>,
    arguments: &CloneArguments,
    process: &Arc<Process>,
    counted: Counted,
    tid: i32,
) -> Result<Arc<Thread>, Errno> {
    let mut frame = current.registers();
    frame.set_result(0);
    frame.orig_rax = arch::RegisterFrame::NO_SYSCALL;
    if arguments.stack != 0 {
        frame.rsp = arguments.stack;
    }
    let files = current.files().to_arc();
    let fs = current.fs().to_arc();
    let credentials = current.credentials().to_arc();
    let child = Thread::new(NewThread {
        tid,
        process: Arc::clone(process),
        credentials,
        counted,
        files: if has(arguments, CLONE_FILES) { files } else { files.duplicate() },
        fs: if has(arguments, CLONE_FS) { fs } else { fs.duplicate() },
        frame,
        fs_base: if has(arguments, CLONE_SETTLS) { arguments.tls } else { arch::cpu::fs_base() },
        extended_state: ExtendedState::of_processor().ok_or(Errno::ENOMEM)?,
    })?;
    // A child that uses the memory at the same time needs a stack of its own for its handlers.
    let keeps_stack = !has(arguments, CLONE_VM) || has(arguments, CLONE_VFORK);
    *child.signals.lock() = current.signals.lock().for_child(keeps_stack);
    if has(arguments, CLONE_SYSVSEM) {
        *child.semaphore_undo.lock() = Some(semaphore::list_of(current));
    }
    child.attributes.inherit(&current.attributes);
    child.placement.lock().rank = child.attributes.scheduling.lock().rank();
    if !has(arguments, CLONE_VM) {
        child.rseq.inherit(&current.rseq);
    }
    if has(arguments, CLONE_CHILD_CLEARTID) {
        child.clear_child_tid.store(arguments.child_tid, Ordering::Relaxed);
    }
    if has(arguments, CLONE_CHILD_SETTID) {
        child.set_child_tid.store(arguments.child_tid, Ordering::Relaxed);
    }
    Ok(child)
}

/// The signal that a child sends to its parent at the end.
pub(super) fn exit_signal(arguments: &CloneArguments) -> Option<Signal> {
    i32::try_from(arguments.exit_signal).ok().and_then(Signal::new)
}
