//! A second opinion on a plan, by a decoder that shares no code with the first.

#![allow(dead_code, reason = "each test program uses a part")]

use rewrite::flow::Flow;
use rewrite::reach::INVALID_OPCODES;
use rewrite::{Form, Function, Patch, Plan, Text};
use yaxpeax_arch::{Decoder, LengthedInstruction, U8Reader};
use yaxpeax_x86::amd64::{InstDecoder, Instruction, Opcode, Operand};

/// The offset of the entry in the tests' patches.
pub(crate) const ENTRY: u32 = 0x48;

/// Decodes one instruction and gives its length.
pub(crate) fn decode(bytes: &[u8]) -> Option<(Instruction, u64)> {
    let instruction = InstDecoder::default().decode(&mut U8Reader::new(bytes)).ok()?;
    let length = instruction.len().to_const();
    Some((instruction, length))
}

/// One instruction without what depends on where it stands, and what it refers to by a distance.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) text: String,
    pub(crate) target: Option<u64>,
}

/// What an instruction means wherever it stands.
pub(crate) fn meaning(address: u64, bytes: &[u8]) -> Option<(Meaning, u64)> {
    let (instruction, length) = decode(bytes)?;
    let next = address.wrapping_add(length);
    let mut target = None;
    let mut text = instruction.to_string();
    for operand in 0..instruction.operand_count() {
        let distance = match instruction.operand(operand) {
            Operand::Disp { base, disp } if base == yaxpeax_x86::amd64::RegSpec::rip() => i64::from(disp),
            Operand::MemDeref { base } if base == yaxpeax_x86::amd64::RegSpec::rip() => 0,
            Operand::ImmediateI8 { imm } if is_jump(instruction.opcode()) => i64::from(imm),
            Operand::ImmediateI32 { imm } if is_jump(instruction.opcode()) => i64::from(imm),
            _ => continue,
        };
        target = Some(next.wrapping_add_signed(distance));
        text = format!("{} (relative)", instruction.opcode());
    }
    Some((Meaning { text, target }, length))
}

fn is_jump(opcode: Opcode) -> bool {
    let name = opcode.to_string();
    name.starts_with('j')
}

/// Checks that the patch of a plan does what the program's instructions did. `None` where this decoder does
/// not know one of the instructions: as far as that, all was right.
pub(crate) fn check(
    text: &Text<'_>,
    plan: &Plan,
    patch: &Patch,
    code: &[u8],
    function: Option<&Function>,
) -> Option<()> {
    jump(text, plan, patch);
    applied(text, patch);
    if let Some(function) = function.filter(|function| function.range.contains(&patch.site())) {
        no_jump_between(text, patch, function);
    }
    let stub = patch.stub();
    assert_eq!(stub.end - stub.start, code.len() as u64);
    let mut at = 0_usize;
    let mut program = patch.program().start;
    if patch.form() == Form::Before {
        while program < patch.site() {
            (at, program) = same(text, patch, code, at, program)?;
        }
        assert_eq!(program, patch.site(), "whole instructions move");
    }
    at = way_in(patch, code, at);
    match patch.form() {
        Form::Before => assert_eq!(at, code.len()),
        Form::Over => {
            program = patch.site() + 2;
            let (load, length) = meaning(stub.start + at as u64, &code[at..]).unwrap();
            assert_eq!((load.target, length), (Some(program), 7), "what SYSCALL leaves in RCX");
            assert!(decode(&code[at..]).unwrap().0.to_string().starts_with("lea rcx"));
            at += 7;
            while at < code.len() && program < patch.program().end {
                (at, program) = same(text, patch, code, at, program)?;
            }
            if at < code.len() {
                let (back, _) = meaning(stub.start + at as u64, &code[at..]).unwrap();
                assert_eq!(back.target, Some(program), "the way back");
                assert_eq!(at + 5, code.len());
            }
        }
    }
    Some(())
}

/// The same instruction stands in the stub and in the program.
fn same(text: &Text<'_>, patch: &Patch, code: &[u8], at: usize, program: u64) -> Option<(usize, u64)> {
    let stub = patch.stub().start + at as u64;
    let offset = usize::try_from(program - text.address).unwrap();
    let (theirs, step) = meaning(program, &text.bytes[offset..])?;
    let (ours, length) = meaning(stub, &code[at..]).expect("a moved instruction");
    assert_eq!(ours, theirs);
    let place = patch.to_program(stub).unwrap();
    assert_eq!(place.address, program);
    Some((at + usize::try_from(length).unwrap(), program + step))
}

