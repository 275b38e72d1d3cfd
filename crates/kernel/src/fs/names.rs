//! Making, linking and removing names.

use alloc::boxed::Box;
use alloc::sync::Arc;

use abi::Errno;

use super::permission::{self, capability};
use super::{Dentry, FileKind, Last, NewNode, Path, Start, WalkFlags, Walker, new_file, notify};
use crate::task::{Credentials, Thread};

/// A place where a name is to be made or removed: the directory, and the last component.
pub(super) struct Target {
    pub(super) directory: Path,
    pub(super) last: Last,
}

impl Target {
    /// Walks to the directory.
    pub(super) fn find(
        thread: &Thread,
        credentials: &Credentials,
        start: Start,
        name: &[u8],
    ) -> Result<Self, Errno> {
        let context = thread.fs();
        let mut walker = Walker::new(&context, credentials, start, name, WalkFlags::empty())?;
        let last = walker.to_last()?;
        Ok(Self { directory: walker.into_path(), last })
    }

    /// The name to make.
    fn new_name(self) -> Result<(Path, Box<[u8]>, bool), Errno> {
        match self.last {
            Last::Name(name, slash) => Ok((self.directory, name, slash)),
            Last::Dot | Last::DotDot | Last::Nothing => Err(Errno::EEXIST),
        }
    }
}

