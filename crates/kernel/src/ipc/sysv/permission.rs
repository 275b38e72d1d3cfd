//! Who may do what with an object (sysvipc(7)).

use abi::Errno;
use abi::ipc::IpcPermission;
use abi::raw::general::{CAP_IPC_OWNER, CAP_SYS_ADMIN};

use crate::task::Credentials;

/// To read: what `IPC_STAT` and its like need.
pub(super) const READ: u32 = 0o444;
/// To change.
pub(super) const WRITE: u32 = 0o222;

/// Owner and mode of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permission {
    pub(super) key: i32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    creator_uid: u32,
    creator_gid: u32,
    /// The permission bits, 0o777.
    pub(super) mode: u32,
    pub(super) sequence: u16,
}

impl Permission {
    /// That of a new object.
    pub(super) const fn new(key: i32, credentials: &Credentials, flags: i32) -> Self {
        Self {
            key,
            uid: credentials.euid,
            gid: credentials.egid,
            creator_uid: credentials.euid,
            creator_gid: credentials.egid,
            mode: flags.cast_unsigned() & 0o777,
            sequence: 0,
        }
    }

    /// Checks for what is asked, in the bits of a mode: those of any class count (`ipcperms`).
    ///
    /// # Errors
    /// `EACCES`.
    pub(super) fn check(&self, credentials: &Credentials, asked: u32) -> Result<(), Errno> {
        let requested = (asked >> 6) | (asked >> 3) | asked;
        let granted = if credentials.euid == self.creator_uid || credentials.euid == self.uid {
            self.mode >> 6
        } else if credentials.in_group(self.creator_gid) || credentials.in_group(self.gid) {
            self.mode >> 3
        } else {
            self.mode
        };
        let denied = requested & !granted & 0o7 != 0;
        if denied && !credentials.has_capability(CAP_IPC_OWNER) { Err(Errno::EACCES) } else { Ok(()) }
    }

    /// Whether it is the owner's or the creator's.
    pub(super) const fn is_owned_by(&self, credentials: &Credentials) -> bool {
        credentials.euid == self.uid || credentials.euid == self.creator_uid
    }

    /// Checks for the right to change or remove the object.
    ///
    /// # Errors
    /// `EPERM`.
    pub(super) const fn check_owner(&self, credentials: &Credentials) -> Result<(), Errno> {
        if self.is_owned_by(credentials) || credentials.has_capability(CAP_SYS_ADMIN) {
            Ok(())
        } else {
            Err(Errno::EPERM)
        }
    }

    /// Takes over what `IPC_SET` gave.
    ///
    /// # Errors
    /// `EINVAL` for an owner that is none.
    pub(super) const fn change(&mut self, new: &IpcPermission) -> Result<(), Errno> {
        if new.uid == u32::MAX || new.gid == u32::MAX {
            return Err(Errno::EINVAL);
        }
        self.uid = new.uid;
        self.gid = new.gid;
        self.mode = new.mode & 0o777;
        Ok(())
    }

    /// As programs see it.
    pub(super) fn status(&self) -> IpcPermission {
        IpcPermission {
            key: self.key,
            uid: self.uid,
            gid: self.gid,
            cuid: self.creator_uid,
            cgid: self.creator_gid,
            mode: self.mode,
            seq: self.sequence,
            ..IpcPermission::default()
        }
    }

    /// The four owners, in the order of /proc/sysvipc.
    pub(super) const fn owners(&self) -> [u32; 4] {
        [self.uid, self.gid, self.creator_uid, self.creator_gid]
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission, READ, WRITE};
    use crate::task::Credentials;
    use abi::Errno;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn the_first_class_that_fits_decides() {
        let owner = Credentials::new(1000, 1000, Vec::new());
        let permission = Permission::new(1, &owner, 0o046);
        assert_eq!(permission.check(&owner, READ), Err(Errno::EACCES));
        let member = Credentials::new(1001, 1001, vec![1000]);
        assert_eq!(permission.check(&member, READ), Ok(()));
        assert_eq!(permission.check(&member, WRITE), Err(Errno::EACCES));
        let other = Credentials::new(1002, 1002, Vec::new());
        assert_eq!(permission.check(&other, WRITE), Ok(()));
        assert_eq!(permission.check(&Credentials::new(0, 0, Vec::new()), WRITE), Ok(()));
        assert_eq!(permission.check_owner(&other), Err(Errno::EPERM));
        assert_eq!(permission.check(&owner, 0), Ok(()));
    }
}
