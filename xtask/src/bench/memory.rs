//! How much memory all host processes of a world that runs `busybox true` hold at its peak.
//!
//! The host says for each process how much of it is resident, and divides what is shared among those
//! who share it (proportional set size, proc_pid_smaps(5)): the sum counts every page once. The sum
//! is looked at again and again while the world lives; the peak over many runs is the figure.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::TRUE;

/// What the world may hold, in KiB.
const GOAL: u64 = 24 * 1024;

const RUNS: usize = 30;

/// Measures and prints the peak.
pub(super) fn run(launcher: &Path) -> Result<()> {
    let mut peak = Sample::default();
    let mut samples = 0;
    for _ in 0..RUNS {
        let mut world = Command::new(launcher)
            .args(["run", "--"])
            .args(TRUE)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start the launcher")?;
        while world.try_wait()?.is_none() {
            let sample = Sample::take(world.id());
            samples += 1;
            if sample.kib > peak.kib {
                peak = sample;
            }
        }
    }
    let verdict = if peak.kib <= GOAL { "met" } else { "missed" };
    println!("memory of `{}`, all host processes together, {RUNS} runs, {samples} looks", TRUE.join(" "));
    println!("  peak {:.1} MiB in {} processes", mebibytes(peak.kib), peak.processes);
    println!("  goal {} MiB: {verdict}", GOAL / 1024);
    Ok(())
}

#[derive(Default)]
struct Sample {
    kib: u64,
    processes: usize,
}

impl Sample {
    /// The process and all that descend from it. One that has just ended counts nothing.
    fn take(process: u32) -> Self {
        let mut sum = Self::default();
        let mut todo = vec![process];
        while let Some(process) = todo.pop() {
            if let Some(kib) = proportional_set(process) {
                sum.kib += kib;
                sum.processes += 1;
            }
            todo.extend(children(process));
        }
        sum
    }
}

fn proportional_set(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let value = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    value.trim().trim_end_matches("kB").trim_end().parse().ok()
}

/// The children of all its threads.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn mebibytes(kib: u64) -> f64 {
    u32::try_from(kib).map_or(f64::INFINITY, f64::from) / 1024.0
}
