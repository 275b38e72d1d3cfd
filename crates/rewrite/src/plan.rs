//! What to do with a site.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use iced_x86::{Code, FlowControl, Instruction, Mnemonic, OpKind, Register};

use super::flow::{Flow, branch_target, decode, falls_through};
use super::function::Function;
use super::reach::{JUMP_LENGTH, JUMP_SIZE, Reach};

/// Bytes of the instruction `syscall`.
pub const SYSCALL_LENGTH: u64 = 2;
/// The instruction `syscall`.
const SYSCALL: [u8; 2] = [0x0f, 0x05];
/// The system call that ends a signal handler: unwinders know its instructions by their bytes.
const RT_SIGRETURN: u32 = 15;

/// Text of one mapping.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The first byte's address.
    pub address: u64,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Text<'a> {
    /// The bytes from an address on.
    pub(crate) fn from(&self, address: u64) -> Option<&'a [u8]> {
        self.bytes.get(usize::try_from(address.checked_sub(self.address)?).ok()?..)
    }

    /// The bytes of a range.
    pub(crate) fn range(&self, range: &Range<u64>) -> Option<&'a [u8]> {
        let length = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
        self.from(range.start)?.get(..length)
    }
}

/// How a site is patched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The jump replaces what comes before the `syscall`.
    Before,
    /// The jump replaces the `syscall` and what follows.
    Over,
}

/// Why a site keeps trapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Declined {
    /// No `syscall` stands there.
    NotASyscall,
    /// It ends signal handlers: unwinders know such code by its bytes.
    SignalReturn,
    /// What follows lies outside of the mapping.
    EndOfText,
    /// What follows is not known to be instructions.
    UnknownCode,
    /// What follows cannot run elsewhere (a call, another system call, a landing place).
    Immovable,
    /// The function itself jumps between the displaced instructions.
    JumpTarget,
    /// There is no place for the stub from which everything can be reached.
    OutOfReach,
}

impl fmt::Display for Declined {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotASyscall => "no syscall instruction",
            Self::SignalReturn => "returns from signals",
            Self::EndOfText => "at the end of the text",
            Self::UnknownCode => "what follows is not known to be code",
            Self::Immovable => "what follows cannot be moved",
            Self::JumpTarget => "a jump goes between",
            Self::OutOfReach => "no room for a stub in reach",
        })
    }
}

/// One instruction that moves to the stub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Where it stands in the program.
    pub(crate) address: u64,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// What it refers to by a distance.
    pub(crate) relative: Relative,
    /// Whether the next instruction may be executed after it.
    pub(crate) falls_through: bool,
}

/// What an instruction refers to by a distance from itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relative {
    /// Nothing.
    None,
    /// A place in memory; the distance of 32 bits stands at this offset in the instruction.
    Memory { target: u64, offset: usize },
    /// Where it jumps always.
    Jump { target: u64 },
    /// Where it jumps on a condition: the opcode's low four bits.
    Conditional { target: u64, condition: u8 },
}

impl Relative {
    const fn target(self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Memory { target, .. } | Self::Jump { target } | Self::Conditional { target, .. } => {
                Some(target)
            }
        }
    }
}

/// What to do with a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The address of the `syscall`.
    pub(crate) site: u64,
    /// The form.
    pub(crate) form: Form,
    /// Where the jump goes.
    pub(crate) patch: u64,
    /// What moves.
    pub(crate) moved: Vec<Moved>,
    /// What the jump replaces.
    pub(crate) original: [u8; JUMP_SIZE],
    /// The number, where it is a constant.
    pub(crate) number: Option<u32>,
    reach: Reach,
    bytes: Vec<u8>,
}

impl Plan {
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

    /// The system call's number, where it is a constant.
    #[must_use]
    pub const fn number(&self) -> Option<u32> {
        self.number
    }

    /// The program's bytes that the plan stands on: none of them may have changed when it is carried out.
    #[must_use]
    pub fn affected(&self) -> Range<u64> {
        let end = self.moved.last().map_or(self.patch, |moved| moved.address + moved.bytes.len() as u64);
        self.patch..end.max(self.site + SYSCALL_LENGTH).max(self.patch + JUMP_LENGTH)
    }

    /// What stands there.
    #[must_use]
    pub fn affected_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the stub may lie.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }
}

/// Plans what to do with the `syscall` at `site`, which is known to be an instruction and to come back.
///
/// # Errors
/// Why it must be left as it is.
pub fn plan(site: u64, text: &Text<'_>, function: Option<&Function>) -> Result<Plan, Declined> {
    // So far from the end of the address space, no address that is calculated below overflows.
    let distant = text.address.checked_add(text.bytes.len() as u64).and_then(|end| end.checked_add(4096));
    let end = distant.and_then(|_| site.checked_add(SYSCALL_LENGTH)).ok_or(Declined::EndOfText)?;
    if text.range(&(site..end)) != Some(&SYSCALL) {
        return Err(Declined::NotASyscall);
    }
    if returns_from_signal(site, text) {
        return Err(Declined::SignalReturn);
    }
    let function = function.filter(|function| function.range.contains(&site));
    let flow = function.and_then(|function| {
        let flow = Flow::follow(function.range.start, text.range(&function.range)?)?;
        // It was executed: if nothing leads there, something that was assumed may not be so.
        (flow.length_at(site) == Some(SYSCALL_LENGTH)).then_some(flow)
    });
    let before = |most: usize| flow.as_ref().and_then(|flow| plan_before(site, text, flow, most));
    if let Some(plan) = before(1) {
        return Ok(plan);
    }
    plan_over(site, text, function.zip(flow.as_ref())).or_else(|declined| before(JUMP_SIZE).ok_or(declined))
}

