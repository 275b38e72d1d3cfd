//! Messages of the kernel to the person who started it.

use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

static VERBOSE: AtomicBool = AtomicBool::new(false);

/// Turns on messages about things that are missing.
pub fn set_verbose(verbose: bool) {
    VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Whether messages about things that are missing are wanted.
#[must_use]
pub fn is_verbose() -> bool {
    VERBOSE.load(Ordering::Relaxed)
}

/// A line of text that is put together without the heap; what does not fit is cut.
#[derive(Debug)]
pub struct Line {
    bytes: [u8; 1024],
    length: usize,
}

impl Line {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }

    /// What was written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = self.bytes.get_mut(self.length..).unwrap_or_default();
        let count = free.len().min(text.len());
        for (target, byte) in free.iter_mut().zip(text.bytes()) {
            *target = byte;
        }
        self.length += count;
        Ok(())
    }
}
