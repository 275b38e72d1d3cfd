//! The limit of processor time (`RLIMIT_CPU`, getrlimit(2)).
//!
//! Processor time is looked at when the limit may be reached at the earliest: when every thread of the
//! process ran all the while.

use alloc::sync::{Arc, Weak};

use abi::resource::{RLIM_INFINITY, Resource, Rlimit};
use abi::siginfo::SigInfo;
use abi::signal::{SIGKILL, SIGXCPU};
use abi::time::NANOSECONDS_PER_SECOND;
use sync::SpinLock;

use super::Process;
use crate::machine::monotonic;
use crate::sched::Wake;
use crate::signal::send_to_process;
use crate::time::timers::{self, TimerId};

/// The shortest time between two looks, in nanoseconds.
const LOOK: u64 = 1_000_000;

/// Watches one process's limit.
#[derive(Debug)]
struct Watch {
    process: Weak<Process>,
    queued: SpinLock<Option<TimerId>>,
}

/// The watch of a process, made when a limit is first set.
#[derive(Debug, Default)]
pub struct CpuLimit(SpinLock<Option<Arc<Watch>>>);

impl CpuLimit {
    /// No watch.
    #[must_use]
    pub const fn new() -> Self {
        Self(SpinLock::new(None))
    }
}

/// Looks at the limit again, which may have changed.
pub fn watch(process: &Arc<Process>) {
    let limit = process.limits().get(Resource::Cpu);
    if limit.rlim_cur == RLIM_INFINITY && limit.rlim_max == RLIM_INFINITY {
        return;
    }
    let watch = {
        let mut place = process.cpu_limit.0.lock();
        let make = || Arc::new(Watch { process: Arc::downgrade(process), queued: SpinLock::new(None) });
        Arc::clone(place.get_or_insert_with(make))
    };
    let next = limit.rlim_cur.min(limit.rlim_max).saturating_mul(NANOSECONDS_PER_SECOND);
    let threads = process.thread_count().max(1) as u64;
    let left = next.saturating_sub(process.cpu_time()) / threads;
    let waker: Weak<Watch> = Arc::downgrade(&watch);
    let mut queued = watch.queued.lock();
    if let Some(before) = queued.take() {
        timers::cancel(before);
    }
    *queued = Some(timers::add(monotonic().saturating_add(left.max(LOOK)), waker));
}

impl Wake for Watch {
    fn wake(&self) {
        let Some(process) = self.process.upgrade() else { return };
        *self.queued.lock() = None;
        let limit = process.limits().get(Resource::Cpu);
        let used = process.cpu_time() / NANOSECONDS_PER_SECOND;
        // Signals of the kernel need no place under a limit: sending them cannot fail.
        if used >= limit.rlim_max {
            let _ = send_to_process(&process, SigInfo::kernel(SIGKILL));
            return;
        }
        if used >= limit.rlim_cur {
            let _ = send_to_process(&process, SigInfo::kernel(SIGXCPU));
            // Once a second from now on: Linux raises the limit itself.
            let raised = Rlimit { rlim_cur: used + 1, ..limit };
            process.set_limits(|limits| limits.set(Resource::Cpu, raised));
        }
        watch(&process);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(queued) = self.queued.get_mut().take() {
            timers::cancel(queued);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::watch;
    use crate::machine::monotonic;
    use crate::testing::World;
    use crate::time::timers;
    use abi::resource::{Resource, Rlimit};

    #[test]
    fn a_process_hears_of_its_limit_every_second() {
        let world = World::new();
        let process = world.thread.process();
        process.set_limits(|limits| limits.set(Resource::Cpu, Rlimit::new(1, 3)));
        watch(process);
        let pending = || process.signals.lock().pending.set().bits();
        world.advance(999_000_000);
        timers::expire(monotonic());
        assert_eq!(pending(), 0);
        world.advance(2_000_000);
        timers::expire(monotonic());
        assert_eq!(pending(), 1 << 23);
        assert_eq!(process.limit(Resource::Cpu), 2);
        world.advance(2_000_000_000);
        timers::expire(monotonic());
        assert_eq!(pending(), 1 << 23 | 1 << 8);
    }
}
