//! From a machine that runs to a world with its first program.
//!
//! | module | what it holds |
//! |---|---|
//! | `command_line` | what the world shall be, as the launcher wrote it |
//! | `world`, `system_tree` | the tree of files |
//! | `archive` | files that the machine was started with |
//! | `streams` | standard input, output and error |
//! | `first` | the first process |

mod archive;
mod command_line;
mod first;
mod streams;
mod system_tree;
mod world;

use alloc::boxed::Box;
use core::fmt::Write;

use crate::log::Line;
use crate::machine::machine;

pub use command_line::{CommandLineError, Config, Limit, Volume, number_of};
pub use first::Failure;

/// What programs are told about the hardware through the auxiliary vector (getauxval(3)).
#[derive(Clone, Copy, Debug, Default)]
pub struct Hardware {
    /// `AT_HWCAP`.
    pub hardware_capabilities: u64,
    /// `AT_HWCAP2`.
    pub hardware_capabilities_2: u64,
    /// `AT_MINSIGSTKSZ`.
    pub minimal_signal_stack: u64,
}

static HARDWARE: sync::Once<Hardware> = sync::Once::new();

/// What the machine told about the hardware.
#[must_use]
pub fn hardware() -> Hardware {
    HARDWARE.get().copied().unwrap_or_default()
}

/// Makes the world that the command line describes and runs its first program; never comes back. A
/// failure is told in one line and ends the machine with status 125 (ours), 126 (the program cannot be
/// executed) or 127 (it was not found).
pub fn start<'a>(words: impl IntoIterator<Item = &'a [u8]>, hardware: Hardware) -> ! {
    let _ = HARDWARE.set(hardware);
    let failure = match Config::parse(words) {
        Ok(config) => first::run(config),
        Err(error) => {
            let mut line = Box::new(Line::new());
            let _ = writeln!(line, "trapless: the kernel's command line: {error}");
            Failure { line, status: Failure::OURS }
        }
    };
    machine().log(failure.line.as_bytes());
    machine().power_off(failure.status)
}
