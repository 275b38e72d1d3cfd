//! The events that wait to be read from an instance.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::{Events, MAX_QUEUED_EVENTS};

/// `struct inotify_event` without its name.
const HEADER: usize = 16;
/// The number of the watch that lost events belong to.
const NO_WATCH: i32 = -1;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// The watch's number.
    pub(super) watch: i32,
    /// What happened.
    pub(super) events: Events,
    /// What the two halves of a rename have in common.
    pub(super) cookie: u32,
    /// A name in the watched directory, or nothing.
    pub(super) name: Box<[u8]>,
}

impl Event {
    /// How long the name is with its zeros: the next event is aligned again.
    const fn name_size(&self) -> usize {
        if self.name.is_empty() { 0 } else { (self.name.len() + 1).next_multiple_of(HEADER) }
    }

    /// Its size as programs read it.
    pub(super) const fn size(&self) -> usize {
        HEADER + self.name_size()
    }

    /// Its bytes as programs read them.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size());
        bytes.extend_from_slice(&self.watch.to_ne_bytes());
        bytes.extend_from_slice(&self.events.bits().to_ne_bytes());
        bytes.extend_from_slice(&self.cookie.to_ne_bytes());
        bytes.extend_from_slice(&u32::try_from(self.name_size()).unwrap_or(0).to_ne_bytes());
        bytes.extend_from_slice(&self.name);
        bytes.resize(self.size(), 0);
        bytes
    }

    /// Whether it says nothing that this one, which comes before it, does not say; cookies do not matter.
    fn repeats(&self, before: &Self) -> bool {
        self.watch == before.watch
            && self.events == before.events
            && self.name == before.name
            && !self.events.contains(Events::IGNORED)
    }
}

/// Events in the order in which they happened.
#[derive(Debug, Default)]
pub(super) struct Queue {
    events: VecDeque<Event>,
    has_overflow: bool,
}

impl Queue {
    /// Puts an event at the end, unless it repeats the last one; when there are too many it is lost, which
    /// one event says.
    pub(super) fn push(&mut self, event: Event) {
        if self.events.back().is_some_and(|last| event.repeats(last)) {
            return;
        }
        let is_full = self.events.len() >= MAX_QUEUED_EVENTS || self.events.try_reserve(1).is_err();
        if !is_full {
            self.events.push_back(event);
        } else if !self.has_overflow {
            self.has_overflow = true;
            let events = Events::QUEUE_OVERFLOW;
            self.events.push_back(Event { watch: NO_WATCH, events, cookie: 0, name: Box::default() });
        }
    }

    /// The size of the first event.
    pub(super) fn next_size(&self) -> Option<usize> {
        self.events.front().map(Event::size)
    }

    /// Takes the first event out.
    pub(super) fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        if event.events.contains(Events::QUEUE_OVERFLOW) {
            self.has_overflow = false;
        }
        Some(event)
    }

    /// Whether there is no event.
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many bytes all events have.
    pub(super) fn bytes(&self) -> usize {
        self.events.iter().map(Event::size).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Events, MAX_QUEUED_EVENTS, Queue};

    fn event(watch: i32, events: Events, name: &[u8]) -> Event {
        Event { watch, events, cookie: 0, name: name.into() }
    }

    #[test]
    fn an_event_that_repeats_the_last_is_not_queued() {
        let mut queue = Queue::default();
        queue.push(event(1, Events::MODIFY, b"a"));
        queue.push(event(1, Events::MODIFY, b"a"));
        queue.push(event(1, Events::MODIFY, b"b"));
        queue.push(event(1, Events::MODIFY, b"a"));
        assert_eq!(queue.bytes(), 3 * 32);
    }

    #[test]
    fn too_many_events_are_lost_and_one_says_so() {
        let mut queue = Queue::default();
        for index in 0..MAX_QUEUED_EVENTS + 10 {
            queue.push(event(i32::try_from(index).unwrap(), Events::OPEN, b""));
        }
        let mut last = None;
        let mut count = 0;
        while let Some(event) = queue.pop() {
            last = Some(event);
            count += 1;
        }
        assert_eq!(count, MAX_QUEUED_EVENTS + 1);
        assert_eq!(last, Some(event(-1, Events::QUEUE_OVERFLOW, b"")));
        queue.push(event(1, Events::OPEN, b""));
        assert_eq!(queue.next_size(), Some(16));
    }

    #[test]
    fn names_are_padded_with_zeros() {
        let bytes = event(3, Events::CREATE, b"0123456789abcdef").bytes();
        assert_eq!(bytes.len(), 16 + 32);
        assert_eq!(bytes[12], 32);
        assert_eq!(&bytes[16..33], b"0123456789abcdef\0");
    }
}
