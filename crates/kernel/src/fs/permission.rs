//! Who may do what with an inode (path_resolution(7), inode(7)).

use abi::Errno;
use bitflags::bitflags;

use super::{FileKind, Inode, Metadata};
use crate::task::Credentials;

bitflags! {
    /// What shall be done, with access(2)'s numbers.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Permission: u32 {
        /// `X_OK`: execute, or search a directory.
        const EXECUTE = 1;
        /// `W_OK`.
        const WRITE = 2;
        /// `R_OK`.
        const READ = 4;
    }
}

/// Capabilities that matter to files, with Linux's numbers (capabilities(7)).
pub mod capability {
    /// Change owners.
    pub const CHOWN: u32 = 0;
    /// Read, write and execute whatever the permissions say.
    pub const DAC_OVERRIDE: u32 = 1;
    /// Read and search whatever the permissions say.
    pub const DAC_READ_SEARCH: u32 = 2;
    /// Act as the owner of every file.
    pub const FOWNER: u32 = 3;
    /// Keep set-user-ID and set-group-ID bits.
    pub const FSETID: u32 = 4;
    /// Call chroot(2).
    pub const SYS_CHROOT: u32 = 18;
    /// Mount, and trusted extended attributes.
    pub const SYS_ADMIN: u32 = 21;
    /// Make device files.
    pub const MKNOD: u32 = 27;
}

/// Fails unless these credentials may do this with a file that has this metadata.
///
/// # Errors
/// `EACCES`.
pub fn check(credentials: &Credentials, metadata: &Metadata, wanted: Permission) -> Result<(), Errno> {
    let shift = if credentials.fsuid == metadata.uid {
        6
    } else if credentials.in_group(metadata.gid) {
        3
    } else {
        0
    };
    let granted = Permission::from_bits_truncate(metadata.permissions >> shift);
    if granted.contains(wanted) {
        return Ok(());
    }
    let is_directory = metadata.kind == FileKind::Directory;
    let overrides = credentials.has_capability(capability::DAC_OVERRIDE)
        && (is_directory || !wanted.contains(Permission::EXECUTE) || metadata.permissions & 0o111 != 0);
    let reads = credentials.has_capability(capability::DAC_READ_SEARCH)
        && (wanted == Permission::READ || (is_directory && !wanted.contains(Permission::WRITE)));
    if overrides || reads { Ok(()) } else { Err(Errno::EACCES) }
}

/// Fails unless names in this directory may be looked up.
///
/// # Errors
/// `EACCES`.
pub fn check_search(credentials: &Credentials, directory: &dyn Inode) -> Result<(), Errno> {
    // Most often true, and cheaper than to ask for the metadata.
    if credentials.has_capability(capability::DAC_OVERRIDE)
        || credentials.has_capability(capability::DAC_READ_SEARCH)
    {
        return Ok(());
    }
    check(credentials, &directory.metadata()?, Permission::EXECUTE)
}

/// Fails unless names in this directory may be made and removed.
///
/// # Errors
/// `EACCES`.
pub fn check_change(credentials: &Credentials, directory: &dyn Inode) -> Result<(), Errno> {
    if credentials.has_capability(capability::DAC_OVERRIDE) {
        return Ok(());
    }
    check(credentials, &directory.metadata()?, Permission::WRITE | Permission::EXECUTE)
}

/// Whether these credentials may act as the owner of a file.
#[must_use]
pub const fn is_owner(credentials: &Credentials, uid: u32) -> bool {
    credentials.fsuid == uid || credentials.has_capability(capability::FOWNER)
}

/// Fails when the sticky bit of a directory keeps these credentials from removing a file in it.
///
/// # Errors
/// `EPERM`.
pub fn check_sticky(credentials: &Credentials, directory: &Metadata, file_owner: u32) -> Result<(), Errno> {
    const STICKY: u32 = 0o1000;
    let is_free = directory.permissions & STICKY == 0
        || credentials.fsuid == directory.uid
        || is_owner(credentials, file_owner);
    if is_free { Ok(()) } else { Err(Errno::EPERM) }
}

/// Permission bits without set-user-ID, and without set-group-ID where that is no lock mark: what a change of
/// owner or contents by an ordinary user leaves.
#[must_use]
pub const fn without_privileges(permissions: u32, kind: FileKind) -> u32 {
    const GROUP_EXECUTE: u32 = 0o010;
    if matches!(kind, FileKind::Directory) {
        return permissions;
    }
    let group = if permissions & GROUP_EXECUTE != 0 { 0o2000 } else { 0 };
    permissions & !(0o4000 | group)
}

/// Fails when these credentials may not give a file another name: it is somebody else's and they could not
/// use it in full anyway (`fs.protected_hardlinks`, proc(5), which distributions switch on).
///
/// # Errors
/// `EPERM`.
pub fn check_link_source(credentials: &Credentials, metadata: &Metadata) -> Result<(), Errno> {
    let has_privileges = without_privileges(metadata.permissions, metadata.kind) != metadata.permissions;
    let is_harmless = metadata.kind == FileKind::Regular
        && !has_privileges
        && check(credentials, metadata, Permission::READ | Permission::WRITE).is_ok();
    let is_theirs = is_owner(credentials, metadata.uid);
    if is_harmless || is_theirs { Ok(()) } else { Err(Errno::EPERM) }
}

#[cfg(test)]
mod tests {
    use abi::Errno;
    use abi::time::Timespec;
    use alloc::vec;

    use super::{Permission, check, check_sticky};
    use crate::fs::{FileKind, Metadata};
    use crate::task::Credentials;

    fn metadata(kind: FileKind, permissions: u32) -> Metadata {
        let time = Timespec::default();
        Metadata {
            device: 1,
            inode: 1,
            kind,
            permissions,
            links: 1,
            uid: 10,
            gid: 20,
            special_device: 0,
            size: 0,
            block_size: 4096,
            blocks: 0,
            accessed: time,
            modified: time,
            changed: time,
            created: None,
        }
    }

    #[test]
    fn the_first_class_that_fits_decides() {
        let file = metadata(FileKind::Regular, 0o077);
        let owner = Credentials::new(10, 20, vec![]);
        assert_eq!(check(&owner, &file, Permission::READ), Err(Errno::EACCES));
        let member = Credentials::new(11, 30, vec![20]);
        assert_eq!(check(&member, &file, Permission::READ | Permission::WRITE), Ok(()));
    }

    #[test]
    fn root_executes_only_what_somebody_may_execute() {
        let root = Credentials::new(0, 0, vec![]);
        assert_eq!(
            check(&root, &metadata(FileKind::Regular, 0o600), Permission::EXECUTE),
            Err(Errno::EACCES)
        );
        assert_eq!(check(&root, &metadata(FileKind::Regular, 0o601), Permission::EXECUTE), Ok(()));
        assert_eq!(check(&root, &metadata(FileKind::Directory, 0), Permission::all()), Ok(()));
    }

    #[test]
    fn the_sticky_bit_protects_other_users_files() {
        let directory = metadata(FileKind::Directory, 0o1777);
        let other = Credentials::new(12, 12, vec![]);
        assert_eq!(check_sticky(&other, &directory, 13), Err(Errno::EPERM));
        assert_eq!(check_sticky(&other, &directory, 12), Ok(()));
        assert_eq!(check_sticky(&Credentials::new(10, 1, vec![]), &directory, 13), Ok(()));
    }
}
