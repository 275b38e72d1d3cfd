//! Unix sockets (unix(7)).
//!
//! Each socket has one queue; a sender copies a message outside of all locks and puts it into the queue of
//! the receiver, which copies it out and only then lets it go. What is under way is charged to the sender
//! (`charge`), whose buffer bounds it.
//!
//! Locks: `reading` (held over copies), then a `link`, then a queue, of which none is held over a copy or a
//! wait. Messages, sockets and names are dropped without them.

mod bind;
mod charge;
mod close;
mod connect;
mod datagram;
mod name;
mod queue;
mod ready;
mod stream;

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU64, AtomicUsize, Ordering};

use abi::Errno;
use abi::socket::{AF_UNIX, MSG_DONTWAIT, UserCredentials};
use sync::SpinLock;

use super::{Address, Domain, Incoming, Kind, Options, Outgoing, PeerCredentials, Shutdown, Socket, Wanted};
use crate::fs::{OpenFile, Path, PollEvents};
use crate::io::{Sink, Source};
use crate::sched::{Mutex, PollEntry, WaitQueue};
use crate::task::Thread;
pub use name::Name;
use queue::{Message, Queue};

/// How many datagrams wait at a socket (/proc/sys/net/unix/max_dgram_qlen).
pub const DATAGRAM_QUEUE: usize = 10;
/// The most Unix sockets (Linux has twice the most open files, which we do not bound).
const SOCKETS_MAX: usize = 1 << 20;

/// All sockets, by the numbers that they got when they were made.
static SOCKETS: SpinLock<BTreeMap<u64, Weak<UnixSocket>>> = SpinLock::new(BTreeMap::new());
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The state of a connection, with Linux's numbers (`sk_state`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// `TCP_ESTABLISHED`.
    Connected = 1,
    /// `TCP_CLOSE`.
    Closed = 7,
    /// `TCP_LISTEN`.
    Listening = 10,
}

/// How a socket hangs together with others.
#[derive(Debug, Default)]
struct Link {
    /// The other end; stays when that is closed.
    peer: Option<Arc<UnixSocket>>,
    /// Its name; stays when it is closed.
    name: Option<Arc<Name>>,
    /// Where the name lies in the tree: its inode lives as long as the socket.
    place: Option<Path>,
    /// Who the other end belongs to.
    credentials: Option<PeerCredentials>,
    /// Where it listens for room: at a full receiver, by this number.
    relay: Option<(Arc<UnixSocket>, u64)>,
}

/// A Unix socket.
pub struct UnixSocket {
    this: Weak<Self>,
    id: u64,
    /// Its inode's number, once it has one.
    number: AtomicU64,
    kind: Kind,
    options: Options,
    state: AtomicU8,
    shutdown: AtomicU8,
    /// The error of the next call; 0 is none.
    error: AtomicU16,
    /// How much of the send buffer is in use.
    charged: AtomicUsize,
    /// How many messages or connections wait, to see without the queue's lock.
    queued: AtomicUsize,
    /// How many bytes of a stream wait.
    queued_bytes: AtomicUsize,
    /// How many may wait before senders do (`sk_max_ack_backlog`).
    backlog: AtomicUsize,
    /// It waits to be accepted.
    embryo: AtomicBool,
    link: SpinLock<Link>,
    queue: SpinLock<Queue>,
    /// One reader of a stream at a time.
    reading: Mutex<()>,
    /// Told when something came or the state changed.
    readable: Arc<WaitQueue>,
    /// Told when there is room in the send buffer or the state changed.
    writable: Arc<WaitQueue>,
    /// Told when the queue has room for those who send to it.
    room: WaitQueue,
}

impl UnixSocket {
    /// A socket that is connected to nothing.
    ///
    /// # Errors
    /// `ENFILE` when there are too many.
    pub fn new(kind: Kind) -> Result<Arc<Self>, Errno> {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let new = Arc::new_cyclic(|this| Self {
            this: this.clone(),
            id,
            number: AtomicU64::new(0),
            kind,
            options: Options::new(),
            state: AtomicU8::new(State::Closed as u8),
            shutdown: AtomicU8::new(0),
            error: AtomicU16::new(0),
            charged: AtomicUsize::new(0),
            queued: AtomicUsize::new(0),
            queued_bytes: AtomicUsize::new(0),
            backlog: AtomicUsize::new(DATAGRAM_QUEUE),
            embryo: AtomicBool::new(false),
            link: SpinLock::new(Link::default()),
            queue: SpinLock::new(Queue::default()),
            reading: Mutex::new(()),
            readable: Arc::new(WaitQueue::new()),
            writable: Arc::new(WaitQueue::new()),
            room: WaitQueue::new(),
        });
        {
            let mut sockets = SOCKETS.lock();
            if sockets.len() < SOCKETS_MAX {
                sockets.insert(id, Arc::downgrade(&new));
                return Ok(new);
            }
        }
        Err(Errno::ENFILE)
    }

