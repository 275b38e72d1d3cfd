//! One watched file of an epoll instance.

use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use abi::io::EpollEvent;
use abi::raw::general::{EPOLLERR, EPOLLEXCLUSIVE, EPOLLHUP};
use sync::SpinLock;

use super::{Epoll, PRIVATE};
use crate::fs::{OpenFile, PollEvents};
use crate::sched::{PollEntry, Wake};

/// A watched file.
pub struct Item {
    this: Weak<Self>,
    epoll: Weak<Epoll>,
    file: Weak<OpenFile>,
    fd: i32,
    interest: SpinLock<EpollEvent>,
    /// Whether it is on the list of those that may be ready.
    listed: AtomicBool,
    /// Whether the file is not watched any more.
    retired: AtomicBool,
    /// The events for which it was added.
    registered_for: AtomicU32,
    /// Where it was added; gone when it is retired.
    entry: SpinLock<Option<PollEntry>>,
}

/// Errors and hang-ups are always told.
const fn with_unasked(event: EpollEvent) -> EpollEvent {
    EpollEvent::new(event.events | EPOLLERR | EPOLLHUP, event.data)
}

impl Item {
    /// An item that nobody tells of anything yet.
    pub(super) fn new(epoll: Weak<Epoll>, file: &Arc<OpenFile>, fd: i32, event: EpollEvent) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            epoll,
            file: Arc::downgrade(file),
            fd,
            interest: SpinLock::new(with_unasked(event)),
            listed: AtomicBool::new(false),
            retired: AtomicBool::new(false),
            registered_for: AtomicU32::new(0),
            entry: SpinLock::new(None),
        })
    }

    /// The descriptor by which the file was added.
    pub(super) const fn fd(&self) -> i32 {
        self.fd
    }

    /// The instance.
    pub(super) fn epoll(&self) -> Option<Arc<Epoll>> {
        self.epoll.upgrade()
    }

    /// The file, unless it is closed or not watched any more.
    pub(super) fn file(&self) -> Option<Arc<OpenFile>> {
        if self.retired.load(Ordering::SeqCst) { None } else { self.file.upgrade() }
    }

    /// What it is watched for, and the program's data.
    pub(super) fn interest(&self) -> EpollEvent {
        *self.interest.lock()
    }

    /// Watches it for something else; gives its readiness.
    pub(super) fn change_interest(&self, file: &OpenFile, event: EpollEvent) -> PollEvents {
        *self.interest.lock() = with_unasked(event);
        if self.registered_for.load(Ordering::Relaxed) == event.events & !(PRIVATE | EPOLLERR | EPOLLHUP) {
            return self.readiness(file);
        }
        self.register(file)
    }

    /// Watches it for nothing until the next change (`EPOLLONESHOT`).
    pub(super) fn disarm(&self) {
        let mut interest = self.interest.lock();
        let events = interest.events & PRIVATE;
        *interest = EpollEvent::new(events, interest.data);
    }

    /// What there is of what it is watched for; nothing when it is disarmed.
    pub(super) fn readiness(&self, file: &OpenFile) -> PollEvents {
        let asked = self.interest().events & !PRIVATE;
        if asked == 0 {
            return PollEvents::empty();
        }
        file.file().poll(None) & PollEvents::from_bits_truncate(asked)
    }

    /// Adds it to the file's queues; gives its readiness.
    pub(super) fn register(&self, file: &OpenFile) -> PollEvents {
        let waker: Weak<dyn Wake> = self.this.clone();
        let mut entry = PollEntry::new(waker);
        let events = self.interest().events;
        entry.set_interest(PollEvents::from_bits_truncate(events), events & EPOLLEXCLUSIVE != 0);
        file.file().poll(Some(&mut entry));
        self.registered_for.store(events & !(PRIVATE | EPOLLERR | EPOLLHUP), Ordering::Relaxed);
        // The entry before goes without the lock.
        let before = self.entry.lock().replace(entry);
        drop(before);
        self.readiness(file)
    }

    /// Says that the file is not watched any more.
    pub(super) fn retire(&self) {
        self.retired.store(true, Ordering::SeqCst);
        let entry = self.entry.lock().take();
        drop(entry);
        super::WATCHES.fetch_sub(1, Ordering::Relaxed);
    }

    /// Marks it as listed; gives whether it was not.
    pub(super) fn enlist(&self) -> bool {
        !self.retired.load(Ordering::SeqCst) && !self.listed.swap(true, Ordering::SeqCst)
    }

    /// Marks it as not listed.
    pub(super) fn delist(&self) {
        self.listed.store(false, Ordering::SeqCst);
    }

    /// Says that the file may be ready; gives whether that lets a further thread go on.
    pub(super) fn announce(&self) -> bool {
        match (self.epoll(), self.this.upgrade()) {
            (Some(epoll), Some(this)) => epoll.announce(&this),
            _ => false,
        }
    }

    /// As [`announce`](Self::announce), if it is watched for anything.
    fn tell(&self) -> bool {
        self.interest().events & !PRIVATE != 0 && self.announce()
    }
}

impl Wake for Item {
    fn wake(&self) {
        let _ = self.tell();
    }

    fn wake_exclusive(&self) -> bool {
        self.tell()
    }
}

impl core::fmt::Debug for Item {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Item({})", self.fd)
    }
}
