//! poll(2) and ppoll(2).

use alloc::boxed::Box;
use alloc::vec::Vec;

use abi::Errno;
use abi::io::PollFd;
use abi::signal::SignalSet;
use abi::time::Timespec;

use crate::fs::PollEvents;
use crate::fs::poll::{self, Watched};
use crate::machine::monotonic;
use crate::signal::with_mask;
use crate::syscalls::{Current, Fd, Outcome};
use crate::user::UserPtr;

/// The deadline of a wait of so many milliseconds; negative is for ever, 0 only looks.
pub(super) fn deadline_of_milliseconds(milliseconds: i32) -> Option<u64> {
    match u64::try_from(milliseconds) {
        Ok(0) => Some(0),
        Ok(milliseconds) => Some(monotonic().saturating_add(milliseconds * 1_000_000)),
        Err(_) => None,
    }
}

/// The deadline of a wait of so many nanoseconds; 0 only looks.
pub(super) fn deadline_after(nanoseconds: u64) -> u64 {
    if nanoseconds == 0 { 0 } else { monotonic().saturating_add(nanoseconds) }
}

/// A mask that a program gave for the time of a call.
///
/// # Errors
/// `EINVAL` for a size that is not that of a set, `EFAULT`.
pub(super) fn read_mask(mask: UserPtr<u64>, size: usize) -> Result<Option<SignalSet>, Errno> {
    let Some(mask) = mask.non_null() else { return Ok(None) };
    if size != size_of::<u64>() {
        return Err(Errno::EINVAL);
    }
    Ok(Some(SignalSet::from_bits(mask.read()?)))
}

fn poll_until(
    current: &Current<'_>,
    pointer: UserPtr<PollFd>,
    count: u32,
    deadline: Option<u64>,
) -> Result<usize, Errno> {
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?;
    if count > current.open_file_limit() {
        return Err(Errno::EINVAL);
    }
    let mut entries = pointer.read_array(count)?;
    let mut watched = Vec::new();
    watched.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
    let mut invalid = 0;
    for (index, entry) in entries.iter_mut().enumerate() {
        entry.revents = 0;
        if entry.fd < 0 {
            continue;
        }
        match current.file(Fd(entry.fd)) {
            Ok(file) => {
                let events = PollEvents::from_bits_truncate(u32::from(entry.events));
                watched.push(Watched { file, events, index });
            }
            Err(_) => {
                entry.revents = low(PollEvents::NVAL);
                invalid += 1;
            }
        }
    }
    // A descriptor that is not open is an answer already.
    let deadline = if invalid > 0 { Some(0) } else { deadline };
    let outcome = poll::wait(current, &watched, deadline);
    let found = outcome.as_deref().unwrap_or_default();
    for ready in found {
        if let Some(entry) = entries.get_mut(ready.index) {
            entry.revents = low(ready.events);
        }
    }
    write_back(pointer, &entries)?;
    if invalid > 0 {
        return Ok(outcome.map_or(0, |found| found.len()) + invalid);
    }
    Ok(outcome?.len())
}

fn low(events: PollEvents) -> u16 {
    u16::try_from(events.bits()).unwrap_or(u16::MAX)
}

/// Writes the answers only, as Linux does: somebody else may change the rest meanwhile.
fn write_back(pointer: UserPtr<PollFd>, entries: &[PollFd]) -> Result<(), Errno> {
    const ANSWER: u64 = core::mem::offset_of!(PollFd, revents) as u64;
    for (index, entry) in entries.iter().enumerate() {
        let address = pointer.offset(index).address().wrapping_add(ANSWER);
        UserPtr::<u16>::new(address).write(&entry.revents)?;
    }
    Ok(())
}

/// Polls, and goes on until the same deadline when a signal without a handler came between.
fn poll_restartable(
    current: &Current<'_>,
    pointer: UserPtr<PollFd>,
    count: u32,
    deadline: Option<u64>,
) -> Outcome {
    match poll_until(current, pointer, count, deadline) {
        Err(Errno::ERESTARTNOHAND) => {
            current.set_restart(Box::new(move |current: &Current<'_>| {
                poll_restartable(current, pointer, count, deadline)
            }));
            Outcome::Error(Errno::ERESTART_RESTARTBLOCK)
        }
        result => result.into(),
    }
}

/// poll(2).
pub fn poll(current: &Current<'_>, pointer: UserPtr<PollFd>, count: u32, milliseconds: i32) -> Outcome {
    poll_restartable(current, pointer, count, deadline_of_milliseconds(milliseconds))
}

/// ppoll(2).
pub fn ppoll(
    current: &Current<'_>,
    pointer: UserPtr<PollFd>,
    count: u32,
    timeout: UserPtr<Timespec>,
    mask: UserPtr<u64>,
    mask_size: usize,
) -> Result<usize, Errno> {
    let deadline = match timeout.non_null() {
        Some(timeout) => Some(deadline_after(timeout.read()?.to_nanoseconds()?)),
        None => None,
    };
    let mask = read_mask(mask, mask_size)?;
    let outcome = with_mask(current, mask, || poll_until(current, pointer, count, deadline));
    finish(outcome, deadline, |left| timeout.write(&Timespec::from_nanoseconds(left)))
}

/// Tells the program how much of its timeout is left; where that cannot be written, the call cannot be
/// restarted (poll_select_finish).
pub(super) fn finish<T>(
    outcome: Result<T, Errno>,
    deadline: Option<u64>,
    write: impl FnOnce(u64) -> Result<(), Errno>,
) -> Result<T, Errno> {
    let Some(deadline) = deadline else { return outcome };
    let written = write(deadline.saturating_sub(monotonic()));
    match outcome {
        Err(Errno::ERESTARTNOHAND) if written.is_err() => Err(Errno::EINTR),
        outcome => outcome,
    }
}
