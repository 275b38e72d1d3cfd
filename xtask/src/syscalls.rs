//! `docs/syscalls.md`: the table of system calls, made from the kernel's one list.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::build;
use crate::command;

/// Writes the table.
pub(crate) fn write() -> Result<()> {
    fs::write(place(), table()?)?;
    Ok(())
}

/// An error if the table is not what the list says.
pub(crate) fn check() -> Result<()> {
    let written = fs::read_to_string(place()).unwrap_or_default();
    ensure!(written == table()?, "docs/syscalls.md is out of date: type `cargo xtask syscalls`");
    Ok(())
}

fn place() -> PathBuf {
    command::root().join("docs/syscalls.md")
}

fn table() -> Result<String> {
    let mut cargo = build::host_cargo("run");
    command::output(cargo.args(["--quiet", "--package", "trapless-kernel", "--example", "syscalls"]))
}
