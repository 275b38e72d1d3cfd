//! Descriptors that refer to a process (pidfd_open(2)).

use alloc::sync::Arc;
use core::any::Any;
use core::fmt;

use abi::Errno;
use abi::raw::general::{O_CLOEXEC, O_NONBLOCK, O_RDWR};
use abi::siginfo::SigInfo;

use super::access::{self, Identity};
use super::{Process, table};
use crate::fs::{File, OpenFile, PollEvents, open_anonymous, proc};
use crate::sched::PollEntry;
use crate::signal::syscalls::sending;
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

/// The file of a process: readable once that has ended.
#[derive(Debug)]
struct ProcessFile(Arc<Process>);

impl File for ProcessFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry {
            entry.add(&self.0.ended);
        }
        if self.0.is_zombie() { PollEvents::IN | PollEvents::RDNORM } else { PollEvents::empty() }
    }

    fn show_information(&self, target: &mut dyn fmt::Write) -> fmt::Result {
        let alive = table::find_process(self.0.pid()).is_some_and(|found| Arc::ptr_eq(&found, &self.0));
        let pid = if alive { self.0.pid() } else { -1 };
        writeln!(target, "Pid:\t{pid}\nNSpid:\t{pid}")
    }
}

/// The process that an open file refers to, if it is of this kind.
#[must_use]
pub fn process_of(file: &OpenFile) -> Option<Arc<Process>> {
    file.file().as_any().downcast_ref::<ProcessFile>().map(|file| Arc::clone(&file.0))
}

/// A descriptor of the caller's that refers to a process; closed by execve(2).
///
/// # Errors
/// `EMFILE`, `ENOMEM`.
pub(super) fn install(current: &Current<'_>, process: Arc<Process>, flags: u32) -> Result<Fd, Errno> {
    let file = open_anonymous(Arc::new(ProcessFile(process)), "[pidfd]", O_RDWR | flags)?;
    current.install(file, true)
}

/// pidfd_open(2).
///
/// # Errors
/// `EINVAL` for unknown flags, a number below 1 or a thread that is not its process's first; `ESRCH`.
pub fn pidfd_open(current: &Current<'_>, pid: i32, flags: u32) -> Result<Fd, Errno> {
    if flags & !O_NONBLOCK != 0 || pid <= 0 {
        return Err(Errno::EINVAL);
    }
    let Some(process) = table::find_process(pid) else {
        // Linux 6.8 and before: a number that only a thread has is refused otherwise.
        return Err(if table::find_thread(pid).is_some() { Errno::EINVAL } else { Errno::ESRCH });
    };
    install(current, process, flags & !O_CLOEXEC)
}

/// The process that a descriptor refers to.
fn target(current: &Current<'_>, fd: Fd) -> Result<Arc<Process>, Errno> {
    process_of(&*current.file(fd)?).ok_or(Errno::EBADF)
}

/// pidfd_send_signal(2).
///
/// # Errors
/// As kill(2); `EBADF` for a descriptor that is neither a process's nor its directory in /proc, `EINVAL` for
/// flags or information about another signal.
pub fn pidfd_send_signal(
    current: &Current<'_>,
    fd: Fd,
    number: i32,
    info: UserPtr<SigInfo>,
    flags: u32,
) -> Result<(), Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    // A process's directory serves, too: it is older than pidfd_open(2).
    let file = current.file(fd)?;
    let process = match process_of(&file) {
        Some(process) => process,
        None => proc::process_of(&file).ok_or(Errno::EBADF)??,
    };
    sending::send_to(current, &process, number, info)
}

/// pidfd_getfd(2): a descriptor of the caller's for what another process has open.
///
/// # Errors
/// `EBADF`, `EINVAL` for flags, `ESRCH` when the process has ended, `EPERM` when it must not be looked into.
pub fn pidfd_getfd(current: &Current<'_>, fd: Fd, other: Fd, flags: u32) -> Result<Fd, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let process = target(current, fd)?;
    let thread = process.threads().into_iter().next().ok_or(Errno::ESRCH)?;
    access::check(current, &thread, Identity::Real)?;
    let file = thread.files().get(other)?.to_arc();
    current.install(file, true)
}
