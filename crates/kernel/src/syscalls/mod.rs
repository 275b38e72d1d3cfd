//! The one list of system calls, their dispatch, and their arguments.
//!
//! To add a call is to add a row to `list.rs` and a function.

mod arguments;
mod counters;
mod current;
mod decoders;
mod dispatch;
mod list;
mod names;
#[cfg(test)]
mod numbers;
mod observe;
mod outcome;
pub mod report;
mod statistics;
pub mod trace;

pub use arguments::{Argument, Fd, Id, Registers, SignedArgument};
pub use current::Current;
pub use dispatch::{Row, dispatch};
pub use list::{ROWS, number};
pub use observe::Entrance;
pub use outcome::Outcome;
pub use statistics::{Gap, RecentCalls, count_gap, recent, unknown_calls};
