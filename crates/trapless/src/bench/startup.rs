//! What a whole run costs: from the start of a process to its end, the launcher included.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::side::Program;
use super::{Cost, Operation};

/// The operation's name.
pub(super) const NAME: &str = "start-up";

/// What is measured here.
pub(super) fn operation() -> Operation {
    Operation {
        name: NAME.to_owned(),
        group: "processes".to_owned(),
        title: "start-up and end, static program".to_owned(),
    }
}

/// Measures once on Linux and once in a world.
pub(super) fn measure(program: &Program) -> Result<(Cost, Cost)> {
    Ok((time(&mut program.on_linux())?, time(&mut program.in_world()?)?))
}

fn time(command: &mut Command) -> Result<Cost> {
    command.arg("exit").stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().context("cannot start the program to measure")?;
    let nanoseconds = start.elapsed().as_secs_f64() * 1e9;
    if !status.success() {
        bail!("the program to measure failed ({status})");
    }
    Ok(Cost { nanoseconds, cycles: None })
}
