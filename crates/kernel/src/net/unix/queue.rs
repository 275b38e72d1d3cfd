//! Messages on their way, and the queue of a socket that receives them.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::socket::UserCredentials;

use super::UnixSocket;
use crate::net::Rights;

/// A message, or what is left of it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) data: Vec<u8>,
    /// How many bytes of a stream's message were read.
    pub(super) consumed: usize,
    /// Who sent it and pays for it.
    pub(super) sender: Arc<UnixSocket>,
    /// What it takes of the sender's buffer.
    pub(super) charge: usize,
    /// As whom it was sent, if somebody wants to know (`SO_PASSCRED`).
    pub(super) credentials: Option<UserCredentials>,
    pub(super) rights: Option<Rights>,
}

impl Message {
    /// The bytes that were not read yet.
    pub(super) fn rest(&self) -> &[u8] {
        self.data.get(self.consumed..).unwrap_or_default()
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        self.sender.uncharge(self.charge);
    }
}

/// What came to a socket.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) messages: VecDeque<Message>,
    /// Connections that nobody accepted yet.
    pub(super) connections: VecDeque<Arc<UnixSocket>>,
    /// The socket is closed: nothing comes any more.
    pub(super) dead: bool,
}

impl Queue {
    /// Appends a message.
    ///
    /// # Errors
    /// Gives it back without memory for it.
    pub(super) fn push(&mut self, message: Message) -> Result<(), (Message, Errno)> {
        if self.messages.try_reserve(1).is_err() {
            return Err((message, Errno::ENOMEM));
        }
        self.messages.push_back(message);
        Ok(())
    }

    /// How many messages or connections there are.
    pub(super) fn length(&self) -> usize {
        self.messages.len() + self.connections.len()
    }
}
