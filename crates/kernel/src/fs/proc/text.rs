//! A text that is being written.

use alloc::vec::Vec;
use core::fmt;

/// Bytes that are written like text; not all of them are UTF-8.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) Vec<u8>);

impl Text {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Writes a name with octal escapes for these bytes, so that it holds no separator.
    pub(super) fn escaped(&mut self, bytes: &[u8], escapes: &[u8]) {
        for &byte in bytes {
            if escapes.contains(&byte) {
                let _ = fmt::Write::write_fmt(self, format_args!("\\{byte:03o}"));
            } else {
                self.0.push(byte);
            }
        }
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Writes a formatted text; it cannot fail.
macro_rules! put {
    ($text:expr, $($format:tt)*) => {
        { let _ = ::core::fmt::Write::write_fmt($text, format_args!($($format)*)); }
    };
}
pub(super) use put;
