//! What each user takes of something that is limited by user (getrlimit(2)).

use alloc::collections::BTreeMap;

use abi::Errno;
use sync::SpinLock;

/// How much of one thing each user has.
#[derive(Debug)]
pub struct UserCount(SpinLock<BTreeMap<u32, u64>>);

impl UserCount {
    /// Nobody has any.
    #[must_use]
    pub const fn new() -> Self {
        Self(SpinLock::new(BTreeMap::new()))
    }

    /// Counts more for a user; `None` when that makes more than the limit.
    #[must_use]
    pub fn take(&'static self, user: u32, amount: u64, limit: u64) -> Option<UserShare> {
        let mut counts = self.0.lock();
        let sum = counts.get(&user).copied().unwrap_or(0).checked_add(amount).filter(|&sum| sum <= limit)?;
        counts.insert(user, sum);
        Some(UserShare { counts: self, user, amount })
    }

    /// How much the user has.
    #[must_use]
    pub fn of(&self, user: u32) -> u64 {
        self.0.lock().get(&user).copied().unwrap_or(0)
    }
}

impl Default for UserCount {
    fn default() -> Self {
        Self::new()
    }
}

/// A part of what a user has; given back when dropped.
#[derive(Debug)]
pub struct UserShare {
    counts: &'static UserCount,
    user: u32,
    amount: u64,
}

impl Drop for UserShare {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock();
        if let Some(count) = counts.get_mut(&self.user) {
            *count = count.saturating_sub(self.amount);
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

/// How many threads act for each user (`RLIMIT_NPROC`).
static THREADS: UserCount = UserCount::new();

/// One of a user's threads, from before it is made until it is gone.
#[derive(Debug)]
pub struct Counted(Option<UserShare>);

impl Counted {
    /// Counts a further thread of a user, who has no limit.
    #[must_use]
    pub fn unlimited(uid: u32) -> Self {
        Self(THREADS.take(uid, 1, u64::MAX))
    }

    /// Counts a further thread of a user, who may have at most `limit`.
    ///
    /// # Errors
    /// `EAGAIN` when there are as many.
    pub fn new(uid: u32, limit: u64) -> Result<Self, Errno> {
        THREADS.take(uid, 1, limit).map(|share| Self(Some(share))).ok_or(Errno::EAGAIN)
    }

    /// The thread acts for another user from now on, whatever the limit: setuid(2) does not refuse.
    pub fn pass_to(&mut self, uid: u32) {
        if self.0.as_ref().is_none_or(|share| share.user != uid) {
            *self = Self::unlimited(uid);
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
