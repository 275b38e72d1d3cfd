//! A queue of messages: who waits to send and to receive, and the order among them.

use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use sync::SpinLock;

use super::super::permission::Permission;
use super::super::seconds;
use crate::sched::Wake;

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: i64,
    pub(super) text: Vec<u8>,
}

/// Which messages a receiver takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// The first one.
    Any,
    /// The first of this type.
    Equal(i64),
    /// The first of any other type.
    Other(i64),
    /// The first of the lowest type up to this one.
    UpTo(i64),
}

impl Selection {
    /// What msgrcv(2) says with its type and `MSG_EXCEPT`.
    pub(super) const fn new(kind: i64, except: bool) -> Self {
        match kind {
            0 => Self::Any,
            // The lowest number has no opposite.
            ..0 => Self::UpTo(kind.saturating_neg()),
            _ if except => Self::Other(kind),
            _ => Self::Equal(kind),
        }
    }

    const fn takes(self, kind: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Equal(wanted) => kind == wanted,
            Self::Other(unwanted) => kind != unwanted,
            Self::UpTo(highest) => kind <= highest,
        }
    }
}

/// How a receiver wants its message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) selection: Selection,
    /// The longest text; a longer one is cut or refused.
    pub(super) size: usize,
    pub(super) cut: bool,
    pub(super) pid: i32,
}

impl Wanted {
    const fn fits(&self, message: &Message) -> bool {
        self.cut || message.text.len() <= self.size
    }
}

/// What a waiter is told.
#[derive(Debug)]
pub(super) enum Told {
    /// The message that it takes.
    Message(Message),
    /// Look again, or fail.
    Again,
    Error(Errno),
}

/// A thread that waits to receive or to send.
pub(super) struct Waiter {
    waker: Weak<dyn Wake>,
    wanted: Option<Wanted>,
    told: SpinLock<Option<Told>>,
}

impl Waiter {
    pub(super) fn take(&self) -> Option<Told> {
        self.told.lock().take()
    }
}

impl core::fmt::Debug for Waiter {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Waiter({:?})", self.wanted)
    }
}

/// Threads to wake when the queue's lock is let go.
#[derive(Default)]
#[must_use]
pub(super) struct Woken(Vec<Arc<Waiter>>);

impl Woken {
    pub(super) fn tell(self) {
        for waiter in self.0 {
            if let Some(waker) = waiter.waker.upgrade() {
                waker.wake();
            }
        }
    }

    fn add(&mut self, waiter: Arc<Waiter>, told: Told) {
        *waiter.told.lock() = Some(told);
        self.0.push(waiter);
    }
}

/// What the lock of a queue guards.
#[derive(Debug)]
pub(super) struct State {
    pub(super) permission: Permission,
    pub(super) messages: VecDeque<Message>,
    /// Bytes in all messages.
    pub(super) bytes: u64,
    /// The most bytes, and the most messages.
    pub(super) limit: u64,
    pub(super) sent: i64,
    pub(super) received: i64,
    pub(super) changed: i64,
    pub(super) sender: i32,
    pub(super) receiver: i32,
    pub(super) removed: bool,
    receivers: VecDeque<Arc<Waiter>>,
    senders: VecDeque<Arc<Waiter>>,
}

impl State {
    pub(super) const fn new(permission: Permission, limit: u64, changed: i64) -> Self {
        Self {
            permission,
            messages: VecDeque::new(),
            bytes: 0,
            limit,
            sent: 0,
            received: 0,
            changed,
            sender: 0,
            receiver: 0,
            removed: false,
            receivers: VecDeque::new(),
            senders: VecDeque::new(),
        }
    }

    /// Whether a message of this length may come in.
    pub(super) fn has_room(&self, length: usize) -> bool {
        let messages = self.messages.len() as u64;
        length as u64 + self.bytes <= self.limit && messages < self.limit
    }

    /// Gives a message to the first receiver that wants it, else puts it into the queue. Receivers that want
    /// it but have no room for it hear `E2BIG`.
    pub(super) fn send(&mut self, message: Message, pid: i32) -> Woken {
        self.sender = pid;
        self.sent = seconds();
        let mut woken = Woken::default();
        let mut index = 0;
        while let Some(waiter) = self.receivers.get(index).cloned() {
            let Some(wanted) = waiter.wanted.filter(|wanted| wanted.selection.takes(message.kind)) else {
                index += 1;
                continue;
            };
            self.receivers.remove(index);
            if wanted.fits(&message) {
                self.receiver = wanted.pid;
                self.received = seconds();
                woken.add(waiter, Told::Message(message));
                return woken;
            }
            woken.add(waiter, Told::Error(Errno::E2BIG));
        }
        self.bytes += message.text.len() as u64;
        self.messages.push_back(message);
        woken
    }

