//! Names: mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rmdir(2), rename(2) and their like.

use abi::Errno;
use abi::raw::general::{AT_EMPTY_PATH, AT_REMOVEDIR, AT_SYMLINK_FOLLOW};

use super::at;
use crate::fs::permission::capability;
use crate::fs::{self, FileKind, NewNode, RenameFlags, WalkFlags};
use crate::syscalls::{Current, Fd};
use crate::user::UserCStr;

/// mkdirat(2).
pub fn mkdirat(current: &Current<'_>, directory: Fd, name: UserCStr, mode: u32) -> Result<(), Errno> {
    const PERMISSIONS: u32 = 0o1777;
    let name = name.read_path()?;
    let start = at::start(current, directory, &name)?;
    fs::make(current, start, &name, NewNode::Directory, mode & PERMISSIONS)
}

/// mkdir(2).
pub fn mkdir(current: &Current<'_>, name: UserCStr, mode: u32) -> Result<(), Errno> {
    mkdirat(current, Fd::CWD, name, mode)
}

/// mknodat(2).
pub fn mknodat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    mode: u32,
    device: u32,
) -> Result<(), Errno> {
    // What a program gives is the 32-bit form, which the 64-bit form contains.
    let device = u64::from(device);
    let node = match FileKind::from_mode(mode) {
        Some(FileKind::Regular | FileKind::Anonymous) => NewNode::Regular,
        Some(FileKind::Fifo) => NewNode::Fifo,
        Some(FileKind::Socket) => NewNode::Socket,
        Some(FileKind::CharacterDevice) => NewNode::CharacterDevice(device),
        Some(FileKind::BlockDevice) => NewNode::BlockDevice(device),
        Some(FileKind::Directory) => return Err(Errno::EPERM),
        Some(FileKind::Symlink) | None => return Err(Errno::EINVAL),
    };
    let name = name.read_path()?;
    let start = at::start(current, directory, &name)?;
    fs::make(current, start, &name, node, mode)
}

/// mknod(2).
pub fn mknod(current: &Current<'_>, name: UserCStr, mode: u32, device: u32) -> Result<(), Errno> {
    mknodat(current, Fd::CWD, name, mode, device)
}

/// symlinkat(2).
pub fn symlinkat(
    current: &Current<'_>,
    target: UserCStr,
    directory: Fd,
    name: UserCStr,
) -> Result<(), Errno> {
    let target = target.read_path()?;
    if target.is_empty() {
        return Err(Errno::ENOENT);
    }
    let name = name.read_path()?;
    let start = at::start(current, directory, &name)?;
    fs::make(current, start, &name, NewNode::Symlink(&target), 0o777)
}

/// symlink(2).
pub fn symlink(current: &Current<'_>, target: UserCStr, name: UserCStr) -> Result<(), Errno> {
    symlinkat(current, target, Fd::CWD, name)
}

/// linkat(2).
pub fn linkat(
    current: &Current<'_>,
    old_directory: Fd,
    old_name: UserCStr,
    new_directory: Fd,
    new_name: UserCStr,
    flags: u32,
) -> Result<(), Errno> {
    if flags & !(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH) != 0 {
        return Err(Errno::EINVAL);
    }
    let mut walk = WalkFlags::empty();
    walk.set(WalkFlags::FOLLOW, flags & AT_SYMLINK_FOLLOW != 0);
    walk.set(WalkFlags::EMPTY, flags & AT_EMPTY_PATH != 0);
    let old_name = old_name.read_path()?;
    let may_name = current.credentials().has_capability(capability::DAC_READ_SEARCH);
    if old_name.is_empty() && !may_name {
        return Err(Errno::ENOENT);
    }
    let old = at::find_as(current, &current.credentials(), old_directory, &old_name, walk)?;
    let new_name = new_name.read_path()?;
    let start = at::start(current, new_directory, &new_name)?;
    fs::link(current, &old, start, &new_name)
}

/// link(2).
pub fn link(current: &Current<'_>, old_name: UserCStr, new_name: UserCStr) -> Result<(), Errno> {
    linkat(current, Fd::CWD, old_name, Fd::CWD, new_name, 0)
}

/// unlinkat(2).
pub fn unlinkat(current: &Current<'_>, directory: Fd, name: UserCStr, flags: u32) -> Result<(), Errno> {
    if flags & !AT_REMOVEDIR != 0 {
        return Err(Errno::EINVAL);
    }
    let name = name.read_path()?;
    let start = at::start(current, directory, &name)?;
    if flags & AT_REMOVEDIR != 0 {
        fs::remove_directory(current, start, &name)
    } else {
        fs::unlink(current, start, &name)
    }
}

/// unlink(2).
pub fn unlink(current: &Current<'_>, name: UserCStr) -> Result<(), Errno> {
    unlinkat(current, Fd::CWD, name, 0)
}

/// rmdir(2).
pub fn rmdir(current: &Current<'_>, name: UserCStr) -> Result<(), Errno> {
    unlinkat(current, Fd::CWD, name, AT_REMOVEDIR)
}

/// renameat2(2).
pub fn renameat2(
    current: &Current<'_>,
    old_directory: Fd,
    old_name: UserCStr,
    new_directory: Fd,
    new_name: UserCStr,
    flags: u32,
) -> Result<(), Errno> {
    let flags = RenameFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let (old_name, new_name) = (old_name.read_path()?, new_name.read_path()?);
    let old_start = at::start(current, old_directory, &old_name)?;
    let new_start = at::start(current, new_directory, &new_name)?;
    fs::rename(current, (old_start, &old_name), (new_start, &new_name), flags)
}

/// renameat(2).
pub fn renameat(
    current: &Current<'_>,
    old_directory: Fd,
    old_name: UserCStr,
    new_directory: Fd,
    new_name: UserCStr,
) -> Result<(), Errno> {
    renameat2(current, old_directory, old_name, new_directory, new_name, 0)
}

/// rename(2).
pub fn rename(current: &Current<'_>, old_name: UserCStr, new_name: UserCStr) -> Result<(), Errno> {
    renameat2(current, Fd::CWD, old_name, Fd::CWD, new_name, 0)
}
