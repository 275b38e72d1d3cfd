//! Moving names (rename(2)).
//!
//! The caller holds both directories still: here their contents are locked one after the other.

use alloc::sync::Arc;

use abi::Errno;

use super::attributes::Attributes;
use super::inode::MemoryInode;
use crate::fs::{FileKind, NewNode, RenameFlags};

impl MemoryInode {
    /// Moves a name to a directory of the same file system.
    pub(super) fn move_name(
        &self,
        name: &[u8],
        target: &Self,
        new_name: &[u8],
        flags: RenameFlags,
    ) -> Result<(), Errno> {
        let inode = self.find(name)?;
        let victim = match target.find(new_name) {
            Ok(victim) => Some(victim),
            Err(Errno::ENOENT) => None,
            Err(error) => return Err(error),
        };
        match victim {
            Some(_) if flags.contains(RenameFlags::NOREPLACE) => Err(Errno::EEXIST),
            Some(victim) if flags.contains(RenameFlags::EXCHANGE) => {
                self.exchange((name, &inode), target, (new_name, &victim))
            }
            None if flags.contains(RenameFlags::EXCHANGE) => Err(Errno::ENOENT),
            Some(victim) if Arc::ptr_eq(&victim, &inode) => Ok(()),
            victim => {
                self.replace((name, &inode), target, (new_name, victim))?;
                if flags.contains(RenameFlags::WHITEOUT) {
                    self.make(name, NewNode::CharacterDevice(0), 0, (0, 0))?;
                }
                inode.change_links(0)
            }
        }
    }

    fn replace(
        &self,
        (name, inode): (&[u8], &Arc<Self>),
        target: &Self,
        (new_name, victim): (&[u8], Option<Arc<Self>>),
    ) -> Result<(), Errno> {
        let is_directory = inode.file_kind() == FileKind::Directory;
        if let Some(victim) = &victim {
            match (is_directory, victim.file_kind() == FileKind::Directory) {
                (true, false) => return Err(Errno::ENOTDIR),
                (false, true) => return Err(Errno::EISDIR),
                _ => victim.close_directory()?,
            }
        }
        let outcome = self.replace_names((name, inode), target, new_name);
        match (outcome, victim) {
            (Err(error), victim) => {
                if let Some(victim) = victim {
                    victim.open_directory_again();
                }
                return Err(error);
            }
            (Ok(()), Some(victim)) if is_directory => {
                victim.change_links(-2)?;
                // The directory that moved in takes the place of the victim.
                self.change_links(-1)?;
            }
            (Ok(()), Some(victim)) => victim.change_links(-1)?,
            (Ok(()), None) if is_directory => {
                self.change_links(-1)?;
                target.change_links(1)?;
            }
            (Ok(()), None) => {}
        }
        Ok(())
    }

    fn replace_names(
        &self,
        (name, inode): (&[u8], &Arc<Self>),
        target: &Self,
        new_name: &[u8],
    ) -> Result<(), Errno> {
        // The old name goes first: only that may fail for want of room, and nobody sees the moment between.
        self.remove_in(&mut *self.directory()?, name)?;
        let outcome = target.directory().and_then(|mut names| target.insert_in(&mut names, new_name, inode));
        if outcome.is_err() {
            self.insert_in(&mut *self.directory()?, name, inode)?;
        }
        outcome
    }

    fn exchange(
        &self,
        (name, inode): (&[u8], &Arc<Self>),
        target: &Self,
        (new_name, other): (&[u8], &Arc<Self>),
    ) -> Result<(), Errno> {
        if Arc::ptr_eq(inode, other) {
            return Ok(());
        }
        target.insert_in(&mut *target.directory()?, new_name, inode)?;
        self.insert_in(&mut *self.directory()?, name, other)?;
        let directories = |inode: &Self| i64::from(inode.file_kind() == FileKind::Directory);
        let moved = directories(inode) - directories(other);
        if moved != 0 && !core::ptr::eq(self, target) {
            self.change_links(-moved)?;
            target.change_links(moved)?;
        }
        self.change(Attributes::touch)?;
        inode.change_links(0)?;
        other.change_links(0)
    }
}
