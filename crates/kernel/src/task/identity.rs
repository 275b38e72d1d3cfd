//! How identities change (credentials(7), setuid(2) and its family, capabilities(7)).
//!
//! Each rule is a plain function from the old credentials to the new ones.

use abi::Errno;
use abi::raw::general::{CAP_SETGID, CAP_SETUID};

use super::Credentials;

/// The argument that means "leave it as it is", and is no user or group.
pub(super) const UNCHANGED: u32 = u32::MAX;
/// `SECBIT_NO_SETUID_FIXUP`: changes of user do not touch capabilities.
const NO_SETUID_FIXUP: u32 = 1 << 2;
/// `SECBIT_KEEP_CAPS`: permitted capabilities stay when the last identity of root goes.
pub(super) const KEEP_CAPS: u32 = 1 << 4;
/// The capabilities about files, which follow the user for access to files (`CAP_FS_MASK`): CHOWN,
/// DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, LINUX_IMMUTABLE, MKNOD, MAC_OVERRIDE.
const FILE_CAPABILITIES: u64 = 0b1_1111 | 1 << 9 | 1 << 27 | 1 << 32;

type Change = Result<Credentials, Errno>;

/// The choice among real, effective and saved identity that "as it is" makes.
const fn or(new: u32, old: u32) -> u32 {
    if new == UNCHANGED { old } else { new }
}

/// What a change of user does to capabilities (`cap_task_fix_setuid`).
fn fix_capabilities(old: &Credentials, mut new: Credentials) -> Credentials {
    if old.securebits & NO_SETUID_FIXUP != 0 {
        return new;
    }
    let was_root = old.uid == 0 || old.euid == 0 || old.suid == 0;
    let is_root = new.uid == 0 || new.euid == 0 || new.suid == 0;
    if was_root && !is_root {
        if old.securebits & KEEP_CAPS == 0 {
            new.permitted = 0;
            new.effective = 0;
        }
        new.ambient = 0;
    }
    if old.euid == 0 && new.euid != 0 {
        new.effective = 0;
    }
    if old.euid != 0 && new.euid == 0 {
        new.effective = new.permitted;
    }
    new
}

/// setuid(2).
pub(super) fn set_uid(old: &Credentials, uid: u32) -> Change {
    if uid == UNCHANGED {
        return Err(Errno::EINVAL);
    }
    let mut new = old.clone();
    if old.has_capability(CAP_SETUID) {
        (new.uid, new.suid) = (uid, uid);
    } else if uid != old.uid && uid != old.suid {
        return Err(Errno::EPERM);
    }
    (new.euid, new.fsuid) = (uid, uid);
    Ok(fix_capabilities(old, new))
}

/// setreuid(2).
pub(super) fn set_reuid(old: &Credentials, ruid: u32, euid: u32) -> Change {
    let privileged = old.has_capability(CAP_SETUID);
    let real_allowed = [UNCHANGED, old.uid, old.euid].contains(&ruid);
    let effective_allowed = [UNCHANGED, old.uid, old.euid, old.suid].contains(&euid);
    if !(privileged || real_allowed && effective_allowed) {
        return Err(Errno::EPERM);
    }
    let mut new = old.clone();
    new.uid = or(ruid, old.uid);
    new.euid = or(euid, old.euid);
    if ruid != UNCHANGED || (euid != UNCHANGED && euid != old.uid) {
        new.suid = new.euid;
    }
    new.fsuid = new.euid;
    Ok(fix_capabilities(old, new))
}

/// setresuid(2).
pub(super) fn set_resuid(old: &Credentials, ruid: u32, euid: u32, suid: u32) -> Change {
    let own = [UNCHANGED, old.uid, old.euid, old.suid];
    if !old.has_capability(CAP_SETUID) && ![ruid, euid, suid].iter().all(|id| own.contains(id)) {
        return Err(Errno::EPERM);
    }
    let mut new = old.clone();
    new.uid = or(ruid, old.uid);
    new.euid = or(euid, old.euid);
    new.suid = or(suid, old.suid);
    new.fsuid = new.euid;
    Ok(fix_capabilities(old, new))
}

/// setfsuid(2); `None` when it changes nothing.
pub(super) fn set_fsuid(old: &Credentials, uid: u32) -> Option<Credentials> {
    let allowed = [old.uid, old.euid, old.suid, old.fsuid].contains(&uid) || old.has_capability(CAP_SETUID);
    if uid == UNCHANGED || uid == old.fsuid || !allowed {
        return None;
    }
    let mut new = old.clone();
    new.fsuid = uid;
    if old.securebits & NO_SETUID_FIXUP == 0 {
        if old.fsuid == 0 {
            new.effective &= !FILE_CAPABILITIES;
        } else if uid == 0 {
            new.effective |= new.permitted & FILE_CAPABILITIES;
        }
    }
    Some(new)
}

