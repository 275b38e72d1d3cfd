//! Mounts: which file system shows where.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use abi::Errno;
use bitflags::bitflags;
use hashbrown::HashMap;
use sync::SpinLock;

use super::{Dentry, FileSystem, Path, name_cache};

bitflags! {
    /// How a mount restricts what it shows, with the numbers of statfs(2)'s `ST_*`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct MountFlags: u32 {
        /// Nothing can be changed.
        const READ_ONLY = 0x1;
        /// Set-user-ID and set-group-ID bits do nothing in execve(2).
        const NO_SUID = 0x2;
        /// Device files cannot be opened.
        const NO_DEV = 0x4;
        /// Nothing can be executed.
        const NO_EXEC = 0x8;
        /// Times of last access stay.
        const NO_ATIME = 0x400;
        /// Times of last access of directories stay.
        const NO_DIR_ATIME = 0x800;
        /// Times of last access change when they tell something new (mount(2), `MS_RELATIME`).
        const RELATIME = 0x1000;
    }
}

/// A file system, or a part of it, at a place in the tree.
pub struct Mount {
    id: u64,
    file_system: Arc<dyn FileSystem>,
    root: Arc<Dentry>,
    source: Vec<u8>,
    flags: AtomicU32,
    /// What it lies on; `None` for the world's root and for what is not (any more) in a tree.
    place: SpinLock<Option<Path>>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Mount {
    /// A mount that lies nowhere yet, of a whole file system.
    ///
    /// # Errors
    /// Those of the root inode.
    pub fn new(
        file_system: Arc<dyn FileSystem>,
        source: &[u8],
        flags: MountFlags,
    ) -> Result<Arc<Self>, Errno> {
        let root = Dentry::root(file_system.root(), b"/", file_system.caches_names())?;
        Ok(Self::of_tree(file_system, root, source, flags))
    }

    /// A mount of the tree below a directory of a mounted file system (`MS_BIND`).
    #[must_use]
    pub fn of_tree(
        file_system: Arc<dyn FileSystem>,
        root: Arc<Dentry>,
        source: &[u8],
        flags: MountFlags,
    ) -> Arc<Self> {
        Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            file_system,
            root,
            source: source.into(),
            flags: AtomicU32::new(flags.bits()),
            place: SpinLock::new(None),
        })
    }

    /// Its number (`mnt_id`).
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The file system.
    #[must_use]
    pub fn file_system(&self) -> &Arc<dyn FileSystem> {
        &self.file_system
    }

    /// The directory (or file) that shows at its place.
    #[must_use]
    pub const fn root(&self) -> &Arc<Dentry> {
        &self.root
    }

    /// What was mounted, in the words of who did it.
    #[must_use]
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// What it restricts.
    #[must_use]
    pub fn flags(&self) -> MountFlags {
        MountFlags::from_bits_retain(self.flags.load(Ordering::Relaxed))
    }

    /// Changes what it restricts (`MS_REMOUNT`).
    pub fn set_flags(&self, flags: MountFlags) {
        self.flags.store(flags.bits(), Ordering::Relaxed);
    }

    /// Fails when nothing can be changed through it.
    ///
    /// # Errors
    /// `EROFS`.
    pub fn check_writable(&self) -> Result<(), Errno> {
        if self.flags().contains(MountFlags::READ_ONLY) { Err(Errno::EROFS) } else { Ok(()) }
    }

    /// What it lies on.
    #[must_use]
    pub fn place(&self) -> Option<Path> {
        self.place.lock().clone()
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Mount({}, {})", self.id, self.file_system.type_name())
    }
}

/// The mounts of one world.
#[derive(Debug)]
pub struct MountNamespace {
    root: Arc<Mount>,
    /// All but the root, in the order in which they were mounted; later ones hide earlier ones.
    mounts: SpinLock<Mounts>,
}

#[derive(Debug, Default)]
struct Mounts {
    list: Vec<Arc<Mount>>,
    /// The topmost mount on each place, by the addresses of its mount and dentry.
    tops: HashMap<(usize, usize), Arc<Mount>>,
}

impl Mounts {
    fn cross(&self, mut path: Path) -> Path {
        while path.dentry.is_mount_point()
            && let Some(mount) = self.tops.get(&key(&path.mount, &path.dentry))
        {
            path = Path { mount: Arc::clone(mount), dentry: Arc::clone(mount.root()) };
        }
        path
    }
}

