//! Threads and processes.

pub mod access;
mod attributes;
pub mod clone;
pub mod cpu_limit;
mod credentials;
pub mod exit;
pub mod family;
mod fork;
mod identity;
mod io_count;
mod limits;
pub mod pidfd;
mod process;
pub mod rseq;
pub mod syscalls;
pub mod table;
mod thread;
mod user_count;
pub mod vfork;
pub mod wait;

pub use attributes::{DEFAULT_TIMER_SLACK, NAME_LENGTH, ProcessAttributes, Scheduling, ThreadAttributes};
pub use credentials::Credentials;
pub use exit::{ExitStatus, exit_group, exit_thread};
pub use family::ChildEvent;
pub use io_count::{IoCount, IoTotal};
pub use limits::Limits;
pub use process::{Process, ProgramImage, Relations};
pub use thread::{NewThread, Thread};
pub use user_count::{Counted, UserCount, UserShare};
