//! Processors: what runs on each, and going from one thread to the next.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};

use abi::Errno;
use sync::{Once, SpinLock};

use super::RunState;
use super::load;
use super::placement::Placement;
use super::queue::Queue;
use super::rank::{self, Class, Rank, SLICE};
use super::spread;
use super::throttle::RealtimeUse;
use crate::fs::FsContext;
use crate::machine::{machine, monotonic};
use crate::mm::MemoryMap;
use crate::task::Thread;
use crate::time::timers;

/// The most processors that a machine may have.
pub const MAX_CPUS: usize = 64;

/// What belongs to one processor.
pub(super) struct Cpu {
    current: SpinLock<Option<Arc<Thread>>>,
    /// The class of that thread ([`Class::number`]).
    class: AtomicU8,
    /// Since when that thread runs, in nanoseconds of `CLOCK_MONOTONIC`.
    since: AtomicU64,
    /// The virtual time that it had then, and its share.
    virtual_time: AtomicU64,
    weight: AtomicU64,
    /// The thread that was just left; the next one finishes the switch.
    left: SpinLock<Option<Arc<Thread>>>,
    queue: SpinLock<Queue>,
    realtime: RealtimeUse,
    /// Since when the first thread in the queue waits; [`EMPTY`] when there is none.
    oldest: AtomicU64,
    /// What runs when nothing else does.
    idle: Once<&'static Arc<Thread>>,
    /// It has nothing to run and is halted, or about to be.
    pub(super) is_idle: AtomicBool,
    /// It looks around for something to run.
    pub(super) is_looking: AtomicBool,
    /// How long it looks around before it halts, in nanoseconds.
    pub(super) patience: AtomicU64,
}

/// How far behind the others a thread that slept may start, in nanoseconds of virtual time: for what it did not want
/// while it slept it gets no more.
const CREDIT: u64 = SLICE;

/// What [`Cpu::oldest`] says of an empty queue.
const EMPTY: u64 = u64::MAX;

impl Cpu {
    /// Looks at the queue.
    pub(super) fn with_queue<T>(&self, look: impl FnOnce(&Queue) -> T) -> T {
        look(&self.queue.lock())
    }

    /// Changes the queue.
    fn change_queue<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.queue.lock();
        let outcome = change(&mut queue);
        self.oldest.store(queue.oldest().unwrap_or(EMPTY), Ordering::SeqCst);
        outcome
    }

    /// The virtual time from which the threads of this processor are told apart: those that come start there.
    fn base_time(&self, now: u64) -> u64 {
        // In the opposite order to `note_turn`, which another processor may be in: then the time is too small.
        let started = self.virtual_time.load(Ordering::Acquire);
        let weight = self.weight.load(Ordering::Acquire);
        let ran = now.saturating_sub(self.since.load(Ordering::Relaxed));
        let running = started.saturating_add(rank::virtual_time(weight, ran));
        let running = (self.class() == Class::FAIR).then_some(running);
        self.change_queue(|queue| queue.advance(running))
    }

    /// Notes the thread that is about to run.
    fn note_turn(&self, placement: &Placement) {
        self.class.store(placement.rank.class.number(), Ordering::Relaxed);
        self.since.store(placement.started, Ordering::Relaxed);
        self.weight.store(placement.rank.weight(), Ordering::Release);
        self.virtual_time.store(placement.virtual_time, Ordering::Release);
    }

    /// Takes the first thread of the queue that `may_have` names.
    pub(super) fn take_where(&self, may_have: impl FnMut(&Arc<Thread>) -> bool) -> Option<Arc<Thread>> {
        self.change_queue(|queue| queue.take_where(may_have))
    }

    /// The class of the thread that runs.
    pub(super) fn class(&self) -> Class {
        Class::from_number(self.class.load(Ordering::Relaxed))
    }

    /// Since when the first thread in the queue waits, in nanoseconds of `CLOCK_MONOTONIC`.
    pub(super) fn waits_since(&self) -> Option<u64> {
        let oldest = self.oldest.load(Ordering::SeqCst);
        (oldest != EMPTY).then_some(oldest)
    }
}

static CPUS: [Cpu; MAX_CPUS] = [const {
    Cpu {
        current: SpinLock::new(None),
        class: AtomicU8::new(Class::IDLE.number()),
        since: AtomicU64::new(0),
        virtual_time: AtomicU64::new(0),
        weight: AtomicU64::new(0),
        left: SpinLock::new(None),
        queue: SpinLock::new(Queue::new()),
        realtime: RealtimeUse::new(),
        oldest: AtomicU64::new(EMPTY),
        idle: Once::new(),
        is_idle: AtomicBool::new(false),
        is_looking: AtomicBool::new(false),
        patience: AtomicU64::new(spread::SHORTEST_PATIENCE),
    }
}; MAX_CPUS];

