//! Page tables (Intel SDM volume 3, chapter 4).

use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};

use bitflags::bitflags;
use kernel::mm::frame::Frames;

use crate::physical::{self, PAGE};
use crate::{layout, start};

bitflags! {
    /// The bits of an entry that are not an address.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct EntryFlags: u64 {
        /// The processor uses the entry.
        const PRESENT = 1;
        /// Stores are allowed.
        const WRITE = 1 << 1;
        /// Ring 3 may use it.
        const USER = 1 << 2;
        /// Past the caches.
        const NO_CACHE = 1 << 4;
        /// The entry is a large page and no table.
        const LARGE = 1 << 7;
        /// The same in all address spaces.
        const GLOBAL = 1 << 8;
        /// Ours: the frame is memory of the program's own, counted by `physical`.
        const OWNED = 1 << 9;
        /// Ours: the page is copied before it is written to.
        const COPY = 1 << 10;
        /// No instructions are fetched from it.
        const NO_EXECUTE = 1 << 63;
    }
}

/// The bits of an entry that are an address.
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;
/// Bytes of a large page.
const LARGE_PAGE: u64 = 2 << 20;
/// The flags of an entry that leads to another table.
const TABLE: EntryFlags = EntryFlags::PRESENT.union(EntryFlags::WRITE).union(EntryFlags::USER);

/// An entry of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry(u64);

impl Entry {
    /// The entry of an absent page.
    pub(crate) const ABSENT: Self = Self(0);

    /// An entry of a page or a table.
    pub(crate) const fn new(address: u64, flags: EntryFlags) -> Self {
        Self(address | flags.bits())
    }

    /// Whether there is nothing at all.
    pub(crate) const fn is_absent(self) -> bool {
        self.0 == 0
    }

    /// The physical address.
    pub(crate) const fn address(self) -> u64 {
        self.0 & ADDRESS
    }

    /// The flags.
    pub(crate) const fn flags(self) -> EntryFlags {
        EntryFlags::from_bits_truncate(self.0)
    }
}

/// A table of 512 entries, somewhere in the direct map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table(&'static [AtomicU64; 512]);

impl Table {
    /// The table at a physical address.
    ///
    /// # Safety
    /// There must be a table there as long as this is used, and memory of the direct map.
    pub(crate) unsafe fn at(address: u64) -> Self {
        let pointer = physical::direct(address).cast::<[AtomicU64; 512]>();
        // SAFETY: the caller says so; entries are changed by atomic stores only.
        Self(unsafe { &*pointer })
    }

    fn slot(self, index: usize) -> &'static AtomicU64 {
        match self.0.get(index) {
            Some(slot) => slot,
            None => unreachable!("a table has 512 entries"),
        }
    }

    /// The entry with this index.
    pub(crate) fn get(self, index: usize) -> Entry {
        Entry(self.slot(index).load(Ordering::Acquire))
    }

    /// Sets an entry.
    pub(crate) fn set(self, index: usize, entry: Entry) {
        self.slot(index).store(entry.0, Ordering::Release);
    }

    /// Sets an entry and gives the old one, with what the processor noted in it until then.
    pub(crate) fn swap(self, index: usize, entry: Entry) -> Entry {
        Entry(self.slot(index).swap(entry.0, Ordering::AcqRel))
    }

    /// Whether all entries are absent.
    pub(crate) fn is_empty(self) -> bool {
        self.0.iter().all(|slot| slot.load(Ordering::Relaxed) == 0)
    }
}

/// The index of an address in its table of a level: 0 for the tables of pages, 3 for the root.
pub(crate) const fn index(address: u64, level: u32) -> usize {
    (address >> (12 + 9 * level)) as usize & 511
}

/// Bytes that an entry of a table of a level stands for.
pub(crate) const fn span(level: u32) -> u64 {
    PAGE << (9 * level)
}

/// The flags of an entry that leads to a table.
pub(crate) const fn table_flags() -> EntryFlags {
    TABLE
}

/// Builds the kernel's half: the direct map, the image in its parts. `None` without memory.
///
/// # Safety
/// The start-up tables must be in use; runs once.
pub(crate) unsafe fn initialize(memory: &[core::ops::Range<u64>]) -> Option<()> {
    let root = start::root_table();
    let data = EntryFlags::WRITE | EntryFlags::NO_EXECUTE;
    for range in memory {
        let length = range.end - range.start;
        // SAFETY: the caller's promise.
        unsafe { map_early(root, layout::DIRECT_MAP + range.start, range.start, length, data) }?;
    }
    // The upper half's image anew, in small pages, beside the start-up tables that we stand on.
    // SAFETY: the caller's promise.
    let top = unsafe { physical::take(PAGE) }?;
    let image = layout::image();
    let parts =
        [(image.text, EntryFlags::empty()), (image.constants, EntryFlags::NO_EXECUTE), (image.data, data)];
    for (range, flags) in parts {
        let (start, length) = (range.start, range.end - range.start);
        // SAFETY: the caller's promise.
        unsafe { map_small_early(top, start, start - layout::IMAGE, length, flags) }?;
    }
    // SAFETY: the root table lies in the first GiB.
    let root_table = unsafe { early_table(root) };
    root_table.set(511, Entry::new(top, TABLE));
    // SAFETY: the image, the stack in it and the direct map are where they were.
    unsafe { load(root) };
    // What is low is the programs'.
    // SAFETY: the direct map is in use now.
    unsafe { Table::at(root) }.set(0, Entry::ABSENT);
    // SAFETY: as above.
    unsafe { load(root) };
    Some(())
}

