//! How much room each user's pipes take (/proc/sys/fs/pipe-user-pages-soft).

use alloc::collections::BTreeMap;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::CAP_SYS_RESOURCE;
use crate::task::Thread;

/// How many buffers all pipes of one ordinary user may have before new pipes get few.
const USER_BUFFERS: usize = 16384;
/// How many a pipe gets then (`PIPE_MIN_DEF_BUFFERS`).
const FEW: usize = 2;
/// `CAP_SYS_ADMIN`.
const CAP_SYS_ADMIN: u32 = 21;

static USERS: SpinLock<BTreeMap<u32, usize>> = SpinLock::new(BTreeMap::new());

/// A pipe's part of what its user has.
#[derive(Debug)]
pub(super) struct Quota {
    user: u32,
    buffers: AtomicUsize,
}

impl Quota {
    /// Counts a new pipe with so many buffers, or with few if its user has too many.
    pub(super) fn new(thread: &Thread, buffers: usize) -> Self {
        let credentials = thread.credentials();
        let is_privileged =
            credentials.has_capability(CAP_SYS_RESOURCE) || credentials.has_capability(CAP_SYS_ADMIN);
        let mut users = USERS.lock();
        let count = users.entry(credentials.uid).or_default();
        let buffers = if !is_privileged && *count + buffers > USER_BUFFERS { FEW } else { buffers };
        *count += buffers;
        Self { user: credentials.uid, buffers: AtomicUsize::new(buffers) }
    }

    /// How many buffers the pipe has.
    pub(super) fn buffers(&self) -> usize {
        self.buffers.load(Ordering::Relaxed)
    }

    /// Counts another number of buffers; the caller holds the pipe's lock.
    pub(super) fn change(&self, buffers: usize, is_privileged: bool) -> Result<(), Errno> {
        let mut users = USERS.lock();
        let count = users.entry(self.user).or_default();
        let before = self.buffers();
        let others = count.saturating_sub(before);
        if buffers > before && !is_privileged && others + buffers > USER_BUFFERS {
            return Err(Errno::EPERM);
        }
        *count = others + buffers;
        self.buffers.store(buffers, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let mut users = USERS.lock();
        if let Some(count) = users.get_mut(&self.user) {
            *count = count.saturating_sub(self.buffers());
            if *count == 0 {
                users.remove(&self.user);
            }
        }
    }
}
