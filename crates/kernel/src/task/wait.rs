//! Waiting for children: which child, and what of it (wait(2)).

use alloc::sync::Arc;

use abi::Errno;

use super::{ChildEvent, Process, Thread, family};

/// Whom a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Any child.
    Any,
    /// The child with this number.
    Process(i32),
    /// Any child in this process group.
    Group(i32),
}

/// What a caller waits for.
#[derive(Clone, Copy, Debug)]
pub struct WaitRequest {
    /// Whom.
    pub whom: Whom,
    /// Children that ended (`WEXITED`).
    pub ended: bool,
    /// Children that stopped (`WSTOPPED`).
    pub stopped: bool,
    /// Children that went on (`WCONTINUED`).
    pub continued: bool,
    /// What is found may be found again (`WNOWAIT`).
    pub keep: bool,
    /// Comes back at once (`WNOHANG`).
    pub no_wait: bool,
    /// Children that tell of their end by another signal than `SIGCHLD`: `Some(true)` only those
    /// (`__WCLONE`), `Some(false)` only the others, `None` both (`__WALL`).
    pub clones: Option<bool>,
    /// Children of the waiting thread alone (`__WNOTHREAD`).
    pub own: bool,
}

/// A child that changed.
#[derive(Clone, Debug)]
pub struct Waited {
    /// The child.
    pub child: Arc<Process>,
    /// What happened to it.
    pub event: ChildEvent,
    /// Its real user.
    pub uid: u32,
}

impl WaitRequest {
    fn concerns(&self, thread: &Thread, child: &Process) -> bool {
        if self.own && child.parent_thread() != thread.order() {
            return false;
        }
        let is_clone = child.exit_signal() != Some(abi::signal::SIGCHLD);
        let is_kind = self.clones.is_none_or(|clones| clones == is_clone);
        is_kind
            && match self.whom {
                Whom::Any => true,
                Whom::Process(pid) => child.pid() == pid,
                Whom::Group(pgid) => child.relations().pgid == pgid,
            }
    }

    /// What of this child was waited for, taken unless it shall be kept.
    fn look(&self, child: &Process) -> Option<ChildEvent> {
        if child.is_zombie() {
            return child.exit_status().filter(|_| self.ended).map(ChildEvent::Ended);
        }
        let wanted = match child.event(false)? {
            ChildEvent::Stopped(_) => self.stopped,
            ChildEvent::Continued => self.continued,
            ChildEvent::Ended(_) => false,
        };
        if wanted { child.event(!self.keep) } else { None }
    }

    /// Looks at all children once.
    ///
    /// # Errors
    /// `ECHILD` when there is none that the caller could wait for.
    fn find(&self, thread: &Thread) -> Result<Option<Waited>, Errno> {
        let mut children = thread.process().children.lock();
        let mut outcome = Err(Errno::ECHILD);
        for (index, child) in children.iter().enumerate().filter(|(_, child)| self.concerns(thread, child)) {
            // As Linux: of a child that has ended nothing else is to come.
            if self.ended || !child.is_zombie() {
                outcome = Ok(None);
            }
            if let Some(event) = self.look(child) {
                let found = Waited { child: Arc::clone(child), event, uid: child.uid() };
                if matches!(event, ChildEvent::Ended(_)) && !self.keep {
                    drop(children.remove(index));
                }
                return Ok(Some(found));
            }
        }
        outcome
    }
}

/// Waits for a child; `None` when nothing has happened and the caller does not want to wait.
///
/// # Errors
/// `ECHILD` without such a child, `ERESTARTSYS` for a signal.
pub fn wait(thread: &Thread, request: &WaitRequest) -> Result<Option<Waited>, Errno> {
    let parent = thread.process();
    let look = || match request.find(thread) {
        Ok(None) if !request.no_wait => None,
        outcome => Some(outcome),
    };
    let found = parent.child_changed.wait_until(None, look).map_err(Errno::from)??;
    if let Some(found) = &found
        && matches!(found.event, ChildEvent::Ended(_))
        && !request.keep
    {
        family::reap(parent, &found.child);
    }
    Ok(found)
}
