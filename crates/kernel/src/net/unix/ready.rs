//! Readiness (poll(2)), and waiting for the room of a full receiver.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use super::{State, UnixSocket};
use crate::fs::PollEvents;
use crate::net::{Kind, Shutdown};
use crate::sched::{PollEntry, Wake};

const READABLE: PollEvents = PollEvents::IN.union(PollEvents::RDNORM);
const WRITABLE: PollEvents = PollEvents::OUTPUT;

impl UnixSocket {
    /// Whether so much of the send buffer is free that writers shall go on (`unix_writable`): three quarters.
    /// Linux counts one byte more than is in use.
    pub(super) fn has_room(&self) -> bool {
        let used = self.charged.load(Ordering::SeqCst) + 1;
        used.saturating_mul(4) <= self.options.send_buffer.load(Ordering::Relaxed)
    }

    pub(super) fn readiness(&self, mut entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry.as_mut() {
            entry.add_pair(&self.readable, &self.writable);
        }
        let shutdown = self.shutdown();
        let state = self.state();
        let is_unconnected = self.kind.has_connections() && state == State::Closed;
        let mut events = PollEvents::empty();
        events.set(PollEvents::ERR, self.has_error());
        events.set(PollEvents::HUP, shutdown == Shutdown::all() || is_unconnected);
        if shutdown.contains(Shutdown::RECEIVE) {
            events |= PollEvents::RDHUP | READABLE;
        }
        if self.queued.load(Ordering::SeqCst) > 0 {
            events |= READABLE;
        }
        if state != State::Listening && self.has_room() && !self.waits_for_receiver() {
            events |= WRITABLE;
        }
        events
    }

    /// Whether what it sends has to wait for its peer to read; if so, it will be told of room there.
    fn waits_for_receiver(&self) -> bool {
        if self.kind == Kind::Stream {
            return false;
        }
        let Some(peer) = self.peer() else { return false };
        !peer.is_peer(self) && peer.is_full() && self.listen_for_room(&peer)
    }

    /// Has itself told of room at a full receiver; `false` when there is room now.
    pub(super) fn listen_for_room(&self, receiver: &Arc<Self>) -> bool {
        let waker: alloc::sync::Weak<dyn Wake> = self.this.clone();
        let is_new = {
            let mut link = self.link.lock();
            match &link.relay {
                Some((at, _)) if Arc::ptr_eq(at, receiver) => false,
                _ => {
                    let id = receiver.room.add(waker);
                    let before = link.relay.replace((Arc::clone(receiver), id));
                    drop(link);
                    if let Some((at, id)) = before {
                        at.room.remove(id);
                    }
                    true
                }
            }
        };
        // As every waiter: first listen, then look.
        let is_full = receiver.is_full() && !receiver.shutdown().contains(Shutdown::RECEIVE);
        if !is_full && is_new {
            self.leave_relay();
        }
        is_full
    }

    /// Listens for no room any more.
    pub(super) fn leave_relay(&self) {
        let relay = self.link.lock().relay.take();
        if let Some((at, id)) = relay {
            at.room.remove(id);
        }
    }
}

impl Wake for UnixSocket {
    /// There is room at the receiver that it listens at.
    fn wake(&self) {
        self.leave_relay();
        self.writable.wake_all();
    }
}
