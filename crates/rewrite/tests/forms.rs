//! What becomes of small functions.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, a panic is how something wrong is told"
)]

mod check;

use check::{ENTRY, check, listing};
use rewrite::{Declined, Form, Function, Text, plan};

const START: u64 = 0x40_1000;

/// A function at `START`, behind it bytes of no function; the site is its first `0f 05` that is asked for.
struct Case<'a> {
    code: &'a [u8],
    behind: &'a [u8],
    site: u64,
    known: bool,
}

impl Case<'_> {
    fn run(&self) -> Result<(Form, Option<u32>, String), Declined> {
        let bytes = [self.code, self.behind].concat();
        let text = Text { address: START, bytes: &bytes };
        let end = START + self.code.len() as u64;
        let function = Function { range: START..end, next: end + self.behind.len() as u64 };
        let plan = plan(START + self.site, &text, self.known.then_some(&function))?;
        let stub = plan.reach().next(0x1000_0000).ok_or(Declined::OutOfReach)?;
        let (patch, code) = plan.patch(stub, ENTRY).expect("the stub suits");
        check(&text, &plan, &patch, &code, self.known.then_some(&function))
            .expect("both decoders know the code");
        Ok((patch.form(), plan.number(), listing(&patch, &code)))
    }
}

fn known(code: &[u8], site: u64) -> Result<(Form, Option<u32>, String), Declined> {
    Case { code, behind: &[0x90; 16], site, known: true }.run()
}

fn unknown(code: &[u8], site: u64) -> Result<(Form, Option<u32>, String), Declined> {
    Case { code, behind: &[0x90; 16], site, known: false }.run()
}

#[test]
fn the_number_before_is_replaced() {
    // mov $39,%eax; syscall; ret
    let (form, number, code) = known(&[0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3], 5).unwrap();
    assert_eq!((form, number), (Form::Before, Some(39)));
    assert_eq!(
        code,
        "10000000 ~ 401000: mov eax, 0x27\n\
         10000005 = 401005: lea rcx, qword [rip - 0xfbff005] -> 401007\n\
         1000000c ~ 401005: jmp qword gs:[0x48]\n"
    );
}

#[test]
fn the_long_form_of_the_number_is_replaced() {
    // mov $1,%rax; syscall; ret
    let (form, number, _) = known(&[0x48, 0xc7, 0xc0, 1, 0, 0, 0, 0x0f, 0x05, 0xc3], 7).unwrap();
    assert_eq!((form, number), (Form::Before, Some(1)));
}

#[test]
fn any_long_instruction_before_is_replaced() {
    // xor %eax,%eax; lea 0x100(%rip),%rsi; syscall; ret
    let code = [0x31, 0xc0, 0x48, 0x8d, 0x35, 0, 1, 0, 0, 0x0f, 0x05, 0xc3];
    let (form, number, code) = known(&code, 9).unwrap();
    assert_eq!((form, number), (Form::Before, None));
    assert!(code.starts_with("10000000 ~ 401002: lea rsi, qword [rip - 0xfbfeefe] -> 401109\n"), "{code}");
}

#[test]
fn without_a_known_function_nothing_before_is_touched() {
    // mov $39,%eax; syscall; cmp $-4095,%rax; ret
    let code = [0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3];
    let (form, number, code) = unknown(&code, 5).unwrap();
    assert_eq!((form, number), (Form::Over, None));
    assert_eq!(
        code,
        "1000160a ~ 401005: lea rcx, qword [rip + 0xa] -> 1000161b\n\
         10001611 ~ 401005: jmp qword gs:[0x48]\n\
         10001619 ~ 401005: jmp $-0x11 -> 1000160a\n\
         1000161b = 401007: lea rcx, qword [rip - 0xfc0061b] -> 401007\n\
         10001622 ~ 401007: cmp rax, -0xfff\n\
         10001628 ~ 40100d: jmp $-0xfc00620 -> 40100d\n"
    );
}

