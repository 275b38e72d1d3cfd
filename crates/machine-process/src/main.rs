//! The process machine: the kernel as an ordinary, unprivileged Linux process.
//!
//! It is a small paravirtual computer: processors are host threads, interrupts are host signals, traps
//! are SIGSYS and the fault signals, physical memory is one memory file that all host processes share,
//! an address space is a host process. Host calls are made from this image's text only.
//!
//! | module | what it holds |
//! |---|---|
//! | `start`, `boot` | from the host's first instruction to a running kernel |
//! | `layout` | where everything lies |
//! | `host` | the host's calls, and which of them are allowed |
//! | `memory`, `heap` | the memory file, the kernel's heap |
//! | `space`, `host_process`, `seat` | address spaces; the host processes that they are; their threads |
//! | `processor` | virtual processors: kicks, timers, halting |
//! | `trap` | host signals that enter the kernel |
//! | `seccomp` | the walls around the program |
//! | `files` | the host's files |
//! | `machine` | all of it, as the core sees it |
//! | `panic` | the end of a broken kernel |

#![no_std]
#![no_main]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the machine is 64 bits wide, and the host's calls take descriptors and numbers as words"
)]

extern crate alloc;

mod boot;
mod clock;
mod files;
mod heap;
mod host;
mod host_process;
mod layout;
mod machine;
mod memory;
mod panic;
mod pin;
mod processor;
mod seat;
mod seccomp;
mod space;
mod start;
mod trap;
