//! A program's memory: the books, and the machine's address space that follows them.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::books::Books;
use super::layout::Layout;
use super::limits::{INFINITY, MemoryLimits};
use super::nowhere::Nowhere;
use super::sites::{Sites, TextChange};
use super::{
    Backing, MapSource, PAGE_MASK, PAGE_SIZE, PageStore, Protection, Vma, VmaFlags, page_ceil, page_floor,
};
use crate::machine::{AddressSpace, machine};
use crate::sched::{self, Mutex, MutexGuard};

/// The highest address that `MAP_32BIT` gives, and where the search for one starts.
const LOW_PLACES: Range<u64> = 0x4000_0000..0x8000_0000;
/// Bytes of a huge page: larger mappings are aligned to it, so that they can have some.
const HUGE_PAGE_SIZE: u64 = 2 << 20;

/// What a program has in its part of the address space.
///
/// One lock guards the books, and is held while the machine is told: the machine's space and the books
/// never differ for anybody who holds it.
#[derive(Debug)]
pub struct MemoryMap {
    /// Dropped before the books, whose files it shows.
    space: Box<dyn AddressSpace>,
    pub(super) books: Mutex<Books>,
    /// The kinds of membarrier(2) that the program has registered for.
    barriers: AtomicU32,
    /// System call sites; see [`super::sites`] for the order of the locks.
    pub(super) sites: SpinLock<Arc<Sites>>,
    /// How many processes have it, and threads look into it; 0 once it is given up.
    users: AtomicUsize,
    /// Whether it is that of a process that has ended.
    is_nobodys: bool,
}

/// Where a mapping goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Near this address if that is free, else wherever there is room (0: no wish).
    Anywhere(u64),
    /// In the first two gigabytes, near this address if that is free (`MAP_32BIT`).
    Low(u64),
    /// There, replacing what is there (`MAP_FIXED`).
    Fixed(u64),
    /// There, if nothing is there (`MAP_FIXED_NOREPLACE`).
    FixedFree(u64),
}

/// What shall be mapped.
#[derive(Clone, Debug)]
pub struct MapRequest {
    /// Bytes; rounded up to whole pages.
    pub length: u64,
    /// What the program may do.
    pub protection: Protection,
    /// What mprotect(2) may allow it to do later.
    pub maximum: Protection,
    /// What else it is.
    pub flags: VmaFlags,
    /// What it shows.
    pub backing: Backing,
    /// Where in the file it starts: whole pages.
    pub offset: u64,
}

impl MapRequest {
    /// Private memory of its own.
    #[must_use]
    pub const fn anonymous(length: u64, protection: Protection) -> Self {
        Self {
            length,
            protection,
            maximum: Protection::all(),
            flags: VmaFlags::empty(),
            backing: Backing::Anonymous,
            offset: 0,
        }
    }

    /// A private mapping of a file.
    #[must_use]
    pub const fn private(length: u64, protection: Protection, backing: Backing, offset: u64) -> Self {
        Self { length, protection, maximum: Protection::all(), flags: VmaFlags::empty(), backing, offset }
    }
}

/// Pages that the kernel gives a program.
#[derive(Clone, Copy, Debug)]
pub struct SpecialPart<'a> {
    /// What /proc/self/maps shows, such as `[vdso]`.
    pub name: &'static str,
    /// Bytes; rounded up to whole pages.
    pub length: u64,
    /// What the program may do.
    pub protection: Protection,
    /// What is there.
    pub source: MapSource<'a>,
}

/// Mappings that are gone from the books, to be dropped without the lock: a file's last user may do much.
#[derive(Debug, Default)]
#[must_use]
pub(super) struct Removed(Vec<(u64, Vma)>);

/// The books, locked, with what was taken out of them meanwhile.
pub(super) struct Locked<'a> {
    // Dropped in this order: unlock first.
    pub(super) books: MutexGuard<'a, Books>,
    removed: Removed,
    pub(super) space: &'a dyn AddressSpace,
    pub(super) sites: &'a SpinLock<Arc<Sites>>,
}

impl MemoryMap {
    /// An empty memory in a new address space, with places for a program that has this `RLIMIT_STACK`;
    /// they are random unless personality(2) says `ADDR_NO_RANDOMIZE`.
    ///
    /// # Errors
    /// `ENOMEM` or `EAGAIN` when the machine has no room.
    pub fn with_layout(randomize: bool, stack_limit: u64) -> Result<Arc<Self>, Errno> {
        let space = machine().new_space()?;
        let layout = Layout::new(&arch::copy::user_range(), randomize, stack_limit);
        Ok(Self::of(space, layout))
    }

