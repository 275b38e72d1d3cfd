//! What enters the kernel besides system calls, and what is done on the way out.

use alloc::sync::Arc;

use abi::siginfo::{SI_USER, SigInfo};
use abi::signal::{SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGTSTP, SIGWINCH, Signal};
use arch::RegisterFrame;

use crate::mm::{self, Access, FaultOutcome, pressure, sites};
use crate::sched;
use crate::signal::{self, TrapState};
use crate::task::exit::FIRST_PROCESS;
use crate::task::{self, Thread, table};
use crate::tty;

/// A fault of a program, as the machine tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap {
    /// The signal that it becomes when nothing can be done about it.
    pub signal: i32,
    /// `si_code`.
    pub code: i32,
    /// `si_addr`.
    pub address: u64,
    /// The processor's number of the trap (14: page fault).
    pub number: u64,
    /// The processor's error code.
    pub error_code: u64,
    /// The address that a page fault was about.
    pub cr2: u64,
}

impl Trap {
    /// A page fault's number.
    pub const PAGE_FAULT: u64 = 14;

    /// The kind of access that caused a page fault.
    #[must_use]
    pub const fn access(&self) -> Access {
        const WRITE: u64 = 1 << 1;
        const FETCH: u64 = 1 << 4;
        if self.error_code & FETCH != 0 {
            Access::Execute
        } else if self.error_code & WRITE != 0 {
            Access::Write
        } else {
            Access::Read
        }
    }
}

/// Does what is pending before the program goes on: timers that are due, a turn for other threads, and
/// signals until there are none. `true` when the thread has ended: its machine drops what it holds of it and
/// leaves it for good ([`sched::exit_current`]).
#[must_use]
pub fn work_on_exit(thread: &Arc<Thread>, frame: &mut RegisterFrame) -> bool {
    sched::preempt();
    pressure::relieve(thread);
    let interrupted = thread.rseq.take_stale();
    if !thread.has_pending_signal() && !interrupted {
        return false;
    }
    let real = sites::show(thread, frame);
    let shown = frame.instruction_pointer();
    if thread.rseq.is_active() && task::rseq::resume(thread, frame).is_err() {
        signal::force(thread, SigInfo::kernel(SIGSEGV), false);
    }
    while thread.has_pending_signal() {
        if let Some(status) = task::exit::fate(thread) {
            task::exit::finish(thread, status);
            return true;
        }
        signal::handle(thread, frame);
    }
    sites::hide(thread, frame, real, shown);
    false
}

/// A program faulted: brings in what is absent, else sends the signal.
pub fn fault(thread: &Arc<Thread>, frame: &mut RegisterFrame, mut trap: Trap) {
    if sites::resolve_fault(thread, frame, &mut trap) {
        return;
    }
    let (mut number, mut code) = (trap.signal, trap.code);
    let is_page_fault = trap.number == Trap::PAGE_FAULT;
    if is_page_fault {
        match mm::handle_fault(trap.cr2, trap.access()) {
            FaultOutcome::Resolved | FaultOutcome::Ended => return,
            FaultOutcome::Signal { number: better, code: reason } => (number, code) = (better, reason),
        }
    }
    let signal = Signal::new(number).unwrap_or(SIGSEGV);
    let before = thread.signals.lock().trap.address;
    let address = if is_page_fault { trap.cr2 } else { before };
    let state = TrapState { number: trap.number, error_code: trap.error_code, address };
    signal::force_fault(thread, SigInfo::fault(signal, code, trap.address), state);
}

/// A signal from outside arrived for the world: those of a terminal go to its foreground group, or to the
/// first process's; the others go to the first process alone.
pub fn external_signal(number: i32) {
    let Some((signal, first)) = Signal::new(number).zip(table::find_process(FIRST_PROCESS)) else { return };
    if matches!(signal, SIGINT | SIGQUIT | SIGTSTP | SIGWINCH | SIGHUP) {
        let foreground = tty::console().and_then(|terminal| terminal.foreground());
        let group = foreground.unwrap_or_else(|| first.relations().pgid);
        signal::send_to_group(group, SigInfo::kernel(signal));
    } else {
        // What cannot be queued is lost, as when a user sends too many.
        let _ = signal::send_to_process(&first, SigInfo::kill(signal, SI_USER, 0, 0));
    }
}