/// The instructions that enter the kernel; gives where they end.
fn way_in(patch: &Patch, code: &[u8], at: usize) -> usize {
    let stub = patch.stub().start;
    let (load, length) = meaning(stub + at as u64, &code[at..]).unwrap();
    assert_eq!(length, 7);
    let following = match patch.form() {
        Form::Before => patch.site() + 2,
        Form::Over => stub + 17,
    };
    assert_eq!(load.target, Some(following), "where the program goes on");
    let (jump, _) = decode(&code[at + 7..]).unwrap();
    assert_eq!(jump.to_string(), format!("jmp qword gs:[{ENTRY:#x}]"));
    assert_eq!(patch.to_program(stub + at as u64).unwrap().address, patch.site());
    if patch.form() == Form::Before {
        return at + 15;
    }
    let (again, _) = meaning(stub + 15, &code[15..]).unwrap();
    assert_eq!(again.target, Some(stub), "a restarted call");
    17
}

/// The jump goes to the stub, and nothing can begin in the middle of it.
fn jump(text: &Text<'_>, plan: &Plan, patch: &Patch) {
    let (jump, _) = meaning(patch.address(), patch.jump()).unwrap();
    assert_eq!(jump.target, Some(patch.stub().start));
    let offset = usize::try_from(patch.address() - text.address).unwrap();
    assert_eq!(&text.bytes[offset..offset + 5], patch.original());
    let starts = patch.starts();
    assert!(starts[0]);
    for (index, &start) in starts.iter().enumerate().skip(1) {
        let address = patch.address() + index as u64;
        let landing = patch.to_stub(address);
        assert_eq!(start, landing.is_some());
        if let Some(landing) = landing {
            assert!(INVALID_OPCODES.contains(&patch.jump()[index]));
            assert_eq!(patch.to_program(landing).unwrap().address, address);
        }
    }
    assert!(plan.affected().contains(&patch.site()));
}

/// In a copy that has the jump, it stands there and the rest is as it was.
fn applied(text: &Text<'_>, patch: &Patch) {
    let mut copy = text.bytes.to_vec();
    let offset = usize::try_from(patch.address() - text.address).unwrap();
    copy[offset..offset + 5].copy_from_slice(patch.jump());
    let (there, length) = meaning(patch.address(), &copy[offset..]).unwrap();
    assert_eq!((there.target, length), (Some(patch.stub().start), 5));
    let site = usize::try_from(patch.site() - text.address).unwrap();
    if patch.form() == Form::Before {
        assert_eq!(copy[site..site + 2], [0x0f, 0x05], "the call stays");
        assert!(patch.address() + 5 <= patch.site());
    } else {
        assert_eq!(patch.address(), patch.site());
    }
}

/// A direct jump of the function, read in a row, that goes into the jump goes where a fault is answered.
fn no_jump_between(text: &Text<'_>, patch: &Patch, function: &Function) {
    let Some(start) = function.range.start.checked_sub(text.address) else { return };
    let Ok(start) = usize::try_from(start) else { return };
    let size = usize::try_from(function.range.end - function.range.start).unwrap_or(usize::MAX);
    let Some(bytes) = text.bytes.get(start..).and_then(|bytes| bytes.get(..size)) else { return };
    // What is not known to be a function's code is not looked through for jumps.
    let flow = Flow::follow(function.range.start, bytes);
    if flow.is_none_or(|flow| flow.length_at(patch.site()) != Some(2)) {
        return;
    }
    let inside = patch.address() + 1..patch.address() + 5;
    let mut at = 0;
    while let Some((_, length)) = bytes.get(at..).and_then(decode) {
        let address = function.range.start + at as u64;
        let is_branch = decode(&bytes[at..]).is_some_and(|(instruction, _)| is_jump(instruction.opcode()));
        let target = meaning(address, &bytes[at..]).and_then(|(meaning, _)| meaning.target);
        let is_direct = is_branch && !bytes[at..].starts_with(&[0xff]);
        if let Some(target) = target.filter(|target| is_direct && inside.contains(target)) {
            assert!(patch.to_stub(target).is_some(), "{address:x} jumps to {target:x}, between {inside:x?}");
        }
        at += usize::try_from(length).unwrap();
    }
}

/// The instructions of a stub, a line each.
pub(crate) fn listing(patch: &Patch, code: &[u8]) -> String {
    let mut lines = String::new();
    let mut at = 0;
    while at < code.len() {
        let address = patch.stub().start + at as u64;
        let (instruction, length) = decode(&code[at..]).unwrap();
        let target = meaning(address, &code[at..]).unwrap().0.target;
        let target = target.map_or(String::new(), |target| format!(" -> {target:x}"));
        let place = patch.to_program(address).unwrap();
        let first = if place.first { "=" } else { "~" };
        lines += &format!("{address:x} {first} {:x}: {instruction}{target}\n", place.address);
        at += usize::try_from(length).unwrap();
    }
    lines
}
