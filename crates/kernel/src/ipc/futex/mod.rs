//! Futexes: threads that wait for a word of memory to change (futex(2)).
//!
//! Waiters are kept in buckets by key. A bucket's lock is held while the word is looked at, so that a
//! change and its wake cannot come between the look and the wait; the look may fault, but it never waits:
//! on a fault the bucket is let go and the page brought in.
//!
//! | module | what it holds |
//! |---|---|
//! | `waiter` | one thread's entry in a bucket |
//! | `wait` | waiting for one word or for several; waking; moving waiters |
//! | `operation` | `FUTEX_WAKE_OP` |
//! | `ownership`, `lock` | locks that have an owner (`FUTEX_LOCK_PI`) |
//! | `condition` | moving waiters to a lock that has an owner (`FUTEX_CMP_REQUEUE_PI`) |
//! | `exit` | what becomes of a thread's locks when it ends |
//! | [`syscalls`], [`vector`] | futex(2); the newer calls |

mod condition;
mod exit;
mod lock;
mod operation;
mod ownership;
pub mod syscalls;
pub mod vector;
mod wait;
mod waiter;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use arch::copy;
use sync::SpinLock;

use crate::mm::{Access, FutexKey, fault_in};
pub use exit::release;
pub use ownership::ThreadLocks;
pub use syscalls::deadline_of_realtime;
pub use wait::wake;
use waiter::{Outcome, Waiter};

const BUCKETS: usize = 256;

/// The waiters of a bucket, in the order in which they came.
type Queue = VecDeque<Arc<Waiter>>;

static TABLE: [SpinLock<Queue>; BUCKETS] = [const { SpinLock::new(VecDeque::new()) }; BUCKETS];

fn index_of(key: FutexKey) -> usize {
    let (first, second) = match key {
        FutexKey::Private(place, address)
        | FutexKey::Own(place, address)
        | FutexKey::Store(place, address) => (place as u64, address),
        FutexKey::File(device, inode, offset) => (device ^ inode.rotate_left(32), offset),
    };
    let mixed = (first ^ (second >> 2)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 56).unwrap_or(0) % BUCKETS
}

fn bucket(key: FutexKey) -> &'static SpinLock<Queue> {
    at(index_of(key))
}

fn at(index: usize) -> &'static SpinLock<Queue> {
    match TABLE.get(index) {
        Some(bucket) => bucket,
        None => unreachable!("an index is below the count of buckets"),
    }
}

/// Runs `act` on the buckets of two keys, locked in the order of the table.
fn with_two<T>(
    first: FutexKey,
    second: FutexKey,
    act: impl FnOnce(&mut Queue, Option<&mut Queue>) -> T,
) -> T {
    let (one, two) = (index_of(first), index_of(second));
    match one.cmp(&two) {
        core::cmp::Ordering::Equal => act(&mut at(one).lock(), None),
        core::cmp::Ordering::Less => {
            let mut low = at(one).lock();
            act(&mut low, Some(&mut at(two).lock()))
        }
        core::cmp::Ordering::Greater => {
            let mut low = at(two).lock();
            act(&mut at(one).lock(), Some(&mut low))
        }
    }
}

/// Repeats an access to user memory that is made with a bucket locked, bringing in the page between tries.
fn retry<T>(access: Access, mut attempt: impl FnMut() -> Result<T, copy::Fault>) -> Result<T, Errno> {
    loop {
        match attempt() {
            Ok(value) => return Ok(value),
            Err(fault) if fault_in(fault.address, access) => {}
            Err(_) => return Err(Errno::EFAULT),
        }
    }
}

/// Takes a waiter out of the queue that it is in, if it is in one.
fn leave(waiter: &Arc<Waiter>) {
    loop {
        let key = waiter.key();
        let mut queue = bucket(key).lock();
        if waiter.key() == key {
            queue.retain(|other| !Arc::ptr_eq(other, waiter));
            return;
        }
    }
}

/// Takes up to `count` waiters of a key out of a queue.
///
/// # Errors
/// `EINVAL` when one of them waits for a lock with an owner: it gets that, and no wake.
fn take(queue: &mut Queue, key: FutexKey, count: usize, bitset: u32) -> Result<Woken, Errno> {
    let mut fitting = queue.iter().filter(|waiter| waiter.bitset & bitset != 0 && waiter.key() == key);
    if fitting.any(|waiter| !waiter.is_plain()) {
        return Err(Errno::EINVAL);
    }
    let mut taken = Woken::default();
    queue.retain(|waiter| {
        let fits = taken.len() < count && waiter.bitset & bitset != 0 && waiter.key() == key;
        if fits {
            taken.0.push((Arc::clone(waiter), Outcome::Woken));
        }
        !fits
    });
    Ok(taken)
}

/// Waiters that were taken out of their queue, to be told when its lock is let go.
#[derive(Default)]
#[must_use]
struct Woken(Vec<(Arc<Waiter>, Outcome)>);

impl Woken {
    fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells them; gives how many they are.
    fn tell(self) -> usize {
        for (waiter, outcome) in &self.0 {
            waiter.tell(*outcome);
        }
        self.0.len()
    }
}
