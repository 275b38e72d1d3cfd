//! Inodes in memory.

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;

use abi::Errno;
use abi::raw::general::{F_SEAL_EXEC, F_SEAL_SEAL};
use sync::{Once, SpinLock};

use super::Shared;
use super::attributes::Attributes;
use super::directory::Directory;
use super::file::MemoryFile;
use super::lower::Lower;
use crate::fs::{
    AttributeChanges, File, FileKind, Inode, IoFlags, Metadata, NewNode, RenameFlags, Seals, now,
};
use crate::mm::{PAGE_SIZE, PageStore};
use crate::sched::Mutex;

/// The permissions to execute.
const EXECUTE: u32 = 0o111;
/// The largest file.
pub(super) const MAX_SIZE: u64 = i64::MAX as u64;

/// An inode in memory.
pub(super) struct MemoryInode {
    this: Weak<Self>,
    shared: Arc<Shared>,
    number: u64,
    kind: FileKind,
    special_device: u64,
    lower: Option<Lower>,
    /// `None`: those of the lower inode.
    attributes: SpinLock<Option<Attributes>>,
    pub(super) content: Content,
}

/// What is in an inode.
pub(super) enum Content {
    /// Data.
    Regular(Regular),
    /// Names.
    Directory(Mutex<Directory>),
    /// A target; `None` for that of the lower inode.
    Symlink(Option<Box<[u8]>>),
    /// Nothing.
    Special,
}

/// The data of a regular file.
#[derive(Default)]
pub(super) struct Regular {
    /// Orders reads, writes and changes of size.
    pub(super) io: Mutex<()>,
    /// Unset: the data of the lower inode.
    store: Once<Arc<PageStore>>,
    /// What was promised about it; an overlay's files cannot be sealed.
    pub(super) seals: Option<Seals>,
}

impl MemoryInode {
    /// A new inode that is not in the lower tree.
    pub(super) fn new(
        shared: &Arc<Shared>,
        kind: FileKind,
        special_device: u64,
        target: Option<&[u8]>,
        attributes: Attributes,
    ) -> Result<Arc<Self>, Errno> {
        shared.inodes.charge(1)?;
        let number = shared.new_number();
        let store = PageStore::with_quota(Arc::clone(&shared.quota));
        let content = match kind {
            FileKind::Regular => Content::Regular(Regular {
                io: Mutex::new(()),
                store: Once::with(Arc::new(store)),
                // As Linux's shmem: no seals but those of a file that was made to be sealed.
                seals: shared.lower.is_none().then(|| Seals::new(F_SEAL_SEAL)),
            }),
            FileKind::Directory => Content::Directory(Mutex::new(Directory::new(number))),
            FileKind::Symlink => Content::Symlink(Some(target.unwrap_or_default().into())),
            _ => Content::Special,
        };
        Ok(Arc::new_cyclic(|this| Self {
            this: this.clone(),
            shared: Arc::clone(shared),
            number,
            kind,
            special_device,
            lower: None,
            attributes: SpinLock::new(Some(attributes)),
            content,
        }))
    }

