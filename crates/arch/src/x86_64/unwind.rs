//! What unwinders are told about the entries: DWARF's rules (DWARF 5, section 6.4), for debuggers.
//!
//! The frame of an entry is marked as that of a signal, for the same reason: the frame below it did not call, it
//! was interrupted, and its stack is another one. Its registers are those in the [`RegisterFrame`] at RSP. The
//! assembler's `.cfi` directives cannot say so where the compiler makes no unwinding tables, so the entries' own
//! rules are bytes of `.eh_frame`.
//!
//! [`RegisterFrame`]: crate::RegisterFrame

/// Begins a function's text.
macro_rules! begin {
    ($name:literal) => {
        concat!(".Lunwind_", $name, "_0:")
    };
}
pub(super) use begin;

/// The place in a function from which other rules hold.
macro_rules! here {
    ($name:literal, $number:literal) => {
        concat!(".Lunwind_", $name, "_", $number, ":")
    };
}
pub(super) use here;

/// Ends a function's text and writes its rules: those at its start, then those from places on (the start
/// is place 0).
macro_rules! end {
    ($name:literal, $first:expr $(, $number:literal after $last:literal: $rules:expr)* $(,)?) => {
        concat!(
            ".Lunwind_", $name, "_end:\n",
            ".pushsection .eh_frame, \"a\", @progbits\n",
            ".balign 8\n",
            ".Lcommon_", $name, ":\n",
            ".long .Lcommon_", $name, "_end - . - 4\n",
            // Version 1; a signal's frame; addresses are relative, of 32 bits; the return address is RIP.
            ".long 0\n.byte 1\n.asciz \"zRS\"\n.byte 1, 0x78, 16, 1, 0x1b\n",
            $first, "\n",
            ".balign 8, 0\n.Lcommon_", $name, "_end:\n",
            ".long .Lframe_", $name, "_end - . - 4\n",
            ".long . - .Lcommon_", $name, "\n",
            ".long .Lunwind_", $name, "_0 - .\n",
            ".long .Lunwind_", $name, "_end - .Lunwind_", $name, "_0\n.byte 0\n",
            $(
                // DW_CFA_advance_loc4.
                ".byte 0x04\n.long .Lunwind_", $name, "_", $number, " - .Lunwind_", $name, "_", $last, "\n",
                $rules, "\n",
            )*
            ".balign 8, 0\n.Lframe_", $name, "_end:\n",
            ".popsection",
        )
    };
}
pub(super) use end;
/// Rules for where RSP points to the frame, by offsets named after the registers.
///
/// Of a rule's bytes `0x0f` is the program's stack pointer, `0x10` the place of a register,
/// `0x16` its value; `0x77` adds an offset to RSP, in two bytes of seven bits; `0x06` loads.
///
/// - RAX is the number that a call was made with, else what it was.
/// - RIP is the program's, also where the call goes on in a stub of the form that displaces what follows: there a
///   short jump back of 17 bytes lies before it, and there it loads the program's address into RCX.
macro_rules! program_registers {
    () => {
        concat!(
            ".byte 0x0f, 4, 0x77, {rsp} & 0x7f | 0x80, {rsp} >> 7, 0x06\n",
            // Number, and whether it is that of no call, -1: then what RAX was.
            ".byte 0x16, 0, 16, 0x77, {orig_rax} & 0x7f | 0x80, {orig_rax} >> 7, 0x06, ",
            "0x12, 0x30, 0x20, 0x2e, 0x28, 5, 0, 0x13, 0x77, {rax} & 0x7f | 0x80, {rax} >> 7, 0x06\n",
            ".byte 0x10, 1, 3, 0x77, {rdx} & 0x7f | 0x80, {rdx} >> 7\n",
            ".byte 0x10, 2, 3, 0x77, {rcx} & 0x7f | 0x80, {rcx} >> 7\n",
            ".byte 0x10, 3, 3, 0x77, {rbx} & 0x7f | 0x80, {rbx} >> 7\n",
            ".byte 0x10, 4, 3, 0x77, {rsi} & 0x7f | 0x80, {rsi} >> 7\n",
            ".byte 0x10, 5, 3, 0x77, {rdi} & 0x7f | 0x80, {rdi} >> 7\n",
            ".byte 0x10, 6, 3, 0x77, {rbp} & 0x7f | 0x80, {rbp} >> 7\n",
            ".byte 0x10, 8, 3, 0x77, {r8} & 0x7f | 0x80, {r8} >> 7\n",
            ".byte 0x10, 9, 3, 0x77, {r9} & 0x7f | 0x80, {r9} >> 7\n",
            ".byte 0x10, 10, 3, 0x77, {r10} & 0x7f | 0x80, {r10} >> 7\n",
            ".byte 0x10, 11, 3, 0x77, {r11} & 0x7f | 0x80, {r11} >> 7\n",
            ".byte 0x10, 12, 3, 0x77, {r12} & 0x7f | 0x80, {r12} >> 7\n",
            ".byte 0x10, 13, 3, 0x77, {r13} & 0x7f | 0x80, {r13} >> 7\n",
            ".byte 0x10, 14, 3, 0x77, {r14} & 0x7f | 0x80, {r14} >> 7\n",
            ".byte 0x10, 15, 3, 0x77, {r15} & 0x7f | 0x80, {r15} >> 7\n",
            ".byte 0x10, 49, 3, 0x77, {rflags} & 0x7f | 0x80, {rflags} >> 7\n",
            // RIP; ends with it unless RCX is the same (32 bytes of more), and unless the jump lies before it.
            ".byte 0x16, 16, 45, 0x77, {rip} & 0x7f | 0x80, {rip} >> 7, 0x06, ",
            "0x12, 0x77, {rcx} & 0x7f | 0x80, {rcx} >> 7, 0x06, 0x2e, 0x28, 32, 0, ",
            "0x12, 0x32, 0x1c, 0x94, 2, 0x0a, 0xeb, 0xef, 0x2e, 0x28, 20, 0, ",
            // The distance of 32 bits, with its sign, from the end of seven bytes.
            "0x12, 0x33, 0x22, 0x94, 4, 0x0c, 0, 0, 0, 0x80, 0x27, 0x0c, 0, 0, 0, 0x80, 0x1c, ",
            "0x22, 0x23, 7",
        )
    };
}
pub(super) use program_registers;

/// Rules for where the program's registers are loaded, and RCX holds its address.
macro_rules! loaded_registers {
    () => {
        concat!(
            ".byte 0x0c, 7, 0, 0x09, 16, 2, 8, 0, 8, 1, 8, 2, 8, 3, 8, 4, 8, 5, 8, 6, 8, 8, 8, 9, 8, 10\n",
            ".byte 8, 11, 8, 12, 8, 13, 8, 14, 8, 15, 8, 49",
        )
    };
}
pub(super) use loaded_registers;

/// Rules for where nothing is known of the program.
macro_rules! no_registers {
    () => {
        ".byte 0x0c, 7, 0, 0x07, 16"
    };
}
pub(super) use no_registers;
