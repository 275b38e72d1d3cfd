//! Waiting: one mechanism for threads that block, poll and epoll.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::{RunState, current, schedule};
use crate::fs::PollEvents;
use crate::machine::monotonic;
use crate::time::timers;

/// Some of those who wait.
type Batch = [Option<Arc<dyn Wake>>; BATCH];

/// Somebody who wants to hear that something happened.
pub trait Wake: Send + Sync {
    /// It may have happened; called without locks of the queue, from any thread.
    fn wake(&self);

    /// As [`wake`](Self::wake), of several of whom one suffices: `false` sends the next one, too.
    fn wake_exclusive(&self) -> bool {
        self.wake();
        true
    }
}

/// Why a wait ended without what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitError {
    /// A signal is to be handled.
    Interrupted,
    /// The deadline came.
    TimedOut,
}

impl From<WaitError> for Errno {
    /// The usual errors of a call that blocks: restart after a signal if the handler wants, and
    /// `ETIMEDOUT`.
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Interrupted => Self::ERESTARTSYS,
            WaitError::TimedOut => Self::ETIMEDOUT,
        }
    }
}

struct Entry {
    id: u64,
    waker: Weak<dyn Wake>,
    /// Of those with this mark one suffices.
    exclusive: bool,
    /// It was told by [`WaitQueue::wake_one`] and is probably on its way.
    told: bool,
}

/// How many are told between two looks at the queue.
const BATCH: usize = 4;

/// Those who wait for one thing.
#[derive(Default)]
pub struct WaitQueue {
    entries: SpinLock<Vec<Entry>>,
    /// How many entries there are, to see without the lock that nobody waits.
    count: AtomicUsize,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl WaitQueue {
    /// A queue with nobody in it.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: SpinLock::new(Vec::new()), count: AtomicUsize::new(0) }
    }

    /// Adds somebody; gives the number for [`remove`](Self::remove).
    pub fn add(&self, waker: Weak<dyn Wake>) -> u64 {
        self.add_entry(waker, false)
    }

    fn add_entry(&self, waker: Weak<dyn Wake>, exclusive: bool) -> u64 {
        let mut entries = self.entries.lock();
        // Under the lock: the numbers of a queue ascend.
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        entries.push(Entry { id, waker, exclusive, told: false });
        self.count.store(entries.len(), Ordering::SeqCst);
        id
    }

    /// Removes somebody; does nothing when the number is not there.
    pub fn remove(&self, id: u64) {
        let mut entries = self.entries.lock();
        entries.retain(|entry| entry.id != id);
        self.count.store(entries.len(), Ordering::SeqCst);
    }

    /// Whether somebody may wait.
    fn has_waiters(&self) -> bool {
        // Pairs with the store in `add`: a waiter adds itself, then looks at the condition; a waker
        // changes the condition, then looks here.
        arch::cpu::barrier();
        self.count.load(Ordering::SeqCst) != 0
    }

    /// Tells everybody, the newest first, then of those who were added as exclusive as many as it takes, the
    /// oldest first; programs see this order of Linux's in what epoll_wait(2) gives.
    pub fn wake_all(&self) {
        if self.has_waiters() {
            self.wake_those_there();
        }
    }

    /// As [`wake_all`](Self::wake_all), for who gave a [`Mutex`](super::Mutex) back since the change: that is the
    /// barrier between it and the look at who waits.
    pub fn wake_all_after_unlock(&self) {
        if self.count.load(Ordering::SeqCst) != 0 {
            self.wake_those_there();
        }
    }

    #[inline(never)]
    fn wake_those_there(&self) {
        // Whoever comes back while the others are told is not told again.
        let end = NEXT_ID.load(Ordering::Relaxed);
        let mut below = end;
        loop {
            let (batch, last) = self.batch(below);
            for waker in batch.into_iter().flatten() {
                waker.wake();
            }
            match last {
                Some(last) => below = last,
                None => break,
            }
        }
        let mut next = 0;
        while let Some((id, waker)) = self.first_exclusive(next..end) {
            if waker.wake_exclusive() {
                break;
            }
            next = id + 1;
        }
    }

    /// Tells the one who has waited longest of those who were not told yet; gives whether there was one. Those
    /// who were told and wait again, for nothing, are told where nobody else is.
    pub fn wake_one(&self) -> bool {
        if !self.has_waiters() {
            return false;
        }
        let waker = self.entries.lock().iter_mut().filter(|entry| !entry.told).find_map(|entry| {
            let waker = entry.waker.upgrade()?;
            entry.told = true;
            Some(waker)
        });
        match &waker {
            Some(waker) => waker.wake(),
            None => self.wake_all(),
        }
        waker.is_some()
    }

    /// The newest ones below a number that are not exclusive, and the last one's number if there are more.
    fn batch(&self, below: u64) -> (Batch, Option<u64>) {
        let mut batch = Batch::default();
        let mut places = batch.iter_mut();
        let mut last = 0;
        let entries = self.entries.lock();
        for entry in entries.iter().rev().filter(|entry| !entry.exclusive && entry.id < below) {
            let Some(waker) = entry.waker.upgrade() else { continue };
            match places.next() {
                Some(place) => *place = Some(waker),
                None => {
                    // One reference too many goes without the lock.
                    drop(entries);
                    drop(waker);
                    return (batch, Some(last));
                }
            }
            last = entry.id;
        }
        (batch, None)
    }

