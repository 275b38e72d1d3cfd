//! What depends on the processor: the register frame, the way in and out of the kernel, the switch
//! between threads, extended state, and copies to and from programs' memory.
//!
//! Principles: one folder an architecture with the same file names in each; unsafe code that touches
//! registers lives here and nowhere else; nothing here knows which machine it runs on.
//!
//! | module | what it holds |
//! |---|---|
//! | `frame` | all registers of a program at the moment it entered the kernel |
//! | `cpu` | the per-processor block behind the GS base, and the FS base of programs |
//! | `entry` | from a trap into the kernel, and the restartable way out |
//! | `call` | from a patched system call site into the kernel and back |
//! | `gate` | ways in for a kernel that owns the processor |
//! | `context` | a kernel stack and the switch between two of them |
//! | `stack` | the memory of kernel stacks, and the list of them for debuggers
//! | `unwind` | what unwinders are told about the entries
//! | `xstate` | vector and floating-point state |
//! | `signal_frame` | what a signal handler finds on its stack |
//! | `copy` | user memory, with the exception table |
//! | `memory` | `memcpy` and its family for the freestanding target |

#![no_std]

extern crate alloc;

#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "x86_64")]
pub use x86_64::{call, context, copy, cpu, entry, frame, signal_frame, xstate};
#[cfg(all(target_arch = "x86_64", target_os = "none"))]
pub use x86_64::{gate, memory};

pub use context::Context;
pub use cpu::running;
pub use frame::RegisterFrame;
