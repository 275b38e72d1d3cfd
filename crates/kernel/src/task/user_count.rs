//! How many threads act for each user (`RLIMIT_NPROC` of getrlimit(2)).

use alloc::collections::BTreeMap;

use abi::Errno;
use sync::SpinLock;

static COUNTS: SpinLock<BTreeMap<u32, u64>> = SpinLock::new(BTreeMap::new());

/// One of a user's threads, from before it is made until it is gone.
#[derive(Debug)]
pub struct Counted(u32);

impl Counted {
    /// Counts a further thread of a user, who has no limit.
    #[must_use]
    pub fn unlimited(uid: u32) -> Self {
        *COUNTS.lock().entry(uid).or_default() += 1;
        Self(uid)
    }

    /// Counts a further thread of a user, who may have at most `limit`.
    ///
    /// # Errors
    /// `EAGAIN` when there are as many.
    pub fn new(uid: u32, limit: u64) -> Result<Self, Errno> {
        let mut counts = COUNTS.lock();
        let count = counts.entry(uid).or_default();
        if *count >= limit {
            return Err(Errno::EAGAIN);
        }
        *count += 1;
        Ok(Self(uid))
    }

    /// The thread acts for another user from now on, whatever the limit: setuid(2) does not refuse.
    pub fn pass_to(&mut self, uid: u32) {
        if self.0 != uid {
            *self = Self::unlimited(uid);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = COUNTS.lock();
        if let Some(count) = counts.get_mut(&self.0) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;
    use abi::Errno;

    #[test]
    fn the_last_place_is_given_once() {
        let uid = 4_000_000_001;
        let first = Counted::new(uid, 2);
        let mut second = Counted::new(uid, 2).expect("there is room");
        assert_eq!(Counted::new(uid, 2).map(|_| ()), Err(Errno::EAGAIN));
        second.pass_to(uid + 1);
        assert!(Counted::new(uid, 2).is_ok());
        drop(first);
        assert!(Counted::new(uid, 1).is_ok());
        assert_eq!(Counted::new(uid + 1, 1).map(|_| ()), Err(Errno::EAGAIN));
    }
}
