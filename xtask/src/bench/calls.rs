//! What calls cost: the same as `trapless bench`.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command;

/// Measures and prints one line an operation.
pub(super) fn run(launcher: &Path) -> Result<()> {
    command::check(Command::new(launcher).arg("bench"))
}
