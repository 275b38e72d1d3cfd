//! select(2) and pselect(2).

use alloc::vec::Vec;

use abi::Errno;
use abi::time::{Timespec, Timeval};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::poll::{deadline_after, finish, read_mask};
use crate::fs::PollEvents;
use crate::fs::poll::{self, Watched};
use crate::signal::with_mask;
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

/// What each of the three sets is about, as Linux's `POLLIN_SET`, `POLLOUT_SET` and `POLLEX_SET`.
const SETS: [PollEvents; 3] = [
    PollEvents::RDNORM
        .union(PollEvents::RDBAND)
        .union(PollEvents::IN)
        .union(PollEvents::HUP)
        .union(PollEvents::ERR),
    PollEvents::WRBAND.union(PollEvents::WRNORM).union(PollEvents::OUT).union(PollEvents::ERR),
    PollEvents::PRI,
];

/// The sets of a call: addresses, null for a set that is not given.
pub type Sets = [UserPtr<u64>; 3];

/// The bits of one set, in words.
type Words = Vec<u64>;

fn has(words: &Words, index: usize) -> bool {
    words.get(index / 64).is_some_and(|word| word & (1 << (index % 64)) != 0)
}

fn set(words: &mut Words, index: usize) {
    if let Some(word) = words.get_mut(index / 64) {
        *word |= 1 << (index % 64);
    }
}

fn select_until(
    current: &Current<'_>,
    count: i32,
    pointers: Sets,
    deadline: Option<u64>,
) -> Result<usize, Errno> {
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
    let count = count.min(current.files().capacity());
    let length = count.div_ceil(64);
    let mut asked = [Words::new(), Words::new(), Words::new()];
    for (words, pointer) in asked.iter_mut().zip(pointers) {
        *words = match pointer.non_null() {
            Some(pointer) => pointer.read_array(length)?,
            None => Words::new(),
        };
    }
    let mut watched = Vec::new();
    for index in 0..count {
        let of_sets = asked.iter().zip(SETS).filter(|(words, _)| has(words, index));
        let events = of_sets.fold(PollEvents::empty(), |events, (_, of_set)| events | of_set);
        if !events.is_empty() {
            let fd = Fd(i32::try_from(index).map_err(|_| Errno::EBADF)?);
            watched.push(Watched { file: current.file(fd)?, events, index });
        }
    }
    let found = poll::wait(current, &watched, deadline)?;
    let mut answers = [Words::new(), Words::new(), Words::new()];
    let mut total = 0;
    for ((words, answer), events) in asked.iter().zip(&mut answers).zip(SETS) {
        answer.resize(words.len(), 0);
        for ready in &found {
            if ready.events.intersects(events) && has(words, ready.index) {
                set(answer, ready.index);
                total += 1;
            }
        }
    }
    for (pointer, answer) in pointers.iter().zip(&answers) {
        // A set that was not given has no words.
        pointer.write_array(answer)?;
    }
    Ok(total)
}

/// select(2).
pub fn select(
    current: &Current<'_>,
    count: i32,
    readable: UserPtr<u64>,
    writable: UserPtr<u64>,
    exceptional: UserPtr<u64>,
    timeout: UserPtr<Timeval>,
) -> Result<usize, Errno> {
    let deadline = match timeout.non_null() {
        Some(timeout) => Some(deadline_after(normalized(timeout.read()?)?.to_nanoseconds()?)),
        None => None,
    };
    let outcome = select_until(current, count, [readable, writable, exceptional], deadline);
    finish(outcome, deadline, |left| timeout.write(&Timeval::from_nanoseconds(left)))
}

/// select(2) takes more than a second of microseconds.
fn normalized(time: Timeval) -> Result<Timeval, Errno> {
    if time.tv_usec < 0 {
        return Err(Errno::EINVAL);
    }
    let tv_sec = time.tv_sec.saturating_add(time.tv_usec / 1_000_000);
    Ok(Timeval { tv_sec, tv_usec: time.tv_usec % 1_000_000 })
}

/// The last argument of pselect6(2).
#[repr(C)]
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct MaskArgument {
    mask: u64,
    size: u64,
}

/// pselect(2).
pub fn pselect6(
    current: &Current<'_>,
    count: i32,
    readable: UserPtr<u64>,
    writable: UserPtr<u64>,
    exceptional: UserPtr<u64>,
    timeout: UserPtr<Timespec>,
    mask: UserPtr<MaskArgument>,
) -> Result<usize, Errno> {
    let mask = match mask.non_null() {
        Some(mask) => {
            let MaskArgument { mask, size } = mask.read()?;
            read_mask(UserPtr::new(mask), usize::try_from(size).map_err(|_| Errno::EINVAL)?)
        }
        None => Ok(None),
    };
    let deadline = match timeout.non_null() {
        Some(timeout) => Some(deadline_after(timeout.read()?.to_nanoseconds()?)),
        None => None,
    };
    let sets = [readable, writable, exceptional];
    let outcome = with_mask(current, mask?, || select_until(current, count, sets, deadline));
    finish(outcome, deadline, |left| timeout.write(&Timespec::from_nanoseconds(left)))
}
