//! The raw word of the spinning lock.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::relax;

/// The word of a [`SpinLock`](crate::SpinLock): test, then test-and-set.
#[derive(Debug)]
pub struct RawSpinLock(AtomicBool);

// SAFETY: `lock` returns only after this processor changed the word from free to held, with acquire
// ordering, and `unlock` frees it with release ordering.
unsafe impl lock_api::RawMutex for RawSpinLock {
    const INIT: Self = Self(AtomicBool::new(false));
    type GuardMarker = lock_api::GuardSend;

    #[inline]
    fn lock(&self) {
        if !self.try_lock() {
            self.spin();
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.0.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }
}

impl RawSpinLock {
    #[cold]
    #[inline(never)]
    fn spin(&self) {
        let mut spins = 0;
        while self.0.load(Ordering::Relaxed) || !lock_api::RawMutex::try_lock(self) {
            relax(&mut spins);
        }
    }
}
