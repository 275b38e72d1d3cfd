//! System calls about parents, process groups and sessions (credentials(7)).

use alloc::sync::Arc;

use abi::Errno;

use crate::syscalls::Current;
use crate::task::{Process, table};

/// The process that a number names, be it that of a thread; 0 names the caller's.
fn process(current: &Current<'_>, pid: i32) -> Result<Arc<Process>, Errno> {
    if pid == 0 {
        return Ok(Arc::clone(current.process()));
    }
    table::find_process_of(pid).ok_or(Errno::ESRCH)
}

/// getppid(2).
pub fn getppid(current: &Current<'_>) -> i32 {
    current.process().parent_pid()
}

/// getpgrp(2).
pub fn getpgrp(current: &Current<'_>) -> i32 {
    current.process().relations().pgid
}

/// getpgid(2).
pub fn getpgid(current: &Current<'_>, pid: i32) -> Result<i32, Errno> {
    Ok(process(current, pid)?.relations().pgid)
}

/// getsid(2).
pub fn getsid(current: &Current<'_>, pid: i32) -> Result<i32, Errno> {
    Ok(process(current, pid)?.relations().sid)
}

/// setsid(2).
pub fn setsid(current: &Current<'_>) -> Result<i32, Errno> {
    let this = current.process();
    let pid = this.pid();
    if !table::process_group(pid).is_empty() {
        return Err(Errno::EPERM);
    }
    let mut terminal = None;
    this.set_relations(|relations| {
        (relations.pgid, relations.sid) = (pid, pid);
        terminal = relations.terminal.take();
    });
    drop(terminal);
    Ok(pid)
}

/// setpgid(2).
pub fn setpgid(current: &Current<'_>, pid: i32, pgid: i32) -> Result<(), Errno> {
    let this = current.process();
    let pid = if pid == 0 { this.pid() } else { pid };
    let pgid = if pgid == 0 { pid } else { pgid };
    if pgid < 0 {
        return Err(Errno::EINVAL);
    }
    let target = process(current, pid)?;
    if target.pid() != pid {
        // A thread that leads no process.
        return Err(Errno::EINVAL);
    }
    let own = this.relations();
    let relations = target.relations();
    if !Arc::ptr_eq(&target, this) {
        if target.parent_pid() != this.pid() {
            return Err(Errno::ESRCH);
        }
        if relations.sid != own.sid {
            return Err(Errno::EPERM);
        }
        if target.has_executed() {
            return Err(Errno::EACCES);
        }
    }
    let in_session = |member: &Arc<Process>| member.relations().sid == own.sid;
    let is_session_leader = relations.sid == target.pid();
    if is_session_leader || (pgid != pid && !table::process_group(pgid).iter().any(in_session)) {
        return Err(Errno::EPERM);
    }
    target.set_relations(|relations| relations.pgid = pgid);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{getpgid, getppid, getsid, setpgid, setsid};
    use crate::testing::World;
    use abi::Errno;

    #[test]
    fn the_first_process_leads_its_session() {
        let mut world = World::new();
        let current = world.current();
        assert_eq!(getppid(&current), 0);
        assert_eq!(getpgid(&current, 0), Ok(1));
        assert_eq!(getsid(&current, 1), Ok(1));
        assert_eq!(getsid(&current, -3), Err(Errno::ESRCH));
        assert_eq!(setsid(&current), Err(Errno::EPERM));
        assert_eq!(setpgid(&current, 0, 0), Err(Errno::EPERM));
        assert_eq!(setpgid(&current, 0, -1), Err(Errno::EINVAL));
    }

    #[test]
    fn a_member_may_lead_a_group_or_a_session() {
        let mut world = World::new();
        let current = world.current();
        current.process().set_relations(|relations| (relations.pgid, relations.sid) = (7, 7));
        assert_eq!(setpgid(&current, 0, 99), Err(Errno::EPERM));
        assert_eq!(setpgid(&current, 0, 0), Ok(()));
        assert_eq!(setsid(&current), Err(Errno::EPERM));
        current.process().set_relations(|relations| relations.pgid = 7);
        assert_eq!(setsid(&current), Ok(1));
    }
}
