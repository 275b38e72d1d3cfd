//! Gates and SYSCALL become entries into the kernel.
//!
//! A gate that hits a program copies its registers to the frame of the running thread and returns into the
//! kernel, on the thread's kernel stack. One that hits the kernel, which runs with interrupts on, sets a
//! flag, starts the way out anew, or goes to the fix-up of a copy that faulted. The vector state stays in
//! the processor all the while.

use abi::siginfo;
use abi::signal::{SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, Signal};
use arch::RegisterFrame;
use arch::call::{self, Place};
use arch::gate::{self, InterruptFrame};
use kernel::sched;
use kernel::syscalls::Entrance;

use crate::{apic, console, layout, panic, processor};

const DIVIDE: u64 = 0;
const DEBUG: u64 = 1;
const NON_MASKABLE: u64 = 2;
const BREAKPOINT: u64 = 3;
const INVALID_OPCODE: u64 = 6;
const DOUBLE_FAULT: u64 = 8;
const SEGMENT_ABSENT: u64 = 11;
const STACK_FAULT: u64 = 12;
const GENERAL_PROTECTION: u64 = 13;
const X87: u64 = 16;
const ALIGNMENT: u64 = 17;
const SIMD: u64 = 19;
/// The processor's own gates; those behind are for interrupts.
const FAULTS: u64 = 32;

/// The page fault's bit that says "from ring 3": a program is one, whatever its ring.
const FROM_PROGRAM: u64 = 1 << 2;

/// Sets what gates and system calls run.
pub(crate) fn initialize() {
    gate::set_handlers(on_gate, syscall);
    call::set_handler(serve);
    arch::entry::set_work(work);
}

extern "C" fn on_gate(frame: &mut InterruptFrame) {
    if frame.vector < FAULTS {
        return on_fault(frame);
    }
    let vector = frame.vector as u32;
    if vector != apic::SPURIOUS {
        apic::end_of_interrupt();
    }
    match vector {
        apic::TIMER => apic::timer_fired(),
        apic::SERIAL => console::interrupt(),
        apic::ORDER => return processor::follow_order(),
        _ => {}
    }
    processor::this().block().set_pending();
    if layout::is_kernel_text(frame.rip) {
        restart_way_out(frame);
    } else {
        // SAFETY: a program was interrupted.
        unsafe { enter(frame, nothing) };
    }
}

/// An interrupt between the look at what is pending and the jump to the program would be missed; a call that
/// is a mere field has no such look.
fn restart_way_out(frame: &mut InterruptFrame) {
    if arch::entry::in_way_out(frame.rip) {
        frame.rip = arch::entry::way_out_address();
    }
    match call::place(frame.rip) {
        Some(Place::LeafBegun) => frame.rip = call::call_address(),
        // As if the jump had been made.
        Some(Place::LeafDone) => frame.rip = frame.rcx,
        Some(Place::WayOut) => frame.rip = arch::entry::way_out_address(),
        None => {}
    }
}

/// Goes on in the kernel with the program's registers in the frame of its thread.
///
/// # Safety
/// A program must have been interrupted.
unsafe fn enter(frame: &mut InterruptFrame, handler: arch::entry::Handler) {
    // SAFETY: a program ran, so a thread is current, and the kernel was not using its frame.
    let registers = unsafe { arch::entry::frame() };
    *registers = frame.program();
    // SAFETY: the frame is filled in; the kernel stack below it is unused while a program runs.
    unsafe { frame.enter_kernel(registers, handler) };
}

/// The way out's last step faults when the address to go on at is not one (a handler may write any into
/// its frame, a program may jump to the entry with any): the program's registers are loaded already, and
/// the fault is the program's.
fn blame_program(frame: &mut InterruptFrame) {
    if frame.vector != GENERAL_PROTECTION {
        return;
    }
    if arch::entry::in_way_out(frame.rip) {
        frame.rip = processor::this().block().exit_rip();
    } else if matches!(call::place(frame.rip), Some(Place::LeafDone | Place::WayOut)) {
        frame.rip = frame.rcx;
    }
}

fn on_fault(frame: &mut InterruptFrame) {
    if frame.vector == NON_MASKABLE {
        return;
    }
    blame_program(frame);
    if layout::is_kernel_text(frame.rip) {
        if let Some(landing) = arch::copy::fixup(frame.rip) {
            frame.rip = landing;
        } else if frame.vector != DEBUG {
            // A program that single-steps itself traps on its way out of the kernel; it means nothing.
            panic::fault_in_kernel(frame);
        }
        return;
    }
    if frame.vector == DOUBLE_FAULT {
        panic::fault_in_kernel(frame);
    }
    processor::this().set_fault(trap(frame));
    // SAFETY: a program was interrupted.
    unsafe { enter(frame, fault) };
}

/// The address of the last page fault.
fn fault_address() -> u64 {
    let address;
    // SAFETY: reads a control register.
    unsafe { core::arch::asm!("mov {}, cr2", out(reg) address, options(nomem, nostack, preserves_flags)) };
    address
}

