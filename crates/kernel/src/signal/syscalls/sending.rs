//! Sending signals, and who may (kill(2)).

use abi::Errno;
use abi::siginfo::{SI_TKILL, SI_USER, SigInfo};
use abi::signal::{SIGCONT, Signal};

use crate::signal::{send_to_process, send_to_thread};
use crate::syscalls::Current;
use crate::task::{Process, Thread, table};
use crate::user::UserPtr;

/// `CAP_KILL`.
const CAP_KILL: u32 = 5;

/// The signal of a number; `None` for 0, which only asks whether one may send.
fn parse(number: i32) -> Result<Option<Signal>, Errno> {
    if number == 0 { Ok(None) } else { Signal::new(number).map(Some).ok_or(Errno::EINVAL) }
}

/// Refuses signals to those whom the caller may not send this one.
fn check_permission(current: &Current<'_>, target: &Thread, signal: Option<Signal>) -> Result<(), Errno> {
    let (ours, theirs) = (current.process(), target.process());
    if ours.pid() == theirs.pid() {
        return Ok(());
    }
    let (own, other) = (current.credentials(), target.credentials());
    let is_same_user = [own.euid, own.uid].iter().any(|user| [other.suid, other.uid].contains(user));
    let same_session = || ours.relations().sid == theirs.relations().sid;
    if is_same_user || own.has_capability(CAP_KILL) || (signal == Some(SIGCONT) && same_session()) {
        Ok(())
    } else {
        Err(Errno::EPERM)
    }
}

/// Sends to a process, if the caller may. What the caller says is checked after there is somebody to tell.
fn send(current: &Current<'_>, target: &Process, number: i32, info: &SigInfo) -> Result<(), Errno> {
    let signal = parse(number)?;
    let threads = target.threads();
    // A process without threads has ended: signals to it go nowhere and are no error.
    let Some(leader) = threads.first() else { return Ok(()) };
    check_permission(current, leader, signal)?;
    match signal {
        Some(signal) => send_to_process(target, info.for_signal(signal)),
        None => Ok(()),
    }
}

/// kill(2): a process, the caller's group (0), all (−1), a group (−pgid).
///
/// # Errors
/// `ESRCH` when there is nobody, `EPERM` when none of them may be sent to, `EINVAL` for a bad number.
pub fn kill(current: &Current<'_>, pid: i32, number: i32) -> Result<(), Errno> {
    let info = SigInfo::by_process(SI_USER, current.process().pid(), current.credentials().uid);
    match pid {
        1.. => {
            let target = table::find_process_of(pid).ok_or(Errno::ESRCH)?;
            send(current, &target, number, &info)
        }
        -1 => kill_all(current, number, &info),
        0 => kill_group(current, current.process().relations().pgid, number, &info),
        _ => kill_group(current, pid.checked_neg().ok_or(Errno::ESRCH)?, number, &info),
    }
}

/// To everybody but the first process and the caller's own.
fn kill_all(current: &Current<'_>, number: i32, info: &SigInfo) -> Result<(), Errno> {
    let own = current.process().pid();
    let mut outcome = Err(Errno::ESRCH);
    for target in table::processes().iter().filter(|target| target.pid() > 1 && target.pid() != own) {
        outcome = match send(current, target, number, info) {
            // As Linux: one to whom the caller may not send is no error, even if there is no other.
            Err(Errno::EPERM) if outcome == Err(Errno::ESRCH) => Ok(()),
            Err(Errno::EPERM) => outcome,
            sent => sent,
        };
    }
    outcome
}

fn kill_group(current: &Current<'_>, pgid: i32, number: i32, info: &SigInfo) -> Result<(), Errno> {
    let mut outcome = Err(Errno::ESRCH);
    for target in table::process_group(pgid) {
        let sent = send(current, &target, number, info);
        outcome = outcome.or(sent);
    }
    outcome
}