/// Whether what stands before may be the end of a signal handler. This may look at bytes alone, because all
/// that comes of it is that nothing is done.
fn returns_from_signal(site: u64, text: &Text<'_>) -> bool {
    let number = RT_SIGRETURN.to_le_bytes();
    let before = site.checked_sub(4).and_then(|start| text.range(&(start..site)));
    before == Some(&number)
}

/// The form that leaves the `syscall` alone and displaces up to `most` instructions before it.
fn plan_before(site: u64, text: &Text<'_>, flow: &Flow, most: usize) -> Option<Plan> {
    let mut starts = Vec::new();
    let mut patch = site;
    while site - patch < JUMP_LENGTH {
        patch = flow.before(patch).filter(|_| starts.len() < most)?;
        starts.push(patch);
    }
    let mut inside = patch + 1..site;
    if flow.has_target_in(inside.clone())
        || inside.any(|at| flow.length_at(at).is_some() && !starts.contains(&at))
    {
        return None;
    }
    let mut moved = Vec::new();
    let mut number = None;
    for &start in starts.iter().rev() {
        let instruction = decode(start, text.from(start)?)?;
        // It must lead to the system call and nowhere else.
        if instruction.flow_control() != FlowControl::Next {
            return None;
        }
        moved.push(movable(&instruction, text).ok()?);
        number = number_loaded(&instruction);
    }
    make(site, Form::Before, patch, moved, number, text).ok()
}

/// The number that an instruction loads, if it is `mov $number,%eax` in one of its forms.
fn number_loaded(instruction: &Instruction) -> Option<u32> {
    let register = instruction.try_op_register(0).ok()?;
    constant_number(instruction).filter(|_| matches!(register, Register::EAX | Register::RAX))
}

/// The number that an instruction loads into a register as a constant.
pub(crate) fn constant_number(instruction: &Instruction) -> Option<u32> {
    let loads = matches!(
        instruction.code(),
        Code::Mov_r32_imm32 | Code::Mov_rm32_imm32 | Code::Mov_r64_imm64 | Code::Mov_rm64_imm32
    );
    if !loads || !matches!(instruction.try_op_kind(0), Ok(OpKind::Register)) {
        return None;
    }
    // Linux takes the low half of RAX as the number.
    let [low @ .., _, _, _, _] = instruction.try_immediate(1).ok()?.to_le_bytes();
    Some(u32::from_le_bytes(low))
}

/// The form that displaces the `syscall` and what follows.
fn plan_over(site: u64, text: &Text<'_>, known: Option<(&Function, &Flow)>) -> Result<Plan, Declined> {
    let mut moved: Vec<Moved> = Vec::new();
    let mut at = site + SYSCALL_LENGTH;
    let mut reached = true;
    while at < site + JUMP_LENGTH {
        if !reached && !is_known(at, known) {
            if is_padding(at..site + JUMP_LENGTH, text, known) {
                break;
            }
            return Err(Declined::UnknownCode);
        }
        let instruction =
            decode(at, text.from(at).ok_or(Declined::EndOfText)?).ok_or_else(|| undecodable(at, text))?;
        moved.push(movable(&instruction, text)?);
        reached = falls_through(&instruction);
        at = instruction.next_ip();
    }
    let displaced = site + 1..at.max(site + JUMP_LENGTH);
    let own = moved.iter().filter_map(|moved| moved.relative.target());
    if own.clone().any(|target| displaced.contains(&target))
        || known.is_some_and(|(_, flow)| flow.has_target_in(displaced))
    {
        return Err(Declined::JumpTarget);
    }
    make(site, Form::Over, site, moved, None, text)
}

/// Whether bytes that do not decode are cut off by the mapping's end.
fn undecodable(at: u64, text: &Text<'_>) -> Declined {
    const LONGEST: usize = 15;
    match text.from(at) {
        Some(bytes) if bytes.len() >= LONGEST => Declined::UnknownCode,
        _ => Declined::EndOfText,
    }
}

fn is_known(at: u64, known: Option<(&Function, &Flow)>) -> bool {
    known.is_some_and(|(_, flow)| flow.length_at(at).is_some())
}

