//! Plain values about files.

use core::sync::atomic::{AtomicU32, Ordering};

use abi::time::Timespec;

use super::Path;
use crate::machine::{MachineClock, machine};

/// What kind of file an inode is (the `S_IFMT` part of a mode, inode(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `S_IFREG`.
    Regular,
    /// `S_IFDIR`.
    Directory,
    /// `S_IFLNK`.
    Symlink,
    /// `S_IFCHR`.
    CharacterDevice,
    /// `S_IFBLK`.
    BlockDevice,
    /// `S_IFIFO`.
    Fifo,
    /// `S_IFSOCK`.
    Socket,
    /// No kind at all, as anonymous inodes (epoll, eventfd) have.
    Anonymous,
}

impl FileKind {
    /// The `S_IFMT` bits.
    #[must_use]
    pub const fn mode_bits(self) -> u32 {
        match self {
            Self::Regular => 0o100_000,
            Self::Directory => 0o040_000,
            Self::Symlink => 0o120_000,
            Self::CharacterDevice => 0o020_000,
            Self::BlockDevice => 0o060_000,
            Self::Fifo => 0o010_000,
            Self::Socket => 0o140_000,
            Self::Anonymous => 0,
        }
    }

    /// The kind that a mode's `S_IFMT` bits name.
    #[must_use]
    pub const fn from_mode(mode: u32) -> Option<Self> {
        match mode & 0o170_000 {
            0o100_000 => Some(Self::Regular),
            0o040_000 => Some(Self::Directory),
            0o120_000 => Some(Self::Symlink),
            0o020_000 => Some(Self::CharacterDevice),
            0o060_000 => Some(Self::BlockDevice),
            0o010_000 => Some(Self::Fifo),
            0o140_000 => Some(Self::Socket),
            0 => Some(Self::Anonymous),
            _ => None,
        }
    }

    /// `d_type` of getdents64(2).
    #[must_use]
    pub const fn directory_type(self) -> u8 {
        ((self.mode_bits() >> 12) & 0xf) as u8
    }
}

/// What stat(2) tells about an inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The device number of the file system, as `makedev` encodes it.
    pub device: u64,
    /// The inode's number.
    pub inode: u64,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Permission bits with set-user-ID, set-group-ID and sticky: 0o7777.
    pub permissions: u32,
    /// How many names it has.
    pub links: u64,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// The device that a device file stands for, else 0.
    pub special_device: u64,
    /// Bytes.
    pub size: u64,
    /// The preferred size of reads and writes, in bytes.
    pub block_size: u32,
    /// Blocks of 512 bytes in use.
    pub blocks: u64,
    /// Last access.
    pub accessed: Timespec,
    /// Last change of contents.
    pub modified: Timespec,
    /// Last change of the inode.
    pub changed: Timespec,
    /// When it was made, where that is known.
    pub created: Option<Timespec>,
}

impl Metadata {
    /// Kind and permissions as `st_mode`.
    #[must_use]
    pub const fn mode(&self) -> u32 {
        self.kind.mode_bits() | self.permissions
    }
}

/// The device number that `makedev` makes (makedev(3)).
#[must_use]
pub const fn make_device(major: u32, minor: u32) -> u64 {
    let (major, minor) = (major as u64, minor as u64);
    ((major & 0xffff_f000) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffff_ff00) << 12) | (minor & 0xff)
}

/// Major and minor number of a device (makedev(3)).
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "each has 32 bits")]
pub const fn split_device(device: u64) -> (u32, u32) {
    let major = ((device >> 32) & 0xffff_f000) | ((device >> 8) & 0xfff);
    let minor = ((device >> 12) & 0xffff_ff00) | (device & 0xff);
    (major as u32, minor as u32)
}

/// A device number for a file system that is on no device; each is given once.
#[must_use]
pub fn anonymous_device() -> u64 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    make_device(0, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The time that changes of a file get.
#[must_use]
pub fn now() -> Timespec {
    Timespec::from_nanoseconds(machine().now(MachineClock::Realtime))
}

/// Where a magic link of procfs leads.
#[derive(Clone, Debug)]
pub struct MagicTarget {
    /// The place; for what has no name in the tree, an [anonymous](Path::anonymous) one.
    pub path: Path,
}

/// A new time for a file (utimensat(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeChange {
    /// The time now.
    Now,
    /// This time.
    To(Timespec),
}

/// What of an inode shall change; the caller has checked that it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttributeChanges {
    /// New permission bits (0o7777).
    pub permissions: Option<u32>,
    /// New owner.
    pub uid: Option<u32>,
    /// New group.
    pub gid: Option<u32>,
    /// New time of last access.
    pub accessed: Option<TimeChange>,
    /// New time of last change of contents.
    pub modified: Option<TimeChange>,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry<'a> {
    /// The name, without a slash or a zero.
    pub name: &'a [u8],
    /// The inode's number.
    pub inode: u64,
    /// Its kind.
    pub kind: FileKind,
    /// The position behind this entry (`d_off`): reading goes on there.
    pub next: u64,
}

/// What statfs(2) tells about a file system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileSystemStatistics {
    /// `f_type`: the magic number.
    pub magic: u64,
    /// Bytes of a block.
    pub block_size: u64,
    /// Blocks in all, free, and free to ordinary users.
    pub blocks: u64,
    /// Free blocks.
    pub blocks_free: u64,
    /// Blocks free to ordinary users.
    pub blocks_available: u64,
    /// Inodes in all.
    pub files: u64,
    /// Free inodes.
    pub files_free: u64,
    /// The longest name, in bytes.
    pub name_length: u64,
    /// `f_flags`: `ST_RDONLY` and its like.
    pub flags: u64,
}
