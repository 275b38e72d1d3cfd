//! Further processors: how they are started, and what they do then.

use core::alloc::Layout;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::Errno;
use alloc::alloc::alloc_zeroed;

use crate::paging::{self, Entry, Table, index, table_flags};
use crate::physical::direct;
use crate::{apic, layout, panic, processor, start};

/// Where a further processor starts: any page below 1 MiB, which the books of memory leave out.
const START: u64 = 0x8000;
/// Bytes of the stack that it starts on, and that it leaves for its idle thread's.
const STACK_SIZE: usize = 16 * 1024;
/// How long it may take, in nanoseconds: an emulator may be busy with others.
const PATIENCE: u64 = 5_000_000_000;
/// How long the looks at it are apart.
const STEP: u64 = 100_000;

/// The processor that is to say that it runs.
static NEXT: AtomicUsize = AtomicUsize::new(0);
/// How many run.
static RUNNING: AtomicUsize = AtomicUsize::new(1);

/// Starts all further processors, one after the other.
///
/// # Errors
/// `ENOMEM` without memory, `ENODEV` when one does not start.
pub(crate) fn start_all() -> Result<(), Errno> {
    if processor::count() == 1 {
        return Ok(());
    }
    prepare();
    for number in 1..processor::count() {
        start_one(number)?;
    }
    Ok(())
}

/// Lays out the text and the tables that processors start with.
fn prepare() {
    let (low, root, _) = start::further_tables();
    let text = start::further_text();
    // SAFETY: both lie in the direct map; the page is nobody's.
    unsafe {
        direct(START).copy_from_nonoverlapping(direct(text.start), (text.end - text.start) as usize);
    }
    // SAFETY: the page is a table's, which no processor has loaded yet.
    let root = unsafe { Table::at(root) };
    // SAFETY: the kernel's own table, which stays.
    let kernel = unsafe { Table::at(start::root_table()) };
    for slot in index(layout::DIRECT_MAP, 3)..512 {
        root.set(slot, kernel.get(slot));
    }
    root.set(0, Entry::new(low, table_flags()));
}

fn start_one(number: usize) -> Result<(), Errno> {
    let layout = Layout::from_size_align(STACK_SIZE, 4096).map_err(|_| Errno::ENOMEM)?;
    // SAFETY: the layout's size is not zero.
    let stack = unsafe { alloc_zeroed(layout) };
    if stack.is_null() {
        return Err(Errno::ENOMEM);
    }
    let top = (stack.expose_provenance() + STACK_SIZE) as u64;
    let (_, _, place) = start::further_tables();
    // SAFETY: the word is for this, and only the processor that is started now reads it.
    unsafe { direct(place).cast::<u64>().write_volatile(top) };
    NEXT.store(number, Ordering::SeqCst);
    // Numbers of interrupt controllers are those of the processors, as QEMU and Firecracker give them.
    apic::start_processor(number as u32, START);
    let mut waited = 0;
    while RUNNING.load(Ordering::SeqCst) <= number {
        if waited >= PATIENCE {
            return Err(Errno::ENODEV);
        }
        apic::spin(STEP);
        waited += STEP;
    }
    Ok(())
}

/// The first function of a further processor, on its own stack.
///
/// # Safety
/// Only the start-up code comes here.
pub(crate) unsafe extern "C" fn main() -> ! {
    let number = NEXT.load(Ordering::SeqCst);
    // SAFETY: the kernel's own tables, in whose upper half this runs.
    unsafe { paging::load(start::root_table()) };
    let Some(processor) = processor::get(number) else { panic::cannot_start("too many processors") };
    // SAFETY: it is this processor, which runs this once.
    if unsafe { processor.start() }.is_none() {
        panic::cannot_start("too little memory for a processor");
    }
    processor.set_apic(apic::start());
    // SAFETY: gates and their stacks are ready.
    unsafe { core::arch::asm!("sti", options(nomem, nostack)) };
    RUNNING.store(number + 1, Ordering::SeqCst);
    kernel::sched::run_processor()
}
