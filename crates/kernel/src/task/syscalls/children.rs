//! Waiting for children (wait(2)).

use abi::Errno;
use abi::raw::general::O_NONBLOCK;
use abi::resource::Rusage;
use abi::siginfo::SigInfo;
use abi::signal::SIGCHLD;
use abi::time::Timeval;

use crate::syscalls::{Current, Fd};
use crate::task::wait::{self, WaitRequest, Waited, Whom};
use crate::user::UserPtr;

const WNOHANG: u32 = 1;
const WSTOPPED: u32 = 2;
const WEXITED: u32 = 4;
const WCONTINUED: u32 = 8;
const WNOWAIT: u32 = 0x0100_0000;
/// Does not wait for the children of other threads.
const WNOTHREAD: u32 = 0x2000_0000;
const WALL: u32 = 0x4000_0000;
const WCLONE: u32 = 0x8000_0000;

fn request(whom: Whom, options: u32) -> WaitRequest {
    WaitRequest {
        whom,
        ended: options & WEXITED != 0,
        stopped: options & WSTOPPED != 0,
        continued: options & WCONTINUED != 0,
        keep: options & WNOWAIT != 0,
        no_wait: options & WNOHANG != 0,
        clones: if options & WALL != 0 { None } else { Some(options & WCLONE != 0) },
        own: options & WNOTHREAD != 0,
    }
}

/// The resources that a child has used, as far as they are counted.
fn usage_of(waited: &Waited) -> Rusage {
    let time = waited.child.cpu_time().saturating_add(waited.child.children_time());
    Rusage {
        ru_utime: Timeval::from_nanoseconds(time),
        ru_maxrss: waited.child.peak_with_children().cast_signed() / 1024,
        ..Rusage::default()
    }
}

/// wait4(2).
///
/// # Errors
/// `ECHILD`, `EINVAL`, `ESRCH`, `EFAULT`, and a restart for signals.
pub fn wait4(
    current: &Current<'_>,
    pid: i32,
    status: UserPtr<i32>,
    options: u32,
    usage: UserPtr<Rusage>,
) -> Result<i32, Errno> {
    if options & !(WNOHANG | WSTOPPED | WCONTINUED | WNOTHREAD | WCLONE | WALL) != 0 {
        return Err(Errno::EINVAL);
    }
    let whom = match pid {
        -1 => Whom::Any,
        0 => Whom::Group(current.process().relations().pgid),
        1.. => Whom::Process(pid),
        // There is no process group with the opposite number of the smallest one.
        _ => Whom::Group(pid.checked_neg().ok_or(Errno::ESRCH)?),
    };
    let Some(waited) = wait::wait(current, &request(whom, options | WEXITED))? else { return Ok(0) };
    status.write_if_given(&waited.event.wait_status())?;
    usage.write_if_given(&usage_of(&waited))?;
    Ok(waited.child.pid())
}

/// waitid(2). The information is cleared when there is nothing to tell, as on Linux.
///
/// # Errors
/// As [`wait4`]; `EBADF` for a descriptor that refers to no process.
pub fn waitid(
    current: &Current<'_>,
    which: i32,
    id: i32,
    info: UserPtr<[i32; 3]>,
    options: u32,
    usage: UserPtr<Rusage>,
) -> Result<i32, Errno> {
    let waited = find(current, which, id, options);
    if let Ok(Some(waited)) = &waited {
        usage.write_if_given(&usage_of(waited))?;
    }
    if !info.is_null() {
        // Signal, error and code; then, behind a hole, process, user and status.
        let (first, second) = match &waited {
            Ok(Some(waited)) => {
                let (code, status) = waited.event.code_and_status();
                let told = SigInfo::child(code, waited.child.pid(), waited.uid, status, 0, 0);
                ([SIGCHLD.number(), 0, code], [told.pid(), told.uid().cast_signed(), status])
            }
            _ => ([0; 3], [0; 3]),
        };
        info.write(&first)?;
        UserPtr::new(info.address().wrapping_add(16)).write(&second)?;
    }
    waited.map(|_| 0)
}

fn find(current: &Current<'_>, which: i32, id: i32, options: u32) -> Result<Option<Waited>, Errno> {
    const ALL: i32 = 0;
    const PROCESS: i32 = 1;
    const GROUP: i32 = 2;
    const DESCRIPTOR: i32 = 3;
    let kinds = WSTOPPED | WEXITED | WCONTINUED;
    let known = kinds | WNOHANG | WNOWAIT | WNOTHREAD | WCLONE | WALL;
    if options & !known != 0 || options & kinds == 0 {
        return Err(Errno::EINVAL);
    }
    let mut must_not_wait = false;
    let whom = match which {
        ALL => Whom::Any,
        PROCESS if id > 0 => Whom::Process(id),
        GROUP if id > 0 => Whom::Group(id),
        GROUP if id == 0 => Whom::Group(current.process().relations().pgid),
        DESCRIPTOR if id >= 0 => {
            let (pid, nonblocking) = descriptor_process(current, Fd(id))?;
            must_not_wait = nonblocking && options & WNOHANG == 0;
            Whom::Process(pid)
        }
        _ => return Err(Errno::EINVAL),
    };
    let mut request = request(whom, options);
    request.no_wait |= must_not_wait;
    match wait::wait(current, &request)? {
        None if must_not_wait => Err(Errno::EAGAIN),
        found => Ok(found),
    }
}

/// The process that a descriptor refers to (pidfd_open(2)), and whether the descriptor does not block.
fn descriptor_process(current: &Current<'_>, fd: Fd) -> Result<(i32, bool), Errno> {
    let file = current.file(fd)?;
    let process = crate::task::pidfd::process_of(&file).ok_or(Errno::EBADF)?;
    Ok((process.pid(), file.flags() & O_NONBLOCK != 0))
}

#[cfg(test)]
mod tests {
    use super::{wait4, waitid};
    use crate::testing::World;
    use crate::user::UserPtr;
    use abi::Errno;

    #[test]
    fn without_children_there_is_nobody_to_wait_for() {
        let mut world = World::new();
        let current = world.current();
        let wait4 = |pid, options| wait4(&current, pid, UserPtr::new(0), options, UserPtr::new(0));
        assert_eq!(wait4(-1, 1), Err(Errno::ECHILD));
        assert_eq!(wait4(-1, 4), Err(Errno::EINVAL));
        assert_eq!(wait4(i32::MIN, 0), Err(Errno::ESRCH));
        let waitid =
            |which, id, options| waitid(&current, which, id, UserPtr::new(0), options, UserPtr::new(0));
        assert_eq!(waitid(0, 0, 4), Err(Errno::ECHILD));
        assert_eq!(waitid(0, 0, 1), Err(Errno::EINVAL));
        assert_eq!(waitid(1, 0, 4), Err(Errno::EINVAL));
        assert_eq!(waitid(3, 5, 4), Err(Errno::EBADF));
    }
}
