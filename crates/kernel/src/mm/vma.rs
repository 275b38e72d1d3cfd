//! One mapping of a program: `struct vm_area_struct` of Linux.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general::{FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE};
use bitflags::bitflags;

use super::{MapSource, Protection};
use crate::fs::{FileMapping, OpenFile, Path, Seals};

bitflags! {
    /// What a mapping is besides its protection (`VM_*` of Linux).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct VmaFlags: u32 {
        /// Made by `MAP_SHARED`: `s` in /proc/self/maps.
        const SHARED = 1 << 0;
        /// Grows towards lower addresses when touched below its start.
        const GROWS_DOWN = 1 << 1;
        /// Not counted against the memory there is (`MAP_NORESERVE`).
        const NO_RESERVE = 1 << 2;
        /// Counted against the memory there is.
        const ACCOUNT = 1 << 3;
        /// Kept in memory (mlock(2)).
        const LOCKED = 1 << 4;
        /// Locked page by page, when touched (`MLOCK_ONFAULT`).
        const LOCK_ON_FAULT = 1 << 5;
        /// Not in the child of a fork (`MADV_DONTFORK`).
        const DONT_FORK = 1 << 6;
        /// Zeroed in the child of a fork (`MADV_WIPEONFORK`).
        const WIPE_ON_FORK = 1 << 7;
        /// Not in a core dump (`MADV_DONTDUMP`).
        const DONT_DUMP = 1 << 8;
        /// Huge pages are wanted (`MADV_HUGEPAGE`).
        const HUGE_PAGE = 1 << 9;
        /// Huge pages are not wanted (`MADV_NOHUGEPAGE`).
        const NO_HUGE_PAGE = 1 << 10;
        /// Read in order (`MADV_SEQUENTIAL`).
        const SEQUENTIAL = 1 << 11;
        /// Read without order (`MADV_RANDOM`).
        const RANDOM = 1 << 12;
        /// Equal pages may be merged (`MADV_MERGEABLE`).
        const MERGEABLE = 1 << 13;
        /// Of fixed size: mremap(2) cannot enlarge it.
        const DONT_EXPAND = 1 << 14;
    }
}

/// A change of a mapping's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FlagChange {
    /// What goes.
    pub(super) clear: VmaFlags,
    /// What comes.
    pub(super) set: VmaFlags,
}

/// The file of a mapping, as /proc/self/maps shows it: the open file description, or whatever stands for
/// a file that has none. It lives as long as a mapping of it.
pub trait MappedFile: Send + Sync + Debug {
    /// The device and inode numbers.
    fn identity(&self) -> (u64, u64);

    /// The path as seen from `root`, with ` (deleted)` where it has no name any more.
    fn path(&self, root: &Path) -> Vec<u8>;

    /// Reads from an offset on; gives how many bytes there were.
    fn read_at(&self, offset: u64, target: &mut [u8]) -> usize {
        let _ = (offset, target);
        0
    }

    /// The seals that count its writable shared mappings, where it can have some.
    fn seals(&self) -> Option<&Seals> {
        None
    }

    /// How many bytes the segment has that shmat(2) attached; `None` for what was mapped otherwise.
    fn attached_length(&self) -> Option<u64> {
        None
    }

    /// What the copy of the mapping in a child of a fork has as its file, where that is not the same one.
    fn for_child(&self) -> Option<Arc<dyn MappedFile>> {
        None
    }

    /// Makes a hole of a range of bytes; `None` for memory that no file system knows.
    ///
    /// # Errors
    /// As fallocate(2).
    fn punch_hole(&self, range: &Range<u64>) -> Option<Result<(), Errno>> {
        let _ = range;
        None
    }
}

impl MappedFile for OpenFile {
    fn identity(&self) -> (u64, u64) {
        self.inode().metadata().map_or((0, 0), |metadata| (metadata.device, metadata.inode))
    }

    fn path(&self, root: &Path) -> Vec<u8> {
        self.path().display_from(root)
    }

    fn read_at(&self, offset: u64, target: &mut [u8]) -> usize {
        super::sites::read_file(&**self.file(), offset, target)
    }

    fn seals(&self) -> Option<&Seals> {
        self.file().seals()
    }

    fn punch_hole(&self, range: &Range<u64>) -> Option<Result<(), Errno>> {
        let mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
        Some(self.file().allocate(mode, range.start, range.end.saturating_sub(range.start)))
    }
}

/// Memory that processes share without a file (`MAP_SHARED | MAP_ANONYMOUS`).
#[derive(Debug)]
pub(super) struct SharedMemory {
    inode: u64,
}

impl SharedMemory {
    /// The file that stands for new shared memory.
    pub(super) fn new() -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(Self { inode: NEXT.fetch_add(1, Ordering::Relaxed) })
    }
}

impl MappedFile for SharedMemory {
    fn identity(&self) -> (u64, u64) {
        // The first device without a disk, where Linux has them too.
        (1, self.inode)
    }

    fn path(&self, _root: &Path) -> Vec<u8> {
        b"/dev/zero (deleted)".to_vec()
    }
}

