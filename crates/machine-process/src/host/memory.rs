//! The host's memory calls.

use core::ops::Range;

use abi::Errno;
use abi::raw::general::{
    __NR_fallocate, __NR_ftruncate, __NR_madvise, __NR_membarrier, __NR_memfd_create, __NR_mincore,
    __NR_mmap, __NR_mprotect, __NR_mremap, __NR_msync, __NR_munmap, FALLOC_FL_KEEP_SIZE,
    FALLOC_FL_PUNCH_HOLE, MFD_CLOEXEC,
};

use super::{HostFd, call, to_fd};

fn length(range: &Range<u64>) -> usize {
    (range.end - range.start) as usize
}

/// mmap(2) at a fixed place, replacing what is there.
///
/// # Safety
/// Nothing that Rust knows may live in the range.
pub(crate) unsafe fn map_fixed(
    range: &Range<u64>,
    protection: u32,
    flags: u32,
    fd: HostFd,
    offset: u64,
) -> Result<(), Errno> {
    let flags = flags | abi::raw::general::MAP_FIXED;
    let arguments = [
        range.start as usize,
        length(range),
        protection as usize,
        flags as usize,
        fd as usize,
        offset as usize,
    ];
    // SAFETY: the caller gives the range up.
    unsafe { call(__NR_mmap, arguments) }.map(drop)
}

/// munmap(2).
///
/// # Safety
/// Nothing that Rust knows may live in the range.
pub(crate) unsafe fn unmap(range: &Range<u64>) -> Result<(), Errno> {
    // SAFETY: the caller gives the range up.
    unsafe { call(__NR_munmap, [range.start as usize, length(range), 0, 0, 0, 0]) }.map(drop)
}

/// mprotect(2).
///
/// # Safety
/// Nothing that Rust relies on may lie in the range.
pub(crate) unsafe fn protect(range: &Range<u64>, protection: u32) -> Result<(), Errno> {
    let arguments = [range.start as usize, length(range), protection as usize, 0, 0, 0];
    // SAFETY: the caller's contract.
    unsafe { call(__NR_mprotect, arguments) }.map(drop)
}

/// mremap(2) to a fixed place, with Linux's flags.
///
/// # Safety
/// Nothing that Rust knows may live in either range.
pub(crate) unsafe fn remap(from: &Range<u64>, to: &Range<u64>, flags: u32) -> Result<(), Errno> {
    let arguments = [from.start as usize, length(from), length(to), flags as usize, to.start as usize, 0];
    // SAFETY: the caller's contract.
    unsafe { call(__NR_mremap, arguments) }.map(drop)
}

/// madvise(2), with Linux's number.
///
/// # Safety
/// Nothing that Rust relies on may lie in the range, as advice may drop contents.
pub(crate) unsafe fn advise(range: &Range<u64>, advice: i32) -> Result<(), Errno> {
    // SAFETY: the caller's contract.
    unsafe { call(__NR_madvise, [range.start as usize, length(range), advice as usize, 0, 0, 0]) }.map(drop)
}

/// mincore(2): one byte a page.
pub(crate) fn resident(range: &Range<u64>, target: &mut [u8]) -> Result<(), Errno> {
    if (target.len() as u64) < (range.end - range.start).div_ceil(4096) {
        return Err(Errno::EINVAL);
    }
    let arguments = [range.start as usize, length(range), target.as_mut_ptr().addr(), 0, 0, 0];
    // SAFETY: the call writes one byte a page of the range; the target is as long.
    unsafe { call(__NR_mincore, arguments) }.map(drop)
}

/// msync(2), with Linux's flags.
pub(crate) fn sync(range: &Range<u64>, flags: u32) -> Result<(), Errno> {
    // SAFETY: the call changes no memory.
    unsafe { call(__NR_msync, [range.start as usize, length(range), flags as usize, 0, 0, 0]) }.map(drop)
}

/// Makes every thread of this host process pass a barrier, also of its instruction stream (membarrier(2)).
pub(crate) fn barrier() -> Result<(), Errno> {
    const COMMAND: usize = 1 << 5;
    const REGISTER: usize = 1 << 6;
    // SAFETY: the call touches no memory.
    let command = |command| unsafe { call(__NR_membarrier, [command, 0, 0, 0, 0, 0]) };
    match command(COMMAND) {
        Err(Errno::EPERM) => {
            command(REGISTER)?;
            command(COMMAND).map(drop)
        }
        outcome => outcome.map(drop),
    }
}

/// An empty memory file of the given size.
pub(crate) fn memory_file(size: u64) -> Result<HostFd, Errno> {
    let name = c"trapless-memory";
    // SAFETY: the call reads the name.
    let fd = unsafe { call(__NR_memfd_create, [name.as_ptr().addr(), MFD_CLOEXEC as usize, 0, 0, 0, 0]) }?;
    // SAFETY: the call touches no memory.
    unsafe { call(__NR_ftruncate, [fd, size as usize, 0, 0, 0, 0]) }?;
    Ok(to_fd(fd))
}

/// Gives the pages of a part of a memory file back to the host; it then reads as zeros.
///
/// # Safety
/// Nothing that Rust relies on may lie there.
pub(crate) unsafe fn punch_hole(fd: HostFd, offset: u64, size: u64) -> Result<(), Errno> {
    let mode = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;
    // SAFETY: the caller's contract.
    unsafe { call(__NR_fallocate, [fd as usize, mode as usize, offset as usize, size as usize, 0, 0]) }
        .map(drop)
}
