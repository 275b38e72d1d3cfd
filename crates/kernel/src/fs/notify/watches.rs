//! Which inodes are watched.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::fmt::Debug;
use core::sync::atomic::{AtomicUsize, Ordering};

use sync::SpinLock;

use super::Events;
use crate::fs::Inode;

/// Something that happened.
#[derive(Debug)]
pub(super) struct Happening<'a> {
    /// What it is.
    pub(super) events: Events,
    /// The name in the watched directory; empty when it is about the watched file itself.
    pub(super) name: &'a [u8],
    /// What the two halves of a rename have in common.
    pub(super) cookie: u32,
    /// Whether it was done to a file by a name that is removed.
    pub(super) is_unlinked: bool,
}

/// Who hears of what happens.
pub(super) trait Listener: Send + Sync + Debug {
    /// It happened, and is what the watch is for.
    fn happened(&self, watch: &Watch, happening: &Happening<'_>);

    /// The watch is over.
    fn end(&self, watch: &Arc<Watch>);
}

/// One watch of one listener.
#[derive(Debug)]
pub(super) struct Watch {
    /// Its number among those of its listener.
    pub(super) number: i32,
    /// What is watched.
    pub(super) inode: Arc<dyn Inode>,
    /// Who watches.
    pub(super) listener: Weak<dyn Listener>,
    /// What for, and how.
    pub(super) wanted: SpinLock<Events>,
}

/// The watches by the place of their inode in memory, where it stays as long as it is watched.
static WATCHES: SpinLock<BTreeMap<usize, Vec<Arc<Watch>>>> = SpinLock::new(BTreeMap::new());
/// How many inodes are watched, to see without the lock that none is.
static COUNT: AtomicUsize = AtomicUsize::new(0);

fn key(inode: &Arc<dyn Inode>) -> usize {
    Arc::as_ptr(inode).cast::<()>().addr()
}

/// Whether nothing at all is watched.
pub(super) fn are_none() -> bool {
    COUNT.load(Ordering::Acquire) == 0
}

fn of(inode: &Arc<dyn Inode>) -> Vec<Arc<Watch>> {
    WATCHES.lock().get(&key(inode)).cloned().unwrap_or_default()
}

/// Whether anybody watches an inode.
pub(super) fn is_watched(inode: &Arc<dyn Inode>) -> bool {
    WATCHES.lock().contains_key(&key(inode))
}

/// Enters a watch.
pub(super) fn add(watch: &Arc<Watch>) {
    let mut watches = WATCHES.lock();
    watches.entry(key(&watch.inode)).or_default().push(Arc::clone(watch));
    COUNT.store(watches.len(), Ordering::Release);
}

/// Strikes a watch; gives whether it was there.
pub(super) fn remove(watch: &Arc<Watch>) -> bool {
    let mut watches = WATCHES.lock();
    let key = key(&watch.inode);
    let Some(list) = watches.get_mut(&key) else { return false };
    let before = list.len();
    list.retain(|other| !Arc::ptr_eq(other, watch));
    let was_there = list.len() < before;
    if list.is_empty() {
        watches.remove(&key);
    }
    COUNT.store(watches.len(), Ordering::Release);
    was_there
}

/// The watch that a listener has on an inode.
pub(super) fn find(inode: &Arc<dyn Inode>, listener: *const dyn Listener) -> Option<Arc<Watch>> {
    of(inode).into_iter().find(|watch| core::ptr::addr_eq(watch.listener.as_ptr(), listener))
}

/// Tells everybody who watches an inode.
pub(super) fn tell(inode: &Arc<dyn Inode>, happening: &Happening<'_>) {
    if are_none() {
        return;
    }
    for watch in of(inode) {
        let wanted = *watch.wanted.lock();
        let is_hidden = happening.is_unlinked && wanted.contains(Events::EXCLUDE_UNLINKED);
        if is_hidden || !wanted.intersects(happening.events & Events::WATCHABLE) {
            continue;
        }
        if let Some(listener) = watch.listener.upgrade() {
            listener.happened(&watch, happening);
            if wanted.contains(Events::ONE_SHOT) {
                listener.end(&watch);
            }
        }
    }
}

/// Ends all watches of an inode.
pub(super) fn end_all(inode: &Arc<dyn Inode>) {
    for watch in of(inode) {
        if let Some(listener) = watch.listener.upgrade() {
            listener.end(&watch);
        }
    }
}
