//! Which system call a site makes, told from the instructions before it.
//!
//! This is for telling, not for patching: what a computed jump may bring into the middle is not looked at, and
//! nothing that changes a program stands on it. A plan has its own, stricter [`Plan::number`](crate::Plan::number).

use iced_x86::{
    Code, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register,
};

use super::flow::{Flow, decode, falls_through};
use super::function::Function;
use super::plan::{Text, constant_number};

/// How many instructions are looked back through.
const STEPS_MAX: usize = 64;

/// What is known of a site's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// It is always this one.
    Constant(u32),
    /// It comes from the caller or from memory: the site serves many calls.
    Variable,
    /// It comes here by several ways, or the function is not known.
    Unknown,
}

/// What an instruction does to a register.
enum Effect {
    None,
    Constant(u32),
    Copy(Register),
    Other,
}

/// The number that the `syscall` at `site` is made with.
#[must_use]
pub fn number(site: u64, text: &Text<'_>, function: Option<&Function>) -> Number {
    let found = function.filter(|function| function.range.contains(&site)).and_then(|function| {
        let flow = Flow::follow(function.range.start, text.range(&function.range)?)?;
        look_back(site, text, function, &flow)
    });
    found.unwrap_or(Number::Unknown)
}

fn look_back(site: u64, text: &Text<'_>, function: &Function, flow: &Flow) -> Option<Number> {
    let mut factory = InstructionInfoFactory::new();
    let mut register = Register::RAX;
    let mut at = site;
    for _ in 0..STEPS_MAX {
        // Whoever jumps here brings another value.
        if flow.has_target_in(at..at.checked_add(1)?) {
            return None;
        }
        if at == function.range.start {
            return Some(Number::Variable);
        }
        at = flow.before(at)?;
        let instruction = decode(at, text.from(at)?)?;
        if !falls_through(&instruction) {
            return None;
        }
        match effect(&instruction, register, &mut factory) {
            Effect::None => {}
            Effect::Constant(number) => return Some(Number::Constant(number)),
            Effect::Copy(other) => register = other,
            Effect::Other => return Some(Number::Variable),
        }
    }
    None
}

fn effect(instruction: &Instruction, register: Register, factory: &mut InstructionInfoFactory) -> Effect {
    let is_ours = |operand| {
        instruction
            .try_op_register(operand)
            .is_ok_and(|other| other.full_register() == register && matches!(other.size(), 4 | 8))
    };
    match instruction.flow_control() {
        FlowControl::Call | FlowControl::IndirectCall => {
            return if is_kept_by_calls(register) { Effect::None } else { Effect::Other };
        }
        _ if instruction.code() == Code::Syscall && register == Register::RAX => return Effect::Other,
        _ => {}
    }
    if is_ours(0) {
        if let Some(number) = constant_number(instruction) {
            return Effect::Constant(number);
        }
        let same = instruction.op_count() == 2
            && matches!(instruction.try_op_kind(1), Ok(OpKind::Register))
            && instruction.try_op_register(0).ok() == instruction.try_op_register(1).ok();
        match instruction.mnemonic() {
            Mnemonic::Xor | Mnemonic::Sub if same => return Effect::Constant(0),
            Mnemonic::Mov if matches!(instruction.try_op_kind(1), Ok(OpKind::Register)) => {
                let source = instruction.try_op_register(1).unwrap_or(Register::None);
                return if source.is_gpr() { Effect::Copy(source.full_register()) } else { Effect::Other };
            }
            _ => {}
        }
    }
    let changes = factory.info(instruction).used_registers().iter().any(|used| {
        used.register().full_register() == register
            && matches!(
                used.access(),
                OpAccess::Write | OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite
            )
    });
    if changes { Effect::Other } else { Effect::None }
}

/// Whether a function gives a register back as it was (System V ABI, "Register Usage").
const fn is_kept_by_calls(register: Register) -> bool {
    matches!(
        register,
        Register::RBX | Register::RBP | Register::R12 | Register::R13 | Register::R14 | Register::R15
    )
}

#[cfg(test)]
mod tests {
    use super::{Number, number};
    use crate::{Function, Text};

    const START: u64 = 0x40_1000;

    /// The number of the first `syscall` of a function.
    fn first(bytes: &[u8]) -> Number {
        let site = bytes.windows(2).position(|pair| pair == [0x0f, 0x05]).unwrap() as u64;
        let end = START + bytes.len() as u64;
        let function = Function { range: START..end, next: end };
        number(START + site, &Text { address: START, bytes }, Some(&function))
    }

    #[test]
    fn a_constant_is_found_behind_other_instructions() {
        // mov $39,%eax; mov %rdi,%rsi; syscall; ret
        assert_eq!(first(&[0xb8, 39, 0, 0, 0, 0x48, 0x89, 0xfe, 0x0f, 0x05, 0xc3]), Number::Constant(39));
        // xor %eax,%eax; syscall; ret
        assert_eq!(first(&[0x31, 0xc0, 0x0f, 0x05, 0xc3]), Number::Constant(0));
        // mov $202,%ebx; call next; mov %ebx,%eax; syscall; ret
        let copied = [0xbb, 202, 0, 0, 0, 0xe8, 0, 1, 0, 0, 0x89, 0xd8, 0x0f, 0x05, 0xc3];
        assert_eq!(first(&copied), Number::Constant(202));
    }

    #[test]
    fn what_the_caller_gives_is_variable() {
        // mov %rdi,%rax; syscall; ret
        assert_eq!(first(&[0x48, 0x89, 0xf8, 0x0f, 0x05, 0xc3]), Number::Variable);
        // mov 8(%rsp),%rax; syscall; ret
        assert_eq!(first(&[0x48, 0x8b, 0x44, 0x24, 8, 0x0f, 0x05, 0xc3]), Number::Variable);
        // mov $1,%eax; call next; syscall; ret
        let clobbered = [0xb8, 1, 0, 0, 0, 0xe8, 0, 1, 0, 0, 0x0f, 0x05, 0xc3];
        assert_eq!(first(&clobbered), Number::Variable);
    }

    #[test]
    fn two_ways_make_it_unknown() {
        // mov $1,%eax; test %edi,%edi; je 1f; mov $2,%eax; 1: syscall; ret
        let bytes = [0xb8, 1, 0, 0, 0, 0x85, 0xff, 0x74, 5, 0xb8, 2, 0, 0, 0, 0x0f, 0x05, 0xc3];
        assert_eq!(first(&bytes), Number::Unknown);
        let text = Text { address: START, bytes: &[0x0f, 0x05] };
        assert_eq!(number(START, &text, None), Number::Unknown);
    }
}
