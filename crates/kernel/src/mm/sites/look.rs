//! From a trap to a plan.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use arch::{RegisterFrame, copy};
use rewrite::flow::FUNCTION_MAX;
use rewrite::plan::SYSCALL_LENGTH;
use rewrite::{Function, Plan, Text, plan};

use super::functions;
use super::records::{self, Fate, Reason};
use crate::machine::machine;
use crate::mm::{Backing, MappedFile, MemoryMap, Protection, Vma};
use crate::syscalls::number;
use crate::task::Thread;
use crate::user;

/// How many bytes around a site are looked at where its function is not known: more than any plan needs.
const AROUND: u64 = 64;
/// How often a site traps before it is looked at: a patch costs as much as several traps, and many sites of
/// a short run are not executed more often.
const TRAPS: u8 = 3;

/// The mapping that a site is in.
struct Place {
    area: Range<u64>,
    vma: Vma,
}

impl Place {
    /// The file that it shows.
    fn file(&self) -> Option<&Arc<dyn MappedFile>> {
        match &self.vma.backing {
            Backing::File { file, .. } => Some(file),
            _ => None,
        }
    }

    /// Where in the file an address is; without a file, the address.
    fn offset(&self, address: u64) -> u64 {
        match self.file() {
            Some(_) => self.vma.offset.wrapping_add(address - self.area.start),
            None => address,
        }
    }

    /// Whether nobody but the program itself, by a call that the kernel sees, can change the text.
    fn is_fixed(&self) -> bool {
        let needed = Protection::READ | Protection::EXECUTE;
        self.vma.protection == needed && !self.vma.is_shared() && !self.vma.is_special()
    }

    fn is_same(&self, area: &Range<u64>, vma: &Vma) -> bool {
        let file = |vma: &Vma| match &vma.backing {
            Backing::File { file, .. } => Some(Arc::as_ptr(file).addr()),
            _ => None,
        };
        self.area == *area
            && self.vma.offset == vma.offset
            && self.vma.protection == vma.protection
            && file(&self.vma) == file(vma)
    }
}

/// A thread's `syscall` trapped: looks at the site if that is new, and patches it if it can. The frame then
/// goes on where the program does.
pub fn look(thread: &Arc<Thread>, frame: &mut RegisterFrame) {
    if machine().site_entry(None).is_none() {
        return;
    }
    let memory = thread.process().memory();
    let Some(site) = frame.instruction_pointer().checked_sub(SYSCALL_LENGTH) else { return };
    if comes_back(frame.syscall_number()) && memory.is_due(site) {
        // The memory is in the process, and in the reference that is held here.
        let alone = thread.process().thread_count() == 1 && Arc::strong_count(&memory) == 2;
        memory.look_at(site, alone);
    }
    if records::are_observed() {
        memory.tell(thread, site);
    }
    let here = frame.instruction_pointer();
    let following = memory.sites.lock().patch_at(here).and_then(|patch| patch.to_stub(here));
    if let Some(following) = following {
        frame.set_instruction_pointer(following);
    }
}

/// Where a call by jump came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JumpFrom {
    /// A patched site.
    Site,
    /// The pages that the kernel gives every program.
    Kernel,
    /// The program's own doing.
    Program,
}

/// A call came by a jump: tells from where, and counts it for its site.
pub fn jumped(thread: &Thread, frame: &RegisterFrame) -> JumpFrom {
    let here = frame.instruction_pointer();
    let memory = thread.process().memory();
    let site = {
        let sites = memory.sites.lock();
        let patch = sites.stub_at(here).or_else(|| sites.patch_at(here.wrapping_sub(1)));
        patch.map(|patch| patch.site())
    };
    if let Some(site) = site {
        if records::are_observed() {
            memory.count_jump(thread, site);
        }
        return JumpFrom::Site;
    }
    match memory.place_of(here) {
        Some(place) if place.vma.is_special() => JumpFrom::Kernel,
        _ => JumpFrom::Program,
    }
}

/// Whether a call goes on behind its `syscall`: else nothing needs to stand there.
fn comes_back(number: u64) -> bool {
    !matches!(number & 0xffff_ffff, number::rt_sigreturn | number::exit | number::exit_group)
}

impl MemoryMap {
    /// Whether a site that trapped is to be looked at now.
    fn is_due(&self, site: u64) -> bool {
        let mut sites = self.sites.lock();
        if sites.patch_at(site).is_some() || sites.declined.contains_key(&site) || !sites.has_room() {
            return false;
        }
        let sites = Arc::make_mut(&mut *sites);
        let seen = sites.seen.entry(site).or_default();
        *seen += 1;
        let due = *seen >= TRAPS;
        if due {
            sites.seen.remove(&site);
        }
        due
    }

    fn look_at(&self, site: u64, alone: bool) {
        let Some(place) = self.place_of(site) else { return };
        if let Err(reason) = self.patch_site(site, &place, alone) {
            self.lock().change_sites(|sites| sites.declined.insert(site, reason));
        }
    }

