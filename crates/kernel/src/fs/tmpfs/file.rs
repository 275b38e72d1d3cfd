//! Open files of a file system in memory.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;

use abi::Errno;
use abi::raw::general::{FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, FALLOC_FL_ZERO_RANGE};

use super::attributes::Attributes;
use super::inode::{Content, MAX_SIZE, MemoryInode, Regular};
use super::listing::Listed;
use crate::fs::{Directory, File, FileKind, FileMapping, IoFlags, Seals, permission, transfer};
use crate::io::{Sink, Source};
use crate::sched::{Mutex, current};

/// An open inode.
pub(super) struct MemoryFile {
    inode: Arc<MemoryInode>,
    /// The lower file, when the inode showed it at the time of the opening.
    lower: Option<Arc<dyn File>>,
    /// The names of a directory that has a lower one, as they were when its reading began.
    listed: Mutex<Option<Vec<Listed>>>,
}

impl MemoryFile {
    /// Opens an inode.
    pub(super) fn open(inode: Arc<MemoryInode>, writable: bool) -> Result<Self, Errno> {
        let mut lower = None;
        match &inode.content {
            Content::Directory(_) if writable => return Err(Errno::EISDIR),
            Content::Regular(_) if writable => drop(inode.own_store()?),
            Content::Regular(_) if inode.store().is_none() => {
                let below = inode.lower().ok_or(Errno::EIO)?;
                lower = Some(Arc::clone(&below.inode).open(true, false)?);
            }
            Content::Regular(_) | Content::Directory(_) => {}
            Content::Symlink(_) => return Err(Errno::ELOOP),
            Content::Special => return Err(Errno::ENXIO),
        }
        Ok(Self { inode, lower, listed: Mutex::new(None) })
    }

    fn regular(&self) -> Result<&Regular, Errno> {
        match &self.inode.content {
            Content::Regular(regular) => Ok(regular),
            Content::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// Takes the bits off that a write by an ordinary user takes off.
fn drop_privileges(attributes: &mut Attributes) {
    let permissions = permission::without_privileges(attributes.permissions, FileKind::Regular);
    if permissions == attributes.permissions {
        return;
    }
    let keeps =
        current().is_some_and(|thread| thread.credentials().has_capability(permission::capability::FSETID));
    if !keeps {
        attributes.permissions = permissions;
    }
}

impl File for MemoryFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let regular = self.regular()?;
        match (self.inode.store(), &self.lower) {
            (Some(store), _) => {
                self.inode.note_access(flags);
                let _io = regular.io.lock();
                store.read_at(sink, offset)
            }
            (None, Some(lower)) => lower.read_at(sink, offset, flags),
            (None, None) => Err(Errno::EIO),
        }
    }

    fn write_at(&self, source: &mut Source<'_>, offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let regular = self.regular()?;
        let store = self.inode.own_store()?;
        if source.remaining() == 0 {
            return Ok(0);
        }
        let _io = regular.io.lock();
        let offset = if flags.contains(IoFlags::APPEND) { store.size() } else { offset };
        if offset >= MAX_SIZE {
            return Err(Errno::EFBIG);
        }
        if let Some(seals) = &regular.seals {
            seals.limit_write(source, offset, store.size())?;
        }
        self.inode.change(|attributes| {
            drop_privileges(attributes);
            attributes.touch();
        })?;
        store.write_at(source, offset)
    }

    fn seek_data_or_hole(&self, offset: u64, hole: bool) -> Result<u64, Errno> {
        self.regular().map_err(|_| Errno::EINVAL)?;
        match (self.inode.store(), &self.lower) {
            (Some(store), _) => store.seek(offset, hole),
            (None, Some(lower)) => lower.seek_data_or_hole(offset, hole),
            (None, None) => Err(Errno::EIO),
        }
    }

    fn note_directory_access(&self) {
        self.inode.note_access(IoFlags::empty());
    }

    fn read_directory(&self, position: u64, receiver: &mut Directory<'_>) -> Result<(), Errno> {
        if self.inode.file_kind() != FileKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        drop(self.inode.directory()?);
        let Some(lower) = self.inode.lower() else {
            return self.inode.list_own(position, receiver);
        };
        let mut listed = self.listed.lock();
        if position == 0 || listed.is_none() {
            *listed = Some(self.inode.collect(lower)?);
        }
        self.inode.list_collected(listed.as_deref().unwrap_or_default(), position, receiver)
    }

    fn mapping(&self) -> Result<FileMapping, Errno> {
        self.regular().map_err(|_| Errno::ENODEV)?;
        match (self.inode.store(), &self.lower) {
            (Some(store), _) => Ok(FileMapping::Pages(Arc::clone(store))),
            (None, Some(lower)) => lower.mapping(),
            (None, None) => Err(Errno::ENODEV),
        }
    }

    fn seals(&self) -> Option<&Seals> {
        self.inode.seals()
    }

    fn add_seals(&self, seals: u32) -> Result<(), Errno> {
        let own = self.inode.seals().ok_or(Errno::EINVAL)?;
        let _io = self.regular()?.io.lock();
        own.add(seals)
    }

    fn allocate(&self, mode: u32, offset: u64, length: u64) -> Result<(), Errno> {
        let regular = self.regular().map_err(|_| Errno::ENODEV)?;
        let end = offset.checked_add(length).filter(|&end| end <= MAX_SIZE).ok_or(Errno::EFBIG)?;
        let keep_size = mode & FALLOC_FL_KEEP_SIZE != 0;
        if regular.seals.is_some()
            && let Some(thread) = current()
        {
            // Linux's shmem looks at the limit even where the size stays.
            transfer::check_size_limit(&thread, end.saturating_sub(1), MAX_SIZE)?;
        }
        let store = self.inode.own_store()?;
        let _io = regular.io.lock();
        if let Some(seals) = &regular.seals {
            let changes = mode & FALLOC_FL_PUNCH_HOLE != 0;
            if changes {
                seals.check_write()?
            } else {
                seals.check_size(store.size(), end.max(store.size()))?
            }
        }
        match mode & !FALLOC_FL_KEEP_SIZE {
            0 => store.populate(offset..end)?,
            FALLOC_FL_PUNCH_HOLE if keep_size => store.zero(offset..end)?,
            // Linux's shmem has it not, so only what stands for a disk has.
            FALLOC_FL_ZERO_RANGE if regular.seals.is_none() => {
                store.zero(offset..end)?;
                store.populate(offset..end)?;
            }
            _ => return Err(Errno::EOPNOTSUPP),
        }
        if !keep_size {
            store.grow(end);
        }
        self.inode.change(|attributes| {
            drop_privileges(attributes);
            attributes.touch();
        })
    }

    fn sync(&self, _data_only: bool) -> Result<(), Errno> {
        Ok(())
    }
}

impl fmt::Debug for MemoryFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MemoryFile({:?})", self.inode)
    }
}
