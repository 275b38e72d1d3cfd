//! A socket as an open file.

use alloc::format;
use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;
use abi::raw::general::{O_NONBLOCK, O_RDWR};
use abi::raw::ioctl::TIOCOUTQ;
use abi::socket::MSG_DONTWAIT;

use super::{Outgoing, Socket, Wanted, flight};
use crate::fs::{
    AttributeChanges, File, Inode, IoFlags, Metadata, NamelessInode, OpenFile, Path, PollEvents,
};
use crate::io::{Sink, Source};
use crate::sched::{self, PollEntry};
use crate::task::Thread;
use crate::user::UserPtr;

/// A socket as an open file; when it goes, the socket ends.
#[derive(Debug)]
pub struct SocketFile {
    socket: Arc<dyn Socket>,
    inode: Arc<SocketInode>,
}

impl SocketFile {
    /// Opens a socket that belongs to the thread's user.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn open(thread: &Thread, socket: Arc<dyn Socket>, nonblocking: bool) -> Result<Arc<OpenFile>, Errno> {
        let inode = Arc::new(SocketInode(NamelessInode::socket(thread)));
        socket.opened(inode.0.number());
        let name = format!("socket:[{}]", inode.0.number());
        let path = Path::anonymous(Arc::clone(&inode) as Arc<dyn Inode>, name.as_bytes())?;
        let flags = O_RDWR | if nonblocking { O_NONBLOCK } else { 0 };
        Ok(OpenFile::new(Arc::new(Self { socket, inode }), path, flags))
    }

    /// The socket behind an open file.
    ///
    /// # Errors
    /// `ENOTSOCK`.
    pub fn of_file(file: &OpenFile) -> Result<&Self, Errno> {
        file.file().as_any().downcast_ref::<Self>().ok_or(Errno::ENOTSOCK)
    }

    /// Runs when a descriptor of a socket was closed that others may still have, in messages perhaps.
    pub fn descriptor_closed() {
        flight::socket_closed();
    }

    /// The socket.
    #[must_use]
    pub const fn socket(&self) -> &Arc<dyn Socket> {
        &self.socket
    }

    /// The permissions of its inode, which its name in the tree gets.
    #[must_use]
    pub fn permissions(&self) -> u32 {
        self.inode.0.metadata().permissions
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        self.socket.release();
    }
}

fn message_flags(flags: IoFlags) -> u32 {
    if flags.contains(IoFlags::NONBLOCK) { MSG_DONTWAIT } else { 0 }
}

impl File for SocketFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    /// Descriptors and addresses of what is read are lost.
    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        if sink.remaining() == 0 {
            return Ok(0);
        }
        let wanted = Wanted { flags: message_flags(flags), address: false };
        Ok(self.socket.receive(sink, wanted)?.count)
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let thread = sched::current().ok_or(Errno::EINVAL)?;
        let message = Outgoing { flags: message_flags(flags), ..Outgoing::default() };
        self.socket.send(&thread, source, message)
    }

    fn signals_broken_pipe(&self) -> bool {
        false
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        self.socket.poll(entry)
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        self.socket.readable_bytes()
    }

    fn ioctl(&self, request: u32, argument: u64) -> Result<usize, Errno> {
        match request {
            // SIOCOUTQ.
            TIOCOUTQ => {
                let count = i32::try_from(self.socket.unsent_bytes()).unwrap_or(i32::MAX);
                UserPtr::<i32>::new(argument).write(&count).map(|()| 0)
            }
            _ => Err(Errno::ENOTTY),
        }
    }
}

/// The inode of a socket.
#[derive(Debug)]
struct SocketInode(NamelessInode);

impl Inode for SocketInode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.0.metadata())
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        self.0.change(changes);
        Ok(())
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        Err(Errno::ENXIO)
    }
}
