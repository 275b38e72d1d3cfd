//! Extended attributes (xattr(7)).

use alloc::vec::Vec;

use abi::Errno;
use abi::raw::general::{XATTR_CREATE, XATTR_REPLACE};

use super::at;
use crate::fs::permission::{self, Permission, capability};
use crate::fs::{FileKind, Path, WalkFlags, notify};
use crate::io::{Sink, Source};
use crate::syscalls::{Current, Fd};
use crate::user::{UserCStr, UserPtr};

/// The longest name (`XATTR_NAME_MAX`).
const MAX_NAME: usize = 255;
/// The longest value (`XATTR_SIZE_MAX`), and the longest list of names (`XATTR_LIST_MAX`).
const MAX_SIZE: usize = 65_536;

fn named(current: &Current<'_>, name: UserCStr, follow: bool) -> Result<Path, Errno> {
    let flags = if follow { WalkFlags::FOLLOW } else { WalkFlags::empty() };
    at::find(current, Fd::CWD, name, flags)
}

fn opened(current: &Current<'_>, fd: Fd) -> Result<Path, Errno> {
    Ok(current.file(fd)?.path().clone())
}

fn read_name(name: UserCStr) -> Result<Vec<u8>, Errno> {
    let name = name.read(MAX_NAME + 1, Errno::ERANGE)?;
    if name.is_empty() { Err(Errno::ERANGE) } else { Ok(name) }
}

/// Fails unless the thread may use an attribute of this name (`xattr_permission`).
fn check(current: &Current<'_>, path: &Path, name: &[u8], writes: bool) -> Result<(), Errno> {
    if writes {
        path.mount.check_writable()?;
    }
    let credentials = current.credentials();
    let metadata = path.inode().metadata()?;
    let is_admin = credentials.has_capability(capability::SYS_ADMIN);
    let hidden = if writes { Errno::EPERM } else { Errno::ENODATA };
    if name.starts_with(b"security.") {
        return if writes && !is_admin { Err(Errno::EPERM) } else { Ok(()) };
    }
    if name.starts_with(b"trusted.") {
        return if is_admin { Ok(()) } else { Err(hidden) };
    }
    if name.starts_with(b"system.") {
        return Ok(());
    }
    if name.strip_prefix(b"user.").is_none_or(<[u8]>::is_empty) {
        return Err(if name == b"user." { Errno::EINVAL } else { Errno::EOPNOTSUPP });
    }
    let is_sticky = metadata.kind == FileKind::Directory && metadata.permissions & 0o1000 != 0;
    match metadata.kind {
        FileKind::Directory if writes && is_sticky && !permission::is_owner(&credentials, metadata.uid) => {
            return Err(Errno::EPERM);
        }
        FileKind::Regular | FileKind::Directory => {}
        _ => return Err(hidden),
    }
    let wanted = if writes { Permission::WRITE } else { Permission::READ };
    permission::check(&credentials, &metadata, wanted)
}

