//! Connections of streams and sequenced packets: listen(2), connect(2), accept(2).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;

use super::name::{self, name_of_address};
use super::{State, UnixSocket};
use crate::net::options::Patience;
use crate::net::{PeerCredentials, Shutdown};
use crate::task::Thread;

/// What an attempt to connect led to.
enum Attempt {
    Done,
    /// The listener has no room.
    Full,
    /// The listener is gone; another one may have its name.
    Gone,
}

impl UnixSocket {
    pub(super) fn begin_to_listen(&self, thread: &Thread, backlog: usize) -> Result<(), Errno> {
        if !self.kind.has_connections() {
            return Err(Errno::EOPNOTSUPP);
        }
        let credentials = PeerCredentials::of(thread);
        let before = {
            let mut link = self.link.lock();
            if link.name.is_none() || self.state() == State::Connected {
                return Err(Errno::EINVAL);
            }
            self.backlog.store(backlog, Ordering::SeqCst);
            self.set_state(State::Listening);
            link.credentials.replace(credentials)
        };
        drop(before);
        self.room.wake_all();
        Ok(())
    }

    pub(super) fn connect_stream(
        &self,
        thread: &Thread,
        address: &[u8],
        nonblocking: bool,
    ) -> Result<(), Errno> {
        let name = name_of_address(address)?;
        self.bind_if_known()?;
        let patience = self.options.send_patience(nonblocking);
        loop {
            let listener = name::find(thread, name, self.kind)?;
            match self.connect_to(thread, &listener)? {
                Attempt::Done => {
                    listener.readable.wake_all();
                    return Ok(());
                }
                Attempt::Full => listener.wait_for_place(patience)?,
                Attempt::Gone => {}
            }
        }
    }

    /// Waits until a listener may have room for another connection.
    fn wait_for_place(&self, patience: Patience) -> Result<(), Errno> {
        let is_over = || {
            self.state() != State::Listening
                || self.shutdown().contains(Shutdown::RECEIVE)
                || self.queue.lock().dead
        };
        patience.wait(&self.room, || (!self.is_full() || is_over()).then_some(()))
    }

    fn connect_to(&self, thread: &Thread, listener: &Arc<Self>) -> Result<Attempt, Errno> {
        let Some(this) = self.this.upgrade() else { return Err(Errno::EINVAL) };
        let new = Self::new(self.kind)?;
        let their_credentials = {
            let theirs = listener.link.lock();
            let mut link = new.link.lock();
            link.name.clone_from(&theirs.name);
            link.credentials = Some(PeerCredentials::of(thread));
            link.peer = Some(this);
            theirs.credentials.clone()
        };
        new.embryo.store(true, Ordering::SeqCst);
        new.set_state(State::Connected);
        let inherited = listener.passes_credentials();
        new.options.switches.pass_credentials.store(inherited, Ordering::Relaxed);
        let mut link = self.link.lock();
        let mut queue = listener.queue.lock();
        if queue.dead {
            return Ok(Attempt::Gone);
        }
        if !listener.takes_connections() {
            return Err(Errno::ECONNREFUSED);
        }
        if listener.is_full() {
            return Ok(Attempt::Full);
        }
        match self.state() {
            State::Closed => {}
            State::Connected => return Err(Errno::EISCONN),
            State::Listening => return Err(Errno::EINVAL),
        }
        queue.connections.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        queue.connections.push_back(Arc::clone(&new));
        listener.queued.store(queue.length(), Ordering::SeqCst);
        drop(queue);
        self.set_state(State::Connected);
        let before = (link.peer.replace(new), core::mem::replace(&mut link.credentials, their_credentials));
        drop(link);
        drop(before);
        Ok(Attempt::Done)
    }

    fn takes_connections(&self) -> bool {
        self.state() == State::Listening && !self.shutdown().contains(Shutdown::RECEIVE)
    }

    pub(super) fn accept_connection(&self, nonblocking: bool) -> Result<Arc<Self>, Errno> {
        if !self.kind.has_connections() {
            return Err(Errno::EOPNOTSUPP);
        }
        if self.state() != State::Listening {
            return Err(Errno::EINVAL);
        }
        let take = || {
            let mut queue = self.queue.lock();
            let connection = queue.connections.pop_front();
            self.queued.store(queue.length(), Ordering::SeqCst);
            connection
        };
        let taken = take();
        let connection = match taken {
            Some(connection) => connection,
            None => {
                let patience = self.options.receive_patience(nonblocking);
                let is_shut = || self.shutdown().contains(Shutdown::RECEIVE);
                patience.wait(&self.readable, || {
                    let taken = take();
                    match taken {
                        Some(connection) => Some(Ok(connection)),
                        None if is_shut() => Some(Err(Errno::EINVAL)),
                        None => None,
                    }
                })??
            }
        };
        connection.embryo.store(false, Ordering::SeqCst);
        self.room.wake_all();
        Ok(connection)
    }
}
