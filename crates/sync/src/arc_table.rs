//! Numbered places for references, of which the only user of the table borrows without lock or count.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::fmt;
use core::ops::Deref;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::{Borrowed, Borrows, Running, SpinLock};

/// Places for references, each with a mark; those in use are as low as can be.
///
/// Who changes a table joins it as a user first. As long as there is one user, that one looks things up without
/// the lock and without counting; with several, all take the lock and count.
pub struct ArcTable<T, M> {
    /// The record's number of the only user; 0 while there is none or several, and during a change.
    owner: AtomicU64,
    users: SpinLock<Vec<u64>>,
    places: UnsafeCell<Places<T, M>>,
}

// SAFETY: the places change under the lock, by the owner if there is one; they are read by the owner, who does
// not change them meanwhile, and by others under the lock. What is shared so are `Arc<T>`s and copies of marks.
unsafe impl<T: Send + Sync, M: Copy + Send> Sync for ArcTable<T, M> {}
// SAFETY: it owns its references and marks.
unsafe impl<T: Send + Sync, M: Copy + Send> Send for ArcTable<T, M> {}

impl<T: Send + Sync + 'static, M: Copy> ArcTable<T, M> {
    /// An empty table without users.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_places(Places { places: Vec::new(), first_free: 0 })
    }

    const fn with_places(places: Places<T, M>) -> Self {
        Self { owner: AtomicU64::new(0), users: SpinLock::new(Vec::new()), places: UnsafeCell::new(places) }
    }

    /// A table without users that holds the same.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::with_places(self.look(Places::clone))
    }

    /// Adds a user, by its record's number; 0 is one that never borrows.
    ///
    /// # Panics
    /// When there is one user and that one does not run this: code that does that is wrong.
    pub fn join(&self, running: Option<Running>, user: u64) {
        let mut users = self.users.lock();
        self.check_change(running);
        self.keep_borrowed(running);
        users.push(user);
        self.set_owner(&users);
    }

    /// Removes a user that runs this.
    pub fn leave(&self, running: Option<Running>) {
        let mut users = self.users.lock();
        self.keep_borrowed(running);
        self.remove_user(&mut users, running.map_or(0, Running::id));
    }

    /// Removes a user that runs nowhere any more.
    pub fn leave_stopped(&self, user: &mut Borrows) {
        self.remove_user(&mut self.users.lock(), user.id());
    }

    /// Keeps what the owner, if it runs this, may have borrowed: others may take it out from now on.
    fn keep_borrowed(&self, running: Option<Running>) {
        if let Some(running) = running.filter(|running| self.is_owner(*running) && running.borrows()) {
            // SAFETY: the owner runs this, and changes nothing meanwhile.
            let places = unsafe { &*self.places.get() };
            let all: Vec<Arc<T>> =
                places.places.iter().flatten().map(|(value, _)| Arc::clone(value)).collect();
            running.keep(Box::new(all));
        }
    }

    /// How many users there are.
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.lock().len()
    }

    fn remove_user(&self, users: &mut Vec<u64>, user: u64) {
        if let Some(index) = users.iter().position(|other| *other == user) {
            users.swap_remove(index);
        }
        self.set_owner(users);
    }

    fn set_owner(&self, users: &[u64]) {
        let owner = if let [user] = users { *user } else { 0 };
        // Pairs with `is_owner`: the new owner sees what others changed.
        self.owner.store(owner, Ordering::Release);
    }

    #[inline]
    fn is_owner(&self, running: Running) -> bool {
        self.owner.load(Ordering::Acquire) == running.id()
    }

    fn check_change(&self, running: Option<Running>) {
        let owner = self.owner.load(Ordering::Relaxed);
        assert!(owner == 0 || running.is_some_and(|running| running.id() == owner), "only users change it");
    }

    /// What is at a place: borrowed if the thread that runs this is the only user, else counted.
    #[inline]
    #[must_use]
    pub fn borrow(&self, running: Option<Running>, index: usize) -> Option<Borrowed<T>> {
        match running {
            Some(running) if self.is_owner(running) => {
                // SAFETY: only the owner, which runs this, may change the places, and is no owner meanwhile.
                let places = unsafe { &*self.places.get() };
                let place = places.places.get(index)?.as_ref()?;
                // SAFETY: while it is the owner it takes out by `Changes`, which retires; when it is it no longer,
                // `keep_borrowed` keeps everything.
                Some(unsafe { Borrowed::new(running, &place.0) })
            }
            _ => self.look(|places| places.get(index).map(|(value, _)| Arc::clone(value).into())),
        }
    }

    /// Looks at the places under the lock.
    pub fn look<R>(&self, look: impl FnOnce(&Places<T, M>) -> R) -> R {
        let _guard = self.users.lock();
        // SAFETY: changes take the lock, too.
        look(unsafe { &*self.places.get() })
    }

    /// Changes the places under the lock.
    ///
    /// # Panics
    /// When there is one user and that one does not run this: code that does that is wrong.
    pub fn change<R>(&self, running: Option<Running>, change: impl FnOnce(&mut Changes<'_, T, M>) -> R) -> R {
        let guard = self.users.lock();
        self.check_change(running);
        // Whoever looked something up in `change` would wait for the lock for ever, and not see half of a change.
        self.owner.store(0, Ordering::Relaxed);
        // SAFETY: the lock keeps others away, and the owner, if there is one, runs this.
        let places = unsafe { &mut *self.places.get() };
        let result = change(&mut Changes { places, running });
        self.set_owner(&guard);
        result
    }
}