#[test]
fn bytes_that_look_like_the_number_are_not_taken_for_it() {
    // xor %edi,%edi; movabs $0xb8…,%rcx, whose last bytes are b8 10 00 00 00; syscall; nop (5 bytes)
    let code = [0x48, 0xb9, 0, 0, 0, 0xb8, 16, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x1f, 0x44, 0, 0, 0xc3];
    let (form, number, code) = known(&code, 10).unwrap();
    assert_eq!((form, number), (Form::Before, None), "the whole instruction is replaced");
    assert!(code.starts_with("10000000 ~ 401000: mov rcx, 0x10b8000000\n"), "{code}");
}

#[test]
fn a_jump_to_the_syscall_stays_right() {
    // jmp 1f; mov $39,%eax; 1: syscall; ret: what only a jump could reach is not known
    let code = [0xeb, 5, 0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3];
    assert_eq!(known(&code, 7).unwrap().0, Form::Over);
    // je 1f; mov $39,%eax; 1: syscall; ret
    let code = [0x74, 5, 0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3];
    assert_eq!(known(&code, 7).unwrap().0, Form::Before);
}

#[test]
fn a_jump_into_the_instruction_before_prevents_its_replacement() {
    // je into the mov; mov $0x9090,%eax; syscall; cmp $-4095,%rax; ret
    let code = [0x74, 1, 0xb8, 0x90, 0x90, 0, 0, 0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3];
    let outcome = known(&code, 7);
    assert_ne!(outcome.map(|(form, ..)| form), Ok(Form::Before));
}

#[test]
fn short_instructions_before_move_where_a_jump_goes_behind() {
    // xor %r9d,%r9d; xor %esi,%esi; syscall; 1: test %eax,%eax; jne 1b; ret
    let code = [0x45, 0x31, 0xc9, 0x31, 0xf6, 0x0f, 0x05, 0x85, 0xc0, 0x75, 0xfc, 0xc3];
    let (form, number, listing) = known(&code, 5).unwrap();
    assert_eq!((form, number), (Form::Before, None));
    assert!(listing.contains("= 401003: xor esi") && listing.contains("-> 401007\n"), "{listing}");
    // What is not known to be instructions does not move.
    assert_eq!(unknown(&code, 5), Err(Declined::JumpTarget));
    // xor %r9d,%r9d; 1: xor %esi,%esi; syscall; 2: test %eax,%eax; jne 2b; jne 1b; ret
    let code = [0x45, 0x31, 0xc9, 0x31, 0xf6, 0x0f, 0x05, 0x85, 0xc0, 0x75, 0xfc, 0x75, 0xf6, 0xc3];
    assert_eq!(known(&code, 5), Err(Declined::JumpTarget));
    // cltd; 2: syscall; 1: test %eax,%eax; jne 1b; ret: not enough room
    let code = [0x99, 0x0f, 0x05, 0x85, 0xc0, 0x75, 0xfc, 0xc3];
    assert_eq!(known(&code, 1), Err(Declined::JumpTarget));
}

#[test]
fn what_follows_moves_with_its_references() {
    // syscall; lea 0x10(%rip),%rax; ret
    let code = [0x0f, 0x05, 0x48, 0x8d, 0x05, 0x10, 0, 0, 0, 0xc3];
    let (form, _, code) = unknown(&code, 0).unwrap();
    assert_eq!(form, Form::Over);
    assert!(code.contains("-> 401019\n"), "{code}");
    // syscall; test %eax,%eax; je …; ret
    let code = [0x0f, 0x05, 0x85, 0xc0, 0x74, 0x20, 0xc3];
    let (_, _, code) = unknown(&code, 0).unwrap();
    assert!(code.contains("-> 401026\n"), "{code}");
}

#[test]
fn single_bytes_that_follow_choose_the_stubs_address() {
    // syscall; push %rax; pop %rdx; push %rbx; …
    let code = [0x0f, 0x05, 0x50, 0x5a, 0x53, 0x5b, 0xc3];
    let (form, _, code) = unknown(&code, 0).unwrap();
    assert_eq!(form, Form::Over);
    assert!(code.contains("= 401002: lea rcx") && code.contains("= 401003: pop rdx"), "{code}");
}