    /// The memory of an empty space.
    pub(super) fn of(space: Box<dyn AddressSpace>, layout: Layout) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            space,
            books: Mutex::new(Books::new(layout, this.clone())),
            barriers: AtomicU32::new(0),
            sites: SpinLock::new(Arc::default()),
            users: AtomicUsize::new(0),
            is_nobodys: false,
        })
    }

    /// An empty memory in a new address space, with random places.
    ///
    /// # Errors
    /// `ENOMEM` or `EAGAIN` when the machine has no room.
    pub fn new() -> Result<Arc<Self>, Errno> {
        Self::with_layout(true, MemoryLimits::DEFAULT.stack)
    }

    /// The memory of a process that has ended: nothing, for ever.
    #[must_use]
    pub fn nobody() -> Arc<Self> {
        let layout = Layout::new(&arch::copy::user_range(), false, 0);
        Arc::new_cyclic(|this| Self {
            space: Box::new(Nowhere),
            books: Mutex::new(Books::new(layout, this.clone())),
            barriers: AtomicU32::new(0),
            sites: SpinLock::new(Arc::default()),
            users: AtomicUsize::new(0),
            is_nobodys: true,
        })
    }

    /// Gives the memory up if it has one user, who is about to fill its space anew; nobody looks into it any more.
    pub fn give_up(&self) -> bool {
        self.users.compare_exchange(1, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// An empty memory in the same address space, which must have been [given up](Self::give_up) (execve(2)).
    ///
    /// # Errors
    /// What the machine says.
    pub fn renew(&self, randomize: bool, stack_limit: u64) -> Result<Arc<Self>, Errno> {
        self.unmap_all()?;
        let layout = Layout::new(&arch::copy::user_range(), randomize, stack_limit);
        Ok(Self::of(self.space.renew()?, layout))
    }

    /// Counts one more process that has it.
    pub(crate) fn add_user(&self) {
        self.users.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts a thread that looks into it, unless it has been given up.
    pub(crate) fn try_add_user(&self) -> bool {
        let add = |users: usize| (users > 0).then_some(users + 1);
        !self.is_nobodys && self.users.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add).is_ok()
    }

    /// Counts one user less; one that was given up has none.
    pub(crate) fn remove_user(&self) {
        let remove = |users: usize| users.checked_sub(1);
        let _ = self.users.fetch_update(Ordering::SeqCst, Ordering::SeqCst, remove);
    }

    /// How many processes have it (clone(2), `CLONE_VM`), those that look into it among them.
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.load(Ordering::SeqCst)
    }

    /// The machine's side of it.
    #[must_use]
    pub fn space(&self) -> &dyn AddressSpace {
        &*self.space
    }

    /// Locks the books.
    pub(super) fn lock(&self) -> Locked<'_> {
        let mut locked = Locked {
            books: self.books.lock(),
            removed: Removed::default(),
            space: &*self.space,
            sites: &self.sites,
        };
        if !locked.books.stale.is_empty() && self.is_running() {
            locked.catch_up();
        }
        locked
    }

    /// The kinds of membarrier(2) that the program has registered for.
    #[must_use]
    pub fn barriers(&self) -> u32 {
        self.barriers.load(Ordering::SeqCst)
    }

    /// Registers for a kind of membarrier(2).
    pub fn register_barrier(&self, kind: u32) {
        self.barriers.fetch_or(kind, Ordering::SeqCst);
    }

    /// Whether all of a range is mapped.
    #[must_use]
    pub fn is_covered(&self, range: &Range<u64>) -> bool {
        self.lock().books.is_covered(range)
    }

    /// Whether new mappings are locked and brought in (`MCL_FUTURE`).
    pub(super) fn locks_new_memory(&self) -> bool {
        let flags = self.books.lock().default_flags;
        flags.contains(VmaFlags::LOCKED) && !flags.contains(VmaFlags::LOCK_ON_FAULT)
    }

    /// Makes true what happened to the memory while its program did not run.
    pub fn catch_up(&self) {
        drop(self.lock());
    }

    /// The places that were chosen for the program.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.books.lock().layout
    }

    /// Maps something and gives its address.
    ///
    /// # Errors
    /// As mmap(2): `ENOMEM`, `EINVAL`, `EEXIST`, `EPERM`, `EAGAIN`.
    pub fn map(
        &self,
        placement: Placement,
        request: MapRequest,
        limits: &MemoryLimits,
    ) -> Result<u64, Errno> {
        self.lock().map(placement, request, limits)
    }

    /// Maps something at a fixed address, replacing what is there.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn map_fixed(&self, address: u64, request: MapRequest, limits: &MemoryLimits) -> Result<u64, Errno> {
        self.map(Placement::Fixed(address), request, limits)
    }

    /// Maps something where there is room, near `hint` if possible.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn map_anywhere(&self, hint: u64, request: MapRequest, limits: &MemoryLimits) -> Result<u64, Errno> {
        self.map(Placement::Anywhere(hint), request, limits)
    }

    /// Maps pages of the kernel one behind the other, near `hint` if possible; the program cannot make them
    /// writable. The sources' frames live as long as the memory.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn map_special(&self, hint: u64, parts: &[SpecialPart<'_>]) -> Result<u64, Errno> {
        let mut locked = self.lock();
        let length = parts.iter().fold(0, |sum: u64, part| sum.saturating_add(part.length));
        let start = locked.place(Placement::Anywhere(hint), page_ceil(length)?, PAGE_SIZE)?;
        locked.books.check_count(parts.len())?;
        let mut address = start;
        for part in parts {
            let end = address.saturating_add(page_ceil(part.length)?);
            locked.space.map(address..end, part.protection, part.source)?;
            let vma = Vma {
                end,
                protection: part.protection,
                maximum: Protection::READ | Protection::EXECUTE,
                flags: VmaFlags::DONT_EXPAND | VmaFlags::DONT_DUMP,
                backing: Backing::Special(part.name),
                offset: 0,
                name: None,
            };
            locked.books.insert(address, vma);
            address = end;
        }
        Ok(start)
    }

    /// Maps the first thread's stack, `size` bytes below the place that was chosen; it grows when touched
    /// below, up to `RLIMIT_STACK`. Gives its addresses.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn map_stack(&self, size: u64, executable: bool, limits: &MemoryLimits) -> Result<Range<u64>, Errno> {
        let size = page_ceil(size.min(limits.stack))?;
        let mut protection = Protection::READ | Protection::WRITE;
        protection.set(Protection::EXECUTE, executable);
        let mut request = MapRequest::anonymous(size, protection);
        request.flags = VmaFlags::GROWS_DOWN;
        let mut locked = self.lock();
        let top = locked.books.layout.stack_top;
        let start = top.checked_sub(size).ok_or(Errno::ENOMEM)?;
        locked.map(Placement::Fixed(start), request, limits)?;
        locked.books.start_stack = top - 1;
        Ok(start..top)
    }

    /// Takes a range away.
    ///
    /// # Errors
    /// As munmap(2): `EINVAL`, `ENOMEM`.
    pub fn unmap(&self, address: u64, length: u64) -> Result<(), Errno> {
        let range = user_pages(address, length)?;
        self.lock().unmap(&range)
    }

    /// Takes everything away (execve(2) without a new space).
    ///
    /// # Errors
    /// What the machine says.
    pub fn unmap_all(&self) -> Result<(), Errno> {
        let mut locked = self.lock();
        // Nobody executes any of it again: nothing needs to be put back.
        *self.sites.lock() = Arc::default();
        let ranges: Vec<Range<u64>> = locked.books.iter().map(|(range, _)| range).collect();
        for range in ranges {
            locked.unmap(&range)?;
        }
        locked.books.heap = 0..0;
        Ok(())
    }

    /// Takes the pages from index `first` of a store on out of the space: the file became smaller. Gives
    /// whether they are gone: the machine can change the running program's space only, another one's
    /// changes when that runs next.
    #[must_use]
    pub(super) fn take_away(&self, store: &PageStore, first: u64) -> bool {
        let mut locked = self.lock();
        let now = self.is_running();
        let mut gone = Vec::new();
        for (area, vma) in locked.books.iter() {
            if vma.store().is_some_and(|other| core::ptr::eq(&raw const **other, store)) {
                let skip = first.saturating_mul(PAGE_SIZE).saturating_sub(vma.offset);
                let from = area.start.saturating_add(skip).min(area.end);
                gone.extend(locked.books.present.within(from..area.end));
            }
        }
        for range in gone {
            locked.books.present.remove(range.clone());
            locked.books.stale.insert(range);
        }
        if now {
            locked.catch_up();
        }
        locked.books.stale.is_empty()
    }

    /// Whether it is the memory of the program that runs this.
    fn is_running(&self) -> bool {
        sched::current().is_some_and(|thread| core::ptr::eq(&raw const *thread.memory(), self))
    }
}

