//! What becomes of the locks of a thread that ends (get_robust_list(2)).

use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::{FUTEX_OWNER_DIED, FUTEX_TID_MASK, FUTEX_WAITERS, ROBUST_LIST_LIMIT};
use arch::copy;

use super::ownership::{Ownership, next};
use super::waiter::Outcome;
use super::{bucket, lock, retry, wake};
use crate::mm::Access;
use crate::task::Thread;
use crate::user::UserPtr;
use alloc::sync::Arc;

/// `struct robust_list_head`: the first entry, where a lock's word lies from its entry, and the entry of
/// a lock that was being taken or given up.
type Head = [u64; 3];

/// Gives up a thread's locks while its program's memory is still there: marks those of its robust list, and
/// hands on those for which others wait. `ends` is false for a thread that goes on with another program.
pub fn release(thread: &Thread, ends: bool) {
    let head = thread.attributes.robust_list.swap(0, Ordering::Relaxed);
    if head != 0 {
        walk(thread, head);
    }
    let held = if ends { thread.locks.give_up() } else { thread.locks.give_up_for_exec() };
    for ownership in held {
        inherit(&ownership);
    }
}

/// Walks the robust list; a bad address ends the walk, and a list without end its limit.
fn walk(thread: &Thread, address: u64) {
    let Ok([first, offset, pending]) = UserPtr::<Head>::new(address).read() else { return };
    let pending = Entry(pending);
    let mut entry = Entry(first);
    for _ in 0..ROBUST_LIST_LIMIT {
        if entry.address() == address {
            break;
        }
        let following = UserPtr::<u64>::new(entry.address()).read();
        // A lock that was being taken is looked at last, and once.
        if entry.address() != pending.address() && mark(thread, entry, offset, false).is_err() {
            return;
        }
        let Ok(following) = following else { return };
        entry = Entry(following);
    }
    if pending.address() != 0 {
        // There is nobody to tell of a bad address.
        let _ = mark(thread, pending, offset, true);
    }
}

/// An entry of the list; its lowest bit says that the lock has an owner in the kernel's eyes.
#[derive(Clone, Copy)]
struct Entry(u64);

impl Entry {
    const fn address(self) -> u64 {
        self.0 & !1
    }

    const fn has_owner(self) -> bool {
        self.0 & 1 != 0
    }
}

/// Says in a lock's word that its owner died, and wakes one waiter (`handle_futex_death`).
fn mark(thread: &Thread, entry: Entry, offset: u64, pending: bool) -> Result<(), Errno> {
    let address = entry.address().wrapping_add(offset);
    if !address.is_multiple_of(4) {
        return Err(Errno::EINVAL);
    }
    let value = retry(Access::Write, || {
        let mut value = copy::load_u32(address)?;
        while value & FUTEX_TID_MASK == thread.tid().unsigned_abs() {
            let new = value & FUTEX_WAITERS | FUTEX_OWNER_DIED;
            let found = copy::compare_exchange_u32(address, value, new)?;
            if found == value {
                return Ok(Some(value));
            }
            value = found;
        }
        // Given up already, but perhaps without the wake.
        Ok((pending && value == 0).then_some(FUTEX_WAITERS))
    })?;
    if value.is_some_and(|value| value & FUTEX_WAITERS != 0) && !entry.has_owner() {
        let key = thread.process().memory().futex_key(address, false)?;
        // A waiter for a lock with an owner is not this list's business.
        let _ = wake(key, 1, u32::MAX);
    }
    Ok(())
}

/// Hands a lock of a thread that ended to the next waiter, who writes the word.
fn inherit(ownership: &Arc<Ownership>) {
    let granted = {
        let mut queue = bucket(ownership.key).lock();
        let waiter = next(&queue, ownership.key);
        if let Some(waiter) = &waiter {
            lock::hand_over(&mut queue, waiter);
        }
        waiter
    };
    if let Some(waiter) = granted {
        waiter.tell(Outcome::Inherited);
    }
}
