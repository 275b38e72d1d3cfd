//! The stub's code, and how its addresses and the program's belong together.

use alloc::vec::Vec;
use core::ops::Range;

use super::plan::{Form, Moved, Plan, Relative, SYSCALL_LENGTH};
use super::reach::{JUMP_LENGTH, JUMP_SIZE};

/// The longest stub: the entry, and as many instructions as a jump can displace, all of full length.
pub const STUB_MAX: u64 = 96;

/// `lea distance(%rip),%rcx`, without the distance.
const LOAD_RETURN: [u8; 3] = [0x48, 0x8d, 0x0d];
/// `jmp *%gs:offset`, without the offset.
const JUMP_TO_ENTRY: [u8; 4] = [0x65, 0xff, 0x24, 0x25];
/// `jmp`, without the distance.
const JUMP: u8 = 0xe9;
/// A short `jmp`, without the distance.
const SHORT_JUMP: u8 = 0xeb;

/// A part of a stub, and the place in the program that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Where it starts in the stub.
    offset: u8,
    /// The program's address that a debugger shall see.
    program: u64,
    /// What kind of part it is.
    kind: Part,
}

/// How a part of a stub belongs to its place in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The program comes here when it comes to the place, in a step or by a jump.
    Start,
    /// The program comes here from a call; who jumps to the place finds the next part.
    Return,
    /// Who jumps to the place comes here; a step ended before.
    Landing,
    /// Somewhere between.
    Inside,
}

/// A site's patch, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    site: u64,
    form: Form,
    patch: u64,
    /// What stands in the program before.
    original: [u8; JUMP_SIZE],
    /// What stands there afterwards.
    jump: [u8; JUMP_SIZE],
    stub: u64,
    length: u8,
    places: Vec<Place>,
    /// The end of the program's bytes that moved.
    end: u64,
    /// Where the stub goes on after the call, in the form that displaces what follows.
    after: Option<u8>,
}

impl Plan {
    /// Makes the patch for a stub at this address, and the stub's code. `entry` is the offset from the GS
    /// base of the word that holds the address of the kernel's entry.
    #[must_use]
    pub fn patch(&self, stub: u64, entry: u32) -> Option<(Patch, Vec<u8>)> {
        if !self.reach().accepts(stub) {
            return None;
        }
        let mut writer = Writer { stub, code: Vec::new(), places: Vec::new() };
        let after = match self.form {
            Form::Before => {
                writer.before(self, entry)?;
                None
            }
            Form::Over => Some(writer.over(self, entry)?),
        };
        let [a, b, c, d] = distance(self.patch.checked_add(JUMP_LENGTH)?, stub)?;
        let patch = Patch {
            site: self.site,
            form: self.form,
            patch: self.patch,
            original: self.original,
            jump: [JUMP, a, b, c, d],
            stub,
            length: u8::try_from(writer.code.len()).ok()?,
            places: writer.places,
            end: self.affected().end,
            after,
        };
        (writer.code.len() as u64 <= STUB_MAX).then_some((patch, writer.code))
    }
}

/// The distance from the end of an instruction to its target.
fn distance(from: u64, to: u64) -> Option<[u8; 4]> {
    let distance = to.wrapping_sub(from).cast_signed();
    i32::try_from(distance).ok().map(i32::to_le_bytes)
}

struct Writer {
    stub: u64,
    code: Vec<u8>,
    places: Vec<Place>,
}

impl Writer {
    fn offset(&self) -> Option<u8> {
        u8::try_from(self.code.len()).ok()
    }

    /// The address of what is written `more` bytes from here.
    fn address(&self, more: usize) -> u64 {
        self.stub.wrapping_add((self.code.len() + more) as u64)
    }

    fn mark(&mut self, program: u64, kind: Part) -> Option<()> {
        let offset = self.offset()?;
        self.places.push(Place { offset, program, kind });
        Some(())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.code.extend_from_slice(bytes);
    }

    /// Writes an instruction that ends with a distance.
    fn relative(&mut self, opcode: &[u8], target: u64) -> Option<()> {
        let distance = distance(self.address(opcode.len() + 4), target)?;
        self.bytes(opcode);
        self.bytes(&distance);
        Some(())
    }

    /// What comes before the `syscall`, then the way to the kernel, which goes on behind the `syscall`.
    fn before(&mut self, plan: &Plan, entry: u32) -> Option<()> {
        for moved in &plan.moved {
            self.mark(moved.address, if moved.address == plan.patch { Part::Landing } else { Part::Start })?;
            self.moved(moved)?;
        }
        self.mark(plan.site, Part::Start)?;
        self.relative(&LOAD_RETURN, plan.site + SYSCALL_LENGTH)?;
        self.mark(plan.site, Part::Inside)?;
        self.bytes(&JUMP_TO_ENTRY);
        self.bytes(&entry.to_le_bytes());
        Some(())
    }

