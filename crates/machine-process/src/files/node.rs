//! Inodes of a host directory: where they are on the host, and how to get at them.

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::ffi::CStr;
use core::sync::atomic::{AtomicBool, Ordering};

use abi::Errno;
use abi::raw::general as raw;
use kernel::fs::FileKind;
use sync::SpinLock;

use super::calls::{self, Descriptor, Name};
use super::metadata::{self, Key};
use super::tree::Tree;
use super::{handles, names};

/// A name in a directory.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The directory.
    pub(super) parent: Arc<Node>,
    /// The name.
    pub(super) name: Box<[u8]>,
}

impl Place {
    fn is(&self, parent: &Node, name: &[u8]) -> bool {
        core::ptr::eq(Arc::as_ptr(&self.parent), parent) && *self.name == *name
    }
}

#[derive(Debug)]
struct State {
    key: Key,
    /// `None` for the top of the tree and for a file that never had a name.
    place: Option<Place>,
    /// Leads to the file whatever becomes of its name.
    pinned: Option<Arc<Descriptor>>,
    /// Leads to the file as long as somebody else keeps it open.
    open: Weak<Descriptor>,
}

/// A file of the host.
#[derive(Debug)]
pub(super) struct Node {
    this: Weak<Self>,
    tree: Arc<Tree>,
    kind: FileKind,
    has_set_id: AtomicBool,
    was_replaced: AtomicBool,
    state: SpinLock<State>,
}

/// How the host's calls reach a file: through a descriptor of its own, or by its name in a directory.
pub(super) struct Reach {
    descriptor: Arc<Descriptor>,
    name: Option<Name>,
}

impl Reach {
    /// The two arguments of an `*at` call.
    pub(super) fn both(&self) -> (i32, &CStr) {
        (self.descriptor.number(), self.name.as_ref().map_or(calls::ITSELF, Name::as_c))
    }

    /// Whether it is a descriptor of the file itself.
    pub(super) const fn is_direct(&self) -> bool {
        self.name.is_none()
    }

    /// A path for calls that take no descriptor. It leads through a link of /proc that must be followed
    /// where it [is direct](Self::is_direct), and else ends in the file's name.
    pub(super) fn path(&self) -> alloc::ffi::CString {
        names::descriptor_path(self.descriptor.number(), self.name.as_ref())
    }
}

