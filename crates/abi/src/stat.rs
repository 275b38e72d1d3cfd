//! What stat(2) and its like write.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::time::Timespec;

/// `struct stat` of x86-64 (stat(2)).
#[cfg(target_arch = "x86_64")]
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Stat {
    /// The device of the file system.
    pub st_dev: u64,
    /// The inode's number.
    pub st_ino: u64,
    /// How many names it has.
    pub st_nlink: u64,
    /// Kind and permissions.
    pub st_mode: u32,
    /// Owner.
    pub st_uid: u32,
    /// Group.
    pub st_gid: u32,
    /// Not used.
    pub padding: u32,
    /// The device that a device file stands for.
    pub st_rdev: u64,
    /// Bytes.
    pub st_size: i64,
    /// The preferred size of reads and writes.
    pub st_blksize: i64,
    /// Blocks of 512 bytes in use.
    pub st_blocks: i64,
    /// Last access.
    pub st_atim: Timespec,
    /// Last change of contents.
    pub st_mtim: Timespec,
    /// Last change of the inode.
    pub st_ctim: Timespec,
    /// Not used.
    pub unused: [i64; 3],
}

/// `struct stat` of architectures with generic calls (stat(2)).
#[cfg(not(target_arch = "x86_64"))]
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Stat {
    /// The device of the file system.
    pub st_dev: u64,
    /// The inode's number.
    pub st_ino: u64,
    /// Kind and permissions.
    pub st_mode: u32,
    /// How many names it has.
    pub st_nlink: u32,
    /// Owner.
    pub st_uid: u32,
    /// Group.
    pub st_gid: u32,
    /// The device that a device file stands for.
    pub st_rdev: u64,
    /// Not used.
    pub padding: u64,
    /// Bytes.
    pub st_size: i64,
    /// The preferred size of reads and writes.
    pub st_blksize: i32,
    /// Not used.
    pub padding_2: i32,
    /// Blocks of 512 bytes in use.
    pub st_blocks: i64,
    /// Last access.
    pub st_atim: Timespec,
    /// Last change of contents.
    pub st_mtim: Timespec,
    /// Last change of the inode.
    pub st_ctim: Timespec,
    /// Not used.
    pub unused: [u32; 2],
}

/// `struct statx_timestamp` (statx(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct StatxTimestamp {
    /// Seconds since 1970.
    pub tv_sec: i64,
    /// Nanoseconds.
    pub tv_nsec: u32,
    /// Not used.
    pub reserved: i32,
}

/// `struct statx` (statx(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Statx {
    /// Which fields are filled: `STATX_*`.
    pub stx_mask: u32,
    /// The preferred size of reads and writes.
    pub stx_blksize: u32,
    /// `STATX_ATTR_*`.
    pub stx_attributes: u64,
    /// How many names it has.
    pub stx_nlink: u32,
    /// Owner.
    pub stx_uid: u32,
    /// Group.
    pub stx_gid: u32,
    /// Kind and permissions.
    pub stx_mode: u16,
    /// Not used.
    pub padding: u16,
    /// The inode's number.
    pub stx_ino: u64,
    /// Bytes.
    pub stx_size: u64,
    /// Blocks of 512 bytes in use.
    pub stx_blocks: u64,
    /// Which attributes the file system knows.
    pub stx_attributes_mask: u64,
    /// Last access.
    pub stx_atime: StatxTimestamp,
    /// When it was made.
    pub stx_btime: StatxTimestamp,
    /// Last change of the inode.
    pub stx_ctime: StatxTimestamp,
    /// Last change of contents.
    pub stx_mtime: StatxTimestamp,
    /// The device that a device file stands for.
    pub stx_rdev_major: u32,
    /// Its minor number.
    pub stx_rdev_minor: u32,
    /// The device of the file system.
    pub stx_dev_major: u32,
    /// Its minor number.
    pub stx_dev_minor: u32,
    /// The mount.
    pub stx_mnt_id: u64,
    /// What direct I/O asks of memory.
    pub stx_dio_mem_align: u32,
    /// What direct I/O asks of offsets.
    pub stx_dio_offset_align: u32,
    /// Fields that are not filled.
    pub spare: [u64; 12],
}

/// `struct statfs` of 64-bit architectures (statfs(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Statfs {
    /// The magic number of the type.
    pub f_type: u64,
    /// Bytes of a block.
    pub f_bsize: u64,
    /// Blocks in all.
    pub f_blocks: u64,
    /// Free blocks.
    pub f_bfree: u64,
    /// Blocks free to ordinary users.
    pub f_bavail: u64,
    /// Inodes in all.
    pub f_files: u64,
    /// Free inodes.
    pub f_ffree: u64,
    /// An identity of the file system.
    pub f_fsid: [u32; 2],
    /// The longest name.
    pub f_namelen: u64,
    /// The size of fragments.
    pub f_frsize: u64,
    /// `ST_*`.
    pub f_flags: u64,
    /// Not used.
    pub f_spare: [u64; 4],
}

/// `struct open_how` (openat2(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct OpenHow {
    /// `O_*`.
    pub flags: u64,
    /// Permissions of a new file.
    pub mode: u64,
    /// `RESOLVE_*`.
    pub resolve: u64,
}

#[cfg(test)]
mod tests {
    use super::{Stat, Statfs, Statx};

    #[test]
    fn sizes_are_those_of_the_headers() {
        assert_eq!(size_of::<Stat>(), if cfg!(target_arch = "x86_64") { 144 } else { 128 });
        assert_eq!(size_of::<Statx>(), 256);
        assert_eq!(size_of::<Statfs>(), 120);
    }
}
