//! `cargo xtask bench`: measurements on the reader's own machine, beside its Linux, in the same run.
//!
//! Benchmarks are programs, not tests: a goal that is missed is said, and fails nothing.

mod calls;
mod memory;
mod startup;

use std::path::Path;

use anyhow::{Result, bail};

use crate::build::{self, Profile};
use crate::packages;

/// One benchmark: its name, and what measures and prints it with the launcher at hand.
type Benchmark = (&'static str, fn(&Path) -> Result<()>);

const ALL: &[Benchmark] = &[("startup", startup::run), ("memory", memory::run), ("calls", calls::run)];

/// The smallest program there is: static, and done at once.
const TRUE: [&str; 2] = ["/bin/busybox", "true"];

/// Runs the benchmark of that name, or all.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    let chosen: Vec<_> = ALL.iter().filter(|(known, _)| name.is_none_or(|name| name == *known)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = ALL.iter().map(|(name, _)| *name).collect();
        bail!("no benchmark '{}': there are {}", name.unwrap_or_default(), names.join(", "));
    }
    packages::ensure(packages::BENCH)?;
    let launcher = build::launcher(Profile::Release)?.program;
    for (_, measure) in chosen {
        measure(&launcher)?;
    }
    Ok(())
}
