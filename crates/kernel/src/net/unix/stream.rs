//! Sending and receiving of streams.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::socket::{MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_WAITALL, UserCredentials};

use super::charge;
use super::queue::{Message, Queue};
use super::{State, UnixSocket};
use crate::fs::transfer;
use crate::io::{Sink, Source};
use crate::net::options::Patience;
use crate::net::{Incoming, Outgoing, Rights, Shutdown, Socket, Wanted};
use crate::task::Thread;

impl UnixSocket {
    /// Waits until the send buffer is not full.
    ///
    /// # Errors
    /// As [`Patience::wait`]; `EPIPE` when it is shut for sending, and the error that waits to be told.
    pub(super) fn wait_for_room(&self, patience: Patience) -> Result<(), Errno> {
        let look = || {
            if let Some(error) = self.take_error() {
                Some(Err(error))
            } else if self.shutdown().contains(Shutdown::SEND) {
                Some(Err(Errno::EPIPE))
            } else {
                let used = self.charged.load(Ordering::SeqCst);
                (used < self.options.send_buffer.load(Ordering::Relaxed)).then_some(Ok(()))
            }
        };
        match look() {
            Some(outcome) => outcome,
            None => patience.wait(&self.writable, look)?,
        }
    }

    /// Takes bytes of a program for a message; all or none.
    pub(super) fn take_data(source: &mut Source<'_>, length: usize) -> Result<Vec<u8>, Errno> {
        let mut data = Vec::new();
        data.try_reserve_exact(length).map_err(|_| Errno::ENOBUFS)?;
        data.resize(length, 0);
        if source.take(&mut data)? < length { Err(Errno::EFAULT) } else { Ok(data) }
    }

    pub(super) fn send_stream(
        &self,
        thread: &Thread,
        source: &mut Source<'_>,
        mut message: Outgoing<'_>,
    ) -> Result<usize, Errno> {
        if message.flags & MSG_OOB != 0 {
            return Err(crate::gap!("MSG_OOB on Unix sockets", EOPNOTSUPP));
        }
        if message.address.is_some() {
            let is_connected = self.state() == State::Connected;
            return Err(if is_connected { Errno::EISCONN } else { Errno::EOPNOTSUPP });
        }
        let peer = self.peer().ok_or(Errno::ENOTCONN)?;
        let mut refusal = self.shutdown().contains(Shutdown::SEND).then_some(Refusal::Broken);
        let patience = self.options.send_patience(message.flags & MSG_DONTWAIT != 0);
        let mut sent = 0;
        while refusal.is_none() && source.remaining() > 0 {
            match self.send_part(thread, source, &mut message, &peer, patience) {
                Ok(count) => sent += count,
                Err(reason) => refusal = Some(reason),
            }
        }
        match refusal {
            Some(_) if sent > 0 => Ok(sent),
            None => Ok(sent),
            Some(Refusal::Error(error)) => Err(error),
            Some(Refusal::Broken) => {
                if message.flags & MSG_NOSIGNAL == 0 {
                    transfer::broken_pipe(thread);
                }
                Err(Errno::EPIPE)
            }
        }
    }

    /// Sends as much as one message carries; descriptors go with the first.
    fn send_part(
        &self,
        thread: &Thread,
        source: &mut Source<'_>,
        message: &mut Outgoing<'_>,
        peer: &Arc<Self>,
        patience: Patience,
    ) -> Result<usize, Refusal> {
        // Two messages always fit, as on Linux.
        let half = (self.options.send_buffer.load(Ordering::Relaxed) / 2).saturating_sub(64);
        let length = source.remaining().min(half).min(charge::STREAM_MAX);
        self.wait_for_room(patience)?;
        let mut rights = message.rights.take();
        if let Some(rights) = &mut rights {
            rights.take_off(thread)?;
        }
        let data = Self::take_data(source, length)?;
        let credentials = self.credentials_for(thread, peer, message.credentials);
        let part = self.new_message(data, charge::of_stream(length), credentials, rights)?;
        {
            let mut queue = peer.queue.lock();
            if queue.dead || peer.shutdown().contains(Shutdown::RECEIVE) {
                drop(queue);
                drop(part);
                return Err(Refusal::Broken);
            }
            peer.push(&mut queue, part)
        }
        .map_err(|(_, error)| error)?;
        peer.readable.wake_all();
        Ok(length)
    }

