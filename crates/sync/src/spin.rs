//! The raw words of the spinning locks.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

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

const WRITER: u32 = 1 << 31;

/// The word of a [`SpinRwLock`](crate::SpinRwLock): a count of readers and a writer's bit.
#[derive(Debug)]
pub struct RawSpinRwLock(AtomicU32);

// SAFETY: a writer is let in only when the word is zero, a reader only when the writer's bit is clear;
// both enter with acquire and leave with release ordering.
unsafe impl lock_api::RawRwLock for RawSpinRwLock {
    const INIT: Self = Self(AtomicU32::new(0));
    type GuardMarker = lock_api::GuardSend;

    fn lock_shared(&self) {
        let mut spins = 0;
        while !self.try_lock_shared() {
            relax(&mut spins);
        }
    }

    fn try_lock_shared(&self) -> bool {
        let readers = self.0.load(Ordering::Relaxed);
        readers & WRITER == 0
            && self.0.compare_exchange(readers, readers + 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    unsafe fn unlock_shared(&self) {
        self.0.fetch_sub(1, Ordering::Release);
    }

    fn lock_exclusive(&self) {
        let mut spins = 0;
        while !self.try_lock_exclusive() {
            relax(&mut spins);
        }
    }

    fn try_lock_exclusive(&self) -> bool {
        self.0.compare_exchange(0, WRITER, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    unsafe fn unlock_exclusive(&self) {
        self.0.store(0, Ordering::Release);
    }
}
