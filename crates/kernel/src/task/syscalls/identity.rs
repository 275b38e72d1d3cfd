//! System calls about who a thread acts as (credentials(7)).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::CAP_SETGID;

use crate::syscalls::{Current, Id};
use crate::task::{Credentials, identity};
use crate::user::UserPtr;

/// The most supplementary groups (`NGROUPS_MAX`).
const MAX_GROUPS: i32 = 65_536;

/// Makes new credentials those of the thread (`commit_creds`).
fn commit(current: &Current<'_>, old: &Credentials, new: Credentials) {
    let same = |get: fn(&Credentials) -> u32| get(old) == get(&new);
    let same_files = same(|set| set.fsuid) && same(|set| set.fsgid);
    let fewer = new.permitted & !old.permitted == 0;
    if !(same(|set| set.euid) && same(|set| set.egid) && same_files && fewer) {
        // A process that changed identity must not be read by its former self (fs.suid_dumpable is 0).
        current.process().attributes.dumpable.store(0, Ordering::Relaxed);
        current.attributes.parent_death_signal.store(0, Ordering::Relaxed);
    }
    current.set_credentials(Arc::new(new));
}

fn change(
    current: &Current<'_>,
    rule: impl FnOnce(&Credentials) -> Result<Credentials, Errno>,
) -> Result<(), Errno> {
    let old = current.credentials();
    let new = rule(&old)?;
    commit(current, &old, new);
    Ok(())
}

/// getuid(2).
pub fn getuid(current: &Current<'_>) -> u32 {
    current.credentials().uid
}

/// geteuid(2).
pub fn geteuid(current: &Current<'_>) -> u32 {
    current.credentials().euid
}

/// getgid(2).
pub fn getgid(current: &Current<'_>) -> u32 {
    current.credentials().gid
}

/// getegid(2).
pub fn getegid(current: &Current<'_>) -> u32 {
    current.credentials().egid
}

/// getresuid(2).
pub fn getresuid(
    current: &Current<'_>,
    real: UserPtr<u32>,
    effective: UserPtr<u32>,
    saved: UserPtr<u32>,
) -> Result<(), Errno> {
    let credentials = current.credentials();
    real.write(&credentials.uid)?;
    effective.write(&credentials.euid)?;
    saved.write(&credentials.suid)
}

/// getresgid(2).
pub fn getresgid(
    current: &Current<'_>,
    real: UserPtr<u32>,
    effective: UserPtr<u32>,
    saved: UserPtr<u32>,
) -> Result<(), Errno> {
    let credentials = current.credentials();
    real.write(&credentials.gid)?;
    effective.write(&credentials.egid)?;
    saved.write(&credentials.sgid)
}

/// setuid(2).
pub fn setuid(current: &Current<'_>, user: Id) -> Result<(), Errno> {
    change(current, |old| identity::set_uid(old, user.0))
}

/// setgid(2).
pub fn setgid(current: &Current<'_>, group: Id) -> Result<(), Errno> {
    change(current, |old| identity::set_gid(old, group.0))
}

/// setreuid(2).
pub fn setreuid(current: &Current<'_>, real: Id, effective: Id) -> Result<(), Errno> {
    change(current, |old| identity::set_reuid(old, real.0, effective.0))
}

/// setregid(2).
pub fn setregid(current: &Current<'_>, real: Id, effective: Id) -> Result<(), Errno> {
    change(current, |old| identity::set_regid(old, real.0, effective.0))
}

/// setresuid(2).
pub fn setresuid(current: &Current<'_>, real: Id, effective: Id, saved: Id) -> Result<(), Errno> {
    change(current, |old| identity::set_resuid(old, real.0, effective.0, saved.0))
}

/// setresgid(2).
pub fn setresgid(current: &Current<'_>, real: Id, effective: Id, saved: Id) -> Result<(), Errno> {
    change(current, |old| identity::set_resgid(old, real.0, effective.0, saved.0))
}

