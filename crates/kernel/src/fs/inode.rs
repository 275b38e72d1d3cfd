//! What a file system implements.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt::Debug;

use abi::Errno;
use bitflags::bitflags;

use super::{AttributeChanges, File, FileKind, FileSystemStatistics, Metadata};

/// A mounted tree of inodes.
pub trait FileSystem: Send + Sync + Debug {
    /// For a file system to recognize itself.
    fn as_any(&self) -> &dyn Any;

    /// The inode at the top.
    fn root(&self) -> Arc<dyn Inode>;

    /// What statfs(2) tells.
    ///
    /// # Errors
    /// As statfs(2).
    fn statistics(&self) -> Result<FileSystemStatistics, Errno>;

    /// The type's name, as /proc/self/mounts shows it.
    fn type_name(&self) -> &'static str;

    /// How large a file may be, and how far its position may go (Linux's `s_maxbytes`).
    fn max_file_size(&self) -> u64 {
        super::transfer::MAX_FILE_SIZE
    }

    /// Whether names may be kept after a look-up; `false` where they come and go by themselves (procfs).
    fn caches_names(&self) -> bool {
        true
    }
}

/// What a new directory entry becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewNode<'a> {
    /// An empty regular file.
    Regular,
    /// An empty directory.
    Directory,
    /// A symbolic link with this target.
    Symlink(&'a [u8]),
    /// A named pipe.
    Fifo,
    /// A socket's name.
    Socket,
    /// A character device with this number.
    CharacterDevice(u64),
    /// A block device with this number.
    BlockDevice(u64),
}

bitflags! {
    /// `RENAME_*` (renameat2(2)).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct RenameFlags: u32 {
        /// Fail when the new name exists.
        const NOREPLACE = 1;
        /// Exchange the two names.
        const EXCHANGE = 2;
        /// Leave a whiteout at the old name.
        const WHITEOUT = 4;
    }
}

/// A file, whatever names it has. Permissions are checked by the caller, from [`metadata`](Self::metadata);
/// names are single components, not empty, at most 255 bytes, not `.` or `..`. Methods that do not fit
/// the inode's kind keep their default, which gives Linux's error.
pub trait Inode: Send + Sync + Debug {
    /// For a file system to recognize its own inodes.
    fn as_any(&self) -> &dyn Any;

    /// What stat(2) tells.
    ///
    /// # Errors
    /// `EIO` and its like, where the inode lies outside of the kernel.
    fn metadata(&self) -> Result<Metadata, Errno>;

    /// Whether it turned out that its name leads to something else by now, outside of the kernel: then the
    /// name is looked up again.
    fn is_stale(&self) -> bool {
        false
    }

