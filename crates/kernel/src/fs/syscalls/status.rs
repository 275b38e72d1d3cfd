//! What files are: stat(2) and its like, access(2), readlink(2).

use abi::Errno;
use abi::raw::general::{
    AT_EACCESS, AT_EMPTY_PATH, AT_NO_AUTOMOUNT, AT_STATX_DONT_SYNC, AT_STATX_FORCE_SYNC, AT_STATX_SYNC_TYPE,
    AT_SYMLINK_NOFOLLOW, STATX__RESERVED, STATX_BASIC_STATS, STATX_BTIME, STATX_MNT_ID,
};
use abi::stat::{Stat, Statfs, Statx, StatxTimestamp};
use abi::time::Timespec;

use super::at;
use crate::fs::permission::{self, Permission};
use crate::fs::{FileKind, Metadata, MountFlags, Path, WalkFlags, split_device};
use crate::io::Sink;
use crate::syscalls::{Current, Fd};
use crate::task::Credentials;
use crate::user::{PathText, UserCStr, UserPtr};

#[expect(clippy::cast_possible_wrap, reason = "sizes are below 2^63")]
fn stat_of(metadata: &Metadata) -> Stat {
    Stat {
        st_dev: metadata.device,
        st_ino: metadata.inode,
        st_nlink: link_count(metadata),
        st_mode: metadata.mode(),
        st_uid: metadata.uid,
        st_gid: metadata.gid,
        st_rdev: metadata.special_device,
        st_size: metadata.size as i64,
        st_blksize: metadata.block_size.into(),
        st_blocks: metadata.blocks as i64,
        st_atim: metadata.accessed,
        st_mtim: metadata.modified,
        st_ctim: metadata.changed,
        ..Stat::default()
    }
}

#[cfg(target_arch = "x86_64")]
const fn link_count(metadata: &Metadata) -> u64 {
    metadata.links
}

#[cfg(not(target_arch = "x86_64"))]
fn link_count(metadata: &Metadata) -> u32 {
    u32::try_from(metadata.links).unwrap_or(u32::MAX)
}

/// The metadata of what a path names; with `AT_EMPTY_PATH`, a path may be empty or null.
fn metadata_at(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    flags: u32,
    known: u32,
) -> Result<(Path, Metadata), Errno> {
    let walk = at::walk_flags(flags, known)?;
    let name =
        if name.is_null() && walk.contains(WalkFlags::EMPTY) { PathText::new() } else { name.read_path()? };
    let path = at::find_as(current, &current.credentials(), directory, &name, walk)?;
    let metadata = path.inode().metadata()?;
    Ok((path, metadata))
}

/// newfstatat(2).
pub fn newfstatat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    target: UserPtr<Stat>,
    flags: u32,
) -> Result<(), Errno> {
    // How glibc makes its fstat().
    if flags == AT_EMPTY_PATH && directory.0 >= 0 && UserPtr::<u8>::new(name.address()).read() == Ok(0) {
        return fstat(current, directory, target);
    }
    let known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;
    let (_, metadata) = metadata_at(current, directory, name, flags, known)?;
    target.write(&stat_of(&metadata))
}

/// stat(2).
pub fn stat(current: &Current<'_>, name: UserCStr, target: UserPtr<Stat>) -> Result<(), Errno> {
    newfstatat(current, Fd::CWD, name, target, 0)
}

/// lstat(2).
pub fn lstat(current: &Current<'_>, name: UserCStr, target: UserPtr<Stat>) -> Result<(), Errno> {
    newfstatat(current, Fd::CWD, name, target, AT_SYMLINK_NOFOLLOW)
}

/// fstat(2).
pub fn fstat(current: &Current<'_>, fd: Fd, target: UserPtr<Stat>) -> Result<(), Errno> {
    let metadata = current.file_or_path(fd)?.inode().metadata()?;
    target.write(&stat_of(&metadata))
}

fn statx_time(time: Timespec) -> StatxTimestamp {
    StatxTimestamp { tv_sec: time.tv_sec, tv_nsec: u32::try_from(time.tv_nsec).unwrap_or(0), reserved: 0 }
}

fn statx_of(metadata: &Metadata, path: &Path) -> Statx {
    const STATX_ATTR_MOUNT_ROOT: u64 = 0x2000;
    let (major, minor) = split_device(metadata.device);
    let (special_major, special_minor) = split_device(metadata.special_device);
    let is_mount_root = alloc::sync::Arc::ptr_eq(path.mount.root(), &path.dentry);
    Statx {
        stx_mask: STATX_BASIC_STATS | STATX_MNT_ID | if metadata.created.is_some() { STATX_BTIME } else { 0 },
        stx_blksize: metadata.block_size,
        stx_attributes: if is_mount_root { STATX_ATTR_MOUNT_ROOT } else { 0 },
        stx_nlink: u32::try_from(metadata.links).unwrap_or(u32::MAX),
        stx_uid: metadata.uid,
        stx_gid: metadata.gid,
        stx_mode: u16::try_from(metadata.mode()).unwrap_or(0),
        stx_ino: metadata.inode,
        stx_size: metadata.size,
        stx_blocks: metadata.blocks,
        stx_attributes_mask: STATX_ATTR_MOUNT_ROOT,
        stx_atime: statx_time(metadata.accessed),
        stx_btime: metadata.created.map(statx_time).unwrap_or_default(),
        stx_ctime: statx_time(metadata.changed),
        stx_mtime: statx_time(metadata.modified),
        stx_rdev_major: special_major,
        stx_rdev_minor: special_minor,
        stx_dev_major: major,
        stx_dev_minor: minor,
        stx_mnt_id: path.mount.id(),
        ..Statx::default()
    }
}

