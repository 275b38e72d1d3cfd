//! Job control: which session a terminal controls, and which of its groups is in the foreground
//! (credentials(7), tcsetpgrp(3)).
//!
//! Locks: a process's relations come before a terminal's job.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::CAP_SYS_ADMIN;
use abi::siginfo::SigInfo;
use abi::signal::{SIG_IGN, SIGCONT, SIGHUP, SIGTTIN, SIGTTOU, Signal};

use super::Terminal;
use crate::sched;
use crate::signal;
use crate::task::{Process, Thread, table};

/// Whom a terminal belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Job {
    /// The session that it controls, 0 for none.
    session: i32,
    /// The group in the foreground, 0 for none.
    foreground: i32,
}

impl Terminal {
    /// The session that it controls.
    pub(super) fn session(&self) -> Option<i32> {
        Some(self.job.lock().session).filter(|&session| session != 0)
    }

    /// The group in the foreground: it gets what the keyboard sends.
    #[must_use]
    pub fn foreground(&self) -> Option<i32> {
        Some(self.job.lock().foreground).filter(|&group| group != 0)
    }

    /// Whether it is the controlling terminal of a process.
    pub(super) fn controls(&self, process: &Process) -> bool {
        process.terminal().is_some_and(|terminal| core::ptr::eq(Arc::as_ptr(&terminal), self))
    }

    /// Makes it the controlling terminal of a session leader, whose group is then in the foreground.
    ///
    /// # Errors
    /// `EPERM` for any other process, for one that has a terminal, or when it controls a session.
    pub fn control(&self, process: &Process) -> Result<(), Errno> {
        let mut outcome = Err(Errno::EPERM);
        let terminal = self.arc();
        process.set_relations(|relations| {
            if relations.sid != process.pid() || relations.terminal.is_some() {
                return;
            }
            let mut job = self.job.lock();
            if job.session == 0 {
                *job = Job { session: relations.sid, foreground: relations.pgid };
                relations.terminal = terminal;
                outcome = Ok(());
            }
        });
        outcome
    }

    /// What opening it does for a session leader without a terminal.
    pub(super) fn acquire(&self) {
        if let Some(thread) = sched::current() {
            // Whoever may not have it has it opened all the same.
            let _ = self.control(thread.process());
        }
    }

    /// Makes it the caller's controlling terminal (`TIOCSCTTY`); `steal` takes it from another session.
    pub(super) fn take(&self, thread: &Thread, steal: bool, is_readable: bool) -> Result<(), Errno> {
        let process = thread.process();
        let relations = process.relations();
        let is_leader = relations.sid == process.pid();
        let session = self.session();
        if is_leader && session == Some(relations.sid) {
            return Ok(());
        }
        let is_privileged = thread.credentials().has_capability(CAP_SYS_ADMIN);
        let may_read = is_readable || is_privileged;
        if !is_leader || relations.terminal.is_some() || (session.is_some() && !(steal && is_privileged)) {
            return Err(Errno::EPERM);
        }
        if let Some(session) = session {
            *self.job.lock() = Job::default();
            self.leave_processes(session, |_, _| ());
        }
        if may_read { self.control(process) } else { Err(Errno::EPERM) }
    }

    /// Takes the terminal from the processes of a session that had it; `each` hears of each of them.
    fn leave_processes(&self, session: i32, mut each: impl FnMut(&Arc<Process>, bool)) {
        for process in table::processes() {
            let mut taken = None;
            process.set_relations(|relations| {
                let is_this = relations
                    .terminal
                    .as_ref()
                    .is_some_and(|terminal| core::ptr::eq(Arc::as_ptr(terminal), self));
                if relations.sid == session && is_this {
                    taken = relations.terminal.take();
                }
            });
            if taken.is_some() {
                each(&process, process.pid() == session);
            }
        }
    }

    /// Ends its session's use of it after a hang-up: the leader is told.
    pub(super) fn leave_session_hung_up(&self) {
        let job = core::mem::take(&mut *self.job.lock());
        if job.session == 0 {
            return;
        }
        self.leave_processes(job.session, |process, is_leader| {
            if is_leader {
                process.set_relations(|relations| relations.lost_foreground = job.foreground);
                // What cannot be queued still is pending.
                let _ = signal::send_to_process(process, SigInfo::kernel(SIGHUP));
                let _ = signal::send_to_process(process, SigInfo::kernel(SIGCONT));
            }
        });
    }