    /// An inode that shows one of the lower tree.
    pub(super) fn of_lower(
        shared: &Arc<Shared>,
        lower: Lower,
        number: u64,
        metadata: &Metadata,
    ) -> Arc<Self> {
        let content = match metadata.kind {
            FileKind::Regular => Content::Regular(Regular::default()),
            FileKind::Directory => Content::Directory(Mutex::new(Directory::new(number))),
            FileKind::Symlink => Content::Symlink(None),
            _ => Content::Special,
        };
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            shared: Arc::clone(shared),
            number,
            kind: metadata.kind,
            special_device: metadata.special_device,
            lower: Some(lower),
            attributes: SpinLock::new(None),
            content,
        })
    }

    pub(super) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) const fn file_kind(&self) -> FileKind {
        self.kind
    }

    pub(super) const fn lower(&self) -> Option<&Lower> {
        self.lower.as_ref()
    }

    /// Makes sure that the attributes are its own, and that it is not forgotten then.
    pub(super) fn take_over(&self) -> Result<(), Errno> {
        let Some(lower) = &self.lower else { return Ok(()) };
        if self.attributes.lock().is_some() {
            return Ok(());
        }
        let copied = Attributes::of_lower(&*lower.inode)?;
        self.attributes.lock().get_or_insert(copied);
        if let (Some(table), Some(this)) = (&self.shared.lower, self.this.upgrade()) {
            table.keep(lower.key, &this);
        }
        Ok(())
    }

    /// Changes attributes; an inode of the lower tree gets its own first.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Attributes) -> T) -> Result<T, Errno> {
        self.take_over()?;
        self.attributes.lock().as_mut().map(change).ok_or(Errno::EIO)
    }

    /// Changes the count of names; without any, a changed inode of the lower tree may be forgotten.
    pub(super) fn change_links(&self, change: i64) -> Result<(), Errno> {
        let links = self.change(|attributes| {
            attributes.links = attributes.links.saturating_add_signed(change);
            attributes.changed = now();
            attributes.links
        })?;
        if links == 0
            && let (Some(table), Some(lower)) = (&self.shared.lower, &self.lower)
        {
            table.release(lower.key);
        }
        Ok(())
    }

    /// Notes an access; inodes of the lower tree that were not changed keep their times.
    pub(super) fn note_access(&self, flags: IoFlags) {
        if !flags.contains(IoFlags::NO_ACCESS_TIME)
            && let Some(attributes) = self.attributes.lock().as_mut()
        {
            attributes.note_access();
        }
    }

    /// What was promised about a regular file, if it can be sealed.
    pub(super) const fn seals(&self) -> Option<&Seals> {
        match &self.content {
            Content::Regular(regular) => regular.seals.as_ref(),
            _ => None,
        }
    }

    /// The data of a regular file, if it is not that of the lower inode.
    pub(super) fn store(&self) -> Option<&Arc<PageStore>> {
        match &self.content {
            Content::Regular(regular) => regular.store.get(),
            _ => None,
        }
    }

    /// The data of a regular file, to change it: what is not changed goes on showing the lower inode's.
    pub(super) fn own_store(&self) -> Result<&Arc<PageStore>, Errno> {
        let Content::Regular(regular) = &self.content else { return Err(Errno::EINVAL) };
        if let Some(store) = self.store() {
            return Ok(store);
        }
        let lower = self.lower.as_ref().ok_or(Errno::EIO)?;
        self.take_over()?;
        let size = lower.inode.metadata()?.size;
        let file = Arc::clone(&lower.inode).open(true, false)?;
        let store = Arc::new(PageStore::with_backing(Arc::clone(&self.shared.quota), file, size));
        // Another thread may have been faster.
        let _ = regular.store.set(store);
        self.store().ok_or(Errno::EIO)
    }

    fn size_and_blocks(&self, directory_size: u64) -> (u64, u64) {
        match &self.content {
            Content::Regular(regular) => {
                let store = regular.store.get();
                store.map_or((0, 0), |store| (store.size(), store.allocated().div_ceil(512)))
            }
            Content::Directory(_) => (directory_size, 0),
            Content::Symlink(target) => (target.as_ref().map_or(0, |target| target.len() as u64), 0),
            Content::Special => (0, 0),
        }
    }

    fn own_metadata(&self) -> Metadata {
        /// What Linux's tmpfs gives a directory for each name, "." and ".." among them.
        const ENTRY_SIZE: u64 = 20;
        let names = match &self.content {
            Content::Directory(directory) => directory.lock().len() as u64 + 2,
            _ => 0,
        };
        let (size, blocks) = self.size_and_blocks(names * ENTRY_SIZE);
        let zero = abi::time::Timespec::default();
        Metadata {
            device: self.shared.device,
            inode: self.number,
            kind: self.kind,
            permissions: 0,
            links: 0,
            uid: 0,
            gid: 0,
            special_device: self.special_device,
            size,
            block_size: u32::try_from(PAGE_SIZE).unwrap_or(4096),
            blocks,
            accessed: zero,
            modified: zero,
            changed: zero,
            created: None,
        }
    }
}

impl Drop for MemoryInode {
    fn drop(&mut self) {
        match &self.lower {
            Some(lower) => {
                if let Some(table) = &self.shared.lower {
                    table.strike(lower.key);
                }
            }
            None => self.shared.inodes.release(1),
        }
        // A deep tree goes level by level: it may be deeper than the kernel's stack.
        let mut inodes = self.take_children();
        while let Some(inode) = inodes.pop() {
            if let Some(mut inode) = Arc::into_inner(inode) {
                inodes.append(&mut inode.take_children());
            }
        }
    }
}

impl MemoryInode {
    fn take_children(&mut self) -> Vec<Arc<Self>> {
        match &self.content {
            Content::Directory(directory) => directory.lock().take_all(&self.shared),
            _ => Vec::new(),
        }
    }
}

impl fmt::Debug for MemoryInode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MemoryInode({}, {:?})", self.number, self.kind)
    }
}

