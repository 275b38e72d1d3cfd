//! From a trap into the kernel, and the restartable way out.

use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::cpu::{CODE_SEGMENT, CpuBlock, EXIT_RIP, KERNEL_STACK_TOP, PENDING, STACK_SEGMENT};
use super::frame::{RegisterFrame, frame_asm};
use super::unwind::{begin, end, here, no_registers, program_registers};

/// The flag that makes the processor trap behind each instruction.
const TRAP_FLAG: u32 = 1 << 8;

/// What the kernel runs on a thread's kernel stack when a program entered it.
pub type Handler = extern "C" fn(frame: &mut RegisterFrame);

static WORK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Sets what the way out runs while something is pending.
pub fn set_work(work: Handler) {
    WORK.store(work as *mut (), Ordering::Release);
}

/// The frame of the thread that runs on this processor.
///
/// # Safety
/// The processor's block must be installed and a thread be current; while the reference lives, nobody
/// else may use the frame (the kernel is not preempted, so one borrow at a time is enough).
#[must_use]
pub unsafe fn frame() -> &'static mut RegisterFrame {
    // SAFETY: the caller says that the block is installed.
    let top = unsafe { CpuBlock::this() }.kernel_stack_top();
    #[expect(clippy::cast_possible_truncation, reason = "an address of x86-64 has 64 bits, as usize has")]
    let top = top as usize;
    let frame = ptr::with_exposed_provenance_mut::<RegisterFrame>(top - size_of::<RegisterFrame>());
    // SAFETY: a kernel stack ends with its thread's frame.
    unsafe { &mut *frame }
}

/// Runs `handler` on the kernel stack below `frame`, then goes back to the program.
///
/// # Safety
/// `frame` must be the running thread's frame, filled in; the kernel stack must be unused.
#[unsafe(naked)]
pub unsafe extern "C" fn enter(frame: *mut RegisterFrame, handler: Handler) -> ! {
    frame_asm!(
        begin!("enter"),
        "mov rsp, rdi",
        here!("enter", 1),
        // Without the flag of a nested task, with which IRET would fault.
        "push 2",
        "popfq",
        "xor ebp, ebp",
        "call rsi",
        "jmp {way_out}",
        end!("enter", no_registers!(), 1 after 0: program_registers!());
        way_out = sym way_out,
    )
}

/// Goes to the program with the registers of the running thread's frame.
///
/// Between the look at `pending` and the jump, an interrupt would be missed: its handler asks
/// [`in_way_out`] and starts it anew. The frame stays whole, so that is always right.
///
/// # Safety
/// The running thread's frame must be filled in.
#[unsafe(naked)]
pub unsafe extern "C" fn way_out() -> ! {
    frame_asm!(
        begin!("way_out"),
        "mov rsp, gs:[{kernel_stack_top}]",
        "sub rsp, {frame_size}",
        here!("way_out", 1),
        "cmp dword ptr gs:[{pending}], 0",
        "jne {work}",
        "mov rax, [rsp + {rip}]",
        "mov gs:[{exit_rip}], rax",
        "mov r15, [rsp + {r15}]",
        "mov r14, [rsp + {r14}]",
        "mov r13, [rsp + {r13}]",
        "mov r12, [rsp + {r12}]",
        "mov rbp, [rsp + {rbp}]",
        "mov rbx, [rsp + {rbx}]",
        "mov r11, [rsp + {r11}]",
        "mov r10, [rsp + {r10}]",
        "mov r9, [rsp + {r9}]",
        "mov r8, [rsp + {r8}]",
        "mov rax, [rsp + {rax}]",
        "mov rcx, [rsp + {rcx}]",
        "mov rdx, [rsp + {rdx}]",
        "mov rsi, [rsp + {rsi}]",
        "mov rdi, [rsp + {rdi}]",
        "test dword ptr [rsp + {rflags}], {trap_flag}",
        "jne 2f",
        "push qword ptr [rsp + {rflags}]",
        "popfq",
        "mov rsp, [rsp + {rsp}]",
        // The address lies behind GS, where no rule reaches.
        here!("way_out", 2),
        "jmp qword ptr gs:[{exit_rip}]",
        here!("way_out", 3),
        // A program that single-steps itself: a step ends behind the program's next instruction, and only
        // IRET makes the flag and the jump one.
        "2:",
        "push qword ptr gs:[{stack_segment}]",
        "push qword ptr [rsp + {rsp} + 8]",
        "push qword ptr [rsp + {rflags} + 16]",
        "push qword ptr gs:[{code_segment}]",
        "push qword ptr [rsp + {rip} + 32]",
        "iretq",
        ".globl trapless_way_out_end",
        "trapless_way_out_end:",
        end!(
            "way_out",
            no_registers!(),
            1 after 0: program_registers!(),
            2 after 1: no_registers!(),
            3 after 2: program_registers!(),
        );
        kernel_stack_top = const KERNEL_STACK_TOP,
        exit_rip = const EXIT_RIP,
        pending = const PENDING,
        code_segment = const CODE_SEGMENT,
        stack_segment = const STACK_SEGMENT,
        trap_flag = const TRAP_FLAG,
        frame_size = const size_of::<RegisterFrame>(),
        work = sym way_out_work,
    )
}

/// The part of the way out that does what is pending.
#[unsafe(naked)]
unsafe extern "C" fn way_out_work() -> ! {
    frame_asm!(
        begin!("way_out_work"),
        "mov rdi, rsp",
        "call {run_work}",
        "jmp {way_out}",
        end!("way_out_work", program_registers!());
        run_work = sym run_work,
        way_out = sym way_out,
    )
}

extern "C" fn run_work(frame: &mut RegisterFrame) {
    let work = WORK.load(Ordering::Acquire);
    if !work.is_null() {
        // SAFETY: the pointer is null or was made from a `Handler` by `set_work`.
        let work: Handler = unsafe { core::mem::transmute(work) };
        work(frame);
    }
}

unsafe extern "C" {
    /// The first byte behind the text of [`way_out`].
    static trapless_way_out_end: u8;
}

/// Whether an interrupt at `rip` hit the way out, which then must start anew.
#[must_use]
pub fn in_way_out(rip: u64) -> bool {
    (way_out_address()..(&raw const trapless_way_out_end).addr() as u64).contains(&rip)
}

/// The address at which [`way_out`] starts.
#[must_use]
pub fn way_out_address() -> u64 {
    (way_out as unsafe extern "C" fn() -> ! as *const ()).addr() as u64
}
