//! Address spaces: page tables for the program's half, below the kernel's own.
//!
//! An absent page has an entry of zero, whatever it will be: the core's books know. An entry that is not
//! present but has an address keeps the frame of a page that allows nothing. Frames of programs' own are
//! counted, so that a copy of a space shares them until one side writes.
//!
//! | module | what it holds |
//! |---|---|
//! | `walk` | visiting, clearing and copying the tables |
//! | `flush` | translations that processors remember, and frames that wait for them to be forgotten |

mod flush;
mod walk;

use core::any::Any;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use alloc::boxed::Box;
use kernel::machine::{AddressSpace, MachineUsage};
use kernel::mm::frame::Frames;
use kernel::mm::{Access, Advice, MapSource, Protection};
use sync::SpinLock;

use self::flush::Flush;
use crate::paging::{self, Entry, EntryFlags, Table};
use crate::physical::{self, PAGE};
use crate::{layout, processor, start};

/// How many pages are brought in before others may use the tables.
const PAGES_AT_ONCE: u64 = 256;

/// The program's half of an address space.
#[derive(Debug)]
pub(crate) struct Space {
    /// The physical address of the root table.
    root: u64,
    /// Held while the tables of the program's half change.
    tables: SpinLock<()>,
    /// Pages that an access brought in, one at a time.
    faults: AtomicU64,
    /// Frames of its own that it shows, and the most that it ever did.
    resident: AtomicU64,
    max_resident: AtomicU64,
}

/// The flags of a page of a program with this protection; nothing is present that allows nothing.
fn page_flags(protection: Protection) -> EntryFlags {
    let mut flags = EntryFlags::empty();
    flags.set(EntryFlags::PRESENT, !protection.is_empty());
    flags.set(EntryFlags::WRITE, protection.contains(Protection::WRITE));
    flags.set(EntryFlags::NO_EXECUTE, !protection.contains(Protection::EXECUTE));
    flags
}

/// The entry with another protection; a page that is copied when it is written to cannot be written yet.
fn protected(entry: Entry, protection: Protection) -> Entry {
    let kept = entry.flags() & (EntryFlags::OWNED | EntryFlags::COPY);
    let mut flags = page_flags(protection) | kept;
    if kept.contains(EntryFlags::COPY) {
        flags.remove(EntryFlags::WRITE);
    }
    Entry::new(entry.address(), flags)
}

