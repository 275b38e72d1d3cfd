//! The kernel's own command line: `key=value` words, then `--`, then the program and its arguments.
//!
//! The kernel's side of it is `boot::command_line` in the crate `trapless-kernel`.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::Mode;
use rustix::io::FdFlags;
use rustix::process::{Resource, Rlimit};

use crate::binding;
use crate::options::{Machine, RunOptions};
use crate::values::{User, whole_memory, whole_processors};

/// The limits of resources, with Linux's numbers for them (getrlimit(2)).
const RESOURCES: [(u32, Resource); 16] = [
    (0, Resource::Cpu),
    (1, Resource::Fsize),
    (2, Resource::Data),
    (3, Resource::Stack),
    (4, Resource::Core),
    (5, Resource::Rss),
    (6, Resource::Nproc),
    (7, Resource::Nofile),
    (8, Resource::Memlock),
    (9, Resource::As),
    (10, Resource::Locks),
    (11, Resource::Sigpending),
    (12, Resource::Msgqueue),
    (13, Resource::Nice),
    (14, Resource::Rtprio),
    (15, Resource::Rttime),
];

/// Words of the form `key=value`.
#[derive(Debug, Default)]
struct Words(Vec<OsString>);

impl Words {
    fn add(&mut self, key: &str, value: impl AsRef<OsStr>) {
        let mut word = OsString::from(key);
        word.push("=");
        word.push(value);
        self.0.push(word);
    }
}

/// The kernel's command line, and the files that it names, which are open for the kernel.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) words: Vec<OsString>,
    pub(crate) trace: Option<File>,
    /// The library of `--bind-libc`.
    #[expect(dead_code, reason = "is only kept open")]
    pub(crate) binding: Option<File>,
}

/// The kernel's arguments for these options.
pub(crate) fn build(options: &RunOptions) -> Result<Arguments> {
    let mut words = Words::default();
    words.add("supervisor", rustix::process::getpid().as_raw_nonzero().to_string());
    words.add("root", directory("--root", &options.root)?);
    add_volumes(options, &mut words)?;
    add_environment(options, &mut words);
    words.add("workdir", working_directory(options)?);
    add_identity(options, &mut words)?;
    words.add("memory", memory(options).to_string());
    words.add("cpus", processors(options).to_string());
    match &options.hostname {
        Some(name) => words.add("hostname", name),
        None => words.add("hostname", OsStr::from_bytes(rustix::system::uname().nodename().to_bytes())),
    }
    add_reports(options, &mut words)?;
    let trace = add_trace(options, &mut words)?;
    let binding = if options.bind_libc { Some(binding::file()?) } else { None };
    if let Some(file) = &binding {
        words.add("bind-libc", format!("fd:{}", file.as_raw_fd()));
    }
    // The kernel takes the caller's mask off itself, and makes host files exactly as it says.
    words.add("umask", rustix::process::umask(Mode::empty()).bits().to_string());
    words.add("ignored", ignored_signals().to_string());
    add_limits(&mut words);
    words.0.push("--".into());
    words.0.extend(options.command.iter().cloned());
    Ok(Arguments { words: words.0, trace, binding })
}

/// The full path of a host directory that can be read.
fn directory(option: &str, path: &Path) -> Result<PathBuf> {
    let told = || format!("{option} {}", path.display());
    let full = fs::canonicalize(path).with_context(told)?;
    fs::read_dir(&full).with_context(told)?;
    Ok(full)
}

fn add_volumes(options: &RunOptions, words: &mut Words) -> Result<()> {
    for volume in &options.volumes {
        let mut value = directory("--volume", &volume.host)?.into_os_string();
        value.push(":");
        value.push(&volume.guest);
        value.push(if volume.read_only { ":ro" } else { ":rw" });
        words.add("volume", value);
    }
    Ok(())
}

/// The caller's environment, with what `--env` says over it.
fn add_environment(options: &RunOptions, words: &mut Words) {
    let mut variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    for assignment in &options.environment {
        variables.retain(|(name, _)| *name != assignment.name);
        variables.push((assignment.name.clone(), assignment.value.clone()));
    }
    for (mut variable, value) in variables {
        variable.push("=");
        variable.push(value);
        words.add("env", variable);
    }
}

