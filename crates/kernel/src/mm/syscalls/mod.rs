//! The system calls about memory.

pub mod advice;
pub mod barrier;
pub mod locking;
pub mod mapping;
pub mod other_process;
pub mod policy;

use core::ops::Range;

use abi::Errno;

use super::{PAGE_MASK, Protection, page_ceil};

/// The whole pages of a range that starts at a page.
///
/// # Errors
/// `EINVAL` for an odd address, `wraps` when the range does not fit the address space.
fn pages(address: u64, length: u64, wraps: Errno) -> Result<Range<u64>, Errno> {
    if address & PAGE_MASK != 0 {
        return Err(Errno::EINVAL);
    }
    let length = page_ceil(length).map_err(|_| wraps)?;
    let end = address.checked_add(length).ok_or(wraps)?;
    Ok(address..end)
}

/// The protection that `PROT_*` bits name; others are ignored, as mmap(2) does.
fn protection(bits: u64) -> Protection {
    Protection::from_bits_truncate(bits.to_le_bytes()[0])
}