impl Space {
    /// An empty space.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(crate) fn new() -> Result<Self, Errno> {
        let root = Frames::allocate(1)?.into_range().start;
        // SAFETY: the kernel's own table, which stays.
        let kernel = unsafe { Table::at(start::root_table()) };
        // SAFETY: the frame is zeroed and nobody else's.
        let new = unsafe { Table::at(root) };
        for index in 256..512 {
            new.set(index, kernel.get(index));
        }
        Ok(Self {
            root,
            tables: SpinLock::new(()),
            faults: AtomicU64::new(0),
            resident: AtomicU64::new(0),
            max_resident: AtomicU64::new(0),
        })
    }

    /// What was counted.
    pub(crate) fn usage(&self) -> MachineUsage {
        MachineUsage {
            max_resident: self.max_resident.load(Ordering::Relaxed) * PAGE,
            minor_faults: self.faults.load(Ordering::Relaxed),
            ..MachineUsage::default()
        }
    }

    /// The space shows more frames of its own; the tables are locked.
    fn add_resident(&self, pages: u64) {
        let now = self.resident.fetch_add(pages, Ordering::Relaxed) + pages;
        self.max_resident.fetch_max(now, Ordering::Relaxed);
    }

    /// Makes it the processor's.
    pub(crate) fn enter(&self) {
        processor::this().enter_tables(self.root);
    }

    fn root(&self) -> Table {
        // SAFETY: the table lives as long as the space.
        unsafe { Table::at(self.root) }
    }

    /// Brings in one page; the tables are locked.
    fn populate_page(
        &self,
        address: u64,
        protection: Protection,
        access: Access,
        flush: &mut Flush<'_>,
    ) -> Result<(), Errno> {
        let (table, index) = walk::leaf(self.root(), address)?;
        let entry = table.get(index);
        let flags = entry.flags();
        if entry.is_absent() {
            let frame = physical::new_shared_frame().ok_or(Errno::ENOMEM)?;
            table.set(index, Entry::new(frame, page_flags(protection) | EntryFlags::OWNED));
            self.add_resident(1);
        } else if access == Access::Write && flags.contains(EntryFlags::COPY) {
            let owned = flags.contains(EntryFlags::OWNED);
            let own_flags = page_flags(protection) | EntryFlags::OWNED;
            if owned && physical::is_unshared(entry.address()) {
                table.set(index, Entry::new(entry.address(), own_flags));
                flush.changed(address);
                return Ok(());
            }
            let frame = physical::new_shared_frame().ok_or(Errno::ENOMEM)?;
            physical::copy_frame(frame, entry.address());
            table.set(index, Entry::new(frame, own_flags));
            flush.changed(address);
            if owned {
                flush.unshare(entry.address());
            } else {
                self.add_resident(1);
            }
        } else if !flags.contains(EntryFlags::PRESENT) {
            return Err(Errno::EFAULT);
        } else {
            // Another processor was faster; this one may remember how it was.
            paging::forget_page(address);
        }
        Ok(())
    }

    fn map_frames(
        &self,
        range: Range<u64>,
        protection: Protection,
        physical: u64,
        shared: bool,
    ) -> Result<(), Errno> {
        let extra = if shared { EntryFlags::empty() } else { EntryFlags::COPY };
        for address in range.clone().step_by(PAGE as usize) {
            let (table, index) = walk::leaf(self.root(), address)?;
            let entry = Entry::new(physical + (address - range.start), extra);
            table.set(index, protected(entry, protection));
        }
        Ok(())
    }

    /// Takes everything of a range away; the tables are locked.
    fn clear(&self, range: &Range<u64>) {
        let mut flush = Flush::new(self.root);
        let gone = walk::clear(self.root(), 3, 0, range, &mut flush);
        self.resident.fetch_sub(gone, Ordering::Relaxed);
    }
}