impl<T: Send + Sync + 'static, M: Copy> Default for ArcTable<T, M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, M> fmt::Debug for ArcTable<T, M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ArcTable(of {})", self.owner.load(Ordering::Relaxed))
    }
}

/// The places of an [`ArcTable`], to look at.
pub struct Places<T, M> {
    places: Vec<Option<(Arc<T>, M)>>,
    /// No free place lies before this one.
    first_free: usize,
}

impl<T, M: Copy> Clone for Places<T, M> {
    fn clone(&self) -> Self {
        Self { places: self.places.clone(), first_free: self.first_free }
    }
}

impl<T, M: Copy> Places<T, M> {
    /// What is at a place.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<(&Arc<T>, M)> {
        self.places.get(index)?.as_ref().map(|(value, mark)| (value, *mark))
    }

    /// How many places there are, free ones too.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.places.len()
    }

    /// The lowest free place that is not below `minimum`.
    #[must_use]
    pub fn lowest_free(&self, minimum: usize) -> usize {
        let start = minimum.max(self.first_free);
        let used = self.places.get(start..).unwrap_or_default();
        start + used.iter().position(Option::is_none).unwrap_or(used.len())
    }
}

/// The places of an [`ArcTable`], to change.
pub struct Changes<'a, T, M> {
    places: &'a mut Places<T, M>,
    running: Option<Running>,
}

impl<T, M> Deref for Changes<'_, T, M> {
    type Target = Places<T, M>;

    fn deref(&self) -> &Places<T, M> {
        self.places
    }
}

impl<T: Send + Sync + 'static, M: Copy> Changes<'_, T, M> {
    /// Puts a reference at a place; gives the one before.
    ///
    /// # Errors
    /// The reference itself, when there is no memory for so many places.
    pub fn put(&mut self, index: usize, value: Arc<T>, mark: M) -> Result<Option<Removed<T>>, Arc<T>> {
        let places = &mut *self.places;
        if index >= places.places.len() {
            let more = index - places.places.len() + 1;
            if places.places.try_reserve(more).is_err() {
                return Err(value);
            }
            places.places.resize(index + 1, None);
        }
        if index == places.first_free {
            places.first_free += 1;
        }
        let before = places.places.get_mut(index).and_then(|place| place.replace((value, mark)));
        Ok(before.map(|(value, _)| Removed { value: Some(value), running: self.running }))
    }

    /// Frees a place; gives what was there.
    pub fn take(&mut self, index: usize) -> Option<Removed<T>> {
        let (value, _) = self.places.places.get_mut(index)?.take()?;
        self.places.first_free = self.places.first_free.min(index);
        Some(Removed { value: Some(value), running: self.running })
    }

    /// Changes the mark of a place; gives whether something is there.
    pub fn mark(&mut self, index: usize, mark: M) -> bool {
        match self.places.places.get_mut(index) {
            Some(Some(place)) => {
                place.1 = mark;
                true
            }
            _ => false,
        }
    }
}

/// A reference that was taken out of an [`ArcTable`].
pub struct Removed<T: Send + Sync + 'static> {
    /// `None` only while dropping.
    value: Option<Arc<T>>,
    running: Option<Running>,
}

impl<T: Send + Sync + 'static> Deref for Removed<T> {
    type Target = Arc<T>;

    fn deref(&self) -> &Arc<T> {
        match &self.value {
            Some(value) => value,
            None => unreachable!("it is there until the drop"),
        }
    }
}