/// How many processors have started.
static ONLINE: AtomicUsize = AtomicUsize::new(1);

pub(super) fn cpu(number: usize) -> &'static Cpu {
    match CPUS.get(number) {
        Some(cpu) => cpu,
        None => unreachable!("a machine has at most MAX_CPUS processors"),
    }
}

/// The processors that have started, by number.
pub(super) fn online() -> impl Iterator<Item = (usize, &'static Cpu)> {
    CPUS.iter().enumerate().take(ONLINE.load(Ordering::Acquire))
}

/// The thread that runs on this processor, once there is one.
#[must_use]
pub fn current() -> Option<Arc<Thread>> {
    cpu(machine().this_cpu()).current.lock().clone()
}

/// The processor that runs this.
#[must_use]
pub fn this_cpu() -> usize {
    machine().this_cpu()
}

/// Makes a thread one of another processor's: as far ahead of those there, or behind, as it was of those here.
fn relocate(placement: &mut Placement, target: usize, now: u64) {
    let from = core::mem::replace(&mut placement.cpu, target);
    if from != target {
        let base = cpu(from).base_time(now);
        let time = placement.virtual_time.max(base.saturating_sub(CREDIT));
        placement.virtual_time = cpu(target).base_time(now).saturating_add(time).saturating_sub(base);
    }
}

/// Puts a ready thread that no processor is on into a queue.
fn insert(thread: &Arc<Thread>, target: usize) {
    let mut placement = thread.placement.lock();
    let now = monotonic();
    relocate(&mut placement, target, now);
    placement.queued = now;
    let base = cpu(target).base_time(now);
    placement.virtual_time = placement.virtual_time.max(base.saturating_sub(CREDIT));
    cpu(target).change_queue(|queue| queue.insert(Arc::clone(thread), &placement));
}

/// As [`insert`], and lets the processor look whether the thread is the one to run.
pub(super) fn enqueue(thread: &Arc<Thread>, target: usize) {
    insert(thread, target);
    if target == machine().this_cpu() {
        machine().set_pending();
    } else {
        machine().kick(target);
    }
}

/// Makes a new thread ready to run on a processor that its space reaches.
pub fn spawn(thread: &Arc<Thread>, target: usize) {
    thread.placement.lock().draw_number();
    enqueue(thread, target);
}

/// Makes a blocked thread ready; `from_signal` wakes only interruptible waits.
pub(crate) fn wake(thread: &Arc<Thread>, from_signal: bool) {
    let before = {
        let mut placement = thread.placement.lock();
        match placement.state {
            RunState::Blocked { interruptible } if interruptible || !from_signal => {}
            _ => return,
        }
        placement.state = RunState::Runnable;
        placement.draw_number();
        if placement.on_cpu {
            // Its processor is still on its stack and sees the new state; it may be halted.
            if placement.cpu != machine().this_cpu() {
                machine().kick(placement.cpu);
            }
            return;
        }
        placement.cpu
    };
    enqueue(thread, spread::choose_for_woken(thread, before));
}

/// Makes a thread that runs look at its signals before it goes back to its program.
pub(crate) fn interrupt(thread: &Thread) {
    let placement = thread.placement.lock();
    if !placement.on_cpu {
        return;
    }
    if placement.cpu == machine().this_cpu() {
        machine().set_pending();
    } else {
        machine().kick(placement.cpu);
    }
}

/// Wakes those whose time has come.
fn look_around() {
    let now = monotonic();
    timers::expire(now);
    machine().look_outside(now);
    load::look(now);
}

/// How many threads run or wait for a processor.
pub(super) fn active() -> u64 {
    let of = |cpu: &Cpu| cpu.with_queue(Queue::count) as u64 + u64::from(cpu.class() != Class::IDLE);
    online().map(|(_, cpu)| of(cpu)).sum()
}

/// How many processors have run one thread since then.
pub(super) fn active_since(time: u64) -> u64 {
    let since = |cpu: &Cpu| cpu.class() != Class::IDLE && cpu.since.load(Ordering::Relaxed) <= time;
    online().map(|(_, cpu)| u64::from(since(cpu))).sum()
}

