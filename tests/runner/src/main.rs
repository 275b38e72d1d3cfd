//! Compares guest programs on Linux with the same programs under Trapless.
//!
//! Linux is the judge: a guest program is built once, runs directly on the host's Linux, then under
//! `trapless run` on each machine, and must say the same: standard output, standard error and exit
//! status, byte for byte. A guest prints one line a case (`ok name`, or `not ok name: why`), so that
//! a difference is reported by case and not by program; a `not ok` on Linux means a wrong test.
//!
//! What is here:
//! - [`hostile`]: what must be refused, and what must stay untouched.
//! - [`options`]: the command line.
//! - [`source`]: finds guest programs under `tests/guest` and reads their directives.
//! - [`command`]: what the command's options do, its streams, signals, terminal.
//! - [`compile`]: builds those whose sources changed.
//! - [`programs`]: programs of the distribution, run unmodified.
//! - [`process`]: runs one command with a time-out and collects what it said.
//! - [`shrink`]: a random sequence that differs, cut down to what matters.
//! - [`side`]: where a guest runs: directly, or under a machine.
//! - [`suites`]: test suites of others, case by case.
//! - [`transcript`]: what a guest said, taken apart into cases.
//! - [`compare`]: two transcripts to verdicts.
//! - [`expect`]: the list of differences that are known.
//! - [`report`]: what the user reads.

mod command;
mod compare;
mod compile;
mod expect;
mod hostile;
mod options;
mod process;
mod programs;
mod report;
mod shrink;
mod side;
mod source;
mod suites;
mod transcript;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use compare::Verdict;
use hostile::Check;
use options::Options;
use programs::Program;
use side::Side;
use source::Guest;
use suites::Module;

fn main() -> ExitCode {
    let outcome = Options::parse(std::env::args().skip(1)).and_then(|options| run(&options));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("trapless-tests: {reason}");
            ExitCode::from(2)
        }
    }
}

/// Does what the options ask; true when nothing failed.
fn run(options: &Options) -> Result<bool, String> {
    if options.help {
        print!("{}", options::HELP);
        return Ok(true);
    }
    let root = repository()?;
    let guests = source::find(&root.join("tests/guest"), &root.join("target/guest"), options.full)?;
    let mut tests: Vec<Test> = guests.into_iter().map(Test::Guest).collect();
    tests.extend(programs::all(options).into_iter().map(Test::Program));
    tests.extend(hostile::all(options).map(Test::Check));
    tests.extend(suites::all(options).into_iter().map(Test::Module));
    if let Some(machine @ Side::Vm(_)) = &options.machine {
        tests.retain(|test| test.guest().is_some_and(|guest| machine.takes(guest)));
    }
    tests.retain(|test| test.is_chosen(options));
    if options.list {
        for test in &tests {
            println!("{}", test.id());
        }
        return Ok(true);
    }
    let mut report = report::Report::new(options, &root)?;
    build(&mut tests, &root, options, &mut report)?;
    if let Some((uid, gid)) = options.user {
        return as_user(uid, gid);
    }
    run_all(&tests, options, &root, &mut report);
    if let (true, Some(machine)) = (options.shrink, &options.machine) {
        let failed = tests.iter().filter_map(Test::guest).filter(|guest| report.has_failed(&guest.id));
        for guest in failed.filter(|guest| guest.id.starts_with("fuzz/")) {
            if let Some(text) = shrink::shrink(guest, machine) {
                print!("{text}");
            }
        }
    }
    Ok(report.finish())
}

/// Builds the guests; takes out and reports those that do not build.
fn build(
    tests: &mut Vec<Test>,
    root: &Path,
    options: &Options,
    report: &mut report::Report,
) -> Result<(), String> {
    let mut guests: Vec<&Guest> = tests.iter().filter_map(Test::guest).collect();
    // The checks take a guest's program apart, so they need some that the words may not name.
    let needed = source::find(&root.join("tests/guest"), &root.join("target/guest"), false)?;
    if tests.iter().any(|test| matches!(test, Test::Check(_))) {
        guests.extend(
            needed.iter().filter(|guest| hostile::PROGRAMS.iter().any(|name| guest.binary.ends_with(name))),
        );
    }
    let broken = compile::all(&guests, &root.join("tests/guest"), options.jobs)?;
    for (binary, reason) in &broken {
        let id = binary.strip_prefix(root.join("target/guest")).unwrap_or(binary).display().to_string();
        report.add(&id, vec![Verdict::fail(&id, format!("does not build: {reason}"))]);
    }
    tests.retain(|test| {
        test.guest().is_none_or(|guest| !broken.iter().any(|(binary, _)| binary == &guest.binary))
    });
    Ok(())
}

