//! The kernel's command line as the one text that a loader hands on, and the words that the vm's kernel alone
//! understands (`command_line.rs` of the crate `trapless-machine-vm`).

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use rustix::fd::BorrowedFd;
use rustix::fs::FileType;

/// The longest command line that QEMU takes as one of its own arguments (`MAX_ARG_STRLEN` of Linux).
const LONGEST: usize = 128 * 1024 - 1;

/// The command line for a kernel with so many processors and these arguments.
pub(super) fn line(processors: usize, arguments: &[OsString]) -> Result<String> {
    let mut line = format!("vm.link=frames vm.processors={processors}");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    write!(line, " vm.time={now}")?;
    for (number, stream) in
        [rustix::stdio::stdin(), rustix::stdio::stdout(), rustix::stdio::stderr()].into_iter().enumerate()
    {
        let mut word = OsString::from(format!("vm.stream={number}:"));
        word.push(describe(number, stream).unwrap_or_else(|| "closed".into()));
        line.push(' ');
        encode(&word, &mut line);
    }
    for word in arguments {
        line.push(' ');
        encode(word, &mut line);
    }
    if line.len() > LONGEST {
        bail!("the program's arguments and environment are too long");
    }
    Ok(line)
}

/// What a standard stream is; `None` when it is closed.
fn describe(number: usize, stream: BorrowedFd<'_>) -> Option<OsString> {
    let status = rustix::fs::fstat(stream).ok()?;
    let flags = rustix::fs::fcntl_getfl(stream).ok()?;
    let kind = match FileType::from_raw_mode(status.st_mode) {
        FileType::CharacterDevice => "device",
        FileType::Socket => "socket",
        // The machine sees bytes that come or go, and no positions.
        _ => "pipe",
    };
    let name = fs::read_link(format!("/proc/self/fd/{number}")).unwrap_or_else(|_| PathBuf::new());
    let mut word = OsString::from(format!("{kind}:{}:", flags.bits() & 0o3));
    word.push(name);
    Some(word)
}

/// Writes a word so that it stays one: see `command_line.rs` of the vm's kernel.
fn encode(word: &OsStr, line: &mut String) {
    if word.is_empty() {
        line.push('%');
    }
    // A first byte that is written as a number keeps the word apart from those that QEMU adds.
    let mut plain = !word.as_bytes().starts_with(b"virtio");
    for &byte in word.as_bytes() {
        if plain && (byte.is_ascii_alphanumeric() || b"-_./:,+=@".contains(&byte)) {
            line.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(line, "%{byte:02x}");
        }
        plain = true;
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::encode;

    #[test]
    fn words_stay_words() {
        let encoded = |word: &str| {
            let mut line = String::new();
            encode(OsStr::new(word), &mut line);
            line
        };
        assert_eq!(encoded("env=A=b c%"), "env=A=b%20c%25");
        assert_eq!(encoded(""), "%");
        assert_eq!(encoded("virtio_mmio.device=1"), "%76irtio_mmio.device=1");
    }
}