/// Sends to one thread, of the process `tgid` if that is given.
fn send_specific(
    current: &Current<'_>,
    tgid: Option<i32>,
    tid: i32,
    number: i32,
    info: &SigInfo,
) -> Result<(), Errno> {
    let target = table::find_thread(tid).ok_or(Errno::ESRCH)?;
    if tgid.is_some_and(|tgid| tgid != target.process().pid()) {
        return Err(Errno::ESRCH);
    }
    let signal = parse(number)?;
    check_permission(current, &target, signal)?;
    match signal {
        Some(signal) => send_to_thread(&target, info.for_signal(signal)),
        None => Ok(()),
    }
}

/// tkill(2).
///
/// # Errors
/// `EINVAL`, `ESRCH`, `EPERM`, `EAGAIN`.
pub fn tkill(current: &Current<'_>, tid: i32, number: i32) -> Result<(), Errno> {
    if tid <= 0 {
        return Err(Errno::EINVAL);
    }
    let info = SigInfo::by_process(SI_TKILL, current.process().pid(), current.credentials().uid);
    send_specific(current, None, tid, number, &info)
}

/// tgkill(2).
///
/// # Errors
/// As [`tkill`].
pub fn tgkill(current: &Current<'_>, tgid: i32, tid: i32, number: i32) -> Result<(), Errno> {
    if tgid <= 0 || tid <= 0 {
        return Err(Errno::EINVAL);
    }
    let info = SigInfo::by_process(SI_TKILL, current.process().pid(), current.credentials().uid);
    send_specific(current, Some(tgid), tid, number, &info)
}

/// Refuses information that claims to come from the kernel or from kill(2), except about oneself.
fn check_claim(info: &SigInfo, is_own: bool) -> Result<(), Errno> {
    let claims = info.si_code >= SI_USER || info.si_code == SI_TKILL;
    if claims && !is_own { Err(Errno::EPERM) } else { Ok(()) }
}

/// Sends what pidfd_send_signal(2) asks for: information of the caller's own making, or as kill(2).
///
/// # Errors
/// As [`kill`]; `EINVAL` when the information is about another signal.
pub(crate) fn send_to(
    current: &Current<'_>,
    target: &Process,
    number: i32,
    info: UserPtr<SigInfo>,
) -> Result<(), Errno> {
    let info = match info.non_null() {
        None => SigInfo::by_process(SI_USER, current.process().pid(), current.credentials().uid),
        Some(info) => {
            let info = info.read()?;
            if info.si_signo != number {
                return Err(Errno::EINVAL);
            }
            check_claim(&info, current.process().pid() == target.pid())?;
            info
        }
    };
    if target.is_zombie() {
        return Err(Errno::ESRCH);
    }
    send(current, target, number, &info)
}

/// rt_sigqueueinfo(2).
///
/// # Errors
/// `EFAULT`, `EPERM`, `ESRCH`, `EINVAL`, `EAGAIN`.
pub fn rt_sigqueueinfo(
    current: &Current<'_>,
    pid: i32,
    number: i32,
    info: UserPtr<SigInfo>,
) -> Result<(), Errno> {
    let info = info.read()?;
    check_claim(&info, current.tid() == pid)?;
    let target = table::find_process_of(pid).ok_or(Errno::ESRCH)?;
    send(current, &target, number, &info)
}

/// rt_tgsigqueueinfo(2).
///
/// # Errors
/// As [`rt_sigqueueinfo`].
pub fn rt_tgsigqueueinfo(
    current: &Current<'_>,
    tgid: i32,
    tid: i32,
    number: i32,
    info: UserPtr<SigInfo>,
) -> Result<(), Errno> {
    let info = info.read()?;
    if tgid <= 0 || tid <= 0 {
        return Err(Errno::EINVAL);
    }
    check_claim(&info, current.tid() == tid)?;
    send_specific(current, Some(tgid), tid, number, &info)
}