/// What a mapping shows.
#[derive(Clone, Debug)]
pub enum Backing {
    /// Memory of its own.
    Anonymous,
    /// A file. A private mapping of [`FileMapping::Zero`] is memory of its own with a file's name.
    File {
        /// How it is shown.
        mapping: FileMapping,
        /// Which file it is.
        file: Arc<dyn MappedFile>,
    },
    /// Pages that the kernel gives every program, such as `[vdso]`.
    Special(&'static str),
}

/// One mapping; its start is its key in the map.
#[derive(Clone, Debug)]
pub struct Vma {
    /// The first address behind it.
    pub end: u64,
    /// What the program may do.
    pub protection: Protection,
    /// What mprotect(2) may allow it to do.
    pub maximum: Protection,
    /// What else it is.
    pub flags: VmaFlags,
    /// What it shows.
    pub backing: Backing,
    /// Where in the file it starts, in bytes. Memory of its own has the address at which it was mapped
    /// first: neighbours whose offsets follow each other are one mapping.
    pub offset: u64,
    /// The name that prctl(2) gave anonymous memory (`PR_SET_VMA_ANON_NAME`).
    pub name: Option<Arc<[u8]>>,
}

impl Vma {
    /// Whether stores reach other mappings.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.flags.contains(VmaFlags::SHARED)
    }

    /// Whether its pages come from frames of the kernel, one by one.
    #[must_use]
    pub const fn store(&self) -> Option<&Arc<super::PageStore>> {
        match &self.backing {
            Backing::File { mapping: FileMapping::Pages(store), .. } => Some(store),
            _ => None,
        }
    }

    /// Whether it is memory of its own: private pages that start as zeros.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        matches!(self.backing, Backing::Anonymous | Backing::File { mapping: FileMapping::Zero, .. })
    }

    /// The seals that count it.
    pub(super) fn seals(&self) -> Option<&Seals> {
        match &self.backing {
            Backing::File { file, .. } if self.is_shared() && self.maximum.contains(Protection::WRITE) => {
                file.seals()
            }
            _ => None,
        }
    }

    /// Whether its pages shall be in memory before they are touched.
    #[must_use]
    pub const fn is_brought_in(&self) -> bool {
        self.flags.contains(VmaFlags::LOCKED) && !self.flags.contains(VmaFlags::LOCK_ON_FAULT)
    }

    /// Whether its pages are the kernel's own: it keeps its size and its kind.
    #[must_use]
    pub const fn is_special(&self) -> bool {
        matches!(self.backing, Backing::Special(_))
    }

    /// Whether each page that is written needs memory of its own: what counts against `RLIMIT_DATA`.
    #[must_use]
    pub const fn is_data(&self) -> bool {
        self.protection.contains(Protection::WRITE)
            && !self.flags.intersects(VmaFlags::SHARED.union(VmaFlags::GROWS_DOWN))
    }

    /// Whether it counts against the memory there is once it is writable: private, and not excused.
    #[must_use]
    pub const fn is_accountable(&self) -> bool {
        self.protection.contains(Protection::WRITE)
            && !self.flags.intersects(VmaFlags::SHARED.union(VmaFlags::NO_RESERVE))
    }

    /// What the machine shall show from `offset` on; the pages of a [store](Self::store) are absent at
    /// first.
    #[must_use]
    pub fn source(&self, offset: u64) -> MapSource<'_> {
        match &self.backing {
            Backing::File { mapping: FileMapping::Machine(file), .. } => {
                MapSource::MachineFile { file: &**file, offset, shared: self.is_shared() }
            }
            Backing::File { mapping: FileMapping::Pages(_), .. } | Backing::Special(_) => MapSource::Reserved,
            Backing::Anonymous | Backing::File { mapping: FileMapping::Zero, .. } => {
                MapSource::Anonymous { no_reserve: self.flags.contains(VmaFlags::NO_RESERVE) }
            }
        }
    }

    /// Cuts it at an address inside of it, given its start; this keeps the lower part.
    #[must_use]
    pub(super) fn split_off(&mut self, start: u64, at: u64) -> Self {
        let mut upper = self.clone();
        upper.offset = self.offset.wrapping_add(at.wrapping_sub(start));
        self.end = at;
        upper
    }

    /// Whether the mapping that starts where this one, from `start`, ends is its continuation.
    #[must_use]
    pub(super) fn continues_in(&self, start: u64, next: &Self) -> bool {
        self.protection == next.protection
            && self.maximum == next.maximum
            && self.flags == next.flags
            && self.offset.wrapping_add(self.end.wrapping_sub(start)) == next.offset
            && self.name == next.name
            && self.backing.is_same(&next.backing)
    }
}

impl Backing {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anonymous, Self::Anonymous) => true,
            // As Linux: two descriptions of one file make two mappings.
            (Self::File { file, .. }, Self::File { file: other, .. }) => {
                core::ptr::addr_eq(Arc::as_ptr(file), Arc::as_ptr(other))
            }
            _ => false,
        }
    }
}
