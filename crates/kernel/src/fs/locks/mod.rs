//! Locks on files: of records (fcntl(2)) and of whole files (flock(2)).
//!
//! A file is known by device and inode number, so that locks meet whatever way it was opened. Locks are
//! rarely waited for: all who wait share one queue and look again whenever a lock goes.

mod records;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use abi::Errno;
use sync::SpinLock;

use records::Records;
pub use records::{Kind, LAST, Owner, Range, Record};

use super::OpenFile;
use crate::sched::WaitQueue;

/// How far a chain of waiting owners is followed (`MAX_DEADLK_ITERATIONS`).
const MAX_CHAIN: usize = 10;

type Key = (u64, u64);

#[derive(Debug, Default)]
struct FileLocks {
    records: Records,
    /// Locks of whole files are a world of their own: they do not meet record locks.
    whole: Records,
}

impl FileLocks {
    const fn is_empty(&self) -> bool {
        self.records.is_empty() && self.whole.is_empty()
    }
}

#[derive(Debug)]
struct Locks {
    files: BTreeMap<Key, FileLocks>,
    /// Who waits for whom, for record locks of processes.
    waiting: Vec<(Owner, Owner)>,
}

static LOCKS: SpinLock<Locks> = SpinLock::new(Locks { files: BTreeMap::new(), waiting: Vec::new() });
/// Told when a lock goes.
static RELEASED: WaitQueue = WaitQueue::new();

fn key(file: &OpenFile) -> Result<Key, Errno> {
    let metadata = file.inode().metadata()?;
    Ok((metadata.device, metadata.inode))
}

impl Locks {
    fn file(&mut self, key: Key) -> &mut FileLocks {
        self.files.entry(key).or_default()
    }

    fn prune(&mut self, key: Key) {
        if self.files.get(&key).is_some_and(FileLocks::is_empty) {
            self.files.remove(&key);
        }
    }

    /// Whether `blocker` waits, through others, for `owner`.
    fn would_deadlock(&self, owner: Owner, blocker: Owner) -> bool {
        let mut next = blocker;
        for _ in 0..MAX_CHAIN {
            if next == owner {
                return true;
            }
            match self.waiting.iter().find(|(waiter, _)| *waiter == next) {
                Some((_, blocker)) => next = *blocker,
                None => return false,
            }
        }
        false
    }

    fn stop_waiting(&mut self, owner: Owner) {
        if let Some(place) = self.waiting.iter().position(|(waiter, _)| *waiter == owner) {
            self.waiting.swap_remove(place);
        }
    }
}

/// The lock that stands in the way of this one, if one does (`F_GETLK`).
///
/// # Errors
/// Those of the inode's attributes.
pub fn test_record(file: &OpenFile, wanted: &Record) -> Result<Option<Record>, Errno> {
    let key = key(file)?;
    Ok(LOCKS.lock().files.get(&key).and_then(|file| file.records.conflict(wanted)))
}

/// Takes a record lock, waiting for it if `wait`.
///
/// # Errors
/// `EAGAIN`, `ENOLCK`, `EDEADLK` when waiting would never end, `ERESTARTSYS`.
pub fn set_record(file: &OpenFile, wanted: Record, wait: bool) -> Result<(), Errno> {
    let key = key(file)?;
    let detects = matches!(wanted.owner, Owner::Table(_));
    let attempt = || {
        let mut locks = LOCKS.lock();
        locks.stop_waiting(wanted.owner);
        let Some(held) = locks.file(key).records.conflict(&wanted) else {
            return Some(locks.file(key).records.set(wanted));
        };
        if !wait {
            return Some(Err(Errno::EAGAIN));
        }
        if detects {
            if locks.would_deadlock(wanted.owner, held.owner) {
                return Some(Err(Errno::EDEADLK));
            }
            locks.waiting.push((wanted.owner, held.owner));
        }
        None
    };
    let result = RELEASED.wait_until(None, attempt);
    let mut locks = LOCKS.lock();
    if result.is_err() {
        locks.stop_waiting(wanted.owner);
    }
    locks.prune(key);
    drop(locks);
    // A writer that became a reader lets other readers in.
    RELEASED.wake_all();
    result?
}

/// Gives up record locks.
///
/// # Errors
/// `ENOLCK`, and those of the inode's attributes.
pub fn clear_record(file: &OpenFile, owner: Owner, range: Range) -> Result<(), Errno> {
    let key = key(file)?;
    let mut locks = LOCKS.lock();
    let result = match locks.files.get_mut(&key) {
        Some(file) => file.records.clear(owner, range),
        None => Ok(()),
    };
    locks.prune(key);
    drop(locks);
    RELEASED.wake_all();
    result
}

/// Gives up all record locks that an owner has on a file.
pub fn clear_records_of(file: &OpenFile, owner: Owner) {
    let Ok(key) = key(file) else { return };
    let mut locks = LOCKS.lock();
    let changed = locks.files.get_mut(&key).is_some_and(|file| file.records.clear_all(owner));
    locks.prune(key);
    drop(locks);
    if changed {
        RELEASED.wake_all();
    }
}

/// Takes or gives up (`None`) the lock of a whole file for the open file description (flock(2)). Changing
/// its kind is giving it up first.
///
/// # Errors
/// `EAGAIN`, `ENOLCK`, `ERESTARTSYS`.
pub fn set_whole(file: &OpenFile, kind: Option<Kind>, wait: bool) -> Result<(), Errno> {
    let key = key(file)?;
    let owner = Owner::Description(file.id());
    let all = Range { start: 0, end: LAST };
    let attempt = |kind| {
        let wanted = Record { owner, kind, range: all, pid: 0 };
        let mut locks = LOCKS.lock();
        let whole = &mut locks.file(key).whole;
        if whole.conflict(&wanted).is_some() {
            let changed = whole.clear_all(owner);
            drop(locks);
            if changed {
                RELEASED.wake_all();
            }
            return if wait { None } else { Some(Err(Errno::EAGAIN)) };
        }
        Some(whole.set(wanted))
    };
    let result = match kind {
        Some(kind) => RELEASED.wait_until(None, || attempt(kind)),
        None => {
            LOCKS.lock().file(key).whole.clear_all(owner);
            Ok(Ok(()))
        }
    };
    LOCKS.lock().prune(key);
    RELEASED.wake_all();
    result?
}

/// Gives up what a description that goes away holds.
pub fn release_description(file: &OpenFile) {
    let Ok(key) = key(file) else { return };
    let owner = Owner::Description(file.id());
    let mut locks = LOCKS.lock();
    if let Some(file) = locks.files.get_mut(&key) {
        file.records.clear_all(owner);
        file.whole.clear_all(owner);
    }
    locks.prune(key);
    drop(locks);
    RELEASED.wake_all();
}
