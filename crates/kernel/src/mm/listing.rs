//! What /proc shows of a program's memory.

use alloc::vec::Vec;
use core::ops::Range;

use super::{Backing, MemoryMap, PAGE_SIZE, Protection, Usage, Vma, VmaFlags};
use crate::fs::Path;

/// One line of /proc/self/maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmaInfo {
    /// Its addresses.
    pub range: Range<u64>,
    /// What the program may do.
    pub protection: Protection,
    /// What else it is.
    pub flags: VmaFlags,
    /// Where in its file it starts; 0 without one.
    pub offset: u64,
    /// The file's device; 0 without one.
    pub device: u64,
    /// The file's inode; 0 without one.
    pub inode: u64,
    /// The file's path or a name such as `[heap]`; empty without one.
    pub name: Vec<u8>,
    /// Whether its pages are the program's own.
    pub anonymous: bool,
}

/// How much of a mapping is in memory (/proc/self/smaps), in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    /// All that is in memory.
    pub all: u64,
    /// The part that is the program's own memory.
    pub anonymous: u64,
    /// The part that shows files.
    pub file: u64,
    /// The part that shows shared memory.
    pub shared_memory: u64,
}

/// The sizes of a program's memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStatistics {
    /// Address space by kind.
    pub usage: Usage,
    /// The most address space that it ever had.
    pub peak: u64,
    /// How many mappings there are.
    pub mappings: usize,
}

impl MemoryMap {
    /// Describes each mapping in order, with paths as seen from `root`.
    pub fn for_each_vma(&self, root: &Path, mut describe: impl FnMut(&VmaInfo)) {
        // Copied, so that paths are made, and lines written, without the lock.
        let (areas, heap, stack) = {
            let locked = self.lock();
            let areas: Vec<(u64, Vma)> =
                locked.books.iter().map(|(range, vma)| (range.start, vma.clone())).collect();
            (areas, locked.books.heap.clone(), locked.books.start_stack)
        };
        for (start, vma) in areas {
            describe(&info(start, &vma, root, &heap, stack));
        }
    }

    /// The sizes.
    #[must_use]
    pub fn statistics(&self) -> MemoryStatistics {
        let locked = self.lock();
        MemoryStatistics {
            usage: locked.books.usage(),
            peak: locked.books.peak,
            mappings: locked.books.count(),
        }
    }

    /// How much of a range is in memory, as far as the machine tells. The memory must be the running
    /// program's.
    #[must_use]
    pub fn resident(&self, range: Range<u64>) -> Resident {
        let mut resident = Resident::default();
        let pieces = self.lock().books.pieces(&range);
        for (piece, vma) in pieces {
            let bytes = self.count_resident(&piece, &vma);
            resident.all += bytes;
            if vma.store().is_some() && vma.is_shared() {
                resident.shared_memory += bytes;
            } else if vma.is_anonymous() {
                resident.anonymous += bytes;
            } else {
                resident.file += bytes;
            }
        }
        resident
    }

    fn count_resident(&self, piece: &Range<u64>, vma: &Vma) -> u64 {
        let mut flags = [0; 512];
        let mut count = 0;
        let mut from = piece.start;
        while from < piece.end {
            let pages = ((piece.end - from) / PAGE_SIZE).min(flags.len() as u64);
            let chunk = flags.get_mut(..usize::try_from(pages).unwrap_or(0)).unwrap_or_default();
            if self.resident_pages(from..from + pages * PAGE_SIZE, vma, chunk).is_err() {
                break;
            }
            count += chunk.iter().filter(|&&flag| flag & 1 != 0).count() as u64;
            from += pages * PAGE_SIZE;
        }
        count * PAGE_SIZE
    }

    /// Writes one byte a page of a piece of a mapping: whether it is in memory.
    pub(super) fn resident_pages(
        &self,
        piece: Range<u64>,
        vma: &Vma,
        target: &mut [u8],
    ) -> Result<(), abi::Errno> {
        let Some(store) = vma.store() else { return self.space().resident(piece, target) };
        let locked = self.lock();
        let Some((area, vma)) = locked.books.find(piece.start) else { return Err(abi::Errno::ENOMEM) };
        let first = vma.offset.wrapping_add(piece.start - area.start) / PAGE_SIZE;
        for (flag, index) in target.iter_mut().zip(first..) {
            *flag = u8::from(store.page(index).is_some());
        }
        Ok(())
    }
}

fn info(start: u64, vma: &Vma, root: &Path, heap: &Range<u64>, stack: u64) -> VmaInfo {
    let mut info = VmaInfo {
        range: start..vma.end,
        protection: vma.protection,
        flags: vma.flags,
        offset: 0,
        device: 0,
        inode: 0,
        name: Vec::new(),
        anonymous: vma.is_anonymous(),
    };
    match &vma.backing {
        Backing::File { file, .. } => {
            (info.device, info.inode) = file.identity();
            info.offset = vma.offset;
            info.name = file.path(root);
        }
        Backing::Special(name) => info.name = name.as_bytes().to_vec(),
        Backing::Anonymous if start < heap.end && vma.end > heap.start => {
            info.name = b"[heap]".to_vec();
        }
        Backing::Anonymous if start <= stack && stack < vma.end => info.name = b"[stack]".to_vec(),
        Backing::Anonymous => {
            if let Some(name) = &vma.name {
                info.name = [b"[anon:", &name[..], b"]"].concat();
            }
        }
    }
    info
}