    /// A message of this socket's, charged to it.
    pub(super) fn new_message(
        &self,
        data: Vec<u8>,
        charge: usize,
        credentials: Option<UserCredentials>,
        rights: Option<Rights>,
    ) -> Result<Message, Errno> {
        let sender = self.this.upgrade().ok_or(Errno::EINVAL)?;
        self.charged.fetch_add(charge, Ordering::SeqCst);
        Ok(Message { data, consumed: 0, sender, charge, credentials, rights })
    }

    /// Puts a message into this socket's queue, which the caller has locked.
    ///
    /// # Errors
    /// Gives it back, to be dropped without the lock, with `ENOMEM`.
    pub(super) fn push(&self, queue: &mut Queue, message: Message) -> Result<(), (Message, Errno)> {
        let bytes = message.data.len();
        queue.push(message)?;
        self.queued.fetch_add(1, Ordering::SeqCst);
        self.queued_bytes.fetch_add(bytes, Ordering::SeqCst);
        Ok(())
    }

    pub(super) fn receive_stream(
        &self,
        sink: &mut Sink<'_>,
        wanted: Wanted,
        patience: Patience,
    ) -> Result<Incoming, Errno> {
        let flags = wanted.flags;
        if self.state() != State::Connected {
            return Err(Errno::EINVAL);
        }
        if flags & MSG_OOB != 0 {
            return Err(crate::gap!("MSG_OOB on Unix sockets", EOPNOTSUPP));
        }
        let size = sink.remaining();
        let low = usize::try_from(self.options.receive_low.load(Ordering::Relaxed)).unwrap_or(1);
        let target = if flags & MSG_WAITALL != 0 { size } else { low.min(size) }.max(1);
        let mut progress = Progress { wanted, ..Progress::default() };
        let outcome = self.read_parts(sink, target, patience, &mut progress);
        let mut incoming = progress.incoming;
        if incoming.count == 0 {
            outcome?;
        }
        incoming.address = progress.sender.and_then(|sender| sender.sender_address());
        Ok(incoming)
    }

    /// Reads part after part until `target` bytes came or nothing will.
    fn read_parts(
        &self,
        sink: &mut Sink<'_>,
        target: usize,
        patience: Patience,
        progress: &mut Progress,
    ) -> Result<(), Errno> {
        let flags = progress.wanted.flags;
        let mut reading = self.reading.lock();
        let mut skip = self.peek_offset(flags);
        loop {
            let step = if flags & MSG_PEEK != 0 {
                self.peek_part(sink, &mut skip, progress)?
            } else {
                self.take_part(sink, progress)?
            };
            match step {
                Step::Again if sink.remaining() > 0 => {}
                Step::Again | Step::End => return Ok(()),
                Step::Nothing if progress.incoming.count >= target => return Ok(()),
                Step::Nothing => {
                    if let Some(error) = self.take_error() {
                        return Err(error);
                    }
                    if self.shutdown().contains(Shutdown::RECEIVE) {
                        return Ok(());
                    }
                    drop(reading);
                    self.wait_for_data(patience)?;
                    reading = self.reading.lock();
                    skip = self.peek_offset(flags);
                }
            }
        }
    }

    fn wait_for_data(&self, patience: Patience) -> Result<(), Errno> {
        patience.wait(&self.readable, || {
            let is_over = self.has_error() || self.shutdown().contains(Shutdown::RECEIVE);
            (is_over || self.queued.load(Ordering::SeqCst) > 0).then_some(())
        })
    }