/// What a program's fault means (Linux's `arch/x86/kernel/traps.c`).
fn trap(frame: &InterruptFrame) -> kernel::Trap {
    /// `SI_KERNEL`: no particular reason.
    const NO_REASON: i32 = 0x80;
    let is_page_fault = frame.vector == kernel::Trap::PAGE_FAULT;
    let cr2 = if is_page_fault { fault_address() } else { 0 };
    let (signal, code, address): (Signal, i32, u64) = match frame.vector {
        DIVIDE => (SIGFPE, siginfo::FPE_INTDIV, frame.rip),
        DEBUG => (SIGTRAP, debug_reason(), frame.rip),
        BREAKPOINT => (SIGTRAP, NO_REASON, 0),
        INVALID_OPCODE => (SIGILL, siginfo::ILL_ILLOPN, frame.rip),
        SEGMENT_ABSENT | STACK_FAULT => (SIGBUS, NO_REASON, 0),
        kernel::Trap::PAGE_FAULT => (SIGSEGV, NO_REASON, cr2),
        // Which error it was is asked when the kernel has the program's state to itself.
        X87 | SIMD => (SIGFPE, NO_REASON, frame.rip),
        ALIGNMENT => (SIGBUS, siginfo::BUS_ADRALN, 0),
        _ => (SIGSEGV, NO_REASON, 0),
    };
    let error_code = if is_page_fault { frame.error_code | FROM_PROGRAM } else { frame.error_code };
    kernel::Trap { signal: signal.number(), code, address, number: frame.vector, error_code, cr2 }
}

/// Why a debug trap came: a single step, or a breakpoint of the processor's.
fn debug_reason() -> i32 {
    const SINGLE_STEP: u64 = 1 << 14;
    let status: u64;
    // SAFETY: reads a debug register.
    unsafe { core::arch::asm!("mov {}, dr6", out(reg) status, options(nomem, nostack, preserves_flags)) };
    // SAFETY: the processor only adds to the register; the next trap shall tell its own reason.
    unsafe {
        core::arch::asm!("mov dr6, {}", in(reg) 0xffff_0ff0_u64, options(nomem, nostack, preserves_flags))
    };
    if status & SINGLE_STEP != 0 { siginfo::TRAP_TRACE } else { siginfo::TRAP_BRKPT }
}

extern "C" fn syscall(frame: &mut RegisterFrame) {
    // SAFETY: a program called, so its thread is current.
    let thread = unsafe { processor::running_thread() };
    kernel::mm::sites::look(&thread, frame);
    kernel::syscalls::dispatch(&thread, frame, Entrance::Trap);
}

/// Serves a call that was a jump.
extern "C" fn serve(frame: &mut RegisterFrame) -> bool {
    // SAFETY: a program called, so its thread is current; it does not end while it is served.
    let thread = unsafe { processor::running_thread() };
    kernel::syscalls::dispatch(&thread, frame, Entrance::Jump)
}

extern "C" fn fault(frame: &mut RegisterFrame) {
    if let (Some(thread), Some(mut trap)) = (sched::current(), processor::this().take_fault()) {
        if matches!(trap.number, X87 | SIMD) {
            trap.code = float_error(trap.number == SIMD).unwrap_or(trap.code);
        }
        kernel::fault(&thread, frame, trap);
    }
}

/// Which error of floating-point arithmetic the running program made (Linux's `fpu__exception_code`).
fn float_error(is_simd: bool) -> Option<i32> {
    const INVALID: u32 = 1 << 0;
    const ZERO_DIVIDE: u32 = 1 << 2;
    const OVERFLOW: u32 = 1 << 3;
    /// Underflow, and an operand that is denormal.
    const UNDERFLOW: u32 = 1 << 4 | 1 << 1;
    const PRECISION: u32 = 1 << 5;
    let mut state = arch::xstate::StandardState::new()?;
    state.save();
    let errors = if is_simd { state.simd_errors() } else { state.x87_errors() };
    let codes = [
        (INVALID, siginfo::FPE_FLTINV),
        (ZERO_DIVIDE, siginfo::FPE_FLTDIV),
        (OVERFLOW, siginfo::FPE_FLTOVF),
        (UNDERFLOW, siginfo::FPE_FLTUND),
        (PRECISION, siginfo::FPE_FLTRES),
    ];
    codes.iter().find(|(bits, _)| errors & bits != 0).map(|(_, code)| *code)
}

extern "C" fn nothing(_: &mut RegisterFrame) {}

extern "C" fn work(frame: &mut RegisterFrame) {
    processor::this().block().take_pending();
    console::deliver();
    // The thread is let go of before it is left for good.
    let has_ended = sched::current().is_some_and(|thread| kernel::work_on_exit(&thread, frame));
    if has_ended {
        sched::exit_current();
    }
}