    /// What kind of file it is; that never changes. For inodes that know it without asking.
    ///
    /// # Errors
    /// As [`metadata`](Self::metadata).
    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(self.metadata()?.kind)
    }

    /// Changes attributes, all or none, and the time of change.
    ///
    /// # Errors
    /// `EROFS`, `EPERM`.
    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        let _ = changes;
        Err(Errno::EPERM)
    }

    /// Finds a name in a directory.
    ///
    /// # Errors
    /// `ENOENT`; `ENOTDIR` when this is no directory.
    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>, Errno> {
        let _ = name;
        Err(Errno::ENOTDIR)
    }

    /// Makes a new inode under a name that does not exist; `permissions` already have the umask taken
    /// off, `owner` is user and group.
    ///
    /// # Errors
    /// `EEXIST`, `ENOSPC`, `EROFS`, `EPERM`.
    fn create(
        &self,
        name: &[u8],
        node: NewNode<'_>,
        permissions: u32,
        owner: (u32, u32),
    ) -> Result<Arc<dyn Inode>, Errno> {
        let _ = (name, node, permissions, owner);
        Err(Errno::EPERM)
    }

    /// A regular file in this directory's file system that has no name (`O_TMPFILE`); `linkable` says
    /// whether [`link`](Self::link) may give it one.
    ///
    /// # Errors
    /// `EOPNOTSUPP` where the file system has none.
    fn create_unnamed(
        &self,
        permissions: u32,
        owner: (u32, u32),
        linkable: bool,
    ) -> Result<Arc<dyn Inode>, Errno> {
        let _ = (permissions, owner, linkable);
        Err(Errno::EOPNOTSUPP)
    }

    /// Gives an inode of the same file system another name in this directory.
    ///
    /// # Errors
    /// `EEXIST`, `EMLINK`, `EPERM`, `EXDEV`.
    fn link(&self, name: &[u8], inode: &Arc<dyn Inode>) -> Result<(), Errno> {
        let _ = (name, inode);
        Err(Errno::EPERM)
    }

    /// Removes a name of something that is no directory.
    ///
    /// # Errors
    /// `ENOENT`, `EISDIR`, `EROFS`.
    fn unlink(&self, name: &[u8]) -> Result<(), Errno> {
        let _ = name;
        Err(Errno::EPERM)
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `ENOTEMPTY`, `EROFS`.
    fn remove_directory(&self, name: &[u8]) -> Result<(), Errno> {
        let _ = name;
        Err(Errno::EPERM)
    }

    /// Moves a name of this directory to a directory of the same file system, replacing what is there as
    /// rename(2) says; the caller has made sure that no directory moves below itself.
    ///
    /// # Errors
    /// As rename(2).
    fn rename(
        &self,
        name: &[u8],
        new_directory: &Arc<dyn Inode>,
        new_name: &[u8],
        flags: RenameFlags,
    ) -> Result<(), Errno> {
        let _ = (name, new_directory, new_name, flags);
        Err(Errno::EPERM)
    }

    /// Where a symbolic link points.
    ///
    /// # Errors
    /// `EINVAL` when this is none.
    fn read_link(&self) -> Result<Vec<u8>, Errno> {
        Err(Errno::EINVAL)
    }

    /// What a link leads to directly, for links whose text is only a description (`/proc/self/fd/3`).
    ///
    /// # Errors
    /// `ENOENT` when it leads nowhere.
    fn follow_magic_link(&self) -> Option<Result<super::MagicTarget, Errno>> {
        None
    }

    /// Opens the inode; `writable` and `readable` say for what. Devices and FIFOs of a file system that
    /// does not know them are opened by the caller instead.
    ///
    /// # Errors
    /// As open(2).
    fn open(self: Arc<Self>, readable: bool, writable: bool) -> Result<Arc<dyn File>, Errno>;

    /// Changes a regular file's size; what is new reads as zeros.
    ///
    /// # Errors
    /// As truncate(2).
    fn truncate(&self, size: u64) -> Result<(), Errno> {
        let _ = size;
        Err(Errno::EINVAL)
    }

    /// The value of an extended attribute (xattr(7)), by its full name.
    ///
    /// # Errors
    /// `ENODATA`, `EOPNOTSUPP`.
    fn get_attribute(&self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        let _ = name;
        Err(Errno::EOPNOTSUPP)
    }

    /// Sets an extended attribute; `create` and `replace` are `XATTR_CREATE` and `XATTR_REPLACE`.
    ///
    /// # Errors
    /// `EEXIST`, `ENODATA`, `ENOSPC`, `EOPNOTSUPP`.
    fn set_attribute(&self, name: &[u8], value: &[u8], create: bool, replace: bool) -> Result<(), Errno> {
        let _ = (name, value, create, replace);
        Err(Errno::EOPNOTSUPP)
    }

    /// Removes an extended attribute.
    ///
    /// # Errors
    /// `ENODATA`, `EOPNOTSUPP`.
    fn remove_attribute(&self, name: &[u8]) -> Result<(), Errno> {
        let _ = name;
        Err(Errno::EOPNOTSUPP)
    }

    /// The names of all extended attributes.
    ///
    /// # Errors
    /// `EOPNOTSUPP`.
    fn list_attributes(&self) -> Result<Vec<Vec<u8>>, Errno> {
        Err(Errno::EOPNOTSUPP)
    }
}