impl Node {
    /// An inode that the tree does not know yet.
    pub(super) fn new(tree: Arc<Tree>, key: Key, kind: FileKind, place: Option<Place>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            tree,
            kind,
            has_set_id: AtomicBool::new(false),
            was_replaced: AtomicBool::new(false),
            state: SpinLock::new(State { key, place, pinned: None, open: Weak::new() }),
        })
    }

    /// The tree that it belongs to.
    pub(super) const fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// What it is.
    pub(super) const fn file_kind(&self) -> FileKind {
        self.kind
    }

    /// Whether it is of this kind.
    pub(super) fn is(&self, kind: FileKind) -> bool {
        self.kind == kind
    }

    /// Whether both are of one kind.
    pub(super) fn same_kind(&self, other: &Self) -> bool {
        self.kind == other.kind
    }

    /// The inode, to keep it.
    pub(super) fn myself(&self) -> Result<Arc<Self>, Errno> {
        self.this.upgrade().ok_or(Errno::EIO)
    }

    /// Holds on to the file whatever becomes of its name.
    pub(super) fn pin(&self, descriptor: Arc<Descriptor>) {
        let before = self.state.lock().pinned.replace(descriptor);
        drop(before);
    }

    /// Remembers that somebody has the file open.
    pub(super) fn opened(&self, descriptor: &Arc<Descriptor>) {
        let before = core::mem::replace(&mut self.state.lock().open, Arc::downgrade(descriptor));
        drop(before);
    }

    /// A descriptor that somebody has, if there is one.
    pub(super) fn any_descriptor(&self) -> Option<Arc<Descriptor>> {
        let state = self.state.lock();
        state.pinned.clone().or_else(|| state.open.upgrade())
    }

    /// Whether it is known by this name.
    pub(super) fn is_at(&self, parent: &Self, name: &[u8]) -> bool {
        self.state.lock().place.as_ref().is_some_and(|place| place.is(parent, name))
    }

    /// It has this name now.
    pub(super) fn moved_to(&self, place: Place) {
        let before = self.state.lock().place.replace(place);
        // Without the lock: it may be the last reference to a chain of parents.
        drop(before);
    }

    /// It was found under this name, so nothing need be held on to. A directory that shows at several
    /// places of the host's tree keeps its first one, which cannot lie below itself.
    pub(super) fn seen_at(&self, place: Place) {
        if self.kind == FileKind::Directory {
            return;
        }
        let before = {
            let mut state = self.state.lock();
            (state.place.replace(place), state.pinned.take())
        };
        // Without the lock: a descriptor is closed, a chain of parents may go.
        drop(before);
    }

    /// The host told this about it. Another file under its name is the inode now, unless that is none of
    /// its kind.
    pub(super) fn learn(&self, status: &raw::statx) -> Result<(), Errno> {
        if metadata::kind(status)? != self.kind {
            self.was_replaced.store(true, Ordering::Relaxed);
            return Err(Errno::ESTALE);
        }
        self.becomes(metadata::key(status));
        self.learn_permissions(u32::from(status.stx_mode));
        Ok(())
    }

    /// Whether its name led to a file of another kind when the kernel last looked.
    pub(super) fn was_replaced(&self) -> bool {
        self.was_replaced.load(Ordering::Relaxed)
    }

    /// It has these permissions.
    pub(super) fn learn_permissions(&self, permissions: u32) {
        let has_set_id = permissions & (raw::S_ISUID | raw::S_ISGID) != 0;
        self.has_set_id.store(has_set_id, Ordering::Relaxed);
    }

    /// Whether it had set-user-ID or set-group-ID permission when the kernel last looked.
    pub(super) fn has_set_id(&self) -> bool {
        self.has_set_id.load(Ordering::Relaxed)
    }

    fn becomes(&self, key: Key) {
        let before = core::mem::replace(&mut self.state.lock().key, key);
        if before != key
            && let Ok(node) = self.myself()
        {
            self.tree.forget(before, self);
            self.tree.remember(key, node);
        }
    }

    /// The descriptor of a directory, for calls about the names in it.
    pub(super) fn directory(&self) -> Result<Arc<Descriptor>, Errno> {
        if self.kind != FileKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        // The ancestors that have no descriptor, nearest first.
        let mut closed = Vec::new();
        let mut node = self.myself()?;
        let mut descriptor = loop {
            if let Some(descriptor) = node.any_descriptor() {
                break descriptor;
            }
            let place = node.state.lock().place.clone().ok_or(Errno::ESTALE)?;
            closed.push((node, place.name));
            node = place.parent;
        };
        while let Some((node, name)) = closed.pop() {
            let name = Name::new(&name)?;
            let flags = raw::O_PATH | raw::O_DIRECTORY | raw::O_NOFOLLOW;
            descriptor = Arc::new(calls::open(descriptor.number(), name.as_c(), flags, 0)?);
            handles::keep(&descriptor);
            node.opened(&descriptor);
        }
        Ok(descriptor)
    }

    /// How to reach it by its name, or by what is pinned when it has none.
    pub(super) fn reach(&self) -> Result<Reach, Errno> {
        let place = {
            let state = self.state.lock();
            if let Some(descriptor) = state.pinned.clone() {
                return Ok(Reach { descriptor, name: None });
            }
            state.place.clone().ok_or(Errno::ESTALE)?
        };
        Ok(Reach { descriptor: place.parent.directory()?, name: Some(Name::new(&place.name)?) })
    }

    /// How to reach it in the shortest way.
    pub(super) fn reach_quickly(&self) -> Result<Reach, Errno> {
        match self.any_descriptor() {
            Some(descriptor) => Ok(Reach { descriptor, name: None }),
            None => self.reach(),
        }
    }

    /// A descriptor of the file itself, good for its attributes only unless somebody has it open.
    pub(super) fn itself(&self) -> Result<Reach, Errno> {
        let reach = self.reach_quickly()?;
        if reach.is_direct() {
            return Ok(reach);
        }
        let (directory, name) = reach.both();
        let descriptor = calls::open(directory, name, raw::O_PATH | raw::O_NOFOLLOW, 0)?;
        Ok(Reach { descriptor: Arc::new(descriptor), name: None })
    }

    /// Opens it with these flags of open(2), as what it is and nothing else.
    pub(super) fn open_host(&self, flags: u32) -> Result<Descriptor, Errno> {
        let reach = self.reach()?;
        let flags = flags | raw::O_NONBLOCK;
        let descriptor = if self.kind == FileKind::Directory {
            calls::open(self.directory()?.number(), c".", flags | raw::O_DIRECTORY, 0)?
        } else if reach.is_direct() {
            calls::open(calls::ABSOLUTE, &reach.path(), flags, 0)?
        } else {
            let (directory, name) = reach.both();
            calls::open(directory, name, flags | raw::O_NOFOLLOW, 0)?
        };
        let status = calls::status(descriptor.number(), calls::ITSELF)?;
        self.learn(&status)?;
        Ok(descriptor)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let (key, mut place) = {
            let state = self.state.get_mut();
            (state.key, state.place.take())
        };
        self.tree.forget(key, self);
        // One parent after the other: paths may be deeper than the kernel's stack.
        while let Some(Place { parent, .. }) = place {
            place = Arc::into_inner(parent).and_then(|mut parent| parent.state.get_mut().place.take());
        }
    }
}
