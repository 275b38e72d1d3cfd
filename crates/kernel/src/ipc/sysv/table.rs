//! The objects of one kind, by identity and by key.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::ipc::{IPC_CREAT, IPC_EXCL, IPC_PRIVATE};
use sync::SpinLock;

/// How many bits of an identity are the index (`IPCMNI_SHIFT`).
const INDEX_BITS: u32 = 15;
const INDEX_MASK: i32 = (1 << INDEX_BITS) - 1;
/// The largest sequence number, so that identities stay positive.
const SEQUENCE_MAX: u16 = u16::MAX;

/// The objects of one kind.
#[derive(Debug)]
pub(super) struct Table<T> {
    slots: SpinLock<Slots<T>>,
    /// The most objects.
    limit: usize,
}

#[derive(Debug)]
struct Slots<T> {
    by_index: BTreeMap<i32, Slot<T>>,
    by_key: BTreeMap<i32, i32>,
    sequence: u16,
    last_index: i32,
}

#[derive(Debug)]
struct Slot<T> {
    id: i32,
    key: i32,
    object: Arc<T>,
}

/// What a call such as semget(2) was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) key: i32,
    pub(super) flags: i32,
}

impl<T> Table<T> {
    pub(super) const fn new(limit: usize) -> Self {
        let slots = Slots { by_index: BTreeMap::new(), by_key: BTreeMap::new(), sequence: 0, last_index: -1 };
        Self { slots: SpinLock::new(slots), limit }
    }

    /// Finds the object with a key, or makes one with `make`, which hears its identity; gives its identity.
    /// `check` looks at an object that was there.
    ///
    /// # Errors
    /// `ENOENT`, `EEXIST`, `ENOSPC` when there are too many, and those of the two functions.
    pub(super) fn get(
        &self,
        wanted: Wanted,
        check: impl Fn(&T) -> Result<(), Errno>,
        make: impl FnOnce() -> Result<T, Errno>,
        set_id: impl FnOnce(&mut T, i32),
    ) -> Result<i32, Errno> {
        if let Some(id) = self.slots.lock().existing(wanted, &check)? {
            return Ok(id);
        }
        if wanted.key != IPC_PRIVATE && wanted.flags & IPC_CREAT == 0 {
            return Err(Errno::ENOENT);
        }
        // Made without the lock: it may need much memory. Another thread may be faster meanwhile.
        let mut object = make()?;
        let mut slots = self.slots.lock();
        if let Some(id) = slots.existing(wanted, &check)? {
            drop(slots);
            return Ok(id);
        }
        let (id, index) = slots.next_id(self.limit)?;
        set_id(&mut object, id);
        slots.by_index.insert(index, Slot { id, key: wanted.key, object: Arc::new(object) });
        if wanted.key != IPC_PRIVATE {
            slots.by_key.insert(wanted.key, index);
        }
        Ok(id)
    }

    /// The object with an identity.
    ///
    /// # Errors
    /// `EINVAL`.
    pub(super) fn find(&self, id: i32) -> Result<Arc<T>, Errno> {
        let slots = self.slots.lock();
        let slot = slots.by_index.get(&(id & INDEX_MASK)).filter(|slot| slot.id == id);
        slot.map(|slot| Arc::clone(&slot.object)).ok_or(Errno::EINVAL)
    }

    /// The object at an index, with its identity (`SEM_STAT` and its like).
    ///
    /// # Errors
    /// `EINVAL`.
    pub(super) fn at(&self, index: i32) -> Result<(i32, Arc<T>), Errno> {
        let slots = self.slots.lock();
        // As on Linux, an identity's sequence number does not matter here.
        let slot = slots.by_index.get(&(index & INDEX_MASK)).ok_or(Errno::EINVAL)?;
        Ok((slot.id, Arc::clone(&slot.object)))
    }

    /// Takes an object out.
    pub(super) fn remove(&self, id: i32) {
        let removed = {
            let mut slots = self.slots.lock();
            let index = id & INDEX_MASK;
            if slots.by_index.get(&index).is_none_or(|slot| slot.id != id) {
                return;
            }
            slots.forget_key(index);
            slots.by_index.remove(&index)
        };
        drop(removed);
    }

