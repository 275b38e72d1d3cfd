//! Processes.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

use abi::resource::Resource;
use abi::signal::{SIGCHLD, Signal};
use sync::SpinLock;

use super::cpu_limit::CpuLimit;
use super::{ChildEvent, ExitStatus, IoCount, IoTotal, Limits, ProcessAttributes, Thread, table};
use crate::fs::Path;
use crate::loader::StackPlaces;
use crate::machine::monotonic;
use crate::mm::MemoryMap;
use crate::sched::WaitQueue;
use crate::signal::interval::IntervalTimers;
use crate::signal::{ProcessSignals, SignalHandlers};
use crate::time::PosixTimers;
use crate::tty::Terminal;

/// A process's place among the others (credentials(7)).
#[derive(Clone, Debug)]
pub struct Relations {
    /// The process to which it is a child; the first one has none.
    pub parent: Option<Weak<Process>>,
    /// Its process group.
    pub pgid: i32,
    /// Its session.
    pub sid: i32,
    /// Its controlling terminal.
    pub terminal: Option<Arc<Terminal>>,
    /// The group that was in the foreground when a session leader lost its terminal, 0 for none: it is
    /// told when the leader ends.
    pub lost_foreground: i32,
}

impl Relations {
    /// Those of a process that leads its own session.
    #[must_use]
    pub const fn leader(pid: i32) -> Self {
        Self { parent: None, pgid: pid, sid: pid, terminal: None, lost_foreground: 0 }
    }
}

/// What a process executes.
#[derive(Clone, Debug)]
pub struct ProgramImage {
    /// The file (`/proc/PID/exe`).
    pub executable: Path,
    /// Where arguments, environment and auxiliary vector lie in its memory.
    pub places: StackPlaces,
}

/// How far a process has come.
#[derive(Clone, Copy, Debug, Default)]
struct Life {
    /// How it ended, once its last thread has.
    status: Option<ExitStatus>,
    /// How its first thread ended, if others go on.
    leader_status: Option<ExitStatus>,
    /// It has ended and waits for its parent.
    zombie: bool,
    /// The last stop or continuation that the parent has not waited for.
    event: Option<ChildEvent>,
}

/// A process: what its threads share.
#[derive(Debug)]
pub struct Process {
    pid: i32,
    memory: SpinLock<Arc<MemoryMap>>,
    /// Its threads, by the order in which they were made.
    threads: SpinLock<BTreeMap<u64, Weak<Thread>>>,
    /// The first thread, once it has ended: it stands for the process until that is reaped.
    ended_leader: SpinLock<Option<Arc<Thread>>>,
    life: SpinLock<Life>,
    /// Sent to the parent when the process ends; `None` for none (clone(2)).
    exit_signal: SpinLock<Option<Signal>>,
    /// Which of the parent's threads it is a child of, by the order in which they were made.
    parent_thread: AtomicU64,
    /// Its children, also those that have ended and were not waited for.
    pub(super) children: SpinLock<Vec<Arc<Self>>>,
    /// Woken when a child changes.
    pub child_changed: WaitQueue,
    /// Woken when the process has ended, for the descriptors that refer to it (pidfd_open(2)).
    pub ended: Arc<WaitQueue>,
    /// Woken when a thread that is not the last one has ended.
    pub(super) threads_changed: WaitQueue,
    relations: SpinLock<Relations>,
    /// The number of [`Relations::parent`], to read it without a lock.
    parent_pid: AtomicI32,
    /// What was sent to it, and what it does about signals.
    pub signals: SpinLock<ProcessSignals>,
    /// Woken when a signal arrives, for the files that show signals (signalfd(2)).
    pub signal_arrived: Arc<WaitQueue>,
    /// Woken when the process goes on after a stop.
    pub continued: WaitQueue,
    /// The timers of setitimer(2).
    pub interval_timers: IntervalTimers,
    /// The watch over its processor time.
    pub cpu_limit: CpuLimit,
    /// The timers of timer_create(2).
    pub posix_timers: PosixTimers,
    limits: SpinLock<Limits>,
    /// The limits in force, to read one without the lock.
    limits_in_force: [AtomicU64; Resource::COUNT],
    image: SpinLock<Option<ProgramImage>>,
    /// What prctl(2) and personality(2) set.
    pub attributes: ProcessAttributes,
    /// When it was made, in nanoseconds of `CLOCK_MONOTONIC`.
    started: u64,
    /// It has called execve(2) since it was made.
    executed: AtomicBool,
    /// Processor time of threads that have ended, in nanoseconds.
    ended_time: AtomicU64,
    /// What threads that have ended had read and written.
    ended_io: IoCount,
    /// Processor time of children that were waited for, in nanoseconds.
    children_time: AtomicU64,
    /// The most memory that was resident when it ended, in bytes.
    peak: AtomicU64,
    /// The same of the largest child that was waited for.
    children_peak: AtomicU64,
}

