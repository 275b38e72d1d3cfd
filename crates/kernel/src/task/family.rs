//! Parents and children: what is told to a parent, what becomes of orphans, and zombies.
//!
//! A parent keeps its children; a child knows its parent weakly. The lock of one parent's children is held
//! while a child of it ends or is waited for, so each child is reaped once.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::siginfo::{CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SigInfo};
use abi::signal::{SA_NOCLDSTOP, SA_NOCLDWAIT, SIG_IGN, SIGCHLD, SIGCONT, SIGHUP, Signal};

use super::exit::{FIRST_PROCESS, tell_of_parent};
use super::syscalls::accounting::ticks;
use super::{ExitStatus, Process, Thread, table};
use crate::signal::{send_to_group, send_to_process};
use sync::SpinLock;

/// A change of a child that its parent has not waited for yet (waitid(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildEvent {
    /// It ended.
    Ended(ExitStatus),
    /// A signal stopped it.
    Stopped(Signal),
    /// It goes on after a stop.
    Continued,
}

impl ChildEvent {
    /// The number that wait4(2) gives.
    #[must_use]
    pub const fn wait_status(self) -> i32 {
        match self {
            Self::Ended(status) => status.wait_status(),
            Self::Stopped(signal) => signal.number() << 8 | 0x7f,
            Self::Continued => 0xffff,
        }
    }

    /// `si_code` and `si_status` (waitid(2)).
    #[must_use]
    pub fn code_and_status(self) -> (i32, i32) {
        match self {
            Self::Ended(ExitStatus::Exited(status)) => (CLD_EXITED, i32::from(status)),
            Self::Ended(ExitStatus::Killed { signal, core_dumped }) => {
                (if core_dumped { CLD_DUMPED } else { CLD_KILLED }, i32::from(signal))
            }
            Self::Stopped(signal) => (CLD_STOPPED, signal.number()),
            Self::Continued => (CLD_CONTINUED, SIGCONT.number()),
        }
    }
}

/// Held while parents change: nobody gets a parent that is just leaving.
static CHANGES: SpinLock<()> = SpinLock::new(());

/// Makes a new process a child of a thread, or a sibling of that one's process.
pub(super) fn join(thread: &Thread, child: &Arc<Process>, as_sibling: bool) {
    let _changes = CHANGES.lock();
    let process = thread.process();
    match process.parent().filter(|_| as_sibling) {
        Some(parent) => adopt(&parent, process.parent_thread(), child),
        None => adopt(process, thread.order(), child),
    }
}

/// Makes `child` a child of a thread of `parent`.
fn adopt(parent: &Arc<Process>, thread: u64, child: &Arc<Process>) {
    child.set_parent_thread(thread);
    child.set_relations(|relations| relations.parent = Some(Arc::downgrade(parent)));
    parent.children.lock().push(Arc::clone(child));
}

/// What is told about a child.
fn child_info(child: &Process, signal: Signal, event: ChildEvent) -> SigInfo {
    let (code, status) = event.code_and_status();
    let utime = ticks(child.cpu_time()).unsigned_abs();
    SigInfo::child(code, child.pid(), child.uid(), status, utime, 0).for_signal(signal)
}

/// Tells a process's parent that it stopped or goes on.
pub(crate) fn report(child: &Arc<Process>, event: ChildEvent) {
    let Some(parent) = child.parent() else { return };
    {
        let _children = parent.children.lock();
        child.set_event(event);
    }
    let action = parent.signals.lock().handlers().get(SIGCHLD);
    if action.handler != SIG_IGN && action.flags & SA_NOCLDSTOP == 0 {
        // An old signal that the kernel sends needs no place under the limit: this cannot fail.
        let _ = send_to_process(&parent, child_info(child, SIGCHLD, event));
    }
    parent.child_changed.wake_all();
}

/// Takes a process, which has ended, out of the others' life: its children get another parent, its own
/// parent hears of it.
pub(super) fn leave(process: &Arc<Process>) {
    let _changes = CHANGES.lock();
    let reaper = reaper(process);
    let children = core::mem::take(&mut *process.children.lock());
    for child in &children {
        tell_of_parent(child, process);
        // The new parent knows of no other arrangement (`reparent_leader`).
        child.set_exit_signal(Some(SIGCHLD));
        adopt(&reaper, reaper.first_thread().unwrap_or(0), child);
        // It may have ended before, or its group be without a shell now.
        hang_up_if_orphaned(child, Some(process));
        if child.is_zombie() {
            tell_end(child);
        }
    }
    hang_up_if_orphaned(process, None);
    process.set_zombie();
    process.ended.wake_all();
    tell_end(process);
}