    /// How many bytes a peek leaves out (`SO_PEEK_OFF`).
    pub(super) fn peek_offset(&self, flags: u32) -> usize {
        if flags & MSG_PEEK == 0 {
            return 0;
        }
        usize::try_from(self.options.peek_offset.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Moves the offset of the next peek, if it is in use.
    pub(super) fn move_peek_offset(&self, by: impl Fn(i32) -> i32) {
        let change = |offset: i32| (offset >= 0).then(|| by(offset).max(0));
        let _ = self.options.peek_offset.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
    }

    /// Takes from the first message what the sink holds.
    fn take_part(&self, sink: &mut Sink<'_>, progress: &mut Progress) -> Result<Step, Errno> {
        let Some(mut message) = self.queue.lock().messages.pop_front() else { return Ok(Step::Nothing) };
        if !self.fits_to(progress, &message) {
            self.queue.lock().messages.push_front(message);
            return Ok(Step::End);
        }
        let count = message.rest().len().min(sink.remaining());
        if let Err(error) = put_all(sink, message.rest().get(..count).unwrap_or_default()) {
            self.queue.lock().messages.push_front(message);
            return Err(error);
        }
        self.note(progress, &message, count);
        message.consumed += count;
        self.queued_bytes.fetch_sub(count, Ordering::SeqCst);
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        self.move_peek_offset(|offset| offset.saturating_sub(count));
        if let Some(mut rights) = message.rights.take() {
            rights.land();
            progress.incoming.rights = Some(rights);
        }
        if message.rest().is_empty() {
            self.queued.fetch_sub(1, Ordering::SeqCst);
            drop(message);
            return Ok(if progress.incoming.rights.is_some() { Step::End } else { Step::Again });
        }
        self.queue.lock().messages.push_front(message);
        Ok(Step::End)
    }

    /// Copies what lies `skip` bytes further on, and moves `skip` behind it.
    fn peek_part(
        &self,
        sink: &mut Sink<'_>,
        skip: &mut usize,
        progress: &mut Progress,
    ) -> Result<Step, Errno> {
        let (data, rights) = {
            let queue = self.queue.lock();
            let mut before = *skip;
            let mut found = None;
            for message in &queue.messages {
                let length = message.rest().len();
                if before < length || length == 0 {
                    found = Some(message);
                    break;
                }
                before -= length;
            }
            let Some(message) = found else { return Ok(Step::Nothing) };
            if !self.fits_to(progress, message) {
                return Ok(Step::End);
            }
            let rest = message.rest().get(before..).unwrap_or_default();
            let data: Vec<u8> = rest.get(..sink.remaining()).unwrap_or(rest).into();
            self.note(progress, message, 0);
            (data, message.rights.as_ref().map(Rights::peek))
        };
        put_all(sink, &data)?;
        progress.incoming.count += data.len();
        *skip += data.len();
        let count = i32::try_from(data.len()).unwrap_or(i32::MAX);
        self.move_peek_offset(|offset| offset.saturating_add(count));
        if rights.is_some() {
            progress.incoming.rights = rights;
            return Ok(Step::End);
        }
        Ok(Step::Again)
    }

    /// Whether a message may follow in one call what came before: it shows the same identity.
    fn fits_to(&self, progress: &Progress, message: &Message) -> bool {
        let before = progress.incoming.credentials;
        before.is_none() || before == self.told_credentials(message.credentials)
    }

    /// Notes bytes of a message, and who sent them.
    fn note(&self, progress: &mut Progress, message: &Message, count: usize) {
        progress.incoming.count += count;
        if progress.incoming.credentials.is_none() {
            progress.incoming.credentials = self.told_credentials(message.credentials);
        }
        if progress.wanted.address && progress.sender.is_none() {
            progress.sender = Some(Arc::clone(&message.sender));
        }
    }
}

/// What one call has read so far.
#[derive(Default)]
struct Progress {
    wanted: Wanted,
    incoming: Incoming,
    /// Who sent the first of it, if that is wanted.
    sender: Option<Arc<UnixSocket>>,
}

/// Puts all bytes or fails.
pub(super) fn put_all(sink: &mut Sink<'_>, bytes: &[u8]) -> Result<(), Errno> {
    if sink.put(bytes)? < bytes.len() { Err(Errno::EFAULT) } else { Ok(()) }
}

/// How a stream's message was not sent.
enum Refusal {
    /// Nobody will read it.
    Broken,
    Error(Errno),
}

impl From<Errno> for Refusal {
    fn from(error: Errno) -> Self {
        Self::Error(error)
    }
}

/// What one step of a read led to.
enum Step {
    /// Something came, and more may follow.
    Again,
    /// What came is all for this call.
    End,
    /// There is nothing.
    Nothing,
}
