//! Ways in that the processor itself takes, for a kernel that owns it: the target of SYSCALL, and the gates
//! of the interrupt descriptor table (Intel SDM volume 3, chapter 6).
//!
//! Every gate stands on a stack of its own (IST): what lies below a program's stack pointer is the
//! program's, also where the program runs at the kernel's level. A gate's handler never waits; it changes
//! the frame, so that the return from the interrupt leads elsewhere.

use core::arch::global_asm;
use core::mem::offset_of;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::cpu::{EXIT_RIP, KERNEL_STACK_TOP};
use super::entry::{self, Handler};
use super::frame::{RegisterFrame, USER_CODE_SEGMENT, USER_STACK_SEGMENT, frame_asm};

/// How many gates there are: the processor's 32, and as many for devices.
pub const GATES: usize = 64;
/// Bytes from one gate's text to the next.
const GATE_SIZE: usize = 16;

/// What a gate found in the registers.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are the processor's registers")]
pub struct InterruptFrame {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    /// The number of the gate.
    pub vector: u64,
    /// The processor's error code; 0 for gates that have none.
    pub error_code: u64,
    pub rip: u64,
    pub cs: u64,
    pub rflags: u64,
    pub rsp: u64,
    pub ss: u64,
}

impl InterruptFrame {
    /// The registers as a program's.
    #[must_use]
    pub const fn program(&self) -> RegisterFrame {
        RegisterFrame {
            r15: self.r15,
            r14: self.r14,
            r13: self.r13,
            r12: self.r12,
            rbp: self.rbp,
            rbx: self.rbx,
            r11: self.r11,
            r10: self.r10,
            r9: self.r9,
            r8: self.r8,
            rax: self.rax,
            rcx: self.rcx,
            rdx: self.rdx,
            rsi: self.rsi,
            rdi: self.rdi,
            orig_rax: RegisterFrame::NO_SYSCALL,
            rip: self.rip,
            cs: USER_CODE_SEGMENT,
            rflags: self.rflags,
            rsp: self.rsp,
            ss: USER_STACK_SEGMENT,
            padding: 0,
        }
    }

    /// Makes the return from the interrupt go on in the kernel, with `handler` on the stack below a
    /// thread's register frame ([`entry::enter`]).
    ///
    /// # Safety
    /// As [`entry::enter`].
    pub unsafe fn enter_kernel(&mut self, frame: *mut RegisterFrame, handler: Handler) {
        const KERNEL_FLAGS: u64 = 0x202;
        self.rip = (entry::enter as unsafe extern "C" fn(*mut RegisterFrame, Handler) -> ! as *const ())
            .addr() as u64;
        self.rsp = frame.addr() as u64;
        self.rdi = frame.expose_provenance() as u64;
        self.rsi = (handler as *const ()).addr() as u64;
        self.rflags = KERNEL_FLAGS;
    }
}

/// What the gates call, on the gate's stack, with interrupts off.
pub type GateHandler = extern "C" fn(frame: &mut InterruptFrame);

static GATE_HANDLER: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
static SYSCALL_HANDLER: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Sets what gates and SYSCALL call; must run before either can happen.
pub fn set_handlers(gate: GateHandler, syscall: Handler) {
    GATE_HANDLER.store(gate as *mut (), Ordering::Release);
    SYSCALL_HANDLER.store(syscall as *mut (), Ordering::Release);
}

/// The address of a gate's text.
#[must_use]
pub fn address(vector: usize) -> u64 {
    ((&raw const trapless_gates).addr() + vector * GATE_SIZE) as u64
}

/// The address that SYSCALL goes to.
#[must_use]
pub fn syscall_address() -> u64 {
    (syscall_entry as unsafe extern "C" fn() -> ! as *const ()).addr() as u64
}

unsafe extern "C" {
    static trapless_gates: u8;
}

