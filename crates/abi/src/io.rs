//! What reads, writes and waits for readiness exchange with programs.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `struct iovec` (readv(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct IoVector {
    /// Where the buffer starts.
    pub iov_base: u64,
    /// How many bytes it has.
    pub iov_len: u64,
}

/// The most buffers of one call (`UIO_MAXIOV`).
pub const UIO_MAXIOV: u64 = 1024;

/// Do not append, though the file is open with `O_APPEND` (pwritev2(2)).
pub const RWF_NOAPPEND: u32 = 0x20;
/// A write that is torn by nothing (pwritev2(2)).
pub const RWF_ATOMIC: u32 = 0x40;
/// Do not keep it in the cache (pwritev2(2)).
pub const RWF_DONTCACHE: u32 = 0x80;

/// `struct flock` of 64-bit systems (fcntl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct FileLock {
    /// `F_RDLCK`, `F_WRLCK` or `F_UNLCK`.
    pub l_type: i16,
    /// What `l_start` is relative to: `SEEK_SET`, `SEEK_CUR` or `SEEK_END`.
    pub l_whence: i16,
    /// Not used.
    pub padding: i32,
    /// The first byte.
    pub l_start: i64,
    /// How many bytes; 0 is up to the end, negative is before the start.
    pub l_len: i64,
    /// Who holds the lock (`F_GETLK`); -1 for the lock of an open file description.
    pub l_pid: i32,
    /// Not used.
    pub padding_end: i32,
}

/// `struct f_owner_ex` (fcntl(2), `F_SETOWN_EX`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct FileOwner {
    /// `F_OWNER_TID`, `F_OWNER_PID` or `F_OWNER_PGRP`.
    pub kind: i32,
    /// The number of that thread, process or group.
    pub pid: i32,
}

/// `struct pollfd` (poll(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct PollFd {
    /// The descriptor; ignored when negative.
    pub fd: i32,
    /// What to look for.
    pub events: u16,
    /// What there is.
    pub revents: u16,
}

/// `struct epoll_event` as x86-64 packs it (epoll_ctl(2)).
#[repr(C, packed)]
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[cfg(target_arch = "x86_64")]
pub struct EpollEvent {
    /// `EPOLL*`.
    pub events: u32,
    /// Whatever the program wants to get back.
    pub data: u64,
}

/// `struct epoll_event` (epoll_ctl(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[cfg(not(target_arch = "x86_64"))]
pub struct EpollEvent {
    /// `EPOLL*`.
    pub events: u32,
    /// Not used.
    pub padding: u32,
    /// Whatever the program wants to get back.
    pub data: u64,
}

impl EpollEvent {
    /// An event with its data.
    #[must_use]
    pub const fn new(events: u32, data: u64) -> Self {
        Self {
            events,
            #[cfg(not(target_arch = "x86_64"))]
            padding: 0,
            data,
        }
    }
}
