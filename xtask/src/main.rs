//! Every long command of the project, in Rust: `cargo xtask help` lists them.
//!
//! Principles: a fresh machine that has Rust and a package manager is enough; what is missing is
//! installed where it may be (root and apt), else one line says what to type. A second run with
//! nothing changed does nothing twice.
//!
//! | module      | subject                                                        |
//! |-------------|----------------------------------------------------------------|
//! | `toolchain` | which compiler builds the kernel's target                      |
//! | `compiler`  | one installation of cargo and rustc                            |
//! | `sysroot`   | `core` and `alloc` for that target, built once from source     |
//! | `build`     | the kernel and the launcher that carries it                    |
//! | `linked`    | `libtrapless` for C                                            |
//! | `test`      | unit tests and guest tests, one count                          |
//! | `ci`        | what must hold before a change lands                           |
//! | `symbols`   | the names of functions inside of the vm's kernel                |
//! | `verify`    | what must hold of the kernel's machine code                    |
//! | `fuzz`      | the rewriter's fuzzer                                          |
//! | `bench`     | measurements beside the host's Linux                           |
//! | `syscalls`  | what is made from the list of system calls                     |
//! | `packages`  | Debian packages, and how they are installed                    |
//! | `command`   | running other programs                                         |

#![forbid(unsafe_code)]

mod bench;
mod build;
mod ci;
mod command;
mod compiler;
mod fuzz;
mod linked;
mod packages;
mod symbols;
mod syscalls;
mod sysroot;
mod test;
mod toolchain;
mod verify;

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::build::{Machine, Profile};

const HELP: &str = "\
usage: cargo xtask COMMAND [--release]

  run [OPTIONS OF trapless run] -- PROGRAM [ARGUMENTS]   build, and run a program
  build                    build the kernel and the launcher, print the launcher's path
  kernel, vm-kernel        build one kernel alone, print its path
  test [--full] [FILTER]   unit tests, then guest programs compared with Linux
  test --suite python [MODULE]   Python's own tests, compared with Linux case by case
  test --machine vm [FILTER]   guest programs on the vm machine compared with Linux
  lint                     formatting, lints and documentation: the quick half of ci
  ci                       formatting, lints, documentation, the kernel's machine code, all tests
  bench [NAME]             measure, beside the host's Linux
  fuzz [SECONDS]           random code, and this machine's, for the rewriter and a second decoder
  verify-kernel            check the kernels' machine code
  libtrapless              build libtrapless for C, print its directory
  syscalls                 make docs/syscalls.md and libtrapless's names from the list of system calls
  doctor                   say which compiler builds the kernel, and what is missing

--release, directly after the command, builds with all optimisations.";

fn main() -> ExitCode {
    match dispatch(env::args_os().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Vec<OsString>) -> Result<()> {
    let command = if arguments.is_empty() { OsString::from("help") } else { arguments.remove(0) };
    let profile = match arguments.first() {
        Some(first) if first == "--release" => {
            arguments.remove(0);
            Profile::Release
        }
        _ => Profile::Dev,
    };
    match command.to_str() {
        Some("run") => run(profile, &arguments),
        Some("test") => test::run(profile, test::Choice::read(&arguments)?),
        Some("bench") => bench::run(one_word(&arguments)?),
        Some("fuzz") => fuzz::run(one_word(&arguments)?),
        Some(word) => {
            no_words(word, &arguments)?;
            match word {
                "build" => print_path(&build::launcher(profile)?.program),
                "kernel" => print_path(&build::kernel(Machine::Process, profile)?),
                "vm-kernel" => print_path(&build::kernel(Machine::Vm, profile)?),
                "lint" => ci::lint(),
                "ci" => ci::run(),
                "verify-kernel" => Machine::ALL
                    .into_iter()
                    .try_for_each(|machine| verify::kernel(&build::kernel(machine, profile)?)),
                "libtrapless" => print_path(linked::build()?.archive.parent().unwrap_or(Path::new("."))),
                "syscalls" => syscalls::write(),
                "doctor" => toolchain::doctor(),
                "help" | "--help" | "-h" => {
                    println!("{HELP}");
                    Ok(())
                }
                _ => bail!("no command '{word}': see `cargo xtask help`"),
            }
        }
        None => bail!("the command is no UTF-8: see `cargo xtask help`"),
    }
}

/// Builds, then becomes `trapless run`: exit status, signals and terminal are the launcher's own.
fn run(profile: Profile, arguments: &[OsString]) -> Result<()> {
    let launcher = build::launcher(profile)?.program;
    let error = command::outside_cargo(&launcher).arg("run").args(arguments).exec();
    Err(anyhow::Error::from(error).context(format!("cannot start {}", launcher.display())))
}

fn print_path(path: &Path) -> Result<()> {
    println!("{}", path.display());
    Ok(())
}

fn one_word(arguments: &[OsString]) -> Result<Option<&str>> {
    match arguments {
        [] => Ok(None),
        [word] if !word.to_string_lossy().starts_with('-') => Ok(word.to_str()),
        [word, ..] => bail!("unexpected argument '{}'", word.to_string_lossy()),
    }
}

fn no_words(command: &str, arguments: &[OsString]) -> Result<()> {
    match arguments {
        [] => Ok(()),
        [word, ..] => bail!("'{command}' takes no argument '{}'", word.to_string_lossy()),
    }
}
