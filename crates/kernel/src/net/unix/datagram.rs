//! Sending and receiving of messages that stay whole: datagrams and sequenced packets.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::socket::{AF_UNSPEC, MSG_DONTWAIT, MSG_OOB, MSG_PEEK, MSG_TRUNC};

use super::charge;
use super::name::{self, name_of_address};
use super::queue::{Message, Queue};
use super::stream::put_all;
use super::{State, UnixSocket};
use crate::io::{Sink, Source};
use crate::net::options::Patience;
use crate::net::{Incoming, Kind, Outgoing, Rights, Shutdown, Socket, Wanted};
use crate::task::Thread;

/// What of the send buffer no datagram may take.
const RESERVE: usize = 32;

/// What an attempt to deliver led to.
enum Attempt {
    Done,
    /// The receiver's queue is full.
    Full(Message),
    /// The receiver is closed.
    Gone(Message),
    Refused(#[expect(dead_code, reason = "dropped by the caller, without the queue's lock")] Message, Errno),
}

impl UnixSocket {
    pub(super) fn send_datagram(
        &self,
        thread: &Thread,
        source: &mut Source<'_>,
        message: Outgoing<'_>,
    ) -> Result<usize, Errno> {
        if message.flags & MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let name = message.address.map(name_of_address).transpose()?;
        self.bind_if_known()?;
        let length = source.remaining();
        if length > self.options.send_buffer.load(Ordering::Relaxed).saturating_sub(RESERVE) {
            return Err(Errno::EMSGSIZE);
        }
        let patience = self.options.send_patience(message.flags & MSG_DONTWAIT != 0);
        self.wait_for_room(patience)?;
        let mut rights = message.rights;
        if let Some(rights) = &mut rights {
            rights.take_off(thread)?;
        }
        let data = Self::take_data(source, length)?;
        let mut receiver = self.receiver(thread, name)?;
        let credentials = self.credentials_for(thread, &receiver, message.credentials);
        let mut on_way = self.new_message(data, charge::of_datagram(length), credentials, rights)?;
        loop {
            on_way = match self.deliver(&receiver, on_way) {
                Attempt::Done => break,
                Attempt::Refused(_, error) => return Err(error),
                Attempt::Full(back) => {
                    self.wait_for_receiver(&receiver, patience)?;
                    back
                }
                Attempt::Gone(back) => {
                    self.lose_receiver(&receiver, name.is_some())?;
                    receiver = self.receiver(thread, name)?;
                    back
                }
            };
        }
        receiver.readable.wake_all();
        Ok(length)
    }

    /// Whom a message goes to.
    fn receiver(&self, thread: &Thread, name: Option<&[u8]>) -> Result<Arc<Self>, Errno> {
        match name {
            Some(name) => name::find(thread, name, self.kind),
            None => self.peer().ok_or(Errno::ENOTCONN),
        }
    }

    /// Whether it takes messages from this one: it is connected to nobody else.
    fn may_send_to(&self, receiver: &Self) -> bool {
        receiver.peer().is_none_or(|peer| core::ptr::eq(&raw const *peer, self))
    }

    fn deliver(&self, receiver: &Arc<Self>, message: Message) -> Attempt {
        if !self.may_send_to(receiver) {
            return Attempt::Refused(message, Errno::EPERM);
        }
        // A pair that talks to each other is bounded by its send buffers alone.
        let is_bounded = !core::ptr::eq(&raw const **receiver, self) && !receiver.is_peer(self);
        let mut queue = receiver.queue.lock();
        if queue.dead {
            return Attempt::Gone(message);
        }
        if receiver.shutdown().contains(Shutdown::RECEIVE) {
            return Attempt::Refused(message, Errno::EPIPE);
        }
        if is_bounded && receiver.is_full() {
            return Attempt::Full(message);
        }
        match receiver.push(&mut queue, message) {
            Ok(()) => Attempt::Done,
            Err((message, error)) => Attempt::Refused(message, error),
        }
    }

    fn wait_for_receiver(&self, receiver: &Arc<Self>, patience: Patience) -> Result<(), Errno> {
        if patience == Patience::None {
            // Whoever polls after this error is told of room.
            if self.peer().is_none_or(|peer| !Arc::ptr_eq(&peer, receiver)) || self.listen_for_room(receiver)
            {
                return Err(Errno::EAGAIN);
            }
            return Ok(());
        }
        let is_over = || receiver.shutdown().contains(Shutdown::RECEIVE) || receiver.queue.lock().dead;
        patience.wait(&receiver.room, || (!receiver.is_full() || is_over()).then_some(()))
    }

    /// Finds that the receiver is closed: as a peer it is one no more.
    fn lose_receiver(&self, receiver: &Arc<Self>, by_name: bool) -> Result<(), Errno> {
        if self.kind == Kind::SequencedPacket {
            return Err(Errno::EPIPE);
        }
        let lost = {
            let mut link = self.link.lock();
            if link.peer.as_ref().is_some_and(|peer| Arc::ptr_eq(peer, receiver)) {
                self.set_state(State::Closed);
                link.peer.take()
            } else {
                None
            }
        };
        if lost.is_some() {
            self.leave_relay();
            self.writable.wake_all();
            self.disconnected_from(receiver);
            return Err(Errno::ECONNREFUSED);
        }
        if by_name { Ok(()) } else { Err(Errno::ECONNRESET) }
    }

