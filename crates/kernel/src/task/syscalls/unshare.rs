//! unshare(2): what a thread has for itself from now on.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{
    CLONE_FILES, CLONE_FS, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID,
    CLONE_NEWUSER, CLONE_NEWUTS, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM,
};

use crate::gap;
use crate::ipc::sysv::semaphore;
use crate::syscalls::Current;
use crate::task::{Process, table};

/// `CLONE_NEWTIME`: its bit is another flag's for clone(2).
const CLONE_NEWTIME: u32 = 0x80;
/// Every kind of namespace.
const NAMESPACES: u32 = CLONE_NEWCGROUP
    | CLONE_NEWIPC
    | CLONE_NEWNET
    | CLONE_NEWNS
    | CLONE_NEWPID
    | CLONE_NEWTIME
    | CLONE_NEWUSER
    | CLONE_NEWUTS;
/// What nobody can stop sharing: it must not be shared already.
const ALONE: u32 = CLONE_SIGHAND | CLONE_THREAD | CLONE_VM;
/// What a thread can have for itself.
const OWN: u32 = CLONE_FILES | CLONE_FS | CLONE_SYSVSEM;

/// unshare(2).
pub fn unshare(current: &Current<'_>, flags: u64) -> Result<(), Errno> {
    let flags = u32::try_from(flags).map_err(|_| Errno::EINVAL)?;
    if flags & !(NAMESPACES | ALONE | OWN) != 0 {
        return Err(Errno::EINVAL);
    }
    check_alone(current, flags)?;
    if flags & NAMESPACES != 0 {
        return Err(gap!("unshare (namespaces)", EPERM));
    }
    if flags & CLONE_FS != 0 {
        current.set_fs(current.fs().duplicate());
    }
    if flags & CLONE_FILES != 0 {
        current.set_files(current.files().duplicate());
    }
    if flags & CLONE_SYSVSEM != 0 {
        semaphore::leave(current);
    }
    Ok(())
}

/// Fails when the thread has something together with others that it shall have alone, but cannot leave.
fn check_alone(current: &Current<'_>, flags: u32) -> Result<(), Errno> {
    let process = current.process();
    // A user namespace is its processes', too.
    let threads = flags & (ALONE | CLONE_NEWUSER) != 0 && process.thread_count() > 1;
    // Beside the one that is asked for there is the process's own.
    let handlers = || Arc::strong_count(process.signals.lock().handlers()) > 1;
    let memory = || {
        let own = process.memory();
        let is_other = |other: &Arc<Process>| other.pid() != process.pid();
        table::processes().iter().any(|other| is_other(other) && Arc::ptr_eq(&other.memory(), &own))
    };
    let is_shared =
        threads || flags & (CLONE_SIGHAND | CLONE_VM) != 0 && handlers() || flags & CLONE_VM != 0 && memory();
    if is_shared { Err(Errno::EINVAL) } else { Ok(()) }
}
