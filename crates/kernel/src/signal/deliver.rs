//! Handling: what a thread does about its signals before it goes back to its program.

use alloc::sync::Arc;

use abi::resource::Resource;
use abi::siginfo::SigInfo;
use abi::signal::{
    DefaultAction, SA_NODEFER, SIG_DFL, SIG_IGN, SIGSEGV, SIGSTOP, SigAction, Signal, SignalSet,
};
use arch::RegisterFrame;

use super::{frame, restart, send};
use crate::task::{self, ChildEvent, ExitStatus, Process, Thread, exit, family, table};

/// Deals with one signal of the running thread, or with there being none after all. An interrupted call
/// starts again or fails, as the signal's action says.
pub(crate) fn handle(thread: &Arc<Thread>, registers: &mut RegisterFrame) {
    let next = next(thread);
    if exit::is_doomed(thread) {
        return;
    }
    match next {
        Some((info, action)) => {
            restart::before_handler(registers, action.flags);
            match frame::build(thread, registers, &info, &action) {
                Ok(()) => frame::entered(thread, &action, &info),
                // Without room for a handler, the handler of SIGSEGV may still have some; its own has not.
                Err(_) => {
                    let fatal = info.signal() == Some(SIGSEGV);
                    send::force(thread, SigInfo::kernel(SIGSEGV), fatal);
                }
            }
        }
        None => {
            restart::without_handler(registers);
            thread.restore_saved_mask();
        }
    }
}

/// What is blocked while a handler runs.
pub(super) fn mask_in_handler(mask: SignalSet, action: &SigAction, info: &SigInfo) -> SignalSet {
    let mut mask = mask.union(action.mask);
    if action.flags & SA_NODEFER == 0
        && let Some(signal) = info.signal()
    {
        mask.insert(signal);
    }
    mask
}

/// The next signal that has a handler; on the way to it, does what signals without one do.
fn next(thread: &Arc<Thread>) -> Option<(SigInfo, SigAction)> {
    loop {
        wait_while_stopped(thread);
        if exit::is_doomed(thread) {
            return None;
        }
        let info = send::dequeue(thread, thread.signal_mask())?;
        let Some(signal) = info.signal() else { continue };
        crate::syscalls::trace::signal(thread, &info);
        let handlers = Arc::clone(thread.process().signals.lock().handlers());
        let action = handlers.take_for_delivery(signal);
        match action.handler {
            SIG_IGN => {}
            SIG_DFL => act_by_default(thread, signal),
            _ => return Some((info, action)),
        }
    }
}

fn act_by_default(thread: &Arc<Thread>, signal: Signal) {
    match signal.default_action() {
        DefaultAction::Ignore => {}
        DefaultAction::Stop => stop(thread.process(), signal),
        DefaultAction::Terminate => end(thread.process(), signal, false),
        DefaultAction::CoreDump => {
            let dumps = thread.process().limit(Resource::Core) > 0;
            end(thread.process(), signal, dumps);
        }
    }
}

fn end(process: &Process, signal: Signal, core_dumped: bool) {
    let signal = u8::try_from(signal.number()).unwrap_or(u8::MAX);
    task::exit_group(process, ExitStatus::Killed { signal, core_dumped });
}

/// Stops a process: each of its threads waits on its way out. Those stops that come from a terminal do
/// nothing where nobody could let the process go on (setpgid(2), orphaned process groups).
pub(super) fn stop(process: &Arc<Process>, signal: Signal) {
    if signal != SIGSTOP && is_orphaned(process) {
        return;
    }
    {
        let mut shared = process.signals.lock();
        // Whoever sent the process on, or ends it, was heard before the signal was acted upon.
        if !shared.stop_taken || shared.group_exit.is_some() {
            return;
        }
        shared.stopped.get_or_insert(signal);
    }
    for thread in process.threads() {
        thread.set_pending_signal(true);
    }
}

/// Waits until `SIGCONT` or the end, if the process is stopped. The last thread to stop tells the parent.
fn wait_while_stopped(thread: &Thread) {
    let process = thread.process();
    let reported = {
        let threads = process.thread_count();
        let mut signals = process.signals.lock();
        let Some(signal) = signals.stopped else { return };
        signals.stopped_threads += 1;
        (signals.stopped_threads == threads).then_some(signal)
    };
    if let Some(signal) = reported {
        family::report(process, ChildEvent::Stopped(signal));
    }
    let goes_on = || process.signals.lock().stopped.is_none().then_some(());
    process.continued.wait_uninterruptible(|| if exit::is_doomed(thread) { Some(()) } else { goes_on() });
    process.signals.lock().stopped_threads -= 1;
}

/// A thread has left a process that is about to stop: if all others stand still already, nobody else tells the
/// parent.
pub(crate) fn thread_left(process: &Arc<Process>) {
    let threads = process.thread_count();
    let stopped = {
        let signals = process.signals.lock();
        signals.stopped.filter(|_| signals.stopped_threads == threads)
    };
    if let Some(signal) = stopped {
        family::report(process, ChildEvent::Stopped(signal));
    }
}

/// Whether no member of the process's group has a parent in another group of the session.
pub(crate) fn is_orphaned(process: &Process) -> bool {
    let group = process.relations();
    family::is_orphaned(&table::process_group(group.pgid), group.pgid, group.sid, None)
}
