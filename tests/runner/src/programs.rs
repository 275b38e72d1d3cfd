//! Real programs from Debian packages: the same commands on Linux and under a machine.
//!
//! A program is one or more commands that run one after the other in a fresh directory with the same
//! files in it ([`fixture`]). Compared are the output and the status of each command and, at the end,
//! the directory: names, modes, sizes, times that were set on purpose, contents.

mod bound;
mod busybox;
mod fixture;
mod full;
mod large;
mod scripts;
mod table;

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::Duration;

use crate::compare::{Verdict, difference};
use crate::options::Options;
use crate::process::{self, Outcome};
use crate::side::{Fresh, PATH, Side};
use crate::source::Place;

/// What every program finds in its environment, beyond PATH.
const VARIABLES: [(&str, &str); 6] = [
    ("TZ", "UTC"),
    ("LC_ALL", "C.UTF-8"),
    ("HOME", "/nonexistent"),
    ("TERM", "dumb"),
    ("GIT_AUTHOR_DATE", "@1000000000 +0000"),
    ("GIT_COMMITTER_DATE", "@1000000000 +0000"),
];

/// A test's name and its commands.
type Row = (&'static str, &'static [&'static [&'static str]]);

/// One test: a name, and commands. A command's first word may be `<FILE`: its standard input.
#[derive(Debug)]
pub(crate) struct Program {
    /// Its name, such as `programs/busybox-ls`.
    pub(crate) id: String,
    commands: &'static [&'static [&'static str]],
    /// More options for the launcher.
    options: Vec<String>,
}

impl Program {
    /// A command of it that this machine does not have.
    fn missing(&self) -> Option<&'static str> {
        let names = self.commands.iter().filter_map(|words| words.iter().find(|word| !word.starts_with('<')));
        names.copied().find(|name| !name.contains('/') && find(name).is_err())
    }
}

/// All programs; those that take long only when `full` is asked for.
pub(crate) fn all(options: &Options) -> Vec<Program> {
    let long: &[&[Row]] = if options.full { &[full::TABLE, large::TABLE] } else { &[] };
    let short = busybox::TABLE.iter().chain(table::TABLE).chain(scripts::TABLE);
    let named = short.chain(long.iter().copied().flatten());
    let plain =
        |&(name, commands): &Row| Program { id: format!("programs/{name}"), commands, options: Vec::new() };
    named.map(plain).chain(bound::all()).collect()
}

/// Runs a program on Linux and on the other side, and compares.
pub(crate) fn judge(program: &Program, options: &Options) -> Vec<Verdict> {
    let machine = options.machine.as_ref().unwrap_or(&Side::Linux);
    let limit = Duration::from_secs(if options.full { 900 } else { 240 });
    if let Some(name) = program.missing() {
        // Not every machine has every package; the issue's own programs are installed by xtask.
        eprintln!("skip {}: {name} is not installed", program.id);
        return Vec::new();
    }
    let outcomes = observe(program, &Side::Linux, options.full, limit)
        .and_then(|linux| Ok((linux, observe(program, machine, options.full, limit)?)));
    match outcomes {
        Err(reason) => vec![Verdict::fail(&program.id, reason)],
        Ok((linux, here)) => vec![compare(&program.id, &linux, &here)],
    }
}

/// What the commands did, and what they left behind.
struct Seen {
    outcomes: Vec<Outcome>,
    tree: BTreeMap<String, String>,
}

fn observe(program: &Program, side: &Side, full: bool, limit: Duration) -> Result<Seen, String> {
    let directory = Fresh::new()?;
    let path = directory.path();
    fixture::make(path, full).map_err(|error| format!("the files of the test: {error}"))?;
    let mut outcomes = Vec::new();
    for words in program.commands {
        let (input, words) = match words.split_first() {
            Some((first, rest)) if first.starts_with('<') => (Some(first.trim_start_matches('<')), rest),
            _ => (None, *words),
        };
        let (name, arguments) = words.split_first().ok_or("an empty command")?;
        let stdin = match input {
            Some(file) => std::fs::read(path.join(file)).map_err(|e| format!("{file}: {e}"))?,
            None => Vec::new(),
        };
        let variables = VARIABLES.map(|(name, value)| (name.to_string(), value.to_string()));
        let mut command = match side {
            Side::Linux => side.command(&find(name)?, path, Place::Volume, &variables, &[]),
            Side::Process(_) | Side::Vm(_) => {
                side.command(Path::new(name), path, Place::Volume, &variables, &program.options)
            }
        };
        if matches!(side, Side::Linux) {
            command.arg0(name);
        }
        command.args(arguments);
        outcomes.push(process::run(command, &stdin, limit)?);
    }
    let mut tree = BTreeMap::new();
    walk(path, path, &mut tree).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Seen { outcomes, tree })
}

/// A program's place in the search path; the standard library would look in the caller's.
fn find(name: &str) -> Result<std::path::PathBuf, String> {
    if name.contains('/') {
        return Ok(name.into());
    }
    let candidates = PATH.split(':').map(|directory| Path::new(directory).join(name));
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| format!("{name}: not installed"))
}

fn compare(id: &str, linux: &Seen, here: &Seen) -> Verdict {
    for (number, (left, right)) in linux.outcomes.iter().zip(&here.outcomes).enumerate() {
        let step = if linux.outcomes.len() > 1 { format!("command {}: ", number + 1) } else { String::new() };
        if left.end != right.end {
            let words = String::from_utf8_lossy(&right.stderr);
            let words = words.lines().next().unwrap_or_default();
            return Verdict::differ(
                id,
                format!("{step}{}", left.end),
                format!("{step}{} [{words}]", right.end),
            );
        }
        if left.stdout != right.stdout {
            return difference(id, &format!("{step}standard output"), &left.stdout, &right.stdout);
        }
        if left.stderr != right.stderr {
            return difference(id, &format!("{step}standard error"), &left.stderr, &right.stderr);
        }
    }
    for (name, left) in &linux.tree {
        match here.tree.get(name) {
            Some(right) if right == left => {}
            Some(right) => return Verdict::differ(id, format!("{name}: {left}"), format!("{name}: {right}")),
            None => return Verdict::differ(id, format!("a file {name}"), "no such file"),
        }
    }
    match here.tree.keys().find(|name| !linux.tree.contains_key(*name)) {
        Some(name) => Verdict::differ(id, "no such file", format!("a file {name}")),
        None => Verdict::pass(id),
    }
}

/// Describes every file below a directory in one line.
fn walk(top: &Path, directory: &Path, tree: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let meta = path.symlink_metadata()?;
        let mode = meta.permissions().mode();
        let mut line = format!("mode {mode:o} links {}", meta.nlink());
        if meta.is_file() {
            let content = std::fs::read(&path)?;
            line = format!("{line} size {} hash {:016x}", meta.size(), fixture::hash(&content));
        } else if meta.is_symlink() {
            line = format!("{line} to {}", std::fs::read_link(&path)?.display());
        }
        // A time in the past was set on purpose, by the fixture or by the program.
        if meta.mtime() < 1_500_000_000 {
            line = format!("{line} time {}", meta.mtime());
        }
        let name = path.strip_prefix(top).unwrap_or(&path).display().to_string();
        tree.insert(name, line);
        if meta.is_dir() {
            walk(top, &path, tree)?;
        }
    }
    Ok(())
}