/// setgid(2).
pub(super) fn set_gid(old: &Credentials, gid: u32) -> Change {
    if gid == UNCHANGED {
        return Err(Errno::EINVAL);
    }
    let mut new = old.clone();
    if old.has_capability(CAP_SETGID) {
        (new.gid, new.sgid) = (gid, gid);
    } else if gid != old.gid && gid != old.sgid {
        return Err(Errno::EPERM);
    }
    (new.egid, new.fsgid) = (gid, gid);
    Ok(new)
}

/// setregid(2).
pub(super) fn set_regid(old: &Credentials, rgid: u32, egid: u32) -> Change {
    let privileged = old.has_capability(CAP_SETGID);
    let real_allowed = [UNCHANGED, old.gid, old.egid].contains(&rgid);
    let effective_allowed = [UNCHANGED, old.gid, old.egid, old.sgid].contains(&egid);
    if !(privileged || real_allowed && effective_allowed) {
        return Err(Errno::EPERM);
    }
    let mut new = old.clone();
    new.gid = or(rgid, old.gid);
    new.egid = or(egid, old.egid);
    if rgid != UNCHANGED || (egid != UNCHANGED && egid != old.gid) {
        new.sgid = new.egid;
    }
    new.fsgid = new.egid;
    Ok(new)
}

/// setresgid(2).
pub(super) fn set_resgid(old: &Credentials, rgid: u32, egid: u32, sgid: u32) -> Change {
    let own = [UNCHANGED, old.gid, old.egid, old.sgid];
    if !old.has_capability(CAP_SETGID) && ![rgid, egid, sgid].iter().all(|id| own.contains(id)) {
        return Err(Errno::EPERM);
    }
    let mut new = old.clone();
    new.gid = or(rgid, old.gid);
    new.egid = or(egid, old.egid);
    new.sgid = or(sgid, old.sgid);
    new.fsgid = new.egid;
    Ok(new)
}

/// setfsgid(2); `None` when it changes nothing.
pub(super) fn set_fsgid(old: &Credentials, gid: u32) -> Option<Credentials> {
    let allowed = [old.gid, old.egid, old.sgid, old.fsgid].contains(&gid) || old.has_capability(CAP_SETGID);
    if gid == UNCHANGED || gid == old.fsgid || !allowed {
        return None;
    }
    Some(Credentials { fsgid: gid, ..old.clone() })
}

#[cfg(test)]
mod tests {
    use super::{Credentials, KEEP_CAPS, UNCHANGED};
    use super::{set_fsuid, set_gid, set_resuid, set_reuid, set_uid};
    use abi::Errno;
    use alloc::vec::Vec;

    fn user(uid: u32) -> Credentials {
        Credentials::new(uid, uid, Vec::new())
    }

    #[test]
    fn root_gives_up_everything_with_setuid() {
        let new = set_uid(&user(0), 1000).unwrap();
        assert_eq!((new.uid, new.euid, new.suid, new.fsuid), (1000, 1000, 1000, 1000));
        assert_eq!((new.effective, new.permitted), (0, 0));
        assert_eq!(set_uid(&new, 0), Err(Errno::EPERM));
        assert_eq!(set_uid(&new, UNCHANGED), Err(Errno::EINVAL));
    }

    #[test]
    fn keep_caps_keeps_permitted_but_not_effective() {
        let old = Credentials { securebits: KEEP_CAPS, ..user(0) };
        let new = set_uid(&old, 1000).unwrap();
        assert_eq!((new.effective, new.permitted), (0, Credentials::ALL_CAPABILITIES));
    }

    #[test]
    fn effective_user_goes_and_comes_back() {
        let lower = set_resuid(&user(0), UNCHANGED, 1000, UNCHANGED).unwrap();
        assert_eq!((lower.euid, lower.suid, lower.effective), (1000, 0, 0));
        assert_eq!(lower.permitted, Credentials::ALL_CAPABILITIES);
        let back = set_resuid(&lower, UNCHANGED, 0, UNCHANGED).unwrap();
        assert_eq!(back.effective, Credentials::ALL_CAPABILITIES);
    }

    #[test]
    fn setreuid_sets_the_saved_user() {
        let mut old = user(1000);
        old.euid = 2000;
        let swapped = set_reuid(&old, 2000, 1000).unwrap();
        assert_eq!((swapped.uid, swapped.euid, swapped.suid), (2000, 1000, 1000));
        assert_eq!(set_reuid(&old, 3000, UNCHANGED), Err(Errno::EPERM));
    }

    #[test]
    fn file_user_takes_file_capabilities_along() {
        let new = set_fsuid(&user(0), 1000).unwrap();
        assert!(!new.has_capability(1) && new.has_capability(7));
        assert!(set_fsuid(&new, 0).unwrap().has_capability(1));
        assert_eq!(set_fsuid(&user(1000), 1001), None);
    }

    #[test]
    fn groups_need_their_own_capability() {
        assert_eq!(set_gid(&user(1000), 1001), Err(Errno::EPERM));
        assert_eq!(set_gid(&user(0), 5).unwrap().sgid, 5);
    }
}