/// A place as a key: who holds the path keeps the addresses from being used again.
fn key(mount: &Arc<Mount>, dentry: &Arc<Dentry>) -> (usize, usize) {
    (Arc::as_ptr(mount).addr(), Arc::as_ptr(dentry).addr())
}

impl MountNamespace {
    /// How many mounts there may be (Linux's `fs.mount-max` is larger; this table is searched in order).
    const LIMIT: usize = 1024;

    /// A world that shows one file system.
    ///
    /// # Errors
    /// Those of the root inode.
    pub fn new(
        file_system: Arc<dyn FileSystem>,
        source: &[u8],
        flags: MountFlags,
    ) -> Result<Arc<Self>, Errno> {
        let root = Mount::new(file_system, source, flags)?;
        Ok(Arc::new(Self { root, mounts: SpinLock::default() }))
    }

    /// The top of the world.
    #[must_use]
    pub fn root(&self) -> Path {
        let root = Path { mount: Arc::clone(&self.root), dentry: Arc::clone(self.root.root()) };
        self.cross(root)
    }

    /// All mounts, parents before children.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Mount>> {
        let mut list = Vec::from([Arc::clone(&self.root)]);
        list.extend(self.mounts.lock().list.iter().cloned());
        list
    }

    /// What shows at a path: the top of the topmost mount there, else the path itself.
    #[must_use]
    pub fn cross(&self, path: Path) -> Path {
        if path.dentry.is_mount_point() { self.mounts.lock().cross(path) } else { path }
    }

    /// The mount that lies directly on a name in a mount.
    #[must_use]
    pub fn mounted_at(&self, mount: &Arc<Mount>, dentry: &Arc<Dentry>) -> Option<Arc<Mount>> {
        self.mounts.lock().tops.get(&key(mount, dentry)).cloned()
    }

    /// Puts a mount on a path, above what lies there.
    ///
    /// # Errors
    /// `ENOSPC` when there are too many mounts, `ENOTDIR` when one of the two is a directory and the other
    /// is not.
    pub fn attach(&self, mount: &Arc<Mount>, path: &Path) -> Result<(), Errno> {
        let mut mounts = self.mounts.lock();
        let path = mounts.cross(path.clone());
        if path.dentry.is_directory() != mount.root().is_directory() {
            return Err(Errno::ENOTDIR);
        }
        if path.dentry.is_removed() {
            return Err(Errno::ENOENT);
        }
        if mounts.list.len() >= Self::LIMIT {
            return Err(Errno::ENOSPC);
        }
        mounts.list.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        mounts.tops.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        path.dentry.count_mount(true);
        mounts.tops.insert(key(&path.mount, &path.dentry), Arc::clone(mount));
        *mount.place.lock() = Some(path);
        mounts.list.push(Arc::clone(mount));
        Ok(())
    }

    /// Takes a mount off its place. Who uses it keeps it (`MNT_DETACH`); `if_idle` refuses when somebody
    /// does, or when another mount lies on it.
    ///
    /// # Errors
    /// `EINVAL` when it is not in this world, `EBUSY`.
    pub fn detach(&self, mount: &Arc<Mount>, if_idle: bool) -> Result<(), Errno> {
        let (is_last, place) = {
            let mut mounts = self.mounts.lock();
            let index =
                mounts.list.iter().position(|other| Arc::ptr_eq(other, mount)).ok_or(Errno::EINVAL)?;
            let is_parent = |other: &Arc<Mount>| {
                other.place.lock().as_ref().is_some_and(|place| Arc::ptr_eq(&place.mount, mount))
            };
            if if_idle {
                // Three references are the tables' and the caller's.
                let is_used = Arc::strong_count(mount) > 3 || mounts.list.iter().any(is_parent);
                if is_used {
                    return Err(Errno::EBUSY);
                }
            }
            mounts.list.remove(index);
            let place = mount.place.lock().take();
            if let Some(place) = &place {
                mounts.tops.remove(&key(&place.mount, &place.dentry));
                place.dentry.count_mount(false);
            }
            let shows = |other: &Arc<Mount>| Arc::ptr_eq(&other.file_system, &mount.file_system);
            (!mounts.list.iter().any(shows), place)
        };
        drop(place);
        if is_last {
            name_cache::release_tree(mount.root());
        }
        Ok(())
    }
}
