//! futex(2).

use alloc::boxed::Box;

use abi::Errno;
use abi::raw::general::{
    FUTEX_CLOCK_REALTIME, FUTEX_CMP_REQUEUE, FUTEX_CMP_REQUEUE_PI, FUTEX_LOCK_PI, FUTEX_LOCK_PI2,
    FUTEX_PRIVATE_FLAG, FUTEX_REQUEUE, FUTEX_TRYLOCK_PI, FUTEX_UNLOCK_PI, FUTEX_WAIT, FUTEX_WAIT_BITSET,
    FUTEX_WAIT_REQUEUE_PI, FUTEX_WAKE, FUTEX_WAKE_BITSET, FUTEX_WAKE_OP,
};
use abi::time::Timespec;

use super::operation::{Operation, wake_operation};
use super::wait::{self, Word};
use super::{condition, lock};
use crate::machine::monotonic;
use crate::mm::FutexKey;
use crate::syscalls::Current;
use crate::time::realtime;
use crate::user::UserPtr;

/// The arguments of one call, decoded as far as all operations have them in common.
#[derive(Clone, Copy)]
struct Call<'a> {
    current: &'a Current<'a>,
    private: bool,
    address: UserPtr<u32>,
    value: u32,
    /// A time or, in its low half, a count.
    timeout_or_count: u64,
    second_address: UserPtr<u32>,
    third_value: u32,
}

/// futex(2): the fourth argument is a time or a count, as the operation says.
pub fn futex(
    current: &Current<'_>,
    address: UserPtr<u32>,
    operation: u32,
    value: u32,
    timeout_or_count: u64,
    second_address: UserPtr<u32>,
    third_value: u32,
) -> Result<usize, Errno> {
    let private = operation & FUTEX_PRIVATE_FLAG != 0;
    let realtime = operation & FUTEX_CLOCK_REALTIME != 0;
    let command = operation & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    let call = Call { current, private, address, value, timeout_or_count, second_address, third_value };
    let deadline = match command {
        FUTEX_WAIT => call.timeout(|time| monotonic().saturating_add(time))?,
        FUTEX_LOCK_PI => call.timeout(deadline_of_realtime)?,
        FUTEX_WAIT_BITSET | FUTEX_WAIT_REQUEUE_PI | FUTEX_LOCK_PI2 if realtime => {
            call.timeout(deadline_of_realtime)?
        }
        FUTEX_WAIT_BITSET | FUTEX_WAIT_REQUEUE_PI | FUTEX_LOCK_PI2 => call.timeout(|time| time)?,
        _ => None,
    };
    let knows_clocks = matches!(command, FUTEX_WAIT_BITSET | FUTEX_WAIT_REQUEUE_PI | FUTEX_LOCK_PI2);
    if realtime && !knows_clocks {
        return Err(Errno::ENOSYS);
    }
    match command {
        FUTEX_WAIT => call.wait(u32::MAX, deadline),
        FUTEX_WAIT_BITSET => call.wait(third_value, deadline),
        FUTEX_WAKE => wait::wake(call.key()?, at_least_one(value), u32::MAX),
        FUTEX_WAKE_BITSET if third_value == 0 => Err(Errno::EINVAL),
        FUTEX_WAKE_BITSET => wait::wake(call.key()?, at_least_one(value), third_value),
        FUTEX_REQUEUE | FUTEX_CMP_REQUEUE => call.requeue(command == FUTEX_CMP_REQUEUE),
        FUTEX_WAKE_OP => {
            let keys = (call.key()?, call.second_key()?);
            let operation = Operation::decode(third_value)?;
            let counts = (at_least_one(value), at_least_one(call.second_count()));
            wake_operation(keys, second_address.address(), counts, operation)
        }
        FUTEX_LOCK_PI | FUTEX_LOCK_PI2 => call.lock(deadline, false),
        FUTEX_TRYLOCK_PI => call.lock(None, true),
        FUTEX_UNLOCK_PI => call.unlock(),
        FUTEX_WAIT_REQUEUE_PI => call.wait_for_lock(deadline),
        FUTEX_CMP_REQUEUE_PI => call.requeue_to_lock(),
        _ => Err(Errno::ENOSYS),
    }
}

