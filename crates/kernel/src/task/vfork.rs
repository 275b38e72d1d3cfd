//! vfork(2): a parent that waits until its child no longer uses its memory.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

use super::{Thread, exit};
use crate::sched::WaitQueue;

/// What a parent waits for.
#[derive(Debug, Default)]
pub struct VforkCompletion {
    done: AtomicBool,
    parent: WaitQueue,
}

impl VforkCompletion {
    /// Waits until the child has its own program or has ended, or the waiting thread shall end itself.
    pub(super) fn wait(&self, parent: &Thread) {
        self.parent.wait_uninterruptible(|| {
            (self.done.load(Ordering::SeqCst) || exit::is_doomed(parent)).then_some(())
        });
    }
}

/// Says that the thread no longer uses the memory of the parent that waits for it, if one does.
pub fn done(thread: &Thread) {
    let completion: Option<Arc<VforkCompletion>> = thread.vfork.lock().take();
    if let Some(completion) = completion {
        completion.done.store(true, Ordering::SeqCst);
        completion.parent.wake_all();
    }
}
