//! Shared memory segments (shmget(2), shmop(2), shmctl(2)).
//!
//! A segment is a [page store](crate::mm::PageStore), so its pages are physical frames that every address space
//! shows; an attachment is an ordinary shared mapping of it.

mod control;
mod segment;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use abi::ipc::{SHM_EXEC, SHM_HUGETLB, SHM_RDONLY, SHM_REMAP, SHM_RND};
use abi::raw::general::{CAP_IPC_LOCK, MAP_NORESERVE};
use sync::SpinLock;

use super::permission::Permission;
use super::seconds;
use super::table::{Table, Wanted, sequence_of};
use crate::fs::FileMapping;
use crate::gap;
use crate::machine::machine;
use crate::mm::{
    Backing, MapRequest, MemoryLimits, PAGE_MASK, PageStore, Placement, Protection, VmaFlags, page_floor,
};
use crate::syscalls::Current;
pub use control::shmctl;
use segment::{Attachment, Segment, State};

/// The most segments (/proc/sys/kernel/shmmni).
pub const SEGMENTS: usize = 4096;
/// The largest segment in bytes, and the most pages of all (/proc/sys/kernel/shmmax, shmall).
pub const SIZE_MAX: u64 = u64::MAX - (1 << 24);
const PAGES_MAX: u64 = SIZE_MAX;

static TABLE: Table<Segment> = Table::new(SEGMENTS);
/// Pages of all segments.
static TOTAL: AtomicU64 = AtomicU64::new(0);

impl Segment {
    fn new(wanted: Wanted, size: u64, current: &Current<'_>) -> Result<Self, Errno> {
        if size == 0 || size > SIZE_MAX {
            return Err(Errno::EINVAL);
        }
        if wanted.flags & SHM_HUGETLB != 0 {
            // There are no huge pages set aside.
            let allowed = current.credentials().has_capability(CAP_IPC_LOCK);
            return Err(if allowed { gap!("shmget(SHM_HUGETLB)", ENOMEM) } else { Errno::EPERM });
        }
        let no_reserve = wanted.flags.cast_unsigned() & MAP_NORESERVE != 0;
        if size > machine().physical_size() && !no_reserve || i64::try_from(size).is_err() {
            return Err(Errno::ENOMEM);
        }
        let store = PageStore::new();
        store.set_size(size);
        let permission = Permission::new(wanted.key, &current.credentials(), wanted.flags);
        let segment = Self {
            id: 0,
            key: wanted.key,
            size,
            store: Arc::new(store),
            creator: current.process().pid(),
            state: SpinLock::new(State::new(permission, seconds())),
        };
        let pages = segment.pages();
        let add = |total: u64| total.checked_add(pages).filter(|&sum| sum <= PAGES_MAX);
        match TOTAL.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add) {
            Ok(_) => Ok(segment),
            Err(_) => {
                // Not counted, so its end must not count it either.
                TOTAL.fetch_add(pages, Ordering::SeqCst);
                Err(Errno::ENOSPC)
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        TOTAL.fetch_sub(self.pages(), Ordering::SeqCst);
    }
}

/// shmget(2).
pub fn shmget(current: &Current<'_>, key: i32, size: u64, flags: i32) -> Result<i32, Errno> {
    let wanted = Wanted { key, flags };
    TABLE.get(
        wanted,
        |segment| {
            if segment.size < size {
                return Err(Errno::EINVAL);
            }
            segment.state.lock().permission.check(&current.credentials(), flags.cast_unsigned())
        },
        || Segment::new(wanted, size, current),
        |segment, id| {
            segment.id = id;
            segment.state.lock().permission.sequence = sequence_of(id);
        },
    )
}

/// Where shmat(2) attaches.
fn placement(address: u64, flags: i32) -> Result<Placement, Errno> {
    let replaces = flags & SHM_REMAP != 0;
    if address == 0 {
        return if replaces { Err(Errno::EINVAL) } else { Ok(Placement::Anywhere(0)) };
    }
    let place = if flags & SHM_RND != 0 { page_floor(address) } else { address };
    if place & PAGE_MASK != 0 || place == 0 && replaces {
        return Err(Errno::EINVAL);
    }
    Ok(if replaces || place == 0 { Placement::Fixed(place) } else { Placement::FixedFree(place) })
}

/// shmat(2).
pub fn shmat(current: &Current<'_>, id: i32, address: u64, flags: i32) -> Result<u64, Errno> {
    if id < 0 {
        return Err(Errno::EINVAL);
    }
    let placement = placement(address, flags)?;
    let (mut protection, mut maximum) = (Protection::READ, Protection::all());
    let mut asked = 0o444;
    if flags & SHM_RDONLY == 0 {
        protection |= Protection::WRITE;
        asked |= 0o222;
    } else {
        maximum.remove(Protection::WRITE);
    }
    if flags & SHM_EXEC != 0 {
        protection |= Protection::EXECUTE;
        asked |= 0o111;
    }
    let segment = TABLE.find(id)?;
    segment.begin_attach(|state| state.permission.check(&current.credentials(), asked))?;
    let request = MapRequest {
        length: segment.size,
        protection,
        maximum,
        flags: VmaFlags::SHARED,
        backing: Backing::File {
            mapping: FileMapping::Pages(Arc::clone(&segment.store)),
            file: Arc::new(Attachment(Arc::clone(&segment))),
        },
        offset: 0,
    };
    let outcome = match placement {
        Placement::FixedFree(place) if place.checked_add(segment.size).is_none() => Err(Errno::EINVAL),
        placement => current.process().memory().map(placement, request, &MemoryLimits::of(current)),
    };
    segment.end_attach(outcome.is_ok());
    match outcome {
        // Linux's word for a place where something is.
        Err(Errno::EEXIST) => Err(Errno::EINVAL),
        outcome => outcome,
    }
}

/// shmdt(2).
pub fn shmdt(current: &Current<'_>, address: u64) -> Result<(), Errno> {
    current.process().memory().detach(address)
}

/// One line of /proc/sysvipc/shm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) status: abi::ipc::SharedMemoryStatus,
    pub(super) id: i32,
    pub(super) owners: [u32; 4],
    /// Bytes in memory.
    pub(super) resident: u64,
}

/// All segments.
pub(super) fn lines() -> Vec<Line> {
    let line = |(id, segment): (i32, Arc<Segment>)| {
        let state = segment.state.lock();
        let (status, owners) = (segment.status(&state), state.permission.owners());
        Line { status, id, owners, resident: segment.store.resident() }
    };
    TABLE.all().into_iter().map(line).collect()
}