impl Process {
    /// A process without threads.
    #[must_use]
    pub fn new(pid: i32, memory: Arc<MemoryMap>) -> Arc<Self> {
        memory.add_user();
        Arc::new(Self {
            pid,
            memory: SpinLock::new(memory),
            threads: SpinLock::new(BTreeMap::new()),
            ended_leader: SpinLock::new(None),
            life: SpinLock::new(Life::default()),
            exit_signal: SpinLock::new(Some(SIGCHLD)),
            parent_thread: AtomicU64::new(0),
            children: SpinLock::new(Vec::new()),
            child_changed: WaitQueue::new(),
            ended: Arc::new(WaitQueue::new()),
            threads_changed: WaitQueue::new(),
            relations: SpinLock::new(Relations::leader(pid)),
            parent_pid: AtomicI32::new(0),
            signals: SpinLock::new(ProcessSignals::new(SignalHandlers::new())),
            signal_arrived: Arc::new(WaitQueue::new()),
            continued: WaitQueue::new(),
            interval_timers: IntervalTimers::new(),
            cpu_limit: CpuLimit::new(),
            posix_timers: PosixTimers::new(),
            limits: SpinLock::new(Limits::new()),
            limits_in_force: Limits::new().in_force().map(AtomicU64::new),
            image: SpinLock::new(None),
            attributes: ProcessAttributes::new(),
            started: monotonic(),
            executed: AtomicBool::new(false),
            ended_time: AtomicU64::new(0),
            ended_io: IoCount::default(),
            children_time: AtomicU64::new(0),
            peak: AtomicU64::new(0),
            children_peak: AtomicU64::new(0),
        })
    }

