//! The first instructions: from where a PVH loader leaves the processor (32 bits, no paging) to Rust in
//! the upper half. See "x86/HVM direct boot ABI" of the Xen project. Further processors begin in real mode,
//! in a page below 1 MiB that a copy of [`further_text`] was put into (Intel SDM volume 3, section 9.4).

use core::arch::global_asm;

/// Bytes of the stack that boots, and that a processor uses while it has no thread.
const STACK_SIZE: usize = 64 * 1024;

/// The stack of the boot processor.
#[repr(C, align(4096))]
struct BootStack([u8; STACK_SIZE]);

static mut BOOT_STACK: BootStack = BootStack([0; STACK_SIZE]);

global_asm!(
    // From 32 bits to long mode, as far as the processor's state goes; the jump into it follows.
    ".macro trapless_long_mode root",
    "movl $\\root, %eax",
    "movl %eax, %cr3",
    // Physical address extension; the other bits wait for Rust.
    "movl $0x20, %eax",
    "movl %eax, %cr4",
    // EFER: SYSCALL, long mode, no-execute.
    "movl $0xc0000080, %ecx",
    "rdmsr",
    "orl $0x901, %eax",
    "wrmsr",
    // Paging, write protection, numeric errors, monitoring of the coprocessor, protected mode.
    "movl $0x80010023, %eax",
    "movl %eax, %cr0",
    ".endm",
    // Flat segments, of which a program's two are none.
    ".macro trapless_flat_segments",
    "movw $0x18, %ax",
    "movw %ax, %ss",
    "movw %ax, %ds",
    "movw %ax, %es",
    "xorl %eax, %eax",
    "movw %ax, %fs",
    "movw %ax, %gs",
    ".endm",
    //
    // The note by which a loader knows the entry: name "Xen", type XEN_ELFNOTE_PHYS32_ENTRY.
    ".pushsection .note.pvh, \"a\", @note",
    ".balign 4",
    ".long 4, 8, 18",
    ".asciz \"Xen\"",
    ".quad trapless_pvh_entry",
    ".popsection",
    //
    ".pushsection .boot.bss, \"aw\", @nobits",
    ".balign 4096",
    ".globl trapless_root_table",
    "trapless_root_table: .skip 4096",
    "trapless_boot_low: .skip 4096",
    "trapless_boot_high: .skip 4096",
    "trapless_boot_pages: .skip 4096",
    // What further processors start with: the upper half, and the first GiB where it lies.
    ".globl trapless_further_root",
    "trapless_further_root: .skip 4096",
    ".globl trapless_further_stack",
    "trapless_further_stack: .skip 8",
    ".popsection",
    //
    ".pushsection .boot.text, \"awx\", @progbits",
    ".code32",
    ".globl trapless_pvh_entry",
    "trapless_pvh_entry:",
    "cli",
    "cld",
    // The first GiB, in pages of 2 MiB, where it lies and at the upper half's image.
    "movl $trapless_boot_pages, %edi",
    "movl $0x83, %eax",
    "movl $512, %ecx",
    "1: movl %eax, (%edi)",
    "movl $0, 4(%edi)",
    "addl $0x200000, %eax",
    "addl $8, %edi",
    "loop 1b",
    "movl $trapless_boot_pages + 3, trapless_boot_low",
    "movl $trapless_boot_pages + 3, trapless_boot_high + 510 * 8",
    "movl $trapless_boot_low + 3, trapless_root_table",
    "movl $trapless_boot_high + 3, trapless_root_table + 511 * 8",
    "trapless_long_mode trapless_root_table",
    "lgdt trapless_boot_gdt_pointer",
    "ljmp $0x10, $trapless_boot_long",
    ".code64",
    "trapless_boot_long:",
    "trapless_flat_segments",
    "movl %ebx, %edi",
    "movabsq ${stack} + {stack_size}, %rsp",
    "xorl %ebp, %ebp",
    "movabsq ${boot}, %rax",
    "call *%rax",
    "ud2",
    ".balign 8",
    "trapless_boot_gdt:",
    // Null twice, code of 64 bits, data, code of 32 bits.
    ".quad 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cf9b000000ffff",
    "trapless_boot_gdt_pointer:",
    ".word 39",
    ".long trapless_boot_gdt",
    //
    // The start of a further processor: this much is copied to a page of its own, so it knows no address
    // of its own but through CS.
    ".globl trapless_further_start, trapless_further_end",
    "trapless_further_start:",
    ".code16",
    "cli",
    "cld",
    "movw %cs, %ax",
    "movw %ax, %ds",
    "lgdtl trapless_further_gdt_pointer - trapless_further_start",
    "movl %cr0, %eax",
    "orl $1, %eax",
    "movl %eax, %cr0",
    "ljmpl $0x20, $trapless_further_protected",
    "trapless_further_gdt_pointer:",
    ".word 39",
    ".long trapless_boot_gdt",
    "trapless_further_end:",
    ".code32",
    "trapless_further_protected:",
    "movw $0x18, %ax",
    "movw %ax, %ds",
    "movw %ax, %ss",
    "trapless_long_mode trapless_further_root",
    "ljmp $0x10, $trapless_further_long",
    ".code64",
    "trapless_further_long:",
    "trapless_flat_segments",
    "movl $trapless_further_stack, %eax",
    "movq (%rax), %rsp",
    "xorl %ebp, %ebp",
    "movabsq ${further}, %rax",
    "call *%rax",
    "ud2",
    ".popsection",
    stack = sym BOOT_STACK,
    stack_size = const STACK_SIZE,
    boot = sym crate::boot::boot,
    further = sym crate::further::main,
    options(att_syntax)
);

unsafe extern "C" {
    static mut trapless_root_table: [u64; 512];
    static mut trapless_boot_low: [u64; 512];
    static mut trapless_further_root: [u64; 512];
    static mut trapless_further_stack: u64;
    static trapless_further_start: u8;
    static trapless_further_end: u8;
}

/// The physical addresses of the table that shows the first GiB where it lies, of the root table that further
/// processors start with, and of the word that holds the stack of the next one.
pub(crate) fn further_tables() -> (u64, u64, u64) {
    (
        (&raw const trapless_boot_low).addr() as u64,
        (&raw const trapless_further_root).addr() as u64,
        (&raw const trapless_further_stack).addr() as u64,
    )
}

/// The physical addresses of what a further processor executes first.
pub(crate) fn further_text() -> core::ops::Range<u64> {
    (&raw const trapless_further_start).addr() as u64..(&raw const trapless_further_end).addr() as u64
}

/// The physical address of the kernel's own root table, whose upper half every address space shares.
pub(crate) fn root_table() -> u64 {
    (&raw const trapless_root_table).addr() as u64
}
