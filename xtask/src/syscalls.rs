//! What is made from the kernel's one list of system calls and kept with the sources: the table in `docs`, and
//! what `libtrapless` knows of the calls.

use std::fs;

use anyhow::{Result, bail};

use crate::build;
use crate::command;

/// Each file, and the example of the kernel's crate that prints it, with its argument.
const MADE: [(&str, &str, Option<&str>); 4] = [
    ("docs/syscalls.md", "syscalls", None),
    ("crates/link/c/include/trapless/calls.h", "linked", Some("c")),
    ("crates/link/c/stubs.inc", "linked", Some("stubs")),
    ("crates/link/src/number.rs", "linked", Some("rust")),
];

/// Writes the files that are not what the list says.
pub(crate) fn write() -> Result<()> {
    for (path, example, argument) in MADE {
        let (place, text) = (command::root().join(path), text(example, argument)?);
        if fs::read_to_string(&place).unwrap_or_default() != text {
            fs::write(place, text)?;
        }
    }
    Ok(())
}

/// An error if one of the files is not what the list says.
pub(crate) fn check() -> Result<()> {
    for (path, example, argument) in MADE {
        let written = fs::read_to_string(command::root().join(path)).unwrap_or_default();
        if written != text(example, argument)? {
            bail!("{path} is out of date: type `cargo xtask syscalls`");
        }
    }
    Ok(())
}

fn text(example: &str, argument: Option<&str>) -> Result<String> {
    let mut cargo = build::host_cargo("run");
    cargo.args(["--quiet", "--package", "trapless-kernel", "--example", example, "--"]);
    command::output(cargo.args(argument))
}
