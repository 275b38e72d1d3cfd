//! What happens when memory runs out: somebody has to go (Linux's OOM killer).
//!
//! Much of what the kernel keeps for programs (descriptors, messages, names of files) lies in its heap, where an
//! allocation is not refused. So a part of the heap is kept back, and whoever makes the kernel touch that part ends
//! on its way out, where nothing is held: long before an allocation fails.

use alloc::sync::Arc;
use core::fmt::Write;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::log::Line;
use crate::machine::{HeapUsage, machine};
use crate::task::exit::FIRST_PROCESS;
use crate::task::{self, ExitStatus, Process, Thread, table};

const SIGKILL: u8 = 9;

/// The reserve was touched, and nobody has looked yet.
static TOUCHED: AtomicBool = AtomicBool::new(false);

/// How much of a heap of this size is kept back.
#[must_use]
pub const fn reserve(size: u64) -> u64 {
    const MOST: u64 = 64 << 20;
    let part = size / 8;
    if part < MOST { part } else { MOST }
}

/// For the machine's heap: an allocation took something of the reserve. Must not allocate.
pub fn reserve_touched() {
    if !TOUCHED.swap(true, Ordering::Relaxed) {
        machine().set_pending();
    }
}

/// On the way out: ends a process when the reserve is still in use.
pub fn relieve(thread: &Arc<Thread>) {
    if !TOUCHED.load(Ordering::Relaxed) {
        return;
    }
    TOUCHED.store(false, Ordering::Relaxed);
    let HeapUsage { size, used } = machine().heap_usage();
    if used > size.saturating_sub(reserve(size)) {
        kill(&victim(thread.process()), "the kernel's heap is full");
    }
}

/// Whoever asks for the memory goes (`vm.oom_kill_allocating_task`); but the first process, with which the world
/// would end, only when there is nobody else.
fn victim(asking: &Arc<Process>) -> Arc<Process> {
    if asking.pid() != FIRST_PROCESS {
        return Arc::clone(asking);
    }
    let others = table::processes().into_iter().filter(|process| process.pid() > FIRST_PROCESS);
    let largest = others
        .filter(|process| !process.is_zombie())
        .max_by_key(|process| process.representative().map_or(0, |thread| thread.files().capacity()));
    largest.unwrap_or_else(|| Arc::clone(asking))
}

/// Ends a process because there is no memory for what it wants, and says so.
pub fn kill(process: &Process, reason: &str) {
    let mut line = Line::new();
    let name = process.representative().map(|thread| thread.attributes.name()).unwrap_or_default();
    let name = core::str::from_utf8(&name).unwrap_or("?");
    // A line that is cut still says the most.
    let _ = writeln!(line, "out of memory: killed process {} ({name}): {reason}", process.pid());
    machine().log(line.as_bytes());
    task::exit_group(process, ExitStatus::Killed { signal: SIGKILL, core_dumped: false });
}
