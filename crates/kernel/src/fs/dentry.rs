//! Names: the tree of dentries, which remembers what look-ups found.
//!
//! A dentry holds its parent; the parent finds its children through weak references. What keeps unused
//! dentries for a while is the bounded [cache](super::name_cache); what is thrown out there is looked up
//! again.
//!
//! Locks: a directory's [`lock`](Dentry::lock) is held over changes of its names and over look-ups that
//! ask the file system; two of them are taken only by a rename, which see. Below it come, one at a time,
//! `children` and `position`.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::{Arc, Weak};
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use abi::Errno;
use hashbrown::HashMap;
use sync::SpinLock;

use super::{FileKind, Inode, name_cache, notify};
use crate::sched::{Mutex, MutexGuard};

/// A name in the tree, with the inode that it stands for.
pub struct Dentry {
    inode: Arc<dyn Inode>,
    kind: FileKind,
    position: SpinLock<Position>,
    children: SpinLock<HashMap<Box<[u8]>, Weak<Dentry>>>,
    lock: Mutex<()>,
    /// How many mounts lie on it: most names need not ask the mount table.
    mounts: AtomicU32,
    used: AtomicBool,
    /// Where the cache of names keeps it.
    cache_slot: AtomicU32,
    /// Whether the file system lets names be kept.
    caches: bool,
}

struct Position {
    /// `None` for the root of a file system.
    parent: Option<Arc<Dentry>>,
    name: Box<[u8]>,
    removed: bool,
}

impl Dentry {
    fn new(inode: Arc<dyn Inode>, position: Position, caches: bool) -> Result<Arc<Self>, Errno> {
        let kind = inode.kind()?;
        Ok(Arc::new(Self {
            inode,
            kind,
            position: SpinLock::new(position),
            children: SpinLock::new(HashMap::new()),
            lock: Mutex::new(()),
            mounts: AtomicU32::new(0),
            used: AtomicBool::new(false),
            cache_slot: AtomicU32::new(u32::MAX),
            caches,
        }))
    }

    /// A dentry without a parent: a file system's root, or what has no name in any tree. `name` is what
    /// procfs shows for the latter; `caches` says whether names below it may be kept.
    ///
    /// # Errors
    /// Those of the inode's [`kind`](Inode::kind).
    pub fn root(inode: Arc<dyn Inode>, name: &[u8], caches: bool) -> Result<Arc<Self>, Errno> {
        Self::new(inode, Position { parent: None, name: name.into(), removed: false }, caches)
    }

    /// What the name stands for.
    #[must_use]
    pub fn inode(&self) -> &Arc<dyn Inode> {
        &self.inode
    }

    /// What kind of file it is.
    #[must_use]
    pub const fn kind(&self) -> FileKind {
        self.kind
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.kind == FileKind::Directory
    }

    /// The directory that holds the name.
    #[must_use]
    pub fn parent(&self) -> Option<Arc<Self>> {
        self.position.lock().parent.clone()
    }

    /// The last component of its path.
    #[must_use]
    pub fn name(&self) -> Box<[u8]> {
        self.position.lock().name.clone()
    }

    /// Parent and name, as they are together at one moment.
    #[must_use]
    pub fn place(&self) -> (Option<Arc<Self>>, Box<[u8]>) {
        let position = self.position.lock();
        (position.parent.clone(), position.name.clone())
    }

