//! Linux's binary interface: error numbers, constants and the layouts of what programs and kernel exchange.
//!
//! Principles: one file a subject; names and layouts are Linux's own (uapi headers and man pages);
//! structures derive `zerocopy`'s traits, so that they cross the border to user memory without unsafe code.
//! Constants that Linux's headers define come from [`linux_raw_sys`], re-exported as [`raw`].

#![no_std]
#![forbid(unsafe_code)]

pub mod capability;
pub mod clone;
pub mod elf;
pub mod errno;
pub mod futex;
pub mod io;
pub mod ipc;
pub mod resource;
pub mod siginfo;
pub mod signal;
pub mod signalfd;
pub mod socket;
pub mod stat;
pub mod system;
pub mod termios;
pub mod time;

pub use errno::Errno;
pub use linux_raw_sys as raw;
