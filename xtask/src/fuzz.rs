//! `cargo xtask fuzz`: the rewriter's fuzzer, for as long as is asked for.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::build;
use crate::command;

/// How long each part runs unless told otherwise.
const SECONDS: u64 = 60;

/// Runs every part for so many seconds, all at the same time, and prints what they saw. A run that found
/// something is made again by its seed.
pub(crate) fn run(seconds: Option<&str>) -> Result<()> {
    let parse = |text: &str| text.parse().with_context(|| format!("'{text}': not a number of seconds"));
    let seconds = seconds.map_or(Ok(SECONDS), parse)?;
    let seed = match std::env::var("REWRITE_FUZZ_SEED") {
        Ok(seed) => seed,
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().to_string(),
    };
    println!("REWRITE_FUZZ_SEED={seed}, {seconds} s");
    let mut cargo = build::host_cargo("test");
    cargo.args(["--quiet", "--package", "trapless-rewrite", "--test", "fuzz", "--", "--nocapture"]);
    cargo.env("REWRITE_FUZZ_SECONDS", seconds.to_string()).env("REWRITE_FUZZ_SEED", seed);
    command::check(&mut cargo)
}
