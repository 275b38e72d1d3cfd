//! The command itself: what its options do, and how streams, signals and the terminal pass through it.
//!
//! Linux knows no such command, so here the expected words stand in the tests.

mod check;
mod gdb;
mod linked;
mod options;
mod signals;
mod streams;
mod terminal;

use crate::hostile::Check;

/// The groups of checks.
pub(crate) const CHECKS: &[Check] = &[
    Check { id: "command/options", judge: options::options },
    Check { id: "command/check", judge: check::check },
    Check { id: "command/gdb", judge: gdb::gdb },
    Check { id: "command/strace", judge: options::strace },
    Check { id: "command/linked", judge: linked::linked },
    Check { id: "command/streams", judge: streams::streams },
    Check { id: "command/signals", judge: signals::signals },
    Check { id: "command/terminal", judge: terminal::terminal },
];

/// The static program that most checks run.
const BUSYBOX: &str = "/bin/busybox";
