//! The machine's part of the command line.
//!
//! Words are parted by blanks; a byte that is not printable, a blank, a percent sign or a letter that would
//! be misunderstood is written as `%` and two hexadecimal digits. What QEMU adds is taken out, wherever it
//! stands. The machine's own words stand before all others:
//!
//! | word | value |
//! |---|---|
//! | `vm.link=frames` | the console speaks in frames |
//! | `vm.time` | nanoseconds since 1970 when the kernel was started |
//! | `vm.processors` | how many processors the machine has; one if it is not told |
//! | `vm.stream` | `N:KIND:FLAGS:NAME` of a standard stream, or `N:closed` |

use alloc::vec::Vec;
use core::str::FromStr;

use kernel::fs::FileKind;

use crate::console::{self, Description};

/// What QEMU adds for each device.
const QEMU_WORD: &[u8] = b"virtio_mmio.device=";

/// The words of a command line, decoded.
pub(crate) fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.filter(|word| !word.starts_with(QEMU_WORD)).map(decode).collect()
}

fn decode(word: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&byte, behind)) = rest.split_first() {
        let code = behind.split_first_chunk::<2>().filter(|_| byte == b'%');
        match code.and_then(|(digits, behind)| Some((hexadecimal(*digits)?, behind))) {
            Some((byte, behind)) => {
                decoded.push(byte);
                rest = behind;
            }
            // `%` alone stands for nothing: an empty word.
            None if byte == b'%' => rest = behind,
            None => {
                decoded.push(byte);
                rest = behind;
            }
        }
    }
    decoded
}

fn hexadecimal(digits: [u8; 2]) -> Option<u8> {
    u8::from_str_radix(core::str::from_utf8(&digits).ok()?, 16).ok()
}

/// What the machine's own words say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// The console speaks in frames.
    pub is_framed: bool,
    /// Nanoseconds since 1970.
    pub time: u64,
    /// How many processors there are.
    pub processors: usize,
}

/// Takes the machine's own words off the front. What makes no sense is as if it were not there.
pub(crate) fn take_options(words: &mut Vec<Vec<u8>>) -> Options {
    let mut options = Options::default();
    let own = words.iter().take_while(|word| word.starts_with(b"vm.")).count();
    for word in words.drain(..own) {
        let mut parts = word.splitn(2, |&byte| byte == b'=');
        let (Some(key), Some(value)) = (parts.next(), parts.next()) else { continue };
        match key {
            b"vm.link" => options.is_framed = value == b"frames",
            b"vm.time" => options.time = number(value).unwrap_or(0),
            b"vm.processors" => options.processors = number(value).unwrap_or(1),
            b"vm.stream" => describe(value),
            _ => {}
        }
    }
    options
}

fn number<T: FromStr>(value: &[u8]) -> Option<T> {
    core::str::from_utf8(value).ok()?.parse().ok()
}

fn describe(value: &[u8]) {
    let mut parts = value.splitn(4, |&byte| byte == b':');
    let Some(stream) = parts.next().and_then(number) else { return };
    let kind = match parts.next() {
        Some(b"device") => FileKind::CharacterDevice,
        Some(b"pipe") => FileKind::Fifo,
        Some(b"socket") => FileKind::Socket,
        Some(b"closed") => return console::describe(stream, None),
        _ => return,
    };
    let flags = parts.next().and_then(number);
    if let Some((flags, name)) = flags.zip(parts.next()) {
        console::describe(stream, Some(Description { kind, flags, name: name.to_vec() }));
    }
}
