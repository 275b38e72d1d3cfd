//! Inodes that lie in no tree: those of pipes, and the one that epoll, eventfd and their like share.

use alloc::format;
use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use abi::time::Timespec;
use sync::SpinLock;

use super::{AttributeChanges, File, FileKind, Inode, Metadata, OpenFile, Path, TimeChange};
use crate::machine::{MachineClock, machine};
use crate::task::Thread;

/// The devices of Linux's internal file systems, which have no names for them but anonymous numbers.
const PIPE_DEVICE: u64 = 14;
const ANONYMOUS_DEVICE: u64 = 15;
/// Socket inodes lie on this one.
pub const SOCKET_DEVICE: u64 = 8;

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(2);

#[derive(Debug)]
struct Attributes {
    permissions: u32,
    uid: u32,
    gid: u32,
    accessed: Timespec,
    modified: Timespec,
    changed: Timespec,
}

/// What stat(2) and fchmod(2) see of something that has no name in a tree.
#[derive(Debug)]
pub struct NamelessInode {
    kind: FileKind,
    device: u64,
    number: u64,
    attributes: SpinLock<Attributes>,
}

fn now() -> Timespec {
    Timespec::from_nanoseconds(machine().now(MachineClock::Realtime))
}

impl NamelessInode {
    /// An inode of a file system that keeps nothing else of it.
    #[must_use]
    pub fn new(kind: FileKind, device: u64, number: u64, permissions: u32, owner: (u32, u32)) -> Self {
        let now = now();
        let (uid, gid) = owner;
        let attributes = Attributes { permissions, uid, gid, accessed: now, modified: now, changed: now };
        Self { kind, device, number, attributes: SpinLock::new(attributes) }
    }

    /// The inode of a new pipe that belongs to the thread's user.
    #[must_use]
    pub fn pipe(thread: &Thread) -> Self {
        let credentials = thread.credentials();
        let owner = (credentials.fsuid, credentials.fsgid);
        Self::new(FileKind::Fifo, PIPE_DEVICE, Self::next_number(), 0o600, owner)
    }

    /// The inode of a new socket that belongs to the thread's user.
    #[must_use]
    pub fn socket(thread: &Thread) -> Self {
        let credentials = thread.credentials();
        let owner = (credentials.fsuid, credentials.fsgid);
        Self::new(FileKind::Socket, SOCKET_DEVICE, Self::next_number(), 0o777, owner)
    }

    /// A number that no other pipe or socket has.
    #[must_use]
    pub fn next_number() -> u64 {
        NEXT_NUMBER.fetch_add(1, Ordering::Relaxed)
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// What stat(2) tells.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        let attributes = self.attributes.lock();
        Metadata {
            device: self.device,
            inode: self.number,
            kind: self.kind,
            permissions: attributes.permissions,
            links: 1,
            uid: attributes.uid,
            gid: attributes.gid,
            special_device: 0,
            size: 0,
            block_size: 4096,
            blocks: 0,
            accessed: attributes.accessed,
            modified: attributes.modified,
            changed: attributes.changed,
            created: None,
        }
    }

    /// Changes attributes.
    pub fn change(&self, changes: &AttributeChanges) {
        let now = now();
        let time = |change| match change {
            TimeChange::Now => now,
            TimeChange::To(time) => time,
        };
        let mut attributes = self.attributes.lock();
        attributes.permissions = changes.permissions.unwrap_or(attributes.permissions);
        attributes.uid = changes.uid.unwrap_or(attributes.uid);
        attributes.gid = changes.gid.unwrap_or(attributes.gid);
        attributes.accessed = changes.accessed.map_or(attributes.accessed, time);
        attributes.modified = changes.modified.map_or(attributes.modified, time);
        attributes.changed = now;
    }
}

/// The one inode that all files share which are nothing but a descriptor (`anon_inode:`).
#[derive(Debug)]
struct AnonymousInode(NamelessInode);

static ANONYMOUS: sync::Once<Arc<AnonymousInode>> = sync::Once::new();

fn anonymous_inode() -> Arc<dyn Inode> {
    if let Some(inode) = ANONYMOUS.get() {
        return inode.clone();
    }
    let new = NamelessInode::new(FileKind::Anonymous, ANONYMOUS_DEVICE, 1, 0o600, (0, 0));
    let new = Arc::new(AnonymousInode(new));
    let _ = ANONYMOUS.set(Arc::clone(&new));
    new
}

impl Inode for AnonymousInode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.0.metadata())
    }

    /// As anon_inode_setattr.
    fn set_attributes(&self, _changes: &AttributeChanges) -> Result<(), Errno> {
        Err(Errno::EOPNOTSUPP)
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        Err(Errno::ENXIO)
    }
}

/// The open file of something that is nothing but a descriptor; procfs shows `anon_inode:` and its kind.
///
/// # Errors
/// `ENOMEM`.
pub fn open_anonymous(file: Arc<dyn File>, kind: &str, flags: u32) -> Result<Arc<OpenFile>, Errno> {
    let path = Path::anonymous(anonymous_inode(), format!("anon_inode:{kind}").as_bytes())?;
    Ok(OpenFile::new(file, path, flags))
}
