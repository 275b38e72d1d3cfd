//! What the core does with inodes of a host directory.

use alloc::ffi::CString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;

use abi::Errno;
use abi::raw::general as raw;
use abi::time::Timespec;
use kernel::fs::{AttributeChanges, File, FileKind, Inode, Metadata, NewNode, RenameFlags, TimeChange};

use super::calls::{self, Descriptor, Name};
use super::listing::DirectoryFile;
use super::metadata::{self, metadata};
use super::node::{Node, Place};
use super::regular::RegularFile;
use super::{attributes, tree};

/// utimensat(2)'s "leave it" and "now".
const OMIT: Timespec = Timespec { tv_sec: 0, tv_nsec: raw::UTIME_OMIT as i64 };
const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: raw::UTIME_NOW as i64 };

impl Node {
    /// The inode in use that a name of this directory leads to.
    fn known_child(&self, directory: &Descriptor, name: &Name) -> Option<Arc<Self>> {
        let status = calls::status(directory.number(), name.as_c()).ok()?;
        self.tree().find(metadata::key(&status))
    }

    /// A name is about to go: if an inode is known by it, what it takes to hold on to the file.
    fn prepare_removal(&self, directory: &Descriptor, name: &Name) -> Option<(Arc<Self>, Arc<Descriptor>)> {
        let child = self.known_child(directory, name)?;
        if !child.is_at(self, name.as_c().to_bytes()) {
            return None;
        }
        let descriptor = child.any_descriptor().or_else(|| {
            let flags = raw::O_PATH | raw::O_NOFOLLOW;
            calls::open(directory.number(), name.as_c(), flags, 0).ok().map(Arc::new)
        })?;
        Some((child, descriptor))
    }

    fn remove_name(&self, name: &[u8], flags: u32) -> Result<(), Errno> {
        self.tree().check_writable()?;
        let name = Name::new(name)?;
        let directory = self.directory()?;
        let removed = self.prepare_removal(&directory, &name);
        calls::remove(directory.number(), name.as_c(), flags)?;
        if let Some((child, descriptor)) = removed {
            child.pin(descriptor);
        }
        Ok(())
    }

    fn look_up(&self, directory: &Descriptor, name: &Name) -> Result<Arc<Self>, Errno> {
        let status = calls::status(directory.number(), name.as_c())?;
        let place = Place { parent: self.myself()?, name: name.as_c().to_bytes().into() };
        self.tree().intern(metadata::key(&status), metadata::kind(&status)?, place)
    }