global_asm!(
    ".pushsection .text.trapless_gates, \"ax\", @progbits",
    ".balign 16",
    ".globl trapless_gates",
    "trapless_gates:",
    ".irp vector, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,\
     32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63",
    ".balign 16",
    // Those that push an error code themselves.
    ".if \\vector == 8 || (\\vector >= 10 && \\vector <= 14) || \\vector == 17 || \\vector == 21 || \
     \\vector == 29 || \\vector == 30",
    ".else",
    "pushq $0",
    ".endif",
    "pushq $\\vector",
    "jmp trapless_gate_common",
    ".endr",
    "trapless_gate_common:",
    "pushq %rdi",
    "pushq %rsi",
    "pushq %rdx",
    "pushq %rcx",
    "pushq %rax",
    "pushq %r8",
    "pushq %r9",
    "pushq %r10",
    "pushq %r11",
    "pushq %rbx",
    "pushq %rbp",
    "pushq %r12",
    "pushq %r13",
    "pushq %r14",
    "pushq %r15",
    "testb $3, {cs}(%rsp)",
    "jz 2f",
    "swapgs",
    "2:",
    "cld",
    "movq %rsp, %rdi",
    "xorl %ebp, %ebp",
    "callq *{handler}(%rip)",
    "testb $3, {cs}(%rsp)",
    "jz 3f",
    "swapgs",
    "3:",
    "popq %r15",
    "popq %r14",
    "popq %r13",
    "popq %r12",
    "popq %rbp",
    "popq %rbx",
    "popq %r11",
    "popq %r10",
    "popq %r9",
    "popq %r8",
    "popq %rax",
    "popq %rcx",
    "popq %rdx",
    "popq %rsi",
    "popq %rdi",
    "addq $16, %rsp",
    "iretq",
    ".popsection",
    handler = sym GATE_HANDLER,
    cs = const offset_of!(InterruptFrame, cs),
    options(att_syntax)
);

/// Where SYSCALL goes for a program at the kernel's level: interrupts are off (SFMASK), RCX and R11 hold the
/// program's instruction pointer and flags, nothing else has changed.
///
/// # Safety
/// Only the processor comes here.
#[unsafe(naked)]
unsafe extern "C" fn syscall_entry() -> ! {
    frame_asm!(
        "mov gs:[{scratch}], rsp",
        "mov rsp, gs:[{kernel_stack_top}]",
        "sub rsp, {frame_size}",
        "mov [rsp + {r15}], r15",
        "mov [rsp + {r14}], r14",
        "mov [rsp + {r13}], r13",
        "mov [rsp + {r12}], r12",
        "mov [rsp + {rbp}], rbp",
        "mov [rsp + {rbx}], rbx",
        "mov [rsp + {r11}], r11",
        "mov [rsp + {r10}], r10",
        "mov [rsp + {r9}], r9",
        "mov [rsp + {r8}], r8",
        "mov qword ptr [rsp + {rax}], {no_such_call}",
        "mov [rsp + {rcx}], rcx",
        "mov [rsp + {rdx}], rdx",
        "mov [rsp + {rsi}], rsi",
        "mov [rsp + {rdi}], rdi",
        "mov [rsp + {orig_rax}], rax",
        "mov [rsp + {rip}], rcx",
        "mov qword ptr [rsp + {cs}], {code_segment}",
        "mov [rsp + {rflags}], r11",
        "mov rcx, gs:[{scratch}]",
        "mov [rsp + {rsp}], rcx",
        "mov qword ptr [rsp + {ss}], {stack_segment}",
        "sti",
        "xor ebp, ebp",
        "mov rdi, rsp",
        "call [rip + {handler}]",
        "jmp {way_out}";
        scratch = const EXIT_RIP,
        kernel_stack_top = const KERNEL_STACK_TOP,
        frame_size = const size_of::<RegisterFrame>(),
        no_such_call = const -38_i32,
        code_segment = const USER_CODE_SEGMENT,
        stack_segment = const USER_STACK_SEGMENT,
        handler = sym SYSCALL_HANDLER,
        way_out = sym entry::way_out,
        cs = const offset_of!(RegisterFrame, cs),
        ss = const offset_of!(RegisterFrame, ss),
    )
}
