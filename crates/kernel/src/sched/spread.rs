//! Several processors: which thread may run where, and how work gets to idle ones.
//!
//! A thread that is woken by another one of its program waits on the processor of that one: mostly that one
//! blocks at once, and the two take turns without ever kicking another processor. When the thread has waited for [`DELAY`], an idle
//! processor gets it. A processor that has nothing to do looks around for a while before it halts, because to
//! be woken takes the host long, and takes over what waits elsewhere and is not about to get its turn.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};

use super::cpu::{Cpu, cpu, enqueue, online};
use super::rank::Class;
use super::visit;
use crate::machine::{machine, monotonic};
use crate::task::Thread;
use crate::time::timers;

/// How long a thread waits for its processor before an idle one gets it, in nanoseconds.
pub(super) const DELAY: u64 = 100_000;

/// How long a thread waits before a processor that looks around takes it over, in nanoseconds.
const YOUNG: u64 = 10_000;
/// How long a processor looks around at the least and at the most, in nanoseconds.
pub(super) const SHORTEST_PATIENCE: u64 = 2_000;
const LONGEST_PATIENCE: u64 = 100_000;
/// A pause of this length shows that the host had the processor do something else, in nanoseconds.
const TAKEN_AWAY: u64 = 20_000;

/// Whether a thread wants, and its address space can be entered on, a processor.
pub(super) fn may_run(thread: &Thread, number: usize) -> bool {
    is_wanted(thread, number) && thread.memory().space().reaches(number)
}

/// Whether a thread's affinity allows a processor (sched_setaffinity(2)).
fn is_wanted(thread: &Thread, number: usize) -> bool {
    thread.attributes.scheduling.lock().affinity & (1 << number) != 0
}

/// An idle processor other than this one.
fn idle_cpu(except: usize) -> Option<usize> {
    let idle = |&(number, cpu): &(usize, &Cpu)| {
        number != except && cpu.is_idle.load(Ordering::SeqCst) && cpu.waits_since().is_none()
    };
    online().find(idle).map(|(number, _)| number)
}

/// Whether a thread that waits on this processor could run elsewhere at once.
pub(super) fn is_possible(number: usize) -> bool {
    idle_cpu(number).is_some()
}

/// The processor on which a new process starts: an idle one, else this one.
#[must_use]
pub fn choose_cpu(parent: &Thread) -> usize {
    let this = machine().this_cpu();
    idle_cpu(this).filter(|&number| is_wanted(parent, number)).unwrap_or(this)
}

/// The processor for a thread that is woken here and ran on `before` last.
///
/// Most who wake a thread wait for something themselves soon: the processor goes on with it where its caches are
/// warm, and nobody has to be kicked; what waits for too long, others take over. To go to another program's
/// address space costs more than to give it to a processor that looks around, and less than to wake one.
pub(super) fn choose_for_woken(thread: &Thread, before: usize) -> usize {
    let this = machine().this_cpu();
    let memory = thread.memory();
    let reaches = |number: usize| is_wanted(thread, number) && memory.space().reaches(number);
    let shares = super::current().is_some_and(|current| Arc::ptr_eq(&current.memory(), &memory));
    if !shares {
        if before != this && is_looking(cpu(before)) {
            return before;
        }
        if let Some(looking) = looking_cpu(this).filter(|&looking| is_wanted(thread, looking)) {
            if memory.space().reaches(looking) {
                return looking;
            }
            memory.space().reach(looking);
        }
    }
    if let Some(urgent) = less_urgent_cpu(thread, this).filter(|&urgent| reaches(urgent)) {
        return urgent;
    }
    if reaches(this) {
        return this;
    }
    memory.space().reach(this);
    before
}

/// A processor that would leave what it does for a thread, when this one would not and others would not take the
/// thread over soon.
fn less_urgent_cpu(thread: &Thread, this: usize) -> Option<usize> {
    let own = cpu(this).class();
    if own >= Class::FAIR || own > thread.placement.lock().rank.class {
        return None;
    }
    let least = online().max_by_key(|(_, cpu)| cpu.class())?;
    (least.1.class() > own).then_some(least.0)
}

