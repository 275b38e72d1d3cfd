//! What a process takes back when it ends (`SEM_UNDO` of semop(2)).

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::Set;
use crate::task::Thread;

/// The sets in which some threads have something to take back. Threads made with `CLONE_SYSVSEM` share one;
/// the last of them takes back.
#[derive(Debug)]
pub struct UndoList {
    id: u64,
    sets: SpinLock<Vec<Weak<Set>>>,
}

impl UndoList {
    fn new() -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { id, sets: SpinLock::new(Vec::new()) })
    }

    /// Makes room for a set; gives the number of the list.
    ///
    /// # Errors
    /// `ENOMEM`, `EIDRM`.
    pub(super) fn prepare(&self, set: &Arc<Set>) -> Result<u64, Errno> {
        {
            let mut state = set.state.lock();
            if state.removed {
                return Err(Errno::EIDRM);
            }
            state.prepare_undo(self.id)?;
        }
        let mut sets = self.sets.lock();
        sets.retain(|other| other.strong_count() > 0);
        if !sets.iter().any(|other| other.as_ptr() == Arc::as_ptr(set)) {
            sets.push(Arc::downgrade(set));
        }
        Ok(self.id)
    }
}

/// The thread's list, made when it is first needed.
pub fn list_of(thread: &Thread) -> Arc<UndoList> {
    let mut list = thread.semaphore_undo.lock();
    Arc::clone(list.get_or_insert_with(UndoList::new))
}

/// Gives the thread's list up (its end, `unshare(CLONE_SYSVSEM)`): the last thread with it takes back.
pub fn leave(thread: &Thread) {
    let Some(list) = thread.semaphore_undo.lock().take() else { return };
    let Some(list) = Arc::into_inner(list) else { return };
    let pid = thread.process().pid();
    let sets = core::mem::take(&mut *list.sets.lock());
    for set in sets.iter().filter_map(Weak::upgrade) {
        let woken = set.state.lock().take_back(list.id, pid);
        woken.tell();
    }
}
