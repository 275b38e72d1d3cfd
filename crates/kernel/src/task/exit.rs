//! The end of threads and processes.
//!
//! A thread ends on its way out of the kernel, where nothing is held any more: whoever wants it to end says
//! so in its signals ([`exit_thread`], [`exit_group`]) and lets it look.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::siginfo::{SI_USER, SigInfo};
use abi::signal::Signal;

use super::{Process, Thread, family};
use crate::fs::DescriptorTable;
use crate::ipc::futex;
use crate::ipc::sysv::semaphore;
use crate::machine::machine;
use crate::mm::MemoryMap;
use crate::sched;
use crate::signal::{self, send_to_process};
use crate::tty;
use crate::user::UserPtr;

/// The number of a world's first process.
pub const FIRST_PROCESS: i32 = 1;

/// How a process ended (wait(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It called exit with this status.
    Exited(u8),
    /// A signal ended it.
    Killed {
        /// The signal.
        signal: u8,
        /// Whether its action is to dump core.
        core_dumped: bool,
    },
}

impl ExitStatus {
    /// The number that wait4(2) gives.
    #[must_use]
    pub const fn wait_status(self) -> i32 {
        match self {
            Self::Exited(status) => (status as i32) << 8,
            Self::Killed { signal, core_dumped } => signal as i32 | if core_dumped { 0x80 } else { 0 },
        }
    }

    /// What a shell shows for it: 128 and the signal's number for a process that was killed.
    #[must_use]
    pub const fn shell_status(self) -> u8 {
        match self {
            Self::Exited(status) => status,
            Self::Killed { signal, .. } => 128_u8.saturating_add(signal),
        }
    }
}

/// Makes the thread, and no other, end when it next looks at its signals.
pub fn exit_thread(thread: &Arc<Thread>, status: ExitStatus) {
    thread.signals.lock().fate.get_or_insert(status);
    thread.set_pending_signal(true);
    // Also from a wait that signals do not end.
    sched::wake(thread, false);
}

/// Makes all threads of a process end; what was decided first counts.
pub fn exit_group(process: &Process, status: ExitStatus) {
    {
        let mut shared = process.signals.lock();
        shared.group_exit.get_or_insert(status);
        shared.stopped = None;
    }
    for thread in process.threads() {
        thread.set_pending_signal(true);
        sched::wake(&thread, false);
    }
    process.continued.wake_all();
}

/// How the thread, which is about to look at its signals, shall end, if it shall.
#[must_use]
pub fn fate(thread: &Thread) -> Option<ExitStatus> {
    let group = thread.process().signals.lock().group_exit;
    group.or_else(|| thread.signals.lock().fate)
}

/// Whether the thread shall end: waits that only that ends ask here.
#[must_use]
pub fn is_doomed(thread: &Thread) -> bool {
    thread.has_pending_signal() && fate(thread).is_some()
}

/// Ends all threads of the running thread's process but that one, which then is the first thread
/// (execve(2)).
///
/// # Errors
/// `EINTR` when the thread shall end itself.
pub fn end_others(thread: &Arc<Thread>) -> Result<(), Errno> {
    let process = thread.process();
    for other in process.threads().iter().filter(|other| !Arc::ptr_eq(other, thread)) {
        exit_thread(other, ExitStatus::Exited(0));
    }
    let is_alone = || (is_doomed(thread) || process.thread_count() == 1).then_some(());
    process.threads_changed.wait_uninterruptible(is_alone);
    if is_doomed(thread) {
        return Err(Errno::EINTR);
    }
    if thread.tid() != process.pid() {
        process.forget_leader();
        thread.become_leader();
    }
    Ok(())
}

/// Ends the running thread, and its process when it is the last one; the caller then leaves the processor
/// for good ([`sched::exit_current`]), holding nothing.
pub fn finish(thread: &Arc<Thread>, status: ExitStatus) {
    let process = thread.process();
    release_memory_words(thread);
    thread.leave_signals();
    semaphore::leave(thread);
    // Descriptors that no other process has are closed: locks go, pipes end.
    thread.set_files(DescriptorTable::new());
    let is_last = process.leave(thread, status);
    if is_last {
        let status = process.signals.lock().group_exit.or_else(|| process.leader_status()).unwrap_or(status);
        finish_process(thread, status);
    }
    if is_last {
        family::leave(process);
    } else {
        family::thread_leaves(thread);
        if thread.tid() != process.pid() {
            thread.give_up_number();
        }
        process.threads_changed.wake_all();
        signal::thread_left(process);
    }
    super::vfork::done(thread);
}

/// Gives up what a process has when its last thread ends, but for its place among the others.
fn finish_process(thread: &Thread, status: ExitStatus) {
    let process = thread.process();
    crate::syscalls::trace::ended(thread, status);
    if process.pid() == FIRST_PROCESS {
        // The first process is the world.
        machine().power_off(status.shell_status());
    }
    tty::leader_ends(process);
    process.posix_timers.clear();
    process.interval_timers.clear();
    process.set_exit_status(status);
    process.set_peak(machine().usage().max_resident);
    process.set_memory(MemoryMap::nobody());
}

/// Gives up what a thread has in its program's memory.
fn release_memory_words(thread: &Thread) {
    futex::release(thread, true);
    clear_child_tid(thread);
}

/// Clears the word that `CLONE_CHILD_CLEARTID` named and wakes who waits there, if anybody else uses the memory
/// that the thread is about to leave (`mm_release`).
pub(crate) fn clear_child_tid(thread: &Thread) {
    let address = thread.clear_child_tid.swap(0, Ordering::Relaxed);
    let process = thread.process();
    let is_used = process.memory().users() > 1 || process.thread_count() > 1;
    if address == 0 || !is_used {
        return;
    }
    // As Linux: a bad address is the program's loss, and nobody waits in memory that only this thread has.
    let _ = UserPtr::<i32>::new(address).write(&0);
    if let Ok(key) = thread.process().memory().futex_key(address, false) {
        // A waiter for a lock with an owner is not this word's business.
        let _ = futex::wake(key, 1, u32::MAX);
    }
}

/// Sends the signal that prctl(2) `PR_SET_PDEATHSIG` asked for to a child of a process that ended.
pub(super) fn tell_of_parent(child: &Arc<Process>, parent: &Process) {
    let number = child.threads().iter().find_map(|thread| {
        let number = thread.attributes.parent_death_signal.load(Ordering::Relaxed);
        (number != 0).then_some(number)
    });
    if let Some(signal) = number.and_then(Signal::new) {
        // What cannot be queued is lost, as when a user sends too many.
        let _ = send_to_process(child, SigInfo::kill(signal, SI_USER, parent.pid(), parent.uid()));
    }
}
