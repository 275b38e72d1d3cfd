//! The host's calls about files, with typed arguments.
//!
//! Names are single components, or empty where a call shall act on the descriptor itself.

use core::ffi::CStr;

use abi::Errno;
use abi::raw::general as raw;

use crate::host::{self, HostFd, call, to_fd};

/// `AT_FDCWD`, for paths that are absolute.
pub(super) const ABSOLUTE: HostFd = -100;
/// A descriptor itself, where a call takes a name.
pub(super) const ITSELF: &CStr = c"";
/// `NAME_MAX`, with the final zero.
const NAME_SIZE: usize = 256;

/// A descriptor of the host, closed when it is dropped, unless it is one of the first three: those stay
/// open as long as the kernel, for its last words.
#[derive(Debug)]
pub(super) struct Descriptor(HostFd);

/// The last of the descriptors that stay open.
const STANDARD_ERROR: HostFd = 2;

impl Descriptor {
    /// One of the descriptors that the kernel was started with.
    pub(super) const fn standard(number: HostFd) -> Self {
        Self(number)
    }

    /// The host's number for it.
    pub(super) const fn number(&self) -> HostFd {
        self.0
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if self.0 > STANDARD_ERROR {
            host::close(self.0);
        }
    }
}

/// A name in the host's form.
pub(super) struct Name([u8; NAME_SIZE]);

impl Name {
    /// One component of a path that leads to a file of its directory and nowhere else.
    pub(super) fn new(name: &[u8]) -> Result<Self, Errno> {
        if matches!(name, b"" | b"." | b"..") || name.iter().any(|byte| matches!(byte, 0 | b'/')) {
            return Err(Errno::EINVAL);
        }
        let mut bytes = [0; NAME_SIZE];
        // The last byte stays zero.
        let place = bytes.get_mut(..name.len()).filter(|place| place.len() < NAME_SIZE);
        place.ok_or(Errno::ENAMETOOLONG)?.copy_from_slice(name);
        Ok(Self(bytes))
    }

    /// As the host's calls take it.
    pub(super) fn as_c(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or(ITSELF)
    }
}

/// A call that takes a directory, a name in it, and numbers.
fn named(number: u32, directory: HostFd, name: &CStr, rest: [usize; 3]) -> Result<usize, Errno> {
    let [third, fourth, fifth] = rest;
    // SAFETY: the call reads the name; the other arguments are no addresses.
    unsafe { call(number, [directory as usize, name.as_ptr().addr(), third, fourth, fifth, 0]) }
}

/// A call that takes a descriptor and numbers.
fn plain(number: u32, fd: HostFd, rest: [usize; 3]) -> Result<usize, Errno> {
    let [second, third, fourth] = rest;
    // SAFETY: no argument is an address.
    unsafe { call(number, [fd as usize, second, third, fourth, 0, 0]) }
}

/// openat(2), never a controlling terminal and never inherited.
pub(super) fn open(directory: HostFd, name: &CStr, flags: u32, mode: u32) -> Result<Descriptor, Errno> {
    let flags = flags | raw::O_CLOEXEC | raw::O_NOCTTY;
    loop {
        match named(raw::__NR_openat, directory, name, [flags as usize, mode as usize, 0]) {
            Err(Errno::EINTR) => {}
            result => return result.map(|fd| Descriptor(to_fd(fd))),
        }
    }
}

/// statx(2) with all that stat(2) tells and the time of birth; symbolic links are not followed.
pub(super) fn status(directory: HostFd, name: &CStr) -> Result<raw::statx, Errno> {
    let mut flags = raw::AT_SYMLINK_NOFOLLOW | raw::AT_NO_AUTOMOUNT;
    if name.is_empty() {
        flags |= raw::AT_EMPTY_PATH;
    }
    let mask = raw::STATX_BASIC_STATS | raw::STATX_BTIME;
    // SAFETY: the structure holds numbers only.
    let mut status: raw::statx = unsafe { core::mem::zeroed() };
    let arguments = [
        directory as usize,
        name.as_ptr().addr(),
        flags as usize,
        mask as usize,
        (&raw mut status).addr(),
        0,
    ];
    // SAFETY: the call reads the name and writes the structure.
    unsafe { call(raw::__NR_statx, arguments) }?;
    Ok(status)
}

/// fstatfs(2).
pub(super) fn file_system_status(fd: HostFd) -> Result<raw::statfs, Errno> {
    // SAFETY: the structure holds numbers only.
    let mut status: raw::statfs = unsafe { core::mem::zeroed() };
    let arguments = [fd as usize, (&raw mut status).addr(), 0, 0, 0, 0];
    // SAFETY: the call writes the structure.
    unsafe { call(raw::__NR_fstatfs, arguments) }?;
    Ok(status)
}

/// readlinkat(2); gives the length, which is the target's when it was too small.
pub(super) fn read_link(directory: HostFd, name: &CStr, target: &mut [u8]) -> Result<usize, Errno> {
    let buffer = target.as_mut_ptr().addr();
    let arguments = [directory as usize, name.as_ptr().addr(), buffer, target.len(), 0, 0];
    // SAFETY: the call reads the name and writes into the slice.
    unsafe { call(raw::__NR_readlinkat, arguments) }
}

/// getdents64(2).
pub(super) fn entries(fd: HostFd, target: &mut [u8]) -> Result<usize, Errno> {
    let arguments = [fd as usize, target.as_mut_ptr().addr(), target.len(), 0, 0, 0];
    // SAFETY: the call writes into the slice.
    unsafe { call(raw::__NR_getdents64, arguments) }
}

/// lseek(2).
pub(super) fn seek(fd: HostFd, offset: u64, whence: u32) -> Result<u64, Errno> {
    plain(raw::__NR_lseek, fd, [offset as usize, whence as usize, 0]).map(|offset| offset as u64)
}

