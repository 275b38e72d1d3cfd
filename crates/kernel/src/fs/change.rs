//! Changes of attributes, by the rules of who may (chmod(2), chown(2), utimensat(2)).

use abi::Errno;

use super::permission::{self, Permission, capability};
use super::{AttributeChanges, FileKind, Metadata, Path, TimeChange, notify};
use crate::task::{Credentials, Thread};

const SET_USER_ID: u32 = 0o4000;
const SET_GROUP_ID: u32 = 0o2000;
const GROUP_EXECUTE: u32 = 0o010;

/// Whether the set-group-ID bit may be kept by who is not in the group.
fn keeps_group_bit(credentials: &Credentials, gid: u32) -> bool {
    credentials.in_group(gid) || credentials.has_capability(capability::FSETID)
}

/// Makes changes and tells who watches.
fn set(path: &Path, changes: &AttributeChanges) -> Result<(), Errno> {
    path.inode().set_attributes(changes)?;
    notify::changed(&path.dentry, changes);
    Ok(())
}

/// Changes permissions.
///
/// # Errors
/// As chmod(2).
pub fn change_permissions(thread: &Thread, path: &Path, mode: u32) -> Result<(), Errno> {
    path.mount.check_writable()?;
    let credentials = thread.credentials();
    let metadata = path.inode().metadata()?;
    if metadata.kind == FileKind::Symlink {
        return Err(Errno::EOPNOTSUPP);
    }
    if !permission::is_owner(&credentials, metadata.uid) {
        return Err(Errno::EPERM);
    }
    let mut permissions = mode & 0o7777;
    if !keeps_group_bit(&credentials, metadata.gid) {
        permissions &= !SET_GROUP_ID;
    }
    let changes = AttributeChanges { permissions: Some(permissions), ..AttributeChanges::default() };
    set(path, &changes)
}

/// Changes owner and group, where they are given.
///
/// # Errors
/// As chown(2).
pub fn change_owner(thread: &Thread, path: &Path, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
    path.mount.check_writable()?;
    let credentials = thread.credentials();
    let metadata = path.inode().metadata()?;
    if !credentials.has_capability(capability::CHOWN) {
        let owns = credentials.fsuid == metadata.uid;
        let may_uid = uid.is_none_or(|uid| owns && uid == metadata.uid);
        let may_gid = gid.is_none_or(|gid| owns && (gid == metadata.gid || credentials.in_group(gid)));
        if !may_uid || !may_gid {
            return Err(Errno::EPERM);
        }
    }
    let permissions = permissions_after_chown(&credentials, &metadata);
    let changes = AttributeChanges { permissions, uid, gid, ..AttributeChanges::default() };
    set(path, &changes)
}

/// A change of owner takes set-user-ID and set-group-ID away, whoever makes it.
fn permissions_after_chown(credentials: &Credentials, metadata: &Metadata) -> Option<u32> {
    if metadata.kind == FileKind::Directory {
        return None;
    }
    let mut permissions = metadata.permissions & !SET_USER_ID;
    if permissions & GROUP_EXECUTE != 0 || !keeps_group_bit(credentials, metadata.gid) {
        permissions &= !SET_GROUP_ID;
    }
    (permissions != metadata.permissions).then_some(permissions)
}

/// Changes the times of last access and of last change of contents, where they are given.
///
/// # Errors
/// As utimensat(2).
pub fn change_times(
    thread: &Thread,
    path: &Path,
    accessed: Option<TimeChange>,
    modified: Option<TimeChange>,
) -> Result<(), Errno> {
    path.mount.check_writable()?;
    let credentials = thread.credentials();
    let metadata = path.inode().metadata()?;
    if !permission::is_owner(&credentials, metadata.uid) {
        // Who may write may set both times to now, and nothing else.
        if accessed != Some(TimeChange::Now) || modified != Some(TimeChange::Now) {
            return Err(Errno::EPERM);
        }
        permission::check(&credentials, &metadata, Permission::WRITE)?;
    }
    set(path, &AttributeChanges { accessed, modified, ..AttributeChanges::default() })
}

/// Changes the size of a regular file.
///
/// # Errors
/// As truncate(2).
pub fn change_size(thread: &Thread, path: &Path, size: u64) -> Result<(), Errno> {
    match path.dentry.kind() {
        FileKind::Regular => {}
        FileKind::Directory => return Err(Errno::EISDIR),
        _ => return Err(Errno::EINVAL),
    }
    path.mount.check_writable()?;
    let credentials = thread.credentials();
    let metadata = path.inode().metadata()?;
    permission::check(&credentials, &metadata, Permission::WRITE)?;
    super::open::check_not_executed(path.inode())?;
    if size > 0 {
        super::transfer::check_size_limit(thread, size - 1, path.mount.file_system().max_file_size())?;
    }
    path.inode().truncate(size)?;
    notify::contents_changed(&path.dentry);
    let permissions = permission::without_privileges(metadata.permissions, metadata.kind);
    if permissions == metadata.permissions || credentials.has_capability(capability::FSETID) {
        return Ok(());
    }
    let changes = AttributeChanges { permissions: Some(permissions), ..AttributeChanges::default() };
    set(path, &changes)
}
