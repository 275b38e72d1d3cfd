//! The console: the kernel's messages and the program's standard streams, over the serial port.
//!
//! Whoever starts the kernel chooses: plain text, as a person at a terminal wants it, or frames (`link`), by
//! which a launcher tells standard output from standard error and learns the program's exit status.
//!
//! | module | what it holds |
//! |---|---|
//! | `link` | frames, both ways |
//! | `input` | bytes that have come and wait for a reader |
//! | `stream` | the standard streams as files |

mod input;
mod link;
mod stream;

use core::sync::atomic::{AtomicBool, Ordering};

use crate::{apic, processor, serial};

pub(crate) use stream::{Description, describe, standard_stream};

static IS_FRAMED: AtomicBool = AtomicBool::new(false);
/// Something has come and was not looked at yet.
static HAS_ARRIVED: AtomicBool = AtomicBool::new(false);

/// Chooses how the console speaks.
pub(crate) fn initialize(framed: bool) {
    IS_FRAMED.store(framed, Ordering::Relaxed);
    if framed {
        link::greet();
    }
}

fn is_framed() -> bool {
    IS_FRAMED.load(Ordering::Relaxed)
}

/// Lets the port interrupt; gates and the interrupt controllers must be ready.
pub(crate) fn start() {
    apic::enable_serial(processor::this().apic());
    serial::enable_interrupt();
    // What came before is not told by an interrupt.
    interrupt();
}

/// Writes to a stream of whoever started the kernel.
fn write(channel: link::Channel, bytes: &[u8]) {
    if is_framed() {
        link::send(channel, bytes);
    } else {
        serial::send(&[bytes]);
    }
}

/// Writes a message of the kernel.
pub(crate) fn log(message: &[u8]) {
    write(link::Channel::Error, message);
}

/// As [`log`], for a kernel that breaks and may hold the console's lock.
pub(crate) fn log_unlocked(message: &[u8]) {
    if is_framed() {
        link::send_unlocked(link::Channel::Error, message);
    } else {
        serial::send_unlocked(&[message]);
    }
}

/// Writes lines of the trace.
pub(crate) fn trace(lines: &[u8]) {
    write(link::Channel::Trace, lines);
}

/// Tells the exit status, as the last message.
pub(crate) fn end(status: u8) {
    if is_framed() {
        link::send_unlocked(link::Channel::End, &[status]);
    }
}

/// The port's interrupt: something has come.
pub(crate) fn interrupt() {
    HAS_ARRIVED.store(true, Ordering::Release);
}

/// Takes in what has come, and wakes whoever waits for it. Not for gates: it takes locks.
pub(crate) fn deliver() {
    if HAS_ARRIVED.swap(false, Ordering::AcqRel) {
        if is_framed() {
            link::receive();
        } else {
            input::receive_plain();
        }
    }
}
