//! The command line, as the person writes it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::failure::one_line;
use crate::values::{self, Assignment, User, Volume};

/// Runs an unmodified Linux program in a world of its own, where a system call is a function call.
#[derive(Debug, Parser)]
#[command(name = "trapless", version, subcommand_required = true, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Runs a program.
    #[command(after_help = RUN_NOTES)]
    Run(Box<RunOptions>),
    /// Prints the system calls that the kernel serves, and what is missing of each
    Syscalls(SyscallsOptions),
    /// Tells which system calls programs and their libraries contain, and what Trapless would do about them
    #[command(after_help = CHECK_NOTES)]
    Check(CheckOptions),
    /// Tells what this host offers to worlds, and which host calls the kernel may make
    Doctor,
    /// Measures what calls cost, on the host's Linux and in a world, in turns
    #[command(after_help = BENCH_NOTES)]
    Bench(BenchOptions),
    /// Becomes a program that dies with this process's parent
    #[command(name = "with-parent", hide = true)]
    WithParent(WithParent),
}

const RUN_NOTES: &str = "\
The world shows DIR below, and what is written stays in memory above it: a program can change the
host's files only through --volume. Standard input, output and error, the terminal and signals pass
through.

Exit status: the program's own, 128+N when signal N ended it, 125 when Trapless itself failed,
126 when PROGRAM cannot be executed, 127 when it is not found.

Examples:
  trapless run -- ls -l /
  trapless run --root ./rootfs --user 1000:1000 -- /bin/sh -c 'echo hello'
  trapless run --volume .:/work --workdir /work -- git log
  trapless run --strace=calls.txt --memory 512M -- python3 script.py
  trapless run --machine vm --root ./rootfs -- /bin/busybox ls /";

const CHECK_NOTES: &str = "\
Nothing is executed. Libraries are looked for as the program's loader does; what a program loads later, or
executes, is not followed: name it, too. A C library contains many calls that a program never makes.

Exit status: 0, 125 when Trapless itself failed, 126 when FILE is no program for this processor, 127 when
FILE or a library is not found.

Examples:
  trapless check /usr/bin/python3
  trapless check -v --root ./rootfs /bin/sh
  trapless check --json ./server | jq '.programs[].calls[] | select(.missing)'";

const BENCH_NOTES: &str = "\
Each operation is measured in batches, one on Linux and one here by turns; the medians are told, and
their ratio (below 1: Trapless is faster). Cycles are those of the time stamp counter.

Examples:
  trapless bench
  trapless bench site pipe fstat
  trapless bench --svg costs.svg --json > costs.json";

/// What a kernel runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Machine {
    /// A process of the host
    Process,
    /// A virtual machine
    Vm,
}

/// The options of `trapless run`.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// What the kernel runs on: a process of the host, or a virtual machine (QEMU)
    #[arg(long, value_name = "MACHINE", value_enum, default_value_t = Machine::Process)]
    pub(crate) machine: Machine,

    /// The host directory that the world sees as `/`; writes to it stay in memory
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) root: PathBuf,

    /// Shows a host directory at a path of the world, for reading and writing or, with `:ro`, for reading
    /// only; may be repeated
    #[arg(long = "volume", short = 'v', value_name = "HOST:GUEST[:ro]", value_parser = values::volume())]
    pub(crate) volumes: Vec<Volume>,

    /// Sets an environment variable for the program, over those of the caller; may be repeated
    #[arg(long = "env", short = 'e', value_name = "K=V", value_parser = values::assignment())]
    pub(crate) environment: Vec<Assignment>,

    /// Where the program starts [default: the caller's working directory, or `/` with --root]
    #[arg(long, short = 'w', value_name = "DIR", value_parser = values::guest_path())]
    pub(crate) workdir: Option<PathBuf>,

    /// Whom the program runs as in its world [default: the caller, with the caller's groups]
    #[arg(long, short = 'u', value_name = "UID:GID", value_parser = values::user)]
    pub(crate) user: Option<User>,

    /// How much memory the world has, in bytes or with a suffix K, M, G or T [default: the host's; 512M in
    /// a virtual machine]
    #[arg(long, short = 'm', value_name = "SIZE", value_parser = values::memory)]
    pub(crate) memory: Option<u64>,

    /// How many processors the world has [default: those that the caller may use; 1 in a virtual machine]
    #[arg(long, value_name = "N", value_parser = values::processors)]
    pub(crate) cpus: Option<usize>,

    /// The world's host name [default: the host's]
    #[arg(long, value_name = "NAME", value_parser = values::hostname)]
    pub(crate) hostname: Option<String>,

    /// Binds the C library's `read`, `getpid`, `mmap` and such to linked calls in dynamic programs (glibc)
    #[arg(long)]
    pub(crate) bind_libc: bool,

    /// Tells at the end, on standard error, how often each call was made, what failed, and how long it took
    #[arg(long)]
    pub(crate) stats: bool,

    /// Tells at the end, on standard error, what became of each system call site
    #[arg(long)]
    pub(crate) sites: bool,

    /// Tells it as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Writes every system call to standard error, or to a file
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub(crate) strace: Option<Option<PathBuf>>,

    /// The program, looked for in the PATH inside of the world, and its arguments
    #[arg(value_name = "PROGRAM", required = true, num_args = 1.., trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

