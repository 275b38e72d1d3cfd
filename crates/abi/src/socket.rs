//! Sockets (socket(7), unix(7), sendmsg(2)).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// `AF_UNSPEC`.
pub const AF_UNSPEC: u16 = 0;
/// `AF_UNIX`.
pub const AF_UNIX: u16 = 1;
/// One more than the largest family (`NPROTO`).
pub const FAMILIES: i32 = 46;

/// `SOCK_STREAM`.
pub const SOCK_STREAM: u32 = 1;
/// `SOCK_DGRAM`.
pub const SOCK_DGRAM: u32 = 2;
/// `SOCK_RAW`.
pub const SOCK_RAW: u32 = 3;
/// `SOCK_SEQPACKET`.
pub const SOCK_SEQPACKET: u32 = 5;
/// One more than the largest type (`SOCK_MAX`).
pub const TYPES: u32 = 11;
/// The bits of socket(2)'s type that are a type (`SOCK_TYPE_MASK`).
pub const SOCK_TYPE_MASK: u32 = 0xf;
/// `SOCK_NONBLOCK`.
pub const SOCK_NONBLOCK: u32 = 0o4000;
/// `SOCK_CLOEXEC`.
pub const SOCK_CLOEXEC: u32 = 0o2_000_000;

/// `SOL_SOCKET`.
pub const SOL_SOCKET: i32 = 1;
/// A control message with descriptors.
pub const SCM_RIGHTS: i32 = 1;
/// A control message with the sender's identity.
pub const SCM_CREDENTIALS: i32 = 2;
/// The most descriptors of one message.
pub const SCM_MAX_FD: usize = 253;

/// `MSG_OOB`.
pub const MSG_OOB: u32 = 0x1;
/// `MSG_PEEK`.
pub const MSG_PEEK: u32 = 0x2;
/// `MSG_CTRUNC`.
pub const MSG_CTRUNC: u32 = 0x8;
/// `MSG_TRUNC`.
pub const MSG_TRUNC: u32 = 0x20;
/// `MSG_DONTWAIT`.
pub const MSG_DONTWAIT: u32 = 0x40;
/// `MSG_WAITALL`.
pub const MSG_WAITALL: u32 = 0x100;
/// `MSG_ERRQUEUE`.
pub const MSG_ERRQUEUE: u32 = 0x2000;
/// `MSG_NOSIGNAL`.
pub const MSG_NOSIGNAL: u32 = 0x4000;
/// `MSG_WAITFORONE`.
pub const MSG_WAITFORONE: u32 = 0x1_0000;
/// `MSG_CMSG_CLOEXEC`.
pub const MSG_CMSG_CLOEXEC: u32 = 0x4000_0000;
/// For 32-bit programs; the kernel's own.
pub const MSG_CMSG_COMPAT: u32 = 0x8000_0000;

/// The longest address (`struct sockaddr_storage`).
pub const ADDRESS_MAX: usize = 128;
/// Where the name begins in `struct sockaddr_un`.
pub const UNIX_PATH_OFFSET: usize = 2;
/// How long the name in `struct sockaddr_un` may be.
pub const UNIX_PATH_MAX: usize = 108;

/// `struct msghdr` (sendmsg(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct MessageHeader {
    /// An address, or null.
    pub msg_name: u64,
    /// How many bytes it has.
    pub msg_namelen: i32,
    /// Not used.
    pub padding: u32,
    /// Buffers, `struct iovec`.
    pub msg_iov: u64,
    /// How many.
    pub msg_iovlen: u64,
    /// Control messages, or null.
    pub msg_control: u64,
    /// How many bytes they have.
    pub msg_controllen: u64,
    /// `MSG_*` of what was received.
    pub msg_flags: u32,
    /// Not used.
    pub padding_end: u32,
}

/// `struct mmsghdr` (sendmmsg(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct ManyMessageHeader {
    /// The message.
    pub msg_hdr: MessageHeader,
    /// How many bytes were moved.
    pub msg_len: u32,
    /// Not used.
    pub padding: u32,
}

/// `struct cmsghdr` (cmsg(3)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct ControlHeader {
    /// How many bytes, this header included.
    pub cmsg_len: u64,
    /// `SOL_*`.
    pub cmsg_level: i32,
    /// What follows.
    pub cmsg_type: i32,
}

/// `struct ucred` (unix(7)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct UserCredentials {
    /// The process.
    pub pid: i32,
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

/// `struct linger` (socket(7)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Linger {
    /// Whether close(2) waits.
    pub l_onoff: i32,
    /// How many seconds.
    pub l_linger: i32,
}

#[cfg(test)]
mod tests {
    use super::{ControlHeader, Linger, ManyMessageHeader, MessageHeader, UserCredentials};

    #[test]
    fn layouts_are_linux_s() {
        assert_eq!(size_of::<MessageHeader>(), 56);
        assert_eq!(core::mem::offset_of!(MessageHeader, msg_flags), 48);
        assert_eq!(size_of::<ManyMessageHeader>(), 64);
        assert_eq!(size_of::<ControlHeader>(), 16);
        assert_eq!(size_of::<UserCredentials>(), 12);
        assert_eq!(size_of::<Linger>(), 8);
    }
}
