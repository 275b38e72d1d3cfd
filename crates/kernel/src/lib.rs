//! The one core: tasks, memory, files, signals, time, and the system calls over them.
//!
//! Principles: no unsafe code; the core knows no machine, it asks [`machine::Machine`]; what a program
//! gave is an allegation until it is checked; names are Linux's.
//!
//! | module | what it holds |
//! |---|---|
//! | [`machine`] | all that the core asks of a machine |
//! | [`syscalls`] | the one list of system calls, dispatch, arguments |
//! | [`sched`] | which thread runs where; waiting; locks that may wait |
//! | [`task`] | threads, processes, credentials |
//! | [`signal`] | sending, blocking and handling signals |
//! | [`mm`] | physical frames; a program's memory |
//! | [`fs`] | inodes, file systems, open files, descriptors |
//! | [`system`] | names, random numbers, the administrator's calls |
//! | [`ipc`] | futexes |
//! | [`net`] | sockets |
//! | [`time`] | clocks and timers |
//! | [`boot`] | from a machine that runs to a world with its first program |
//! | [`user`], [`io`] | programs' memory, and buffers in it |
//! | `trap` | faults of programs, and the work on the way out |
//! | [`log`] | messages to the person who started the kernel |

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod boot;
pub mod fs;
pub mod io;
pub mod ipc;
pub mod loader;
pub mod log;
pub mod machine;
pub mod mm;
pub mod net;
pub mod sched;
pub mod signal;
pub mod syscalls;
pub mod system;
pub mod task;
#[cfg(test)]
pub(crate) mod testing;
pub mod time;
mod trap;
pub mod tty;
pub mod user;

pub use trap::{Trap, external_signal, fault, work_on_exit};
