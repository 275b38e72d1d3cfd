//! Places in the tree, and their names.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::{Dentry, FileSystem, FileSystemStatistics, Inode, Mount, MountFlags, MountNamespace};

/// A place in the tree: a name, and the mount through which it is seen.
#[derive(Clone, Debug)]
pub struct Path {
    /// The mount.
    pub mount: Arc<Mount>,
    /// The name in its file system.
    pub dentry: Arc<Dentry>,
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.mount, &other.mount) && Arc::ptr_eq(&self.dentry, &other.dentry)
    }
}

impl Eq for Path {}

/// How the name of a place was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The root lies above it.
    FromRoot,
    /// It lies outside of the root, or in a mount that was taken away.
    Unreachable,
    /// It lies in no tree: a pipe, a socket.
    Anonymous,
}

impl Path {
    /// A place outside of all trees for what has no name there. `name` is what `/proc/self/fd` shows, for
    /// example `pipe:[42]`.
    ///
    /// # Errors
    /// Those of the inode's [`kind`](Inode::kind).
    pub fn anonymous(inode: Arc<dyn Inode>, name: &[u8]) -> Result<Self, Errno> {
        let dentry = Dentry::root(Arc::clone(&inode), name, false)?;
        let file_system = Arc::new(AnonymousFileSystem { root: inode });
        let mount = Mount::of_tree(file_system, Arc::clone(&dentry), b"anon", MountFlags::empty());
        Ok(Self { mount, dentry })
    }

    /// The inode.
    #[must_use]
    pub fn inode(&self) -> &Arc<dyn Inode> {
        self.dentry.inode()
    }

    /// The directory above, across mounts; the root is its own parent.
    #[must_use]
    pub fn parent(&self, root: &Self, namespace: &MountNamespace) -> Self {
        let mut path = self.clone();
        loop {
            if path == *root {
                return path;
            }
            if !Arc::ptr_eq(&path.dentry, path.mount.root()) {
                break;
            }
            match path.mount.place() {
                Some(place) => path = place,
                None => return path,
            }
        }
        if let Some(parent) = path.dentry.parent() {
            path.dentry = parent;
        }
        namespace.cross(path)
    }

    /// Whether it is `other` or lies below it, across mounts.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let mut path = self.clone();
        loop {
            if Arc::ptr_eq(&path.mount, &other.mount) && path.dentry.is_within(&other.dentry) {
                return true;
            }
            match path.mount.place() {
                Some(place) => path = place,
                None => return false,
            }
        }
    }

    /// Its name as seen from a root, and how that was found.
    #[must_use]
    pub fn name_from(&self, root: &Self) -> (Vec<u8>, Reach) {
        let mut components = Vec::new();
        let mut path = self.clone();
        let reach = loop {
            if path == *root {
                break Reach::FromRoot;
            }
            let is_top = Arc::ptr_eq(&path.dentry, path.mount.root());
            if is_top && let Some(place) = path.mount.place() {
                path = place;
                continue;
            }
            match path.dentry.place() {
                (Some(parent), name) if !is_top => {
                    components.push(name);
                    path.dentry = parent;
                }
                (_, name) if *name != *b"/" && components.is_empty() => {
                    return (name.into_vec(), Reach::Anonymous);
                }
                _ => break Reach::Unreachable,
            }
        };
        let mut name = Vec::new();
        for component in components.iter().rev() {
            name.push(b'/');
            name.extend_from_slice(component);
        }
        if name.is_empty() {
            name.push(b'/');
        }
        (name, reach)
    }

    /// Its name as the links of procfs show it: with " (deleted)" when the name is gone.
    #[must_use]
    pub fn display_from(&self, root: &Self) -> Vec<u8> {
        let (mut name, _) = self.name_from(root);
        if self.dentry.is_removed() {
            name.extend_from_slice(b" (deleted)");
        }
        name
    }
}

/// The file system of what is in no tree.
#[derive(Debug)]
struct AnonymousFileSystem {
    root: Arc<dyn Inode>,
}

impl FileSystem for AnonymousFileSystem {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::clone(&self.root)
    }

    fn statistics(&self) -> Result<FileSystemStatistics, Errno> {
        const ANON_INODE_FS_MAGIC: u64 = 0x0904_1934;
        Ok(FileSystemStatistics {
            magic: ANON_INODE_FS_MAGIC,
            block_size: 4096,
            name_length: 255,
            ..FileSystemStatistics::default()
        })
    }

    fn type_name(&self) -> &'static str {
        "anon_inodefs"
    }

    fn caches_names(&self) -> bool {
        false
    }
}