    fn first_exclusive(&self, ids: Range<u64>) -> Option<(u64, Arc<dyn Wake>)> {
        let entries = self.entries.lock();
        let mut found = entries.iter().filter(|entry| entry.exclusive && ids.contains(&entry.id));
        found.find_map(|entry| Some((entry.id, entry.waker.upgrade()?)))
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }

    /// Blocks the current thread until `condition` gives something, a signal is to be handled, or the
    /// deadline (nanoseconds of `CLOCK_MONOTONIC`) comes. The condition is looked at first.
    ///
    /// # Errors
    /// [`WaitError::Interrupted`] or [`WaitError::TimedOut`].
    pub fn wait_until<T>(
        &self,
        deadline: Option<u64>,
        mut condition: impl FnMut() -> Option<T>,
    ) -> Result<T, WaitError> {
        if let Some(value) = condition() {
            return Ok(value);
        }
        let Some(thread) = current() else { return Err(WaitError::Interrupted) };
        let id = self.add(thread.waker());
        let outcome = block_until(deadline, true, condition);
        self.remove(id);
        outcome
    }

    /// As [`wait_until`](Self::wait_until), without end and not interrupted by signals: for short waits
    /// for another thread of the kernel.
    pub fn wait_uninterruptible<T>(&self, mut condition: impl FnMut() -> Option<T>) -> T {
        let id = current().map(|thread| self.add(thread.waker()));
        loop {
            if let Ok(value) = block_until(None, false, &mut condition) {
                if let Some(id) = id {
                    self.remove(id);
                }
                return value;
            }
        }
    }
}

impl core::fmt::Debug for WaitQueue {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "WaitQueue({})", self.count.load(Ordering::Relaxed))
    }
}

/// Blocks the current thread, which has added its [waker](crate::task::Thread::waker) wherever `condition`
/// may become true (see [`WaitQueue::add`]), until it does.
///
/// # Errors
/// [`WaitError::Interrupted`] or [`WaitError::TimedOut`].
pub fn block_until<T>(
    deadline: Option<u64>,
    interruptible: bool,
    mut condition: impl FnMut() -> Option<T>,
) -> Result<T, WaitError> {
    let Some(thread) = current() else { return Err(WaitError::Interrupted) };
    let timer = deadline.map(|deadline| timers::add(deadline, thread.waker()));
    let outcome = loop {
        thread.placement.lock().state = RunState::Blocked { interruptible };
        if let Some(value) = condition() {
            break Ok(value);
        }
        if interruptible && thread.has_pending_signal() {
            break Err(WaitError::Interrupted);
        }
        if deadline.is_some_and(|deadline| monotonic() >= deadline) {
            break Err(WaitError::TimedOut);
        }
        schedule();
    };
    thread.placement.lock().state = RunState::Runnable;
    if let Some(timer) = timer {
        timers::cancel(timer);
    }
    outcome
}

/// What a file's `poll` adds a waiter with: whom to tell of what, and where it was added.
pub struct PollEntry {
    waker: Weak<dyn Wake>,
    interest: PollEvents,
    exclusive: bool,
    added: Vec<(Arc<WaitQueue>, u64)>,
}

impl PollEntry {
    /// An entry for this waker, who wants to hear of everything.
    #[must_use]
    pub const fn new(waker: Weak<dyn Wake>) -> Self {
        Self { waker, interest: PollEvents::all(), exclusive: false, added: Vec::new() }
    }

    /// The waker wants to hear only of these events (and of errors and ends, always) where it is added from
    /// now on; of all exclusive ones at a queue, one suffices.
    pub const fn set_interest(&mut self, events: PollEvents, exclusive: bool) {
        self.interest = events;
        self.exclusive = exclusive;
    }

    /// Adds the waker to a queue, until this entry is dropped.
    pub fn add(&mut self, queue: &Arc<WaitQueue>) {
        let id = queue.add_entry(self.waker.clone(), self.exclusive);
        self.added.push((Arc::clone(queue), id));
    }

    /// Adds the waker to a queue that tells of input and one that tells of room for output, as far as it
    /// wants to hear of them; both tell of errors and ends.
    pub fn add_pair(&mut self, readable: &Arc<WaitQueue>, writable: &Arc<WaitQueue>) {
        let writes = self.interest.intersects(PollEvents::OUTPUT);
        if writes {
            self.add(writable);
        }
        if !writes || self.interest.intersects(PollEvents::INPUT) {
            self.add(readable);
        }
    }
}

impl Drop for PollEntry {
    fn drop(&mut self) {
        for (queue, id) in self.added.drain(..) {
            queue.remove(id);
        }
    }
}

impl core::fmt::Debug for PollEntry {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "PollEntry({})", self.added.len())
    }
}
