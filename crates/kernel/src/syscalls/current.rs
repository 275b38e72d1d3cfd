//! The thread that makes a call, as its handler sees it.

use alloc::sync::Arc;
use core::cell::Cell;
use core::ops::Deref;

use arch::RegisterFrame;

use crate::task::Thread;

/// The thread that makes the call, and its registers.
#[derive(Debug)]
pub struct Current<'a> {
    thread: &'a Arc<Thread>,
    frame: &'a Cell<RegisterFrame>,
}

impl<'a> Current<'a> {
    /// The view of one call.
    #[must_use]
    pub fn new(thread: &'a Arc<Thread>, frame: &'a mut RegisterFrame) -> Self {
        Self { thread, frame: Cell::from_mut(frame) }
    }

    /// The thread, to keep it.
    #[must_use]
    pub const fn thread(&self) -> &'a Arc<Thread> {
        self.thread
    }

    /// A copy of the program's registers.
    #[must_use]
    pub const fn registers(&self) -> RegisterFrame {
        self.frame.get()
    }

    /// Changes the program's registers; the handler then gives [`super::Outcome::Replaced`].
    pub fn set_registers(&self, registers: RegisterFrame) {
        self.frame.set(registers);
    }
}

impl Deref for Current<'_> {
    type Target = Thread;

    fn deref(&self) -> &Thread {
        self.thread
    }
}
