//! A place for one reference that its thread uses without a lock.

use alloc::sync::Arc;
use core::cell::UnsafeCell;
use core::fmt;

use crate::{Borrowed, Running, SpinLock};

/// A reference that belongs to one thread of control: it alone changes it and may borrow it without lock or count;
/// all others get a count under the lock.
pub struct OwnedArc<T: ?Sized> {
    owner: u64,
    lock: SpinLock<()>,
    value: UnsafeCell<Arc<T>>,
}

// SAFETY: the value is changed by the owner under the lock; it is read by the owner, who cannot change it
// meanwhile, and by others under the lock. What is shared so is an `Arc<T>`.
unsafe impl<T: Send + Sync + ?Sized> Sync for OwnedArc<T> {}
// SAFETY: it owns its reference.
unsafe impl<T: Send + Sync + ?Sized> Send for OwnedArc<T> {}

impl<T: Send + Sync + ?Sized + 'static> OwnedArc<T> {
    /// A place of the thread whose record has this [number](crate::Borrows::id); 0 is a place that nobody owns, so
    /// that nobody borrows from it and all may change it.
    #[must_use]
    pub const fn new(owner: u64, value: Arc<T>) -> Self {
        Self { owner, lock: SpinLock::new(()), value: UnsafeCell::new(value) }
    }

    /// A counted reference.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        let _guard = self.lock.lock();
        // SAFETY: the value is changed under the lock only.
        Arc::clone(unsafe { &*self.value.get() })
    }

    /// Borrows the value, if the thread that runs this is the owner.
    #[inline]
    #[must_use]
    pub fn borrow(&self, running: Option<Running>) -> Borrowed<T> {
        match running {
            Some(running) if running.id() == self.owner => {
                // SAFETY: only the owner changes the value, in `set`, which keeps no reference into it.
                let value = unsafe { &*self.value.get() };
                // SAFETY: `set` and `Drop` retire what they take out.
                unsafe { Borrowed::new(running, value) }
            }
            _ => self.get().into(),
        }
    }

    /// Puts another reference there.
    ///
    /// # Panics
    /// When it has an owner and the thread that runs this is not the one: code that does that is wrong.
    pub fn set(&self, running: Option<Running>, value: Arc<T>) {
        let is_owner = running.is_some_and(|running| running.id() == self.owner);
        assert!(is_owner || self.owner == 0, "only the owner changes it");
        let before = {
            let _guard = self.lock.lock();
            // SAFETY: the lock keeps others away, and the owner, which runs this, has no reference into the cell.
            core::mem::replace(unsafe { &mut *self.value.get() }, value)
        };
        match running {
            Some(running) => running.retire(before),
            None => drop(before),
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for OwnedArc<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OwnedArc(of {})", self.owner)
    }
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;
    use core::ptr::NonNull;

    use super::OwnedArc;
    use crate::{Borrows, Running};

    #[test]
    fn the_owner_borrows_what_it_replaces() {
        let record = Borrows::new();
        // SAFETY: the test runs on one thread, and the record outlives what is borrowed.
        let me = Some(unsafe { Running::new(NonNull::from(&record)) });
        let (one, two) = (Arc::new(1), Arc::new(2));
        let place = OwnedArc::new(record.id(), Arc::clone(&one));
        let borrowed = place.borrow(me);
        assert_eq!((*borrowed, Arc::strong_count(&one)), (1, 2));
        place.set(me, Arc::clone(&two));
        assert_eq!((*borrowed, Arc::strong_count(&one), *place.get()), (1, 2, 2));
        drop(borrowed);
        assert_eq!((Arc::strong_count(&one), *place.borrow(None)), (1, 2));
    }

    #[test]
    #[should_panic(expected = "only the owner changes it")]
    fn nobody_else_may_change_it() {
        OwnedArc::new(Borrows::new().id(), Arc::new(1)).set(None, Arc::new(2));
    }
}