    /// The caller gives it up (`TIOCNOTTY`); with its leader, the whole session does.
    pub(super) fn give_up(&self, thread: &Thread) -> Result<(), Errno> {
        let process = thread.process();
        if !self.controls(process) {
            return Err(Errno::ENOTTY);
        }
        let relations = process.relations();
        if relations.sid == process.pid() {
            let foreground = self.foreground();
            *self.job.lock() = Job::default();
            self.leave_processes(relations.sid, |_, _| ());
            if let Some(group) = foreground {
                signal::send_to_group(group, SigInfo::kernel(SIGHUP));
                signal::send_to_group(group, SigInfo::kernel(SIGCONT));
            }
        }
        let mut before = None;
        process.set_relations(|relations| before = relations.terminal.take());
        Ok(())
    }

    /// The group in the foreground for a caller; one who does not hold the other side must have it as
    /// controlling terminal.
    pub(super) fn foreground_for(&self, thread: &Thread, is_other_side: bool) -> Result<i32, Errno> {
        if !is_other_side && !self.controls(thread.process()) {
            return Err(Errno::ENOTTY);
        }
        Ok(self.job.lock().foreground)
    }

    /// Its session for a caller, as [`foreground_for`](Self::foreground_for).
    pub(super) fn session_for(&self, thread: &Thread, is_other_side: bool) -> Result<i32, Errno> {
        self.foreground_for(thread, is_other_side)?;
        self.session().ok_or(Errno::ENOTTY)
    }

    /// Puts a group of the caller's session into the foreground (tcsetpgrp(3)).
    pub(super) fn set_foreground(&self, thread: &Thread, group: i32) -> Result<(), Errno> {
        if group < 0 {
            return Err(Errno::EINVAL);
        }
        let session = thread.process().relations().sid;
        if !self.controls(thread.process()) || self.session() != Some(session) {
            return Err(Errno::ENOTTY);
        }
        let member = table::process_group(group).into_iter().next().or_else(|| table::find_process(group));
        if member.ok_or(Errno::ESRCH)?.relations().sid != session {
            return Err(Errno::EPERM);
        }
        let mut job = self.job.lock();
        if job.session != session {
            return Err(Errno::ENOTTY);
        }
        job.foreground = group;
        Ok(())
    }

    /// Whether the thread's group is in the background of this, its controlling terminal.
    pub(super) fn is_background(&self, thread: &Thread) -> bool {
        let process = thread.process();
        let foreground = self.foreground();
        foreground.is_some_and(|group| group != process.relations().pgid) && self.controls(process)
    }

    /// Stops the group of a caller in the background (tty(4)): `signal` is `SIGTTIN` for one that reads and
    /// `SIGTTOU` for one that changes or writes.
    ///
    /// # Errors
    /// `ERESTARTSYS` after the signal was sent; `EIO` when it would stop nobody or for good.
    pub(super) fn check_background(&self, signal: Signal) -> Result<(), Errno> {
        let Some(thread) = sched::current() else { return Err(Errno::EIO) };
        if !self.is_background(&thread) {
            return Ok(());
        }
        let process = thread.process();
        let is_blocked = thread.signal_mask().contains(signal);
        let is_ignored = process.signals.lock().handlers().get(signal).handler == SIG_IGN;
        if is_blocked || is_ignored {
            return if signal == SIGTTIN { Err(Errno::EIO) } else { Ok(()) };
        }
        if signal::is_orphaned(process) {
            return Err(Errno::EIO);
        }
        signal::send_to_group(process.relations().pgid, SigInfo::kernel(signal));
        thread.set_pending_signal(true);
        Err(Errno::ERESTARTSYS)
    }

    /// [`check_background`](Self::check_background) for a caller that changes the terminal.
    pub(super) fn check_change(&self) -> Result<(), Errno> {
        self.check_background(SIGTTOU)
    }

    /// Sends a signal to the group in the foreground.
    pub(super) fn signal_foreground(&self, signal: Signal) {
        if let Some(group) = self.foreground() {
            signal::send_to_group(group, SigInfo::kernel(signal));
        }
    }
}

/// Ends the use of a terminal by the session of a process that ends, if it leads one (`disassociate_ctty`):
/// the group in the foreground is told.
pub fn leader_ends(process: &Arc<Process>) {
    let relations = process.relations();
    if relations.sid != process.pid() {
        return;
    }
    match relations.terminal {
        Some(terminal) => {
            let foreground = terminal.foreground();
            *terminal.job.lock() = Job::default();
            terminal.leave_processes(relations.sid, |_, _| ());
            // Whoever hears of it finds the terminal gone; on Linux it may still be there for a moment.
            if let Some(group) = foreground {
                signal::send_to_group(group, SigInfo::kernel(SIGHUP));
            }
        }
        None if relations.lost_foreground != 0 => {
            signal::send_to_group(relations.lost_foreground, SigInfo::kernel(SIGHUP));
            signal::send_to_group(relations.lost_foreground, SigInfo::kernel(SIGCONT));
        }
        None => {}
    }
}
