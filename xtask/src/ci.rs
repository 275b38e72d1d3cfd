//! `cargo xtask ci`: what must hold before a change lands, the quick checks first.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::build::{self, Machine, Profile};
use crate::command;
use crate::packages;
use crate::syscalls;
use crate::test;
use crate::toolchain::Toolchain;
use crate::verify;

/// Runs every check to its end, so that one run shows all that is wrong.
pub(crate) fn run() -> Result<()> {
    let mut outcomes = lints()?;
    outcomes.extend([
        step("the kernels' machine code", || {
            for machine in Machine::ALL {
                verify::kernel(&build::kernel(machine, Profile::Dev)?)?;
                verify::kernel(&build::kernel(machine, Profile::Release)?)?;
            }
            Ok(())
        }),
        step("tests", || test::run(Profile::Dev, test::Choice::ALL)),
        step("tests: vm", || test::run(Profile::Dev, test::Choice::OF_VM)),
    ]);
    judge(&outcomes)
}

/// Formatting, lints and documentation: what says something before anything is run.
pub(crate) fn lint() -> Result<()> {
    judge(&lints()?)
}

fn lints() -> Result<Vec<bool>> {
    let toolchain = Toolchain::find()?;
    if !command::succeeds(toolchain.cargo("clippy").arg("--version")) {
        packages::ensure(packages::LINTS)?;
    }
    Ok(vec![
        step("formatting", || command::check(build::host_cargo("fmt").args(["--all", "--check"]))),
        step("lints: kernels", || command::check(deny_warnings(of_kernels(&mut toolchain.cargo("clippy"))))),
        step("lints: host", || command::check(deny_warnings(host("clippy").arg("--all-targets")))),
        step("the files made from the list of system calls", syscalls::check),
        step("documentation: kernels", || {
            command::check(of_kernels(&mut toolchain.cargo("doc")).arg("--no-deps"))
        }),
        step("documentation: host", || {
            command::check(host("doc").arg("--no-deps").env("RUSTDOCFLAGS", "-Dwarnings"))
        }),
    ])
}

fn judge(outcomes: &[bool]) -> Result<()> {
    match outcomes.iter().filter(|passed| !**passed).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} checks failed", outcomes.len()),
    }
}

/// Cargo for the kernels, without the host's crates.
fn of_kernels(cargo: &mut Command) -> &mut Command {
    cargo.arg("--quiet");
    for machine in Machine::ALL {
        cargo.args(["--package", machine.package()]);
    }
    cargo
}

/// Cargo for every crate of the workspace but those that only the kernels' target compiles.
fn host(subcommand: &str) -> Command {
    let mut cargo = build::host_cargo(subcommand);
    cargo.args(["--quiet", "--workspace"]);
    build::exclude_kernels(&mut cargo);
    cargo
}

fn deny_warnings(clippy: &mut Command) -> &mut Command {
    clippy.args(["--", "-Dwarnings"])
}

/// Does one check and says how it went and how long it took.
fn step(name: &str, work: impl FnOnce() -> Result<()>) -> bool {
    eprintln!("== {name}");
    let start = Instant::now();
    let outcome = work();
    let seconds = start.elapsed().as_secs_f64();
    match &outcome {
        Ok(()) => eprintln!("== {name}: passed, {seconds:.1} s"),
        Err(error) => eprintln!("== {name}: FAILED, {seconds:.1} s: {error:#}"),
    }
    outcome.is_ok()
}
