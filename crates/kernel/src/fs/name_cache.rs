//! Which unused dentries are kept for the next look-up: a ring with a second chance for what was used.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use sync::SpinLock;

use super::Dentry;

/// How many dentries are kept.
const CAPACITY: usize = 4096;

struct Ring {
    slots: Vec<Option<Arc<Dentry>>>,
    free: Vec<u32>,
    hand: usize,
}

static RING: SpinLock<Ring> = SpinLock::new(Ring { slots: Vec::new(), free: Vec::new(), hand: 0 });

impl Ring {
    /// Puts the dentry in and gives the one that had to go.
    fn keep(&mut self, dentry: Arc<Dentry>) -> Option<Arc<Dentry>> {
        let index = match self.free.pop() {
            Some(index) => index,
            None if self.slots.len() < CAPACITY => {
                if self.slots.try_reserve(1).is_err() {
                    return None;
                }
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).ok()?
            }
            None => self.next_victim()?,
        };
        dentry.cache_slot().store(index, Ordering::Relaxed);
        self.slots.get_mut(usize::try_from(index).ok()?)?.replace(dentry)
    }

    fn next_victim(&mut self) -> Option<u32> {
        loop {
            self.hand = (self.hand + 1) % CAPACITY;
            let slot = self.slots.get(self.hand)?;
            if !slot.as_ref().is_some_and(|dentry| dentry.take_used()) {
                return u32::try_from(self.hand).ok();
            }
        }
    }

    fn release(&mut self, index: u32) -> Option<Arc<Dentry>> {
        let gone = self.slots.get_mut(usize::try_from(index).ok()?)?.take()?;
        if self.free.try_reserve(1).is_ok() {
            self.free.push(index);
        }
        Some(gone)
    }
}

/// Keeps a dentry for a while.
pub(super) fn keep(dentry: &Arc<Dentry>) {
    // What goes is dropped after the lock: it may take others with it.
    let gone = RING.lock().keep(Arc::clone(dentry));
    drop(gone);
}

/// Lets go of a dentry: nobody will find its name again.
pub(super) fn release(dentry: &Dentry) {
    let index = dentry.cache_slot().load(Ordering::Relaxed);
    let gone = {
        let mut ring = RING.lock();
        let place = usize::try_from(index).ok().and_then(|index| ring.slots.get(index));
        let is_it =
            place.and_then(Option::as_ref).is_some_and(|kept| core::ptr::eq(&raw const **kept, dentry));
        if is_it { ring.release(index) } else { None }
    };
    drop(gone);
}

/// Lets go of all dentries below a root: its file system was unmounted.
pub(super) fn release_tree(root: &Arc<Dentry>) {
    let mut index = 0;
    loop {
        // One after the other: a dentry that goes may take its parents with it.
        let kept = match RING.lock().slots.get(index) {
            Some(slot) => slot.clone(),
            None => return,
        };
        if let Some(dentry) = kept
            && dentry.is_within(root)
        {
            release(&dentry);
        }
        index += 1;
    }
}
