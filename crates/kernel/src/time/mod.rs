//! Clocks, timers and sleeping.

mod clock;
mod posix;
mod posix_syscalls;
mod sleep;
pub mod syscalls;
mod timerfd;
pub mod timers;
pub mod vdso;

pub use clock::{Clock, realtime};
pub use posix::PosixTimers;
