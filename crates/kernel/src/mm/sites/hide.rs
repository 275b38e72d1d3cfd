//! Instruction pointers, faults and single steps: a program sees its own text's addresses only.

use alloc::sync::Arc;

use arch::{RegisterFrame, copy};

use super::write::BREAKPOINT;
use crate::mm::MemoryMap;
use crate::task::Thread;
use crate::trap::Trap;

/// The processor's numbers of its traps (Intel SDM volume 3, "Exception and Interrupt Reference").
mod vector {
    pub(super) const DEBUG: u64 = 1;
    pub(super) const BREAKPOINT: u64 = 3;
    pub(super) const INVALID_OPCODE: u64 = 6;
    pub(super) const PAGE_FAULT: u64 = super::Trap::PAGE_FAULT;
}

/// Makes the frame show where in its own text the program is, as a signal handler must find it. Gives where
/// it really is, for [`hide`].
pub fn show(thread: &Thread, frame: &mut RegisterFrame) -> u64 {
    let real = frame.instruction_pointer();
    let memory = thread.process().memory();
    let sites = memory.sites.lock();
    let Some(patch) = sites.stub_at(real) else { return real };
    if let Some(place) = patch.to_program(real) {
        if patch.after_call() == Some(real) {
            frame.set_call_return(place.address);
        } else {
            frame.set_instruction_pointer(place.address);
        }
    }
    real
}

/// Lets the program go on in its stub, if it still is at the place that [`show`] put into the frame.
pub fn hide(thread: &Thread, frame: &mut RegisterFrame, real: u64, shown: u64) {
    let memory = thread.process().memory();
    let sites = memory.sites.lock();
    if frame.instruction_pointer() == shown
        && real != shown
        && sites.stub_at(real).is_some_and(|patch| sites.is_live(patch))
    {
        frame.set_instruction_pointer(real);
    } else if let Some(stub) = sites
        .patch_at(frame.instruction_pointer())
        .and_then(|patch| patch.to_stub(frame.instruction_pointer()))
    {
        frame.set_instruction_pointer(stub);
    }
}

/// A fault of a program that a patch caused: puts right where it goes on. Else tells the trap's address as
/// the program's.
#[must_use]
pub fn resolve_fault(thread: &Arc<Thread>, frame: &mut RegisterFrame, trap: &mut Trap) -> bool {
    let memory = thread.process().memory();
    let resolved = match trap.number {
        vector::BREAKPOINT => memory.was_being_written(frame),
        vector::INVALID_OPCODE => memory.jumped_behind_site(frame),
        vector::DEBUG => memory.is_inside_step(frame.instruction_pointer()),
        vector::PAGE_FAULT if trap.cr2 == frame.instruction_pointer() => memory.left_its_stub(frame),
        _ => false,
    };
    if !resolved && trap.number != vector::PAGE_FAULT && trap.address == frame.instruction_pointer() {
        let sites = memory.sites.lock();
        if let Some(place) = sites
            .stub_at(frame.instruction_pointer())
            .and_then(|patch| patch.to_program(frame.instruction_pointer()))
        {
            trap.address = place.address;
        }
    }
    resolved
}

impl MemoryMap {
    /// Whether a breakpoint was only there while a patch was written: then it is tried again.
    fn was_being_written(&self, frame: &mut RegisterFrame) -> bool {
        let at = frame.instruction_pointer().wrapping_sub(1);
        let ours = {
            let sites = self.sites.lock();
            sites.stub_at(at).is_some() || sites.patches.contains_key(&at) || sites.retired.contains_key(&at)
        };
        if !ours {
            return false;
        }
        // Whoever writes holds the lock until all is written.
        self.catch_up();
        let mut byte = [0];
        let gone = copy::from_user(&mut byte, at).is_ok() && byte != [BREAKPOINT];
        if gone {
            frame.set_instruction_pointer(at);
        }
        gone
    }

    /// Whether the program jumped to an instruction that was displaced: then it goes on in the copy.
    fn jumped_behind_site(&self, frame: &mut RegisterFrame) -> bool {
        let sites = self.sites.lock();
        let patch = sites
            .patch_at(frame.instruction_pointer())
            .filter(|patch| patch.address() != frame.instruction_pointer());
        let copy = patch.and_then(|patch| patch.to_stub(frame.instruction_pointer()));
        if let Some(copy) = copy {
            frame.set_instruction_pointer(copy);
        }
        copy.is_some()
    }

    /// Whether a single step ended between instructions that are not the program's.
    fn is_inside_step(&self, rip: u64) -> bool {
        let sites = self.sites.lock();
        let Some(patch) = sites.stub_at(rip) else { return false };
        patch.to_program(rip).is_some_and(|place| !place.first || rip == patch.stub().start)
    }

    /// Whether the stub that the program was in is gone: then it goes on in its own text.
    fn left_its_stub(&self, frame: &mut RegisterFrame) -> bool {
        let sites = self.sites.lock();
        let place = sites
            .stub_at(frame.instruction_pointer())
            .filter(|patch| !sites.stubs.contains_key(&patch.stub().start))
            .and_then(|patch| patch.to_program(frame.instruction_pointer()));
        if let Some(place) = place {
            frame.set_instruction_pointer(place.address);
        }
        place.is_some()
    }
}
