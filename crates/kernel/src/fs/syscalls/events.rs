//! eventfd(2).

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE, O_RDWR};

use crate::fs::event_counter::EventCounter;
use crate::fs::open_anonymous;
use crate::syscalls::{Current, Fd};

/// eventfd2(2).
pub fn eventfd2(current: &Current<'_>, count: u32, flags: u32) -> Result<Fd, Errno> {
    if flags & !(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE) != 0 {
        return Err(Errno::EINVAL);
    }
    let counter = Arc::new(EventCounter::new(u64::from(count), flags & EFD_SEMAPHORE != 0));
    let file = open_anonymous(counter, "[eventfd]", O_RDWR | (flags & EFD_NONBLOCK))?;
    current.install(file, flags & EFD_CLOEXEC != 0)
}

/// eventfd(2).
pub fn eventfd(current: &Current<'_>, count: u32) -> Result<Fd, Errno> {
    eventfd2(current, count, 0)
}
