//! Signals (signal(7)).
//!
//! A signal is sent to a thread or to a process ([`send_to_thread`], [`send_to_process`]), waits in a queue
//! until a thread that does not block it is on its way back to its program, and is handled there.
//! [`crate::task::Thread::has_pending_signal`] is the one flag that says "look": waits end on it, and the
//! way out looks at it; whoever changes a queue or a mask keeps it true.

mod action;
mod deliver;
mod frame;
pub mod interval;
mod mask;
mod queue;
mod restart;
mod send;
pub mod signalfd;
mod stack;
mod state;
pub mod syscalls;
#[cfg(test)]
mod tests;

pub use action::SignalHandlers;
pub(crate) use deliver::{handle, is_orphaned, thread_left};
pub use frame::rt_sigreturn;
pub use mask::{take_signal, with_mask};
pub use queue::{PendingQueue, QueueSlot};
pub use restart::restart_syscall;
pub(crate) use send::force;
pub use send::{
    force_fault, has_deliverable, pending, recalculate, send_to_group, send_to_process, send_to_thread,
};
pub use stack::sigaltstack;
pub use state::{ProcessSignals, Restart, ThreadSignals, TrapState};
