//! From a patched system call site into the kernel and back: a call, where `syscall` is a trap.
//!
//! A site does `lea back(%rip), %rcx; jmp *%gs:OFFSET` with the offset of [`entry_offset`]: RAX holds the
//! number, RCX where to go on, R11 nothing (SYSCALL destroys these two anyway), every other register and
//! the flags are the program's, and nothing is written to its stack. The two bytes before `back` must be
//! `syscall`: there a call that a signal interrupted is made anew, as after the instruction itself.
//!
//! The kernel is not preempted: an interrupt that lands in this text sets the pending flag and returns.
//! The flag is looked at in the way out; from there on the handler starts the full way out anew. A call
//! that is a mere field has no such look, so its text is told apart by [`place`].

use core::arch::global_asm;
use core::mem::offset_of;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use super::cpu::{CALL, CALLS, CALLS_LENGTH, CpuBlock, KERNEL_STACK_TOP, LEAF, PENDING};
use super::entry::way_out;
use super::frame::{RegisterFrame, frame_asm};
use super::unwind::{begin, end, here, loaded_registers, program_registers};

/// What serves the calls; it gives `true` when the program's registers are as they were but for the result,
/// and `false` when it changed the frame, so that all must be loaded.
pub type CallHandler = extern "C" fn(frame: &mut RegisterFrame) -> bool;

/// The handler as an address, for the entry.
static HANDLER: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Flags that the kernel must not run with, or that must come back to the program by `popf`: trap,
/// direction, nested task, alignment check.
const UNCOMMON_FLAGS: u32 = 0x0004_4500;
/// Bytes of the frame above its stack pointer, and below and with its flags: the entry pushes these two.
const ABOVE: usize = size_of::<RegisterFrame>() - offset_of!(RegisterFrame, rsp) - 8;
const BELOW: usize = offset_of!(RegisterFrame, rflags);
const _: () =
    assert!(offset_of!(RegisterFrame, rflags) + 8 == offset_of!(RegisterFrame, rsp), "pushed together");

/// Sets what serves calls. Must come before the first processor's block is installed.
pub fn set_handler(handler: CallHandler) {
    HANDLER.store(handler as *mut (), Ordering::Release);
}

/// Where, relative to the GS base, the address lies to which a site jumps: for a number that the site has
/// as a constant, or for any.
#[must_use]
pub const fn entry_offset(number: Option<u32>) -> u32 {
    let offset = match number {
        Some(number) if (number as usize) < CALLS_LENGTH => CALLS + number as usize * 8,
        _ => CALL,
    };
    #[expect(clippy::cast_possible_truncation, reason = "an offset in a block of a few pages")]
    {
        offset as u32
    }
}

/// The entries that numbers have of their own, as programs that are linked with them know the block: an
/// interface that must not move, see `docs/decisions/0004-linked-calls.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct EntryTable {
    /// Where, relative to the GS base, the address for any number lies.
    pub any: u32,
    /// Where the address for number 0 lies.
    pub first: u32,
    /// How many numbers have one, eight bytes each.
    pub count: u32,
}

// Programs have these numbers in their text; what is new in the block comes behind the entries.
const _: () = assert!(CALL == 72 && CALLS == 80 && CALLS_LENGTH == 512, "an interface of linked programs");

/// Where the entries lie.
#[must_use]
pub const fn entry_table() -> EntryTable {
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred")]
    EntryTable { any: entry_offset(None), first: entry_offset(Some(0)), count: CALLS_LENGTH as u32 }
}

/// What the calls give that are a mere field of the thread.
#[repr(C)]
#[derive(Debug, Default)]
pub struct LeafValues {
    /// Keeps every field's offset a byte that is not left out, so that all leaf calls have one length.
    _first: AtomicU32,
    /// getpid(2).
    pub process: AtomicU32,
    /// gettid(2).
    pub thread: AtomicU32,
    /// getuid(2).
    pub user: AtomicU32,
    /// geteuid(2).
    pub effective_user: AtomicU32,
    /// getgid(2).
    pub group: AtomicU32,
    /// getegid(2).
    pub effective_group: AtomicU32,
}

