//! The kernel in a virtual machine: QEMU is started with the kernel and an archive of the root directory,
//! and what both sides say to each other goes over the machine's serial port.
//!
//! | module | subject |
//! |---|---|
//! | `archive` | a directory as a cpio archive |
//! | `qemu` | QEMU's command line |
//! | `words` | the kernel's command line, as text |
//! | `link` | the frames on the serial port |
//! | `session` | standing by until the machine ends |

mod archive;
mod link;
mod qemu;
mod session;
mod words;

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result, anyhow, bail};

use crate::kernel_arguments::{self, Arguments};
use crate::options::{RunOptions, WithParent};

/// Runs the kernel with these arguments to its end; gives what to exit with.
pub(crate) fn run(options: &RunOptions, image: &File, arguments: Arguments) -> Result<ExitCode> {
    if options.root == Path::new("/") {
        bail!("--machine vm needs --root DIR: the directory is copied into the machine's memory");
    }
    if !options.volumes.is_empty() {
        bail!("--machine vm has no --volume yet");
    }
    if options.bind_libc {
        bail!("--machine vm has no --bind-libc yet");
    }
    let archive =
        archive::of_directory(&options.root).with_context(|| format!("--root {}", options.root.display()))?;
    let line = words::line(kernel_arguments::processors(options), &arguments.words)?;
    let child = qemu::start(options, image, &archive, &line)?;
    session::stand_by(child, arguments.trace)
}

/// Becomes a program that the host kills when this process's parent dies. Gives why that cannot be.
pub(crate) fn become_program(options: &WithParent) -> Error {
    let signal = Some(rustix::process::Signal::KILL);
    if let Err(error) = rustix::process::set_parent_process_death_signal(signal) {
        return Error::from(error).context("cannot ask to die with the parent");
    }
    // Killed before the request took effect: then another process is the parent now.
    let parent = rustix::process::getppid().map(|parent| parent.as_raw_nonzero().get());
    if parent != Some(options.parent) {
        return anyhow!("the launcher is gone");
    }
    let Some((program, arguments)) = options.command.split_first() else {
        return anyhow!("no program given");
    };
    let error = Command::new(program).args(arguments).exec();
    Error::from(error).context(format!("cannot start {}", program.display()))
}