    /// Two sockets that are connected to each other (socketpair(2)).
    ///
    /// # Errors
    /// `ENFILE`.
    pub fn pair(thread: &Thread, kind: Kind) -> Result<(Arc<Self>, Arc<Self>), Errno> {
        let (first, second) = (Self::new(kind)?, Self::new(kind)?);
        let credentials = PeerCredentials::of(thread);
        for (socket, peer) in [(&first, &second), (&second, &first)] {
            let mut link = socket.link.lock();
            link.peer = Some(Arc::clone(peer));
            link.credentials = Some(credentials.clone());
            socket.set_state(State::Connected);
        }
        Ok((first, second))
    }

    fn state(&self) -> State {
        const CONNECTED: u8 = State::Connected as u8;
        const LISTENING: u8 = State::Listening as u8;
        match self.state.load(Ordering::SeqCst) {
            CONNECTED => State::Connected,
            LISTENING => State::Listening,
            _ => State::Closed,
        }
    }

    fn set_state(&self, state: State) {
        self.state.store(state as u8, Ordering::SeqCst);
    }

    fn shutdown(&self) -> Shutdown {
        Shutdown::from_bits_truncate(self.shutdown.load(Ordering::SeqCst))
    }

    fn peer(&self) -> Option<Arc<Self>> {
        self.link.lock().peer.clone()
    }

    /// Whether its other end is `other`.
    fn is_peer(&self, other: &Self) -> bool {
        self.link.lock().peer.as_ref().is_some_and(|peer| core::ptr::eq(&raw const **peer, other))
    }

    /// Whether more wait than should.
    fn is_full(&self) -> bool {
        self.queued.load(Ordering::SeqCst) > self.backlog.load(Ordering::SeqCst)
    }

    fn has_error(&self) -> bool {
        self.error.load(Ordering::SeqCst) != 0
    }

    fn passes_credentials(&self) -> bool {
        self.options.switches.pass_credentials.load(Ordering::Relaxed)
    }

    /// Tells all who wait for anything.
    fn state_changed(&self) {
        self.readable.wake_all();
        self.writable.wake_all();
    }

    /// Gives room back that a message took.
    fn uncharge(&self, charge: usize) {
        self.charged.fetch_sub(charge, Ordering::SeqCst);
        if self.has_room() {
            self.writable.wake_all();
        }
    }

    /// The identity that a message to `receiver` shows: one of the two wants it, or the sender names it.
    fn credentials_for(
        &self,
        thread: &Thread,
        receiver: &Self,
        given: Option<UserCredentials>,
    ) -> Option<UserCredentials> {
        given.or_else(|| {
            (self.passes_credentials() || receiver.passes_credentials()).then(|| {
                let credentials = thread.credentials();
                UserCredentials { pid: thread.process().pid(), uid: credentials.uid, gid: credentials.gid }
            })
        })
    }

    /// What a receiver is told of a message's identity.
    fn told_credentials(&self, message: Option<UserCredentials>) -> Option<UserCredentials> {
        /// The user and the group of nobody.
        const OVERFLOW: u32 = 65534;
        let unknown = UserCredentials { pid: 0, uid: OVERFLOW, gid: OVERFLOW };
        self.passes_credentials().then(|| message.unwrap_or(unknown))
    }

    fn own_name(&self) -> Option<Arc<Name>> {
        self.link.lock().name.clone()
    }

    fn address(&self) -> Address {
        let name = self.own_name();
        Address::new(&[&AF_UNIX.to_ne_bytes(), name.as_ref().map(|name| name.bytes()).unwrap_or_default()])
    }

    /// Where a message came from, as its receiver is told; nothing when the sender has no name.
    fn sender_address(&self) -> Option<Address> {
        self.own_name().map(|_| self.address())
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        SOCKETS.lock().remove(&self.id);
    }
}

impl fmt::Debug for UnixSocket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "UnixSocket({:?}, {:?})", self.kind, self.state())
    }
}

impl Socket for UnixSocket {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn domain(&self) -> Domain {
        Domain::Unix
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn options(&self) -> &Options {
        &self.options
    }

    fn bind(&self, thread: &Thread, address: &[u8], permissions: u32) -> Result<(), Errno> {
        self.bind_name(thread, address, permissions)
    }

    fn listen(&self, thread: &Thread, backlog: usize) -> Result<(), Errno> {
        self.begin_to_listen(thread, backlog)
    }

    fn accept(&self, nonblocking: bool) -> Result<Arc<dyn Socket>, Errno> {
        Ok(self.accept_connection(nonblocking)?)
    }

    fn connect(&self, thread: &Thread, address: &[u8], nonblocking: bool) -> Result<(), Errno> {
        if self.kind.has_connections() {
            self.connect_stream(thread, address, nonblocking)
        } else {
            self.connect_datagram(thread, address)
        }
    }

    fn name(&self) -> Result<Address, Errno> {
        Ok(self.address())
    }

    fn peer_name(&self) -> Result<Address, Errno> {
        Ok(self.peer().ok_or(Errno::ENOTCONN)?.address())
    }

    fn peer_credentials(&self) -> Option<PeerCredentials> {
        self.link.lock().credentials.clone()
    }

    fn is_listening(&self) -> bool {
        self.state() == State::Listening
    }

