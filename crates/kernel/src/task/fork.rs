//! New processes (fork(2)): what a child has of its parent.

use alloc::sync::Arc;

use abi::Errno;
use abi::clone::CloneArguments;
use abi::raw::general::{CAP_SYS_ADMIN, CAP_SYS_RESOURCE, CLONE_PARENT, CLONE_SIGHAND, CLONE_VM};
use abi::resource::Resource;

use super::clone::{CLONE_CLEAR_SIGHAND, exit_signal, has};
use super::{Counted, Process, family};
use crate::signal::ProcessSignals;
use crate::syscalls::Current;

/// Makes a process as its parent asks for, without threads and not yet known as a child.
///
/// # Errors
/// `EAGAIN` when the machine has no room; `ENOMEM`.
pub(super) fn new_process(
    current: &Current<'_>,
    arguments: &CloneArguments,
    pid: i32,
    cpu: usize,
) -> Result<Arc<Process>, Errno> {
    let parent = current.process();
    let memory = parent.memory();
    let memory = if has(arguments, CLONE_VM) { memory } else { memory.fork(cpu)? };
    let child = Process::new(pid, memory);
    let handlers = {
        let signals = parent.signals.lock();
        if has(arguments, CLONE_SIGHAND) {
            Arc::clone(signals.handlers())
        } else if arguments.flags & CLONE_CLEAR_SIGHAND != 0 {
            signals.handlers().copy_for_exec()
        } else {
            signals.handlers().copy()
        }
    };
    *child.signals.lock() = ProcessSignals::new(handlers);
    let limits = parent.limits();
    child.set_limits(|place| *place = limits);
    child.attributes.inherit(&parent.attributes);
    if let Some(image) = parent.image() {
        child.set_image(image.executable, image.places);
    }
    let exit_signal =
        if has(arguments, CLONE_PARENT) { parent.exit_signal() } else { exit_signal(arguments) };
    child.set_exit_signal(exit_signal);
    super::cpu_limit::watch(&child);
    Ok(child)
}

/// Counts a new thread of the caller's user, if `RLIMIT_NPROC` has room for it.
pub(super) fn count(current: &Current<'_>) -> Result<Counted, Errno> {
    let credentials = current.credentials();
    let exempt = credentials.uid == 0
        || credentials.has_capability(CAP_SYS_RESOURCE)
        || credentials.has_capability(CAP_SYS_ADMIN);
    let limit = if exempt { u64::MAX } else { current.process().limit(Resource::Processes) };
    Counted::new(credentials.uid, limit)
}

/// Puts a new process in its place: a child of the caller's process, or of that one's parent.
pub(super) fn join_family(current: &Current<'_>, child: &Arc<Process>, of_grandparent: bool) {
    let parent = current.process();
    let own = parent.relations();
    child.set_relations(|relations| {
        (relations.pgid, relations.sid) = (own.pgid, own.sid);
        relations.terminal = own.terminal;
    });
    family::join(current, child, of_grandparent);
}
