//! From the host's process to a running kernel.

use core::fmt::Write;

use alloc::boxed::Box;
use kernel::log::Line;

use crate::machine::ProcessMachine;
use crate::start::{self, HostStack};
use crate::{clock, host, host_process, layout, memory, panic, pin, processor, seccomp, trap};

/// Why the kernel cannot start: a line for a person.
type Failure = (&'static str, Option<abi::Errno>);

/// Starts the kernel and never comes back.
pub(crate) fn boot(stack: HostStack) -> ! {
    let (what, error) = match prepare(stack) {
        Ok(machine) => run(stack, machine),
        Err(failure) => failure,
    };
    let mut line = Line::new();
    let _ = match error {
        Some(error) => writeln!(line, "trapless: {what}: {error}"),
        None => writeln!(line, "trapless: {what}"),
    };
    let _ = host::write(2, line.as_bytes());
    host::process::exit_group(panic::STATUS)
}

/// A number of the command line that the machine itself needs.
fn number(stack: HostStack, key: &[u8]) -> Option<u64> {
    kernel::boot::number_of(stack.arguments(), key)
}

fn prepare(stack: HostStack) -> Result<&'static ProcessMachine, Failure> {
    arch::xstate::initialize().map_err(|what| (what, None))?;
    // SAFETY: the address comes from the host's kernel.
    unsafe { host::vdso::initialize(stack.auxiliary(start::VDSO)) };
    clock::initialize();
    let size = match number(stack, b"memory") {
        Some(size) => size,
        None => host::process::total_memory().map_err(|error| ("cannot tell the memory", Some(error)))?,
    };
    let size = size.clamp(16 << 20, layout::MEMORY_MAX).next_multiple_of(4096);
    let (headers, count) =
        (stack.auxiliary(start::PROGRAM_HEADERS), stack.auxiliary(start::PROGRAM_HEADER_COUNT));
    // SAFETY: the values come from the host's kernel.
    let data = unsafe { memory::writable_image(headers, count) };
    let data = data.ok_or(("the kernel's image has no data", None))?;
    // SAFETY: this runs once, alone, before anything uses the heap.
    unsafe { memory::initialize(size, &data) }.map_err(|error| ("no memory for the kernel", Some(error)))?;
    sync::set_relax(host::process::sched_yield);
    arch::copy::set_user_range(layout::USER_START..layout::USER_END);
    let wanted = number(stack, b"cpus").and_then(|cpus| usize::try_from(cpus).ok()).unwrap_or(1);
    let machine = &*Box::leak(Box::new(ProcessMachine { cpus: wanted.clamp(1, processor::MAX) }));
    start_processor(number(stack, b"supervisor"), machine.cpus)
        .map_err(|error| ("the host refuses what the kernel needs", Some(error)))?;
    Ok(machine)
}

fn start_processor(supervisor: Option<u64>, cpus: usize) -> Result<(), abi::Errno> {
    seccomp::die_with_parent()?;
    // Killed before the request took effect: then another process is the parent now.
    if supervisor.is_some_and(|supervisor| supervisor != u64::from(host::process::getppid())) {
        return Err(abi::Errno::ESRCH);
    }
    let first = processor::get(0).ok_or(abi::Errno::EINVAL)?;
    first.start()?;
    pin::initialize()?;
    host_process::initialize(cpus)?;
    trap::initialize()?;
    trap::initialize_thread(0)?;
    seccomp::dispatch_or_filter()?;
    seccomp::install_filter()
}

fn run(stack: HostStack, machine: &'static ProcessMachine) -> ! {
    kernel::machine::set(machine);
    let hardware = kernel::boot::Hardware {
        hardware_capabilities: stack.auxiliary(start::HARDWARE_CAPABILITIES) as u64,
        hardware_capabilities_2: stack.auxiliary(start::HARDWARE_CAPABILITIES_2) as u64,
        minimal_signal_stack: stack.auxiliary(start::MINIMAL_SIGNAL_STACK) as u64,
    };
    kernel::boot::start(stack.arguments(), hardware)
}