    /// Records a trap of a site, and what there is to say about it.
    fn tell(&self, thread: &Thread, site: u64) {
        let fate = {
            let sites = self.sites.lock();
            match (sites.patch_at(site), sites.declined.get(&site)) {
                (Some(patch), _) => Fate::Patched(patch.form()),
                (None, Some(reason)) => Fate::Declined(*reason),
                (None, None) => Fate::New,
            }
        };
        if let Some(place) = self.place_of(site) {
            let (image, offset) = name(thread, &place, site);
            records::trapped(image, offset, fate);
        }
    }

    fn count_jump(&self, thread: &Thread, site: u64) {
        if let Some(place) = self.place_of(site) {
            let (image, offset) = name(thread, &place, site);
            records::jumped(image, offset);
        }
    }

    fn place_of(&self, site: u64) -> Option<Place> {
        let locked = self.lock();
        let (area, vma) = locked.books.find(site)?;
        Some(Place { area, vma: vma.clone() })
    }

    fn patch_site(&self, site: u64, place: &Place, alone: bool) -> Result<(), Reason> {
        if !place.is_fixed() {
            return Err(Reason::Text);
        }
        if is_of_linked_call(site) {
            return Err(Reason::Linked);
        }
        let plan = self.read_and_plan(site, place)?;
        let mut locked = self.lock();
        let now = locked.books.find(site).map(|(area, vma)| (area, vma.clone()));
        let Some((area, vma)) = now else { return Err(Reason::Changed) };
        if locked.sites.lock().patch_at(site).is_some() {
            // Another thread was faster.
            return Ok(());
        }
        if !place.is_same(&area, &vma) || !is_unchanged(&plan) {
            return Err(Reason::Changed);
        }
        locked.patch(&plan, vma.protection, alone)
    }

    /// Reads the text around a site and plans.
    fn read_and_plan(&self, site: u64, place: &Place) -> Result<Plan, Reason> {
        let function = place.file().and_then(|file| functions::find(&**file, site, place.offset(site)));
        let known = function.as_ref().filter(|function| is_readable(function, place));
        let start = known.map_or(site.saturating_sub(AROUND), |function| function.range.start);
        let end = known.map_or(site, |function| function.range.end.max(site)).saturating_add(AROUND);
        let range = start.max(place.area.start)..end.min(place.area.end);
        let mut bytes = vec![0; usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0)];
        let count = user::read_bytes(range.start, &mut bytes).unwrap_or(0);
        bytes.truncate(count);
        self.show_original(range.start, &mut bytes);
        plan(site, &Text { address: range.start, bytes: &bytes }, known).map_err(Reason::Code)
    }

    /// Puts the program's own instructions into a copy of its text where jumps stand in it: the ways through a
    /// function go on behind them. A plan that touches them fails later, as the text itself is another.
    fn show_original(&self, start: u64, bytes: &mut [u8]) {
        let range = start..start.saturating_add(bytes.len() as u64);
        for patch in self.sites.lock().patches_in(&range) {
            for (address, byte) in (patch.address()..).zip(patch.original()) {
                let place = address.checked_sub(start).and_then(|offset| usize::try_from(offset).ok());
                if let Some(place) = place.and_then(|place| bytes.get_mut(place)) {
                    *place = *byte;
                }
            }
        }
    }
}

/// Whether a `syscall` stands behind the jump of a linked call. It is executed before the program knows where it
/// runs, and when a signal interrupted the call; a patch would cost the call more than it saves, because
/// linked calls come back to what would be displaced.
fn is_of_linked_call(site: u64) -> bool {
    /// `jmp *%gs:OFFSET`, and what follows is the offset.
    const JUMP: [u8; 4] = [0x65, 0xff, 0x24, 0x25];
    let mut bytes = [0; 8];
    let Some(before) = site.checked_sub(bytes.len() as u64) else { return false };
    if user::read_bytes(before, &mut bytes) != Ok(bytes.len()) {
        return false;
    }
    let [jump @ .., a, b, c, d] = bytes;
    let table = arch::call::entry_table();
    let offset = u32::from_le_bytes([a, b, c, d]);
    let is_entry = offset.checked_sub(table.first).is_some_and(|from| from / 8 < table.count);
    jump == JUMP && (is_entry || offset == table.any)
}

/// Whether the text is still what was planned for. The books are locked, and so are the text's contents.
fn is_unchanged(plan: &Plan) -> bool {
    let expected = plan.affected_bytes();
    let mut bytes = vec![0; expected.len()];
    copy::from_user(&mut bytes, plan.affected().start).is_ok() && bytes == expected
}

/// Whether a function lies in the mapping and is not too large to be looked through.
fn is_readable(function: &Function, place: &Place) -> bool {
    let range = &function.range;
    range.start >= place.area.start
        && range.end <= place.area.end
        && range.end - range.start <= FUNCTION_MAX as u64
}

fn name(thread: &Thread, place: &Place, site: u64) -> (Vec<u8>, u64) {
    let image = match &place.vma.backing {
        Backing::File { file, .. } => file.path(&thread.fs().root()),
        Backing::Special(name) => name.as_bytes().to_vec(),
        Backing::Anonymous => Vec::new(),
    };
    (image, place.offset(site))
}