    /// The way to the kernel, which goes on here, then what was displaced, then back.
    fn over(&mut self, plan: &Plan, entry: u32) -> Option<u8> {
        self.mark(plan.site, Part::Landing)?;
        let way_in = LOAD_RETURN.len() + 4 + JUMP_TO_ENTRY.len() + 4;
        let again = 2;
        let after = self.address(way_in + again);
        self.relative(&LOAD_RETURN, after)?;
        self.mark(plan.site, Part::Inside)?;
        self.bytes(&JUMP_TO_ENTRY);
        self.bytes(&entry.to_le_bytes());
        // A call that is to be restarted goes on as many bytes before its end as a `syscall` has.
        let back = i8::try_from(way_in + again).ok()?.checked_neg()?;
        self.bytes(&[SHORT_JUMP, back.cast_unsigned()]);
        let after = self.offset()?;
        let following = plan.site + SYSCALL_LENGTH;
        self.mark(following, Part::Return)?;
        // A `syscall` leaves the program's address there. When the patch is taken back, a jump to the
        // program's own text replaces this.
        self.relative(&LOAD_RETURN, following)?;
        for moved in &plan.moved {
            self.mark(moved.address, if moved.address == following { Part::Landing } else { Part::Start })?;
            self.moved(moved)?;
        }
        if plan.moved.last().is_none_or(|moved| moved.falls_through) {
            let end = plan.moved.last().map_or(following, |moved| moved.address + moved.bytes.len() as u64);
            // The step that ends here ends once more, at the place itself.
            self.mark(end, Part::Inside)?;
            self.relative(&[JUMP], end)?;
        }
        Some(after)
    }

    fn moved(&mut self, moved: &Moved) -> Option<()> {
        match moved.relative {
            Relative::None => self.bytes(&moved.bytes),
            Relative::Memory { target, offset } => {
                let distance = distance(self.address(moved.bytes.len()), target)?;
                let start = self.code.len() + offset;
                self.bytes(&moved.bytes);
                self.code.get_mut(start..start + 4)?.copy_from_slice(&distance);
            }
            Relative::Jump { target } => self.relative(&[JUMP], target)?,
            Relative::Conditional { target, condition } => {
                self.relative(&[0x0f, 0x80 | condition], target)?
            }
        }
        Some(())
    }
}

/// Where a stub's address is in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramPlace {
    /// The program's address.
    pub address: u64,
    /// Whether the program just came there, so that a single step ends.
    pub first: bool,
}

impl Patch {
    /// The address of the `syscall`.
    #[must_use]
    pub const fn site(&self) -> u64 {
        self.site
    }

    /// The form.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Where the jump stands.
    #[must_use]
    pub const fn address(&self) -> u64 {
        self.patch
    }

    /// What stood there before.
    #[must_use]
    pub const fn original(&self) -> &[u8; JUMP_SIZE] {
        &self.original
    }

    /// The jump.
    #[must_use]
    pub const fn jump(&self) -> &[u8; JUMP_SIZE] {
        &self.jump
    }

    /// The program's bytes that it stands for: those of the jump, the `syscall`, and all that moved.
    #[must_use]
    pub const fn program(&self) -> Range<u64> {
        self.patch..self.end
    }

    /// The stub's addresses.
    #[must_use]
    pub const fn stub(&self) -> Range<u64> {
        self.stub..self.stub + self.length as u64
    }

    /// Which bytes of the jump lie where an instruction of the program began. They are written first, each
    /// by itself: whoever comes there from then on traps or faults, and so executes nothing half written.
    #[must_use]
    pub fn starts(&self) -> [bool; JUMP_SIZE] {
        let mut starts = [false; JUMP_SIZE];
        for place in self.places.iter().filter(|place| place.program < self.end) {
            let index = place.program.checked_sub(self.patch).and_then(|index| usize::try_from(index).ok());
            if let Some(start) = index.and_then(|index| starts.get_mut(index)) {
                *start = true;
            }
        }
        starts
    }

    /// The program's place for an address in the stub.
    #[must_use]
    pub fn to_program(&self, address: u64) -> Option<ProgramPlace> {
        let offset =
            u8::try_from(address.checked_sub(self.stub)?).ok().filter(|&offset| offset < self.length)?;
        let place = self.places.iter().rev().find(|place| place.offset <= offset)?;
        let arrives = matches!(place.kind, Part::Start | Part::Return) && place.offset == offset;
        Some(ProgramPlace { address: place.program, first: arrives })
    }

    /// The stub's address for a place in the program that was patched: where an instruction began.
    #[must_use]
    pub fn to_stub(&self, address: u64) -> Option<u64> {
        if !self.program().contains(&address) {
            return None;
        }
        let lands = |place: &&Place| matches!(place.kind, Part::Start | Part::Landing);
        let place = self.places.iter().filter(lands).find(|place| place.program == address)?;
        self.stub.checked_add(u64::from(place.offset))
    }

    /// Where the stub goes on after a call, if that is not in the program.
    #[must_use]
    pub fn after_call(&self) -> Option<u64> {
        self.stub.checked_add(u64::from(self.after?))
    }

    /// What makes the stub go back to the program's own instructions after the call, and where it is to be
    /// written: for a patch that is taken back while threads are in their calls. `None` where the stub does
    /// so anyway.
    #[must_use]
    pub fn retirement(&self) -> Option<(u64, [u8; JUMP_SIZE])> {
        let at = self.after_call()?;
        let [a, b, c, d] = distance(at.checked_add(JUMP_LENGTH)?, self.site.checked_add(SYSCALL_LENGTH)?)?;
        Some((at, [JUMP, a, b, c, d]))
    }
}
