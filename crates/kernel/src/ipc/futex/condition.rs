//! Waiters that are moved to a lock with an owner: what a condition variable needs whose mutex is such a
//! lock (`FUTEX_WAIT_REQUEUE_PI`, `FUTEX_CMP_REQUEUE_PI`).

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use arch::copy;

use super::ownership::{self, Attempt, Ownership};
use super::wait::{Word, enter};
use super::waiter::{Kind, Outcome, Waiter};
use super::{Queue, Woken, leave, lock, retry, with_two};
use crate::mm::{Access, FutexKey};
use crate::sched::{self, WaitError};

/// Waits for a word until somebody moves the thread to a lock and it owns that.
///
/// # Errors
/// As [`super::wait`]; `EINVAL` when both are the same; `EAGAIN` after a signal that came when the thread
/// was moved already, else `ERESTARTNOINTR`.
pub(super) fn wait(
    word: &Word,
    (lock, lock_address): (FutexKey, u64),
    bitset: u32,
    deadline: Option<u64>,
) -> Result<(), Errno> {
    let Some(thread) = sched::current() else { return Err(Errno::EAGAIN) };
    if word.key == lock {
        return Err(Errno::EINVAL);
    }
    let waiter = Waiter::new(&thread, word.key, bitset, Kind::Condition(lock));
    enter(word, &waiter)?;
    let waited = sched::block_until(deadline, true, || waiter.outcome());
    if waited.is_err() {
        leave(&waiter);
    }
    thread.locks.wants_nothing();
    let was_moved = waiter.key() == lock;
    match (waiter.outcome(), waited) {
        (Some(outcome), _) => lock::own(&waiter, outcome, lock_address),
        (None, Err(WaitError::TimedOut)) => Err(Errno::ETIMEDOUT),
        // The word may be another by now, so the wait cannot begin anew.
        (None, _) if was_moved => Err(Errno::EAGAIN),
        (None, _) => Err(Errno::ERESTARTNOINTR),
    }
}

/// Gives the lock to the first waiter of the word if it is free, and moves up to `count` others to it;
/// gives how many waiters went on.
///
/// # Errors
/// `EAGAIN` when the word is another or the owner is at its end, `EINVAL` when a waiter waits for something
/// else; those of [`ownership::attempt`]; `EFAULT`.
pub(super) fn requeue(word: &Word, (to, address): (FutexKey, u64), count: usize) -> Result<usize, Errno> {
    if word.key == to {
        return Err(Errno::EINVAL);
    }
    let (granted, moved) = retry(Access::Write, || {
        with_two(word.key, to, |source, target| {
            if copy::load_u32(word.address)? != word.expected {
                return Ok(Err(Errno::EAGAIN));
            }
            match target {
                Some(target) => act(source, target, word.key, (to, address), count),
                None => one_bucket(source, word.key, (to, address), count),
            }
        })
    })??;
    Ok(granted.tell() + moved)
}

type Acted = Result<Result<(Woken, usize), Errno>, copy::Fault>;

/// As [`act`], where both keys share a bucket: the lock's waiters are apart meanwhile.
fn one_bucket(queue: &mut Queue, from: FutexKey, lock: (FutexKey, u64), count: usize) -> Acted {
    let (mut target, mut source): (Queue, Queue) =
        core::mem::take(queue).into_iter().partition(|waiter| waiter.key() == lock.0);
    let acted = act(&mut source, &mut target, from, lock, count);
    source.append(&mut target);
    *queue = source;
    acted
}

fn act(
    source: &mut Queue,
    target: &mut Queue,
    from: FutexKey,
    (to, address): (FutexKey, u64),
    count: usize,
) -> Acted {
    let mut waiting: Vec<Arc<Waiter>> = ownership::waiters(source, from).cloned().collect();
    // The highest priority first; the sort keeps the order of the others.
    waiting.sort_by_key(|waiter| core::cmp::Reverse(waiter.priority));
    waiting.truncate(count.saturating_add(1));
    let Some(first) = waiting.first() else { return Ok(Ok((Woken::default(), 0))) };
    if waiting.iter().any(|waiter| !matches!(waiter.kind(), Kind::Condition(lock) if lock == to)) {
        return Ok(Err(Errno::EINVAL));
    }
    let mut granted = Woken::default();
    let owner = match ownership::attempt(target, to, address, first.tid, count > 0)? {
        Ok(Attempt::Taken) => {
            let first = waiting.remove(0);
            source.retain(|other| !Arc::ptr_eq(other, &first));
            granted.0.push((Arc::clone(&first), Outcome::Granted));
            let thread = first.thread.upgrade();
            thread.and_then(|thread| Ownership::new(to, &thread))
        }
        Ok(Attempt::Owned(ownership)) => Some(ownership),
        Ok(Attempt::OwnerEnds) => return Ok(Err(Errno::EAGAIN)),
        Err(error) => return Ok(Err(error)),
    };
    let Some(owner) = owner else { return Ok(Ok((granted, 0))) };
    let mut moved = 0;
    for waiter in waiting {
        let Some(thread) = waiter.thread.upgrade() else { continue };
        if let Err(error) = owner.enter(&thread) {
            return Ok(if moved == 0 && granted.len() == 0 { Err(error) } else { Ok((granted, moved)) });
        }
        source.retain(|other| !Arc::ptr_eq(other, &waiter));
        waiter.move_to(to, Kind::Lock(Arc::clone(&owner)));
        target.push_back(waiter);
        moved += 1;
    }
    Ok(Ok((granted, moved)))
}
