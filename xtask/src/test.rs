//! `cargo xtask test`: unit tests on the host, then guest programs compared with Linux; one count.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::build::{self, Machine, Profile};
use crate::packages;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Count {
    /// Reads "N passed" and "N failed" from a line that has both, as libtest's and the runner's do.
    fn read(line: &str) -> Option<Self> {
        let before = |word: &str| {
            let (head, _) = line.split_once(word)?;
            head.trim_end().rsplit(' ').next()?.parse().ok()
        };
        Some(Self { passed: before("passed")?, failed: before("failed")? })
    }
}

/// Which tests are run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<'a> {
    /// Only those whose name contains this.
    pub(crate) filter: Option<&'a str>,
    /// Guest programs with files as large as a user's, and all suites.
    pub(crate) full: bool,
    /// Only this suite of others, or modules of it.
    pub(crate) suite: Option<&'a str>,
    /// The machine that is compared with Linux.
    pub(crate) machine: Machine,
}

impl<'a> Choice<'a> {
    /// Everything, on the process machine.
    pub(crate) const ALL: Self = Self { filter: None, full: false, suite: None, machine: Machine::Process };

    /// As much of the vm machine as takes little time: page tables are its own.
    pub(crate) const OF_VM: Self = Self { filter: Some("memory/m"), machine: Machine::Vm, ..Self::ALL };

    /// Reads `[--full] [--suite NAME] [--machine vm] [FILTER]`.
    pub(crate) fn read(arguments: &'a [OsString]) -> Result<Self> {
        let mut choice = Self::ALL;
        let mut arguments = arguments.iter();
        while let Some(word) = arguments.next() {
            match word.to_str() {
                Some("--full") => choice.full = true,
                Some("--suite") => {
                    let name = arguments.next().and_then(|name| name.to_str());
                    choice.suite = Some(name.context("--suite: its name is missing")?);
                }
                Some("--machine") => {
                    let name = arguments.next().and_then(|name| name.to_str()).unwrap_or_default();
                    let known = Machine::ALL.into_iter().find(|machine| machine.name() == name);
                    choice.machine = known.with_context(|| format!("no machine '{name}': process or vm"))?;
                }
                Some(filter) if !filter.starts_with('-') && choice.filter.is_none() => {
                    choice.filter = Some(filter);
                }
                _ => bail!("'test' takes no argument '{}'", word.to_string_lossy()),
            }
        }
        Ok(choice)
    }
}

/// Runs the chosen tests.
pub(crate) fn run(profile: Profile, choice: Choice<'_>) -> Result<()> {
    packages::ensure(packages::TEST)?;
    if choice.full {
        packages::ensure(packages::LARGE)?;
    }
    if choice.machine == Machine::Vm {
        packages::ensure(packages::EMULATOR)?;
    }
    if choice.full || choice.suite.is_some() {
        packages::ensure(packages::SUITES)?;
    }
    let built = build::launcher(profile)?;
    let mut total = Count::default();
    if choice.machine == Machine::Process && choice.suite.is_none() {
        total += unit_tests(&built, choice)?;
    }
    total += guest_tests(&built, choice)?;
    println!("{} passed, {} failed", total.passed, total.failed);
    match total {
        Count { failed: 0, passed: 0 } => bail!("no test ran"),
        Count { failed: 0, .. } => Ok(()),
        Count { failed, .. } => bail!("{failed} tests failed"),
    }
}

/// The tests of every crate that the host can run.
fn unit_tests(launcher: &build::Launcher, choice: Choice<'_>) -> Result<Count> {
    let mut cargo = build::host_cargo("test");
    cargo.args(["--quiet", "--no-fail-fast", "--workspace"]);
    build::exclude_kernels(&mut cargo);
    launcher.tell(&mut cargo).args(["--"]).args(choice.filter);
    // One line a program: "test result: ok. 3 passed; 0 failed; 0 ignored; …".
    let (counts, success) =
        counts(&mut cargo, |line| line.strip_prefix("test result:").and_then(Count::read))?;
    let mut total = Count::default();
    for count in counts {
        total += count;
    }
    Ok(failed_at_least_once(total, success))
}

/// Programs that are run on Linux and on Trapless.
fn guest_tests(launcher: &build::Launcher, choice: Choice<'_>) -> Result<Count> {
    let mut cargo = build::host_cargo("run");
    cargo.args(["--quiet", "--package", "trapless-tests", "--"]);
    cargo.args(["--machine", choice.machine.name()]);
    cargo.args(choice.full.then_some("--full"));
    cargo.args(choice.suite.iter().flat_map(|name| ["--suite", name])).args(choice.filter);
    let (counts, success) = counts(cargo.env("TRAPLESS", &launcher.program), Count::read)?;
    let last = counts.last().copied().unwrap_or_default();
    Ok(failed_at_least_once(last, success))
}

/// A test program that dies says nothing of the test it died in: that is one failure.
fn failed_at_least_once(mut count: Count, success: bool) -> Count {
    if !success {
        count.failed = count.failed.max(1);
    }
    count
}

/// Runs a command, passes on what it prints and picks the counts from it. Also: did it succeed?
fn counts(command: &mut Command, read: impl Fn(&str) -> Option<Count>) -> Result<(Vec<Count>, bool)> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("cargo's output is not ours")?;
    let mut counts = Vec::new();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let text = String::from_utf8_lossy(&line);
        println!("{text}");
        counts.extend(read(&text));
    }
    Ok((counts, child.wait()?.success()))
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn counts_are_read_from_both_kinds_of_line() {
        let libtest = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(Count::read(libtest), Some(Count { passed: 12, failed: 3 }));
        assert_eq!(Count::read("150 passed, 0 failed"), Some(Count { passed: 150, failed: 0 }));
        assert_eq!(Count::read("test io::passed_on ... FAILED"), None);
    }
}
