//! Directories in memory: the names that were made, and those of the lower directory that were removed.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::Shared;
use super::attributes::Attributes;
use super::inode::{Content, MemoryInode};
use crate::fs::{FileKind, NewNode};
use crate::sched::MutexGuard;

/// The position behind `.` and `..`: where names start.
pub(super) const FIRST_NAME: u64 = 2;

/// What a directory has in memory.
pub(super) struct Directory {
    /// `None`: a whiteout, which hides a name of the lower directory.
    names: BTreeMap<Arc<[u8]>, Option<Entry>>,
    /// The names that are no whiteouts, in the order in which they were made.
    order: BTreeMap<u64, Arc<[u8]>>,
    next: u64,
    /// The number of the inode above.
    pub(super) parent: u64,
    /// No names are made in it any more.
    removed: bool,
}

struct Entry {
    place: u64,
    inode: Arc<MemoryInode>,
}

impl Directory {
    /// An empty one, whose parent is not known yet.
    pub(super) const fn new(number: u64) -> Self {
        Self {
            names: BTreeMap::new(),
            order: BTreeMap::new(),
            next: FIRST_NAME,
            parent: number,
            removed: false,
        }
    }

    /// How many names were made.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether a name was made or removed here: then the lower directory is not asked.
    pub(super) fn knows(&self, name: &[u8]) -> bool {
        self.names.contains_key(name)
    }

    fn get(&self, name: &[u8]) -> Option<&Arc<MemoryInode>> {
        self.names.get(name)?.as_ref().map(|entry| &entry.inode)
    }

    /// Puts an inode under a name; gives whether that replaced a whiteout.
    pub(super) fn insert(&mut self, name: &[u8], inode: &Arc<MemoryInode>) -> bool {
        let place = self.next;
        self.next += 1;
        let name: Arc<[u8]> = name.into();
        self.order.insert(place, Arc::clone(&name));
        match self.names.insert(name, Some(Entry { place, inode: Arc::clone(inode) })) {
            Some(Some(before)) => {
                self.order.remove(&before.place);
                false
            }
            Some(None) => true,
            None => false,
        }
    }

    /// Takes a name out; `whiteout` hides the one below. Gives what was there.
    pub(super) fn remove(&mut self, name: &[u8], whiteout: bool) {
        if let Some(Some(entry)) = self.names.remove(name) {
            self.order.remove(&entry.place);
        }
        if whiteout {
            self.names.insert(name.into(), None);
        }
    }

    /// The names from a position on: name, inode, and the position behind it.
    pub(super) fn from(&self, position: u64) -> impl Iterator<Item = (&Arc<[u8]>, &Arc<MemoryInode>, u64)> {
        let behind = self.order.range(position.max(FIRST_NAME)..);
        behind.filter_map(|(place, name)| Some((name, self.get(name)?, place + 1)))
    }

    /// Empties it, for one that goes.
    pub(super) fn take_all(&mut self, shared: &Shared) -> Vec<Arc<MemoryInode>> {
        self.order.clear();
        let names = core::mem::take(&mut self.names);
        let whiteouts = names.values().filter(|entry| entry.is_none()).count();
        shared.inodes.release(whiteouts as u64);
        names.into_values().flatten().map(|entry| entry.inode).collect()
    }
}

