//! What was asked for that is not there.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt::Write;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use sync::SpinLock;

use crate::log::Line;
use crate::machine::machine;

/// One missing option of a known call.
#[derive(Debug)]
pub struct Gap {
    name: &'static str,
    count: AtomicU64,
}

impl Gap {
    /// The gap with this name, such as `"prctl(PR_SET_SECCOMP)"`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, count: AtomicU64::new(0) }
    }
}

/// The gaps that were met, each once.
static GAPS: SpinLock<Vec<&'static Gap>> = SpinLock::new(Vec::new());

/// The missing options that were asked for, with how often.
pub(super) fn gaps() -> Vec<(&'static str, u64)> {
    GAPS.lock().iter().map(|gap| (gap.name, gap.count.load(Ordering::Relaxed))).collect()
}

/// Counts a use of a missing option and names it in the log once.
pub fn count_gap(gap: &'static Gap) {
    let is_first = gap.count.fetch_add(1, Ordering::Relaxed) == 0;
    if is_first {
        GAPS.lock().push(gap);
    }
    if is_first && crate::log::is_verbose() {
        let mut line = Line::new();
        let _ = writeln!(line, "trapless: not implemented: {}", gap.name);
        machine().log(line.as_bytes());
    }
}

/// Names a missing option of a call, counts it, and gives the error that Linux gives for an option that
/// it does not support.
#[macro_export]
macro_rules! gap {
    ($name:literal, $error:ident) => {{
        static GAP: $crate::syscalls::Gap = $crate::syscalls::Gap::new($name);
        $crate::syscalls::count_gap(&GAP);
        ::abi::Errno::$error
    }};
}

/// How many different unknown numbers are remembered.
const UNKNOWN: usize = 64;

/// Unknown numbers that were asked for, and how often.
static UNKNOWN_CALLS: SpinLock<BTreeMap<u64, u64>> = SpinLock::new(BTreeMap::new());

/// Counts a number that is no call's, and names it in the log once.
pub(super) fn count_unknown(number: u64) {
    let is_new = {
        let mut calls = UNKNOWN_CALLS.lock();
        let room = calls.len() < UNKNOWN;
        match calls.get_mut(&number) {
            Some(count) => {
                *count += 1;
                false
            }
            None if room => calls.insert(number, 1).is_none(),
            None => false,
        }
    };
    if is_new && crate::log::is_verbose() {
        let mut line = Line::new();
        let _ = writeln!(line, "trapless: no such system call: {number}");
        machine().log(line.as_bytes());
    }
}

/// The numbers that were asked for and are no call's, with how often.
#[must_use]
pub fn unknown_calls() -> Vec<(u64, u64)> {
    UNKNOWN_CALLS.lock().iter().map(|(&number, &count)| (number, count)).collect()
}

/// How many calls a thread remembers.
const RECENT: usize = 32;

/// The last calls of one thread. Only the thread itself writes.
#[derive(Debug, Default)]
pub struct RecentCalls {
    numbers: [AtomicU32; RECENT],
    next: AtomicU32,
}

impl RecentCalls {
    /// No calls yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { numbers: [const { AtomicU32::new(0) }; RECENT], next: AtomicU32::new(0) }
    }

    /// Adds one that begins.
    #[expect(clippy::cast_possible_truncation, reason = "the caller took the low half already")]
    pub(super) fn add(&self, number: u64) {
        let next = self.next.load(Ordering::Relaxed);
        if let Some(place) = self.numbers.get(next as usize % RECENT) {
            place.store(number as u32, Ordering::Relaxed);
        }
        self.next.store(next.wrapping_add(1), Ordering::Relaxed);
    }

    /// Gives the numbers to a receiver, the oldest first.
    fn each(&self, mut receiver: impl FnMut(u64)) {
        let next = self.next.load(Ordering::Relaxed) as usize;
        for index in next.saturating_sub(RECENT)..next {
            if let Some(number) = self.numbers.get(index % RECENT) {
                receiver(u64::from(number.load(Ordering::Relaxed)));
            }
        }
    }
}

/// Tells the last system calls of the thread that runs on this processor, a line each, the oldest first.
/// Takes nothing from the heap.
pub fn recent(receiver: &mut dyn FnMut(&[u8])) {
    let Some(thread) = crate::sched::current() else { return };
    thread.recent.each(|number| {
        let mut line = Line::new();
        let _ = match super::list::name(number) {
            Some(name) => writeln!(line, "trapless:   {name}"),
            None => writeln!(line, "trapless:   syscall {number}"),
        };
        receiver(line.as_bytes());
    });
}

#[cfg(test)]
mod tests {
    use super::{RecentCalls, recent, unknown_calls};
    use crate::testing::World;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn the_last_calls_are_remembered_in_order() {
        let calls = RecentCalls::new();
        (0..40).for_each(|number| calls.add(number));
        let mut seen = Vec::new();
        calls.each(|number| seen.push(number));
        assert_eq!(seen, (8..40).collect::<Vec<_>>());
    }

    #[test]
    fn calls_are_told_by_name_and_unknown_ones_counted() {
        let world = World::new();
        let mut frame = arch::RegisterFrame { orig_rax: super::super::number::getpid, ..Default::default() };
        super::super::dispatch(&world.thread, &mut frame, super::super::Entrance::Trap);
        assert_eq!(frame.result(), 1);
        frame.orig_rax = 4000;
        super::super::dispatch(&world.thread, &mut frame, super::super::Entrance::Trap);
        assert_eq!(frame.result(), abi::Errno::ENOSYS.to_register());
        assert!(unknown_calls().iter().any(|&(number, count)| number == 4000 && count > 0));
        let mut text = String::new();
        recent(&mut |line| text.push_str(&String::from_utf8_lossy(line)));
        assert_eq!(text, "trapless:   getpid\ntrapless:   syscall 4000\n");
    }
}
