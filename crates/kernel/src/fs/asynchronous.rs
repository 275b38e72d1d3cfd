//! Signals of readiness (fcntl(2), `O_ASYNC`).

use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, Ordering};

use sync::SpinLock;

use super::{OpenFile, PollEvents, Reason};
use crate::machine::monotonic;
use crate::sched::{PollEntry, Wake};
use crate::time::timers;

/// Hears of an open file's changes and tells its owner. Whoever makes a change may hold locks of the file:
/// it only notes that there was one, and the look at the file comes with the next timers.
pub(super) struct Announcer {
    file: Weak<OpenFile>,
    fd: i32,
    this: Weak<Self>,
    later: Arc<Later>,
    noted: AtomicBool,
    entry: SpinLock<Option<PollEntry>>,
}

struct Later(Weak<Announcer>);

impl Announcer {
    /// Begins to hear.
    pub(super) fn new(file: &Arc<OpenFile>, fd: i32) -> Arc<Self> {
        let announcer = Arc::new_cyclic(|this: &Weak<Self>| Self {
            file: Arc::downgrade(file),
            fd,
            this: this.clone(),
            later: Arc::new(Later(this.clone())),
            noted: AtomicBool::new(false),
            entry: SpinLock::new(None),
        });
        let waker: Weak<dyn Wake> = announcer.this.clone();
        let mut entry = PollEntry::new(waker);
        file.file().poll(Some(&mut entry));
        *announcer.entry.lock() = Some(entry);
        announcer
    }

    fn tell(&self) {
        let Some(file) = self.file.upgrade() else { return };
        let events = file.file().poll(None);
        let owner = *file.signal_owner().lock();
        let input = PollEvents::IN | PollEvents::PRI | PollEvents::HUP | PollEvents::RDHUP;
        if file.is_readable() && events.intersects(input) {
            owner.tell(Reason::Input, self.fd);
        }
        if file.is_writable() && events.intersects(PollEvents::OUT | PollEvents::ERR) {
            owner.tell(Reason::Output, self.fd);
        }
    }
}

impl Wake for Announcer {
    fn wake(&self) {
        if !self.noted.swap(true, Ordering::SeqCst) {
            let later: Weak<dyn Wake> = Arc::<Later>::downgrade(&self.later);
            timers::add(monotonic(), later);
        }
    }
}

impl Wake for Later {
    fn wake(&self) {
        if let Some(announcer) = self.0.upgrade() {
            announcer.noted.store(false, Ordering::SeqCst);
            announcer.tell();
        }
    }
}

impl core::fmt::Debug for Announcer {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Announcer({})", self.fd)
    }
}
