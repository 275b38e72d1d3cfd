//! Faults of programs, and of the kernel on programs' memory.

use alloc::sync::{Arc, Weak};
use core::ops::Range;

use abi::Errno;
use sync::SpinLock;

use super::layout::STACK_GUARD_GAP;
use super::limits::MemoryLimits;
use super::map::Locked;
use super::{
    Access, MemoryMap, PAGE_SIZE, PageStore, Protection, Vma, VmaFlags, page_floor, pages, pressure,
};
use crate::sched;

/// How much a stack grows at once, where the limits allow.
const STACK_STEP: u64 = 64 << 10;

/// What comes of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultOutcome {
    /// The access may be tried again.
    Resolved,
    /// There is no memory for the page: the program ends.
    Ended,
    /// The program gets this signal.
    Signal {
        /// `SIGSEGV` or `SIGBUS`.
        number: i32,
        /// `si_code`.
        code: i32,
    },
}

impl FaultOutcome {
    /// `SIGSEGV`, `SEGV_MAPERR`: nothing is mapped there.
    pub const NOT_MAPPED: Self = Self::Signal { number: 11, code: 1 };
    /// `SIGSEGV`, `SEGV_ACCERR`: the mapping does not allow it.
    pub const NOT_ALLOWED: Self = Self::Signal { number: 11, code: 2 };
    /// `SIGBUS`, `BUS_ADRERR`: the file has no such page.
    pub const NO_PAGE: Self = Self::Signal { number: 7, code: 2 };
}

/// Brings in the page at `address` of the running program for this access, if the books allow the access
/// and the page is only absent; gives whether the access may be tried again.
pub fn fault_in(address: u64, access: Access) -> bool {
    handle_fault(address, access) == FaultOutcome::Resolved
}

/// Deals with a fault of the running program on `address`: brings in what is absent, lets a stack grow,
/// or says which signal the program gets.
pub fn handle_fault(address: u64, access: Access) -> FaultOutcome {
    if let Some(thread) = sched::current() {
        let outcome = thread.memory().fault(address, access, &MemoryLimits::of(&thread));
        // Whoever looks into another program is not to blame.
        if outcome == FaultOutcome::Ended && !thread.is_visiting() {
            pressure::kill(thread.process(), "no memory for a page");
        }
        return outcome;
    }
    let first = FIRST.lock().upgrade();
    first.map_or(FaultOutcome::NOT_MAPPED, |memory| memory.fault(address, access, &MemoryLimits::DEFAULT))
}

/// The memory of the first program, which is loaded before any thread runs.
static FIRST: SpinLock<Weak<MemoryMap>> = SpinLock::new(Weak::new());

/// Makes it the processor's memory before there is a thread: that of the first program.
pub fn enter_first(memory: &Arc<MemoryMap>) {
    *FIRST.lock() = Arc::downgrade(memory);
    memory.space().enter();
}

impl MemoryMap {
    /// Deals with a fault of the program, which must be the running one.
    pub fn fault(&self, address: u64, access: Access, limits: &MemoryLimits) -> FaultOutcome {
        let page = page_floor(address);
        if !arch::copy::is_user(page, 1) {
            return FaultOutcome::NOT_MAPPED;
        }
        let mut locked = self.lock();
        if locked.books.find(page).is_none() && locked.grow_stack(page, limits).is_err() {
            return FaultOutcome::NOT_MAPPED;
        }
        let Some((area, vma)) = locked.books.find(page) else { return FaultOutcome::NOT_MAPPED };
        if !allows(vma.protection, access) {
            return FaultOutcome::NOT_ALLOWED;
        }
        let vma = vma.clone();
        let outcome = match vma.store() {
            Some(store) if !locked.books.present.contains(page) => locked.bring_in(page, &area, &vma, store),
            // Nothing is absent in the core's eyes: the machine brings it in, or says why it cannot.
            _ => locked.space.populate(page..page + PAGE_SIZE, vma.protection, access),
        };
        match outcome {
            Ok(()) => FaultOutcome::Resolved,
            Err(Errno::ENOMEM) => FaultOutcome::Ended,
            Err(_) => FaultOutcome::NO_PAGE,
        }
    }
}

/// Whether a protection allows an access: what may be written or executed may be read on our processors.
pub(super) const fn allows(protection: Protection, access: Access) -> bool {
    match access {
        Access::Read => !protection.is_empty(),
        Access::Write => protection.contains(Protection::WRITE),
        Access::Execute => protection.contains(Protection::EXECUTE),
    }
}

impl Locked<'_> {
    /// Maps the frame of a page of a store, and those around it that lie in a row.
    pub(super) fn bring_in(
        &mut self,
        page: u64,
        area: &Range<u64>,
        vma: &Vma,
        store: &PageStore,
    ) -> Result<(), Errno> {
        let index = vma.offset.wrapping_add(page - area.start) / PAGE_SIZE;
        if index >= store.size().div_ceil(PAGE_SIZE) {
            return Err(Errno::EFAULT);
        }
        store.page_or_allocate(index)?;
        // Up to the next page that is mapped already: a private one may hold the program's changes.
        let free = self.books.present.missing(page..area.end);
        let end = free.first().map_or(page + PAGE_SIZE, |range| range.end);
        pages::show_run(&mut self.books, self.space, page..end, vma, store, index).map(|_| ())
    }

    /// Lets the stack above a page grow down to it, if there is one and the limits allow
    /// (`expand_stack`).
    fn grow_stack(&mut self, page: u64, limits: &MemoryLimits) -> Result<(), Errno> {
        let (area, vma) = self.books.find_or_next(page).ok_or(Errno::ENOMEM)?;
        if !vma.flags.contains(VmaFlags::GROWS_DOWN) || vma.store().is_some() {
            return Err(Errno::ENOMEM);
        }
        let vma = vma.clone();
        let lowest = self.lowest_stack(&area, limits);
        if page < lowest {
            return Err(Errno::ENOMEM);
        }
        let start = (page & !(STACK_STEP - 1)).max(lowest);
        let new = start..area.start;
        let length = new.end - new.start;
        self.check_expansion(length, 0, limits)?;
        if vma.flags.contains(VmaFlags::LOCKED)
            && self.books.usage().locked.saturating_add(length) > limits.locked
        {
            return Err(Errno::ENOMEM);
        }
        if vma.flags.contains(VmaFlags::ACCOUNT) {
            self.check_memory(length)?;
        }
        self.space.map(new, vma.protection, vma.source(vma.offset))?;
        self.books.extend_down(area.start, start);
        Ok(())
    }

    /// The lowest address to which a stack may grow.
    fn lowest_stack(&self, area: &Range<u64>, limits: &MemoryLimits) -> u64 {
        let by_limit = area.end.saturating_sub(page_floor(limits.stack));
        let by_neighbour = self.books.previous(area.start).map_or(0, |(previous, vma)| {
            // As Linux: no gap to what cannot be touched anyway, nor to another stack.
            let gap = !vma.protection.is_empty() && !vma.flags.contains(VmaFlags::GROWS_DOWN);
            previous.end + if gap { STACK_GUARD_GAP } else { 0 }
        });
        by_limit.max(by_neighbour).max(arch::copy::user_range().start)
    }
}