/// Whether bytes belong to no function and are what compilers fill gaps with: nobody executes or reads them.
fn is_padding(range: Range<u64>, text: &Text<'_>, known: Option<(&Function, &Flow)>) -> bool {
    let Some((function, _)) = known else { return false };
    if range.start < function.range.end || range.end > function.next {
        return false;
    }
    let mut at = range.start;
    while at < range.end {
        let Some(instruction) = text.from(at).and_then(|bytes| decode(at, bytes)) else { return false };
        if !matches!(instruction.mnemonic(), Mnemonic::Nop | Mnemonic::Int3) {
            return false;
        }
        at = instruction.next_ip();
    }
    at <= function.next
}

/// Looks whether an instruction can run elsewhere, and what it takes.
fn movable(instruction: &Instruction, text: &Text<'_>) -> Result<Moved, Declined> {
    let address = instruction.ip();
    let bytes = text.range(&(address..instruction.next_ip())).ok_or(Declined::EndOfText)?;
    let relative = match instruction.flow_control() {
        FlowControl::Next => match instruction.mnemonic() {
            Mnemonic::Endbr64 | Mnemonic::Endbr32 => return Err(Declined::Immovable),
            _ => memory_reference(instruction, bytes)?,
        },
        FlowControl::Return => Relative::None,
        FlowControl::IndirectBranch => memory_reference(instruction, bytes)?,
        FlowControl::UnconditionalBranch => match instruction.code() {
            Code::Jmp_rel8_64 | Code::Jmp_rel32_64 => Relative::Jump { target: near(instruction)? },
            _ => return Err(Declined::Immovable),
        },
        FlowControl::ConditionalBranch => conditional(instruction, bytes)?,
        // A call leaves its own address behind; the others are for the kernel or the processor.
        _ => return Err(Declined::Immovable),
    };
    Ok(Moved { address, bytes: bytes.to_vec(), relative, falls_through: falls_through(instruction) })
}

fn near(instruction: &Instruction) -> Result<u64, Declined> {
    branch_target(instruction).ok_or(Declined::Immovable)
}

/// A jump on a condition of the flags; its two encodings end with the same four bits.
fn conditional(instruction: &Instruction, bytes: &[u8]) -> Result<Relative, Declined> {
    let target = near(instruction)?;
    let opcode = match bytes {
        [opcode @ 0x70..=0x7f, _] => opcode,
        [0x0f, opcode @ 0x80..=0x8f, _, _, _, _] => opcode,
        // With prefixes, or LOOP and JRCXZ, which have no form for large distances.
        _ => return Err(Declined::Immovable),
    };
    Ok(Relative::Conditional { target, condition: opcode & 0x0f })
}

/// Finds the distance in an instruction whose operand is relative to RIP.
fn memory_reference(instruction: &Instruction, bytes: &[u8]) -> Result<Relative, Declined> {
    let has_memory = (0..instruction.op_count())
        .any(|operand| matches!(instruction.try_op_kind(operand), Ok(OpKind::Memory)));
    match instruction.memory_base() {
        Register::EIP if has_memory => Err(Declined::Immovable),
        Register::RIP if has_memory => {
            let target = instruction.ip_rel_memory_address();
            let offset = displacement_offset(instruction, bytes).ok_or(Declined::Immovable)?;
            Ok(Relative::Memory { target, offset })
        }
        _ => Ok(Relative::None),
    }
}

/// Where the displacement stands in an instruction, and a check that it says what was decoded.
fn displacement_offset(instruction: &Instruction, bytes: &[u8]) -> Option<usize> {
    let mut decoder =
        iced_x86::Decoder::try_with_ip(64, bytes, instruction.ip(), iced_x86::DecoderOptions::NONE).ok()?;
    let again = decoder.decode();
    let offsets = decoder.get_constant_offsets(&again);
    if !offsets.has_displacement() || offsets.displacement_size() != 4 {
        return None;
    }
    let offset = offsets.displacement_offset();
    let [a, b, c, d] = *bytes.get(offset..offset + 4)? else { return None };
    let distance = i64::from(i32::from_le_bytes([a, b, c, d]));
    let target = instruction.next_ip().wrapping_add_signed(distance);
    (target == instruction.ip_rel_memory_address()).then_some(offset)
}

fn make(
    site: u64,
    form: Form,
    patch: u64,
    moved: Vec<Moved>,
    number: Option<u32>,
    text: &Text<'_>,
) -> Result<Plan, Declined> {
    let jump = patch..patch.checked_add(JUMP_LENGTH).ok_or(Declined::EndOfText)?;
    let bytes = text.range(&jump).ok_or(Declined::EndOfText)?;
    let original = bytes.try_into().map_err(|_| Declined::EndOfText)?;
    let targets = moved.iter().filter_map(|moved| moved.relative.target());
    let ends = moved.iter().map(|moved| moved.address + moved.bytes.len() as u64);
    let starts = moved.iter().map(|moved| moved.address).filter(|&address| address > patch);
    let reach = Reach::new(patch, targets.chain(ends), starts).ok_or(Declined::OutOfReach)?;
    let mut plan = Plan { site, form, patch, moved, original, number, reach, bytes: Vec::new() };
    plan.bytes = text.range(&plan.affected()).ok_or(Declined::EndOfText)?.to_vec();
    Ok(plan)
}