/// The options of `trapless syscalls`.
#[derive(Debug, Args)]
pub(crate) struct SyscallsOptions {
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The options of `trapless check`.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// The host directory in which FILE and its libraries lie
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) root: PathBuf,

    /// Prints JSON, with all details
    #[arg(long)]
    pub(crate) json: bool,

    /// Tells of each file and each site
    #[arg(long, short = 'v')]
    pub(crate) verbose: bool,

    /// The programs, by path
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
}

/// The options of `trapless bench`.
#[derive(Debug, Args)]
pub(crate) struct BenchOptions {
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Draws a plot into a file, too
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,

    /// How often each operation is measured on each side
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) rounds: u16,

    /// What to measure, by name or group [default: all]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// What the launcher tells itself, for programs that it starts.
#[derive(Debug, Args)]
pub(crate) struct WithParent {
    /// The process that must still be the parent
    pub(crate) parent: i32,
    /// The program and its arguments
    #[arg(num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<OsString>,
}

/// What a command line means.
pub(crate) enum Parsed {
    /// Something to do.
    Action(Action),
    /// A text that was asked for.
    Help(String),
    /// What is wrong with it, in one line.
    Wrong(String),
}

/// Understands a command line, whose first word is the command's own name.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Parsed {
    let error = match CommandLine::try_parse_from(words) {
        Ok(CommandLine { action }) => return Parsed::Action(action),
        Err(error) => error,
    };
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Parsed::Help(text),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Parsed::Wrong("no command given: see `trapless --help`".to_owned())
        }
        ErrorKind::MissingRequiredArgument if text.contains("<FILE>") => {
            Parsed::Wrong("no FILE given: see `trapless check --help`".to_owned())
        }
        ErrorKind::MissingRequiredArgument => {
            Parsed::Wrong("no PROGRAM given: see `trapless run --help`".to_owned())
        }
        _ => Parsed::Wrong(one_line(text.strip_prefix("error: ").unwrap_or(&text))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Action, Parsed, RunOptions, parse};

    fn run(words: &[&str]) -> Result<Box<RunOptions>, String> {
        let words = ["trapless", "run"].iter().chain(words);
        match parse(words.map(Into::into)) {
            Parsed::Action(Action::Run(options)) => Ok(options),
            Parsed::Action(_) => Err("another command".to_owned()),
            Parsed::Help(text) | Parsed::Wrong(text) => Err(text),
        }
    }

    #[test]
    fn everything_behind_the_program_is_its_own() {
        let options = run(&["--", "ls", "--strace", "-l"]).unwrap();
        assert_eq!(options.command, ["ls", "--strace", "-l"]);
        assert!(options.strace.is_none());
        let options = run(&["--strace", "ls", "--root", "/x"]).unwrap();
        assert_eq!(options.command, ["ls", "--root", "/x"]);
        assert_eq!(options.strace, Some(None));
        assert_eq!(options.root, Path::new("/"));
    }

    #[test]
    fn strace_takes_a_file_behind_the_equals_sign() {
        let options = run(&["--strace=calls", "ls"]).unwrap();
        assert_eq!(options.strace, Some(Some("calls".into())));
    }

    #[test]
    fn errors_are_one_line_with_option_and_reason() {
        for (words, expected) in [
            (&[][..], "no PROGRAM"),
            (&["--bogus", "--", "ls"], "'--bogus'"),
            (&["--memory", "lots", "--", "ls"], "'--memory <SIZE>'"),
            (&["--memory", "0", "ls"], "--memory"),
            (&["--cpus", "0", "ls"], "--cpus"),
            (&["--cpus", "65", "ls"], "64"),
            (&["--user", "me", "ls"], "--user"),
            (&["--env", "=x", "ls"], "--env"),
            (&["--volume", "/a", "ls"], "--volume"),
            (&["--volume", "/a:b", "ls"], "absolute"),
            (&["--workdir", "x", "ls"], "absolute"),
            (&["--hostname", "", "ls"], "--hostname"),
            (&["--root"], "--root"),
        ] {
            let message = run(words).unwrap_err();
            assert!(message.contains(expected), "{words:?}: {message}");
            assert!(!message.contains('\n'), "{words:?}: {message}");
        }
    }

    #[test]
    fn a_check_needs_a_file() {
        let Parsed::Wrong(message) = parse(["trapless", "check", "--json"].map(Into::into)) else {
            panic!("nothing to look at")
        };
        assert!(message.contains("no FILE"), "{message}");
    }

    #[test]
    fn help_and_version() {
        assert!(run(&["--help"]).unwrap_err().contains("Exit status"));
        let Parsed::Help(version) = parse(["trapless", "--version"].map(Into::into)) else {
            panic!("--version is a text")
        };
        assert_eq!(version.trim(), concat!("trapless ", env!("CARGO_PKG_VERSION")));
    }
}
