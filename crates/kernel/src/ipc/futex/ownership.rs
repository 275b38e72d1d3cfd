//! Who owns a lock for which threads wait, and the word that says so (futex(2), "Priority-inheritance
//! futexes").
//!
//! While somebody waits for a lock, the kernel knows the owner too: to hand the lock on when the owner ends,
//! and to see threads that wait for each other. Nobody ever steals a lock: whoever unlocks it writes the next
//! owner into the word.

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use abi::raw::general::{FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS};
use arch::copy;
use sync::SpinLock;

use super::Queue;
use super::waiter::{Kind, Waiter};
use crate::mm::FutexKey;
use crate::task::{Thread, table};

/// How many threads that wait for each other are looked at (`max_lock_depth`).
const MAX_DEPTH: usize = 1024;

/// Guards the graph of owners and waiters while somebody looks for a cycle and enters it.
static GRAPH: SpinLock<()> = SpinLock::new(());

/// The owner of a lock for which somebody waits.
#[derive(Debug)]
pub(super) struct Ownership {
    pub(super) key: FutexKey,
    owner: SpinLock<Weak<Thread>>,
}

/// What a thread has to do with locks that have an owner.
#[derive(Debug)]
pub struct ThreadLocks {
    /// Locks of the thread for which others wait; `None` once it has given them up at its end.
    held: SpinLock<Option<Vec<Weak<Ownership>>>>,
    /// The lock that it waits for.
    wanted: SpinLock<Option<Arc<Ownership>>>,
}

impl ThreadLocks {
    /// Those of a new thread: none.
    #[must_use]
    pub const fn new() -> Self {
        Self { held: SpinLock::new(Some(Vec::new())), wanted: SpinLock::new(None) }
    }

    /// Says that the thread waits for nothing any more.
    pub(super) fn wants_nothing(&self) {
        let wanted = self.wanted.lock().take();
        drop(wanted);
    }

    /// Gives up what the thread owns at its end.
    pub(super) fn give_up(&self) -> Vec<Arc<Ownership>> {
        let held = self.held.lock().take().unwrap_or_default();
        held.iter().filter_map(Weak::upgrade).collect()
    }

    /// As [`give_up`](Self::give_up), for a thread that goes on with another program.
    pub(super) fn give_up_for_exec(&self) -> Vec<Arc<Ownership>> {
        let held = self.held.lock().as_mut().map(core::mem::take).unwrap_or_default();
        held.iter().filter_map(Weak::upgrade).collect()
    }
}

impl Default for ThreadLocks {
    fn default() -> Self {
        Self::new()
    }
}

impl Ownership {
    /// A lock for which somebody will wait; `None` when its owner is at its end.
    pub(super) fn new(key: FutexKey, owner: &Arc<Thread>) -> Option<Arc<Self>> {
        let ownership = Arc::new(Self { key, owner: SpinLock::new(Weak::new()) });
        ownership.pass_to(owner).then_some(ownership)
    }

    /// The thread that owns the lock, if it lives.
    pub(super) fn owner(&self) -> Option<Arc<Thread>> {
        self.owner.lock().upgrade()
    }

    /// Says who owns the lock now; `false` when that thread is at its end.
    pub(super) fn pass_to(self: &Arc<Self>, owner: &Arc<Thread>) -> bool {
        {
            let mut held = owner.locks.held.lock();
            let Some(held) = held.as_mut() else { return false };
            held.retain(|other| other.strong_count() > 0);
            held.push(Arc::downgrade(self));
        }
        let before = core::mem::replace(&mut *self.owner.lock(), Arc::downgrade(owner));
        if let Some(before) = before.upgrade()
            && let Some(held) = before.locks.held.lock().as_mut()
        {
            held.retain(|other| other.as_ptr() != Arc::as_ptr(self));
        }
        true
    }

