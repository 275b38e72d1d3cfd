//! Locks that have an owner: `FUTEX_LOCK_PI` and its like.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS};
use arch::copy;

use super::ownership::{self, Attempt};
use super::waiter::{Kind, Outcome, Waiter};
use super::{Queue, bucket, leave, retry};
use crate::mm::{Access, FutexKey};
use crate::sched::{self, WaitError};
use crate::task::Thread;

/// What became of the first look at a lock.
enum Entered {
    Taken,
    Waits(Arc<Waiter>),
    OwnerEnds,
}

/// Takes a lock, waiting for it unless `only_try`.
///
/// # Errors
/// `EDEADLK`, `ESRCH`, `EINVAL`, `EFAULT` as [`ownership::attempt`]; `EAGAIN` when it would have to wait,
/// `ETIMEDOUT` at the deadline; `ERESTARTNOINTR` after a signal.
pub(super) fn lock(key: FutexKey, address: u64, deadline: Option<u64>, only_try: bool) -> Result<(), Errno> {
    let Some(thread) = sched::current() else { return Err(Errno::ESRCH) };
    loop {
        let entered = retry(Access::Write, || enter(&thread, key, address, only_try))??;
        match entered {
            Entered::Taken => return Ok(()),
            Entered::Waits(waiter) => return wait(&thread, &waiter, address, deadline),
            Entered::OwnerEnds => sched::yield_now(),
        }
    }
}

fn enter(
    thread: &Arc<Thread>,
    key: FutexKey,
    address: u64,
    only_try: bool,
) -> Result<Result<Entered, Errno>, copy::Fault> {
    let mut queue = bucket(key).lock();
    let attempt = ownership::attempt(&queue, key, address, thread.tid().unsigned_abs(), false)?;
    Ok(match attempt {
        Ok(Attempt::Taken) => Ok(Entered::Taken),
        Ok(Attempt::OwnerEnds) => Ok(Entered::OwnerEnds),
        Ok(Attempt::Owned(_)) if only_try => Err(Errno::EAGAIN),
        Ok(Attempt::Owned(ownership)) => ownership.enter(thread).map(|()| {
            let waiter = Waiter::new(thread, key, u32::MAX, Kind::Lock(ownership));
            queue.push_back(Arc::clone(&waiter));
            Entered::Waits(waiter)
        }),
        Err(error) => Err(error),
    })
}

fn wait(
    thread: &Arc<Thread>,
    waiter: &Arc<Waiter>,
    address: u64,
    deadline: Option<u64>,
) -> Result<(), Errno> {
    let waited = sched::block_until(deadline, true, || waiter.outcome());
    if waited.is_err() {
        leave(waiter);
    }
    thread.locks.wants_nothing();
    match (waiter.outcome(), waited) {
        // Granted together with the signal or the deadline: granted.
        (Some(outcome), _) => own(waiter, outcome, address),
        (None, Err(WaitError::TimedOut)) => Err(Errno::ETIMEDOUT),
        (None, _) => Err(Errno::ERESTARTNOINTR),
    }
}

/// Makes the word say what the waiter was told.
///
/// # Errors
/// `EFAULT`.
pub(super) fn own(waiter: &Waiter, outcome: Outcome, address: u64) -> Result<(), Errno> {
    if outcome != Outcome::Inherited {
        return Ok(());
    }
    let new = waiter.tid | FUTEX_WAITERS | FUTEX_OWNER_DIED;
    retry(Access::Write, || {
        let mut value = copy::load_u32(address)?;
        loop {
            let found = copy::compare_exchange_u32(address, value, new)?;
            if found == value {
                return Ok(());
            }
            value = found;
        }
    })
}

/// Gives a lock of the current thread up: the next waiter gets it.
///
/// # Errors
/// `EPERM` when the thread has it not, `EINVAL` when word and kernel differ, `EFAULT`.
pub(super) fn unlock(key: FutexKey, address: u64) -> Result<(), Errno> {
    let Some(thread) = sched::current() else { return Err(Errno::EPERM) };
    let granted = retry(Access::Write, || {
        let mut queue = bucket(key).lock();
        pass_on(&thread, &mut queue, key, address)
    })??;
    if let Some(waiter) = granted {
        waiter.tell(Outcome::Granted);
    }
    Ok(())
}

/// Writes the next owner into the word, or that there is none; gives the waiter that is to be told.
fn pass_on(
    thread: &Arc<Thread>,
    queue: &mut Queue,
    key: FutexKey,
    address: u64,
) -> Result<Result<Option<Arc<Waiter>>, Errno>, copy::Fault> {
    let next = ownership::next(queue, key);
    let mut value = copy::load_u32(address)?;
    loop {
        if value & FUTEX_TID_MASK != thread.tid().unsigned_abs() {
            return Ok(Err(Errno::EPERM));
        }
        let new = match &next {
            None => 0,
            Some(waiter) => match waiter.kind() {
                Kind::Lock(ownership)
                    if ownership.owner().is_some_and(|owner| Arc::ptr_eq(&owner, thread)) =>
                {
                    waiter.tid | FUTEX_WAITERS
                }
                _ => return Ok(Err(Errno::EINVAL)),
            },
        };
        let found = copy::compare_exchange_u32(address, value, new)?;
        if found == value {
            break;
        }
        value = found;
    }
    if let Some(waiter) = &next {
        hand_over(queue, waiter);
    }
    Ok(Ok(next))
}

/// Makes a waiter the owner of the lock that it waits for, and takes it out of the queue. A waiter that is
/// at its end hands the lock on itself.
pub(super) fn hand_over(queue: &mut Queue, waiter: &Arc<Waiter>) {
    if let Kind::Lock(ownership) = waiter.kind()
        && let Some(owner) = waiter.thread.upgrade()
    {
        ownership.pass_to(&owner);
    }
    queue.retain(|other| !Arc::ptr_eq(other, waiter));
}