fn set(
    current: &Current<'_>,
    find: impl FnOnce() -> Result<Path, Errno>,
    name: UserCStr,
    value: UserPtr<u8>,
    size: usize,
    flags: u32,
) -> Result<(), Errno> {
    if flags & !(XATTR_CREATE | XATTR_REPLACE) != 0 {
        return Err(Errno::EINVAL);
    }
    let name = read_name(name)?;
    if size > MAX_SIZE {
        return Err(Errno::E2BIG);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(size, 0);
    if size > 0 && Source::user(value.address(), size).take(&mut bytes)? < size {
        return Err(Errno::EFAULT);
    }
    let path = find()?;
    check(current, &path, &name, true)?;
    let (create, replace) = (flags & XATTR_CREATE != 0, flags & XATTR_REPLACE != 0);
    path.inode().set_attribute(&name, &bytes, create, replace)?;
    notify::attributes_changed(&path.dentry);
    Ok(())
}

/// Gives bytes to a program that offers a buffer of some size; size 0 asks how many there are.
fn give(bytes: &[u8], target: UserPtr<u8>, size: usize) -> Result<usize, Errno> {
    if size == 0 {
        return Ok(bytes.len());
    }
    if bytes.len() > size {
        return Err(Errno::ERANGE);
    }
    if !bytes.is_empty() && Sink::user(target.address(), bytes.len()).put(bytes)? < bytes.len() {
        return Err(Errno::EFAULT);
    }
    Ok(bytes.len())
}

fn get(
    current: &Current<'_>,
    find: impl FnOnce() -> Result<Path, Errno>,
    name: UserCStr,
    target: UserPtr<u8>,
    size: usize,
) -> Result<usize, Errno> {
    let name = read_name(name)?;
    let path = find()?;
    check(current, &path, &name, false)?;
    if name.starts_with(b"system.") {
        return Err(Errno::EOPNOTSUPP);
    }
    give(&path.inode().get_attribute(&name)?, target, size.min(MAX_SIZE))
}

fn list(current: &Current<'_>, path: &Path, target: UserPtr<u8>, size: usize) -> Result<usize, Errno> {
    let is_admin = current.credentials().has_capability(capability::SYS_ADMIN);
    let mut names = Vec::new();
    for name in path.inode().list_attributes()? {
        if is_admin || !name.starts_with(b"trusted.") {
            names.extend_from_slice(&name);
            names.push(0);
        }
    }
    if names.len() > MAX_SIZE {
        return Err(Errno::E2BIG);
    }
    give(&names, target, size.min(MAX_SIZE))
}

fn remove(
    current: &Current<'_>,
    find: impl FnOnce() -> Result<Path, Errno>,
    name: UserCStr,
) -> Result<(), Errno> {
    let name = read_name(name)?;
    let path = find()?;
    check(current, &path, &name, true)?;
    path.inode().remove_attribute(&name)?;
    notify::attributes_changed(&path.dentry);
    Ok(())
}

/// setxattr(2).
pub fn setxattr(
    current: &Current<'_>,
    path: UserCStr,
    name: UserCStr,
    value: UserPtr<u8>,
    size: usize,
    flags: u32,
) -> Result<(), Errno> {
    set(current, || named(current, path, true), name, value, size, flags)
}

/// lsetxattr(2).
pub fn lsetxattr(
    current: &Current<'_>,
    path: UserCStr,
    name: UserCStr,
    value: UserPtr<u8>,
    size: usize,
    flags: u32,
) -> Result<(), Errno> {
    set(current, || named(current, path, false), name, value, size, flags)
}

/// fsetxattr(2).
pub fn fsetxattr(
    current: &Current<'_>,
    fd: Fd,
    name: UserCStr,
    value: UserPtr<u8>,
    size: usize,
    flags: u32,
) -> Result<(), Errno> {
    set(current, || opened(current, fd), name, value, size, flags)
}

/// getxattr(2).
pub fn getxattr(
    current: &Current<'_>,
    path: UserCStr,
    name: UserCStr,
    target: UserPtr<u8>,
    size: usize,
) -> Result<usize, Errno> {
    get(current, || named(current, path, true), name, target, size)
}

/// lgetxattr(2).
pub fn lgetxattr(
    current: &Current<'_>,
    path: UserCStr,
    name: UserCStr,
    target: UserPtr<u8>,
    size: usize,
) -> Result<usize, Errno> {
    get(current, || named(current, path, false), name, target, size)
}

/// fgetxattr(2).
pub fn fgetxattr(
    current: &Current<'_>,
    fd: Fd,
    name: UserCStr,
    target: UserPtr<u8>,
    size: usize,
) -> Result<usize, Errno> {
    get(current, || opened(current, fd), name, target, size)
}

/// listxattr(2).
pub fn listxattr(
    current: &Current<'_>,
    path: UserCStr,
    target: UserPtr<u8>,
    size: usize,
) -> Result<usize, Errno> {
    list(current, &named(current, path, true)?, target, size)
}

/// llistxattr(2).
pub fn llistxattr(
    current: &Current<'_>,
    path: UserCStr,
    target: UserPtr<u8>,
    size: usize,
) -> Result<usize, Errno> {
    list(current, &named(current, path, false)?, target, size)
}

/// flistxattr(2).
pub fn flistxattr(current: &Current<'_>, fd: Fd, target: UserPtr<u8>, size: usize) -> Result<usize, Errno> {
    list(current, &opened(current, fd)?, target, size)
}

/// removexattr(2).
pub fn removexattr(current: &Current<'_>, path: UserCStr, name: UserCStr) -> Result<(), Errno> {
    remove(current, || named(current, path, true), name)
}

/// lremovexattr(2).
pub fn lremovexattr(current: &Current<'_>, path: UserCStr, name: UserCStr) -> Result<(), Errno> {
    remove(current, || named(current, path, false), name)
}

/// fremovexattr(2).
pub fn fremovexattr(current: &Current<'_>, fd: Fd, name: UserCStr) -> Result<(), Errno> {
    remove(current, || opened(current, fd), name)
}
