//! Giving a socket its name (bind(2)).

use alloc::sync::Arc;

use abi::Errno;
use abi::socket::{AF_UNIX, UNIX_PATH_OFFSET};

use super::name::{is_abstract, name_of_address, path_of_name};
use super::{Name, UnixSocket};
use crate::fs::{self, Path, Start};
use crate::task::Thread;

impl UnixSocket {
    pub(super) fn bind_name(&self, thread: &Thread, address: &[u8], permissions: u32) -> Result<(), Errno> {
        if address.len() == UNIX_PATH_OFFSET && address == AF_UNIX.to_ne_bytes() {
            return self.bind_automatically();
        }
        let name = name_of_address(address)?;
        if !is_abstract(name) {
            return self.bind_in_tree(thread, path_of_name(name), permissions);
        }
        if self.has_name() {
            return Err(Errno::EINVAL);
        }
        self.take_name(Name::new_abstract(self, name)?, None)
    }

    fn has_name(&self) -> bool {
        self.link.lock().name.is_some()
    }

    /// As Linux, makes the name before it looks whether the socket has one already.
    fn bind_in_tree(&self, thread: &Thread, path: &[u8], permissions: u32) -> Result<(), Errno> {
        let place = fs::make_socket(thread, path, permissions)?;
        let outcome = if self.has_name() {
            Err(Errno::EINVAL)
        } else {
            Name::in_tree(self, path, &place).and_then(|name| self.take_name(name, Some(place)))
        };
        if outcome.is_err() {
            // What matters is the error that is told.
            let _ = fs::unlink(thread, Start::WorkingDirectory, path);
        }
        outcome
    }

    /// Gives it a name if it has none (unix(7), autobind).
    pub(super) fn bind_automatically(&self) -> Result<(), Errno> {
        if self.has_name() { Ok(()) } else { self.take_name(Name::automatic(self)?, None) }
    }

    /// Gives it a name unless another thread was faster.
    fn take_name(&self, name: Arc<Name>, place: Option<Path>) -> Result<(), Errno> {
        {
            let mut link = self.link.lock();
            if link.name.is_none() {
                link.name = Some(name);
                link.place = place;
                return Ok(());
            }
        }
        name.forget(self);
        Err(Errno::EINVAL)
    }

    /// Gives it a name when its messages show who sends them.
    pub(super) fn bind_if_known(&self) -> Result<(), Errno> {
        if self.passes_credentials() { self.bind_automatically() } else { Ok(()) }
    }
}
