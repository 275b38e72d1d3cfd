//! Frames over the serial port: a byte that says what it is, two bytes of length (low byte first), contents.
//!
//! | from the kernel | contents |
//! |---|---|
//! | 1, 2, 3 | bytes for standard output, standard error, the trace |
//! | 4 | how many more bytes of standard input may be sent, four bytes, low byte first |
//! | 5 | the exit status; the last frame |
//!
//! | to the kernel | contents |
//! |---|---|
//! | 0 | bytes of standard input; none: its end |
//! | 1 | the number of a signal |
//! | 2 | the number of a stream that nobody reads any more |
//!
//! Before the first frame the kernel sends [`GREETING`]; what came before that is not the kernel's. Standard
//! input is sent only when a program asks for it, so that signals are never stuck behind it.

use abi::Errno;
use kernel::external_signal;
use sync::SpinLock;

use super::{input, stream};
use crate::serial;

/// What the kernel sends first.
const GREETING: &[u8] = b"\0trapless\x01";
/// The most bytes of a frame from the kernel.
const LONGEST: usize = 512;
/// The most bytes of a frame to the kernel.
const LONGEST_RECEIVED: usize = 512;

/// What a frame from the kernel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Standard output.
    Output = 1,
    /// Standard error.
    Error = 2,
    /// The trace of system calls.
    Trace = 3,
    /// Asks for standard input.
    Want = 4,
    /// The exit status.
    End = 5,
}

/// Says that frames begin.
pub(super) fn greet() {
    serial::send(&[GREETING]);
}

fn header(channel: Channel, length: usize) -> [u8; 3] {
    [channel as u8, length as u8, (length >> 8) as u8]
}

/// Sends bytes.
pub(super) fn send(channel: Channel, bytes: &[u8]) {
    for part in bytes.chunks(LONGEST) {
        serial::send(&[&header(channel, part.len()), part]);
    }
}

/// As [`send`], without the port's lock.
pub(super) fn send_unlocked(channel: Channel, bytes: &[u8]) {
    for part in bytes.chunks(LONGEST) {
        serial::send_unlocked(&[&header(channel, part.len()), part]);
    }
}

/// A frame to the kernel that is coming in.
struct Incoming {
    header: [u8; 3],
    header_length: usize,
    contents: [u8; LONGEST_RECEIVED],
    length: usize,
}

static INCOMING: SpinLock<Incoming> =
    SpinLock::new(Incoming { header: [0; 3], header_length: 0, contents: [0; LONGEST_RECEIVED], length: 0 });

impl Incoming {
    /// Takes in a byte; gives the kind and the length of a frame that it completes.
    fn take(&mut self, byte: u8) -> Option<(u8, usize)> {
        if let Some(place) = self.header.get_mut(self.header_length) {
            *place = byte;
            self.header_length += 1;
        } else {
            if let Some(place) = self.contents.get_mut(self.length) {
                *place = byte;
            }
            self.length += 1;
        }
        let [kind, low, high] = self.header;
        let expected = usize::from(low) | usize::from(high) << 8;
        if self.header_length < self.header.len() || self.length < expected {
            return None;
        }
        (self.header_length, self.length) = (0, 0);
        Some((kind, expected.min(LONGEST_RECEIVED)))
    }
}

/// Takes in what the port has.
pub(super) fn receive() {
    while let Some(frame) = next_frame() {
        match frame {
            Received::Input => input::wake(),
            Received::Signal(number) => external_signal(number),
        }
    }
}

enum Received {
    Input,
    Signal(i32),
}

fn next_frame() -> Option<Received> {
    let mut incoming = INCOMING.lock();
    loop {
        let Some((kind, length)) = incoming.take(serial::receive()?) else { continue };
        let contents = incoming.contents.get(..length).unwrap_or_default();
        match (kind, contents) {
            (0, bytes) => {
                input::put(bytes);
                return Some(Received::Input);
            }
            (2, [number, ..]) => stream::break_off(*number),
            (1, [number, ..]) => return Some(Received::Signal(i32::from(*number))),
            // Of a later launcher: nothing that this kernel knows.
            _ => {}
        }
    }
}

/// Asks for more of standard input.
pub(super) fn want(count: u32) {
    send(Channel::Want, &count.to_le_bytes());
}

/// The channel of a standard stream that is written to.
///
/// # Errors
/// `EBADF` for standard input.
pub(super) fn output(number: u32) -> Result<Channel, Errno> {
    match number {
        1 => Ok(Channel::Output),
        2 => Ok(Channel::Error),
        _ => Err(Errno::EBADF),
    }
}