    fn shut_down(&self, directions: Shutdown) -> Result<(), Errno> {
        self.shut(directions);
        Ok(())
    }

    fn send(&self, thread: &Thread, source: &mut Source<'_>, message: Outgoing<'_>) -> Result<usize, Errno> {
        match self.kind {
            Kind::Stream => self.send_stream(thread, source, message),
            Kind::Datagram => self.send_datagram(thread, source, message),
            Kind::SequencedPacket => {
                if let Some(error) = self.take_error() {
                    return Err(error);
                }
                if self.state() != State::Connected {
                    return Err(Errno::ENOTCONN);
                }
                self.send_datagram(thread, source, Outgoing { address: None, ..message })
            }
        }
    }

    fn receive(&self, sink: &mut Sink<'_>, wanted: Wanted) -> Result<Incoming, Errno> {
        let patience = self.options.receive_patience(wanted.flags & MSG_DONTWAIT != 0);
        match self.kind {
            Kind::Stream => self.receive_stream(sink, wanted, patience),
            Kind::SequencedPacket if self.state() != State::Connected => Err(Errno::ENOTCONN),
            _ => self.receive_datagram(sink, wanted, patience),
        }
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        self.readiness(entry)
    }

    fn take_error(&self) -> Option<Errno> {
        if !self.has_error() {
            return None;
        }
        Errno::new(self.error.swap(0, Ordering::SeqCst))
    }

    fn set_error(&self, error: Errno) {
        self.error.store(error.number(), Ordering::SeqCst);
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        match self.kind {
            _ if self.state() == State::Listening => Err(Errno::EINVAL),
            Kind::Stream => Ok(self.queued_bytes.load(Ordering::SeqCst)),
            Kind::SequencedPacket => Ok(self.queue.lock().messages.iter().map(|one| one.data.len()).sum()),
            Kind::Datagram => Ok(self.queue.lock().messages.front().map_or(0, |one| one.data.len())),
        }
    }

    fn unsent_bytes(&self) -> usize {
        self.charged.load(Ordering::SeqCst)
    }

    fn send_buffer_changed(&self) {
        self.writable.wake_all();
    }

    fn opened(&self, number: u64) {
        self.number.store(number, Ordering::Relaxed);
    }

    fn release(&self) {
        self.close();
    }
}

/// What /proc/net/unix tells about a socket.
#[derive(Debug)]
pub struct Row {
    /// How many references there are.
    pub references: usize,
    /// `__SO_ACCEPTCON` for one that takes connections.
    pub flags: u32,
    /// The type's number.
    pub kind: u32,
    /// `SS_*`.
    pub state: u32,
    /// The inode's number.
    pub number: u64,
    /// Its name as in the address.
    pub name: Option<Vec<u8>>,
}

/// All Unix sockets, in the order in which they were made.
#[must_use]
pub fn all() -> Vec<Arc<UnixSocket>> {
    SOCKETS.lock().values().filter_map(Weak::upgrade).collect()
}

impl UnixSocket {
    /// What /proc/net/unix tells about it.
    #[must_use]
    pub fn row(&self) -> Row {
        const ACCEPTS: u32 = 1 << 16;
        let number = self.number.load(Ordering::Relaxed);
        let is_connected = self.state() == State::Connected;
        Row {
            // Linux's own: one of the open file, one of each peer and of each look-up under way.
            references: self.this.strong_count().saturating_sub(1).max(1) + 1,
            flags: if self.state() == State::Listening { ACCEPTS } else { 0 },
            kind: self.kind.number(),
            state: match (number != 0, is_connected) {
                (true, true) => 3,
                (true, false) => 1,
                (false, true) => 2,
                (false, false) => 4,
            },
            number,
            name: self.link.lock().name.as_ref().map(|name| name.bytes().into()),
        }
    }

    /// Shows each file that a message in its queue holds, or one in the queue of a connection that waits to
    /// be accepted.
    pub(super) fn each_right(&self, show: &mut dyn FnMut(&Arc<OpenFile>)) {
        let queue = self.queue.lock();
        for message in &queue.messages {
            message.rights.iter().flat_map(|rights| rights.files()).for_each(&mut *show);
        }
        let connections: Vec<_> = queue.connections.iter().cloned().collect();
        drop(queue);
        for connection in connections {
            connection.each_right(show);
        }
    }

    /// Takes all messages, also those of connections that wait to be accepted.
    pub(super) fn take_messages(&self, into: &mut Vec<Taken>) {
        let (messages, connections) = {
            let mut queue = self.queue.lock();
            self.queued.store(queue.connections.len(), Ordering::SeqCst);
            self.queued_bytes.store(0, Ordering::SeqCst);
            let connections: Vec<_> = queue.connections.iter().cloned().collect();
            (core::mem::take(&mut queue.messages), connections)
        };
        into.extend(messages.into_iter().map(Taken));
        for connection in connections {
            connection.take_messages(into);
        }
    }
}

/// A message that was taken out of a queue to be dropped.
#[derive(Debug)]
pub(super) struct Taken(#[expect(dead_code, reason = "it is kept to be dropped later")] Message);
