//! capget(2) and capset(2).

use alloc::sync::Arc;

use abi::Errno;
use abi::capability::{
    CAPABILITY_VERSION_1, CAPABILITY_VERSION_2, CAPABILITY_VERSION_3, CapabilityData, CapabilityHeader,
};
use abi::raw::general::CAP_SETPCAP;

use crate::syscalls::Current;
use crate::task::{Credentials, table};
use crate::user::UserPtr;

/// How many data structures go with a header; a version that is not known gets ours written back.
fn count(header: UserPtr<CapabilityHeader>, read: CapabilityHeader) -> Result<usize, Errno> {
    match read.version {
        CAPABILITY_VERSION_1 => Ok(1),
        CAPABILITY_VERSION_2 | CAPABILITY_VERSION_3 => Ok(2),
        _ => {
            header.cast::<u32>().write(&CAPABILITY_VERSION_3)?;
            Err(Errno::EINVAL)
        }
    }
}

/// Half `index` of a set.
#[expect(clippy::cast_possible_truncation, reason = "a half is wanted")]
const fn half(set: u64, index: usize) -> u32 {
    (set >> (index * 32)) as u32
}

/// capget(2).
pub fn capget(
    current: &Current<'_>,
    header: UserPtr<CapabilityHeader>,
    data: UserPtr<CapabilityData>,
) -> Result<(), Errno> {
    let read = header.read()?;
    let count = match count(header, read) {
        // Asking for the version to use, as capget(2) says.
        Err(Errno::EINVAL) if data.is_null() => return Ok(()),
        count => count?,
    };
    if data.is_null() {
        return Ok(());
    }
    if read.pid < 0 {
        return Err(Errno::EINVAL);
    }
    let credentials = match read.pid {
        0 => current.credentials(),
        pid => table::find_thread(pid).ok_or(Errno::ESRCH)?.credentials(),
    };
    for index in 0..count {
        data.offset(index).write(&CapabilityData {
            effective: half(credentials.effective, index),
            permitted: half(credentials.permitted, index),
            inheritable: half(credentials.inheritable, index),
        })?;
    }
    Ok(())
}

/// capset(2).
pub fn capset(
    current: &Current<'_>,
    header: UserPtr<CapabilityHeader>,
    data: UserPtr<CapabilityData>,
) -> Result<(), Errno> {
    let read = header.read()?;
    let count = count(header, read)?;
    if read.pid != 0 && read.pid != current.tid() {
        return Err(Errno::EPERM);
    }
    let halves = data.read_array(count)?;
    let join = |get: fn(&CapabilityData) -> u32| {
        halves.iter().rev().fold(0, |set: u64, half| set << 32 | u64::from(get(half)))
            & Credentials::ALL_CAPABILITIES
    };
    let (effective, permitted) = (join(|half| half.effective), join(|half| half.permitted));
    let inheritable = join(|half| half.inheritable);
    let old = current.credentials();
    let within = |set: u64, bound: u64| set & !bound == 0;
    let allowed = (old.has_capability(CAP_SETPCAP) || within(inheritable, old.inheritable | old.permitted))
        && within(inheritable, old.inheritable | old.bounding)
        && within(permitted, old.permitted)
        && within(effective, permitted);
    if !allowed {
        return Err(Errno::EPERM);
    }
    let ambient = old.ambient & permitted & inheritable;
    let new = Credentials { effective, permitted, inheritable, ambient, ..(*old).clone() };
    current.set_credentials(Arc::new(new));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CAPABILITY_VERSION_3, CapabilityData, CapabilityHeader, capget, capset};
    use crate::testing::{UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;

    #[test]
    fn an_unknown_version_gets_ours() {
        let mut world = World::new();
        let header = UserMemory::of(&CapabilityHeader { version: 1, pid: 0 });
        let pointer = UserPtr::new(header.address());
        assert_eq!(capget(&world.current(), pointer, UserPtr::new(0)), Ok(()));
        assert_eq!(header.value::<u32>(), CAPABILITY_VERSION_3);
    }

    #[test]
    fn what_was_given_up_does_not_come_back() {
        let mut world = World::new();
        let current = world.current();
        let header = UserMemory::of(&CapabilityHeader { version: CAPABILITY_VERSION_3, pid: 0 });
        let header = UserPtr::new(header.address());
        let data = UserMemory::of(&[CapabilityData { effective: 1, permitted: 3, inheritable: 0 }; 2]);
        let pointer = UserPtr::new(data.address());
        assert_eq!(capset(&current, header, pointer), Ok(()));
        assert_eq!(current.credentials().permitted, 3 << 32 | 3);
        let more = UserMemory::of(&[CapabilityData { effective: 4, permitted: 4, inheritable: 0 }; 2]);
        assert_eq!(capset(&current, header, UserPtr::new(more.address())), Err(Errno::EPERM));
        assert_eq!(capget(&current, header, pointer), Ok(()));
        assert_eq!(data.value::<CapabilityData>().permitted, 3);
    }
}