/// Runs this very command again as another user; everything is built by now.
fn as_user(uid: u32, gid: u32) -> Result<bool, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = words.iter().position(|word| word == "--as") {
        words.drain(at..(at + 2).min(words.len()));
    }
    let status = std::process::Command::new(&program).args(words).uid(uid).gid(gid).status();
    status.map(|status| status.success()).map_err(|error| format!("{}: {error}", program.display()))
}

/// Something to run and to judge.
enum Test {
    /// A program of ours.
    Guest(Guest),
    /// A program of the distribution's.
    Program(Program),
    /// A check of what the launcher refuses.
    Check(&'static Check),
    /// A module of a suite.
    Module(Module),
}

impl Test {
    fn id(&self) -> &str {
        match self {
            Self::Guest(guest) => &guest.id,
            Self::Program(program) => &program.id,
            Self::Check(check) => check.id,
            Self::Module(module) => &module.id,
        }
    }

    /// Whether the command line asks for it: a suite is asked for alone.
    fn is_chosen(&self, options: &Options) -> bool {
        match self {
            Self::Module(module) => module.is_chosen(options),
            _ => options.suite.is_none() && options.selects(self.id()),
        }
    }

    fn guest(&self) -> Option<&Guest> {
        match self {
            Self::Guest(guest) => Some(guest),
            Self::Program(_) | Self::Check(_) | Self::Module(_) => None,
        }
    }

    fn judge(&self, options: &Options, root: &Path) -> Vec<Verdict> {
        match self {
            Self::Guest(guest) => judge(guest, options),
            Self::Program(program) => programs::judge(program, options),
            Self::Check(check) => hostile::judge(check, options, root),
            Self::Module(module) => suites::judge(module, options),
        }
    }
}

/// Runs every test on both sides; `jobs` at a time, reported in order of completion.
fn run_all(tests: &[Test], options: &Options, root: &Path, report: &mut report::Report) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            let (next, sender) = (&next, sender.clone());
            scope.spawn(move || {
                while let Some(test) = tests.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if sender.send((test.id(), test.judge(options, root))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (id, verdicts) in receiver {
            report.add(id, verdicts);
        }
    });
}

/// One guest on Linux and, unless told not to, under the machine.
fn judge(guest: &Guest, options: &Options) -> Vec<Verdict> {
    let linux = side::observe(guest, &Side::Linux);
    let wrong = compare::on_linux(&guest.id, &linux);
    if wrong.iter().any(|verdict| verdict.failure.is_some()) {
        return wrong;
    }
    // Without a machine, Linux is compared with itself: what differs there is no test.
    let machine = options.machine.as_ref().unwrap_or(&Side::Linux);
    let here = side::observe(guest, machine);
    let verdicts = compare::verdicts(&guest.id, &linux, &here);
    if verdicts.iter().all(|verdict| verdict.failure.is_none()) {
        return verdicts;
    }
    // Rarely Linux itself does now this, now that; what it does at a second time is right, too.
    let second = compare::verdicts(&guest.id, &side::observe(guest, &Side::Linux), &here);
    let better = |(first, second): (Verdict, Verdict)| if second.failure.is_none() { second } else { first };
    verdicts.into_iter().zip(second).map(better).collect()
}

/// The repository's top: the nearest directory above this one that holds `tests/guest`.
fn repository() -> Result<PathBuf, String> {
    let start = std::env::current_dir().map_err(|error| format!("current directory: {error}"))?;
    start
        .ancestors()
        .find(|path| path.join("tests/guest").is_dir())
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("{}: no tests/guest here or above", start.display()))
}