    /// Whether the name was removed while the dentry was in use.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.position.lock().removed
    }

    /// Keeps the directory's names as they are.
    pub fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock()
    }

    /// Whether something may be mounted on it.
    #[must_use]
    pub fn is_mount_point(&self) -> bool {
        self.mounts.load(Ordering::Acquire) != 0
    }

    /// Counts a mount on it, or takes one off.
    pub(super) fn count_mount(&self, mounted: bool) {
        if mounted {
            self.mounts.fetch_add(1, Ordering::AcqRel);
        } else {
            self.mounts.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// Whether it is `other` or lies somewhere below it in the same file system.
    #[must_use]
    pub fn is_within(self: &Arc<Self>, other: &Arc<Self>) -> bool {
        let mut next = Some(Arc::clone(self));
        while let Some(dentry) = next {
            if Arc::ptr_eq(&dentry, other) {
                return true;
            }
            next = dentry.parent();
        }
        false
    }

    /// Finds a name in this directory.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, and what the file system says.
    pub fn lookup(self: &Arc<Self>, name: &[u8]) -> Result<Arc<Self>, Errno> {
        match self.cached(name) {
            Some(child) => Ok(child),
            None => {
                let _guard = self.lock();
                self.lookup_locked(name)
            }
        }
    }

    /// As [`lookup`](Self::lookup), for the holder of the directory's [`lock`](Self::lock).
    ///
    /// # Errors
    /// As [`lookup`](Self::lookup).
    pub fn lookup_locked(self: &Arc<Self>, name: &[u8]) -> Result<Arc<Self>, Errno> {
        match self.cached(name) {
            Some(child) => Ok(child),
            None => self.add(name, self.inode.lookup(name)?),
        }
    }

    /// The child of this name, if it is remembered.
    fn cached(&self, name: &[u8]) -> Option<Arc<Self>> {
        let child = self.children.lock().get(name).and_then(Weak::upgrade)?;
        if child.inode.is_stale() {
            return None;
        }
        child.used.store(true, Ordering::Relaxed);
        Some(child)
    }

    /// Remembers that a name stands for an inode; for the holder of the directory's lock.
    ///
    /// # Errors
    /// Those of the inode's [`kind`](Inode::kind).
    pub fn add(self: &Arc<Self>, name: &[u8], inode: Arc<dyn Inode>) -> Result<Arc<Self>, Errno> {
        let position = Position { parent: Some(Arc::clone(self)), name: name.into(), removed: false };
        let child = Self::new(inode, position, self.caches)?;
        if self.caches {
            self.children.lock().insert(name.into(), Arc::downgrade(&child));
            name_cache::keep(&child);
        }
        Ok(child)
    }

    /// A dentry for a file of this directory's file system that has no name (`O_TMPFILE`).
    ///
    /// # Errors
    /// Those of the inode's metadata.
    pub fn add_unnamed(self: &Arc<Self>, inode: Arc<dyn Inode>) -> Result<Arc<Self>, Errno> {
        let name = format!("#{}", inode.metadata()?.inode).into_bytes().into_boxed_slice();
        Self::new(inode, Position { parent: Some(Arc::clone(self)), name, removed: true }, self.caches)
    }

    /// Forgets the name, which was removed; for the holder of the parent's lock.
    pub(super) fn remove(&self) {
        let (parent, name) = {
            let mut position = self.position.lock();
            position.removed = true;
            (position.parent.clone(), position.name.clone())
        };
        if let Some(parent) = parent {
            parent.children.lock().remove(&name);
        }
        name_cache::release(self);
    }

    /// Moves it to another place; for the holder of both directories' locks.
    pub(super) fn relocate(self: &Arc<Self>, parent: &Arc<Self>, name: &[u8]) {
        let (old_parent, old_name) = {
            let mut position = self.position.lock();
            let old_parent = position.parent.replace(Arc::clone(parent));
            (old_parent, core::mem::replace(&mut position.name, name.into()))
        };
        if let Some(old_parent) = &old_parent {
            let mut children = old_parent.children.lock();
            // In an exchange the other dentry may already have the place.
            if children.get(&old_name).is_some_and(|child| core::ptr::eq(child.as_ptr(), Arc::as_ptr(self))) {
                children.remove(&old_name);
            }
        }
        if self.caches {
            parent.children.lock().insert(name.into(), Arc::downgrade(self));
        }
    }

    /// Whether it was found since the last time that this was asked.
    pub(super) fn take_used(&self) -> bool {
        self.used.swap(false, Ordering::Relaxed)
    }

    /// Where the cache of names keeps it.
    pub(super) const fn cache_slot(&self) -> &AtomicU32 {
        &self.cache_slot
    }

    /// Takes it out of the tree and gives what was its parent.
    fn detach(&mut self) -> Option<Arc<Self>> {
        let position = self.position.get_mut();
        let parent = position.parent.take()?;
        if position.removed {
            notify::dentry_gone(&self.inode, self.kind);
        }
        if !position.removed {
            let mut children = parent.children.lock();
            // Another thread may have looked the name up again in the meantime.
            if children.get(&position.name).is_some_and(|child| child.strong_count() == 0) {
                children.remove(&position.name);
            }
        }
        Some(parent)
    }
}

impl Drop for Dentry {
    /// Lets go of a chain of parents one after the other: paths may be deeper than the kernel's stack.
    fn drop(&mut self) {
        let mut next = self.detach();
        while let Some(parent) = next {
            next = Arc::into_inner(parent).and_then(|mut parent| parent.detach());
        }
    }
}

impl fmt::Debug for Dentry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Dentry({})", self.name().escape_ascii())
    }
}
