//! epoll (epoll(7)): a set of open files, and which of them became ready.
//!
//! Each watched file has an [`Item`] that is added to the file's wait queues. When a queue tells it that
//! something happened, the item joins the list of those that may be ready; epoll_wait(2) looks at what is
//! on that list only. Level-triggered items go back to the list's end as long as they are ready.
//!
//! Locks: `scan` (held over look and report), then `items`, then `ready`; an item is dropped without them.

mod item;
mod nesting;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::any::Any;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::Errno;
use abi::io::EpollEvent;
use abi::raw::general::{EPOLLET, EPOLLEXCLUSIVE, EPOLLONESHOT, EPOLLWAKEUP};
use sync::SpinLock;

pub use item::Item;

use super::{File, OpenFile, PollEvents};
use crate::sched::{Mutex, PollEntry, WaitError, WaitQueue};

/// The bits of an interest that are no readiness (`EP_PRIVATE_BITS`).
const PRIVATE: u32 = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;
/// How many watches there may be in all (/proc/sys/fs/epoll/max_user_watches).
const MAX_WATCHES: usize = 1 << 20;

static WATCHES: AtomicUsize = AtomicUsize::new(0);

/// A watched file: its description's number, and the descriptor by which it was added.
type Key = (u64, i32);

/// An epoll instance.
#[derive(Debug)]
pub struct Epoll {
    this: Weak<Self>,
    /// One change or look at a time.
    scan: Mutex<()>,
    items: SpinLock<BTreeMap<Key, Arc<Item>>>,
    ready: SpinLock<VecDeque<Arc<Item>>>,
    /// Threads in epoll_wait(2).
    waiters: WaitQueue,
    /// Those who watch this instance itself.
    watchers: Arc<WaitQueue>,
    /// Instances that watch or once watched this one; see [`nesting`].
    watched_in: SpinLock<Vec<Weak<Self>>>,
}

