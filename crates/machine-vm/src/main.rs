//! The vm machine: the kernel that boots by itself in a virtual machine.
//!
//! It is started by any PVH loader, owns the processor, and serves programs from the upper half of every
//! address space. Programs run at the kernel's own level: SYSCALL comes in on the thread's kernel stack, the
//! way out is a jump, interrupts stand on stacks of their own. The kernel runs with interrupts on; a gate
//! that hits it only sets a flag.
//!
//! | module | what it holds |
//! |---|---|
//! | `start`, `boot`, `pvh`, `command_line` | from the loader to a running kernel |
//! | `layout` | where everything lies |
//! | `physical`, `paging`, `heap` | memory |
//! | `space` | address spaces |
//! | `processor`, `descriptors` | processors and the tables that they demand |
//! | `further` | starting all processors but the first |
//! | `trap` | gates and SYSCALL |
//! | `apic`, `clock` | interrupts, the timer, time |
//! | `serial`, `port`, `console` | the console |
//! | `machine` | all of it, as the core sees it |
//! | `random`, `power`, `panic`, `symbols` | chance, and the end |

#![no_std]
#![no_main]
#![expect(
    clippy::cast_possible_truncation,
    reason = "the machine is 64 bits wide, and devices take numbers apart"
)]

extern crate alloc;

mod apic;
mod boot;
mod clock;
mod command_line;
mod console;
mod descriptors;
mod further;
mod heap;
mod layout;
mod machine;
mod paging;
mod panic;
mod physical;
mod port;
mod power;
mod processor;
mod pvh;
mod random;
mod serial;
mod space;
mod start;
mod symbols;
mod trap;
