//! What an address family implements.

use alloc::sync::Arc;
use core::any::Any;
use core::fmt::Debug;

use abi::Errno;
use abi::socket::{AF_UNIX, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM, UserCredentials};
use bitflags::bitflags;

use super::{Address, Options, Rights};
use crate::fs::PollEvents;
use crate::io::{Sink, Source};
use crate::sched::PollEntry;
use crate::task::{Credentials, Thread};

/// An address family that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// `AF_UNIX`.
    Unix,
}

impl Domain {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Unix => AF_UNIX,
        }
    }
}

/// How a socket talks (socket(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Datagram,
    /// `SOCK_SEQPACKET`.
    SequencedPacket,
}

impl Kind {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Stream => SOCK_STREAM,
            Self::Datagram => SOCK_DGRAM,
            Self::SequencedPacket => SOCK_SEQPACKET,
        }
    }

    /// Whether it talks to one peer only, which accepted it.
    #[must_use]
    pub const fn has_connections(self) -> bool {
        !matches!(self, Self::Datagram)
    }
}

bitflags! {
    /// Directions in which a connection is shut, with Linux's numbers.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Shutdown: u8 {
        /// Nothing comes any more (`RCV_SHUTDOWN`).
        const RECEIVE = 1;
        /// Nothing goes any more (`SEND_SHUTDOWN`).
        const SEND = 2;
    }
}

/// What goes with the bytes of a message that is sent.
#[derive(Debug, Default)]
pub struct Outgoing<'a> {
    /// Where to, if the call says so.
    pub address: Option<&'a [u8]>,
    /// `MSG_*`.
    pub flags: u32,
    /// Descriptors that go with it.
    pub rights: Option<Rights>,
    /// The identity that it shall show.
    pub credentials: Option<UserCredentials>,
}

/// How a message is received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `MSG_*`.
    pub flags: u32,
    /// Whether to tell where it came from.
    pub address: bool,
}

/// What came with the bytes of a message.
#[derive(Debug, Default)]
pub struct Incoming {
    /// What the call gives: how many bytes.
    pub count: usize,
    /// `MSG_*`, as the call tells them.
    pub flags: u32,
    /// Where it came from, if it was asked for and is told.
    pub address: Option<Address>,
    /// Who sent it, if that is told.
    pub credentials: Option<UserCredentials>,
    /// Descriptors that came with it.
    pub rights: Option<Rights>,
}

/// Who the other end belongs to (`SO_PEERCRED`).
#[derive(Clone, Debug)]
pub struct PeerCredentials {
    /// The process.
    pub pid: i32,
    /// As whom it acted.
    pub credentials: Arc<Credentials>,
}

impl PeerCredentials {
    /// Those of a thread's process.
    #[must_use]
    pub fn of(thread: &Thread) -> Self {
        Self { pid: thread.process().pid(), credentials: thread.credentials().to_arc() }
    }
}

/// A socket, as its family makes it. Methods that do not fit the kind give Linux's error.
pub trait Socket: Send + Sync + Debug {
    /// For a family to recognize its own sockets.
    fn as_any(&self) -> &dyn Any;

    /// The family.
    fn domain(&self) -> Domain;

    /// The type.
    fn kind(&self) -> Kind;

    /// The options of level `SOL_SOCKET`.
    fn options(&self) -> &Options;

    /// Gives it a name (bind(2)). `permissions` are those that a name in the tree gets before the umask.
    ///
    /// # Errors
    /// As bind(2).
    fn bind(&self, thread: &Thread, address: &[u8], permissions: u32) -> Result<(), Errno>;

    /// Begins to take connections (listen(2)).
    ///
    /// # Errors
    /// As listen(2).
    fn listen(&self, thread: &Thread, backlog: usize) -> Result<(), Errno>;

    /// Takes a connection (accept(2)); waits for one unless told not to.
    ///
    /// # Errors
    /// As accept(2).
    fn accept(&self, nonblocking: bool) -> Result<Arc<dyn Socket>, Errno>;

    /// Connects to a name (connect(2)).
    ///
    /// # Errors
    /// As connect(2).
    fn connect(&self, thread: &Thread, address: &[u8], nonblocking: bool) -> Result<(), Errno>;

    /// Its own name (getsockname(2)).
    ///
    /// # Errors
    /// As getsockname(2).
    fn name(&self) -> Result<Address, Errno>;

    /// The name of the other end (getpeername(2)).
    ///
    /// # Errors
    /// `ENOTCONN`.
    fn peer_name(&self) -> Result<Address, Errno>;

    /// Who the other end belongs to.
    fn peer_credentials(&self) -> Option<PeerCredentials>;

    /// Whether it takes connections (`SO_ACCEPTCONN`).
    fn is_listening(&self) -> bool;

    /// Shuts directions of a connection (shutdown(2)).
    ///
    /// # Errors
    /// As shutdown(2).
    fn shut_down(&self, directions: Shutdown) -> Result<(), Errno>;

    /// Sends a message (sendmsg(2)). Sends `SIGPIPE` to the thread itself where that is due.
    ///
    /// # Errors
    /// As sendmsg(2).
    fn send(&self, thread: &Thread, source: &mut Source<'_>, message: Outgoing<'_>) -> Result<usize, Errno>;

    /// Receives a message (recvmsg(2)).
    ///
    /// # Errors
    /// As recvmsg(2).
    fn receive(&self, sink: &mut Sink<'_>, wanted: Wanted) -> Result<Incoming, Errno>;

    /// Its readiness now; where an entry is given, it is added wherever a change will be told.
    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents;

    /// The error that waits to be told, which is taken away (`SO_ERROR`).
    fn take_error(&self) -> Option<Errno>;

    /// Keeps an error for the next call.
    fn set_error(&self, error: Errno);

    /// How many bytes there are to read (ioctl(SIOCINQ)).
    ///
    /// # Errors
    /// `EINVAL` where the question makes no sense.
    fn readable_bytes(&self) -> Result<usize, Errno>;

    /// How much of the send buffer is in use (ioctl(SIOCOUTQ)).
    fn unsent_bytes(&self) -> usize;

    /// Tells those who wait for room that there may be some: the send buffer became larger.
    fn send_buffer_changed(&self);

    /// Says which number its inode got.
    fn opened(&self, number: u64) {
        let _ = number;
    }

    /// Ends it: the last descriptor was closed.
    fn release(&self);
}
