//! Paths of the host that the kernel makes itself.

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::fmt::Write;

use super::calls::Name;
use crate::host::HostFd;

struct Text(Vec<u8>);

impl Write for Text {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// The path that leads to an open descriptor itself, or to a name in the directory that it stands for.
pub(super) fn descriptor_path(fd: HostFd, name: Option<&Name>) -> CString {
    let mut path = Text(Vec::new());
    // Writing to a vector cannot fail.
    let _ = write!(path, "/proc/self/fd/{fd}");
    if let Some(name) = name {
        path.0.push(b'/');
        path.0.extend_from_slice(name.as_c().to_bytes());
    }
    CString::new(path.0).unwrap_or_default()
}
