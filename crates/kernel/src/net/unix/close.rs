//! The end of a connection: shutdown(2) and the last close(2).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;

use super::{State, UnixSocket};
use crate::net::{Kind, Shutdown, Socket, flight};

impl UnixSocket {
    fn add_shutdown(&self, directions: Shutdown) {
        self.shutdown.fetch_or(directions.bits(), Ordering::SeqCst);
    }

    /// Shuts directions; of a connection the other end's too.
    pub(super) fn shut(&self, directions: Shutdown) {
        self.add_shutdown(directions);
        let peer = self.peer();
        self.state_changed();
        self.room.wake_all();
        let Some(peer) = peer.filter(|_| self.kind.has_connections()) else { return };
        let mut theirs = Shutdown::empty();
        theirs.set(Shutdown::SEND, directions.contains(Shutdown::RECEIVE));
        theirs.set(Shutdown::RECEIVE, directions.contains(Shutdown::SEND));
        peer.add_shutdown(theirs);
        peer.state_changed();
    }

    /// Ends the socket: what came to it is lost, and its peer learns of it.
    pub(super) fn close(&self) {
        let (name, place, peer) = {
            let mut link = self.link.lock();
            (link.name.clone(), link.place.take(), link.peer.take())
        };
        if let Some(name) = &name {
            name.forget(self);
        }
        self.leave_relay();
        let (messages, connections) = {
            let mut queue = self.queue.lock();
            queue.dead = true;
            (core::mem::take(&mut queue.messages), core::mem::take(&mut queue.connections))
        };
        let was_unread = !messages.is_empty();
        self.queued.store(0, Ordering::SeqCst);
        self.queued_bytes.store(0, Ordering::SeqCst);
        self.add_shutdown(Shutdown::all());
        self.set_state(State::Closed);
        if let Some(peer) = &peer
            && self.kind.has_connections()
        {
            peer.add_shutdown(Shutdown::all());
            if was_unread || self.embryo.load(Ordering::SeqCst) {
                peer.set_error(Errno::ECONNRESET);
            }
            peer.state_changed();
        }
        self.room.wake_all();
        for connection in &connections {
            connection.close();
        }
        drop((messages, place, peer, connections));
        flight::socket_closed();
    }

    /// Forgets what came to a datagram socket that talked to `before` (connect(2) to somebody else).
    pub(super) fn disconnected_from(&self, before: &Arc<Self>) {
        debug_assert!(self.kind == Kind::Datagram, "connections end only once");
        let messages = {
            let mut queue = self.queue.lock();
            self.queued.store(0, Ordering::SeqCst);
            core::mem::take(&mut queue.messages)
        };
        if messages.is_empty() {
            return;
        }
        drop(messages);
        self.room.wake_all();
        let is_alive = !before.queue.lock().dead;
        if is_alive && before.is_peer(self) {
            before.set_error(Errno::ECONNRESET);
            before.state_changed();
        }
    }
}
