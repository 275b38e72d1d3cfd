//! Hostile input, and the walls: what must be refused, and what must stay untouched.
//!
//! These tests are no programs of their own: they give the launcher what nobody should give it and
//! look at its exit status, at its one line of standard error, and at the host afterwards.

mod contain;
mod elf;
mod launch;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::compare::Verdict;
use crate::options::Options;
use crate::process::{self, End, Outcome, PATIENCE};
use crate::side::{PATH, Side};

/// Exit statuses that are the launcher's own.
const OURS: i32 = 125;
const CANNOT_EXECUTE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// The guest programs that the checks take apart: one without a C library, one dynamic.
pub(crate) const PROGRAMS: [&str; 2] = ["start/entry.bare", "start/registers.dynamic"];

/// One group of checks.
pub(crate) struct Check {
    /// Its name, such as `hostile/options`.
    pub(crate) id: &'static str,
    /// Does it.
    pub(crate) judge: fn(&Context) -> Result<Vec<Verdict>, String>,
}

/// What a check may use.
pub(crate) struct Context<'a> {
    id: &'static str,
    /// The command under test.
    pub(crate) launcher: &'a Path,
    full: bool,
    guests: PathBuf,
}

const CHECKS: &[Check] = &[
    Check { id: "hostile/options", judge: launch::options },
    Check { id: "hostile/programs", judge: launch::programs },
    Check { id: "hostile/elf-truncated", judge: elf::truncated },
    Check { id: "hostile/elf-bytes", judge: elf::bytes },
    Check { id: "hostile/elf-headers", judge: elf::headers },
    Check { id: "hostile/elf-interpreter", judge: elf::interpreter },
    Check { id: "contain/root", judge: contain::root },
    Check { id: "contain/escape", judge: contain::escape },
    Check { id: "contain/volume", judge: contain::volume },
    Check { id: "contain/kill", judge: contain::kill },
    Check { id: "contain/memory", judge: contain::memory },
];

/// All of them; none without a machine, for Linux needs no launcher.
pub(crate) fn all(options: &Options) -> impl Iterator<Item = &'static Check> {
    let wanted = options.machine.is_some();
    CHECKS.iter().chain(command::CHECKS).filter(move |_| wanted)
}

/// Runs one group.
pub(crate) fn judge(check: &Check, options: &Options, root: &Path) -> Vec<Verdict> {
    let Some(Side::Process(launcher)) = &options.machine else {
        return Vec::new();
    };
    let context = Context { id: check.id, launcher, full: options.full, guests: root.join("target/guest") };
    (check.judge)(&context).unwrap_or_else(|reason| vec![Verdict::fail(check.id, reason)])
}

impl Context<'_> {
    fn name(&self, case: &str) -> String {
        format!("{}:{case}", self.id)
    }

    /// Runs the launcher with these words after `run`.
    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Result<Outcome, String> {
        let mut command = Command::new(self.launcher);
        command.env_clear().env("PATH", PATH).arg("run").args(words).current_dir("/");
        process::run(command, b"", PATIENCE)
    }

    /// The verdict on a refusal: this status, nothing on standard output, and one line on standard error
    /// that holds these words and does not speak of a panic.
    fn refused(&self, case: &str, outcome: &Outcome, status: i32, words: &[&str]) -> Verdict {
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        let expected = format!("status {status} and one line with {words:?}");
        let got = format!("{}: {}", outcome.end, stderr.trim_end().replace('\n', " | "));
        let lower = stderr.to_lowercase();
        let good = outcome.end == End::Status(status)
            && outcome.stdout.is_empty()
            && stderr.lines().count() == 1
            && !lower.contains("panic")
            && words.iter().all(|word| lower.contains(&word.to_lowercase()));
        if good { Verdict::pass(self.name(case)) } else { Verdict::differ(self.name(case), expected, got) }
    }

    /// The verdict on a plain condition.
    pub(crate) fn holds(&self, case: &str, expected: &str, got: Result<(), String>) -> Verdict {
        match got {
            Ok(()) => Verdict::pass(self.name(case)),
            Err(got) => Verdict::differ(self.name(case), expected, got),
        }
    }
}