/// Gives the children of a thread that ends, whose process goes on, to the first thread that is left.
pub(super) fn thread_leaves(thread: &Thread) {
    let _changes = CHANGES.lock();
    let process = thread.process();
    let Some(next) = process.first_thread() else { return };
    let children = process.children.lock().clone();
    for child in children.iter().filter(|child| child.parent_thread() == thread.order()) {
        child.set_parent_thread(next);
        tell_of_parent(child, process);
    }
    process.child_changed.wake_all();
}

/// Who gets the children of a process that ends: the nearest ancestor that asked for it
/// (`PR_SET_CHILD_SUBREAPER`), else the first process.
fn reaper(process: &Arc<Process>) -> Arc<Process> {
    let mut ancestor = process.parent();
    while let Some(candidate) = ancestor {
        let asked = candidate.attributes.child_subreaper.load(core::sync::atomic::Ordering::Relaxed);
        if asked && !candidate.is_zombie() {
            return candidate;
        }
        ancestor = candidate.parent();
    }
    match table::find_process(FIRST_PROCESS) {
        Some(first) => first,
        None => unreachable!("the world ends with its first process"),
    }
}

/// Tells the parent of a zombie; one that does not want to know has it reaped at once.
fn tell_end(child: &Arc<Process>) {
    let (Some(parent), Some(status)) = (child.parent(), child.exit_status()) else { return };
    let action = parent.signals.lock().handlers().get(SIGCHLD);
    let signal = child.exit_signal();
    let ignores = signal == Some(SIGCHLD) && (action.handler == SIG_IGN || action.flags & SA_NOCLDWAIT != 0);
    if ignores && let Some(child) = take_child(&parent, child) {
        reap(&parent, &child);
    }
    if let Some(signal) = signal
        && !(ignores && action.handler == SIG_IGN)
    {
        // As in `report`.
        let _ = send_to_process(&parent, child_info(child, signal, ChildEvent::Ended(status)));
    }
    parent.child_changed.wake_all();
}

/// Takes a child out of its parent's list; `None` when somebody was faster.
pub(super) fn take_child(parent: &Process, child: &Arc<Process>) -> Option<Arc<Process>> {
    let mut children = parent.children.lock();
    let place = children.iter().position(|other| Arc::ptr_eq(other, child))?;
    Some(children.remove(place))
}

/// Lets a zombie go.
pub(super) fn reap(parent: &Process, child: &Process) {
    parent.add_child(child);
    table::forget_process(child);
    child.forget_leader();
}

/// A group that just became orphaned with a stopped member is told to hang up and to go on (setpgid(2),
/// `kill_orphaned_pgrp`). `ended` is the parent that the process just lost, or `None` when it is the
/// process itself that ends.
fn hang_up_if_orphaned(process: &Arc<Process>, ended: Option<&Arc<Process>>) {
    let own = process.relations();
    let Some(parent) = ended.cloned().or_else(|| own.parent.as_ref().and_then(Weak::upgrade)) else { return };
    let before = parent.relations();
    if before.pgid == own.pgid || before.sid != own.sid {
        return;
    }
    let ignored = ended.is_none().then_some(process);
    let members = table::process_group(own.pgid);
    let has_stopped = members.iter().any(|member| member.signals.lock().stopped().is_some());
    if has_stopped && is_orphaned(&members, own.pgid, own.sid, ignored) {
        send_to_group(own.pgid, SigInfo::kernel(SIGHUP));
        send_to_group(own.pgid, SigInfo::kernel(SIGCONT));
    }
}

/// Whether no member of a group has a parent in another group of the session, `ignored` not counted.
pub(crate) fn is_orphaned(
    members: &[Arc<Process>],
    pgid: i32,
    sid: i32,
    ignored: Option<&Arc<Process>>,
) -> bool {
    let counts = |member: &Arc<Process>| {
        !ignored.is_some_and(|ignored| Arc::ptr_eq(ignored, member)) && !member.is_zombie()
    };
    !members.iter().filter(|member| counts(member)).any(|member| {
        member.parent().is_some_and(|parent| {
            let relations = parent.relations();
            relations.pgid != pgid && relations.sid == sid
        })
    })
}

/// The children of a process, in the order in which they came.
#[must_use]
pub fn children(process: &Process) -> Vec<Arc<Process>> {
    process.children.lock().clone()
}