impl<T: Send + Sync + 'static> Drop for Removed<T> {
    fn drop(&mut self) {
        match (self.value.take(), self.running) {
            (Some(value), Some(running)) => running.retire(value),
            (value, _) => drop(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;
    use core::ptr::NonNull;

    use super::ArcTable;
    use crate::{Borrows, Running};

    /// A thread of control for a test, which is the one that runs it.
    fn running(record: &Borrows) -> Option<Running> {
        // SAFETY: every test runs on one thread, and its records outlive what it borrows.
        Some(unsafe { Running::new(NonNull::from(record)) })
    }

    fn table_of(me: &Borrows, values: &[&Arc<str>]) -> ArcTable<Arc<str>, bool> {
        let table = ArcTable::new();
        table.join(running(me), me.id());
        for (index, value) in values.iter().enumerate() {
            let put = table.change(running(me), |places| {
                places.put(index, Arc::new(Arc::clone(value)), false).map(|before| before.is_none())
            });
            assert_eq!(put, Ok(true));
        }
        table
    }

    #[test]
    fn the_only_user_borrows_and_others_count() {
        let (me, other) = (Borrows::new(), Borrows::new());
        let table = table_of(&me, &[&"one".into()]);
        let counts = |table: &ArcTable<Arc<str>, bool>| {
            table.look(|places| places.get(0).map(|(value, _)| Arc::strong_count(value)))
        };
        let borrowed = table.borrow(running(&me), 0);
        assert_eq!((borrowed.as_deref().map(|value| &**value), counts(&table)), (Some("one"), Some(1)));
        let counted = table.borrow(running(&other), 0);
        assert_eq!(counts(&table), Some(2));
        drop((borrowed, counted));

        table.join(running(&me), other.id());
        let counted = table.borrow(running(&me), 0);
        assert_eq!(counts(&table), Some(2));
        table.leave(running(&other));
        let borrowed = table.borrow(running(&me), 0);
        assert_eq!((borrowed.is_some(), counts(&table)), (true, Some(2)));
        drop(counted);
        assert_eq!(counts(&table), Some(1));
    }

    #[test]
    fn what_is_taken_out_lives_until_nothing_is_borrowed() {
        let me = Borrows::new();
        let value: Arc<str> = "one".into();
        let table = table_of(&me, &[&value, &"two".into()]);
        let (first, second) = (table.borrow(running(&me), 0), table.borrow(running(&me), 1));
        let taken = table.change(running(&me), |places| places.take(0));
        assert!(taken.is_some());
        drop(taken);
        assert_eq!((first.as_deref().map(|value| &**value), Arc::strong_count(&value)), (Some("one"), 2));
        drop(first);
        assert_eq!(Arc::strong_count(&value), 2, "the second one is still borrowed");
        drop(second);
        assert_eq!(Arc::strong_count(&value), 1);
        drop(table.change(running(&me), |places| places.take(1)));
        assert!(table.borrow(running(&me), 1).is_none());
    }

    #[test]
    fn sharing_and_leaving_keep_what_is_borrowed() {
        let (me, other) = (Borrows::new(), Borrows::new());
        let value: Arc<str> = "one".into();
        let table = table_of(&me, &[&value]);
        let first = table.borrow(running(&me), 0);
        table.join(running(&me), other.id());
        drop(table.change(running(&other), |places| places.take(0)));
        assert_eq!((first.as_deref().map(|value| &**value), Arc::strong_count(&value)), (Some("one"), 2));
        drop(first);
        assert_eq!(Arc::strong_count(&value), 1);

        let table = table_of(&me, &[&value]);
        let first = table.borrow(running(&me), 0);
        table.leave(running(&me));
        drop(table);
        assert_eq!(first.as_deref().map(|value| &**value), Some("one"));
        drop(first);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_counted_copy_outlives_the_borrow() {
        let me = Borrows::new();
        let value: Arc<str> = "one".into();
        let table = table_of(&me, &[&value]);
        let copy = table.borrow(running(&me), 0).map(|borrowed| borrowed.to_arc());
        drop(table.change(running(&me), |places| places.take(0)));
        assert_eq!(copy.as_deref().map(|value| &**value), Some("one"));
        drop(copy);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn the_lowest_free_place_is_found() {
        let me = Borrows::new();
        let value: Arc<str> = "one".into();
        let table = table_of(&me, &[&value, &value, &value]);
        let lowest = |minimum| table.look(|places| places.lowest_free(minimum));
        assert_eq!((lowest(0), lowest(2), lowest(7)), (3, 3, 7));
        drop(table.change(running(&me), |places| places.take(1)));
        assert_eq!((lowest(0), lowest(2)), (1, 3));
        assert!(table.change(running(&me), |places| places.mark(2, true) && !places.mark(1, true)));
        assert_eq!(table.duplicate().look(|places| places.get(2).map(|(_, mark)| mark)), Some(true));
    }

    #[test]
    #[should_panic(expected = "only users change it")]
    fn a_stranger_must_not_change_it() {
        let (me, stranger) = (Borrows::new(), Borrows::new());
        let table = table_of(&me, &[&"one".into()]);
        drop(table.change(running(&stranger), |places| places.take(0)));
    }
}
