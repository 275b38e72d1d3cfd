//! Traps and interrupts: host signals become entries into the kernel.
//!
//! A signal that lands in a program's text copies the program's registers to the frame of the running
//! thread, gives it back its vector state (the host resets it for handlers), and goes on in the kernel on
//! the thread's kernel stack; the handler never returns. A signal that lands in the kernel sets a flag
//! and returns, restarts the way out, or goes to the fix-up of a copy that faulted.

use core::sync::atomic::{AtomicU64, Ordering};

use abi::raw::general::{
    SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGPIPE, SIGQUIT, SIGSEGV, SIGSYS, SIGTERM, SIGTRAP, SIGTSTP,
    SIGUSR1, SIGUSR2, SIGWINCH,
};
use arch::call::Place;
use arch::frame::{USER_CODE_SEGMENT, USER_STACK_SEGMENT};
use arch::{RegisterFrame, call};
use kernel::sched;
use kernel::syscalls::Entrance;

use crate::host::signal::{self, SigInfo, UserContext};
use crate::{host, host_process, layout, panic, processor, seat};

/// The signal that kicks a processor, and that its timer sends.
pub(crate) const KICK: u32 = 62;
/// `AUDIT_ARCH_X86_64`.
const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
/// The processor's number of a general protection fault.
const GENERAL_PROTECTION: u64 = 13;

/// Signals from outside that are passed on to the program.
const EXTERNAL: [u32; 8] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH];
/// Faults of a program, as the processor reports them.
const FAULTS: [u32; 5] = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP];

/// Signals from outside that have not been passed on yet, a bit each.
static ARRIVED: AtomicU64 = AtomicU64::new(0);

/// Installs all handlers.
///
/// # Errors
/// What the host says.
pub(crate) fn initialize() -> Result<(), abi::Errno> {
    signal::set_handler(SIGSYS, on_syscall)?;
    signal::set_handler(KICK, on_interrupt)?;
    for number in FAULTS {
        signal::set_handler(number, on_fault)?;
    }
    for number in EXTERNAL {
        signal::set_handler(number, on_interrupt)?;
    }
    signal::ignore(SIGPIPE)?;
    arch::entry::set_work(work);
    call::set_handler(serve);
    Ok(())
}

/// Gives this host thread its signal stack and unblocks its signals.
///
/// # Errors
/// What the host says.
pub(crate) fn initialize_thread(processor: u64) -> Result<(), abi::Errno> {
    let start = layout::SIGNAL_STACKS + processor * layout::SIGNAL_STACK_SIZE;
    signal::set_stack(start, layout::SIGNAL_STACK_SIZE)?;
    signal::unblock_all()
}

/// Whether the kernel was interrupted: in its own text, or in the host's vDSO on a kernel stack.
fn in_kernel(context: &UserContext) -> bool {
    let above = layout::USER_END..layout::HOST_END;
    layout::image().contains(&context.rip) || (above.contains(&context.rip) && above.contains(&context.rsp))
}

/// Copies the program's registers to the running thread's frame and gives it its vector state back.
///
/// # Safety
/// The context must be that of an interrupted program.
unsafe fn save_program(context: &UserContext) -> &'static mut RegisterFrame {
    // SAFETY: a program ran, so a thread is current, and the kernel was not using its frame.
    let frame = unsafe { arch::entry::frame() };
    *frame = RegisterFrame {
        r15: context.r15,
        r14: context.r14,
        r13: context.r13,
        r12: context.r12,
        rbp: context.rbp,
        rbx: context.rbx,
        r11: context.r11,
        r10: context.r10,
        r9: context.r9,
        r8: context.r8,
        rax: context.rax,
        rcx: context.rcx,
        rdx: context.rdx,
        rsi: context.rsi,
        rdi: context.rdi,
        orig_rax: RegisterFrame::NO_SYSCALL,
        rip: context.rip,
        cs: USER_CODE_SEGMENT,
        rflags: context.rflags,
        rsp: context.rsp,
        ss: USER_STACK_SEGMENT,
        padding: 0,
    };
    if !context.extended_state.is_null() {
        // SAFETY: the host's kernel wrote the state there.
        unsafe { arch::xstate::restore_from_host(context.extended_state) };
    }
    frame
}

/// The first that a handler does: it takes the processor back from whatever the program has done to its flags and
/// its GS base. Gives whether that base was not the kernel's.
fn take_back() -> bool {
    arch::cpu::reset_flags();
    // Handlers run on the signal stack of the processor that their host thread stands for.
    let marker = 0_u8;
    let offset = ((&raw const marker).addr() as u64).wrapping_sub(layout::SIGNAL_STACKS);
    let number = usize::try_from(offset / layout::SIGNAL_STACK_SIZE).ok();
    let Some(processor) = number.and_then(processor::get) else { return false };
    // SAFETY: the host thread whose signal stack this is has installed the processor's block.
    unsafe { processor.block().reclaim() }
}

extern "C" fn on_syscall(_: i32, info: &SigInfo, context: &mut UserContext) {
    take_back();
    if in_kernel(context) {
        if layout::image().contains(&context.rip) {
            panic::refused_host_call(context.rax);
        }
        return emulate_vdso_call(context);
    }
    // SAFETY: a program was interrupted.
    let frame = unsafe { save_program(context) };
    frame.orig_rax = context.rax;
    frame.set_result(abi::Errno::ENOSYS.to_register());
    if info.audit_architecture == AUDIT_ARCH_X86_64 {
        // SAFETY: the frame is filled in; the kernel stack below it is unused while a program runs.
        unsafe { arch::entry::enter(frame, syscall) }
    }
    // INT 0x80 in a 64-bit program: the i386 ABI is not served on this machine.
    // SAFETY: as above.
    unsafe { arch::entry::enter(frame, nothing) }
}

