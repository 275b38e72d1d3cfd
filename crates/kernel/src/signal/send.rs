//! Sending: to a thread, to a process, and by force after a fault.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::resource::Resource;
use abi::siginfo::{SI_USER, SigInfo};
use abi::signal::{SIG_DFL, SIG_IGN, SIGALRM, SIGCONT, SIGKILL, Signal, SignalSet};

use super::{PendingQueue, ProcessSignals, QueueSlot, TrapState, interval};
use crate::sched::{self, RunState};
use crate::task::{ChildEvent, Process, Thread, family, table};

/// Sends a signal to one thread. Number 0 is never sent: callers check the right to send and stop there.
///
/// # Errors
/// `EAGAIN` when the information cannot be queued (`RLIMIT_SIGPENDING`) and would be missed.
pub fn send_to_thread(thread: &Thread, info: SigInfo) -> Result<(), Errno> {
    let Some(signal) = info.signal() else { return Err(Errno::EINVAL) };
    let process = thread.process();
    let (continues, wants) = {
        let mut shared = process.signals.lock();
        let continues = prepare(process, &mut shared, signal);
        let mut own = thread.signals.lock();
        let heard = !is_ignored(&shared, own.mask, signal);
        if heard && !is_lost(&own.pending, signal) {
            let slot = slot(thread, signal, &info)?;
            own.pending.push(signal, info, slot);
        }
        (continues, heard && own.wants(signal))
    };
    if wants {
        thread.set_pending_signal(true);
    }
    after(process, continues, signal);
    Ok(())
}

/// Sends a signal to a process: some thread that does not block it will handle it.
///
/// # Errors
/// As [`send_to_thread`].
pub fn send_to_process(process: &Process, info: SigInfo) -> Result<(), Errno> {
    send_to_any(process, info, choose)
}

/// As [`send_to_process`], to a thread that runs at this moment, or could: its work is why the signal is sent.
/// Of several, `turn` tells which.
///
/// # Errors
/// As [`send_to_thread`].
pub(super) fn send_to_running(process: &Process, info: SigInfo, turn: usize) -> Result<(), Errno> {
    send_to_any(process, info, |threads, signal| {
        let runnable = |thread: &&Arc<Thread>| {
            let wants = thread.signals.lock().wants(signal);
            wants && thread.placement.lock().state == RunState::Runnable
        };
        let mut busy: Vec<_> = threads.iter().filter(runnable).collect();
        if busy.iter().any(|thread| thread.placement.lock().on_cpu) {
            busy.retain(|thread| thread.placement.lock().on_cpu);
        }
        let one = turn.checked_rem(busy.len()).and_then(|index| busy.get(index));
        one.map(|thread| Arc::clone(thread)).or_else(|| choose(threads, signal))
    })
}

/// Sends a signal to a process; `choose` finds who handles it.
fn send_to_any(
    process: &Process,
    info: SigInfo,
    choose: impl FnOnce(&[Arc<Thread>], Signal) -> Option<Arc<Thread>>,
) -> Result<(), Errno> {
    let Some(signal) = info.signal() else { return Err(Errno::EINVAL) };
    let threads = process.threads();
    // As on Linux, the first thread's mask decides whether an ignored signal is kept.
    let Some(leader) = threads.first() else { return Ok(()) };
    let (continues, heard) = {
        let mut shared = process.signals.lock();
        let continues = prepare(process, &mut shared, signal);
        let mask = leader.signals.lock().mask;
        let heard = !is_ignored(&shared, mask, signal);
        if heard && !is_lost(&shared.pending, signal) {
            let slot = slot(leader, signal, &info)?;
            shared.pending.push(signal, info, slot);
        }
        (continues, heard)
    };
    if heard && let Some(thread) = choose(&threads, signal) {
        thread.set_pending_signal(true);
    }
    after(process, continues, signal);
    Ok(())
}

/// Sends what the kernel has to say to every process of a group.
pub fn send_to_group(pgid: i32, info: SigInfo) {
    for member in table::process_group(pgid) {
        // What cannot be queued is lost, as when a user sends too many.
        let _ = send_to_process(&member, info);
    }
}

/// Sends a signal that an instruction of the thread caused: it cannot be ignored, and where it is blocked
/// or ignored it ends the process.
pub fn force_fault(thread: &Thread, info: SigInfo, trap: TrapState) {
    thread.signals.lock().trap = trap;
    force(thread, info, false);
}

/// Sends a signal that must not be missed; `fatal` takes the handler away as well.
pub(crate) fn force(thread: &Thread, info: SigInfo, fatal: bool) {
    let Some(signal) = info.signal() else { return };
    let process = thread.process();
    let continues = {
        let mut shared = process.signals.lock();
        let continues = prepare(process, &mut shared, signal);
        let mut own = thread.signals.lock();
        let mut action = shared.handlers.get(signal);
        if fatal || own.mask.contains(signal) || action.handler == SIG_IGN {
            action.handler = SIG_DFL;
            shared.handlers.replace(signal, action);
            own.mask.remove(signal);
        }
        if !is_lost(&own.pending, signal) {
            // The information of a fault is kept whatever the limit says.
            own.pending.push(signal, info, QueueSlot::take(thread.credentials().uid, u64::MAX));
        }
        continues
    };
    thread.set_pending_signal(true);
    after(process, continues, signal);
}

/// What is left to do after the locks: files that wait for signals, and the end of a stop.
fn after(process: &Process, continues: bool, signal: Signal) {
    process.signal_arrived.wake_all();
    if continues {
        process.continued.wake_all();
        if signal == SIGCONT
            && let Some(process) = table::find_process(process.pid())
        {
            family::report(&process, ChildEvent::Continued);
        }
    }
}