/// Fails when a name is there; for the holder of the directory's lock.
fn check_absent(directory: &Arc<Dentry>, name: &[u8]) -> Result<(), Errno> {
    match directory.lookup_locked(name) {
        Ok(_) => Err(Errno::EEXIST),
        Err(Errno::ENOENT) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a file that is no regular one, or an empty regular file, under a name that must not exist.
///
/// # Errors
/// As mknod(2), mkdir(2) and symlink(2).
pub fn make(thread: &Thread, start: Start, name: &[u8], node: NewNode<'_>, mode: u32) -> Result<(), Errno> {
    let credentials = thread.credentials();
    let (directory, name, slash) = Target::find(thread, &credentials, start, name)?.new_name()?;
    let _guard = directory.dentry.lock();
    check_absent(&directory.dentry, &name)?;
    let kind = kind_of(node);
    if slash && kind != FileKind::Directory {
        return Err(Errno::ENOENT);
    }
    directory.mount.check_writable()?;
    let inode = directory.inode();
    permission::check_change(&credentials, &**inode)?;
    let is_device = match node {
        // A whiteout is no device.
        NewNode::CharacterDevice(device) => device != 0,
        NewNode::BlockDevice(_) => true,
        _ => false,
    };
    if is_device && !credentials.has_capability(capability::MKNOD) {
        return Err(Errno::EPERM);
    }
    let (permissions, owner) = new_file::permissions_and_owner(thread, &**inode, kind, mode)?;
    let new = inode.create(&name, node, permissions, owner)?;
    directory.dentry.add(&name, new)?;
    notify::created(&directory.dentry, &name, kind);
    Ok(())
}

/// Makes a socket's name (bind(2)) and gives its place.
///
/// # Errors
/// As mknod(2), with `EADDRINUSE` for a name that exists.
pub fn make_socket(thread: &Thread, name: &[u8], mode: u32) -> Result<Path, Errno> {
    let credentials = thread.credentials();
    let start = Start::WorkingDirectory;
    let in_use = |error| if error == Errno::EEXIST { Errno::EADDRINUSE } else { error };
    let target = Target::find(thread, &credentials, start, name)?;
    let (directory, name, slash) = target.new_name().map_err(in_use)?;
    let _guard = directory.dentry.lock();
    check_absent(&directory.dentry, &name).map_err(in_use)?;
    if slash {
        return Err(Errno::ENOENT);
    }
    directory.mount.check_writable()?;
    let inode = directory.inode();
    permission::check_change(&credentials, &**inode)?;
    let (permissions, owner) = new_file::permissions_and_owner(thread, &**inode, FileKind::Socket, mode)?;
    let new = inode.create(&name, NewNode::Socket, permissions, owner)?;
    let dentry = directory.dentry.add(&name, new)?;
    notify::created(&directory.dentry, &name, FileKind::Socket);
    Ok(Path { mount: Arc::clone(&directory.mount), dentry })
}

const fn kind_of(node: NewNode<'_>) -> FileKind {
    match node {
        NewNode::Regular => FileKind::Regular,
        NewNode::Directory => FileKind::Directory,
        NewNode::Symlink(_) => FileKind::Symlink,
        NewNode::Fifo => FileKind::Fifo,
        NewNode::Socket => FileKind::Socket,
        NewNode::CharacterDevice(_) => FileKind::CharacterDevice,
        NewNode::BlockDevice(_) => FileKind::BlockDevice,
    }
}

/// Gives a file that was found another name.
///
/// # Errors
/// As link(2).
pub fn link(thread: &Thread, old: &Path, start: Start, name: &[u8]) -> Result<(), Errno> {
    let credentials = thread.credentials();
    let (directory, name, slash) = Target::find(thread, &credentials, start, name)?.new_name()?;
    let _guard = directory.dentry.lock();
    check_absent(&directory.dentry, &name)?;
    if slash {
        return Err(Errno::ENOENT);
    }
    if !Arc::ptr_eq(&directory.mount, &old.mount) {
        return Err(Errno::EXDEV);
    }
    permission::check_link_source(&credentials, &old.inode().metadata()?)?;
    directory.mount.check_writable()?;
    permission::check_change(&credentials, &**directory.inode())?;
    if old.dentry.is_directory() {
        return Err(Errno::EPERM);
    }
    directory.inode().link(&name, old.inode())?;
    directory.dentry.add(&name, Arc::clone(old.inode()))?;
    notify::linked(&directory.dentry, &name, old.inode(), old.dentry.kind());
    Ok(())
}

/// Fails unless these credentials may take a child out of a directory (`may_delete`).
///
/// # Errors
/// `EACCES`, `EPERM` for another's file in a sticky directory.
pub(super) fn check_remove(
    credentials: &Credentials,
    directory: &Dentry,
    child: &Dentry,
) -> Result<(), Errno> {
    permission::check_change(credentials, &**directory.inode())?;
    if credentials.has_capability(capability::FOWNER) {
        return Ok(());
    }
    let owner = child.inode().metadata()?.uid;
    permission::check_sticky(credentials, &directory.inode().metadata()?, owner)
}

/// Removes the name of something that is no directory.
///
/// # Errors
/// As unlink(2).
pub fn unlink(thread: &Thread, start: Start, name: &[u8]) -> Result<(), Errno> {
    let credentials = thread.credentials();
    let target = Target::find(thread, &credentials, start, name)?;
    let Last::Name(name, slash) = target.last else { return Err(Errno::EISDIR) };
    let directory = &target.directory;
    directory.mount.check_writable()?;
    let _guard = directory.dentry.lock();
    let child = directory.dentry.lookup_locked(&name)?;
    if slash {
        return Err(if child.is_directory() { Errno::EISDIR } else { Errno::ENOTDIR });
    }
    check_remove(&credentials, &directory.dentry, &child)?;
    if child.is_directory() {
        return Err(Errno::EISDIR);
    }
    if child.is_mount_point() {
        return Err(Errno::EBUSY);
    }
    directory.inode().unlink(&name)?;
    child.remove();
    notify::removed(&directory.dentry, &name, child);
    Ok(())
}

/// Removes an empty directory.
///
/// # Errors
/// As rmdir(2).
pub fn remove_directory(thread: &Thread, start: Start, name: &[u8]) -> Result<(), Errno> {
    let credentials = thread.credentials();
    let target = Target::find(thread, &credentials, start, name)?;
    let name = match target.last {
        Last::Name(name, _) => name,
        Last::Dot => return Err(Errno::EINVAL),
        Last::DotDot => return Err(Errno::ENOTEMPTY),
        Last::Nothing => return Err(Errno::EBUSY),
    };
    let directory = &target.directory;
    directory.mount.check_writable()?;
    let _guard = directory.dentry.lock();
    let child = directory.dentry.lookup_locked(&name)?;
    check_remove(&credentials, &directory.dentry, &child)?;
    if !child.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    if child.is_mount_point() {
        return Err(Errno::EBUSY);
    }
    directory.inode().remove_directory(&name)?;
    child.remove();
    notify::removed(&directory.dentry, &name, child);
    Ok(())
}
