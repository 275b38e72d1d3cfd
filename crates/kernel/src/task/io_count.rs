//! What a thread has read and written (/proc/PID/io).

use core::sync::atomic::{AtomicU64, Ordering};

/// Counts of one thread, or of the threads of a process that have ended.
#[derive(Debug, Default)]
pub struct IoCount {
    read: AtomicU64,
    written: AtomicU64,
    reads: AtomicU64,
    writes: AtomicU64,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IoTotal {
    /// Bytes that calls gave, wherever they came from.
    pub read: u64,
    /// Bytes that calls took.
    pub written: u64,
    /// Calls that read.
    pub reads: u64,
    /// Calls that wrote.
    pub writes: u64,
}

/// Adds to a count that only its own thread changes: no other processor has to hear of it at once.
fn add(count: &AtomicU64, more: u64) {
    count.store(count.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
}

impl IoCount {
    /// Counts a call of the running thread that read.
    pub fn count_read(&self, bytes: usize) {
        add(&self.read, bytes as u64);
        add(&self.reads, 1);
    }

    /// Counts a call of the running thread that wrote.
    pub fn count_write(&self, bytes: usize) {
        add(&self.written, bytes as u64);
        add(&self.writes, 1);
    }

    /// Adds what another one has counted.
    pub(super) fn take_over(&self, total: IoTotal) {
        self.read.fetch_add(total.read, Ordering::Relaxed);
        self.written.fetch_add(total.written, Ordering::Relaxed);
        self.reads.fetch_add(total.reads, Ordering::Relaxed);
        self.writes.fetch_add(total.writes, Ordering::Relaxed);
    }

    /// What it has counted.
    #[must_use]
    pub fn total(&self) -> IoTotal {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        IoTotal {
            read: get(&self.read),
            written: get(&self.written),
            reads: get(&self.reads),
            writes: get(&self.writes),
        }
    }
}

impl core::ops::Add for IoTotal {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            read: self.read.wrapping_add(other.read),
            written: self.written.wrapping_add(other.written),
            reads: self.reads.wrapping_add(other.reads),
            writes: self.writes.wrapping_add(other.writes),
        }
    }
}
