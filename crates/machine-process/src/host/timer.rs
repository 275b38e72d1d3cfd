//! The host's timers, waits and event counters.

use abi::Errno;
use abi::raw::general::{
    __NR_clock_gettime, __NR_eventfd2, __NR_ppoll, __NR_read, __NR_timer_create, __NR_timer_settime,
    CLOCK_MONOTONIC, EFD_CLOEXEC, EFD_NONBLOCK, SIGEV_THREAD_ID, TIMER_ABSTIME,
};
use abi::time::Timespec;

use super::{HostFd, call, process, to_fd};

/// A timer that sends a signal to the host thread that made it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostTimer(i32);

impl HostTimer {
    /// Makes a disarmed timer.
    pub(crate) fn new(signal: u32) -> Result<Self, Errno> {
        // `struct sigevent`: value, signal number, how to notify, the thread.
        let mut event = [0_u32; 16];
        let [_, _, number, notify, thread, ..] = &mut event;
        *number = signal;
        *notify = SIGEV_THREAD_ID;
        *thread = process::gettid() as u32;
        let mut id = 0_i32;
        let arguments = [CLOCK_MONOTONIC as usize, event.as_ptr().addr(), (&raw mut id).addr(), 0, 0, 0];
        // SAFETY: the call reads the event and writes the number.
        unsafe { call(__NR_timer_create, arguments) }?;
        Ok(Self(id))
    }

    /// Arms it for a time in nanoseconds of `CLOCK_MONOTONIC`.
    pub(crate) fn set(self, deadline: u64) {
        let value = Timespec::from_nanoseconds(deadline.max(1));
        let setting = [Timespec::default(), value];
        let arguments = [self.0 as usize, TIMER_ABSTIME as usize, setting.as_ptr().addr(), 0, 0, 0];
        // SAFETY: the call reads `struct itimerspec`.
        let _ = unsafe { call(__NR_timer_settime, arguments) };
    }
}

/// One descriptor to wait for (`struct pollfd`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct PollFd {
    /// The descriptor.
    pub fd: HostFd,
    /// What to wait for.
    pub events: i16,
    /// What came.
    pub returned: i16,
}

/// Waits for one of the descriptors, at most so many nanoseconds; gives how many are ready.
pub(crate) fn poll(fds: &mut [PollFd], timeout: Option<u64>) -> Result<usize, Errno> {
    let mut limit = timeout.map(Timespec::from_nanoseconds);
    let limit_address = limit.as_mut().map_or(0, |limit| core::ptr::from_mut(limit).addr());
    let arguments = [fds.as_mut_ptr().addr(), fds.len(), limit_address, 0, 8, 0];
    // SAFETY: the call reads and writes the array and the limit (Linux stores what was left of it).
    unsafe { call(__NR_ppoll, arguments) }
}

/// A counter that makes `poll` return when it is not zero.
pub(crate) fn event_counter() -> Result<HostFd, Errno> {
    // SAFETY: the call touches no memory.
    unsafe { call(__NR_eventfd2, [0, (EFD_CLOEXEC | EFD_NONBLOCK) as usize, 0, 0, 0, 0]) }.map(to_fd)
}

/// Sets the counter back to zero.
pub(crate) fn clear_event_counter(fd: HostFd) {
    let mut count = 0_u64;
    // SAFETY: the call writes eight bytes.
    let _ = unsafe { call(__NR_read, [fd as usize, (&raw mut count).addr(), 8, 0, 0, 0]) };
}

/// clock_gettime(2) by a call, for hosts whose vDSO does not have it.
pub(crate) fn clock_gettime(clock: u32) -> Timespec {
    let mut time = Timespec::default();
    // SAFETY: the call writes the time.
    let _ = unsafe { call(__NR_clock_gettime, [clock as usize, (&raw mut time).addr(), 0, 0, 0, 0]) };
    time
}
