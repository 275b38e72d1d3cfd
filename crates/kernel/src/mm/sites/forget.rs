//! What happens to patches when the memory changes.

use alloc::sync::Arc;
use core::ops::Range;

use rewrite::{Form, Patch};

use crate::mm::map::Locked;

/// What is about to happen to a range of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mm) enum TextChange {
    /// Its contents go.
    Gone,
    /// The program may read, write or move its contents: they must be its own.
    Open,
}

impl Locked<'_> {
    /// Lets go of all sites in a range. Must come before the machine is told of the change.
    pub(in crate::mm) fn leave_sites(&mut self, range: &Range<u64>, change: TextChange) {
        if self.sites.lock().is_unconcerned(range) {
            return;
        }
        self.look_again(range);
        let patches = self.sites.lock().patches_in(range);
        for patch in patches {
            let program = patch.program();
            let inside = range.start <= program.start && program.end <= range.end;
            // Also where the text goes: the machine may yet refuse that.
            self.restore_text(&patch);
            if change == TextChange::Gone && inside && patch.form() == Form::Before {
                self.drop_stub(&patch);
            }
        }
        if change == TextChange::Gone {
            let areas = self.sites.lock().areas_in(range);
            for area in areas {
                self.leave_area(&area);
            }
        }
    }

    /// Looks anew at sites that were left as they were: what stood against it may have changed.
    pub(in crate::mm) fn look_again(&self, range: &Range<u64>) {
        let known = {
            let sites = self.sites.lock();
            sites.declined.range(range.clone()).next().is_some()
                || sites.seen.range(range.clone()).next().is_some()
        };
        if known {
            self.change_sites(|sites| {
                sites.declined.retain(|site, _| !range.contains(site));
                sites.seen.retain(|site, _| !range.contains(site));
            });
        }
    }

    /// Forgets a stub whose text goes away, of the form that leaves the `syscall` alone: nobody waits in it.
    /// In others, threads may be in their calls.
    fn drop_stub(&self, patch: &Patch) {
        self.change_sites(|sites| {
            sites.retired.remove(&patch.program().start);
            sites.stubs.remove(&patch.stub().start);
        });
    }

    fn restore_text(&self, patch: &Patch) {
        let protection = self.books.find(patch.program().start).map(|(_, vma)| vma.protection);
        if let Some(protection) = protection {
            self.take_back(patch, protection);
        }
    }

    /// The program wants the addresses of memory for stubs: gives them up. Whoever is in a stub faults
    /// there, and is sent to the program's own text.
    fn leave_area(&mut self, area: &Range<u64>) {
        let stubs = self.sites.lock().stubs_in(area);
        for patch in stubs {
            let live = self.sites.lock().is_live(&patch);
            if live {
                self.restore_text(&patch);
            }
            self.change_sites(|sites| {
                sites.retired.remove(&patch.program().start);
                sites.stubs.remove(&patch.stub().start);
                sites.remember_gone(Arc::clone(&patch));
            });
        }
        self.change_sites(|sites| sites.areas.remove(&area.start));
        let _ = self.space.unmap(area.clone());
        self.forget(area);
    }
}
