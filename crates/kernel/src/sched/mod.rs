//! The one scheduler: which thread runs on which processor.
//!
//! Each processor has a queue ordered by virtual run time, so that processors' time is shared fairly; with nothing
//! to run it halts in a thread of its own, so that a blocked thread is on no processor and can go on wherever it
//! is woken.
//! Locks are taken in the order thread's placement, then queue.

mod cpu;
mod mutex;
mod placement;
mod queue;
mod spread;
mod wait;

#[cfg(test)]
pub(crate) use cpu::set_current;
pub use cpu::{
    MAX_CPUS, current, enter, exit_current, preempt, prepare, run_first, run_processor, schedule, spawn,
    this_cpu, timer_interrupt, yield_now,
};
pub(crate) use cpu::{finish_switch, interrupt, wake};
pub use mutex::{Mutex, MutexGuard};
pub use placement::{Placement, RunState};
pub use spread::choose_cpu;
pub use wait::{PollEntry, WaitError, WaitQueue, Wake, block_until};
