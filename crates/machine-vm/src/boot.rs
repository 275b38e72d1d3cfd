//! From the first Rust function to a running kernel.

use core::arch::x86_64::__cpuid;

use alloc::vec::Vec;
use kernel::boot::Hardware;

use crate::machine::VmMachine;
use crate::{
    apic, clock, command_line, console, heap, layout, paging, panic, physical, processor, pvh, random,
    serial, trap,
};

static MACHINE: VmMachine = VmMachine;

/// Bytes of the heap's first piece, beside the books of frames.
const FIRST_HEAP: u64 = 512 << 10;

/// The first function, on the boot stack, with the address of what the loader told.
///
/// # Safety
/// Only the start-up code comes here.
pub(crate) unsafe extern "C" fn boot(start_information: u64) -> ! {
    serial::initialize();
    // SAFETY: the start-up code hands on what the loader gave it.
    let information = unsafe { pvh::boot_information(start_information) };
    let Some(information) = information else { panic::cannot_start("the loader told no memory map") };
    // SAFETY: this runs once, alone.
    let Some(line) = (unsafe { prepare_memory(&information) }) else {
        panic::cannot_start("too little memory for the kernel")
    };
    let mut words = command_line::words(line);
    let options = command_line::take_options(&mut words);
    console::initialize(options.is_framed);
    processor::set_count(options.processors);
    if let Err(what) = prepare_processor(options.time) {
        panic::cannot_start(what);
    }
    start(&words)
}

/// Builds the tables, the heap and the books of frames; gives the command line where it stays. `None`
/// without memory.
///
/// # Safety
/// Must run once, on the start-up tables.
unsafe fn prepare_memory(information: &pvh::BootInformation) -> Option<&'static [u8]> {
    physical::initialize(information);
    // SAFETY: the start-up tables are in use.
    let line = unsafe { physical::keep(information.command_line) }?;
    let shares_size = physical::shares_size();
    // SAFETY: the start-up tables are in use.
    let shares = unsafe { physical::take(shares_size) }?;
    let books = physical::end() / (physical::PAGE * 8) + physical::PAGE;
    let heap_size = (FIRST_HEAP + books).next_multiple_of(physical::PAGE);
    // SAFETY: as above.
    let heap = unsafe { physical::take(heap_size) }?;
    // SAFETY: as above, and this runs once.
    unsafe { paging::initialize(&information.memory) }?;
    // SAFETY: the memory was taken for this.
    unsafe { physical::set_shares(shares) };
    // SAFETY: as above.
    unsafe { heap::start(heap, heap_size) }?;
    kernel::machine::set(&MACHINE);
    kernel::mm::frame::initialize(&physical::free(), &physical::archive_pages()).ok()?;
    // SAFETY: `keep` put so many bytes there, for good.
    Some(unsafe { core::slice::from_raw_parts(physical::direct(line), information.command_line.len()) })
}

fn prepare_processor(time: u64) -> Result<(), &'static str> {
    const NO_MEMORY: &str = "too little memory for the kernel";
    trap::initialize();
    let first = processor::get(0).ok_or(NO_MEMORY)?;
    // SAFETY: this is the first processor, and it runs this once.
    unsafe { first.start() }.ok_or(NO_MEMORY)?;
    arch::xstate::initialize()?;
    if !random::is_there() {
        return Err("the processor has no RDRAND");
    }
    apic::initialize().ok_or(NO_MEMORY)?;
    first.set_apic(apic::start());
    clock::initialize(time);
    arch::copy::set_user_range(layout::USER_START..layout::USER_END);
    console::start();
    // SAFETY: gates and their stacks are ready.
    unsafe { core::arch::asm!("sti", options(nomem, nostack)) };
    Ok(())
}

fn start(words: &[Vec<u8>]) -> ! {
    /// `AT_HWCAP2`: programs may use the instructions for the bases of FS and GS.
    const FSGSBASE: u64 = 1 << 1;
    /// What a signal frame holds beside the extended state (Linux's `MAX_FRAME_SIGINFO_UCXT_SIZE`, padding).
    const SIGNAL_FRAME: u64 = 440 + 24 + 63;
    let hardware = Hardware {
        hardware_capabilities: u64::from(__cpuid(1).edx),
        hardware_capabilities_2: FSGSBASE,
        minimal_signal_stack: (arch::xstate::standard_size() as u64 + SIGNAL_FRAME).next_multiple_of(16),
    };
    kernel::boot::start(words.iter().map(Vec::as_slice), hardware)
}
