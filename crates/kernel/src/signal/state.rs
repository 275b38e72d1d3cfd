//! What a thread and a process keep about signals.
//!
//! Locks are taken in the order: a process's signals, its list of threads, a thread's signals, handlers.
//! Wake-ups come after them all.

use alloc::boxed::Box;
use alloc::sync::Arc;

use abi::signal::{Signal, SignalSet, SignalStack};

use super::{PendingQueue, SignalHandlers};
use crate::syscalls::{Current, Outcome};
use crate::task::ExitStatus;

/// How restart_syscall(2) goes on with a call whose arguments have changed since it began.
pub type Restart = Box<dyn FnOnce(&Current<'_>) -> Outcome + Send + Sync>;

/// The trap that a thread's last fault was, as signal frames show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrapState {
    /// The processor's number of the trap.
    pub number: u64,
    /// Its error code.
    pub error_code: u64,
    /// The address of the last page fault.
    pub address: u64,
}

/// A thread's signals.
pub struct ThreadSignals {
    /// What is blocked. Change it through [`Thread::set_signal_mask`](crate::task::Thread::set_signal_mask).
    pub(crate) mask: SignalSet,
    /// The mask to go back to when the call that changed it for its time is over.
    pub(crate) saved_mask: Option<SignalSet>,
    /// What rt_sigtimedwait(2) takes although it is blocked.
    pub(crate) awaited: SignalSet,
    /// What was sent to this thread.
    pub(crate) pending: PendingQueue,
    /// The alternate stack.
    pub(crate) stack: SignalStack,
    /// How restart_syscall(2) goes on.
    pub(crate) restart: Option<Restart>,
    /// The last trap.
    pub(crate) trap: TrapState,
    /// The thread is ending and takes no more signals of its process.
    pub(crate) exiting: bool,
    /// How the thread alone shall end, once that is decided (exit(2), another thread's execve(2)).
    pub(crate) fate: Option<ExitStatus>,
}

impl ThreadSignals {
    /// The signals of a process's first thread.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            mask: SignalSet::EMPTY,
            saved_mask: None,
            awaited: SignalSet::EMPTY,
            pending: PendingQueue::new(),
            stack: SignalStack { ss_flags: 0, ..SignalStack::NONE },
            restart: None,
            trap: TrapState { number: 0, error_code: 0, address: 0 },
            exiting: false,
            fate: None,
        }
    }

    /// The signals of a new thread or child: the mask goes on; the alternate stack goes on unless the
    /// child shares the memory (clone(2)).
    #[must_use]
    pub const fn for_child(&self, keep_stack: bool) -> Self {
        let mut child = Self::new();
        child.mask = self.mask;
        child.trap = self.trap;
        if keep_stack {
            child.stack = self.stack;
        }
        child
    }

    /// Whether the thread would handle this signal of its process.
    #[must_use]
    pub(crate) const fn wants(&self, signal: Signal) -> bool {
        !self.exiting && (!self.mask.contains(signal) || self.awaited.contains(signal))
    }

    /// What is blocked.
    #[must_use]
    pub const fn mask(&self) -> SignalSet {
        self.mask
    }

    /// What is pending for this thread alone.
    #[must_use]
    pub const fn pending(&self) -> SignalSet {
        self.pending.set()
    }

    /// The alternate stack.
    #[must_use]
    pub const fn stack(&self) -> SignalStack {
        self.stack
    }
}

impl Default for ThreadSignals {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for ThreadSignals {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "ThreadSignals(mask {:?}, pending {:?})", self.mask, self.pending.set())
    }
}

/// A process's signals.
#[derive(Debug)]
pub struct ProcessSignals {
    /// What was sent to the process.
    pub(crate) pending: PendingQueue,
    /// What is done about each signal.
    pub(crate) handlers: Arc<SignalHandlers>,
    /// A thread has taken a signal that stops, and neither `SIGCONT` nor `SIGKILL` was sent since (Linux's
    /// `JOBCTL_STOP_DEQUEUED`).
    pub(crate) stop_taken: bool,
    /// The signal that stopped the process; its threads wait until it is gone.
    pub(crate) stopped: Option<Signal>,
    /// How many of its threads wait so.
    pub(crate) stopped_threads: usize,
    /// How all of its threads shall end, once that is decided (exit_group(2), a fatal signal).
    pub(crate) group_exit: Option<ExitStatus>,
}

impl ProcessSignals {
    /// A new process's signals.
    #[must_use]
    pub const fn new(handlers: Arc<SignalHandlers>) -> Self {
        Self {
            pending: PendingQueue::new(),
            handlers,
            stop_taken: false,
            stopped: None,
            stopped_threads: 0,
            group_exit: None,
        }
    }

    /// Whether its threads have to look, pending signals or not.
    #[must_use]
    pub(crate) const fn concerns_all(&self) -> bool {
        self.stopped.is_some() || self.group_exit.is_some()
    }

    /// What is pending for the process as a whole.
    #[must_use]
    pub const fn pending(&self) -> SignalSet {
        self.pending.set()
    }

    /// What is done about each signal.
    #[must_use]
    pub const fn handlers(&self) -> &Arc<SignalHandlers> {
        &self.handlers
    }

    /// The signal that stopped the process, if it is stopped.
    #[must_use]
    pub const fn stopped(&self) -> Option<Signal> {
        self.stopped
    }
}