impl Inode for MemoryInode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(self.kind)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        let mut metadata = self.own_metadata();
        if let Some(lower) = &self.lower
            && (self.attributes.lock().is_none() || self.store().is_none())
        {
            let shown = lower.inode.metadata()?;
            let (device, inode, kind) = (metadata.device, metadata.inode, metadata.kind);
            let sizes = self.store().is_some().then_some((metadata.size, metadata.blocks));
            metadata = Metadata { device, inode, kind, ..shown };
            if let Some((size, blocks)) = sizes {
                (metadata.size, metadata.blocks) = (size, blocks);
            }
        }
        if let Some(attributes) = self.attributes.lock().as_ref() {
            attributes.show(&mut metadata);
        }
        Ok(metadata)
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        let is_kept = self.seals().is_some_and(|seals| seals.has(F_SEAL_EXEC));
        self.change(|attributes| {
            let before = attributes.permissions;
            if is_kept && (changes.permissions.unwrap_or(before) ^ before) & EXECUTE != 0 {
                return Err(Errno::EPERM);
            }
            attributes.change(changes);
            Ok(())
        })?
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
        Ok(self.make(name, node, permissions, owner)?)
    }

    fn create_unnamed(
        &self,
        permissions: u32,
        owner: (u32, u32),
        linkable: bool,
    ) -> Result<Arc<dyn Inode>, Errno> {
        if self.kind != FileKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        let mut attributes = Attributes::new(permissions, owner, 0);
        attributes.linkable = linkable;
        Ok(Self::new(&self.shared, FileKind::Regular, 0, None, attributes)?)
    }

    fn link(&self, name: &[u8], inode: &Arc<dyn Inode>) -> Result<(), Errno> {
        let inode = inode.as_any().downcast_ref::<Self>().ok_or(Errno::EXDEV)?;
        let inode = inode.this.upgrade().ok_or(Errno::ENOENT)?;
        self.add_link(name, &inode)
    }

    fn unlink(&self, name: &[u8]) -> Result<(), Errno> {
        self.remove_name(name, false)
    }

    fn remove_directory(&self, name: &[u8]) -> Result<(), Errno> {
        self.remove_name(name, true)
    }

    fn rename(
        &self,
        name: &[u8],
        new_directory: &Arc<dyn Inode>,
        new_name: &[u8],
        flags: RenameFlags,
    ) -> Result<(), Errno> {
        let new_directory = new_directory.as_any().downcast_ref::<Self>().ok_or(Errno::EXDEV)?;
        if !Arc::ptr_eq(&self.shared, &new_directory.shared) {
            return Err(Errno::EXDEV);
        }
        self.move_name(name, new_directory, new_name, flags)
    }

    fn read_link(&self) -> Result<Vec<u8>, Errno> {
        match (&self.content, &self.lower) {
            (Content::Symlink(Some(target)), _) => {
                self.note_access(IoFlags::empty());
                Ok(target.to_vec())
            }
            (Content::Symlink(None), Some(lower)) => lower.inode.read_link(),
            _ => Err(Errno::EINVAL),
        }
    }

    fn open(self: Arc<Self>, _readable: bool, writable: bool) -> Result<Arc<dyn File>, Errno> {
        Ok(Arc::new(MemoryFile::open(self, writable)?))
    }

    fn truncate(&self, size: u64) -> Result<(), Errno> {
        let Content::Regular(regular) = &self.content else { return Err(Errno::EINVAL) };
        if size > MAX_SIZE {
            return Err(Errno::EFBIG);
        }
        let store = self.own_store()?;
        let _io = regular.io.lock();
        if let Some(seals) = &regular.seals {
            seals.check_size(store.size(), size)?;
        }
        store.set_size(size);
        self.change(Attributes::touch)
    }

    fn get_attribute(&self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        if let Some(attributes) = self.attributes.lock().as_ref() {
            return attributes.extended.get(name).cloned().ok_or(Errno::ENODATA);
        }
        self.lower.as_ref().ok_or(Errno::ENODATA)?.inode.get_attribute(name)
    }

    fn set_attribute(&self, name: &[u8], value: &[u8], create: bool, replace: bool) -> Result<(), Errno> {
        if name.starts_with(b"system.") {
            return Err(Errno::EOPNOTSUPP);
        }
        self.change(|attributes| attributes.set_extended(name, value, create, replace))?
    }

    fn remove_attribute(&self, name: &[u8]) -> Result<(), Errno> {
        // Removing what is not there must not take a lower inode over.
        self.get_attribute(name)?;
        self.change(|attributes| {
            attributes.changed = now();
            attributes.extended.remove(name).map(|_| ()).ok_or(Errno::ENODATA)
        })?
    }

    fn list_attributes(&self) -> Result<Vec<Vec<u8>>, Errno> {
        if let Some(attributes) = self.attributes.lock().as_ref() {
            return Ok(attributes.extended.keys().map(|name| name.to_vec()).collect());
        }
        self.lower.as_ref().map_or(Ok(Vec::new()), |lower| lower.inode.list_attributes())
    }
}