    /// Gives a new file to its owner, where the host lets this process do that.
    fn give_to(&self, owner: (u32, u32)) -> Result<(), Errno> {
        let now = self.metadata()?;
        if (now.uid, now.gid) != owner {
            let reach = self.reach_quickly()?;
            let (directory, name) = reach.both();
            match calls::change_owner(directory, name, owner.0, owner.1) {
                Ok(()) | Err(Errno::EPERM | Errno::EINVAL) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn make(directory: &Descriptor, name: &Name, node: NewNode<'_>, permissions: u32) -> Result<(), Errno> {
    let (directory, name) = (directory.number(), name.as_c());
    let special = |kind: FileKind| calls::make_node(directory, name, kind.mode_bits() | permissions);
    match node {
        NewNode::Regular => {
            let flags = raw::O_CREAT | raw::O_EXCL | raw::O_WRONLY | raw::O_NOFOLLOW;
            calls::open(directory, name, flags, permissions).map(drop)
        }
        NewNode::Directory => calls::make_directory(directory, name, permissions),
        NewNode::Symlink(target) => {
            let target = CString::new(target).map_err(|_| Errno::EINVAL)?;
            calls::make_symlink(directory, name, &target)
        }
        NewNode::Fifo => special(FileKind::Fifo),
        NewNode::Socket => special(FileKind::Socket),
        // The world has no devices of the host, so it makes none there.
        NewNode::CharacterDevice(_) | NewNode::BlockDevice(_) => Err(Errno::EPERM),
    }
}

const fn time(change: Option<TimeChange>) -> Timespec {
    match change {
        None => OMIT,
        Some(TimeChange::Now) => NOW,
        Some(TimeChange::To(time)) => time,
    }
}

impl Inode for Node {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(self.file_kind())
    }

    fn is_stale(&self) -> bool {
        self.was_replaced()
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        let reach = self.reach_quickly()?;
        let (directory, name) = reach.both();
        let status = calls::status(directory, name)?;
        self.learn(&status)?;
        metadata(&status)
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        self.tree().check_writable()?;
        let reach = self.itself()?;
        let (descriptor, name) = reach.both();
        // A change of nothing still sets the time of change.
        if changes.uid.is_some() || changes.gid.is_some() || *changes == AttributeChanges::default() {
            let unchanged = u32::MAX;
            let (uid, gid) = (changes.uid.unwrap_or(unchanged), changes.gid.unwrap_or(unchanged));
            calls::change_owner(descriptor, name, uid, gid)?;
        }
        if let Some(permissions) = changes.permissions {
            calls::change_mode(&reach.path(), permissions)?;
            self.learn_permissions(permissions);
        }
        if changes.accessed.is_some() || changes.modified.is_some() {
            calls::change_times(descriptor, name, &[time(changes.accessed), time(changes.modified)])?;
        }
        Ok(())
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>, Errno> {
        let name = Name::new(name)?;
        let directory = self.directory()?;
        Ok(self.look_up(&directory, &name)?)
    }

    fn create(
        &self,
        name: &[u8],
        node: NewNode<'_>,
        permissions: u32,
        owner: (u32, u32),
    ) -> Result<Arc<dyn Inode>, Errno> {
        self.tree().check_writable()?;
        let name = Name::new(name)?;
        let directory = self.directory()?;
        make(&directory, &name, node, permissions)?;
        let child = self.look_up(&directory, &name)?;
        child.give_to(owner)?;
        Ok(child)
    }

    fn create_unnamed(
        &self,
        permissions: u32,
        owner: (u32, u32),
        linkable: bool,
    ) -> Result<Arc<dyn Inode>, Errno> {
        self.tree().check_writable()?;
        let directory = self.directory()?;
        let exclusive = if linkable { 0 } else { raw::O_EXCL };
        let flags = raw::O_TMPFILE | raw::O_RDWR | exclusive;
        let file = calls::open(directory.number(), c".", flags, permissions)?;
        let status = calls::status(file.number(), calls::ITSELF)?;
        let key = metadata::key(&status);
        let node = Self::new(Arc::clone(self.tree()), key, metadata::kind(&status)?, None);
        node.pin(Arc::new(file));
        let node = self.tree().remember(key, node);
        node.give_to(owner)?;
        Ok(node)
    }

    fn link(&self, name: &[u8], inode: &Arc<dyn Inode>) -> Result<(), Errno> {
        self.tree().check_writable()?;
        let name = Name::new(name)?;
        let node = inode.as_any().downcast_ref::<Self>().ok_or(Errno::EXDEV)?;
        if !Arc::ptr_eq(node.tree(), self.tree()) {
            return Err(Errno::EXDEV);
        }
        let directory = self.directory()?;
        let to = (directory.number(), name.as_c());
        let reach = node.reach()?;
        if reach.is_direct() {
            return calls::link((calls::ABSOLUTE, &reach.path()), to, raw::AT_SYMLINK_FOLLOW);
        }
        calls::link(reach.both(), to, 0)
    }

    fn unlink(&self, name: &[u8]) -> Result<(), Errno> {
        self.remove_name(name, 0)
    }

    fn remove_directory(&self, name: &[u8]) -> Result<(), Errno> {
        self.remove_name(name, raw::AT_REMOVEDIR)
    }

    fn rename(
        &self,
        name: &[u8],
        new_directory: &Arc<dyn Inode>,
        new_name: &[u8],
        flags: RenameFlags,
    ) -> Result<(), Errno> {
        self.tree().check_writable()?;
        let target = new_directory.as_any().downcast_ref::<Self>().ok_or(Errno::EXDEV)?;
        if !Arc::ptr_eq(target.tree(), self.tree()) {
            return Err(Errno::EXDEV);
        }
        let (old, new) = (Name::new(name)?, Name::new(new_name)?);
        let (from, to) = (self.directory()?, target.directory()?);
        let moved = self.known_child(&from, &old);
        let hit = target.prepare_removal(&to, &new);
        calls::rename((from.number(), old.as_c()), (to.number(), new.as_c()), flags.bits())?;
        let Some(moved) = moved else {
            if let Some((hit, descriptor)) = hit {
                hit.pin(descriptor);
            }
            return Ok(());
        };
        match hit {
            // Two names of one file: nothing happens.
            Some((hit, _)) if Arc::ptr_eq(&hit, &moved) => return Ok(()),
            Some((hit, _)) if flags.contains(RenameFlags::EXCHANGE) => {
                hit.moved_to(Place { parent: self.myself()?, name: name.into() });
            }
            Some((hit, descriptor)) => hit.pin(descriptor),
            None => {}
        }
        if moved.is_at(self, name) {
            moved.moved_to(Place { parent: target.myself()?, name: new_name.into() });
        }
        Ok(())
    }

    fn read_link(&self) -> Result<Vec<u8>, Errno> {
        if self.file_kind() != FileKind::Symlink {
            return Err(Errno::EINVAL);
        }
        let reach = self.reach_quickly()?;
        let (directory, name) = reach.both();
        tree::read_link(directory, name)
    }

    fn open(self: Arc<Self>, readable: bool, writable: bool) -> Result<Arc<dyn File>, Errno> {
        if writable {
            self.tree().check_writable()?;
        }
        match self.file_kind() {
            FileKind::Directory if writable => Err(Errno::EISDIR),
            FileKind::Directory => Ok(Arc::new(DirectoryFile::new(self.open_host(raw::O_RDONLY)?, self))),
            FileKind::Regular => {
                let access = match (readable, writable) {
                    (true, true) => raw::O_RDWR,
                    (false, true) => raw::O_WRONLY,
                    _ => raw::O_RDONLY,
                };
                let descriptor = Arc::new(self.open_host(access)?);
                self.opened(&descriptor);
                Ok(Arc::new(RegularFile::new(descriptor, self)))
            }
            FileKind::Symlink => Err(Errno::ELOOP),
            // The host's devices, pipes and sockets are shown and not reached.
            _ => Err(Errno::ENXIO),
        }
    }

    fn truncate(&self, size: u64) -> Result<(), Errno> {
        self.tree().check_writable()?;
        if self.file_kind() != FileKind::Regular {
            return Err(Errno::EINVAL);
        }
        // Who has it open for writing may do so whatever its permissions are now.
        let open = self.any_descriptor().map(|descriptor| calls::truncate(descriptor.number(), size));
        match open {
            None | Some(Err(Errno::EINVAL | Errno::EBADF)) => {
                calls::truncate(self.open_host(raw::O_WRONLY)?.number(), size)
            }
            Some(result) => result,
        }
    }

    fn get_attribute(&self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        attributes::get(&self.reach_quickly()?, name)
    }

    fn set_attribute(&self, name: &[u8], value: &[u8], create: bool, replace: bool) -> Result<(), Errno> {
        self.tree().check_writable()?;
        let mut flags = 0;
        if create {
            flags |= raw::XATTR_CREATE;
        }
        if replace {
            flags |= raw::XATTR_REPLACE;
        }
        attributes::set(&self.reach_quickly()?, name, value, flags)
    }

    fn remove_attribute(&self, name: &[u8]) -> Result<(), Errno> {
        self.tree().check_writable()?;
        attributes::remove(&self.reach_quickly()?, name)
    }

    fn list_attributes(&self) -> Result<Vec<Vec<u8>>, Errno> {
        attributes::list(&self.reach_quickly()?)
    }
}
