//! futex_waitv(2), and futex_wait(2), futex_wake(2), futex_requeue(2): the calls that follow futex(2).

use alloc::vec::Vec;

use abi::Errno;
use abi::futex::FutexWaiter;
use abi::raw::general::{
    CLOCK_MONOTONIC, CLOCK_REALTIME, FUTEX_WAITV_MAX, FUTEX2_MPOL, FUTEX2_NUMA, FUTEX2_PRIVATE,
    FUTEX2_SIZE_MASK, FUTEX2_SIZE_U32,
};
use abi::time::Timespec;

use super::syscalls::{deadline_of_realtime, key_of};
use super::wait::{self, Word};
use crate::gap;
use crate::mm::FutexKey;
use crate::syscalls::Current;
use crate::user::UserPtr;

/// Checks a futex's flags and finds it.
fn key(current: &Current<'_>, address: u64, flags: u32) -> Result<FutexKey, Errno> {
    check_flags(flags)?;
    key_of(current, UserPtr::new(address), flags & FUTEX2_PRIVATE != 0)
}

fn check_flags(flags: u32) -> Result<(), Errno> {
    let known = FUTEX2_SIZE_MASK | FUTEX2_NUMA | FUTEX2_MPOL | FUTEX2_PRIVATE;
    if flags & !known != 0 || flags & FUTEX2_SIZE_MASK != FUTEX2_SIZE_U32 {
        return Err(Errno::EINVAL);
    }
    if flags & (FUTEX2_NUMA | FUTEX2_MPOL) != 0 {
        return Err(gap!("futexes on nodes (FUTEX2_NUMA)", EINVAL));
    }
    Ok(())
}

/// A value or mask of a futex of 32 bits.
fn word(value: u64) -> Result<u32, Errno> {
    u32::try_from(value).map_err(|_| Errno::EINVAL)
}

/// A deadline, on the clock that the program names.
fn deadline(timeout: UserPtr<Timespec>, clock: u32) -> Result<Option<u64>, Errno> {
    let Some(timeout) = timeout.non_null() else { return Ok(None) };
    if clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME {
        return Err(Errno::EINVAL);
    }
    let time = timeout.read()?.to_nanoseconds()?;
    Ok(Some(if clock == CLOCK_REALTIME { deadline_of_realtime(time) } else { time }))
}

/// Reads futexes to wait for, and checks what does not need their memory.
fn read_waiters(source: UserPtr<FutexWaiter>, count: usize) -> Result<Vec<FutexWaiter>, Errno> {
    let waiters = source.read_array(count)?;
    for waiter in &waiters {
        check_flags(waiter.flags)?;
        if waiter.reserved != 0 || word(waiter.val).is_err() {
            return Err(Errno::EINVAL);
        }
    }
    Ok(waiters)
}

/// futex_waitv(2).
pub fn futex_waitv(
    current: &Current<'_>,
    waiters: UserPtr<FutexWaiter>,
    count: u32,
    flags: u32,
    timeout: UserPtr<Timespec>,
    clock: u32,
) -> Result<usize, Errno> {
    if flags != 0 || count == 0 || count > FUTEX_WAITV_MAX || waiters.is_null() {
        return Err(Errno::EINVAL);
    }
    let deadline = deadline(timeout, clock)?;
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
    let mut words = Vec::with_capacity(count);
    for waiter in read_waiters(waiters, count)? {
        let key = key(current, waiter.uaddr, waiter.flags)?;
        words.push(Word { key, address: waiter.uaddr, expected: word(waiter.val)? });
    }
    wait::wait_for_one(&words, deadline)
}

/// futex_wait(2), the call.
pub fn futex_wait(
    current: &Current<'_>,
    address: UserPtr<u32>,
    value: u64,
    mask: u64,
    flags: u32,
    timeout: UserPtr<Timespec>,
    clock: u32,
) -> Result<usize, Errno> {
    check_flags(flags)?;
    let (expected, mask) = (word(value)?, word(mask)?);
    let deadline = deadline(timeout, clock)?;
    if mask == 0 {
        return Err(Errno::EINVAL);
    }
    let key = key(current, address.address(), flags)?;
    let word = Word { key, address: address.address(), expected };
    wait::wait(&word, mask, deadline).map(|()| 0)
}

/// futex_wake(2), the call.
pub fn futex_wake(
    current: &Current<'_>,
    address: UserPtr<u32>,
    mask: u64,
    count: i32,
    flags: u32,
) -> Result<usize, Errno> {
    check_flags(flags)?;
    let mask = word(mask)?;
    if mask == 0 {
        return Err(Errno::EINVAL);
    }
    let key = key(current, address.address(), flags)?;
    match usize::try_from(count) {
        Ok(0) => Ok(0),
        // As futex(2): a count that is none is one.
        count => wait::wake(key, count.unwrap_or(1), mask),
    }
}

/// futex_requeue(2), the call: from the first of two futexes to the second.
pub fn futex_requeue(
    current: &Current<'_>,
    waiters: UserPtr<FutexWaiter>,
    flags: u32,
    wake_count: i32,
    requeue_count: i32,
) -> Result<usize, Errno> {
    if flags != 0 || waiters.is_null() {
        return Err(Errno::EINVAL);
    }
    let read = read_waiters(waiters, 2)?;
    let [from, to] = read.as_slice() else { return Err(Errno::EINVAL) };
    let count = |value: i32| usize::try_from(value).map_err(|_| Errno::EINVAL);
    let (wake_count, requeue_count) = (count(wake_count)?, count(requeue_count)?);
    let keys = (key(current, from.uaddr, from.flags)?, key(current, to.uaddr, to.flags)?);
    wait::requeue(keys, wake_count, requeue_count, Some((from.uaddr, word(from.val)?)))
}
