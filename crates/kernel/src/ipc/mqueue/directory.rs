//! The file system of queues (/dev/mqueue).

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;

use abi::Errno;
use abi::ipc::QueueAttributes;
use sync::{Once, SpinLock};

use super::file::QueueFile;
use super::limits;
use super::queue::Queue;
use crate::fs::{
    AttributeChanges, Directory, DirectoryEntry, File, FileKind, FileSystem, FileSystemStatistics, Inode,
    IoFlags, Metadata, NewNode, anonymous_device, now,
};
use crate::io::Sink;
use crate::sched;
use crate::task::Thread;

/// The permissions of the one directory: as /tmp.
const PERMISSIONS: u32 = 0o1777;
/// The number of the directory's inode.
const ROOT: u64 = 1;

/// The file system; it has one directory.
#[derive(Debug)]
pub struct QueueFileSystem {
    root: Arc<Root>,
}

/// The directory of all queues.
#[derive(Debug)]
pub(super) struct Root {
    device: u64,
    queues: SpinLock<BTreeMap<Vec<u8>, Arc<QueueInode>>>,
    metadata: SpinLock<Metadata>,
}

/// A queue as a file.
#[derive(Debug)]
pub(super) struct QueueInode(pub(super) Arc<Queue>);

/// The one file system of queues.
pub fn file_system() -> Arc<QueueFileSystem> {
    static FILE_SYSTEM: Once<Arc<QueueFileSystem>> = Once::new();
    if let Some(file_system) = FILE_SYSTEM.get() {
        return Arc::clone(file_system);
    }
    let new = Arc::new(QueueFileSystem { root: Arc::new(Root::new()) });
    let _ = FILE_SYSTEM.set(Arc::clone(&new));
    FILE_SYSTEM.get().map_or(new, Arc::clone)
}

impl QueueFileSystem {
    pub(super) fn queues(&self) -> &Arc<Root> {
        &self.root
    }
}

impl FileSystem for QueueFileSystem {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::clone(&self.root) as Arc<dyn Inode>
    }

    fn statistics(&self) -> Result<FileSystemStatistics, Errno> {
        const MQUEUE_MAGIC: u64 = 0x1980_0202;
        let (block_size, name_length) = (4096, 255);
        Ok(FileSystemStatistics {
            magic: MQUEUE_MAGIC,
            block_size,
            name_length,
            ..FileSystemStatistics::default()
        })
    }

    fn type_name(&self) -> &'static str {
        "mqueue"
    }

    /// mq_open(2) makes and removes names past the tree.
    fn caches_names(&self) -> bool {
        false
    }
}

impl Root {
    fn new() -> Self {
        let (device, now) = (anonymous_device(), now());
        let metadata = Metadata {
            device,
            inode: ROOT,
            kind: FileKind::Directory,
            permissions: PERMISSIONS,
            links: 2,
            uid: 0,
            gid: 0,
            special_device: 0,
            size: 0,
            block_size: 4096,
            blocks: 0,
            accessed: now,
            modified: now,
            changed: now,
            created: None,
        };
        Self { device, queues: SpinLock::new(BTreeMap::new()), metadata: SpinLock::new(metadata) }
    }

    /// The queue with a name.
    ///
    /// # Errors
    /// `ENOENT`.
    pub(super) fn find(&self, name: &[u8]) -> Result<Arc<QueueInode>, Errno> {
        self.queues.lock().get(name).cloned().ok_or(Errno::ENOENT)
    }

    /// Makes a queue.
    ///
    /// # Errors
    /// `EEXIST`, and those of [`limits::charge`].
    pub(super) fn make(
        &self,
        thread: &Thread,
        name: &[u8],
        wanted: Option<&QueueAttributes>,
        (permissions, owner): (u32, (u32, u32)),
    ) -> Result<Arc<QueueInode>, Errno> {
        let (sizes, charge) = limits::charge(thread, wanted)?;
        let new = Arc::new(QueueInode(Queue::new(sizes, charge, self.device, permissions, owner)));
        {
            let mut queues = self.queues.lock();
            if queues.contains_key(name) {
                return Err(Errno::EEXIST);
            }
            queues.insert(name.into(), Arc::clone(&new));
        }
        self.changed();
        Ok(new)
    }

    fn changed(&self) {
        let mut metadata = self.metadata.lock();
        metadata.modified = now();
        metadata.changed = metadata.modified;
    }
}

impl Inode for Root {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(*self.metadata.lock())
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        let mut metadata = self.metadata.lock();
        metadata.permissions = changes.permissions.unwrap_or(metadata.permissions);
        metadata.uid = changes.uid.unwrap_or(metadata.uid);
        metadata.gid = changes.gid.unwrap_or(metadata.gid);
        metadata.changed = now();
        Ok(())
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>, Errno> {
        Ok(self.find(name)?)
    }

    fn create(
        &self,
        name: &[u8],
        node: NewNode<'_>,
        permissions: u32,
        owner: (u32, u32),
    ) -> Result<Arc<dyn Inode>, Errno> {
        if node != NewNode::Regular {
            return Err(Errno::EPERM);
        }
        let thread = sched::current().ok_or(Errno::EPERM)?;
        Ok(self.make(&thread, name, None, (permissions, owner))?)
    }

    fn unlink(&self, name: &[u8]) -> Result<(), Errno> {
        let removed = self.queues.lock().remove(name).ok_or(Errno::ENOENT)?;
        removed.0.unlinked();
        self.changed();
        Ok(())
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        Ok(Arc::new(OpenRoot(self)))
    }
}

impl Inode for QueueInode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.0.metadata())
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        self.0.change_attributes(changes);
        Ok(())
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        Ok(Arc::new(QueueFile(Arc::clone(&self.0))))
    }

    /// As Linux: the size is only shown.
    fn truncate(&self, _size: u64) -> Result<(), Errno> {
        Ok(())
    }
}

/// The directory, opened.
#[derive(Debug)]
struct OpenRoot(Arc<Root>);

impl File for OpenRoot {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, _sink: &mut Sink<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        Err(Errno::EISDIR)
    }

    fn read_directory(&self, position: u64, receiver: &mut Directory<'_>) -> Result<(), Errno> {
        let queues = self.0.queues.lock();
        let named =
            queues.iter().map(|(name, queue)| (name.as_slice(), queue.0.metadata().inode, FileKind::Regular));
        let dots = [(&b"."[..], ROOT, FileKind::Directory), (b"..", ROOT, FileKind::Directory)];
        let mut all: Vec<(Vec<u8>, u64, FileKind)> = Vec::new();
        all.extend(dots.into_iter().chain(named).map(|(name, inode, kind)| (name.into(), inode, kind)));
        drop(queues);
        let skip = usize::try_from(position).unwrap_or(usize::MAX);
        for ((name, inode, kind), next) in all.iter().zip(1..).skip(skip) {
            if !receiver(DirectoryEntry { name, inode: *inode, kind: *kind, next }) {
                break;
            }
        }
        Ok(())
    }
}
