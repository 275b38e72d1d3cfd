//! The table of threads and processes by number, and the numbers that are free.
//!
//! Threads enter it when they are made and leave it when they are dropped, so a look-up finds whatever
//! somebody still holds. The table's lock is taken before a process's own.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use sync::SpinLock;

use super::{Process, Thread};

/// One more than the highest number (/proc/sys/kernel/pid_max).
pub const PID_MAX: i32 = 1 << 22;
/// Where numbers start again after the highest one was given out (`RESERVED_PIDS`).
const FIRST_AGAIN: i32 = 300;

struct Table {
    threads: BTreeMap<i32, Weak<Thread>>,
    processes: BTreeMap<i32, Weak<Process>>,
    next: i32,
}

static TABLE: SpinLock<Table> =
    SpinLock::new(Table { threads: BTreeMap::new(), processes: BTreeMap::new(), next: 1 });

/// A number for a new thread (and, for the first thread of a process, for the process).
///
/// # Errors
/// `EAGAIN` when all numbers are in use.
pub fn allocate_number() -> Result<i32, Errno> {
    // Groups and sessions keep their number in use. The processes are let go without the table's lock:
    // dropping the last reference to one takes it.
    let relations: Vec<_> = processes().iter().map(|process| process.relations()).collect();
    let mut table = TABLE.lock();
    for _ in 0..PID_MAX {
        let number = table.next;
        table.next = if number + 1 < PID_MAX { number + 1 } else { FIRST_AGAIN };
        let is_used = table.threads.contains_key(&number)
            || table.processes.contains_key(&number)
            || relations.iter().any(|relations| relations.pgid == number || relations.sid == number);
        if !is_used {
            return Ok(number);
        }
    }
    Err(Errno::EAGAIN)
}

/// Enters a new thread and its process.
pub(super) fn insert(thread: &Arc<Thread>) {
    let mut table = TABLE.lock();
    table.threads.insert(thread.tid(), Arc::downgrade(thread));
    let process = thread.process();
    table.processes.insert(process.pid(), Arc::downgrade(process));
}

/// Takes out a thread that is being dropped.
pub(super) fn remove_thread(tid: i32, thread: &Weak<Thread>) {
    let mut table = TABLE.lock();
    if table.threads.get(&tid).is_some_and(|entry| entry.ptr_eq(thread)) {
        table.threads.remove(&tid);
    }
}

/// Gives a thread another number, that of a thread which has ended.
pub(super) fn renumber(old: i32, new: i32, thread: &Weak<Thread>) {
    let mut table = TABLE.lock();
    table.threads.remove(&old);
    table.threads.insert(new, thread.clone());
}

/// Takes out a process that is being dropped.
pub(super) fn remove_process(pid: i32) {
    let mut table = TABLE.lock();
    if table.processes.get(&pid).is_some_and(|entry| entry.strong_count() == 0) {
        table.processes.remove(&pid);
    }
}

/// Takes out a process that was waited for, with its first thread: their number is nobody's any more, even if
/// somebody still holds them.
pub(super) fn forget_process(process: &Process) {
    let pid = process.pid();
    let leader = {
        let mut table = TABLE.lock();
        if table.processes.get(&pid).is_some_and(|entry| core::ptr::eq(entry.as_ptr(), process)) {
            table.processes.remove(&pid);
        }
        let leader = table.threads.get(&pid).and_then(Weak::upgrade);
        if leader.as_ref().is_some_and(|leader| core::ptr::eq(Arc::as_ptr(leader.process()), process)) {
            table.threads.remove(&pid);
        }
        leader
    };
    // Dropping the last reference takes the table's lock.
    drop(leader);
}

/// The thread with this number.
#[must_use]
pub fn find_thread(tid: i32) -> Option<Arc<Thread>> {
    TABLE.lock().threads.get(&tid).and_then(Weak::upgrade)
}

/// The process with this number.
#[must_use]
pub fn find_process(pid: i32) -> Option<Arc<Process>> {
    TABLE.lock().processes.get(&pid).and_then(Weak::upgrade)
}

/// The process that a number names: its own, or that of one of its threads, as kill(2) and its like take it.
#[must_use]
pub fn find_process_of(number: i32) -> Option<Arc<Process>> {
    find_process(number).or_else(|| find_thread(number).map(|thread| Arc::clone(thread.process())))
}

/// All processes, by number.
#[must_use]
pub fn processes() -> Vec<Arc<Process>> {
    TABLE.lock().processes.values().filter_map(Weak::upgrade).collect()
}

/// The processes of a group (setpgid(2)).
#[must_use]
pub fn process_group(pgid: i32) -> Vec<Arc<Process>> {
    let mut members = processes();
    members.retain(|process| process.relations().pgid == pgid);
    members
}

/// How many threads there are.
#[must_use]
pub fn thread_count() -> usize {
    TABLE.lock().threads.len()
}

/// The number that was given out last (/proc/loadavg).
#[must_use]
pub fn last_number() -> i32 {
    TABLE.lock().next - 1
}

#[cfg(test)]
mod tests {
    use super::{allocate_number, find_process, find_thread, process_group};
    use crate::testing::World;

    #[test]
    fn finds_what_lives_and_gives_no_number_twice() {
        let world = World::new();
        assert_eq!(find_thread(1).map(|thread| thread.tid()), Some(1));
        assert_eq!(find_process(1).map(|process| process.pid()), Some(1));
        assert_eq!(process_group(1).len(), 1);
        assert!(find_thread(2_000_000).is_none());
        let first = allocate_number().unwrap();
        assert_ne!(first, world.thread.tid());
        assert_ne!(allocate_number(), Ok(first));
    }
}