impl MemoryInode {
    /// The names of a directory that was not removed.
    pub(super) fn directory(&self) -> Result<MutexGuard<'_, Directory>, Errno> {
        let Content::Directory(directory) = &self.content else { return Err(Errno::ENOTDIR) };
        let directory = directory.lock();
        if directory.removed { Err(Errno::ENOENT) } else { Ok(directory) }
    }

    /// Finds a name.
    pub(super) fn find(&self, name: &[u8]) -> Result<Arc<Self>, Errno> {
        let directory = self.directory()?;
        self.find_in(&directory, name)
    }

    /// Finds a name in this directory, whose contents are locked.
    pub(super) fn find_in(&self, directory: &Directory, name: &[u8]) -> Result<Arc<Self>, Errno> {
        match directory.names.get(name) {
            Some(Some(entry)) => Ok(Arc::clone(&entry.inode)),
            Some(None) => Err(Errno::ENOENT),
            None => {
                let lower = self.lower().ok_or(Errno::ENOENT)?;
                self.shared().of_lower(lower.inode.lookup(name)?)
            }
        }
    }

    /// Whether the lower directory has a name that a whiteout would have to hide.
    pub(super) fn lower_has(&self, directory: &Directory, name: &[u8]) -> Result<bool, Errno> {
        let Some(lower) = self.lower() else { return Ok(false) };
        if matches!(directory.names.get(name), Some(None)) {
            return Ok(true);
        }
        match lower.inode.lookup(name) {
            Ok(_) => Ok(true),
            Err(Errno::ENOENT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Puts an inode under a name of this directory, whose contents are locked.
    pub(super) fn insert_in(
        &self,
        directory: &mut Directory,
        name: &[u8],
        inode: &Arc<Self>,
    ) -> Result<(), Errno> {
        self.change(Attributes::touch)?;
        if directory.insert(name, inode) {
            self.shared().inodes.release(1);
        }
        if let Content::Directory(moved) = &inode.content {
            moved.lock().parent = self.number();
        }
        Ok(())
    }

    /// Takes a name out of this directory, whose contents are locked; needs room for a whiteout.
    pub(super) fn remove_in(&self, directory: &mut Directory, name: &[u8]) -> Result<(), Errno> {
        let whiteout = self.lower_has(directory, name)?;
        self.change(|_| ())?;
        if whiteout {
            self.shared().inodes.charge(1)?;
        }
        directory.remove(name, whiteout);
        self.change(Attributes::touch)
    }

    /// Makes an inode.
    pub(super) fn make(
        &self,
        name: &[u8],
        node: NewNode<'_>,
        permissions: u32,
        owner: (u32, u32),
    ) -> Result<Arc<Self>, Errno> {
        let mut directory = self.directory()?;
        self.check_absent(&directory, name)?;
        let (kind, device, target) = match node {
            NewNode::Regular => (FileKind::Regular, 0, None),
            NewNode::Directory => (FileKind::Directory, 0, None),
            NewNode::Symlink(target) => (FileKind::Symlink, 0, Some(target)),
            NewNode::Fifo => (FileKind::Fifo, 0, None),
            NewNode::Socket => (FileKind::Socket, 0, None),
            NewNode::CharacterDevice(device) => (FileKind::CharacterDevice, device, None),
            NewNode::BlockDevice(device) => (FileKind::BlockDevice, device, None),
        };
        let is_directory = kind == FileKind::Directory;
        let attributes = Attributes::new(permissions, owner, if is_directory { 2 } else { 1 });
        let inode = Self::new(self.shared(), kind, device, target, attributes)?;
        self.insert_in(&mut directory, name, &inode)?;
        if is_directory {
            self.change_links(1)?;
        }
        Ok(inode)
    }

    fn check_absent(&self, directory: &Directory, name: &[u8]) -> Result<(), Errno> {
        match self.find_in(directory, name) {
            Ok(_) => Err(Errno::EEXIST),
            Err(Errno::ENOENT) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Gives an inode another name.
    pub(super) fn add_link(&self, name: &[u8], inode: &Arc<Self>) -> Result<(), Errno> {
        if inode.file_kind() == FileKind::Directory {
            return Err(Errno::EPERM);
        }
        let mut directory = self.directory()?;
        self.check_absent(&directory, name)?;
        let may = inode.change(|attributes| attributes.links > 0 || attributes.linkable)?;
        if !may {
            return Err(Errno::ENOENT);
        }
        self.insert_in(&mut directory, name, inode)?;
        inode.change_links(1)
    }

    /// Removes a name: that of a directory or of something else.
    pub(super) fn remove_name(&self, name: &[u8], is_directory: bool) -> Result<(), Errno> {
        let mut directory = self.directory()?;
        let inode = self.find_in(&directory, name)?;
        match (inode.file_kind() == FileKind::Directory, is_directory) {
            (true, false) => return Err(Errno::EISDIR),
            (false, true) => return Err(Errno::ENOTDIR),
            _ => {}
        }
        inode.close_directory()?;
        let outcome = self.remove_in(&mut directory, name);
        if outcome.is_err() {
            inode.open_directory_again();
            return outcome;
        }
        if is_directory {
            inode.change_links(-2)?;
            self.change_links(-1)
        } else {
            inode.change_links(-1)
        }
    }

    /// Lets no more names into a directory, if it is empty.
    pub(super) fn close_directory(&self) -> Result<(), Errno> {
        let Content::Directory(directory) = &self.content else { return Ok(()) };
        let mut directory = directory.lock();
        if directory.len() > 0 || self.shows_lower_names(&directory)? {
            return Err(Errno::ENOTEMPTY);
        }
        directory.removed = true;
        Ok(())
    }

    /// Takes [`close_directory`](Self::close_directory) back.
    pub(super) fn open_directory_again(&self) {
        if let Content::Directory(directory) = &self.content {
            directory.lock().removed = false;
        }
    }

    /// Whether the lower directory has names that are not hidden.
    fn shows_lower_names(&self, directory: &Directory) -> Result<bool, Errno> {
        let Some(lower) = self.lower() else { return Ok(false) };
        let mut shows = false;
        let file = Arc::clone(&lower.inode).open(true, false)?;
        file.read_directory(0, &mut |entry| {
            let is_dot = entry.name == b"." || entry.name == b"..";
            shows |= !is_dot && !directory.knows(entry.name);
            !shows
        })?;
        Ok(shows)
    }
}