/// Whether a processor looks around and has found nothing yet.
fn is_looking(cpu: &Cpu) -> bool {
    cpu.is_looking.load(Ordering::SeqCst) && cpu.waits_since().is_none()
}

/// A processor other than this one that looks around.
fn looking_cpu(except: usize) -> Option<usize> {
    online().find(|&(number, cpu)| number != except && is_looking(cpu)).map(|(number, _)| number)
}

/// Takes a thread that waits on another processor and has done so for a while.
fn steal(number: usize, now: u64) -> Option<Arc<Thread>> {
    let is_old = |cpu: &Cpu| cpu.waits_since().is_some_and(|since| now.saturating_sub(since) >= YOUNG);
    // One that is just being woken is about to see to its queue itself.
    let is_busy = |cpu: &Cpu| !cpu.is_idle.load(Ordering::SeqCst);
    online()
        .filter(|&(other, cpu)| other != number && is_busy(cpu) && is_old(cpu))
        .find_map(|(_, cpu)| cpu.take_where(|thread| may_run(thread, number)))
}

/// Looks around, as long as this processor has patience, until it has work or is kicked; gives a thread of
/// another processor's.
pub(super) fn look_for_work(number: usize, has_work: impl Fn() -> bool) -> Option<Arc<Thread>> {
    let start = monotonic();
    let end = start.saturating_add(cpu(number).patience.load(Ordering::Relaxed));
    let end = timers::next_deadline().map_or(end, |deadline| end.min(deadline));
    let this = cpu(number);
    machine().set_looking(true);
    this.is_looking.store(true, Ordering::SeqCst);
    let mut found = None;
    let mut now = start;
    while found.is_none() && !has_work() && !machine().is_pending() && now < end {
        found = steal(number, now);
        core::hint::spin_loop();
        let before = core::mem::replace(&mut now, monotonic());
        if now.saturating_sub(before) > TAKEN_AWAY {
            // Somebody else wants the host's processor: to look around takes it from them.
            this.patience.store(SHORTEST_PATIENCE, Ordering::Relaxed);
            break;
        }
    }
    this.is_looking.store(false, Ordering::SeqCst);
    machine().set_looking(false);
    found
}

/// Draws the lesson from a halt of this length: with more patience a short one would not have been needed; a
/// long one shows that there is nothing to wait for.
pub(super) fn learn_patience(patience: &AtomicU64, halted: u64) {
    let before = patience.load(Ordering::Relaxed);
    let after = if halted < LONGEST_PATIENCE { before.saturating_mul(2) } else { before / 2 };
    patience.store(after.clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE), Ordering::Relaxed);
}

/// Gives a thread that has waited here for too long to an idle processor; where its space cannot be entered
/// there yet, asks for that.
pub(super) fn relieve(number: usize) {
    let this = cpu(number);
    let is_late = |since: u64| monotonic().saturating_sub(since) >= DELAY;
    if !this.waits_since().is_some_and(is_late) {
        return;
    }
    let Some(waiting) = this.with_queue(|queue| queue.first().cloned()) else { return };
    let target = idle_cpu(number).or_else(|| less_urgent_cpu(&waiting, number));
    let Some(target) = target.filter(|&target| is_wanted(&waiting, target)) else { return };
    let memory = waiting.memory();
    if !memory.space().reaches(target) {
        memory.space().reach(target);
        return;
    }
    let taken = this.take_where(|thread| Arc::ptr_eq(thread, &waiting));
    if let Some(thread) = taken {
        enqueue(&thread, target);
    }
}

/// Makes the running thread go to a processor that its affinity allows, if this one is not (any more).
pub(super) fn obey_affinity(thread: &Thread) {
    let this = machine().this_cpu();
    if is_wanted(thread, this) {
        return;
    }
    let Some(target) = (0..machine().cpu_count()).find(|&number| is_wanted(thread, number)) else { return };
    let memory = thread.memory();
    // A processor of a world that has just begun may not have started yet.
    let has_started = visit::await_that(|| online().any(|(number, _)| number == target));
    if has_started && visit::await_space(&memory, || target) {
        thread.placement.lock().exile = Some(target);
        super::schedule();
    }
}
