//! How long `busybox true` takes from the start of its process to its end, the launcher included.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::TRUE;

/// What `trapless run -- busybox true` may take.
const GOAL: Duration = Duration::from_millis(15);

/// Runs that are not counted: the first ones fill the host's caches.
const WARM_UP: usize = 5;

const RUNS: usize = 60;

/// Measures on Linux and on Trapless by turns, so that both see the same machine.
pub(super) fn run(launcher: &Path) -> Result<()> {
    let [program, argument] = TRUE;
    let mut on_linux = Command::new(program);
    on_linux.arg(argument);
    let mut on_trapless = Command::new(launcher);
    on_trapless.args(["run", "--"]).args(TRUE);

    let (mut linux, mut trapless) = (Vec::new(), Vec::new());
    for run in 0..WARM_UP + RUNS {
        let times = (time(&mut on_linux)?, time(&mut on_trapless)?);
        if run >= WARM_UP {
            linux.push(times.0);
            trapless.push(times.1);
        }
    }
    let (linux, trapless) = (Spread::of(linux)?, Spread::of(trapless)?);
    println!("start-up of `{}`, {RUNS} runs each", TRUE.join(" "));
    println!("  {:<10} {:>10} {:>10} {:>10}", "", "least", "median", "90 %");
    println!("  {:<10} {linux}", "Linux");
    println!("  {:<10} {trapless}", "Trapless");
    let ratio = trapless.median.as_secs_f64() / linux.median.as_secs_f64();
    let verdict = if trapless.median <= GOAL { "met" } else { "missed" };
    println!("  ratio {ratio:.1}, goal {} ms: {verdict}", GOAL.as_millis());
    Ok(())
}

fn time(command: &mut Command) -> Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().context("cannot start the program to measure")?;
    let time = start.elapsed();
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(time)
}

struct Spread {
    least: Duration,
    median: Duration,
    ninety: Duration,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Result<Self> {
        times.sort_unstable();
        let at =
            |part: usize| times.get((times.len() - 1) * part / 100).copied().context("nothing was measured");
        Ok(Self { least: at(0)?, median: at(50)?, ninety: at(90)? })
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
        write!(f, "{:>10} {:>10} {:>10}", ms(self.least), ms(self.median), ms(self.ninety))
    }
}
