//! Regular files of the host that are open.

use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;
use abi::raw::general as raw;
use kernel::fs::{AttributeChanges, File, FileKind, FileMapping, Inode, IoFlags, permission};
use kernel::io::{Sink, Source};
use kernel::mm::MachineFile;
use kernel::sched;

use super::calls::{self, Descriptor};
use super::node::Node;
use super::transfer;
use crate::host::HostFd;

impl MachineFile for Descriptor {
    fn handle(&self) -> i32 {
        self.number()
    }
}

/// An open regular file.
#[derive(Debug)]
pub(super) struct RegularFile {
    descriptor: Arc<Descriptor>,
    /// The inode, which stays known while the file is open.
    inode: Arc<dyn Inode>,
}

impl RegularFile {
    /// The file behind a descriptor that was opened for it.
    pub(super) fn new(descriptor: Arc<Descriptor>, inode: Arc<dyn Inode>) -> Self {
        Self { descriptor, inode }
    }

    /// Takes the permissions away that a write by an ordinary user of the world takes away: the host does
    /// so only when this process is an ordinary user there.
    fn drop_privileges(&self) -> Result<(), Errno> {
        let has_set_id = self.inode.as_any().downcast_ref::<Node>().is_some_and(Node::has_set_id);
        let keeps = || {
            let credentials = sched::current().map(|thread| thread.credentials());
            credentials.is_some_and(|credentials| credentials.has_capability(permission::capability::FSETID))
        };
        if !has_set_id || keeps() {
            return Ok(());
        }
        let now = self.inode.metadata()?.permissions;
        let permissions = permission::without_privileges(now, FileKind::Regular);
        if permissions == now {
            return Ok(());
        }
        self.inode.set_attributes(&AttributeChanges {
            permissions: Some(permissions),
            ..AttributeChanges::default()
        })
    }
}

/// Linux's flags for one write.
pub(super) fn write_flags(flags: IoFlags) -> u32 {
    let mut host = 0;
    if flags.contains(IoFlags::APPEND) {
        host |= raw::RWF_APPEND;
    }
    if flags.contains(IoFlags::SYNC) {
        host |= raw::RWF_SYNC;
    }
    host
}

/// The next data or hole of a file (lseek(2)).
pub(super) fn seek_data_or_hole(fd: HostFd, offset: u64, hole: bool) -> Result<u64, Errno> {
    calls::seek(fd, offset, if hole { raw::SEEK_HOLE } else { raw::SEEK_DATA })
}

impl File for RegularFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        transfer::read(self.descriptor.number(), sink, offset, 0)
    }

    fn write_at(&self, source: &mut Source<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        self.drop_privileges()?;
        transfer::write(self.descriptor.number(), source, offset, write_flags(flags))
    }

    fn seek_data_or_hole(&self, offset: u64, hole: bool) -> Result<u64, Errno> {
        seek_data_or_hole(self.descriptor.number(), offset, hole)
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        let descriptor: Arc<dyn MachineFile> = Arc::<Descriptor>::clone(&self.descriptor);
        Ok(FileMapping::Machine(descriptor))
    }

    fn allocate(&self, mode: u32, offset: u64, length: u64) -> Result<(), Errno> {
        calls::allocate(self.descriptor.number(), mode, offset, length)
    }

    fn sync(&self, data_only: bool) -> Result<(), Errno> {
        calls::sync(self.descriptor.number(), data_only)
    }
}
