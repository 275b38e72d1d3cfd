//! What a thread sees of the tree: root, working directory, umask.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use sync::{ArcTable, Borrowed, Borrows};

use super::{MountNamespace, Path};

/// A thread's view of the tree; threads may share one (clone(2), `CLONE_FS`).
#[derive(Debug)]
pub struct FsContext {
    namespace: Arc<MountNamespace>,
    /// One entry, which is replaced as a whole.
    places: ArcTable<Places, ()>,
    umask: AtomicU32,
}

/// Where paths start.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) root: Path,
    pub(super) working_directory: Path,
}

impl FsContext {
    /// The view from the top of a world, with the umask 022.
    #[must_use]
    pub fn new(namespace: Arc<MountNamespace>) -> Arc<Self> {
        let root = namespace.root();
        Self::with(namespace, Places { working_directory: root.clone(), root }, 0o022)
    }

    fn with(namespace: Arc<MountNamespace>, places: Places, umask: u32) -> Arc<Self> {
        let context = Self { namespace, places: ArcTable::new(), umask: AtomicU32::new(umask) };
        context.set(places);
        Arc::new(context)
    }

    /// A view of its own that is the same (fork(2)).
    #[must_use]
    pub fn duplicate(&self) -> Arc<Self> {
        Self::with(Arc::clone(&self.namespace), (*self.places()).clone(), self.umask())
    }

    /// Makes the thread of that [number](arch::Context::borrower) one of those whose view this is.
    pub fn join(&self, thread: u64) {
        self.places.join(arch::running(), thread);
    }

    /// The thread that runs this leaves the view to others.
    pub fn leave(&self) {
        self.places.leave(arch::running());
    }

    /// A thread that runs nowhere any more leaves the view to others.
    pub fn leave_stopped(&self, thread: &mut Borrows) {
        self.places.leave_stopped(thread);
    }

    /// Where paths start.
    pub(super) fn places(&self) -> Borrowed<Places> {
        match self.places.borrow(arch::running(), 0) {
            Some(places) => places,
            None => unreachable!("the entry is never taken out"),
        }
    }

    fn set(&self, places: Places) {
        let before = self.places.change(arch::running(), |entries| entries.put(0, Arc::new(places), ()));
        // Only a first entry needs memory, and that one is made with the view.
        drop(before);
    }

    /// The mounts.
    #[must_use]
    pub const fn namespace(&self) -> &Arc<MountNamespace> {
        &self.namespace
    }

    /// Where absolute paths start.
    #[must_use]
    pub fn root(&self) -> Path {
        self.places().root.clone()
    }

    /// Where relative paths start.
    #[must_use]
    pub fn working_directory(&self) -> Path {
        self.places().working_directory.clone()
    }

    /// Changes where absolute paths start (chroot(2)).
    pub fn set_root(&self, root: Path) {
        let working_directory = self.working_directory();
        self.set(Places { root, working_directory });
    }

    /// Changes where relative paths start (chdir(2)).
    pub fn set_working_directory(&self, working_directory: Path) {
        let root = self.root();
        self.set(Places { root, working_directory });
    }

    /// The permissions that new files do not get.
    #[must_use]
    pub fn umask(&self) -> u32 {
        self.umask.load(Ordering::Relaxed)
    }

    /// Changes the umask and gives the one before (umask(2)).
    pub fn set_umask(&self, umask: u32) -> u32 {
        self.umask.swap(umask & 0o777, Ordering::Relaxed)
    }
}
