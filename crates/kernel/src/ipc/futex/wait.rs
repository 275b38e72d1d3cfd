//! Waiting for a word, for one of several; waking; moving waiters to another word.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use arch::copy;

use super::waiter::{Kind, Waiter};
use super::{Queue, bucket, leave, retry, take, with_two};
use crate::mm::{Access, FutexKey};
use crate::sched::{self, WaitError};

/// A word to wait for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) key: FutexKey,
    pub(super) address: u64,
    /// What it must hold.
    pub(super) expected: u32,
}

/// Puts a waiter into its queue if the word is what is expected.
///
/// # Errors
/// `EAGAIN` when it is not, `EFAULT`.
pub(super) fn enter(word: &Word, waiter: &Arc<Waiter>) -> Result<(), Errno> {
    let entered = retry(Access::Read, || {
        let mut queue = bucket(word.key).lock();
        let fits = copy::load_u32(word.address)? == word.expected;
        if fits {
            queue.push_back(Arc::clone(waiter));
        }
        Ok(fits)
    })?;
    if entered { Ok(()) } else { Err(Errno::EAGAIN) }
}

/// Waits until a wake reaches the futex, if its word is as expected.
///
/// # Errors
/// `EAGAIN` when the word is another, `EFAULT`, `ETIMEDOUT` at the deadline (nanoseconds of
/// `CLOCK_MONOTONIC`), `ERESTARTSYS` when a signal came.
pub(super) fn wait(word: &Word, bitset: u32, deadline: Option<u64>) -> Result<(), Errno> {
    let Some(thread) = sched::current() else { return Err(Errno::EAGAIN) };
    let waiter = Waiter::new(&thread, word.key, bitset, Kind::Plain);
    enter(word, &waiter)?;
    let waited = sched::block_until(deadline, true, || waiter.outcome());
    let Err(error) = waited else { return Ok(()) };
    leave(&waiter);
    // A wake that came together with the signal or the deadline counts: the waker told of it.
    if waiter.outcome().is_some() { Ok(()) } else { Err(error.into()) }
}

/// Waits until a wake reaches one of the words; gives its place among them.
///
/// # Errors
/// As [`wait`].
pub(super) fn wait_for_one(words: &[Word], deadline: Option<u64>) -> Result<usize, Errno> {
    let Some(thread) = sched::current() else { return Err(Errno::EAGAIN) };
    let mut waiters = Vec::with_capacity(words.len());
    let mut outcome = Ok(());
    for word in words {
        let waiter = Waiter::new(&thread, word.key, u32::MAX, Kind::Plain);
        outcome = enter(word, &waiter);
        if outcome.is_err() {
            break;
        }
        waiters.push(waiter);
    }
    let woken = || waiters.iter().position(|waiter| waiter.outcome().is_some());
    if outcome.is_ok() {
        outcome = sched::block_until(deadline, true, woken).map(|_| ()).map_err(WaitError::into);
    }
    waiters.iter().for_each(leave);
    // What was woken meanwhile counts, whatever came before.
    woken().ok_or_else(|| outcome.err().unwrap_or(Errno::EAGAIN))
}

/// Wakes up to `count` waiters that have a bit of `bitset`; gives how many.
///
/// # Errors
/// `EINVAL` when a waiter waits for a lock with an owner.
pub fn wake(key: FutexKey, count: usize, bitset: u32) -> Result<usize, Errno> {
    let taken = take(&mut bucket(key).lock(), key, count, bitset)?;
    Ok(taken.tell())
}

/// Wakes up to `wake_count` waiters and moves up to `requeue_count` others to another futex; gives how
/// many altogether. With `expected`, only if the word at the address has that value.
///
/// # Errors
/// `EAGAIN` when the word is another, `EFAULT`, `EINVAL` when a waiter waits for a lock with an owner.
pub(super) fn requeue(
    (from, to): (FutexKey, FutexKey),
    wake_count: usize,
    requeue_count: usize,
    expected: Option<(u64, u32)>,
) -> Result<usize, Errno> {
    let (woken, moved) = retry(Access::Read, || {
        with_two(from, to, |source, target| {
            if let Some((address, value)) = expected
                && copy::load_u32(address)? != value
            {
                return Ok(Err(Errno::EAGAIN));
            }
            let woken = match take(source, from, wake_count, u32::MAX) {
                Ok(woken) => woken,
                Err(error) => return Ok(Err(error)),
            };
            let moved = if from == to {
                // Those that stay where they are count as moved.
                source.iter().filter(|waiter| waiter.key() == from).take(requeue_count).count()
            } else {
                shift(source, target, (from, to), requeue_count)
            };
            Ok(Ok((woken, moved)))
        })
    })??;
    Ok(woken.tell() + moved)
}

/// Moves up to `count` waiters of a key to another; gives how many.
fn shift(
    source: &mut Queue,
    target: Option<&mut Queue>,
    (from, to): (FutexKey, FutexKey),
    count: usize,
) -> usize {
    let mut moved = Vec::new();
    source.retain(|waiter| {
        let fits = moved.len() < count && waiter.key() == from;
        if fits {
            moved.push(Arc::clone(waiter));
        }
        !fits
    });
    moved.iter().for_each(|waiter| waiter.move_to(to, Kind::Plain));
    let count = moved.len();
    target.unwrap_or(source).extend(moved);
    count
}