    /// Enters that a thread waits for this lock.
    ///
    /// # Errors
    /// `EDEADLK` when the owner waits, over however many others, for the thread.
    pub(super) fn enter(self: &Arc<Self>, thread: &Arc<Thread>) -> Result<(), Errno> {
        let _graph = GRAPH.lock();
        let mut owner = self.owner();
        for _ in 0..MAX_DEPTH {
            let Some(now) = owner else { break };
            if Arc::ptr_eq(&now, thread) {
                return Err(Errno::EDEADLK);
            }
            let wanted = now.locks.wanted.lock().clone();
            owner = wanted.and_then(|wanted| wanted.owner());
        }
        *thread.locks.wanted.lock() = Some(Arc::clone(self));
        Ok(())
    }
}

/// What became of an attempt to take a lock.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It was free, and is taken.
    Taken,
    /// It has this owner; the word says that somebody waits.
    Owned(Arc<Ownership>),
    /// The owner is at its end: look again when it has done what it does there.
    OwnerEnds,
}

/// Tries to take the lock of a word for a thread, with its bucket locked. `mark`: the word shall say that
/// others wait, even when it is taken.
///
/// # Errors
/// The fault; inside: `EDEADLK` when the thread has it, `EINVAL` when word and kernel differ, `ESRCH` when the
/// owner is gone.
pub(super) fn attempt(
    queue: &Queue,
    key: FutexKey,
    address: u64,
    thread: u32,
    mark: bool,
) -> Result<Result<Attempt, Errno>, copy::Fault> {
    let ownership = match waiters(queue, key).next().map(|waiter| waiter.kind()) {
        Some(Kind::Lock(ownership)) => Some(ownership),
        None => None,
        Some(_) => return Ok(Err(Errno::EINVAL)),
    };
    let mut value = copy::load_u32(address)?;
    loop {
        let owner = value & FUTEX_TID_MASK;
        if owner == thread {
            return Ok(Err(Errno::EDEADLK));
        }
        let free = owner == 0 && ownership.is_none();
        let waiters = if !free || mark { FUTEX_WAITERS } else { 0 };
        let new = if free { value & FUTEX_OWNER_DIED | thread | waiters } else { value | waiters };
        let found = copy::compare_exchange_u32(address, value, new)?;
        if found != value {
            value = found;
            continue;
        }
        return if free { Ok(Ok(Attempt::Taken)) } else { attach(ownership, key, address, new) };
    }
}

/// The owner that a word names, as the kernel knows it.
fn attach(
    ownership: Option<Arc<Ownership>>,
    key: FutexKey,
    address: u64,
    value: u32,
) -> Result<Result<Attempt, Errno>, copy::Fault> {
    let named = value & FUTEX_TID_MASK;
    let Some(ownership) = ownership else {
        let tid = i32::try_from(named).unwrap_or(0);
        let found = table::find_thread(tid).and_then(|owner| Ownership::new(key, &owner));
        return Ok(match found {
            Some(ownership) => Ok(Attempt::Owned(ownership)),
            // It may have ended just now, and said so in the word.
            None if copy::load_u32(address)? != value => Ok(Attempt::OwnerEnds),
            None => Err(Errno::ESRCH),
        });
    };
    let known = ownership.owner().map_or(0, |owner| owner.tid().unsigned_abs());
    let died = value & FUTEX_OWNER_DIED != 0;
    let fits = if named == 0 { died } else { named == known };
    Ok(if fits { Ok(Attempt::Owned(ownership)) } else { Err(Errno::EINVAL) })
}

/// The waiters of a key, in the order in which they came.
pub(super) fn waiters(queue: &Queue, key: FutexKey) -> impl Iterator<Item = &Arc<Waiter>> {
    queue.iter().filter(move |waiter| waiter.key() == key)
}

/// The waiter that gets a lock next: the first of the highest priority.
pub(super) fn next(queue: &Queue, key: FutexKey) -> Option<Arc<Waiter>> {
    let mut best: Option<&Arc<Waiter>> = None;
    for waiter in waiters(queue, key) {
        if best.is_none_or(|best| waiter.priority > best.priority) {
            best = Some(waiter);
        }
    }
    best.cloned()
}
