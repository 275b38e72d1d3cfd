//! The one scheduler: which thread runs on which processor.
//!
//! Each processor has a queue ordered by class and virtual run time: real-time threads go first, the others share
//! what is left by nice value. With nothing to run it halts in a thread of its own, so that a blocked thread is on
//! no processor and can go on wherever it is woken.
//! Locks are taken in the order thread's placement, then queue.

mod cpu;
pub mod load;
mod mutex;
mod placement;
mod queue;
mod rank;
mod spread;
mod throttle;
mod visit;
mod wait;

#[cfg(test)]
pub(crate) use cpu::set_current;
pub use cpu::{
    MAX_CPUS, current, enter, exit_current, preempt, prepare, run_first, run_processor, schedule, spawn,
    this_cpu, timer_interrupt, yield_now,
};
pub(crate) use cpu::{finish_switch, interrupt, set_rank, wake};
pub use mutex::{Mutex, MutexGuard};
pub use placement::{Placement, RunState};
pub use rank::{
    Class, ROUND_ROBIN_SLICE, Rank, SCHED_BATCH, SCHED_DEADLINE, SCHED_FIFO, SCHED_IDLE, SCHED_OTHER,
    SCHED_RR, SLICE,
};
pub use spread::choose_cpu;
pub use visit::visit;
pub use wait::{PollEntry, WaitError, WaitQueue, Wake, block_until};
