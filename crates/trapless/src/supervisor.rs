//! Starting the kernel, passing signals on, waiting for its end.
//!
//! The kernel is several host processes, one for each of the world's address spaces, all children of this one.
//! They ask the host to be killed when this one dies (`PR_SET_PDEATHSIG`), and this one ends them all when
//! one dies against the kernel's will, so nothing stays behind whichever of them is killed.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode, ExitStatus};

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags};

/// `si_code` of a signal that the host's kernel made, such as a terminal's Ctrl-C: it went to the whole
/// foreground group, so the kernel's process has it already.
const SI_KERNEL: i32 = 0x80;

/// Signals that mean the program and not its launcher. The stop that a terminal sends is for the group in
/// the world's foreground: whoever waits for it there goes on.
const PASSED_ON: [Signal; 7] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGTSTP,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

/// How long the processes of a world that ends have to do so.
const GRACE: Option<&Timespec> = Some(&Timespec { tv_sec: 1, tv_nsec: 0 });

/// Runs the kernel with these arguments to its end; gives what to exit with.
pub(crate) fn run(image: &File, arguments: &[OsString]) -> Result<ExitCode> {
    let mut child = start(image, arguments)?;
    let outcome = stand_by(&mut child);
    if outcome.is_err() {
        // Nothing may stay behind; it may be dead already.
        let _ = child.kill();
    }
    outcome
}

fn start(image: &File, arguments: &[OsString]) -> Result<Child> {
    let path = format!("/proc/self/fd/{}", image.as_raw_fd());
    Command::new(path).arg0("trapless").args(arguments).env_clear().spawn().map_err(|error| {
        match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
            Some(rustix::io::Errno::TOOBIG) => {
                anyhow!("the program's arguments and environment are too long")
            }
            Some(rustix::io::Errno::NOENT) => anyhow!("cannot start the kernel: the host has no /proc"),
            _ => anyhow::Error::from(error).context("cannot start the kernel"),
        }
    })
}

fn stand_by(child: &mut Child) -> Result<ExitCode> {
    let id = Pid::from_child(child);
    let end = rustix::process::pidfd_open(id, PidfdFlags::empty()).context("cannot watch the kernel")?;
    let signals = signals()?;
    loop {
        let (ended, signalled) = wait_for_either(end.as_fd(), signals.as_fd(), None)?;
        if signalled {
            pass_on(&signals, id);
        }
        let failure = reap_others(id);
        // When the world ends, its processes end in any order.
        let ended = ended || (failure.is_some() && wait_for_either(end.as_fd(), end.as_fd(), GRACE)?.0);
        if ended {
            let code = exit_code(child.wait().context("cannot wait for the kernel")?);
            reap_rest(&signals);
            return code;
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
    }
}

/// Signals that mean the program come from this descriptor from now on.
pub(crate) fn signals() -> Result<SignalFd> {
    let set: SigSet = PASSED_ON.into_iter().chain([Signal::SIGCHLD]).collect();
    set.thread_block().context("cannot block signals")?;
    SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)
        .context("cannot read signals from a descriptor")
}

/// Takes the host processes of address spaces that are gone out of the host's table.
///
/// The kernel ends them with status 0; any other end broke the kernel, which then cannot go on.
fn reap_others(kernel: Pid) -> Option<anyhow::Error> {
    // Looks first and takes afterwards, because the first process's end is waited for elsewhere.
    let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    while let Ok(seen) = waitid(Id::All, look) {
        let other = seen.pid().filter(|other| other.as_raw() != kernel.as_raw_nonzero().get())?;
        match waitid(Id::Pid(other), WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG) {
            Ok(WaitStatus::Signaled(_, signal, _)) => {
                return Some(anyhow!(
                    "a process of the kernel was ended by signal {} ({signal})",
                    signal as i32
                ));
            }
            Ok(WaitStatus::Exited(_, status)) if status != 0 => {
                return Some(anyhow!("a process of the kernel ended by itself (status {status})"));
            }
            _ => {}
        }
    }
    None
}

/// Waits for the end of the processes that the ended kernel has told to end; those that it could not tell
/// end with this one.
fn reap_rest(signals: &SignalFd) {
    loop {
        match waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG) {
            Ok(WaitStatus::StillAlive) => {}
            Ok(_) => continue,
            Err(_) => return,
        }
        match wait_for_either(signals.as_fd(), signals.as_fd(), GRACE) {
            Ok((true, _)) => while matches!(signals.read_signal(), Ok(Some(_))) {},
            _ => return,
        }
    }
}

/// Whether each of two descriptors is ready, once one is or the time is over.
fn wait_for_either(
    first: BorrowedFd<'_>,
    second: BorrowedFd<'_>,
    limit: Option<&Timespec>,
) -> Result<(bool, bool)> {
    let mut both =
        [PollFd::from_borrowed_fd(first, PollFlags::IN), PollFd::from_borrowed_fd(second, PollFlags::IN)];
    match rustix::event::poll(&mut both, limit) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => bail!("cannot wait for the kernel: {error}"),
    }
    let [first, second] = both.map(|entry| !entry.revents().is_empty());
    Ok((first, second))
}

fn pass_on(signals: &SignalFd, kernel: Pid) {
    while let Ok(Some(information)) = signals.read_signal() {
        let number = i32::try_from(information.ssi_signo).unwrap_or_default();
        if information.ssi_code == SI_KERNEL || number == Signal::SIGCHLD as i32 {
            continue;
        }
        if let Some(signal) = rustix::process::Signal::from_named_raw(number) {
            // It fails only when the kernel has ended, which the next round sees.
            let _ = rustix::process::kill_process(kernel, signal);
        }
    }
}

/// The kernel's own exit status is the program's; a kernel that a signal ended did not mean to end.
fn exit_code(status: ExitStatus) -> Result<ExitCode> {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(crate::failure::OURS))),
        (None, Some(number)) => {
            let name = Signal::try_from(number).map_or("unknown", Signal::as_str);
            bail!("the kernel was ended by signal {number} ({name})")
        }
        (None, None) => bail!("the kernel ended in a way that cannot be told"),
    }
}