/// The whole pages of a range that a program named for munmap(2) and mremap(2).
///
/// # Errors
/// `EINVAL` for an odd address, an empty range, or one that is not all the program's.
pub(super) fn user_pages(address: u64, length: u64) -> Result<Range<u64>, Errno> {
    let user_end = arch::copy::user_range().end;
    let length = page_ceil(length).map_err(|_| Errno::EINVAL)?;
    if address & PAGE_MASK != 0 || length == 0 {
        return Err(Errno::EINVAL);
    }
    let end = address.checked_add(length).filter(|&end| end <= user_end).ok_or(Errno::EINVAL)?;
    Ok(address..end)
}

impl Locked<'_> {
    /// As [`MemoryMap::map`].
    pub(super) fn map(
        &mut self,
        placement: Placement,
        request: MapRequest,
        limits: &MemoryLimits,
    ) -> Result<u64, Errno> {
        let length = page_ceil(request.length)?;
        if length == 0 {
            return Err(Errno::EINVAL);
        }
        let anonymous = matches!(request.backing, Backing::Anonymous);
        let huge = anonymous
            && !request.flags.contains(VmaFlags::GROWS_DOWN)
            && length.is_multiple_of(HUGE_PAGE_SIZE);
        let address = self.place(placement, length, if huge { HUGE_PAGE_SIZE } else { PAGE_SIZE })?;
        let range = address..address + length;
        let mut vma = Vma {
            end: range.end,
            protection: request.protection,
            maximum: request.maximum,
            flags: request.flags | self.books.default_flags,
            offset: if anonymous { address } else { request.offset },
            backing: request.backing,
            name: None,
        };
        vma.flags.set(VmaFlags::ACCOUNT, vma.is_accountable());
        self.check_room(&range, &vma, limits)?;
        self.install(address, vma)?;
        Ok(address)
    }

    /// Takes away what is stale.
    fn catch_up(&mut self) {
        let everything = 0..u64::MAX;
        for range in self.books.stale.within(everything) {
            self.leave_sites(&range, TextChange::Gone);
            if self.space.map(range.clone(), Protection::empty(), MapSource::Reserved).is_ok() {
                self.books.stale.remove(range);
            }
        }
    }

    /// Strikes a range whose pages the machine has moved elsewhere.
    pub(super) fn forget(&mut self, range: &Range<u64>) {
        self.removed.0.extend(self.books.remove(range));
    }

    /// Changes the flags of all mappings in a range.
    ///
    /// # Errors
    /// `ENOMEM` where nothing is mapped; what comes before is changed.
    pub(super) fn set_flags(
        &mut self,
        range: &Range<u64>,
        clear: VmaFlags,
        set: VmaFlags,
    ) -> Result<(), Errno> {
        let mut from = range.start;
        for (piece, vma) in self.books.pieces(range) {
            if piece.start > from {
                return Err(Errno::ENOMEM);
            }
            let flags = (vma.flags - clear) | set;
            if flags != vma.flags && !vma.is_special() {
                self.books.check_split(&piece)?;
                self.books.change(&piece, |vma| vma.flags = flags);
            }
            from = piece.end;
        }
        if from < range.end { Err(Errno::ENOMEM) } else { Ok(()) }
    }

    /// Makes a mapping, in place of what is there.
    pub(super) fn install(&mut self, address: u64, vma: Vma) -> Result<(), Errno> {
        let range = address..vma.end;
        self.leave_sites(&range, TextChange::Gone);
        self.space.map(range.clone(), vma.protection, vma.source(vma.offset))?;
        self.removed.0.extend(self.books.remove(&range));
        if let Some(store) = vma.store() {
            // The first pages that are there already: most programs touch them next.
            super::pages::show(&mut self.books, self.space, &range, &vma, store);
        }
        self.books.insert(address, vma);
        Ok(())
    }

    /// Checks the limits for a new mapping.
    pub(super) fn check_room(
        &self,
        range: &Range<u64>,
        vma: &Vma,
        limits: &MemoryLimits,
    ) -> Result<(), Errno> {
        self.books.check_cut(range)?;
        self.books.check_count(1)?;
        let length = range.end - range.start;
        if vma.flags.contains(VmaFlags::LOCKED) {
            let locked = self.books.usage().locked.saturating_add(length);
            if locked > limits.locked {
                return Err(Errno::EAGAIN);
            }
        }
        let replaced: u64 = self.books.pieces(range).iter().map(|(piece, _)| piece.end - piece.start).sum();
        let more = length - replaced;
        self.check_expansion(more, if vma.is_data() { more } else { 0 }, limits)?;
        if vma.flags.contains(VmaFlags::ACCOUNT) { self.check_memory(length) } else { Ok(()) }
    }

    /// Whether the address space may grow by so much, and memory for data by so much (`may_expand_vm`).
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(super) fn check_expansion(&self, more: u64, data: u64, limits: &MemoryLimits) -> Result<(), Errno> {
        let usage = self.books.usage();
        if more > 0 && usage.total.saturating_add(more) > limit_pages(limits.address_space) {
            return Err(Errno::ENOMEM);
        }
        let limit = if limits.data == 0 { limits.data_maximum } else { limits.data };
        if data > 0 && usage.data.saturating_add(data) > limit_pages(limit) {
            return Err(Errno::ENOMEM);
        }
        Ok(())
    }

    /// Refuses what there can never be memory for (`OVERCOMMIT_GUESS`).
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(super) fn check_memory(&self, length: u64) -> Result<(), Errno> {
        if length > machine().physical_size() { Err(Errno::ENOMEM) } else { Ok(()) }
    }

    /// Finds a place for a mapping (`get_unmapped_area`).
    pub(super) fn place(&mut self, placement: Placement, length: u64, align: u64) -> Result<u64, Errno> {
        let user = arch::copy::user_range();
        if length > user.end {
            return Err(Errno::ENOMEM);
        }
        match placement {
            Placement::Fixed(address) => check_fixed(address, length, &user),
            Placement::FixedFree(address) => {
                let address = check_fixed(address, length, &user)?;
                if self.books.is_unmapped(&(address..address + length)) {
                    Ok(address)
                } else {
                    Err(Errno::EEXIST)
                }
            }
            Placement::Low(hint) => {
                let within = LOW_PLACES.start.max(user.start)..LOW_PLACES.end.min(user.end);
                self.at_hint(hint, length, &(user.start..within.end))
                    .or_else(|| self.books.find_up(length, &within))
                    .ok_or(Errno::ENOMEM)
            }
            Placement::Anywhere(hint) => {
                let align = if hint == 0 { align } else { PAGE_SIZE };
                self.at_hint(hint, length, &user)
                    .or_else(|| self.books.find_below_base(length, align, user.start))
                    .or_else(|| self.books.find_below_base(length, PAGE_SIZE, user.start))
                    .or_else(|| self.books.find_up(length, &(self.books.layout.legacy_base..user.end)))
                    .ok_or(Errno::ENOMEM)
            }
        }
    }

    fn at_hint(&self, hint: u64, length: u64, within: &Range<u64>) -> Option<u64> {
        let hint = page_floor(hint);
        if hint == 0 {
            return None;
        }
        let start = hint.max(within.start);
        let end = start.checked_add(length).filter(|&end| end <= within.end)?;
        self.books.is_free(&(start..end)).then_some(start)
    }

    /// Takes a range away.
    pub(super) fn unmap(&mut self, range: &Range<u64>) -> Result<(), Errno> {
        if self.books.is_unmapped(range) {
            return Ok(());
        }
        self.books.check_cut(range)?;
        self.leave_sites(range, TextChange::Gone);
        self.space.unmap(range.clone())?;
        self.removed.0.extend(self.books.remove(range));
        Ok(())
    }
}

fn check_fixed(address: u64, length: u64, user: &Range<u64>) -> Result<u64, Errno> {
    if address.checked_add(length).is_none_or(|end| end > user.end) {
        Err(Errno::ENOMEM)
    } else if address & PAGE_MASK != 0 {
        Err(Errno::EINVAL)
    } else if address < user.start {
        Err(Errno::EPERM)
    } else {
        Ok(address)
    }
}

/// A limit in bytes, as whole pages count against it.
const fn limit_pages(limit: u64) -> u64 {
    if limit == INFINITY { INFINITY } else { page_floor(limit) }
}