/// mkdirat(2).
pub(super) fn make_directory(directory: HostFd, name: &CStr, mode: u32) -> Result<(), Errno> {
    named(raw::__NR_mkdirat, directory, name, [mode as usize, 0, 0]).map(drop)
}

/// mknodat(2); only for what is no device.
pub(super) fn make_node(directory: HostFd, name: &CStr, mode: u32) -> Result<(), Errno> {
    named(raw::__NR_mknodat, directory, name, [mode as usize, 0, 0]).map(drop)
}

/// symlinkat(2).
pub(super) fn make_symlink(directory: HostFd, name: &CStr, target: &CStr) -> Result<(), Errno> {
    let arguments = [target.as_ptr().addr(), directory as usize, name.as_ptr().addr(), 0, 0, 0];
    // SAFETY: the call reads both strings.
    unsafe { call(raw::__NR_symlinkat, arguments) }.map(drop)
}

/// unlinkat(2), with Linux's flags.
pub(super) fn remove(directory: HostFd, name: &CStr, flags: u32) -> Result<(), Errno> {
    named(raw::__NR_unlinkat, directory, name, [flags as usize, 0, 0]).map(drop)
}

/// linkat(2), with Linux's flags.
pub(super) fn link(from: (HostFd, &CStr), to: (HostFd, &CStr), flags: u32) -> Result<(), Errno> {
    two_names(raw::__NR_linkat, from, to, flags)
}

/// renameat2(2), with Linux's flags.
pub(super) fn rename(from: (HostFd, &CStr), to: (HostFd, &CStr), flags: u32) -> Result<(), Errno> {
    two_names(raw::__NR_renameat2, from, to, flags)
}

fn two_names(number: u32, from: (HostFd, &CStr), to: (HostFd, &CStr), flags: u32) -> Result<(), Errno> {
    let arguments =
        [from.0 as usize, from.1.as_ptr().addr(), to.0 as usize, to.1.as_ptr().addr(), flags as usize, 0];
    // SAFETY: the call reads both names.
    unsafe { call(number, arguments) }.map(drop)
}

/// fchownat(2) of the name itself; `u32::MAX` leaves one of the two as it is.
pub(super) fn change_owner(directory: HostFd, name: &CStr, uid: u32, gid: u32) -> Result<(), Errno> {
    let flags = raw::AT_SYMLINK_NOFOLLOW | if name.is_empty() { raw::AT_EMPTY_PATH } else { 0 };
    named(raw::__NR_fchownat, directory, name, [uid as usize, gid as usize, flags as usize]).map(drop)
}

/// fchmodat(2), which follows symbolic links: for paths through /proc that lead to the file itself.
pub(super) fn change_mode(path: &CStr, mode: u32) -> Result<(), Errno> {
    named(raw::__NR_fchmodat, ABSOLUTE, path, [mode as usize, 0, 0]).map(drop)
}

/// utimensat(2) with times in the host's form; an empty name means the descriptor itself.
pub(super) fn change_times(
    directory: HostFd,
    name: &CStr,
    times: &[abi::time::Timespec; 2],
) -> Result<(), Errno> {
    let flags = raw::AT_SYMLINK_NOFOLLOW | if name.is_empty() { raw::AT_EMPTY_PATH } else { 0 };
    let (name, times) = (name.as_ptr().addr(), times.as_ptr().addr());
    // SAFETY: the call reads the name and two times.
    unsafe { call(raw::__NR_utimensat, [directory as usize, name, times, flags as usize, 0, 0]) }.map(drop)
}

/// ftruncate(2).
pub(super) fn truncate(fd: HostFd, size: u64) -> Result<(), Errno> {
    plain(raw::__NR_ftruncate, fd, [size as usize, 0, 0]).map(drop)
}

/// fallocate(2).
pub(super) fn allocate(fd: HostFd, mode: u32, offset: u64, length: u64) -> Result<(), Errno> {
    plain(raw::__NR_fallocate, fd, [mode as usize, offset as usize, length as usize]).map(drop)
}

/// fsync(2) or fdatasync(2).
pub(super) fn sync(fd: HostFd, data_only: bool) -> Result<(), Errno> {
    let number = if data_only { raw::__NR_fdatasync } else { raw::__NR_fsync };
    plain(number, fd, [0; 3]).map(drop)
}

/// The status flags of a descriptor (fcntl(2), `F_GETFL`).
pub(super) fn status_flags(fd: HostFd) -> Result<u32, Errno> {
    plain(raw::__NR_fcntl, fd, [raw::F_GETFL as usize, 0, 0]).map(|flags| flags as u32)
}

/// The soft limit of descriptors.
pub(super) fn descriptor_limit() -> Result<u64, Errno> {
    let mut limit = [0_u64; 2];
    let arguments = [0, raw::RLIMIT_NOFILE as usize, 0, limit.as_mut_ptr().addr(), 0, 0];
    // SAFETY: the call writes `struct rlimit64`: two numbers.
    unsafe { call(raw::__NR_prlimit64, arguments) }?;
    Ok(limit[0])
}

/// ioctl(2) with a number.
pub(super) fn control(fd: HostFd, request: u32, argument: usize) -> Result<usize, Errno> {
    plain(raw::__NR_ioctl, fd, [request as usize, argument, 0])
}

/// ioctl(2) with a structure that the host reads or writes; the slice must be as long as it.
///
/// # Safety
/// The request must not reach beyond the slice.
pub(super) unsafe fn control_buffer(fd: HostFd, request: u32, buffer: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: the caller's contract.
    unsafe { call(raw::__NR_ioctl, [fd as usize, request as usize, buffer.as_mut_ptr().addr(), 0, 0, 0]) }
}