    /// Takes an object's key away: nobody finds it by that any more.
    pub(super) fn hide(&self, id: i32) {
        self.slots.lock().forget_key(id & INDEX_MASK);
    }

    /// All objects, by index.
    pub(super) fn all(&self) -> Vec<(i32, Arc<T>)> {
        let slots = self.slots.lock();
        slots.by_index.values().map(|slot| (slot.id, Arc::clone(&slot.object))).collect()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.slots.lock().by_index.len()
    }

    /// The highest index in use; 0 without any.
    pub(super) fn highest_index(&self) -> i32 {
        self.slots.lock().by_index.last_key_value().map_or(0, |(index, _)| *index)
    }
}

impl<T> Slots<T> {
    /// The identity of the object with the wanted key, if there is one.
    fn existing(
        &self,
        wanted: Wanted,
        check: impl Fn(&T) -> Result<(), Errno>,
    ) -> Result<Option<i32>, Errno> {
        let index = self.by_key.get(&wanted.key);
        let Some(slot) = index.and_then(|index| self.by_index.get(index)) else { return Ok(None) };
        if wanted.flags & IPC_CREAT != 0 && wanted.flags & IPC_EXCL != 0 {
            return Err(Errno::EEXIST);
        }
        check(&slot.object)?;
        Ok(Some(slot.id))
    }

    /// The lowest free index; the sequence number goes on when it is no new one, so that old identities
    /// are not mistaken for new objects.
    fn next_id(&mut self, limit: usize) -> Result<(i32, i32), Errno> {
        if self.by_index.len() >= limit {
            return Err(Errno::ENOSPC);
        }
        let index = (0..).zip(self.by_index.keys()).find(|(free, used)| free != *used).map(|(free, _)| free);
        let after_all = self.by_index.last_key_value().map_or(0, |(last, _)| last + 1);
        let index = index.unwrap_or(after_all);
        if index <= self.last_index {
            self.sequence = if self.sequence == SEQUENCE_MAX { 0 } else { self.sequence + 1 };
        }
        self.last_index = index;
        Ok((i32::from(self.sequence) << INDEX_BITS | index, index))
    }

    fn forget_key(&mut self, index: i32) {
        let Some(slot) = self.by_index.get_mut(&index) else { return };
        let key = core::mem::replace(&mut slot.key, IPC_PRIVATE);
        if key != IPC_PRIVATE {
            self.by_key.remove(&key);
        }
    }
}

/// The sequence number in an identity.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "16 bits above the index")]
pub(super) const fn sequence_of(id: i32) -> u16 {
    (id >> INDEX_BITS) as u16
}

#[cfg(test)]
mod tests {
    use super::{Table, Wanted, sequence_of};
    use abi::Errno;
    use abi::ipc::{IPC_CREAT, IPC_EXCL};

    fn get(table: &Table<i32>, key: i32, flags: i32) -> Result<i32, Errno> {
        table.get(Wanted { key, flags }, |_| Ok(()), || Ok(key), |_, _| ())
    }

    #[test]
    fn keys_find_and_make() {
        let table = Table::new(2);
        assert_eq!(get(&table, 5, 0), Err(Errno::ENOENT));
        assert_eq!(get(&table, 5, IPC_CREAT), Ok(0));
        assert_eq!(get(&table, 5, 0), Ok(0));
        assert_eq!(get(&table, 5, IPC_CREAT | IPC_EXCL), Err(Errno::EEXIST));
        assert_eq!(get(&table, 0, 0), Ok(1));
        assert_eq!(get(&table, 0, 0), Err(Errno::ENOSPC));
    }

    #[test]
    fn identities_are_not_used_again_at_once() {
        let table = Table::new(9);
        assert_eq!(get(&table, 0, 0), Ok(0));
        table.remove(0);
        assert_eq!(table.find(0), Err(Errno::EINVAL));
        let id = get(&table, 7, IPC_CREAT).unwrap();
        assert_eq!((id, sequence_of(id)), (1 << 15, 1));
        table.remove(0);
        assert!(table.find(id).is_ok() && table.at(0).is_ok());
        table.hide(id);
        assert_eq!(get(&table, 7, 0), Err(Errno::ENOENT));
        assert_eq!(table.highest_index(), 0);
    }
}
