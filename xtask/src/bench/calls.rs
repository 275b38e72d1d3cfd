//! What system calls cost: one program, run on Linux and on Trapless, side by side.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::packages;

/// Measures and prints one line a call.
pub(super) fn run(launcher: &Path) -> Result<()> {
    let program = compile()?;
    let linux = measure(&mut Command::new(&program))?;
    let trapless = measure(Command::new(launcher).args(["run", "--"]).arg(&program))?;
    println!("system calls, the best of 7 batches each");
    println!("  {:<28} {:>12} {:>12} {:>12} {:>8}", "", "Linux", "Trapless", "Trapless", "ratio");
    for (linux, trapless) in linux.iter().zip(&trapless) {
        println!(
            "  {:<28} {:>9.1} ns {:>9.1} ns {:>5.0} cycles {:>8.2}",
            linux.name,
            linux.nanoseconds,
            trapless.nanoseconds,
            trapless.cycles,
            trapless.nanoseconds / linux.nanoseconds
        );
    }
    Ok(())
}

/// Compiles the program statically, so that nothing but the calls differs.
fn compile() -> Result<PathBuf> {
    packages::ensure(packages::COMPILE)?;
    let folder = command::root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let (source, program) = (command::root().join("tests/bench/calls.c"), folder.join("calls"));
    command::check(Command::new("gcc").args(["-O2", "-Wall", "-static", "-o"]).arg(&program).arg(source))?;
    Ok(program)
}

/// One line of what the program prints.
struct Cost {
    name: String,
    nanoseconds: f64,
    cycles: f64,
}

impl Cost {
    fn read(line: &str) -> Option<Self> {
        let mut fields = line.split('\t');
        let name = fields.next()?.to_owned();
        let mut number = || fields.next()?.parse().ok();
        Some(Self { name, nanoseconds: number()?, cycles: number()? })
    }
}

fn measure(program: &mut Command) -> Result<Vec<Cost>> {
    let printed = command::output(program)?;
    printed
        .lines()
        .map(|line| Cost::read(line).with_context(|| format!("not a measurement: {line}")))
        .collect()
}