/// The numbers of the calls that are a field, in the order of [`LeafValues`].
const LEAVES: [u16; 6] = [39, 186, 102, 107, 104, 108];
/// Bytes of the text of one.
const LEAF_LENGTH: u64 = 16;
/// Where in that text the last instruction lies, the jump back: the result is there.
const LEAF_LAST: u64 = 13;

// The calls of `LEAVES`, `LEAF_LENGTH` bytes each. They touch no flags.
macro_rules! leaves {
    ($($field:ident)*) => {
        global_asm!(
                ".section .text.trapless_leaf_calls, \"ax\", @progbits",
                ".balign 64",
                ".globl trapless_leaf_calls",
                "trapless_leaf_calls:",
                begin!("leaf_calls"),
                $(
                    "mov r11, gs:[{leaf}]",
                    concat!("mov eax, [r11 + {", stringify!($field), "}]"),
                    "jmp rcx",
                    ".balign 16",
                )*
                ".globl trapless_leaf_calls_end",
                "trapless_leaf_calls_end:",
                end!("leaf_calls", loaded_registers!()),
                ".text",
                leaf = const LEAF,
                $($field = const offset_of!(LeafValues, $field),)*
        );
    };
}
leaves!(process thread user effective_user group effective_group);

unsafe extern "C" {
    static trapless_leaf_calls: u8;
    static trapless_leaf_calls_end: u8;
    static trapless_call_way_out: u8;
    static trapless_call_way_out_end: u8;
}

/// The address of a symbol of this file.
macro_rules! address {
    ($symbol:ident) => {
        (&raw const $symbol).addr() as u64
    };
}

/// Stores the registers that a call keeps, below the flags.
macro_rules! save_registers {
    () => {
        concat!(
            "mov [rsp + {r15}], r15\n",
            "mov [rsp + {r14}], r14\n",
            "mov [rsp + {r13}], r13\n",
            "mov [rsp + {r12}], r12\n",
            "mov [rsp + {rbp}], rbp\n",
            "mov [rsp + {rbx}], rbx\n",
            "mov [rsp + {r11}], r11\n",
            "mov [rsp + {r10}], r10\n",
            "mov [rsp + {r9}], r9\n",
            "mov [rsp + {r8}], r8\n",
            "mov [rsp + {rcx}], rcx\n",
            "mov [rsp + {rdx}], rdx\n",
            "mov [rsp + {rsi}], rsi\n",
            "mov [rsp + {rdi}], rdi\n",
        )
    };
}

