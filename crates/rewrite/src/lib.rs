//! System call sites: proving what stands around a `syscall` instruction, and planning the jump that
//! replaces it. Bytes in, plans out; nothing here changes a program.
//!
//! Principles: a site is patched when it is *proved* that no execution can see the difference, else it is
//! left as it is, with the reason. Instructions are found by decoding from a place that is known to be
//! one (a function's start, or the `syscall` that was just executed), never by a pattern of bytes.
//!
//! There are three forms (`docs/decisions/0002-patched-sites.md`):
//!
//! - [`Form::Before`]: the instruction directly before is at least as long as a jump, in most cases
//!   `mov $number,%eax`. The jump replaces it alone; the `syscall` stays, for whoever jumps to it.
//! - [`Form::Over`]: the jump replaces the `syscall` and what follows. The displaced instructions move to
//!   the stub. The stub's address is chosen so that, wherever a displaced instruction began, the jump has a
//!   byte that is no instruction: who jumps there faults, and is sent to the moved copy.
//! - [`Declined`]: the site keeps trapping.
//!
//! | module | what it holds |
//! |---|---|
//! | [`function`] | where functions begin and end |
//! | [`frames`] | functions from the unwinding tables (`.eh_frame`) |
//! | [`symbols`] | functions from an ELF file's symbols |
//! | [`flow`] | which bytes of a function are instructions, and where its jumps go |
//! | [`mod@plan`] | what to do with a site |
//! | [`reach`] | where a stub may lie |
//! | [`stub`] | the stub's code, and how its addresses and the program's belong together |
//! | [`survey`] | sites in a file that does not run |
//! | [`number`] | which call a site makes |

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod flow;
pub mod frames;
pub mod function;
pub mod number;
pub mod plan;
pub mod reach;
pub mod stub;
pub mod survey;
pub mod symbols;

pub use function::{Bytes, Function};
pub use plan::{Declined, Form, Plan, Text, plan};
pub use stub::Patch;
