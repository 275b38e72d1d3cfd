//! Reading directories.
//!
//! Without a lower directory, positions are the places of names, which stay what they are whatever is
//! made or removed meanwhile. With one, the first read collects all names, and positions count them.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::directory::{Directory, FIRST_NAME};
use super::inode::{Content, MemoryInode};
use super::lower::Lower;
use crate::fs::Directory as Receiver;
use crate::fs::{DirectoryEntry, FileKind};

/// A name that was collected.
pub(super) struct Listed {
    name: Box<[u8]>,
    inode: u64,
    kind: FileKind,
}

impl MemoryInode {
    /// Gives `.` and `..`, as far as they come behind the position; `None` when the receiver is full.
    fn give_dots(&self, parent: u64, position: u64, receiver: &mut Receiver<'_>) -> Option<()> {
        let dots: [(&[u8], u64); 2] = [(b".", self.number()), (b"..", parent)];
        let skipped = usize::try_from(position).unwrap_or(usize::MAX);
        for (index, (name, inode)) in (0_u64..).zip(dots).skip(skipped) {
            let entry = DirectoryEntry { name, inode, kind: FileKind::Directory, next: index + 1 };
            receiver(entry).then_some(())?;
        }
        Some(())
    }

    /// Gives the names of a directory without a lower one.
    pub(super) fn list_own(&self, position: u64, receiver: &mut Receiver<'_>) -> Result<(), Errno> {
        let Content::Directory(directory) = &self.content else { return Err(Errno::ENOTDIR) };
        let directory = directory.lock();
        if self.give_dots(directory.parent, position, receiver).is_some() {
            for (name, inode, next) in directory.from(position) {
                let entry = DirectoryEntry { name, inode: inode.number(), kind: inode.file_kind(), next };
                if !receiver(entry) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Gives names that were collected.
    pub(super) fn list_collected(
        &self,
        listed: &[Listed],
        position: u64,
        receiver: &mut Receiver<'_>,
    ) -> Result<(), Errno> {
        let Content::Directory(directory) = &self.content else { return Err(Errno::ENOTDIR) };
        let parent = directory.lock().parent;
        if self.give_dots(parent, position, receiver).is_some() {
            let skipped = position.saturating_sub(FIRST_NAME);
            let first = usize::try_from(skipped).unwrap_or(usize::MAX);
            for (index, listed) in (skipped..).zip(listed.iter().skip(first)) {
                let next = index + FIRST_NAME + 1;
                let entry =
                    DirectoryEntry { name: &listed.name, inode: listed.inode, kind: listed.kind, next };
                if !receiver(entry) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Collects the names of a directory and those of the one below it.
    pub(super) fn collect(&self, lower: &Lower) -> Result<Vec<Listed>, Errno> {
        let Content::Directory(directory) = &self.content else { return Err(Errno::ENOTDIR) };
        let directory = directory.lock();
        let mut listed = Vec::new();
        for (name, inode, _) in directory.from(0) {
            listed.push(Listed { name: name[..].into(), inode: inode.number(), kind: inode.file_kind() });
        }
        self.collect_lower(&directory, lower, &mut listed)?;
        Ok(listed)
    }

    fn collect_lower(
        &self,
        directory: &Directory,
        lower: &Lower,
        listed: &mut Vec<Listed>,
    ) -> Result<(), Errno> {
        let Some(table) = &self.shared().lower else { return Ok(()) };
        let file = Arc::clone(&lower.inode).open(true, false)?;
        let mut has_room = true;
        file.read_directory(0, &mut |entry| {
            let is_dot = entry.name == b"." || entry.name == b"..";
            if !is_dot && !directory.knows(entry.name) {
                has_room = listed.try_reserve(1).is_ok();
                if has_room {
                    let inode = table.number((lower.key.0, entry.inode));
                    listed.push(Listed { name: entry.name.into(), inode, kind: entry.kind });
                }
            }
            has_room
        })?;
        if has_room { Ok(()) } else { Err(Errno::ENOMEM) }
    }
}
