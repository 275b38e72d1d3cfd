//! QEMU's command line.

use std::env;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use rustix::io::FdFlags;

use crate::kernel_arguments;
use crate::options::RunOptions;

/// The program, as Debian and most others name it.
const PROGRAM: &str = "qemu-system-x86_64";
/// The smallest machine: no firmware tables, no old devices, nothing to wait for.
const MACHINE: &str = "microvm,accel=tcg,pic=off,pit=off,rtc=off,x-option-roms=off";

/// Starts the machine; its serial port is the child's standard input and output.
pub(super) fn start(options: &RunOptions, image: &File, archive: &File, line: &str) -> Result<Child> {
    let program = find()?;
    let own = env::current_exe().context("cannot tell the launcher's own path")?;
    let mut command = Command::new(own);
    command.arg("with-parent").arg(rustix::process::getpid().as_raw_nonzero().to_string()).arg("--");
    command.arg(program);
    command.args(["-machine", MACHINE, "-cpu", "max"]);
    command.args(["-m", &format!("{}k", kernel_arguments::memory(options) / 1024)]);
    command.args(["-smp", &kernel_arguments::processors(options).to_string()]);
    command.args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]);
    command.args(["-chardev", "stdio,id=link,signal=off", "-serial", "chardev:link"]);
    command.args(["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]);
    command.args(["-kernel", &inherited(image)?, "-initrd", &inherited(archive)?, "-append", line]);
    // The terminal's signals are the program's: this process passes them on.
    command.process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().context("cannot start the virtual machine")
}

/// The path by which a child reads an open file.
fn inherited(file: &File) -> Result<String> {
    rustix::io::fcntl_setfd(file, FdFlags::empty()).context("cannot hand a file on")?;
    Ok(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn find() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(PROGRAM)).find(|file| file.is_file());
    match found {
        Some(program) => Ok(program),
        None => bail!(
            "--machine vm needs {PROGRAM}, which is not in PATH (Debian: apt-get install qemu-system-x86)"
        ),
    }
}
