//! What unwinders are told about the entries: DWARF's rules (DWARF 5, section 6.4), for debuggers.
//!
//! The frame of an entry is marked as that of a signal, for the same reason: the frame below it did not call, it
//! was interrupted, and its stack is another one. Its registers are those in the [`RegisterFrame`] at RSP.
//!
//! [`RegisterFrame`]: crate::RegisterFrame

/// Rules for where RSP points to the frame, by offsets named after the registers.
///
/// `.cfi_escape` takes a rule's bytes: `0x0f` is the program's stack pointer, `0x10` the place of a register,
/// `0x16` its value; `0x77` adds an offset to RSP, in two bytes of seven bits; `0x06` loads.
///
/// - RAX is the number that a call was made with, else what it was.
/// - RIP is the program's, also where the call goes on in a stub of the form that displaces what follows: there a
///   short jump back of 17 bytes lies before it, and there it loads the program's address into RCX.
macro_rules! program_registers {
    () => {
        concat!(
            ".cfi_escape 0x0f, 4, 0x77, {rsp} & 0x7f | 0x80, {rsp} >> 7, 0x06\n",
            // Number, and whether it is that of no call, -1: then what RAX was.
            ".cfi_escape 0x16, 0, 16, 0x77, {orig_rax} & 0x7f | 0x80, {orig_rax} >> 7, 0x06, ",
            "0x12, 0x30, 0x20, 0x2e, 0x28, 5, 0, 0x13, 0x77, {rax} & 0x7f | 0x80, {rax} >> 7, 0x06\n",
            ".cfi_escape 0x10, 1, 3, 0x77, {rdx} & 0x7f | 0x80, {rdx} >> 7\n",
            ".cfi_escape 0x10, 2, 3, 0x77, {rcx} & 0x7f | 0x80, {rcx} >> 7\n",
            ".cfi_escape 0x10, 3, 3, 0x77, {rbx} & 0x7f | 0x80, {rbx} >> 7\n",
            ".cfi_escape 0x10, 4, 3, 0x77, {rsi} & 0x7f | 0x80, {rsi} >> 7\n",
            ".cfi_escape 0x10, 5, 3, 0x77, {rdi} & 0x7f | 0x80, {rdi} >> 7\n",
            ".cfi_escape 0x10, 6, 3, 0x77, {rbp} & 0x7f | 0x80, {rbp} >> 7\n",
            ".cfi_escape 0x10, 8, 3, 0x77, {r8} & 0x7f | 0x80, {r8} >> 7\n",
            ".cfi_escape 0x10, 9, 3, 0x77, {r9} & 0x7f | 0x80, {r9} >> 7\n",
            ".cfi_escape 0x10, 10, 3, 0x77, {r10} & 0x7f | 0x80, {r10} >> 7\n",
            ".cfi_escape 0x10, 11, 3, 0x77, {r11} & 0x7f | 0x80, {r11} >> 7\n",
            ".cfi_escape 0x10, 12, 3, 0x77, {r12} & 0x7f | 0x80, {r12} >> 7\n",
            ".cfi_escape 0x10, 13, 3, 0x77, {r13} & 0x7f | 0x80, {r13} >> 7\n",
            ".cfi_escape 0x10, 14, 3, 0x77, {r14} & 0x7f | 0x80, {r14} >> 7\n",
            ".cfi_escape 0x10, 15, 3, 0x77, {r15} & 0x7f | 0x80, {r15} >> 7\n",
            ".cfi_escape 0x10, 49, 3, 0x77, {rflags} & 0x7f | 0x80, {rflags} >> 7\n",
            // RIP; ends with it unless RCX is the same (32 bytes of more), and unless the jump lies before it.
            ".cfi_escape 0x16, 16, 45, 0x77, {rip} & 0x7f | 0x80, {rip} >> 7, 0x06, ",
            "0x12, 0x77, {rcx} & 0x7f | 0x80, {rcx} >> 7, 0x06, 0x2e, 0x28, 32, 0, ",
            "0x12, 0x32, 0x1c, 0x94, 2, 0x0a, 0xeb, 0xef, 0x2e, 0x28, 20, 0, ",
            // The distance of 32 bits, with its sign, from the end of seven bytes.
            "0x12, 0x33, 0x22, 0x94, 4, 0x0c, 0, 0, 0, 0x80, 0x27, 0x0c, 0, 0, 0, 0x80, 0x1c, ",
            "0x22, 0x23, 7",
        )
    };
}
pub(super) use program_registers;

/// Rules for where the program's registers are loaded again.
macro_rules! same_registers {
    () => {
        ".cfi_same_value rax\n.cfi_same_value rdx\n.cfi_same_value rcx\n.cfi_same_value rbx\n\
         .cfi_same_value rsi\n.cfi_same_value rdi\n.cfi_same_value rbp\n.cfi_same_value r8\n\
         .cfi_same_value r9\n.cfi_same_value r10\n.cfi_same_value r11\n.cfi_same_value r12\n\
         .cfi_same_value r13\n.cfi_same_value r14\n.cfi_same_value r15\n.cfi_same_value rflags"
    };
}
pub(super) use same_registers;