impl Epoll {
    /// An instance that watches nothing.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            scan: Mutex::new(()),
            items: SpinLock::new(BTreeMap::new()),
            ready: SpinLock::new(VecDeque::new()),
            waiters: WaitQueue::new(),
            watchers: Arc::new(WaitQueue::new()),
            watched_in: SpinLock::new(Vec::new()),
        })
    }

    /// The instance behind an open file.
    ///
    /// # Errors
    /// `EINVAL` when it is something else.
    pub fn of_file(file: &OpenFile) -> Result<&Self, Errno> {
        file.file().as_any().downcast_ref::<Self>().ok_or(Errno::EINVAL)
    }

    fn item(&self, key: Key) -> Option<Arc<Item>> {
        self.items.lock().get(&key).cloned()
    }

    /// Watches a file (`EPOLL_CTL_ADD`).
    ///
    /// # Errors
    /// `EEXIST`, `ELOOP`, `ENOSPC`.
    pub fn add(&self, file: &Arc<OpenFile>, fd: i32, event: EpollEvent) -> Result<(), Errno> {
        let _nesting = nesting::check(self, file)?;
        let _scan = self.scan.lock();
        let key = (file.id(), fd);
        if self.item(key).is_some() {
            return Err(Errno::EEXIST);
        }
        if WATCHES.fetch_add(1, Ordering::Relaxed) >= MAX_WATCHES {
            WATCHES.fetch_sub(1, Ordering::Relaxed);
            return Err(Errno::ENOSPC);
        }
        let item = Item::new(self.this.clone(), file, fd, event);
        self.items.lock().insert(key, Arc::clone(&item));
        file.watched_by(&item);
        if !item.register(file).is_empty() {
            item.announce();
        }
        Ok(())
    }

    /// Changes what a file is watched for (`EPOLL_CTL_MOD`).
    ///
    /// # Errors
    /// `ENOENT`; `EINVAL` for an exclusive watch.
    pub fn modify(&self, file: &Arc<OpenFile>, fd: i32, event: EpollEvent) -> Result<(), Errno> {
        let _scan = self.scan.lock();
        let item = self.item((file.id(), fd)).ok_or(Errno::ENOENT)?;
        if item.interest().events & EPOLLEXCLUSIVE != 0 {
            return Err(Errno::EINVAL);
        }
        if !item.change_interest(file, event).is_empty() {
            item.announce();
        }
        Ok(())
    }

    /// Stops watching a file (`EPOLL_CTL_DEL`).
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn remove(&self, file: &OpenFile, fd: i32) -> Result<(), Errno> {
        let _scan = self.scan.lock();
        if self.take((file.id(), fd)) { Ok(()) } else { Err(Errno::ENOENT) }
    }

    /// The `index`th of the files that were added by a descriptor, which may name others now (kcmp(2)).
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn watched_file(&self, fd: i32, index: usize) -> Result<Arc<OpenFile>, Errno> {
        let items: Vec<_> = self.items.lock().values().filter(|item| item.fd() == fd).cloned().collect();
        items.get(index).and_then(|item| item.file()).ok_or(Errno::ENOENT)
    }

    /// Forgets a watch.
    fn take(&self, key: Key) -> bool {
        let Some(item) = self.items.lock().remove(&key) else { return false };
        item.retire();
        let mut ready = self.ready.lock();
        let place = ready.iter().position(|other| Arc::ptr_eq(other, &item));
        let listed = place.and_then(|place| ready.remove(place));
        drop(ready);
        drop(listed);
        true
    }

    /// Puts an item on the list of those that may be ready and tells who waits; gives whether a thread waited
    /// that was not told of anything before.
    fn announce(&self, item: &Arc<Item>) -> bool {
        self.list(item);
        let told = self.waiters.wake_one();
        self.watchers.wake_all();
        told
    }

    fn list(&self, item: &Arc<Item>) {
        if item.enlist() {
            self.ready.lock().push_back(Arc::clone(item));
        }
    }

    fn may_be_ready(&self) -> bool {
        !self.ready.lock().is_empty()
    }

    /// Waits until a watched file is ready or the deadline comes (0 only looks); `report` gets one event
    /// after the other, at most `limit`. Gives how many there were.
    ///
    /// # Errors
    /// `EINTR`; what `report` gave when it failed at the first event.
    pub fn wait(
        &self,
        limit: usize,
        deadline: Option<u64>,
        mut report: impl FnMut(usize, EpollEvent) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        loop {
            let outcome = self.look(limit, &mut report);
            // Whatever is left is for the next thread that waits: one was woken for several items.
            if self.may_be_ready() {
                self.waiters.wake_one();
            }
            if outcome != Ok(0) || deadline == Some(0) {
                return outcome;
            }
            match self.waiters.wait_until(deadline, || self.may_be_ready().then_some(())) {
                Ok(()) => {}
                Err(WaitError::TimedOut) => return Ok(0),
                Err(WaitError::Interrupted) => return Err(Errno::EINTR),
            }
        }
    }

    /// Reports what is ready now.
    fn look(
        &self,
        limit: usize,
        report: &mut impl FnMut(usize, EpollEvent) -> Result<(), Errno>,
    ) -> Result<usize, Errno> {
        // Files that were open only through this look are closed after the locks.
        let mut files = Vec::new();
        let _scan = self.scan.lock();
        let mut count = 0;
        // Each item is looked at once; what comes back to the list meanwhile waits for the next look.
        let listed = self.ready.lock().len();
        let mut again = Vec::new();
        for _ in 0..listed {
            if count == limit {
                break;
            }
            let Some(item) = self.ready.lock().pop_front() else { break };
            // Before the look: what happens from now on enlists it again.
            item.delist();
            let Some(file) = item.file() else { continue };
            let events = item.readiness(&file);
            files.push(file);
            if events.is_empty() {
                continue;
            }
            let interest = item.interest();
            if let Err(error) = report(count, EpollEvent::new(events.bits(), interest.data)) {
                again.push(item);
                if count == 0 {
                    self.relist(&again);
                    return Err(error);
                }
                break;
            }
            count += 1;
            if interest.events & EPOLLONESHOT != 0 {
                item.disarm();
            } else if interest.events & EPOLLET == 0 {
                again.push(item);
            }
        }
        self.relist(&again);
        Ok(count)
    }

    fn relist(&self, items: &[Arc<Item>]) {
        for item in items {
            self.list(item);
        }
    }
}

impl File for Epoll {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn ignores_seek(&self) -> bool {
        true
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry {
            entry.add(&self.watchers);
        }
        let listed: Vec<_> = self.ready.lock().iter().cloned().collect();
        let is_ready = |item: &Arc<Item>| item.file().is_some_and(|file| !item.readiness(&file).is_empty());
        if listed.iter().any(is_ready) { PollEvents::IN | PollEvents::RDNORM } else { PollEvents::empty() }
    }
}

impl Drop for Epoll {
    fn drop(&mut self) {
        WATCHES.fetch_sub(self.items.lock().len(), Ordering::Relaxed);
    }
}

/// Takes a file that is closed for good out of the instances that watch it.
pub(super) fn file_closed(id: u64, items: Vec<Weak<Item>>) {
    for item in items.iter().filter_map(Weak::upgrade) {
        if let Some(epoll) = item.epoll() {
            epoll.take((id, item.fd()));
        }
    }
}

#[cfg(test)]
mod tests;
