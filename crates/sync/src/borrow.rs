//! References that cost no count: what only one thread of control may take away, it may use without counting.
//!
//! Linux's fdget() does the same by convention. Here the rules are kept by types: a [`Borrowed`] is made only by a
//! place whose owner the running thread is ([`ArcTable`](crate::ArcTable), [`OwnedArc`](crate::OwnedArc)), and
//! such a place hands what is taken out of it to [`Running::retire`], which keeps it as long as the thread
//! borrows anything.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::SpinLock;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// What one thread of control borrows.
pub struct Borrows {
    id: u64,
    /// How many there are. Only the thread itself changes it, so never by a locked operation.
    count: AtomicU32,
    /// What was taken away meanwhile.
    retired: SpinLock<Vec<Box<dyn Send>>>,
    retired_count: AtomicU32,
}

impl Borrows {
    /// The record of a thread that borrows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            count: AtomicU32::new(0),
            retired: SpinLock::new(Vec::new()),
            retired_count: AtomicU32::new(0),
        }
    }

    /// A number that no other record has or had; never 0.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }
}

impl Default for Borrows {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Borrows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Borrows({}: {})", self.id, self.count.load(Ordering::Relaxed))
    }
}

/// The thread of control that runs this. It cannot be sent to another one.
#[derive(Clone, Copy, Debug)]
pub struct Running(NonNull<Borrows>);

impl Running {
    /// The thread of control with this record.
    ///
    /// # Safety
    /// It must be the one that runs this, and the record must live as long as that can use the result.
    #[inline]
    #[must_use]
    pub unsafe fn new(record: NonNull<Borrows>) -> Self {
        Self(record)
    }

    #[inline]
    fn record(&self) -> &Borrows {
        // SAFETY: `new` says that the record lives.
        unsafe { self.0.as_ref() }
    }

    /// The record's number.
    #[inline]
    #[must_use]
    pub fn id(self) -> u64 {
        self.record().id
    }

    /// Whether it borrows anything.
    #[must_use]
    pub fn borrows(self) -> bool {
        self.record().count.load(Ordering::Relaxed) != 0
    }

    /// Gives the reference up, now or, while the thread borrows anything, as soon as it no longer does.
    pub(crate) fn retire<T: Send + Sync + ?Sized + 'static>(self, value: Arc<T>) {
        if self.borrows() {
            self.keep(Box::new(value));
        }
    }

    /// Keeps something until the thread borrows nothing, which it does now.
    pub(crate) fn keep(self, value: Box<dyn Send>) {
        let record = self.record();
        record.retired.lock().push(value);
        record.retired_count.fetch_add(1, Ordering::Relaxed);
    }

    #[cold]
    #[inline(never)]
    fn drop_retired(self) {
        let record = self.record();
        let retired = core::mem::take(&mut *record.retired.lock());
        record.retired_count.store(0, Ordering::Relaxed);
        drop(retired);
    }
}

/// What an [`Arc`] refers to, borrowed or, where that is not possible, counted.
pub struct Borrowed<T: ?Sized> {
    value: NonNull<T>,
    /// Who borrows it; `None` when it is counted.
    running: Option<Running>,
}

impl<T: ?Sized> Borrowed<T> {
    /// Borrows it without counting.
    ///
    /// # Safety
    /// Until the thread borrows nothing any more, nothing but [`Running::retire`] may drop the reference.
    #[inline]
    pub(crate) unsafe fn new(running: Running, value: &Arc<T>) -> Self {
        let count = &running.record().count;
        count.store(count.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        // SAFETY: an `Arc`'s pointer is never null.
        let value = unsafe { NonNull::new_unchecked(Arc::as_ptr(value).cast_mut()) };
        Self { value, running: Some(running) }
    }

    /// A counted reference of its own, to keep.
    #[must_use]
    pub fn to_arc(&self) -> Arc<T> {
        // SAFETY: the pointer came from an `Arc` whose reference lives as long as `self`.
        unsafe { Arc::increment_strong_count(self.value.as_ptr()) };
        // SAFETY: the count was just taken for this one.
        unsafe { Arc::from_raw(self.value.as_ptr()) }
    }
}

impl<T: ?Sized> From<Arc<T>> for Borrowed<T> {
    fn from(value: Arc<T>) -> Self {
        // SAFETY: an `Arc`'s pointer is never null.
        let value = unsafe { NonNull::new_unchecked(Arc::into_raw(value).cast_mut()) };
        Self { value, running: None }
    }
}

impl<T: ?Sized> Deref for Borrowed<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: `new` says that the reference is kept, and a counted one is our own.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Drop for Borrowed<T> {
    #[inline]
    fn drop(&mut self) {
        let Some(running) = self.running else {
            // SAFETY: the pointer came from `Arc::into_raw` in `from`, and the count is ours.
            return drop(unsafe { Arc::from_raw(self.value.as_ptr()) });
        };
        let record = running.record();
        let count = record.count.load(Ordering::Relaxed).wrapping_sub(1);
        record.count.store(count, Ordering::Relaxed);
        if count == 0 && record.retired_count.load(Ordering::Relaxed) != 0 {
            running.drop_retired();
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Borrowed<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}
