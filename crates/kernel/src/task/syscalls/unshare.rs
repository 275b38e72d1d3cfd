//! unshare(2).

use abi::Errno;
use abi::raw::general::{
    CLONE_FILES, CLONE_FS, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID,
    CLONE_NEWTIME, CLONE_NEWUSER, CLONE_NEWUTS, CLONE_SIGHAND, CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM,
};
use alloc::sync::Arc;

use crate::gap;
use crate::ipc::sysv::semaphore;
use crate::syscalls::Current;

/// unshare(2): the thread has for itself what it shared.
pub fn unshare(current: &Current<'_>, flags: u64) -> Result<(), Errno> {
    const NAMESPACES: u32 = CLONE_NEWCGROUP
        | CLONE_NEWIPC
        | CLONE_NEWNET
        | CLONE_NEWNS
        | CLONE_NEWPID
        | CLONE_NEWTIME
        | CLONE_NEWUSER
        | CLONE_NEWUTS;
    /// What the threads of a program share, which only one that has no others can give up: it has it already.
    const OF_PROGRAM: u32 = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
    let known = NAMESPACES | OF_PROGRAM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM;
    let flags = u32::try_from(flags).map_err(|_| Errno::EINVAL)?;
    if flags & !known != 0 {
        return Err(Errno::EINVAL);
    }
    let process = current.process();
    if flags & OF_PROGRAM != 0 && process.thread_count() > 1 {
        return Err(Errno::EINVAL);
    }
    let handlers_shared = || Arc::strong_count(process.signals.lock().handlers()) > 1;
    if flags & (CLONE_SIGHAND | CLONE_VM) != 0 && handlers_shared() {
        return Err(Errno::EINVAL);
    }
    if flags & CLONE_VM != 0 && process.memory().users() > 1 {
        return Err(Errno::EINVAL);
    }
    if flags & NAMESPACES != 0 {
        return Err(gap!("unshare (namespaces)", EPERM));
    }
    if flags & CLONE_FS != 0 {
        let own = current.fs().duplicate();
        current.set_fs(own);
    }
    if flags & CLONE_FILES != 0 {
        let own = current.files().duplicate();
        current.set_files(own);
    }
    if flags & CLONE_SYSVSEM != 0 {
        semaphore::leave(current);
    }
    Ok(())
}