/// setfsuid(2): gives the former user whatever happens.
pub fn setfsuid(current: &Current<'_>, user: Id) -> u32 {
    let old = current.credentials();
    if let Some(new) = identity::set_fsuid(&old, user.0) {
        commit(current, &old, new);
    }
    old.fsuid
}

/// setfsgid(2): gives the former group whatever happens.
pub fn setfsgid(current: &Current<'_>, group: Id) -> u32 {
    let old = current.credentials();
    if let Some(new) = identity::set_fsgid(&old, group.0) {
        commit(current, &old, new);
    }
    old.fsgid
}

/// getgroups(2).
pub fn getgroups(current: &Current<'_>, size: i32, list: UserPtr<u32>) -> Result<usize, Errno> {
    let size = usize::try_from(size).map_err(|_| Errno::EINVAL)?;
    let credentials = current.credentials();
    let count = credentials.groups.len();
    if size != 0 {
        if count > size {
            return Err(Errno::EINVAL);
        }
        if count > 0 {
            list.write_array(&credentials.groups)?;
        }
    }
    Ok(count)
}

/// setgroups(2).
pub fn setgroups(current: &Current<'_>, size: i32, list: UserPtr<u32>) -> Result<(), Errno> {
    let old = current.credentials();
    if !old.has_capability(CAP_SETGID) {
        return Err(Errno::EPERM);
    }
    if !(0..=MAX_GROUPS).contains(&size) {
        return Err(Errno::EINVAL);
    }
    let mut groups = list.read_array(usize::try_from(size).unwrap_or(0))?;
    if groups.contains(&identity::UNCHANGED) {
        return Err(Errno::EINVAL);
    }
    groups.sort_unstable();
    commit(current, &old, Credentials { groups, ..(*old).clone() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{getgroups, getresuid, getuid, setfsuid, setgroups, setuid};
    use crate::syscalls::Id;
    use crate::testing::{BAD_ADDRESS, UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;

    #[test]
    fn root_becomes_a_user_for_good() {
        let mut world = World::new();
        let current = world.current();
        assert_eq!(setuid(&current, Id(1000)), Ok(()));
        assert_eq!(getuid(&current), 1000);
        assert_eq!(setuid(&current, Id(0)), Err(Errno::EPERM));
        assert_eq!(setfsuid(&current, Id(0)), 1000);
    }

    #[test]
    fn groups_are_sorted_and_counted() {
        let mut world = World::new();
        let current = world.current();
        let list = UserMemory::of(&[9_u32, 4]);
        assert_eq!(setgroups(&current, 2, UserPtr::new(list.address())), Ok(()));
        assert_eq!(getgroups(&current, 0, UserPtr::new(0)), Ok(2));
        assert_eq!(getgroups(&current, 1, UserPtr::new(0)), Err(Errno::EINVAL));
        assert_eq!(getgroups(&current, -1, UserPtr::new(0)), Err(Errno::EINVAL));
        assert_eq!(getgroups(&current, 2, UserPtr::new(list.address())), Ok(2));
        assert_eq!(list.value::<[u32; 2]>(), [4, 9]);
        assert_eq!(getgroups(&current, 2, UserPtr::new(BAD_ADDRESS)), Err(Errno::EFAULT));
        assert_eq!(setgroups(&current, 65_537, UserPtr::new(0)), Err(Errno::EINVAL));
    }

    #[test]
    fn a_bad_pointer_faults() {
        let mut world = World::of_user(5);
        let current = world.current();
        let good = UserMemory::zeroed(4);
        let bad = UserPtr::new(BAD_ADDRESS);
        assert_eq!(getresuid(&current, UserPtr::new(good.address()), bad, bad), Err(Errno::EFAULT));
        assert_eq!(good.value::<u32>(), 5);
        assert_eq!(setgroups(&current, 0, bad), Err(Errno::EPERM));
    }
}
