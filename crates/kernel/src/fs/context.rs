//! What a thread sees of the tree: root, working directory, umask.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use sync::SpinLock;

use super::{MountNamespace, Path};

/// A thread's view of the tree; threads may share one (clone(2), `CLONE_FS`).
#[derive(Debug)]
pub struct FsContext {
    namespace: Arc<MountNamespace>,
    places: SpinLock<Places>,
    umask: AtomicU32,
}

#[derive(Clone, Debug)]
struct Places {
    root: Path,
    working_directory: Path,
}

impl FsContext {
    /// The view from the top of a world, with the umask 022.
    #[must_use]
    pub fn new(namespace: Arc<MountNamespace>) -> Arc<Self> {
        let root = namespace.root();
        let places = Places { working_directory: root.clone(), root };
        Arc::new(Self { namespace, places: SpinLock::new(places), umask: AtomicU32::new(0o022) })
    }

    /// A view of its own that is the same (fork(2)).
    #[must_use]
    pub fn duplicate(&self) -> Arc<Self> {
        let places = self.places.lock().clone();
        let umask = AtomicU32::new(self.umask());
        Arc::new(Self { namespace: Arc::clone(&self.namespace), places: SpinLock::new(places), umask })
    }

    /// The mounts.
    #[must_use]
    pub const fn namespace(&self) -> &Arc<MountNamespace> {
        &self.namespace
    }

    /// Where absolute paths start.
    #[must_use]
    pub fn root(&self) -> Path {
        self.places.lock().root.clone()
    }

    /// Where relative paths start.
    #[must_use]
    pub fn working_directory(&self) -> Path {
        self.places.lock().working_directory.clone()
    }

    /// Changes where absolute paths start (chroot(2)).
    pub fn set_root(&self, root: Path) {
        let before = core::mem::replace(&mut self.places.lock().root, root);
        drop(before);
    }

    /// Changes where relative paths start (chdir(2)).
    pub fn set_working_directory(&self, directory: Path) {
        let before = core::mem::replace(&mut self.places.lock().working_directory, directory);
        drop(before);
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
