//! Going into another program's memory and back: the running thread sees that one's address space for a while,
//! so that what lies there is copied, and brought in, as if its own program asked.

use alloc::sync::Arc;

use abi::Errno;

use super::cpu::current;
use super::wait::block_until;
use crate::machine::{machine, monotonic};
use crate::mm::MemoryMap;
use crate::task::Thread;

/// How long a thread waits until a processor has started or can enter a program's space, in nanoseconds.
const PATIENCE: u64 = 1_000_000_000;
/// How long it sleeps between two looks, in nanoseconds.
const PAUSE: u64 = 50_000;

/// Runs `work` where the program's addresses are those of another memory; what is absent there is brought in.
/// `work` must be short and not visit a third memory; it may wait.
///
/// # Errors
/// `ESRCH` when the program is gone; `EAGAIN` when this processor cannot enter its space.
pub fn visit<T>(memory: &Arc<MemoryMap>, work: impl FnOnce() -> T) -> Result<T, Errno> {
    let thread = current().ok_or(Errno::ESRCH)?;
    if Arc::ptr_eq(&thread.memory(), memory) {
        return Ok(work());
    }
    // As long as it is counted nobody fills the space with another program.
    if !memory.try_add_user() {
        return Err(Errno::ESRCH);
    }
    let this_cpu = || machine().this_cpu();
    let outcome = if await_space(memory, this_cpu) {
        go(&thread, Some(memory));
        let outcome = work();
        // It may be on another processor now. Its own space must be entered, however long that takes.
        let own = thread.process().memory();
        while !await_space(&own, this_cpu) {}
        go(&thread, None);
        Ok(outcome)
    } else {
        Err(Errno::EAGAIN)
    };
    memory.remove_user();
    outcome
}

/// Makes the thread see a memory whose space this processor can enter, or its own again.
fn go(thread: &Thread, visited: Option<&Arc<MemoryMap>>) {
    thread.set_visited(visited.cloned());
    let memory = thread.memory();
    machine().switch(thread.context(), thread.context(), Some(memory.space()));
}

/// Waits, but not for long, until a processor can enter a memory's space; `cpu` says which one at the time.
/// Gives whether it can.
pub(super) fn await_space(memory: &MemoryMap, cpu: impl Fn() -> usize) -> bool {
    await_that(|| {
        let reaches = memory.space().reaches(cpu());
        if !reaches {
            memory.space().reach(cpu());
        }
        reaches
    })
}

/// Waits, but not for long, until something holds that nobody tells of; gives whether it does.
pub(super) fn await_that(mut holds: impl FnMut() -> bool) -> bool {
    let deadline = monotonic().saturating_add(PATIENCE);
    while !holds() {
        let now = monotonic();
        if now >= deadline {
            return false;
        }
        // Only the clock ends it.
        let _ = block_until::<()>(Some(now.saturating_add(PAUSE)), false, || None);
    }
    true
}
