//! The interrupt controllers: each processor's own with its timer, and the one for devices (Intel SDM
//! volume 3, chapter 11; Intel 82093AA).

use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use crate::{paging, port, processor};

/// The gate of the timer.
pub(crate) const TIMER: u32 = 0x20;
/// The gate by which processors kick each other.
pub(crate) const KICK: u32 = 0x21;
/// The gate by which a processor makes others forget translations, or pass a barrier.
pub(crate) const ORDER: u32 = 0x22;
/// The gate of the serial port.
pub(crate) const SERIAL: u32 = 0x24;
/// The gate of interrupts that turn out to be none.
pub(crate) const SPURIOUS: u32 = 0x3f;

const LOCAL: u64 = 0xfee0_0000;
const DEVICES: u64 = 0xfec0_0000;
/// The serial port's line at the controller for devices.
const SERIAL_LINE: u32 = 4;

const ID: usize = 0x20;
const TASK_PRIORITY: usize = 0x80;
const END_OF_INTERRUPT: usize = 0xb0;
const SPURIOUS_VECTOR: usize = 0xf0;
const COMMAND_LOW: usize = 0x300;
const COMMAND_HIGH: usize = 0x310;
const TIMER_VECTOR: usize = 0x320;
const TIMER_START: usize = 0x380;
const TIMER_NOW: usize = 0x390;
const TIMER_DIVIDER: usize = 0x3e0;
const MASKED: u32 = 1 << 16;

/// How often the timer counts in a second: the bus clock that QEMU and KVM give it.
const TIMER_FREQUENCY: u64 = 1_000_000_000;

static LOCAL_REGISTERS: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());
static DEVICE_REGISTERS: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());
/// The deadline that the timer of each processor is armed for; `u64::MAX` when it is not.
static ARMED: [AtomicU64; processor::MAX] = [const { AtomicU64::new(u64::MAX) }; processor::MAX];

fn read(register: usize) -> u32 {
    let registers = LOCAL_REGISTERS.load(Ordering::Relaxed);
    // SAFETY: the controller's page is mapped, and reading these registers changes nothing.
    unsafe { registers.wrapping_add(register).cast::<u32>().read_volatile() }
}

fn write(register: usize, value: u32) {
    let registers = LOCAL_REGISTERS.load(Ordering::Relaxed);
    // SAFETY: the controller's page is mapped; it touches no memory.
    unsafe { registers.wrapping_add(register).cast::<u32>().write_volatile(value) };
}

fn write_device(register: u32, value: u32) {
    let registers = DEVICE_REGISTERS.load(Ordering::Relaxed).cast::<u32>();
    // SAFETY: the controller's page is mapped: a selector and, 16 bytes on, a window.
    unsafe { registers.write_volatile(register) };
    // SAFETY: as above.
    unsafe { registers.wrapping_add(4).write_volatile(value) };
}

/// Maps the controllers' registers, and silences the controllers of older days. `None` without memory.
pub(crate) fn initialize() -> Option<()> {
    /// The mask registers of the two 8259.
    const OLD: [u16; 2] = [0x21, 0xa1];
    for port in OLD {
        // SAFETY: the controllers touch no memory; where there are none, nothing happens.
        unsafe { port::write_u8(port, 0xff) };
    }
    LOCAL_REGISTERS.store(paging::map_device(LOCAL)?, Ordering::Relaxed);
    DEVICE_REGISTERS.store(paging::map_device(DEVICES)?, Ordering::Relaxed);
    Some(())
}

/// Turns on the controller of the processor that runs this; gives its number.
pub(crate) fn start() -> u32 {
    write(TASK_PRIORITY, 0);
    write(SPURIOUS_VECTOR, 0x100 | SPURIOUS);
    // Counts as fast as its clock.
    write(TIMER_DIVIDER, 0xb);
    write(TIMER_VECTOR, TIMER);
    read(ID) >> 24
}

/// Leads the serial port's line to a processor.
pub(crate) fn enable_serial(processor: u32) {
    const REDIRECTION: u32 = 0x10;
    write_device(REDIRECTION + 2 * SERIAL_LINE + 1, processor << 24);
    write_device(REDIRECTION + 2 * SERIAL_LINE, SERIAL);
}

/// Says that an interrupt was taken.
pub(crate) fn end_of_interrupt() {
    write(END_OF_INTERRUPT, 0);
}

/// Interrupts another processor.
pub(crate) fn interrupt(processor: u32, vector: u32) {
    write(COMMAND_HIGH, processor << 24);
    write(COMMAND_LOW, vector);
}

/// Starts another processor at a page below 1 MiB, in real mode (Intel SDM volume 3, section 9.4.4.1). The
/// timer of this processor must not be armed.
pub(crate) fn start_processor(processor: u32, page: u64) {
    const ASSERT: u32 = 1 << 14;
    const INIT: u32 = 5 << 8;
    const START_UP: u32 = 6 << 8;
    interrupt(processor, ASSERT | INIT);
    spin(10_000_000);
    for _ in 0..2 {
        interrupt(processor, ASSERT | START_UP | (page >> 12) as u32);
        spin(200_000);
    }
}

/// Arms the timer of the processor that runs this, or disarms it; the deadline is told with how far it is.
pub(crate) fn set_timer(deadline: Option<u64>, now: u64) {
    let wanted = deadline.unwrap_or(u64::MAX);
    if armed().swap(wanted, Ordering::Relaxed) == wanted {
        return;
    }
    let count = match deadline {
        None => 0,
        // What is farther than the counter reaches is armed anew when that is over.
        Some(deadline) => u32::try_from(ticks(deadline.saturating_sub(now))).unwrap_or(u32::MAX).max(1),
    };
    write(TIMER_START, count);
}

/// Says that the timer has fired, so that the next deadline is armed anew.
pub(crate) fn timer_fired() {
    armed().store(u64::MAX, Ordering::Relaxed);
}

fn armed() -> &'static AtomicU64 {
    match ARMED.get(processor::this().block().id() as usize) {
        Some(armed) => armed,
        None => unreachable!("there are as many as processors"),
    }
}

const fn ticks(nanoseconds: u64) -> u64 {
    nanoseconds.saturating_mul(TIMER_FREQUENCY / 1_000_000_000)
}

/// Runs for some time by the timer's clock while the timer is masked.
pub(crate) fn spin(nanoseconds: u64) {
    write(TIMER_VECTOR, TIMER | MASKED);
    write(TIMER_START, u32::MAX);
    while u64::from(u32::MAX - read(TIMER_NOW)) < ticks(nanoseconds) {
        core::hint::spin_loop();
    }
    write(TIMER_START, 0);
    write(TIMER_VECTOR, TIMER);
}