/// statx(2).
pub fn statx(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    flags: u32,
    mask: u32,
    target: UserPtr<Statx>,
) -> Result<(), Errno> {
    let known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
    let both = AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC;
    if mask & STATX__RESERVED != 0 || flags & both == both {
        return Err(Errno::EINVAL);
    }
    let (path, metadata) = metadata_at(current, directory, name, flags, known)?;
    target.write(&statx_of(&metadata, &path))
}

/// Who access(2) asks for: the real user and group, with the capabilities that the user would have.
fn real_credentials(current: &Current<'_>) -> Credentials {
    let mut credentials = Credentials::clone(&current.credentials());
    credentials.fsuid = credentials.uid;
    credentials.fsgid = credentials.gid;
    credentials.effective = if credentials.uid == 0 { credentials.permitted } else { 0 };
    credentials
}

/// faccessat2(2).
pub fn faccessat2(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    mode: u32,
    flags: u32,
) -> Result<(), Errno> {
    let wanted = Permission::from_bits(mode).ok_or(Errno::EINVAL)?;
    let walk = at::walk_flags(flags, AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)?;
    let credentials = if flags & AT_EACCESS == 0 {
        real_credentials(current)
    } else {
        Credentials::clone(&current.credentials())
    };
    let path = at::find_as(current, &credentials, directory, &name.read_path()?, walk)?;
    if wanted.is_empty() {
        return Ok(());
    }
    let kind = path.dentry.kind();
    let mount = path.mount.flags();
    let regular = kind == FileKind::Regular;
    if regular && wanted.contains(Permission::EXECUTE) && mount.contains(MountFlags::NO_EXEC) {
        return Err(Errno::EACCES);
    }
    permission::check(&credentials, &path.inode().metadata()?, wanted)?;
    let changes = matches!(kind, FileKind::Regular | FileKind::Directory | FileKind::Symlink);
    if wanted.contains(Permission::WRITE) && changes {
        path.mount.check_writable()?;
    }
    Ok(())
}

/// faccessat(2), which has no flags in the kernel.
pub fn faccessat(current: &Current<'_>, directory: Fd, name: UserCStr, mode: u32) -> Result<(), Errno> {
    faccessat2(current, directory, name, mode, 0)
}

/// access(2).
pub fn access(current: &Current<'_>, name: UserCStr, mode: u32) -> Result<(), Errno> {
    faccessat2(current, Fd::CWD, name, mode, 0)
}

/// readlinkat(2).
pub fn readlinkat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    target: UserPtr<u8>,
    size: i32,
) -> Result<usize, Errno> {
    let size = usize::try_from(size).ok().filter(|&size| size > 0).ok_or(Errno::EINVAL)?;
    let name = name.read_path()?;
    let is_empty = name.is_empty();
    let path = at::find_as(current, &current.credentials(), directory, &name, WalkFlags::EMPTY)?;
    // An empty path names a link that was opened with O_PATH; other things are "not there".
    if path.dentry.kind() != FileKind::Symlink {
        return Err(if is_empty { Errno::ENOENT } else { Errno::EINVAL });
    }
    let link = path.inode().read_link()?;
    let count = link.len().min(size);
    let written = Sink::user(target.address(), count).put(link.get(..count).unwrap_or_default())?;
    if written == count { Ok(count) } else { Err(Errno::EFAULT) }
}

/// readlink(2).
pub fn readlink(
    current: &Current<'_>,
    name: UserCStr,
    target: UserPtr<u8>,
    size: i32,
) -> Result<usize, Errno> {
    readlinkat(current, Fd::CWD, name, target, size)
}

fn statfs_of(path: &Path) -> Result<Statfs, Errno> {
    const ST_VALID: u64 = 0x20;
    let statistics = path.mount.file_system().statistics()?;
    let device = path.inode().metadata()?.device;
    let halves = [device & 0xffff_ffff, device >> 32].map(|half| u32::try_from(half).unwrap_or(0));
    Ok(Statfs {
        f_type: statistics.magic,
        f_bsize: statistics.block_size,
        f_blocks: statistics.blocks,
        f_bfree: statistics.blocks_free,
        f_bavail: statistics.blocks_available,
        f_files: statistics.files,
        f_ffree: statistics.files_free,
        f_fsid: halves,
        f_namelen: statistics.name_length,
        f_frsize: statistics.block_size,
        f_flags: statistics.flags | u64::from(path.mount.flags().bits()) | ST_VALID,
        f_spare: [0; 4],
    })
}

/// statfs(2).
pub fn statfs(current: &Current<'_>, name: UserCStr, target: UserPtr<Statfs>) -> Result<(), Errno> {
    let path = at::find(current, Fd::CWD, name, WalkFlags::FOLLOW)?;
    target.write(&statfs_of(&path)?)
}

/// fstatfs(2).
pub fn fstatfs(current: &Current<'_>, fd: Fd, target: UserPtr<Statfs>) -> Result<(), Errno> {
    let file = current.file_or_path(fd)?;
    target.write(&statfs_of(file.path())?)
}