/// Gives the processor to the next thread: while the current one is blocked, until it is woken; while it
/// is ready, for one turn.
pub fn schedule() {
    let Some(thread) = current() else { return };
    look_around();
    let number = machine().this_cpu();
    let (ready, exile) = {
        let mut placement = thread.placement.lock();
        let now = monotonic();
        let ran = placement.account(now);
        if placement.rank.class < Class::FAIR {
            cpu(number).realtime.count(ran, now);
        }
        (placement.state == RunState::Runnable, placement.exile.is_some())
    };
    let next = if exile && ready { None } else { take_next(number, ready, &thread) };
    match next {
        Some(next) => switch(number, &thread, next),
        None if ready && !exile => {}
        // Whoever wakes the thread while the processor halts may have it go on elsewhere, for it is not on this
        // processor's stack then.
        None => match cpu(number).idle.get() {
            Some(idle) => switch(number, &thread, Arc::clone(idle)),
            None => machine().wait(timers::next_deadline()),
        },
    }
}

/// Waits, as a processor that has nothing to run, for something to do; gives a thread of another processor's,
/// if that is it.
fn halt(number: usize) -> Option<Arc<Thread>> {
    let this = cpu(number);
    // Whoever brings work puts it into a queue first and then looks here.
    this.is_idle.store(true, Ordering::SeqCst);
    let has_work = || this.waits_since().is_some();
    let found = spread::look_for_work(number, has_work);
    if found.is_none() && !has_work() {
        let from = monotonic();
        machine().wait(timers::next_deadline());
        spread::learn_patience(&this.patience, monotonic().saturating_sub(from));
    }
    this.is_idle.store(false, Ordering::SeqCst);
    found
}

/// The thread to go to, if there is one that should run before the current one.
fn take_next(number: usize, ready: bool, thread: &Thread) -> Option<Arc<Thread>> {
    let this = cpu(number);
    this.waits_since()?;
    let mut placement = thread.placement.lock();
    let throttled = this.realtime.is_used_up(monotonic);
    this.change_queue(|queue| {
        let is_fair = placement.rank.class >= Class::FAIR;
        let fair_first = throttled && (ready && is_fair || queue.first_place(Class::FAIR).is_some());
        let class = if fair_first { Class::FAIR } else { Class::DEADLINE };
        if ready {
            let first = queue.first_place(class)?;
            let overtakes = fair_first && !is_fair;
            if !overtakes && !placement.gives_way(first, monotonic()) {
                return None;
            }
        }
        queue.take_first(class)
    })
}

fn switch(number: usize, from: &Arc<Thread>, to: Arc<Thread>) {
    let this = cpu(number);
    {
        let mut placement = to.placement.lock();
        let now = monotonic();
        // Also what ran alone has moved the others' start.
        let _ = this.base_time(now);
        relocate(&mut placement, number, now);
        placement.on_cpu = true;
        placement.started = now;
        placement.turn = now;
        this.note_turn(&placement);
    }
    if to.rseq.note_switch() || to.has_pending_signal() {
        machine().set_pending();
    }
    arm_slice(number);
    let context = Arc::clone(&to);
    *this.left.lock() = Some(Arc::clone(from));
    *this.current.lock() = Some(to);
    let space = context.space_to_enter(from);
    machine().switch(from.context(), context.context(), space.as_ref().map(|space| space.space()));
    drop((context, space));
    finish_switch();
}

/// Runs on the new thread's stack: the one that was left may now run elsewhere.
pub(crate) fn finish_switch() {
    let number = machine().this_cpu();
    let Some(left) = cpu(number).left.lock().take() else { return };
    let target = {
        let mut placement = left.placement.lock();
        placement.on_cpu = false;
        (placement.state == RunState::Runnable).then(|| placement.exile.take().unwrap_or(number))
    };
    match target {
        // Its turn is over: it comes again when the new thread's is, not at once.
        Some(target) if target == number => {
            insert(&left, number);
            arm_slice(number);
        }
        Some(target) => enqueue(&left, target),
        None => {}
    }
}

/// Goes on in the address space of another memory, which the running thread's process is about to have.
pub fn enter(memory: &MemoryMap) {
    if let Some(thread) = current() {
        machine().switch(thread.context(), thread.context(), Some(memory.space()));
    }
}

/// Arms the timer for the next timer, for a look outside, and for the end of a slice when somebody waits
/// for this processor.
fn arm_slice(number: usize) {
    let now = monotonic();
    let slice = cpu(number)
        .waits_since()
        .map(|_| now.saturating_add(if spread::is_possible(number) { spread::DELAY } else { SLICE }));
    let due = [slice, timers::next_deadline(), machine().look_outside(now)];
    machine().set_timer(due.into_iter().flatten().min());
}

/// Lets other threads run that are as entitled as this one (sched_yield(2)).
pub fn yield_now() {
    if let Some(thread) = current() {
        let mut placement = thread.placement.lock();
        let class = placement.rank.class;
        let last = cpu(machine().this_cpu()).with_queue(|queue| queue.last_place(class));
        if let Some(last) = last {
            if class == Class::FAIR {
                placement.virtual_time = placement.virtual_time.max(last.order);
            }
            placement.yields = true;
        }
    }
    schedule();
}