/// Whether another one of an old signal is lost because one is pending.
fn is_lost(pending: &PendingQueue, signal: Signal) -> bool {
    !signal.is_realtime() && pending.set().contains(signal)
}

/// What a signal does the moment it is sent, whether blocked or not (Linux's `prepare_signal`): a stop
/// takes back `SIGCONT` and the other way round; `SIGCONT` and `SIGKILL` end a stop, then gives true.
fn prepare(process: &Process, shared: &mut ProcessSignals, signal: Signal) -> bool {
    let cancelled = match signal {
        SIGCONT => SignalSet::STOPS,
        _ if SignalSet::STOPS.contains(signal) => SignalSet::of(&[SIGCONT]),
        _ => SignalSet::EMPTY,
    };
    if !cancelled.is_empty() {
        shared.pending.flush(cancelled);
        for thread in process.threads() {
            thread.signals.lock().pending.flush(cancelled);
        }
    }
    if !matches!(signal, SIGCONT | SIGKILL) {
        return false;
    }
    shared.stop_taken = false;
    shared.stopped.take().is_some()
}

/// Whether a signal is dropped at once. A blocked one is kept: the program may yet install a handler.
fn is_ignored(shared: &ProcessSignals, mask: SignalSet, signal: Signal) -> bool {
    !mask.contains(signal) && shared.handlers.ignores(signal)
}

/// A place in the queue for a signal to this thread's process. `SIGKILL` needs none. The limit holds for
/// those signals of which programs may send many; what the kernel or kill(2) says with an old signal
/// goes through (Linux's `override_rlimit`).
fn slot(thread: &Thread, signal: Signal, info: &SigInfo) -> Result<Option<QueueSlot>, Errno> {
    if signal == SIGKILL {
        return Ok(None);
    }
    let overrides = !signal.is_realtime() && info.si_code >= SI_USER;
    let limit = if overrides { u64::MAX } else { thread.process().limit(Resource::PendingSignals) };
    match QueueSlot::take(thread.credentials().uid, limit) {
        Some(slot) => Ok(Some(slot)),
        None if signal.is_realtime() && info.si_code != SI_USER => Err(Errno::EAGAIN),
        None => Ok(None),
    }
}

/// The thread that handles a signal of the process: the first one that wants it, best one that has
/// nothing else to handle. `None` when all block it: it stays pending.
fn choose(threads: &[Arc<Thread>], signal: Signal) -> Option<Arc<Thread>> {
    let wanting: Vec<_> = threads.iter().filter(|thread| thread.signals.lock().wants(signal)).collect();
    let idle = wanting.iter().find(|thread| !thread.has_pending_signal());
    idle.or(wanting.first()).map(|thread| Arc::clone(thread))
}

/// Wakes others for pending signals of the process that `thread` now blocks (or will never handle).
pub(super) fn retarget(thread: &Thread, signals: SignalSet) {
    let process = thread.process();
    let chosen: Vec<_> = {
        let shared = process.signals.lock();
        let open = shared.pending.set().intersection(signals);
        if open.is_empty() {
            // Mostly: and there may be thousands of threads.
            return;
        }
        let threads: Vec<_> =
            process.threads().into_iter().filter(|other| other.tid() != thread.tid()).collect();
        open.iter().filter_map(|signal| choose(&threads, signal)).collect()
    };
    for other in chosen {
        other.set_pending_signal(true);
    }
}

/// Takes the next signal that the thread is to handle: first its own, then its process's; at the same
/// time says whether more are left.
pub(super) fn dequeue(thread: &Thread, blocked: SignalSet) -> Option<SigInfo> {
    let process = thread.process();
    let info = {
        let mut shared = process.signals.lock();
        let mut own = thread.signals.lock();
        let info = own.pending.take(blocked).or_else(|| shared.pending.take(blocked));
        let open = own.pending.set().union(shared.pending.set()).difference(own.mask);
        thread.store_pending_signal(!open.is_empty() || shared.concerns_all() || own.fate.is_some());
        let stops = |info: &SigInfo| info.signal().is_some_and(|signal| SignalSet::STOPS.contains(signal));
        if info.as_ref().is_some_and(stops) {
            shared.stop_taken = true;
        }
        info
    };
    if info.is_some_and(|info| info.signal() == Some(SIGALRM)) {
        interval::go_on(process);
    }
    info
}

/// What is pending for the thread, its own and its process's, blocked or not (signalfd(2)).
#[must_use]
pub fn pending(thread: &Thread) -> SignalSet {
    let shared = thread.process().signals.lock();
    let own = thread.signals.lock();
    own.pending.set().union(shared.pending.set())
}

/// Whether a signal waits that the thread does not block.
#[must_use]
pub fn has_deliverable(thread: &Thread) -> bool {
    let shared = thread.process().signals.lock();
    let own = thread.signals.lock();
    !own.pending.set().union(shared.pending.set()).difference(own.mask).is_empty()
}

/// Says anew whether the running thread has a signal to handle (Linux's `recalc_sigpending`).
pub fn recalculate(thread: &Thread) {
    let pending = {
        let shared = thread.process().signals.lock();
        let own = thread.signals.lock();
        let open = own.pending.set().union(shared.pending.set()).difference(own.mask);
        let pending = !open.is_empty() || shared.concerns_all() || own.fate.is_some();
        // Under the lock, so that no sender's word is overwritten.
        thread.store_pending_signal(pending);
        pending
    };
    if pending {
        sched::interrupt(thread);
    }
}
