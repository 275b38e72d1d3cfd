//! Directories: reading them, the working directory, the root.

use alloc::vec::Vec;

use abi::Errno;

use super::at;
use crate::fs::permission::{self, capability};
use crate::fs::{DirectoryEntry, IoFlags, OpenFile, Path, Reach, WalkFlags, notify};
use crate::io::Sink;
use crate::syscalls::{Current, Fd};
use crate::user::{UserCStr, UserPtr};

/// The most bytes of entries that one call gives: what the kernel holds meanwhile.
const LARGEST_BUFFER: usize = 64 << 10;
/// `struct linux_dirent64`: inode, position, length and kind come before the name.
const HEADER_64: usize = 19;
/// `struct linux_dirent`: inode, position and length; the kind is the last byte.
const HEADER: usize = 18;

fn put_entry_64(buffer: &mut Vec<u8>, entry: &DirectoryEntry<'_>, length: usize) {
    buffer.extend_from_slice(&entry.inode.to_ne_bytes());
    buffer.extend_from_slice(&entry.next.to_ne_bytes());
    buffer.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_ne_bytes());
    buffer.push(entry.kind.directory_type());
    buffer.extend_from_slice(entry.name);
}

fn put_entry(buffer: &mut Vec<u8>, entry: &DirectoryEntry<'_>, length: usize) {
    buffer.extend_from_slice(&entry.inode.to_ne_bytes());
    buffer.extend_from_slice(&entry.next.to_ne_bytes());
    buffer.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_ne_bytes());
    buffer.extend_from_slice(entry.name);
}

/// Writes the directory above into an entry, as it is known here: a file system may know it under another number,
/// and a volume has another one.
fn put_parent(buffer: &mut [u8], start: usize, file: &OpenFile) -> Result<(), Errno> {
    let parent = file.path().dentry.parent();
    let inode = parent.as_ref().map_or(file.inode(), |parent| parent.inode());
    let number = inode.metadata()?.inode.to_ne_bytes();
    if let Some(place) = buffer.get_mut(start..).and_then(<[u8]>::first_chunk_mut) {
        *place = number;
    }
    Ok(())
}

/// Reads entries; `is_64` says in which form.
fn read_entries(
    current: &Current<'_>,
    fd: Fd,
    target: UserPtr<u8>,
    size: u32,
    is_64: bool,
) -> Result<usize, Errno> {
    let file = current.file(fd)?;
    let limit = usize::try_from(size).unwrap_or(usize::MAX).min(LARGEST_BUFFER);
    let mut position = file.position();
    let mut next = *position;
    let mut buffer = Vec::new();
    let mut is_too_small = false;
    let mut parent_at = None;
    file.file().read_directory(next, &mut |entry| {
        // A zero after the name and, in the old form, the kind behind it.
        let needed = if is_64 { HEADER_64 + 1 } else { HEADER + 2 } + entry.name.len();
        let length = needed.next_multiple_of(8);
        let start = buffer.len();
        if start + length > limit || buffer.try_reserve(length).is_err() {
            is_too_small = start == 0;
            return false;
        }
        if entry.name == b".." {
            parent_at = Some(start);
        }
        if is_64 {
            put_entry_64(&mut buffer, &entry, length);
            buffer.resize(start + length, 0);
        } else {
            put_entry(&mut buffer, &entry, length);
            buffer.resize(start + length - 1, 0);
            buffer.push(entry.kind.directory_type());
        }
        next = entry.next;
        true
    })?;
    notify::accessed(&file);
    if let Some(start) = parent_at {
        put_parent(&mut buffer, start, &file)?;
    }
    if !file.io_flags().contains(IoFlags::NO_ACCESS_TIME) {
        file.file().note_directory_access();
    }
    if is_too_small {
        return Err(Errno::EINVAL);
    }
    let written = Sink::user(target.address(), buffer.len()).put(&buffer)?;
    if written < buffer.len() {
        return Err(Errno::EFAULT);
    }
    *position = next;
    Ok(written)
}

/// getdents64(2).
pub fn getdents64(current: &Current<'_>, fd: Fd, target: UserPtr<u8>, size: u32) -> Result<usize, Errno> {
    read_entries(current, fd, target, size, true)
}

/// getdents(2).
pub fn getdents(current: &Current<'_>, fd: Fd, target: UserPtr<u8>, size: u32) -> Result<usize, Errno> {
    read_entries(current, fd, target, size, false)
}

/// getcwd(2).
pub fn getcwd(current: &Current<'_>, target: UserPtr<u8>, size: usize) -> Result<usize, Errno> {
    let context = current.fs();
    let directory = context.working_directory();
    if directory.dentry.is_removed() {
        return Err(Errno::ENOENT);
    }
    let (name, reach) = directory.name_from(&context.root());
    let mut text = Vec::new();
    if reach != Reach::FromRoot {
        text.extend_from_slice(b"(unreachable)");
    }
    text.extend_from_slice(&name);
    text.push(0);
    if text.len() > crate::user::PATH_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    if text.len() > size {
        return Err(Errno::ERANGE);
    }
    let written = Sink::user(target.address(), text.len()).put(&text)?;
    if written == text.len() { Ok(written) } else { Err(Errno::EFAULT) }
}

/// Fails unless the place is a directory that the thread may search.
fn check_enter(current: &Current<'_>, path: &Path) -> Result<(), Errno> {
    if !path.dentry.is_directory() {
        return Err(Errno::ENOTDIR);
    }
    permission::check_search(&current.credentials(), &**path.inode())
}

/// chdir(2).
pub fn chdir(current: &Current<'_>, name: UserCStr) -> Result<(), Errno> {
    let path = at::find(current, Fd::CWD, name, WalkFlags::FOLLOW | WalkFlags::DIRECTORY)?;
    check_enter(current, &path)?;
    current.fs().set_working_directory(path);
    Ok(())
}

/// fchdir(2).
pub fn fchdir(current: &Current<'_>, fd: Fd) -> Result<(), Errno> {
    let path = current.file_or_path(fd)?.path().clone();
    check_enter(current, &path)?;
    current.fs().set_working_directory(path);
    Ok(())
}

/// chroot(2).
pub fn chroot(current: &Current<'_>, name: UserCStr) -> Result<(), Errno> {
    let path = at::find(current, Fd::CWD, name, WalkFlags::FOLLOW | WalkFlags::DIRECTORY)?;
    check_enter(current, &path)?;
    if !current.credentials().has_capability(capability::SYS_CHROOT) {
        return Err(Errno::EPERM);
    }
    current.fs().set_root(path);
    Ok(())
}

/// umask(2).
pub fn umask(current: &Current<'_>, mask: u32) -> u32 {
    current.fs().set_umask(mask)
}
