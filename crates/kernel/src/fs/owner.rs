//! Who is told by a signal that a file became ready (fcntl(2), `F_SETOWN`).

use abi::Errno;
use abi::io::FileOwner;
use abi::raw::general::{F_OWNER_PGRP, F_OWNER_PID, F_OWNER_TID};
use abi::siginfo::{SI_SIGIO, SigInfo};
use abi::signal::{SIGCHLD, SIGIO, Signal, SignalSet};

use super::PollEvents;
use crate::signal::{send_to_process, send_to_thread};
use crate::task::{Process, Thread, table};

/// The owner of an open file description, and the signal that it wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalOwner {
    /// Kind and number; number 0 is nobody.
    pub owner: FileOwner,
    /// Real and effective user who set it.
    pub users: (u32, u32),
    /// The signal; 0 is `SIGIO`.
    pub signal: u8,
}

/// What a signal of readiness says (`si_code` of `SIGPOLL`, sigaction(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `POLL_IN`: there is something to read.
    Input,
    /// `POLL_OUT`: there is room to write.
    Output,
    /// `POLL_MSG`: something happened in a directory.
    Message,
}

impl Reason {
    const fn code(self) -> i32 {
        match self {
            Self::Input => 1,
            Self::Output => 2,
            Self::Message => 3,
        }
    }

    /// The same as poll(2) says it.
    fn band(self) -> i64 {
        const MESSAGE: u32 = 0x400;
        let input = PollEvents::IN | PollEvents::RDNORM;
        i64::from(match self {
            Self::Input => input.bits(),
            Self::Output => (PollEvents::OUT | PollEvents::WRNORM | PollEvents::WRBAND).bits(),
            Self::Message => input.bits() | MESSAGE,
        })
    }
}

fn kind(constant: u32) -> i32 {
    i32::try_from(constant).unwrap_or(0)
}

impl SignalOwner {
    /// Sets the owner as `F_SETOWN_EX` names it.
    ///
    /// # Errors
    /// `EINVAL` for an unknown kind, `ESRCH` when there is no such process.
    pub fn set(&mut self, thread: &Thread, owner: FileOwner) -> Result<(), Errno> {
        let exists = match owner.kind {
            constant if constant == kind(F_OWNER_TID) => table::find_thread(owner.pid).is_some(),
            constant if constant == kind(F_OWNER_PID) => table::find_process(owner.pid).is_some(),
            constant if constant == kind(F_OWNER_PGRP) => !table::process_group(owner.pid).is_empty(),
            _ => return Err(Errno::EINVAL),
        };
        if owner.pid != 0 && !exists {
            return Err(Errno::ESRCH);
        }
        let credentials = thread.credentials();
        self.owner = owner;
        self.users = (credentials.uid, credentials.euid);
        Ok(())
    }

    /// Sets the owner as `F_SETOWN` names it: a negative number is a process group.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn set_number(&mut self, thread: &Thread, number: i32) -> Result<(), Errno> {
        let pid = number.checked_abs().ok_or(Errno::EINVAL)?;
        let constant = if number < 0 { F_OWNER_PGRP } else { F_OWNER_PID };
        self.set(thread, FileOwner { kind: kind(constant), pid })
    }

    /// Makes a process the owner if there is none.
    pub fn set_default(&mut self, thread: &Thread) {
        if self.owner.pid == 0 {
            let owner = FileOwner { kind: kind(F_OWNER_PID), pid: thread.process().pid() };
            let credentials = thread.credentials();
            self.owner = owner;
            self.users = (credentials.uid, credentials.euid);
        }
    }

    /// Sends the owner its signal: that something happened to the file of that descriptor.
    pub fn tell(&self, reason: Reason, fd: i32) {
        match self.owner.kind {
            constant if constant == kind(F_OWNER_TID) => {
                if let Some(thread) =
                    table::find_thread(self.owner.pid).filter(|thread| self.may_tell(thread))
                {
                    self.send(reason, fd, |info| send_to_thread(&thread, info));
                }
            }
            constant if constant == kind(F_OWNER_PID) => {
                table::find_process(self.owner.pid)
                    .iter()
                    .for_each(|process| self.tell_process(process, reason, fd));
            }
            _ => {
                let group = table::process_group(self.owner.pid);
                group.iter().for_each(|process| self.tell_process(process, reason, fd));
            }
        }
    }

    fn tell_process(&self, process: &Process, reason: Reason, fd: i32) {
        if process.threads().first().is_some_and(|thread| self.may_tell(thread)) {
            self.send(reason, fd, |info| send_to_process(process, info));
        }
    }

    /// As Linux's `sigio_perm`.
    fn may_tell(&self, thread: &Thread) -> bool {
        let target = thread.credentials();
        let (real, effective) = self.users;
        let targets = [target.uid, target.suid];
        effective == 0 || targets.contains(&effective) || targets.contains(&real)
    }

    /// The signal that was chosen says what happened; without one, or when it cannot be queued, `SIGIO`
    /// says only that something did.
    fn send(&self, reason: Reason, fd: i32, send: impl Fn(SigInfo) -> Result<(), Errno>) {
        if let Some(signal) = Signal::new(i32::from(self.signal)) {
            // Codes that mean something else with this signal.
            let is_ambiguous = SignalSet::SYNCHRONOUS.contains(signal) || signal == SIGCHLD;
            let code = if is_ambiguous { SI_SIGIO } else { reason.code() };
            if send(SigInfo::poll(signal, code, reason.band(), fd)).is_ok() {
                return;
            }
        }
        // One that cannot be queued still is pending.
        let _ = send(SigInfo::kernel(SIGIO));
    }

    /// The owner as `F_GETOWN` gives it.
    #[must_use]
    pub fn number(&self) -> i32 {
        if self.owner.kind == kind(F_OWNER_PGRP) { -self.owner.pid } else { self.owner.pid }
    }
}