impl Call<'_> {
    fn key(&self) -> Result<FutexKey, Errno> {
        key_of(self.current, self.address, self.private)
    }

    fn second_key(&self) -> Result<FutexKey, Errno> {
        key_of(self.current, self.second_address, self.private)
    }

    #[expect(clippy::cast_possible_truncation, reason = "Linux takes the low half as a count")]
    const fn second_count(&self) -> u32 {
        self.timeout_or_count as u32
    }

    fn timeout(&self, deadline: impl FnOnce(u64) -> u64) -> Result<Option<u64>, Errno> {
        let pointer = UserPtr::<Timespec>::new(self.timeout_or_count).non_null();
        let time = pointer.map(|pointer| pointer.read()?.to_nanoseconds()).transpose()?;
        Ok(time.map(deadline))
    }

    fn word(&self, expected: u32) -> Result<Word, Errno> {
        Ok(Word { key: self.key()?, address: self.address.address(), expected })
    }

    fn wait(&self, bitset: u32, deadline: Option<u64>) -> Result<usize, Errno> {
        if bitset == 0 {
            return Err(Errno::EINVAL);
        }
        wait_for(self.current, self.word(self.value)?, bitset, deadline)
    }

    /// How many are woken and moved at most.
    fn counts(&self) -> Result<(usize, usize), Errno> {
        let count = |value: u32| usize::try_from(value.cast_signed()).map_err(|_| Errno::EINVAL);
        Ok((count(self.value)?, count(self.second_count())?))
    }

    fn requeue(&self, compares: bool) -> Result<usize, Errno> {
        let (wake_count, requeue_count) = self.counts()?;
        let expected = compares.then_some((self.address.address(), self.third_value));
        wait::requeue((self.key()?, self.second_key()?), wake_count, requeue_count, expected)
    }

    fn lock(&self, deadline: Option<u64>, only_try: bool) -> Result<usize, Errno> {
        lock::lock(self.key()?, self.address.address(), deadline, only_try).map(|()| 0)
    }

    fn unlock(&self) -> Result<usize, Errno> {
        lock::unlock(self.key()?, self.address.address()).map(|()| 0)
    }

    fn wait_for_lock(&self, deadline: Option<u64>) -> Result<usize, Errno> {
        if self.address.address() == self.second_address.address() {
            return Err(Errno::EINVAL);
        }
        let lock = (self.second_key()?, self.second_address.address());
        condition::wait(&self.word(self.value)?, lock, u32::MAX, deadline).map(|()| 0)
    }

    fn requeue_to_lock(&self) -> Result<usize, Errno> {
        let (wake_count, requeue_count) = self.counts()?;
        if self.address.address() == self.second_address.address() || wake_count != 1 {
            return Err(Errno::EINVAL);
        }
        let word = self.word(self.third_value)?;
        condition::requeue(&word, (self.second_key()?, self.second_address.address()), requeue_count)
    }
}

/// Waits; a restart goes on with the deadline of the first try.
fn wait_for(current: &Current<'_>, word: Word, bitset: u32, deadline: Option<u64>) -> Result<usize, Errno> {
    match wait::wait(&word, bitset, deadline) {
        Ok(()) => Ok(0),
        Err(Errno::ERESTARTSYS) if deadline.is_some() => {
            current.set_restart(Box::new(move |current| wait_for(current, word, bitset, deadline).into()));
            Err(Errno::ERESTART_RESTARTBLOCK)
        }
        Err(error) => Err(error),
    }
}

/// How many a wake wakes: as on Linux one where less is asked for.
fn at_least_one(value: u32) -> usize {
    usize::try_from(value.cast_signed()).unwrap_or(1).max(1)
}

pub(super) fn key_of(current: &Current<'_>, pointer: UserPtr<u32>, private: bool) -> Result<FutexKey, Errno> {
    if !pointer.address().is_multiple_of(4) {
        return Err(Errno::EINVAL);
    }
    current.process().memory().futex_key(pointer.address(), private)
}

/// The time of `CLOCK_MONOTONIC` at which the realtime clock will show a time, as it goes now.
pub fn deadline_of_realtime(time: u64) -> u64 {
    monotonic().saturating_add(time.saturating_sub(realtime()))
}
