//! Calls of the host's kernel, from the kernel's own text.
//!
//! [`call()`] is the one `syscall` instruction; the rest are typed faces of the calls that are made. What
//! the seccomp filter lets through is the list in [`allowed`].

pub(crate) mod affinity;
pub(crate) mod allowed;
mod call;
pub(crate) mod memory;
pub(crate) mod process;
pub(crate) mod signal;
pub(crate) mod timer;
pub(crate) mod vdso;

use alloc::vec::Vec;
use core::ffi::CStr;

pub(crate) use call::call;

/// A host descriptor, as a number; whoever made it closes it.
pub(crate) type HostFd = i32;

/// Turns a call's result into a descriptor.
pub(crate) fn to_fd(value: usize) -> HostFd {
    HostFd::try_from(value).unwrap_or(-1)
}

/// Writes to a descriptor; gives the count.
pub(crate) fn write(fd: HostFd, bytes: &[u8]) -> Result<usize, abi::Errno> {
    // SAFETY: write(2) reads `len` bytes of the slice.
    unsafe { call(abi::raw::general::__NR_write, [fd as usize, bytes.as_ptr().addr(), bytes.len(), 0, 0, 0]) }
}

/// Closes a descriptor.
pub(crate) fn close(fd: HostFd) {
    // SAFETY: close(2) touches no memory.
    let _ = unsafe { call(abi::raw::general::__NR_close, [fd as usize, 0, 0, 0, 0, 0]) };
}

/// Reads a host file from its beginning to its end.
///
/// # Errors
/// What the host says.
pub(crate) fn read_whole(fd: HostFd) -> Result<Vec<u8>, abi::Errno> {
    const STEP: usize = 1 << 16;
    let mut contents = Vec::new();
    loop {
        let end = contents.len();
        contents.resize(end + STEP, 0);
        let rest = contents.get_mut(end..).unwrap_or_default();
        let arguments = [fd as usize, rest.as_mut_ptr().addr(), rest.len(), end, 0, 0];
        // SAFETY: pread(2) writes at most the slice's length into the slice.
        let count = unsafe { call(abi::raw::general::__NR_pread64, arguments) }?;
        contents.truncate(end + count);
        if count == 0 {
            return Ok(contents);
        }
    }
}

/// Reads the beginning of a host file; gives the count.
///
/// # Errors
/// What the host says.
pub(crate) fn read_file(path: &CStr, target: &mut [u8]) -> Result<usize, abi::Errno> {
    use abi::raw::general::{__NR_openat, __NR_read, AT_FDCWD, O_CLOEXEC, O_RDONLY};
    let flags = (O_RDONLY | O_CLOEXEC) as usize;
    // SAFETY: openat(2) reads the path, which ends with a zero.
    let fd = unsafe { call(__NR_openat, [AT_FDCWD as usize, path.as_ptr().addr(), flags, 0, 0, 0]) }?;
    let buffer = target.as_mut_ptr().addr();
    // SAFETY: read(2) writes at most the slice's length into the slice.
    let count = unsafe { call(__NR_read, [fd, buffer, target.len(), 0, 0, 0]) };
    close(to_fd(fd));
    count
}