/// # Safety
/// The start-up tables must be in use and a table be at the address.
unsafe fn early_table(address: u64) -> Table {
    let pointer = core::ptr::with_exposed_provenance::<[AtomicU64; 512]>((layout::IMAGE + address) as usize);
    // SAFETY: the caller says so.
    Table(unsafe { &*pointer })
}

/// The table below an entry of a table of the given level, made if it is not there.
///
/// # Safety
/// As [`early_table`].
unsafe fn early_child(table: Table, address: u64, level: u32) -> Option<Table> {
    let entry = table.get(index(address, level));
    let child = if entry.is_absent() {
        // SAFETY: the caller's promise.
        let new = unsafe { physical::take(PAGE) }?;
        table.set(index(address, level), Entry::new(new, TABLE));
        new
    } else {
        entry.address()
    };
    // SAFETY: the entry leads to a table.
    Some(unsafe { early_table(child) })
}

/// # Safety
/// As [`early_table`].
unsafe fn map_early(root: u64, address: u64, to: u64, length: u64, flags: EntryFlags) -> Option<()> {
    let flags = flags | EntryFlags::PRESENT | EntryFlags::GLOBAL;
    let mut done = 0;
    while done < length {
        let (at, physical) = (address + done, to + done);
        // SAFETY: the caller's promise.
        let root = unsafe { early_table(root) };
        // SAFETY: as above.
        let third = unsafe { early_child(root, at, 3) }?;
        // SAFETY: as above.
        let second = unsafe { early_child(third, at, 2) }?;
        if physical.is_multiple_of(LARGE_PAGE) && length - done >= LARGE_PAGE {
            second.set(index(at, 1), Entry::new(physical, flags | EntryFlags::LARGE));
            done += LARGE_PAGE;
        } else {
            // SAFETY: as above.
            let first = unsafe { early_child(second, at, 1) }?;
            first.set(index(at, 0), Entry::new(physical, flags));
            done += PAGE;
        }
    }
    Some(())
}

/// Maps in small pages, below a table of the third level.
///
/// # Safety
/// As [`early_table`].
unsafe fn map_small_early(top: u64, address: u64, to: u64, length: u64, flags: EntryFlags) -> Option<()> {
    let flags = flags | EntryFlags::PRESENT | EntryFlags::GLOBAL;
    for done in (0..length).step_by(PAGE as usize) {
        let at = address + done;
        // SAFETY: the caller's promise.
        let third = unsafe { early_table(top) };
        // SAFETY: as above.
        let second = unsafe { early_child(third, at, 2) }?;
        // SAFETY: as above.
        let first = unsafe { early_child(second, at, 1) }?;
        first.set(index(at, 0), Entry::new(to + done, flags));
    }
    Some(())
}

/// Maps the registers of a device, one page, and gives its address. `None` without memory.
pub(crate) fn map_device(physical: u64) -> Option<*mut u8> {
    let at = layout::DEVICES + physical;
    // SAFETY: the root table is always there.
    let mut table = unsafe { Table::at(start::root_table()) };
    for level in (1..=3).rev() {
        let entry = table.get(index(at, level));
        let child = if entry.is_absent() {
            let new = Frames::allocate(1).ok()?.into_range().start;
            table.set(index(at, level), Entry::new(new, TABLE));
            new
        } else {
            entry.address()
        };
        // SAFETY: the kernel's tables stay.
        table = unsafe { Table::at(child) };
    }
    let flags = EntryFlags::PRESENT
        | EntryFlags::WRITE
        | EntryFlags::NO_CACHE
        | EntryFlags::GLOBAL
        | EntryFlags::NO_EXECUTE;
    table.set(index(at, 0), Entry::new(physical & !(PAGE - 1), flags));
    Some(core::ptr::with_exposed_provenance_mut(at as usize))
}

/// Makes a root table the processor's.
///
/// # Safety
/// Its upper half must be the kernel's.
pub(crate) unsafe fn load(root: u64) {
    // SAFETY: the caller says that the kernel stays where it is.
    unsafe { asm!("mov cr3, {}", in(reg) root, options(nostack, preserves_flags)) };
}

/// Forgets what this processor remembers of a page.
pub(crate) fn forget_page(address: u64) {
    // SAFETY: the processor then reads the tables again.
    unsafe { asm!("invlpg [{}]", in(reg) address, options(nostack, preserves_flags)) };
}
