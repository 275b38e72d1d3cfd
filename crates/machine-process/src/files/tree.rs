//! A directory of the host as a file system.
//!
//! Every host call is about one component of a path, below the descriptor of the directory that holds
//! it, and follows no symbolic link: nothing can leave the tree, the core walks links itself. Inodes know
//! their parent and name and keep no descriptor; those of directories are kept for a while in a
//! [bounded cache](super::handles) and opened again from the nearest ancestor that has one.
//!
//! The host's other processes may change the tree at any time. An inode is what its name leads to on the
//! host, unless a file is open or has lost its name: then it is that file.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use abi::raw::general as raw;
use kernel::fs::transfer::MAX_FILE_SIZE;
use kernel::fs::{FileKind, FileSystem, FileSystemStatistics, Inode};
use sync::SpinLock;

use super::calls::{self, Descriptor};
use super::metadata::{self, Key};
use super::node::{Node, Place};

/// `ST_RDONLY` (statfs(2)).
const READ_ONLY: u64 = 1;

/// The file system.
#[derive(Debug)]
pub(super) struct Tree {
    this: Weak<Self>,
    read_only: bool,
    top: Arc<Descriptor>,
    top_key: Key,
    max_file_size: u64,
    /// All inodes in use.
    nodes: SpinLock<BTreeMap<Key, Weak<Node>>>,
}

/// The directory of the host at this absolute path.
///
/// # Errors
/// `ENOTDIR`, and what open(2) says of a directory that is to be read.
pub(crate) fn open(path: &[u8], read_only: bool) -> Result<Arc<dyn FileSystem>, Errno> {
    let mut terminated = path.to_vec();
    terminated.push(0);
    let path = core::ffi::CStr::from_bytes_with_nul(&terminated).map_err(|_| Errno::EINVAL)?;
    let top = calls::open(calls::ABSOLUTE, path, raw::O_PATH | raw::O_DIRECTORY, 0)?;
    drop(calls::open(top.number(), c".", raw::O_RDONLY | raw::O_DIRECTORY, 0)?);
    let top_key = metadata::key(&calls::status(top.number(), calls::ITSELF)?);
    let max_file_size = max_file_size(&calls::file_system_status(top.number())?);
    let tree: Arc<Tree> = Arc::new_cyclic(|this| Tree {
        this: this.clone(),
        read_only,
        max_file_size,
        top: Arc::new(top),
        top_key,
        nodes: SpinLock::new(BTreeMap::new()),
    });
    Ok(tree)
}

/// How large a file may be on a file system of the host, which tells it nowhere (`s_maxbytes`).
fn max_file_size(status: &raw::statfs) -> u64 {
    const EXT4_SUPER_MAGIC: i64 = 0xef53;
    if status.f_type != EXT4_SUPER_MAGIC {
        return MAX_FILE_SIZE;
    }
    // ext4 counts blocks with 32 bits.
    u64::from(u32::MAX).saturating_mul(u64::try_from(status.f_bsize).unwrap_or(1))
}

impl Tree {
    /// Fails when the world may not change the tree.
    pub(super) fn check_writable(&self) -> Result<(), Errno> {
        if self.read_only { Err(Errno::EROFS) } else { Ok(()) }
    }

    /// The inode in use that is this file.
    pub(super) fn find(&self, key: Key) -> Option<Arc<Node>> {
        self.nodes.lock().get(&key).and_then(Weak::upgrade)
    }

    /// The inode of a file that was just looked at, at this place.
    pub(super) fn intern(&self, key: Key, kind: FileKind, place: Place) -> Result<Arc<Node>, Errno> {
        if let Some(node) = self.find(key).filter(|node| node.is(kind)) {
            node.seen_at(place);
            return Ok(node);
        }
        let node = Node::new(self.tree()?, key, kind, Some(place));
        Ok(self.remember(key, node))
    }

    /// Makes an inode known; gives the one that is in use, should another processor have been faster.
    pub(super) fn remember(&self, key: Key, node: Arc<Node>) -> Arc<Node> {
        let mut nodes = self.nodes.lock();
        match nodes.get(&key).and_then(Weak::upgrade) {
            Some(other) if other.same_kind(&node) => {
                // The loser's drop asks for the lock.
                drop(nodes);
                other
            }
            _ => {
                nodes.insert(key, Arc::downgrade(&node));
                node
            }
        }
    }

    /// Forgets an inode that goes.
    pub(super) fn forget(&self, key: Key, node: *const Node) {
        let mut nodes = self.nodes.lock();
        if nodes.get(&key).is_some_and(|known| core::ptr::eq(known.as_ptr(), node)) {
            nodes.remove(&key);
        }
    }

    fn tree(&self) -> Result<Arc<Self>, Errno> {
        self.this.upgrade().ok_or(Errno::EIO)
    }
}

impl FileSystem for Tree {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn root(&self) -> Arc<dyn Inode> {
        if let Some(node) = self.find(self.top_key) {
            return node;
        }
        match self.tree() {
            Ok(tree) => {
                let node = Node::new(tree, self.top_key, FileKind::Directory, None);
                node.pin(Arc::clone(&self.top));
                self.remember(self.top_key, node)
            }
            Err(_) => unreachable!("whoever calls this holds the tree"),
        }
    }

    fn statistics(&self) -> Result<FileSystemStatistics, Errno> {
        let status = calls::file_system_status(self.top.number())?;
        let number = |value: i64| u64::try_from(value).unwrap_or(0);
        let mut flags = number(status.f_flags);
        if self.read_only {
            flags |= READ_ONLY;
        }
        Ok(FileSystemStatistics {
            magic: number(status.f_type),
            block_size: number(status.f_bsize),
            blocks: number(status.f_blocks),
            blocks_free: number(status.f_bfree),
            blocks_available: number(status.f_bavail),
            files: number(status.f_files),
            files_free: number(status.f_ffree),
            name_length: number(status.f_namelen),
            flags,
        })
    }

    fn max_file_size(&self) -> u64 {
        self.max_file_size
    }

    fn type_name(&self) -> &'static str {
        "hostfs"
    }
}

/// A symbolic link's target may be as long as a path.
pub(super) fn read_link(directory: i32, name: &core::ffi::CStr) -> Result<Vec<u8>, Errno> {
    let mut target = Vec::new();
    target.try_reserve_exact(kernel::user::PATH_MAX).map_err(|_| Errno::ENOMEM)?;
    target.resize(kernel::user::PATH_MAX, 0);
    let length = calls::read_link(directory, name, &mut target)?;
    target.truncate(length);
    Ok(target)
}
