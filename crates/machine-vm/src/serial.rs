//! The first serial port, a 16550: the console of a machine that has nothing better.

use core::sync::atomic::{AtomicBool, Ordering};

use sync::SpinLock;

use crate::port;

const DATA: u16 = 0x3f8;
const INTERRUPT_ENABLE: u16 = DATA + 1;
const FIFO_CONTROL: u16 = DATA + 2;
const LINE_CONTROL: u16 = DATA + 3;
const MODEM_CONTROL: u16 = DATA + 4;
const LINE_STATUS: u16 = DATA + 5;
const SCRATCH: u16 = DATA + 7;

/// Line status: a byte has come.
const DATA_READY: u8 = 1;
/// Line status: a byte may be sent.
const TRANSMITTER_EMPTY: u8 = 1 << 5;

/// Held while bytes of one message are sent, so that messages do not mix.
static SENDING: SpinLock<()> = SpinLock::new(());
static IS_THERE: AtomicBool = AtomicBool::new(false);

fn write(register: u16, value: u8) {
    // SAFETY: the port's registers touch no memory.
    unsafe { port::write_u8(register, value) };
}

fn read(register: u16) -> u8 {
    // SAFETY: the port's registers touch no memory.
    unsafe { port::read_u8(register) }
}

/// Finds the port and sets it up: eight bits, its queues on, the fastest speed.
pub(crate) fn initialize() {
    const PATTERN: u8 = 0x5a;
    write(SCRATCH, PATTERN);
    IS_THERE.store(read(SCRATCH) == PATTERN, Ordering::Relaxed);
    write(INTERRUPT_ENABLE, 0);
    write(LINE_CONTROL, 0x80);
    write(DATA, 1);
    write(INTERRUPT_ENABLE, 0);
    write(LINE_CONTROL, 0x03);
    write(FIFO_CONTROL, 0x07);
    write(MODEM_CONTROL, 0x0b);
}

/// Whether there is such a port.
pub(crate) fn is_there() -> bool {
    IS_THERE.load(Ordering::Relaxed)
}

/// Makes the port interrupt when a byte has come.
pub(crate) fn enable_interrupt() {
    write(INTERRUPT_ENABLE, 1);
}

/// Sends parts of one message.
pub(crate) fn send(parts: &[&[u8]]) {
    let _one_message = SENDING.lock();
    send_unlocked(parts);
}

/// As [`send`], for a kernel that breaks and may hold the lock.
pub(crate) fn send_unlocked(parts: &[&[u8]]) {
    if !is_there() {
        return;
    }
    for &byte in parts.iter().copied().flatten() {
        while read(LINE_STATUS) & TRANSMITTER_EMPTY == 0 {
            core::hint::spin_loop();
        }
        write(DATA, byte);
    }
}

/// The next byte that has come.
pub(crate) fn receive() -> Option<u8> {
    (is_there() && read(LINE_STATUS) & DATA_READY != 0).then(|| read(DATA))
}
