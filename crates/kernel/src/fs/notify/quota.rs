//! How many instances and watches each user has (/proc/sys/fs/inotify).

use alloc::collections::BTreeMap;

use abi::Errno;
use sync::SpinLock;

use crate::machine::machine;

/// How many events wait at most in one instance.
pub const MAX_QUEUED_EVENTS: usize = 16_384;
/// How many instances a user has at most.
pub const MAX_USER_INSTANCES: u64 = 128;

/// How many watches a user has at most: as on Linux, as many as take one hundredth of the memory.
#[must_use]
pub fn max_user_watches() -> u64 {
    /// What Linux counts for one watch: an inode and its mark.
    const COST: u64 = 1160;
    (machine().physical_size() / 100 / COST).clamp(8192, 1 << 20)
}

#[derive(Clone, Copy, Debug, Default)]
struct Use {
    instances: u64,
    watches: u64,
}

static USERS: SpinLock<BTreeMap<u32, Use>> = SpinLock::new(BTreeMap::new());

/// Counts a new instance of a user.
///
/// # Errors
/// `EMFILE`.
pub(super) fn charge_instance(user: u32) -> Result<(), Errno> {
    let mut users = USERS.lock();
    let entry = users.entry(user).or_default();
    if entry.instances >= MAX_USER_INSTANCES {
        return Err(Errno::EMFILE);
    }
    entry.instances += 1;
    Ok(())
}

/// Counts a new watch of a user.
///
/// # Errors
/// `ENOSPC`.
pub(super) fn charge_watch(user: u32) -> Result<(), Errno> {
    let limit = max_user_watches();
    let mut users = USERS.lock();
    let entry = users.entry(user).or_default();
    if entry.watches >= limit {
        return Err(Errno::ENOSPC);
    }
    entry.watches += 1;
    Ok(())
}

/// Takes instances and watches off.
pub(super) fn release(user: u32, instances: u64, watches: u64) {
    let mut users = USERS.lock();
    let Some(entry) = users.get_mut(&user) else { return };
    entry.instances = entry.instances.saturating_sub(instances);
    entry.watches = entry.watches.saturating_sub(watches);
    if entry.instances == 0 && entry.watches == 0 {
        users.remove(&user);
    }
}