    /// Takes the message that fits, if there is one, and lets senders look again.
    ///
    /// # Errors
    /// `E2BIG` when it is longer than the receiver wants; then it stays.
    pub(super) fn receive(&mut self, wanted: Wanted) -> Result<Option<(Message, Woken)>, Errno> {
        let Some(index) = self.find(wanted.selection) else { return Ok(None) };
        if self.messages.get(index).is_some_and(|message| !wanted.fits(message)) {
            return Err(Errno::E2BIG);
        }
        let Some(message) = self.messages.remove(index) else { return Ok(None) };
        self.bytes -= message.text.len() as u64;
        self.receiver = wanted.pid;
        self.received = seconds();
        Ok(Some((message, self.let_senders_look())))
    }

    fn find(&self, selection: Selection) -> Option<usize> {
        let mut fitting =
            self.messages.iter().enumerate().filter(|(_, message)| selection.takes(message.kind));
        match selection {
            // The first of the lowest type.
            Selection::UpTo(_) => fitting.min_by_key(|(_, message)| message.kind),
            _ => fitting.next(),
        }
        .map(|(index, _)| index)
    }

    /// Puts a thread into the queue of those who wait, with what it wants or to send.
    pub(super) fn wait(&mut self, waker: Weak<dyn Wake>, wanted: Option<Wanted>) -> Arc<Waiter> {
        let waiter = Arc::new(Waiter { waker, wanted, told: SpinLock::new(None) });
        let queue = if wanted.is_some() { &mut self.receivers } else { &mut self.senders };
        queue.push_back(Arc::clone(&waiter));
        waiter
    }

    /// Takes a thread that gave up out of the queues.
    pub(super) fn leave(&mut self, waiter: &Arc<Waiter>) {
        self.receivers.retain(|other| !Arc::ptr_eq(other, waiter));
        self.senders.retain(|other| !Arc::ptr_eq(other, waiter));
    }

    /// Lets all senders that wait look again, in their order.
    pub(super) fn let_senders_look(&mut self) -> Woken {
        let mut woken = Woken::default();
        for waiter in self.senders.drain(..) {
            woken.add(waiter, Told::Again);
        }
        woken
    }

    /// Lets everybody who waits look again: what is allowed has changed.
    pub(super) fn let_all_look(&mut self) -> Woken {
        let mut woken = self.let_senders_look();
        for waiter in self.receivers.drain(..) {
            woken.add(waiter, Told::Again);
        }
        woken
    }

    /// Ends the queue: everybody who waits hears `EIDRM`.
    pub(super) fn end(&mut self) -> Woken {
        self.removed = true;
        let mut woken = Woken::default();
        for waiter in self.senders.drain(..).chain(self.receivers.drain(..)) {
            woken.add(waiter, Told::Error(Errno::EIDRM));
        }
        woken
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, Permission, Selection, State, Wanted};
    use crate::task::Credentials;
    use crate::testing::World;
    use abi::Errno;
    use alloc::vec;
    use alloc::vec::Vec;

    fn take(state: &mut State, kind: i64, except: bool) -> Option<i64> {
        let selection = Selection::new(kind, except);
        let wanted = Wanted { selection, size: 9, cut: false, pid: 1 };
        state.receive(wanted).unwrap().map(|(message, woken)| {
            woken.tell();
            message.kind
        })
    }

    #[test]
    fn types_choose_messages() {
        let _world = World::new();
        let permission = Permission::new(0, &Credentials::new(0, 0, Vec::new()), 0o600);
        let mut state = State::new(permission, 100, 0);
        for kind in [5, 3, 9, 3, 1] {
            state.send(Message { kind, text: vec![0; 4] }, 1).tell();
        }
        assert_eq!(state.bytes, 20);
        assert_eq!(take(&mut state, 9, false), Some(9));
        assert_eq!(take(&mut state, -4, false), Some(1));
        assert_eq!(take(&mut state, 5, true), Some(3));
        assert_eq!(take(&mut state, i64::MIN, false), Some(3));
        assert_eq!(take(&mut state, -4, false), None);
        let short = Wanted { selection: Selection::Any, size: 3, cut: false, pid: 1 };
        assert!(matches!(state.receive(short), Err(Errno::E2BIG)));
        assert_eq!(take(&mut state, 0, false), Some(5));
        assert_eq!(state.bytes, 0);
    }
}