#[test]
fn padding_behind_a_function_may_be_overwritten_and_nothing_else() {
    let code = [0x0f, 0x05, 0xc3];
    assert_eq!(known(&code, 0).unwrap().0, Form::Over);
    assert_eq!(unknown(&code, 0), Err(Declined::UnknownCode));
    let data = Case { code: &code, behind: &[0x50, 0x51, 0x52, 0x53], site: 0, known: true };
    assert_eq!(data.run(), Err(Declined::UnknownCode));
    let short = Case { code: &code, behind: &[0x90], site: 0, known: true };
    assert_eq!(short.run(), Err(Declined::UnknownCode));
}

#[test]
fn what_cannot_move_declines() {
    // syscall; call …
    assert_eq!(unknown(&[0x0f, 0x05, 0xe8, 0, 0, 0, 0, 0xc3], 0), Err(Declined::Immovable));
    // syscall; endbr64
    assert_eq!(unknown(&[0x0f, 0x05, 0xf3, 0x0f, 0x1e, 0xfa, 0xc3], 0), Err(Declined::Immovable));
    // syscall; jrcxz …
    assert_eq!(unknown(&[0x0f, 0x05, 0xe3, 0x10, 0x90, 0xc3], 0), Err(Declined::Immovable));
    // syscall; syscall
    assert_eq!(unknown(&[0x0f, 0x05, 0x0f, 0x05, 0x90, 0xc3], 0), Err(Declined::Immovable));
}

#[test]
fn a_loop_over_the_site_is_fine_and_one_into_it_is_not() {
    // 1: syscall; dec %edi; jne 1b; ret
    let code = [0x0f, 0x05, 0xff, 0xcf, 0x75, 0xfa, 0xc3];
    assert_eq!(unknown(&code, 0).unwrap().0, Form::Over);
    // syscall; 1: dec %edi; jne 1b; ret
    let code = [0x0f, 0x05, 0xff, 0xcf, 0x75, 0xfc, 0xc3];
    assert_eq!(unknown(&code, 0), Err(Declined::JumpTarget));
    // syscall; 1: sub $1,%rdi; nop; jne 1b, which only a known function shows
    let code = [0x0f, 0x05, 0x48, 0x83, 0xef, 1, 0x90, 0x75, 0xf9, 0xc3];
    assert_eq!(known(&code, 0), Err(Declined::JumpTarget));
    assert_eq!(unknown(&code, 0).unwrap().0, Form::Over);
}

#[test]
fn the_end_of_the_text_declines_what_would_cross_it() {
    let at_end = Case { code: &[0x0f, 0x05], behind: &[], site: 0, known: false };
    assert_eq!(at_end.run(), Err(Declined::EndOfText));
    let cut = Case { code: &[0x0f, 0x05, 0x48, 0x3d, 0x01], behind: &[], site: 0, known: false };
    assert_eq!(cut.run(), Err(Declined::EndOfText));
    let before = Case { code: &[0xb8, 39, 0, 0, 0, 0x0f, 0x05], behind: &[], site: 5, known: true };
    assert_eq!(before.run().unwrap().0, Form::Before);
}

#[test]
fn the_end_of_signal_handlers_is_left_alone() {
    let code = [0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x1f, 0x44, 0, 0];
    assert_eq!(known(&code, 7), Err(Declined::SignalReturn));
    assert_eq!(unknown(&code, 7), Err(Declined::SignalReturn));
}

#[test]
fn only_a_syscall_is_a_site() {
    assert_eq!(unknown(&[0x0f, 0x34, 0x90, 0x90, 0x90], 0), Err(Declined::NotASyscall));
    assert_eq!(unknown(&[0x0f], 0), Err(Declined::NotASyscall));
}

#[test]
fn a_retired_stub_goes_back_to_the_program() {
    let bytes = [0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3];
    let text = Text { address: START, bytes: &bytes };
    let plan = plan(START, &text, None).unwrap();
    let stub = plan.reach().next(START + 0x10_0000).unwrap();
    let (patch, _) = plan.patch(stub, ENTRY).unwrap();
    let (at, jump) = patch.retirement().unwrap();
    assert_eq!(patch.to_program(at).map(|place| (place.address, place.first)), Some((START + 2, true)));
    let (jump, _) = check::meaning(at, &jump).unwrap();
    assert_eq!(jump.target, Some(START + 2));
}