/// Where the program starts: the default world looks like the host, so that relative paths mean the same.
fn working_directory(options: &RunOptions) -> Result<PathBuf> {
    match &options.workdir {
        Some(directory) => Ok(directory.clone()),
        None if options.root == Path::new("/") => {
            std::env::current_dir().context("cannot tell the working directory (give --workdir)")
        }
        None => Ok(PathBuf::from("/")),
    }
}

fn add_identity(options: &RunOptions, words: &mut Words) -> Result<()> {
    let user = options.user.unwrap_or_else(|| User {
        uid: rustix::process::geteuid().as_raw(),
        gid: rustix::process::getegid().as_raw(),
    });
    words.add("user", format!("{}:{}", user.uid, user.gid));
    if options.user.is_none() {
        let groups = rustix::process::getgroups().context("cannot tell the caller's groups")?;
        for group in groups {
            words.add("group", group.as_raw().to_string());
        }
    }
    Ok(())
}

/// How much memory the world has.
pub(crate) fn memory(options: &RunOptions) -> u64 {
    /// A virtual machine takes what it is given, and is up the sooner the less that is.
    const OF_VM: u64 = 512 << 20;
    options.memory.unwrap_or_else(|| match options.machine {
        Machine::Process => host_memory(),
        Machine::Vm => OF_VM.min(host_memory()),
    })
}

fn host_memory() -> u64 {
    let information = rustix::system::sysinfo();
    whole_memory(information.totalram.saturating_mul(u64::from(information.mem_unit)))
}

/// How many processors the world has.
pub(crate) fn processors(options: &RunOptions) -> usize {
    options.cpus.unwrap_or_else(|| match options.machine {
        Machine::Process => usable_processors(),
        // Emulated ones wait for each other wherever the host is busy.
        Machine::Vm => 1,
    })
}

fn usable_processors() -> usize {
    let set = rustix::thread::sched_getaffinity(None).map_or(1, |set| set.count());
    whole_processors(usize::try_from(set).unwrap_or(1))
}

/// Says what is told at the end, and how.
fn add_reports(options: &RunOptions, words: &mut Words) -> Result<()> {
    if options.json && !options.stats && !options.sites {
        bail!("--json: goes with --stats or --sites");
    }
    let format = if options.json { "json" } else { "text" };
    for (key, wanted) in [("stats", options.stats), ("sites", options.sites)] {
        if wanted {
            words.add(key, format);
        }
    }
    Ok(())
}

/// Says where the trace goes. The file stays open over the start of the kernel.
fn add_trace(options: &RunOptions, words: &mut Words) -> Result<Option<File>> {
    let Some(target) = &options.strace else { return Ok(None) };
    let Some(path) = target else {
        words.add("strace", "fd:2");
        return Ok(None);
    };
    if path.as_os_str().is_empty() {
        bail!("--strace: the file's name is empty");
    }
    let file = File::create(path).with_context(|| format!("--strace {}", path.display()))?;
    rustix::io::fcntl_setfd(&file, FdFlags::empty())
        .with_context(|| format!("--strace {}", path.display()))?;
    words.add("strace", format!("fd:{}", file.as_raw_fd()));
    Ok(Some(file))
}

/// Limits of the program that must not stop the kernel below it.
const RAISED: [Resource; 6] =
    [Resource::Cpu, Resource::Fsize, Resource::Data, Resource::Nofile, Resource::Memlock, Resource::As];

/// The signals that the caller ignores, as a mask: a program goes on ignoring them (execve(2)). Whether `SIGPIPE`
/// is among them nobody knows, because Rust's library ignores it before it calls this program.
fn ignored_signals() -> u64 {
    const PIPE: u64 = 1 << 12;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.unwrap_or_default() & !PIPE
}

/// Passes the caller's limits on for the program, then takes for the kernel all that it may have.
fn add_limits(words: &mut Words) {
    let number = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    for (resource, name) in RESOURCES {
        let limit = rustix::process::getrlimit(name);
        words.add("limit", format!("{resource}:{}:{}", number(limit.current), number(limit.maximum)));
    }
    for name in RAISED {
        let allowed = rustix::process::getrlimit(name).maximum;
        // An administrator may go beyond; for descriptors there is always an end.
        let unlimited = if name == Resource::Nofile { allowed } else { None };
        let raised = rustix::process::setrlimit(name, Rlimit { current: unlimited, maximum: unlimited });
        if raised.is_err() {
            // The kernel makes do with what it finds.
            let _ = rustix::process::setrlimit(name, Rlimit { current: allowed, maximum: allowed });
        }
    }
}
