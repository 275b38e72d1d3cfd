//! Epoll instances that watch epoll instances: no circles, and not too deep.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;

use super::Epoll;
use crate::fs::OpenFile;
use crate::sched::{Mutex, MutexGuard};

/// How deep instances may watch each other (`EP_MAX_NESTS`).
const MAX_NESTS: usize = 4;

/// Held while an instance begins to watch another one, so that two threads do not close a circle together.
static NESTING: Mutex<()> = Mutex::new(());

/// Fails when `epoll` must not watch `file`. What it gives is kept until the file is added.
///
/// # Errors
/// `ELOOP`.
pub(super) fn check(epoll: &Epoll, file: &Arc<OpenFile>) -> Result<Option<MutexGuard<'static, ()>>, Errno> {
    let Ok(target) = Epoll::of_file(file) else { return Ok(None) };
    let guard = NESTING.lock();
    let below = depth_below(epoll, target, 0)?;
    let above = height_above(epoll, 0);
    if below + 1 + above > MAX_NESTS {
        return Err(Errno::ELOOP);
    }
    let mut watchers = target.watched_in.lock();
    watchers.retain(|watcher| watcher.strong_count() > 0 && !watcher.ptr_eq(&epoll.this));
    watchers.push(epoll.this.clone());
    drop(watchers);
    Ok(Some(guard))
}

fn watched_instances(epoll: &Epoll) -> Vec<Arc<OpenFile>> {
    let items: Vec<_> = epoll.items.lock().values().cloned().collect();
    let files = items.iter().filter_map(|item| item.file());
    files.filter(|file| Epoll::of_file(file).is_ok()).collect()
}

/// How many levels of instances `target` watches.
fn depth_below(source: &Epoll, target: &Epoll, depth: usize) -> Result<usize, Errno> {
    if core::ptr::eq(source, target) || depth > MAX_NESTS {
        return Err(Errno::ELOOP);
    }
    let mut deepest = 0;
    for file in watched_instances(target) {
        if let Ok(next) = Epoll::of_file(&file) {
            deepest = deepest.max(depth_below(source, next, depth + 1)? + 1);
        }
    }
    Ok(deepest)
}

/// The instances that watch `epoll`; forgets those that do not any more.
fn watching_instances(epoll: &Epoll) -> Vec<Arc<Epoll>> {
    let watches = |watcher: &Arc<Epoll>| {
        let watched = watched_instances(watcher);
        watched.iter().any(|file| Epoll::of_file(file).is_ok_and(|other| core::ptr::eq(other, epoll)))
    };
    let known: Vec<_> = epoll.watched_in.lock().iter().filter_map(Weak::upgrade).collect();
    let watching: Vec<_> = known.into_iter().filter(watches).collect();
    *epoll.watched_in.lock() = watching.iter().map(Arc::downgrade).collect();
    watching
}

/// How many levels of instances watch `epoll`.
fn height_above(epoll: &Epoll, depth: usize) -> usize {
    if depth > MAX_NESTS {
        return depth;
    }
    let watchers = watching_instances(epoll);
    watchers.iter().map(|watcher| height_above(watcher, depth + 1) + 1).max().unwrap_or(0)
}
