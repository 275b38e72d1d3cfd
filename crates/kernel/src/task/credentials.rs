//! Who a thread acts as (credentials(7)).

use alloc::vec::Vec;

/// User and group identities and capabilities. Shared and never changed: a change makes a new set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Real user.
    pub uid: u32,
    /// Effective user.
    pub euid: u32,
    /// Saved user.
    pub suid: u32,
    /// User for access to files.
    pub fsuid: u32,
    /// Real group.
    pub gid: u32,
    /// Effective group.
    pub egid: u32,
    /// Saved group.
    pub sgid: u32,
    /// Group for access to files.
    pub fsgid: u32,
    /// Supplementary groups.
    pub groups: Vec<u32>,
    /// Capabilities in force (capabilities(7)), a bit each.
    pub effective: u64,
    /// Capabilities that may be put in force.
    pub permitted: u64,
    /// Capabilities kept over execve(2).
    pub inheritable: u64,
    /// Capabilities that execve(2) may give.
    pub bounding: u64,
    /// Capabilities kept over execve(2) of an ordinary file.
    pub ambient: u64,
    /// `SECBIT_*` (capabilities(7)).
    pub securebits: u32,
}

impl Credentials {
    /// All capabilities that Linux knows (`CAP_LAST_CAP` is 40).
    pub const ALL_CAPABILITIES: u64 = (1 << 41) - 1;

    /// The identity of a user; user 0 has every capability.
    #[must_use]
    pub const fn new(uid: u32, gid: u32, groups: Vec<u32>) -> Self {
        let capabilities = if uid == 0 { Self::ALL_CAPABILITIES } else { 0 };
        Self {
            uid,
            euid: uid,
            suid: uid,
            fsuid: uid,
            gid,
            egid: gid,
            sgid: gid,
            fsgid: gid,
            groups,
            effective: capabilities,
            permitted: capabilities,
            inheritable: 0,
            bounding: Self::ALL_CAPABILITIES,
            ambient: 0,
            securebits: 0,
        }
    }

    /// Whether a capability is in force, by Linux's number.
    #[must_use]
    pub const fn has_capability(&self, number: u32) -> bool {
        self.effective & (1 << number) != 0
    }

    /// Whether `gid` is the group for access to files or a supplementary group.
    #[must_use]
    pub fn in_group(&self, gid: u32) -> bool {
        self.fsgid == gid || self.groups.contains(&gid)
    }
}
