//! How a read from a terminal waits and ends (termios(3), "Canonical and noncanonical mode").

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{ICANON, VEOF};

use super::discipline::Discipline;
use super::input::Taken;
use super::settings::Settings;
use crate::machine::monotonic;
use crate::sched::WaitQueue;

/// What a read without lines waits for, as the settings were when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// How many bytes it wants.
    pub(super) minimum: usize,
    /// When it stops to wait, in nanoseconds of `CLOCK_MONOTONIC`.
    deadline: Option<u64>,
    /// How long it waits from each byte to the next, in nanoseconds; 0 for ever.
    between: u64,
}

impl Wanted {
    /// What the settings say: with lines, a read waits for one.
    pub(super) fn new(settings: &Settings) -> Self {
        if settings.local(ICANON) {
            return Self { minimum: 0, deadline: None, between: 0 };
        }
        match (settings.minimum(), settings.time()) {
            (0, time) => Self { minimum: 1, deadline: Some(monotonic().saturating_add(time)), between: 0 },
            (minimum, between) => Self { minimum, deadline: None, between },
        }
    }

    /// The first byte came, or another one.
    pub(super) fn got_some(&mut self) {
        if self.between != 0 {
            self.deadline = Some(monotonic().saturating_add(self.between));
        }
    }

    /// Whether it waits no more.
    pub(super) fn is_patience_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| monotonic() >= deadline)
    }
}

/// Takes what a read may have now, and whether that was a line; `None` when there is nothing.
pub(super) fn take(line: &mut Discipline, target: &mut [u8]) -> Option<(Taken, bool)> {
    if !line.is_readable(1) {
        return None;
    }
    if line.settings().is_canonical() {
        return Some((line.input.take_line(target), true));
    }
    let taken = line.input.take(target);
    // Where the other side edits lines, an end of file that is read alone is one.
    let is_file_end = line.settings().local(ICANON)
        && !taken.goes_on
        && target.first().is_some_and(|&byte| taken.count == 1 && line.settings().is(VEOF, byte));
    let count = if is_file_end { 0 } else { taken.count };
    Some((Taken { count, ..taken }, false))
}

/// How many bytes must be there for poll(2) to tell: all that a read without time wants.
pub(super) fn least_for_poll(settings: &Settings) -> usize {
    if settings.time() == 0 { settings.minimum().max(1) } else { 1 }
}

/// How many bytes there are to read (`FIONREAD`).
pub(super) fn available(line: &Discipline) -> usize {
    if line.settings().is_canonical() { line.input.whole_bytes() } else { line.input.len() }
}

/// Waits until `condition`.
///
/// # Errors
/// `ETIMEDOUT` when the patience is over, `ERESTARTSYS` for a signal.
pub(super) fn wait(
    queue: &Arc<WaitQueue>,
    wanted: &Wanted,
    condition: impl FnMut() -> Option<()>,
) -> Result<(), Errno> {
    Ok(queue.wait_until(wanted.deadline, condition)?)
}
