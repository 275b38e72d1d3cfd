//! The end of a kernel that found itself broken: what happened, where, and the last system calls.

use core::fmt::Write;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use arch::gate::InterruptFrame;
use kernel::log::Line;

use crate::{console, layout, power, symbols};

/// The exit status of a world whose kernel broke: ours, not the program's.
const STATUS: u8 = 125;

static PANICKING: AtomicBool = AtomicBool::new(false);

fn print(text: core::fmt::Arguments<'_>) {
    let mut line = Line::new();
    let _ = line.write_fmt(text);
    console::log_unlocked(line.as_bytes());
}

/// Prints an address of the kernel's text with the function it lies in.
fn print_place(what: &str, address: u64) {
    match symbols::find(address) {
        Some((name, offset)) => print(format_args!("trapless:   {what} {address:#x} {name}+{offset:#x}\n")),
        None => print(format_args!("trapless:   {what} {address:#x}\n")),
    }
}

/// Prints the frames of the kernel's own stack, as far as frame pointers lead.
fn backtrace(mut frame_pointer: u64) {
    for _ in 0..32 {
        if frame_pointer < layout::DIRECT_MAP || !frame_pointer.is_multiple_of(8) {
            return;
        }
        let frame = core::ptr::with_exposed_provenance::<[u64; 2]>(frame_pointer as usize);
        // SAFETY: the kernel is built with frame pointers, which stay inside of its stacks.
        let [next, return_address] = unsafe { frame.read() };
        if !layout::is_kernel_text(return_address) || next <= frame_pointer {
            return;
        }
        // The call is the instruction before.
        print_place("called from", return_address - 1);
        frame_pointer = next;
    }
}

/// Only the first panic is told; a panic on the way ends at once.
fn begin() {
    // SAFETY: the kernel ends here.
    unsafe { core::arch::asm!("cli", options(nomem, nostack)) };
    if PANICKING.swap(true, Ordering::SeqCst) {
        power::off(STATUS);
    }
}

fn last_calls() {
    kernel::syscalls::recent(&mut |line| console::log_unlocked(line));
}

#[panic_handler]
fn on_panic(info: &PanicInfo<'_>) -> ! {
    begin();
    print(format_args!("trapless: the kernel panicked: {}\n", info.message()));
    if let Some(location) = info.location() {
        print(format_args!("trapless:   at {location}\n"));
    }
    let frame_pointer: u64;
    // SAFETY: reads a register.
    unsafe { core::arch::asm!("mov {}, rbp", out(reg) frame_pointer, options(nomem, nostack)) };
    backtrace(frame_pointer);
    last_calls();
    power::off(STATUS)
}

/// A fault in the kernel's own text that no copy to or from user memory made.
pub(crate) fn fault_in_kernel(frame: &InterruptFrame) -> ! {
    begin();
    let address: u64;
    // SAFETY: reads a control register.
    unsafe { core::arch::asm!("mov {}, cr2", out(reg) address, options(nomem, nostack)) };
    print(format_args!(
        "trapless: the kernel faulted: exception {}, error code {:#x}, at {:#x}, stack {:#x}, last page fault {address:#x}\n",
        frame.vector, frame.error_code, frame.rip, frame.rsp
    ));
    print_place("in", frame.rip);
    backtrace(frame.rbp);
    last_calls();
    power::off(STATUS)
}

/// The machine lacks what the kernel needs: a line for a person.
pub(crate) fn cannot_start(what: &str) -> ! {
    print(format_args!("trapless: {what}\n"));
    power::off(STATUS)
}
