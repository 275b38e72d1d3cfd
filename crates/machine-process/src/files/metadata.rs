//! From the host's `struct statx` to the core's metadata.

use abi::Errno;

use abi::raw::general::{STATX_BTIME, statx, statx_timestamp};
use abi::time::Timespec;
use kernel::fs::{FileKind, Metadata, make_device};

/// What names a file on the host: device and inode number.
pub(super) type Key = (u64, u64);

/// The file's key.
pub(super) const fn key(status: &statx) -> Key {
    (make_device(status.stx_dev_major, status.stx_dev_minor), status.stx_ino)
}

/// The file's kind.
pub(super) fn kind(status: &statx) -> Result<FileKind, Errno> {
    FileKind::from_mode(u32::from(status.stx_mode)).ok_or(Errno::EIO)
}

fn time(time: &statx_timestamp) -> Timespec {
    Timespec { tv_sec: time.tv_sec, tv_nsec: i64::from(time.tv_nsec) }
}

/// All of it.
pub(super) fn metadata(status: &statx) -> Result<Metadata, Errno> {
    let (device, inode) = key(status);
    Ok(Metadata {
        device,
        inode,
        kind: kind(status)?,
        permissions: u32::from(status.stx_mode) & 0o7777,
        links: u64::from(status.stx_nlink),
        uid: status.stx_uid,
        gid: status.stx_gid,
        special_device: make_device(status.stx_rdev_major, status.stx_rdev_minor),
        size: status.stx_size,
        block_size: status.stx_blksize,
        blocks: status.stx_blocks,
        accessed: time(&status.stx_atime),
        modified: time(&status.stx_mtime),
        changed: time(&status.stx_ctime),
        created: (status.stx_mask & STATX_BTIME != 0).then(|| time(&status.stx_btime)),
    })
}
