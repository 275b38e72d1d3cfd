//! The end of a kernel that found itself broken: what happened, where, and the last system calls.

use core::fmt::Write;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use kernel::log::Line;

use crate::host;
use crate::host::signal::{SigInfo, UserContext};

/// The exit status of a world whose kernel broke: ours, not the program's.
pub(crate) const STATUS: i32 = 125;

static PANICKING: AtomicBool = AtomicBool::new(false);

fn print(text: core::fmt::Arguments<'_>) {
    let mut line = Line::new();
    let _ = line.write_fmt(text);
    let _ = host::write(2, line.as_bytes());
}

/// Prints the frames of the kernel's own stack, as far as frame pointers lead.
fn backtrace(mut frame_pointer: u64) {
    for _ in 0..32 {
        if frame_pointer < crate::layout::USER_END || !frame_pointer.is_multiple_of(8) {
            return;
        }
        let frame = core::ptr::with_exposed_provenance::<[u64; 2]>(frame_pointer as usize);
        // SAFETY: the kernel is built with frame pointers, which stay inside of its stacks.
        let [next, return_address] = unsafe { frame.read() };
        if !crate::layout::image().contains(&return_address) || next <= frame_pointer {
            return;
        }
        print(format_args!("trapless:   called from {return_address:#x}\n"));
        frame_pointer = next;
    }
}

fn end() -> ! {
    host::process::exit_group(STATUS)
}

/// Only the first panic is told; a panic on the way ends at once.
fn begin() {
    if PANICKING.swap(true, Ordering::SeqCst) {
        end();
    }
}

fn last_calls() {
    kernel::syscalls::recent(&mut |line| {
        let _ = host::write(2, line);
    });
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
    end()
}

/// A fault in the kernel's own text that no copy to or from user memory made.
pub(crate) fn fault_in_kernel(signal: i32, info: &SigInfo, context: &UserContext) -> ! {
    begin();
    print(format_args!(
        "trapless: the kernel faulted: signal {signal}, code {}, address {:#x}, at {:#x}\n",
        info.code, info.address, context.rip
    ));
    backtrace(context.rbp);
    last_calls();
    end()
}

/// The seccomp filter refused a call that the kernel made.
pub(crate) fn refused_host_call(number: u64) -> ! {
    begin();
    print(format_args!("trapless: the kernel made a host call that its filter refuses: {number}\n"));
    last_calls();
    end()
}