/// Refuses whatever does not lie in the program's half: the core checks too, but the kernel stands on this.
fn check(range: &Range<u64>) -> Result<(), Errno> {
    let inside = range.start < range.end && range.end <= layout::USER_END;
    if inside && range.start.is_multiple_of(PAGE) && range.end.is_multiple_of(PAGE) {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

impl AddressSpace for Space {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn enter(&self) {
        Self::enter(self);
    }

    fn map(&self, range: Range<u64>, protection: Protection, source: MapSource<'_>) -> Result<(), Errno> {
        check(&range)?;
        let _tables = self.tables.lock();
        self.clear(&range);
        match source {
            MapSource::Reserved | MapSource::Anonymous { .. } => Ok(()),
            MapSource::Physical { address, shared } => self.map_frames(range, protection, address, shared),
            // This machine has no files of its own: what lies outside is read into frames.
            MapSource::MachineFile { .. } => Err(Errno::ENODEV),
        }
    }

    fn unmap(&self, range: Range<u64>) -> Result<(), Errno> {
        check(&range)?;
        let _tables = self.tables.lock();
        self.clear(&range);
        Ok(())
    }

    fn protect(&self, range: Range<u64>, protection: Protection) -> Result<(), Errno> {
        check(&range)?;
        let _tables = self.tables.lock();
        let mut flush = Flush::new(self.root);
        walk::each(self.root(), 3, 0, &range, &mut |table, index, address| {
            let entry = table.get(index);
            let new = protected(entry, protection);
            if new != entry {
                table.set(index, new);
                flush.changed(address);
            }
            Ok(())
        })
    }

    fn relocate(&self, from: Range<u64>, to: Range<u64>, _keep: bool) -> Result<(), Errno> {
        check(&from)?;
        check(&to)?;
        if from.start == to.start {
            return Ok(());
        }
        let _tables = self.tables.lock();
        self.clear(&to);
        let root = self.root();
        // The new tables first: half a move would be worse than none.
        walk::each(root, 3, 0, &from, &mut |_, _, address| {
            walk::leaf(root, address - from.start + to.start).map(|_| ())
        })?;
        let mut flush = Flush::new(self.root);
        walk::each(root, 3, 0, &from, &mut |table, index, address| {
            let (new_table, new_index) = walk::leaf(root, address - from.start + to.start)?;
            new_table.set(new_index, table.swap(index, Entry::ABSENT));
            flush.changed(address);
            Ok(())
        })
    }

    fn advise(&self, range: Range<u64>, advice: Advice) -> Result<(), Errno> {
        check(&range)?;
        match advice {
            Advice::DontNeed | Advice::Free => {
                let _tables = self.tables.lock();
                self.clear(&range);
            }
            // There is nowhere to put pages to, all pages are small, and a fork is told what to leave out.
            Advice::Pattern(_)
            | Advice::WillNeed
            | Advice::HugePage
            | Advice::NoHugePage
            | Advice::Fork(_)
            | Advice::Reclaim(_) => {}
        }
        Ok(())
    }

    fn resident(&self, range: Range<u64>, target: &mut [u8]) -> Result<(), Errno> {
        check(&range)?;
        target.fill(0);
        let _tables = self.tables.lock();
        walk::each(self.root(), 3, 0, &range, &mut |_, _, address| {
            if let Some(byte) = target.get_mut(((address - range.start) / PAGE) as usize) {
                *byte = 1;
            }
            Ok(())
        })
    }

    fn sync(&self, range: Range<u64>, _: u32) -> Result<(), Errno> {
        check(&range)
    }

    fn populate(&self, range: Range<u64>, protection: Protection, access: Access) -> Result<(), Errno> {
        check(&range)?;
        self.faults.fetch_add(1, Ordering::Relaxed);
        let mut from = range.start;
        while from < range.end {
            let until = range.end.min(from + PAGES_AT_ONCE * PAGE);
            let _tables = self.tables.lock();
            let mut flush = Flush::new(self.root);
            for address in (from..until).step_by(PAGE as usize) {
                self.populate_page(address, protection, access, &mut flush)?;
            }
            from = until;
        }
        Ok(())
    }

    fn renew(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(Self::new()?))
    }

    fn fork(&self, _: usize, left_out: &[Range<u64>]) -> Result<Box<dyn AddressSpace>, Errno> {
        let copy = Self::new()?;
        let _tables = self.tables.lock();
        let mut flush = Flush::new(self.root);
        let mut left_out = left_out.iter().peekable();
        walk::each(self.root(), 3, 0, &(0..layout::USER_END), &mut |table, index, address| {
            while left_out.next_if(|range| range.end <= address).is_some() {}
            if left_out.peek().is_some_and(|range| range.contains(&address)) {
                return Ok(());
            }
            let (new_table, new_index) = walk::leaf(copy.root(), address)?;
            let mut entry = table.get(index);
            if entry.flags().contains(EntryFlags::OWNED) {
                physical::share(entry.address());
                let flags = (entry.flags() - EntryFlags::WRITE) | EntryFlags::COPY;
                entry = Entry::new(entry.address(), flags);
                table.set(index, entry);
                flush.changed(address);
                copy.add_resident(1);
            }
            new_table.set(new_index, entry);
            Ok(())
        })?;
        Ok(Box::new(copy))
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        processor::leave_tables(self.root);
        self.clear(&(0..layout::USER_END));
        drop(Frames::from_range(self.root..self.root + PAGE));
    }
}
