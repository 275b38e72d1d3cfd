//! Waiting until one of several files is ready: what poll(2) and select(2) share.

use alloc::vec::Vec;

use abi::Errno;

use super::{FileRef, PollEvents};
use crate::sched::{PollEntry, WaitError, block_until};
use crate::task::Thread;

/// Reported whether or not it was asked for (poll(2)).
pub const UNASKED: PollEvents = PollEvents::ERR.union(PollEvents::HUP);

/// A file that somebody waits for, and what for.
#[derive(Debug)]
pub struct Watched {
    /// The file.
    pub file: FileRef,
    /// What is asked for.
    pub events: PollEvents,
    /// Whose entry it is, in the caller's own terms.
    pub index: usize,
}

/// What is ready of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// [`Watched::index`].
    pub index: usize,
    /// What there is of what was asked for.
    pub events: PollEvents,
}

fn ready(watched: &[Watched]) -> Vec<Ready> {
    let look = |watched: &Watched| {
        let events = watched.file.file().poll(None) & (watched.events | UNASKED);
        (!events.is_empty()).then_some(Ready { index: watched.index, events })
    };
    watched.iter().filter_map(look).collect()
}

/// Waits until one of the files is ready or the deadline (nanoseconds of `CLOCK_MONOTONIC`) comes; a deadline
/// of 0 only looks. Nothing is ready when the time is over.
///
/// # Errors
/// `ERESTARTNOHAND` when a signal is to be handled.
pub fn wait(thread: &Thread, watched: &[Watched], deadline: Option<u64>) -> Result<Vec<Ready>, Errno> {
    let found = ready(watched);
    if !found.is_empty() {
        return Ok(found);
    }
    if deadline == Some(0) {
        // As Linux: a signal comes before an answer that says nothing.
        return if thread.has_pending_signal() { Err(Errno::ERESTARTNOHAND) } else { Ok(found) };
    }
    let mut entry = PollEntry::new(thread.waker());
    for watched in watched {
        entry.set_interest(watched.events, false);
        watched.file.file().poll(Some(&mut entry));
    }
    let outcome = block_until(deadline, true, || {
        let found = ready(watched);
        (!found.is_empty()).then_some(found)
    });
    match outcome {
        Ok(found) => Ok(found),
        Err(WaitError::TimedOut) => Ok(Vec::new()),
        Err(WaitError::Interrupted) => Err(Errno::ERESTARTNOHAND),
    }
}