    pub(super) fn connect_datagram(&self, thread: &Thread, address: &[u8]) -> Result<(), Errno> {
        let family = address.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes)).ok_or(Errno::EINVAL)?;
        let peer = if family == AF_UNSPEC {
            None
        } else {
            let name = name_of_address(address)?;
            self.bind_if_known()?;
            let peer = name::find(thread, name, self.kind)?;
            if !self.may_send_to(&peer) {
                return Err(Errno::EPERM);
            }
            peer.set_state(State::Connected);
            Some(peer)
        };
        let before = {
            let mut link = self.link.lock();
            if peer.is_some() {
                self.set_state(State::Connected);
            } else if link.peer.is_some() {
                self.set_state(State::Closed);
            }
            core::mem::replace(&mut link.peer, peer.clone())
        };
        let Some(before) = before else { return Ok(()) };
        self.leave_relay();
        self.writable.wake_all();
        if peer.is_none_or(|peer| !Arc::ptr_eq(&peer, &before)) {
            self.disconnected_from(&before);
            if before.peer().is_none() {
                before.set_state(State::Closed);
            }
        }
        Ok(())
    }

    pub(super) fn receive_datagram(
        &self,
        sink: &mut Sink<'_>,
        wanted: Wanted,
        patience: Patience,
    ) -> Result<Incoming, Errno> {
        let flags = wanted.flags;
        if flags & MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let look = || match self.take_error() {
            Some(error) => Some(Err(error)),
            None => self.find_datagram(flags).map(Ok),
        };
        let found = match look() {
            Some(found) => found,
            None => match patience.wait(&self.readable, || look().map(Some).or_else(|| self.is_over())) {
                Ok(Some(found)) => found,
                // As Linux: a packet's end of connection is told to all, a datagram's to who waits.
                Ok(None) => return Ok(Incoming::default()),
                Err(Errno::EAGAIN) if self.is_ended_connection() => return Ok(Incoming::default()),
                Err(error) => return Err(error),
            },
        };
        let found = found?;
        self.hand_out(found, sink, wanted)
    }

    /// Whether nothing will come to who waits.
    fn is_over(&self) -> Option<Option<Result<Found, Errno>>> {
        if self.shutdown().contains(Shutdown::RECEIVE) {
            return Some(None);
        }
        let is_unconnected = self.kind.has_connections() && self.state() == State::Closed;
        is_unconnected.then_some(Some(Err(Errno::ENOTCONN)))
    }

    fn is_ended_connection(&self) -> bool {
        self.kind == Kind::SequencedPacket && self.shutdown().contains(Shutdown::RECEIVE)
    }

    /// Takes the first message, or a copy of the one that a peek is about.
    fn find_datagram(&self, flags: u32) -> Option<Found> {
        let mut queue = self.queue.lock();
        if flags & MSG_PEEK != 0 {
            return self.peek_datagram(&queue, flags);
        }
        let mut message = queue.messages.pop_front()?;
        drop(queue);
        self.queued.fetch_sub(1, Ordering::SeqCst);
        self.queued_bytes.fetch_sub(message.data.len(), Ordering::SeqCst);
        let rights = message.rights.take().map(|mut rights| {
            rights.land();
            rights
        });
        let found = Found {
            credentials: self.told_credentials(message.credentials),
            data: core::mem::take(&mut message.data),
            skip: 0,
            sender: Arc::clone(&message.sender),
            rights,
            message: Some(message),
        };
        Some(found)
    }

    fn peek_datagram(&self, queue: &Queue, flags: u32) -> Option<Found> {
        let mut skip = self.peek_offset(flags);
        let mut messages = queue.messages.iter();
        let message = loop {
            let message = messages.next()?;
            let length = message.data.len();
            if skip == 0 || skip < length {
                break message;
            }
            skip -= length;
        };
        Some(Found {
            credentials: self.told_credentials(message.credentials),
            data: message.data.clone(),
            skip,
            sender: Arc::clone(&message.sender),
            rights: message.rights.as_ref().map(Rights::peek),
            message: None,
        })
    }

    fn hand_out(&self, found: Found, sink: &mut Sink<'_>, wanted: Wanted) -> Result<Incoming, Errno> {
        if found.message.is_some() {
            self.room.wake_all();
        }
        let rest = found.data.get(found.skip..).unwrap_or_default();
        let count = rest.len().min(sink.remaining());
        put_all(sink, rest.get(..count).unwrap_or_default())?;
        let whole = i32::try_from(found.data.len()).unwrap_or(i32::MAX);
        let peeked = i32::try_from(count).unwrap_or(i32::MAX);
        if found.message.is_some() {
            self.move_peek_offset(|offset| offset.saturating_sub(whole));
        } else {
            self.move_peek_offset(|offset| offset.saturating_add(peeked));
        }
        Ok(Incoming {
            count: if wanted.flags & MSG_TRUNC != 0 { rest.len() } else { count },
            flags: if count < rest.len() { MSG_TRUNC } else { 0 },
            address: if wanted.address { found.sender.sender_address() } else { None },
            credentials: found.credentials,
            rights: found.rights,
        })
    }
}

/// A datagram that was found for a receiver.
struct Found {
    data: alloc::vec::Vec<u8>,
    /// How many bytes a peek leaves out.
    skip: usize,
    sender: Arc<UnixSocket>,
    credentials: Option<abi::socket::UserCredentials>,
    rights: Option<Rights>,
    /// What was taken out of the queue, and pays until it was handed out.
    message: Option<Message>,
}