/// Gives a thread another rank, wherever it is.
pub(crate) fn set_rank(thread: &Arc<Thread>, rank: Rank) {
    let mut placement = thread.placement.lock();
    if placement.rank == rank {
        return;
    }
    let place = placement.place();
    let target = cpu(placement.cpu);
    let waiting = (placement.state == RunState::Runnable && !placement.on_cpu)
        .then(|| target.change_queue(|queue| queue.take(thread, place)))
        .flatten();
    placement.set_rank(rank);
    if placement.on_cpu {
        target.class.store(rank.class.number(), Ordering::Relaxed);
    }
    if let Some(waiting) = waiting {
        target.change_queue(|queue| queue.insert(waiting, &placement));
    }
    // Whoever runs there may have to give way.
    if placement.cpu == machine().this_cpu() {
        machine().set_pending();
    } else {
        machine().kick(placement.cpu);
    }
}

/// What the way out does about the scheduler: timers that are due, and a turn for whoever waits.
pub fn preempt() {
    if let Some(thread) = current() {
        spread::obey_affinity(&thread);
    }
    spread::relieve(machine().this_cpu());
    schedule();
    arm_slice(machine().this_cpu());
}

/// Re-arms this processor's timer after a timer was added that is due before all others.
pub fn timer_interrupt() {
    arm_slice(machine().this_cpu());
}

/// Ends the current thread: it never runs again. The caller holds nothing of it.
pub fn exit_current() -> ! {
    let number = machine().this_cpu();
    let this = cpu(number);
    let idle = idle_of(number);
    let thread = this.current.lock().replace(Arc::clone(idle));
    if let Some(thread) = &thread {
        let mut placement = thread.placement.lock();
        placement.account(monotonic());
        placement.state = RunState::Dead;
    }
    *this.left.lock() = thread;
    machine().start(idle.context())
}

fn idle_of(number: usize) -> &'static Arc<Thread> {
    match cpu(number).idle.get() {
        Some(idle) => idle,
        None => unreachable!("a processor has an idle thread before it runs others"),
    }
}

/// What an idle thread does: it stays in whatever address space the processor was in, as long as that has a
/// program.
extern "C" fn idle() {
    finish_switch();
    let Some(thread) = current() else { return };
    loop {
        look_around();
        let number = machine().this_cpu();
        let next = cpu(number).change_queue(|queue| queue.take_first(Class::DEADLINE));
        if let Some(next) = next {
            switch(number, &thread, next);
            continue;
        }
        machine().rest(thread.context());
        if let Some(next) = halt(number) {
            switch(number, &thread, next);
        }
    }
}

/// Makes the idle threads of all processors of the machine.
///
/// # Errors
/// `ENOMEM`.
pub fn prepare(context: &Arc<FsContext>) -> Result<(), Errno> {
    for number in 0..machine().cpu_count() {
        let thread = Thread::idle(context.duplicate(), idle)?;
        {
            let mut placement = thread.placement.lock();
            placement.cpu = number;
            placement.rank = Rank::IDLE;
            // It is not woken, and never waits in a queue.
            placement.state = RunState::Blocked { interruptible: false };
        }
        let _ = cpu(number).idle.set(Box::leak(Box::new(thread)));
    }
    Ok(())
}

fn start(thread: &Arc<Thread>) -> ! {
    let number = machine().this_cpu();
    {
        let mut placement = thread.placement.lock();
        placement.on_cpu = true;
        placement.cpu = number;
        placement.started = monotonic();
        cpu(number).note_turn(&placement);
    }
    *cpu(number).current.lock() = Some(Arc::clone(thread));
    machine().start(thread.context())
}

/// Runs the first thread of the first processor; never comes back.
pub fn run_first(thread: &Arc<Thread>) -> ! {
    start(thread)
}

/// Runs a further processor, which the machine has just started; never comes back.
pub fn run_processor() -> ! {
    ONLINE.fetch_max(machine().this_cpu() + 1, Ordering::AcqRel);
    start(idle_of(machine().this_cpu()))
}

/// Makes a thread the running one of this processor without running it: for tests of handlers.
#[cfg(test)]
pub(crate) fn set_current(thread: &Arc<Thread>) {
    let number = machine().this_cpu();
    {
        let mut placement = thread.placement.lock();
        placement.on_cpu = true;
        placement.started = monotonic();
    }
    *cpu(number).current.lock() = Some(Arc::clone(thread));
}
