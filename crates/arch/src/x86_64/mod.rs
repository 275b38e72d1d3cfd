//! x86-64.

pub mod call;
pub mod context;
pub mod copy;
pub mod cpu;
pub mod entry;
pub mod frame;
#[cfg(target_os = "none")]
pub mod gate;
#[cfg(target_os = "none")]
pub mod memory;
pub mod signal_frame;
mod stack;
mod unwind;
pub mod xstate;
