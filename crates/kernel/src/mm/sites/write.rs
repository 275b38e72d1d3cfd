//! Writing a patch, and taking it back, while other threads execute the text.
//!
//! Every byte at which an instruction begins is written by itself; while the others are not yet what they
//! shall be, such bytes trap or fault, and [`resolve_fault`](super::resolve_fault) lets whoever comes there
//! try again or go on in the stub. Between the steps every processor passes a barrier
//! (Intel SDM volume 3, "Cross-Modifying Code"; membarrier(2), `SYNC_CORE`).

use alloc::sync::Arc;
use core::ops::Range;

use abi::Errno;
use arch::copy;
use rewrite::reach::JUMP_SIZE;
use rewrite::{Patch, Plan};

use super::Sites;
use super::records::Reason;
use crate::machine::machine;
use crate::mm::map::Locked;
use crate::mm::{Access, PAGE_SIZE, Protection, page_floor};

/// The instruction INT3.
pub(super) const BREAKPOINT: u8 = 0xcc;

/// Writes bytes of text that [`Locked::open`] made writable.
fn store(address: u64, bytes: &[u8]) -> Result<(), Errno> {
    copy::to_user(address, bytes).map_err(|_| Errno::EFAULT)
}

/// Writes those bytes of five at which an instruction begins, or the others; the first is left alone.
fn store_part(
    address: u64,
    bytes: &[u8; JUMP_SIZE],
    starts: &[bool; JUMP_SIZE],
    part: bool,
) -> Result<(), Errno> {
    for ((place, byte), _) in (address..).zip(bytes).zip(starts).skip(1).filter(|(_, start)| **start == part)
    {
        store(place, &[*byte])?;
    }
    Ok(())
}

impl Locked<'_> {
    /// Changes the registry.
    pub(super) fn change_sites<T>(&self, change: impl FnOnce(&mut Sites) -> T) -> T {
        change(Arc::make_mut(&mut *self.sites.lock()))
    }

    /// Carries out a plan for text with this protection. Who is `alone` executes nothing meanwhile.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub(super) fn patch(&mut self, plan: &Plan, protection: Protection, alone: bool) -> Result<(), Reason> {
        let entry = machine().site_entry(plan.number()).ok_or(Reason::Machine)?;
        if let Some(old) = self.revive(plan, entry) {
            return self.put_in(&old, protection, alone);
        }
        let stub = self.room_for(plan).ok_or(Reason::Code(rewrite::Declined::OutOfReach))?;
        let (patch, code) = plan.patch(stub, entry).ok_or(Reason::Machine)?;
        store(stub, &code).map_err(|_| Reason::Machine)?;
        let patch = Arc::new(patch);
        self.change_sites(|sites| {
            let end = patch.stub().end;
            if let Some((_, area)) = sites.areas.range_mut(..=stub).next_back() {
                area.fresh = area.fresh.max(end);
            }
            sites.stubs.insert(stub, Arc::clone(&patch))
        });
        self.put_in(&patch, protection, alone)
    }

    /// Takes the stub of a patch that was taken back, if the program's text is again what it was.
    fn revive(&self, plan: &Plan, entry: u32) -> Option<Arc<Patch>> {
        let old = {
            let sites = self.sites.lock();
            let stub = sites.retired.get(&plan.affected().start)?;
            Arc::clone(sites.stubs.get(stub)?)
        };
        let (patch, code) = plan.patch(old.stub().start, entry)?;
        if patch != *old {
            return None;
        }
        if let Some((at, _)) = old.retirement() {
            let offset = usize::try_from(at - old.stub().start).ok()?;
            overwrite(at, code.get(offset..)?.first_chunk()?).ok()?;
        }
        Some(old)
    }

    /// Enters a patch whose stub is there, and writes its jump.
    fn put_in(&self, patch: &Arc<Patch>, protection: Protection, alone: bool) -> Result<(), Reason> {
        let start = patch.program().start;
        self.change_sites(|sites| {
            sites.retired.remove(&start);
            sites.patches.insert(start, Arc::clone(patch))
        });
        let jump = start..start + JUMP_SIZE as u64;
        let written = self.open(&jump, protection, || {
            let (bytes, starts) = (patch.jump(), patch.starts());
            if alone {
                return store(start, bytes);
            }
            store(start, &[BREAKPOINT])?;
            store_part(start, bytes, &starts, true)?;
            machine().barrier();
            store_part(start, bytes, &starts, false)?;
            machine().barrier();
            store(start, &bytes[..1])?;
            machine().barrier();
            Ok(())
        });
        if written.is_err() {
            // The first thing that is tried failed: nothing was written.
            self.change_sites(|sites| sites.patches.remove(&start));
        }
        written.map_err(|_| Reason::Machine)
    }

    /// Takes a patch back: the program's text is its own again, in pages with this protection.
    pub(super) fn take_back(&self, patch: &Patch, protection: Protection) {
        let start = patch.program().start;
        let jump = start..start + JUMP_SIZE as u64;
        let _ = self.open(&jump, protection, || {
            let (bytes, starts) = (patch.original(), patch.starts());
            store(start, &[BREAKPOINT])?;
            machine().barrier();
            store_part(start, bytes, &starts, false)?;
            machine().barrier();
            store_part(start, bytes, &starts, true)?;
            store(start, &bytes[..1])?;
            machine().barrier();
            Ok(())
        });
        self.change_sites(|sites| {
            sites.patches.remove(&start);
            sites.retired.insert(start, patch.stub().start)
        });
        Self::retire(patch);
    }

    /// Makes the stub of a patch that is gone send back the threads that are in their calls.
    fn retire(patch: &Patch) {
        if let Some((at, bytes)) = patch.retirement() {
            let _ = overwrite(at, &bytes);
        }
    }

    /// Lets the kernel write text that has this protection while `write` runs; it stays executable.
    fn open(
        &self,
        range: &Range<u64>,
        protection: Protection,
        write: impl FnOnce() -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let end = page_floor(range.end.saturating_add(PAGE_SIZE - 1));
        let pages = page_floor(range.start)..end;
        let open = protection | Protection::READ | Protection::WRITE;
        self.space.protect(pages.clone(), open)?;
        // A fault in `write` could not be resolved: the books are locked.
        let outcome = self.space.populate(pages.clone(), open, Access::Write).and_then(|()| write());
        self.space.protect(pages, protection)?;
        outcome
    }
}

/// Replaces one instruction of five bytes by another.
fn overwrite(address: u64, bytes: &[u8; JUMP_SIZE]) -> Result<(), Errno> {
    let [first, rest @ ..] = bytes;
    store(address, &[BREAKPOINT])?;
    machine().barrier();
    store(address + 1, rest)?;
    machine().barrier();
    store(address, &[*first])?;
    machine().barrier();
    Ok(())
}
