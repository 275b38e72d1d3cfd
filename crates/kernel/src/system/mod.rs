//! The system as a whole: its names, uptime, random numbers, and calls that only an administrator makes.

mod names;
pub mod syscalls;

pub use names::{RELEASE, SYSNAME, VERSION, domain_name, host_name, set_domain_name, set_host_name};

/// What uname(2) calls the processor.
#[cfg(target_arch = "x86_64")]
pub const MACHINE: &[u8] = b"x86_64";
#[cfg(target_arch = "aarch64")]
/// What uname(2) calls the processor.
pub const MACHINE: &[u8] = b"aarch64";