    /// The process's number.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.pid
    }

    /// Its memory.
    #[must_use]
    pub fn memory(&self) -> Arc<MemoryMap> {
        Arc::clone(&self.memory.lock())
    }

    /// Gives it another memory (execve(2)).
    pub fn set_memory(&self, memory: Arc<MemoryMap>) {
        memory.add_user();
        let before = core::mem::replace(&mut *self.memory.lock(), memory);
        before.remove_user();
        drop(before);
    }

    /// What it executes; `None` before its first program.
    #[must_use]
    pub fn image(&self) -> Option<ProgramImage> {
        self.image.lock().clone()
    }

    /// Says what it executes.
    pub fn set_image(&self, executable: Path, places: StackPlaces) {
        let before = self.image.lock().replace(ProgramImage { executable, places });
        drop(before);
    }

    /// Its threads, in the order in which they were made.
    #[must_use]
    pub fn threads(&self) -> Vec<Arc<Thread>> {
        self.threads.lock().values().filter_map(Weak::upgrade).collect()
    }

    /// How many threads it has.
    #[must_use]
    pub fn thread_count(&self) -> usize {
        self.threads.lock().len()
    }

    /// Adds a new thread.
    pub(super) fn add_thread(&self, thread: &Arc<Thread>) {
        self.threads.lock().insert(thread.order(), Arc::downgrade(thread));
    }

    /// Takes out a thread that ends; gives whether it was the last one.
    pub(super) fn leave(&self, thread: &Arc<Thread>, status: ExitStatus) -> bool {
        if thread.tid() == self.pid {
            self.life.lock().leader_status = Some(status);
            *self.ended_leader.lock() = Some(Arc::clone(thread));
        }
        let mut threads = self.threads.lock();
        if threads.remove(&thread.order()).is_some() {
            self.ended_time.fetch_add(thread.cpu_time(), Ordering::Relaxed);
            self.ended_io.take_over(thread.io.total());
        }
        threads.is_empty()
    }

    /// How its first thread ended, if it has.
    pub(super) fn leader_status(&self) -> Option<ExitStatus> {
        self.life.lock().leader_status
    }

    /// Says how the process ended.
    pub(super) fn set_exit_status(&self, status: ExitStatus) {
        self.life.lock().status = Some(status);
    }

    /// How the process ended, if it has.
    #[must_use]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.life.lock().status
    }

    /// Says that the process waits to be reaped.
    pub(super) fn set_zombie(&self) {
        self.life.lock().zombie = true;
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        self.life.lock().zombie
    }

    /// Keeps a stop or a continuation for the parent to wait for, in place of the one before.
    pub(super) fn set_event(&self, event: ChildEvent) {
        self.life.lock().event = Some(event);
    }

    /// The stop or continuation that was not waited for yet; taken with `take`.
    pub(super) fn event(&self, take: bool) -> Option<ChildEvent> {
        let mut life = self.life.lock();
        if take { life.event.take() } else { life.event }
    }

    /// What is sent to the parent at the end.
    #[must_use]
    pub fn exit_signal(&self) -> Option<Signal> {
        *self.exit_signal.lock()
    }

    /// Chooses what is sent to the parent at the end.
    pub(crate) fn set_exit_signal(&self, signal: Option<Signal>) {
        *self.exit_signal.lock() = signal;
    }

    /// Lets the first thread of a process that was reaped go.
    pub(super) fn forget_leader(&self) {
        let leader = self.ended_leader.lock().take();
        drop(leader);
    }

    /// The thread that stands for the process: the first one, even when it has ended; else any.
    #[must_use]
    pub fn representative(&self) -> Option<Arc<Thread>> {
        let ended = self.ended_leader.lock().clone();
        ended.or_else(|| self.threads.lock().values().find_map(Weak::upgrade))
    }

    /// The real user that it acts as, or acted as last.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.representative().map_or(0, |thread| thread.credentials().uid)
    }

    /// Takes a thread out that is being dropped without having run.
    pub(super) fn forget_thread(&self, order: u64) {
        self.threads.lock().remove(&order);
    }

    /// Its place among the others.
    #[must_use]
    pub fn relations(&self) -> Relations {
        self.relations.lock().clone()
    }

    /// Changes its place among the others.
    pub fn set_relations(&self, change: impl FnOnce(&mut Relations)) {
        let mut relations = self.relations.lock();
        change(&mut relations);
        let parent = relations.parent.as_ref().and_then(Weak::upgrade);
        self.parent_pid.store(parent.as_ref().map_or(0, |parent| parent.pid), Ordering::Relaxed);
        drop(relations);
    }

    /// Its controlling terminal (credentials(7)).
    #[must_use]
    pub fn terminal(&self) -> Option<Arc<Terminal>> {
        self.relations.lock().terminal.clone()
    }

    /// The parent, if it has one.
    #[must_use]
    pub fn parent(&self) -> Option<Arc<Self>> {
        self.relations.lock().parent.as_ref().and_then(Weak::upgrade)
    }

    /// The parent's number; 0 without one (getppid(2)).
    #[must_use]
    pub fn parent_pid(&self) -> i32 {
        self.parent_pid.load(Ordering::Relaxed)
    }

    /// Which of the parent's threads it is a child of.
    pub(super) fn parent_thread(&self) -> u64 {
        self.parent_thread.load(Ordering::Relaxed)
    }

    /// Makes it the child of one of the parent's threads.
    pub(super) fn set_parent_thread(&self, order: u64) {
        self.parent_thread.store(order, Ordering::Relaxed);
    }

    /// The first of its threads that have not ended.
    pub(super) fn first_thread(&self) -> Option<u64> {
        self.threads.lock().keys().next().copied()
    }

    /// A copy of its limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits.lock().clone()
    }

    /// Changes its limits.
    pub fn set_limits<T>(&self, change: impl FnOnce(&mut Limits) -> T) -> T {
        let mut limits = self.limits.lock();
        let result = change(&mut limits);
        for (place, limit) in self.limits_in_force.iter().zip(limits.in_force()) {
            place.store(limit, Ordering::Relaxed);
        }
        result
    }

    /// The limit in force for a resource; `u64::MAX` for none.
    #[must_use]
    pub fn limit(&self, resource: Resource) -> u64 {
        self.limits_in_force.get(resource as usize).map_or(u64::MAX, |limit| limit.load(Ordering::Relaxed))
    }

    /// When it was made, in nanoseconds of `CLOCK_MONOTONIC`.
    #[must_use]
    pub const fn started(&self) -> u64 {
        self.started
    }

    /// Whether it has called execve(2) since it was made: its parent may no longer move it to another
    /// process group (setpgid(2)).
    #[must_use]
    pub fn has_executed(&self) -> bool {
        self.executed.load(Ordering::Relaxed)
    }

    /// Says that it has called execve(2).
    pub fn set_executed(&self) {
        self.executed.store(true, Ordering::Relaxed);
    }

    /// Processor time of all its threads, also of those that have ended, in nanoseconds.
    #[must_use]
    pub fn cpu_time(&self) -> u64 {
        let ended = self.ended_time.load(Ordering::Relaxed);
        self.threads().iter().fold(ended, |sum, thread| sum.saturating_add(thread.cpu_time()))
    }

    /// What all its threads have read and written, also those that have ended.
    #[must_use]
    pub fn io(&self) -> IoTotal {
        self.threads().iter().fold(self.ended_io.total(), |sum, thread| sum + thread.io.total())
    }

    /// Processor time of children that were waited for, in nanoseconds.
    #[must_use]
    pub fn children_time(&self) -> u64 {
        self.children_time.load(Ordering::Relaxed)
    }

    /// Adds a child that was waited for, with its own children (wait(2)).
    pub(super) fn add_child(&self, child: &Self) {
        let nanoseconds = child.cpu_time().saturating_add(child.children_time());
        self.children_time.fetch_add(nanoseconds, Ordering::Relaxed);
        self.children_peak.fetch_max(child.peak_with_children(), Ordering::Relaxed);
    }

    /// Keeps the most memory that was resident, as the process ends.
    pub(super) fn set_peak(&self, bytes: u64) {
        self.peak.store(bytes, Ordering::Relaxed);
    }

    /// The most memory of a process that has ended, or of a child that it waited for, in bytes.
    #[must_use]
    pub fn peak_with_children(&self) -> u64 {
        self.peak.load(Ordering::Relaxed).max(self.children_peak())
    }

    /// The most memory of a child that it waited for, in bytes.
    #[must_use]
    pub fn children_peak(&self) -> u64 {
        self.children_peak.load(Ordering::Relaxed)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.memory.get_mut().remove_user();
        table::remove_process(self.pid);
    }
}
