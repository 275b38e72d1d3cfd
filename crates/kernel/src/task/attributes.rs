//! What prctl(2), personality(2) and the scheduling calls set on threads and processes.

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering};

use sync::SpinLock;

use crate::sched::Rank;

/// Bytes of a thread's name with its zero (`TASK_COMM_LEN`).
pub const NAME_LENGTH: usize = 16;
/// How much later than asked a sleep may end: Linux's default, in nanoseconds.
pub const DEFAULT_TIMER_SLACK: u64 = 50_000;

/// A scheduling policy and its parameters (sched(7)), as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduling {
    /// `SCHED_OTHER` and its like.
    pub policy: u32,
    /// Priority of `SCHED_FIFO` and `SCHED_RR`, else 0.
    pub priority: u32,
    /// −20 (most entitled) to 19.
    pub nice: i32,
    /// `SCHED_FLAG_RESET_ON_FORK`.
    pub reset_on_fork: bool,
    /// Runtime, deadline and period of `SCHED_DEADLINE`, in nanoseconds.
    pub deadline: [u64; 3],
    /// The I/O priority (ioprio_set(2)).
    pub io_priority: u32,
    /// The processors that the thread may run on, a bit each.
    pub affinity: u64,
}

impl Scheduling {
    /// `SCHED_OTHER` at nice 0 on any processor.
    pub const ORDINARY: Self = Self {
        policy: 0,
        priority: 0,
        nice: 0,
        reset_on_fork: false,
        deadline: [0; 3],
        io_priority: 0,
        affinity: u64::MAX,
    };

    /// What it means to the scheduler.
    #[must_use]
    pub fn rank(&self) -> Rank {
        Rank::new(self.policy, self.priority, self.nice)
    }
}

/// What belongs to one thread.
#[derive(Debug)]
pub struct ThreadAttributes {
    /// The name (`PR_SET_NAME`), filled up with zeros.
    pub name: SpinLock<[u8; NAME_LENGTH]>,
    /// Signal when the parent dies (`PR_SET_PDEATHSIG`), or 0.
    pub parent_death_signal: AtomicI32,
    /// `PR_SET_NO_NEW_PRIVS`.
    pub no_new_privileges: AtomicBool,
    /// `PR_SET_TIMERSLACK`, in nanoseconds.
    pub timer_slack: AtomicU64,
    /// The list head that set_robust_list(2) was given.
    pub robust_list: AtomicU64,
    /// The memory policy (set_mempolicy(2)): its mode.
    pub memory_policy: AtomicU32,
    /// Scheduling parameters.
    pub scheduling: SpinLock<Scheduling>,
}

impl ThreadAttributes {
    /// A new thread's attributes.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            name: SpinLock::new([0; NAME_LENGTH]),
            parent_death_signal: AtomicI32::new(0),
            no_new_privileges: AtomicBool::new(false),
            timer_slack: AtomicU64::new(DEFAULT_TIMER_SLACK),
            robust_list: AtomicU64::new(0),
            memory_policy: AtomicU32::new(0),
            scheduling: SpinLock::new(Scheduling::ORDINARY),
        }
    }

    /// Takes over what a new thread or child has from the one that makes it (clone(2), prctl(2)).
    pub fn inherit(&self, parent: &Self) {
        *self.name.lock() = *parent.name.lock();
        let no_new_privileges = parent.no_new_privileges.load(Ordering::Relaxed);
        self.no_new_privileges.store(no_new_privileges, Ordering::Relaxed);
        self.timer_slack.store(parent.timer_slack.load(Ordering::Relaxed), Ordering::Relaxed);
        self.memory_policy.store(parent.memory_policy.load(Ordering::Relaxed), Ordering::Relaxed);
        let mut scheduling = *parent.scheduling.lock();
        if scheduling.reset_on_fork {
            scheduling = Scheduling { affinity: scheduling.affinity, ..Scheduling::ORDINARY };
        }
        *self.scheduling.lock() = scheduling;
    }

    /// Gives the thread a name; what does not fit is cut.
    pub fn set_name(&self, name: &[u8]) {
        let mut new = [0; NAME_LENGTH];
        for (place, byte) in new.iter_mut().take(NAME_LENGTH - 1).zip(name) {
            *place = *byte;
        }
        *self.name.lock() = new;
    }

    /// The name without its zeros.
    #[must_use]
    pub fn name(&self) -> alloc::vec::Vec<u8> {
        let name = *self.name.lock();
        name.iter().copied().take_while(|&byte| byte != 0).collect()
    }
}

impl Default for ThreadAttributes {
    fn default() -> Self {
        Self::new()
    }
}

/// What belongs to a whole process.
#[derive(Debug)]
pub struct ProcessAttributes {
    /// `PR_SET_DUMPABLE`: 0 no, 1 yes, 2 for root only.
    pub dumpable: AtomicU32,
    /// `PR_SET_CHILD_SUBREAPER`.
    pub child_subreaper: AtomicBool,
    /// personality(2).
    pub personality: AtomicU32,
    /// `PR_SET_THP_DISABLE`.
    pub huge_pages_disabled: AtomicBool,
    /// /proc/PID/oom_score_adj: −1000 to 1000.
    pub oom_score_adjustment: AtomicI32,
    /// /proc/PID/coredump_filter: which kinds of memory a core file would hold.
    pub core_filter: AtomicU32,
}

impl ProcessAttributes {
    /// A new process's attributes.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            dumpable: AtomicU32::new(1),
            child_subreaper: AtomicBool::new(false),
            personality: AtomicU32::new(0),
            huge_pages_disabled: AtomicBool::new(false),
            oom_score_adjustment: AtomicI32::new(0),
            core_filter: AtomicU32::new(0x33),
        }
    }
}

impl ProcessAttributes {
    /// Takes over what a child has from its parent (fork(2)).
    pub fn inherit(&self, parent: &Self) {
        let copy =
            |to: &AtomicU32, from: &AtomicU32| to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        copy(&self.dumpable, &parent.dumpable);
        copy(&self.personality, &parent.personality);
        copy(&self.core_filter, &parent.core_filter);
        let disabled = parent.huge_pages_disabled.load(Ordering::Relaxed);
        self.huge_pages_disabled.store(disabled, Ordering::Relaxed);
        let adjustment = parent.oom_score_adjustment.load(Ordering::Relaxed);
        self.oom_score_adjustment.store(adjustment, Ordering::Relaxed);
    }
}

impl Default for ProcessAttributes {
    fn default() -> Self {
        Self::new()
    }
}