/// The host's vDSO fell back to a call while the kernel used it: make the call for it.
fn emulate_vdso_call(context: &mut UserContext) {
    let arguments = [context.rdi, context.rsi, context.rdx, context.r10, context.r8, context.r9];
    // SAFETY: the vDSO's code asked for exactly this call.
    let result = unsafe { host::call(context.rax as u32, arguments.map(|argument| argument as usize)) };
    context.rax = result.map_or_else(abi::Errno::to_register, |value| value as u64);
}

extern "C" fn on_interrupt(number: i32, _: &SigInfo, context: &mut UserContext) {
    take_back();
    let number = number.cast_unsigned();
    if number == KICK {
        seat::own().timer_fired();
    } else if host_process::own().is_home() {
        ARRIVED.fetch_or(1 << number, Ordering::SeqCst);
        // It may be another host process that stands for the processor.
        processor::this().kick();
    } else {
        // A terminal's signal goes to every host process; the first one passes it on.
        return;
    }
    processor::this().block().set_pending();
    match call::place(context.rip) {
        Some(Place::LeafBegun) => context.rip = call::call_address(),
        // As if the jump had been made.
        Some(Place::LeafDone) => context.rip = context.rcx,
        Some(Place::WayOut) => context.rip = arch::entry::way_out_address(),
        None => {}
    }
    if in_kernel(context) {
        processor::this().interrupt_wait();
        if arch::entry::in_way_out(context.rip) {
            context.rip = arch::entry::way_out_address();
        }
        return;
    }
    // SAFETY: a program was interrupted.
    let frame = unsafe { save_program(context) };
    // SAFETY: the frame is filled in; the kernel stack below it is unused while a program runs.
    unsafe { arch::entry::enter(frame, nothing) }
}

/// The way out's last step faults when the address to go on at is not one (a handler may write any into
/// its frame, a program may jump to the entry with any): the program's registers are loaded already, and
/// the fault is the program's.
fn blame_program(context: &mut UserContext) {
    if context.trap_number != GENERAL_PROTECTION {
        return;
    }
    if arch::entry::in_way_out(context.rip) {
        context.rip = processor::this().block().exit_rip();
    } else if matches!(call::place(context.rip), Some(Place::LeafDone | Place::WayOut)) {
        context.rip = context.rcx;
    }
}

extern "C" fn on_fault(number: i32, info: &SigInfo, context: &mut UserContext) {
    if take_back() {
        // It may be a call that is a jump, by way of the base: with the right one it is made. What fails for
        // another reason fails again.
        return;
    }
    blame_program(context);
    if in_kernel(context) {
        if let Some(landing) = arch::copy::fixup(context.rip) {
            context.rip = landing;
        } else if number.cast_unsigned() != SIGTRAP {
            // A program that single-steps itself traps on its way out of the kernel; it means nothing.
            panic::fault_in_kernel(number, info, context);
        }
        return;
    }
    // SAFETY: a program was interrupted.
    let frame = unsafe { save_program(context) };
    let this = processor::this();
    this.set_fault(kernel::Trap {
        signal: number,
        code: info.code,
        address: info.address,
        number: context.trap_number,
        error_code: context.error_code,
        cr2: context.cr2,
    });
    // SAFETY: the frame is filled in; the kernel stack below it is unused while a program runs.
    unsafe { arch::entry::enter(frame, fault) }
}

/// Serves a call that trapped; the next one from there may be a jump.
extern "C" fn syscall(frame: &mut RegisterFrame) {
    // SAFETY: a program called, so its thread is current; it does not end while it is served.
    let thread = unsafe { processor::running_thread() };
    kernel::mm::sites::look(&thread, frame);
    kernel::syscalls::dispatch(&thread, frame, Entrance::Trap);
}

/// Serves a call that was a jump.
extern "C" fn serve(frame: &mut RegisterFrame) -> bool {
    // SAFETY: as above.
    let thread = unsafe { processor::running_thread() };
    kernel::syscalls::dispatch(&thread, frame, Entrance::Jump)
}

extern "C" fn fault(frame: &mut RegisterFrame) {
    if let (Some(thread), Some(trap)) = (sched::current(), processor::this().take_fault()) {
        kernel::fault(&thread, frame, trap);
    }
}

extern "C" fn nothing(_: &mut RegisterFrame) {}

extern "C" fn work(frame: &mut RegisterFrame) {
    processor::this().block().take_pending();
    processor::this().pin().review(seat::own());
    pass_on_external();
    // The thread is let go of before it is left for good.
    let has_ended = sched::current().is_some_and(|thread| {
        assert!(thread.context().is_intact(), "a system call overran its kernel stack");
        kernel::work_on_exit(&thread, frame)
    });
    if has_ended {
        sched::exit_current();
    }
}

/// Gives the signals that came from outside to the core.
pub(crate) fn pass_on_external() {
    if ARRIVED.load(Ordering::Relaxed) == 0 {
        return;
    }
    let arrived = ARRIVED.swap(0, Ordering::SeqCst);
    for number in EXTERNAL.iter().filter(|&&number| arrived & (1 << number) != 0) {
        kernel::external_signal(number.cast_signed());
    }
}