/// Saves the program's registers in the running thread's frame, serves the call, and goes back.
///
/// The frame's segments hold what they always hold. What SYSCALL leaves in RCX and R11, this does.
#[unsafe(naked)]
unsafe extern "C" fn call() -> ! {
    frame_asm!(
        begin!("call"),
        "mov r11, rsp",
        here!("call", 1),
        "mov rsp, gs:[{kernel_stack_top}]",
        "lea rsp, [rsp - {above}]",
        "push r11",
        "pushfq",
        here!("call", 2),
        "mov r11, [rsp]",
        "lea rsp, [rsp - {below}]",
        here!("call", 3),
        save_registers!(),
        "mov [rsp + {orig_rax}], rax",
        "mov [rsp + {rip}], rcx",
        here!("call", 4),
        "mov rdi, rsp",
        "test r11d, {uncommon}",
        "jne 2f",
        "xor ebp, ebp",
        "call qword ptr [rip + {handler}]",
        // From here on an interrupt starts the full way out anew.
        ".globl trapless_call_way_out\ntrapless_call_way_out:",
        "cmp dword ptr gs:[{pending}], 0",
        "jne {way_out}",
        "test al, al",
        "je {way_out}",
        // Six flags without `popf`, which costs more than all else here: overflow comes from an addition.
        "mov r11, [rsp + {rflags}]",
        "mov ecx, r11d",
        "mov eax, r11d",
        "shr eax, 11\nand eax, 1",
        "mov ah, cl",
        "add al, 0x7f",
        "sahf",
        "mov rbp, [rsp + {rbp}]",
        "mov r10, [rsp + {r10}]",
        "mov r9, [rsp + {r9}]",
        "mov r8, [rsp + {r8}]",
        "mov rax, [rsp + {rax}]",
        "mov rcx, [rsp + {rip}]",
        "mov rdx, [rsp + {rdx}]",
        "mov rsi, [rsp + {rsi}]",
        "mov rdi, [rsp + {rdi}]",
        "mov rsp, [rsp + {rsp}]",
        here!("call", 5),
        "jmp rcx",
        here!("call", 6),
        ".globl trapless_call_way_out_end\ntrapless_call_way_out_end:",
        "2:",
        "push 2\npopfq",
        "xor ebp, ebp",
        "call qword ptr [rip + {handler}]",
        "jmp {way_out}",
        end!(
            "call",
            loaded_registers!(),
            1 after 0: ".byte 0x0d, 11",
            // The program's stack pointer lies above its flags.
            2 after 1: ".byte 0x0f, 3, 0x77, 8, 0x06",
            3 after 2: ".byte 0x0f, 4, 0x77, {rsp} & 0x7f | 0x80, {rsp} >> 7, 0x06",
            4 after 3: program_registers!(),
            5 after 4: loaded_registers!(),
            6 after 5: program_registers!(),
        );
        kernel_stack_top = const KERNEL_STACK_TOP,
        above = const ABOVE, below = const BELOW,
        pending = const PENDING,
        uncommon = const UNCOMMON_FLAGS,
        handler = sym HANDLER,
        way_out = sym way_out,
    )
}

/// Where in this file's text an interrupt landed, as far as its handler must care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a leaf call whose result is not there yet: the call may be made anew, by [`call_address`].
    LeafBegun,
    /// At the jump of a leaf call back to the program: everything is done, RCX says where it goes on.
    LeafDone,
    /// In the way out of a call, with the frame whole: the full way out may start anew.
    WayOut,
}

/// Which such place an address is.
#[must_use]
pub fn place(rip: u64) -> Option<Place> {
    let leaves = address!(trapless_leaf_calls)..address!(trapless_leaf_calls_end);
    if leaves.contains(&rip) {
        let done = (rip - leaves.start) % LEAF_LENGTH == LEAF_LAST;
        return Some(if done { Place::LeafDone } else { Place::LeafBegun });
    }
    let way_out = address!(trapless_call_way_out)..address!(trapless_call_way_out_end);
    way_out.contains(&rip).then_some(Place::WayOut)
}

/// The address at which the entry for calls starts.
#[must_use]
pub fn call_address() -> u64 {
    (call as unsafe extern "C" fn() -> ! as *const ()).addr() as u64
}

/// Whether the handler shall see every call, leaf calls too.
static ALL_OBSERVED: AtomicBool = AtomicBool::new(false);

/// Makes the handler see every call on processors whose entries are filled in from now on.
pub(super) fn observe_all() {
    ALL_OBSERVED.store(true, Ordering::Release);
}

/// Fills in the block's entries.
pub(super) fn fill_in(block: &CpuBlock) {
    let call = call_address();
    block.call.store(call, Ordering::Relaxed);
    for entry in &block.calls {
        entry.store(call, Ordering::Relaxed);
    }
    if ALL_OBSERVED.load(Ordering::Acquire) {
        return;
    }
    let first = address!(trapless_leaf_calls);
    for (index, number) in (0_u64..).zip(LEAVES) {
        if let Some(entry) = block.calls.get(usize::from(number)) {
            entry.store(first + index * LEAF_LENGTH, Ordering::Relaxed);
        }
    }
}
