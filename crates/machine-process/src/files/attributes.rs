//! Extended attributes of the host's files (xattr(7)).
//!
//! The host has no calls for them that take a directory and a name before Linux 6.13, so the path leads
//! through `/proc/self/fd`: either to the file itself, or to a name that is not followed.

use alloc::ffi::CString;
use alloc::vec::Vec;

use abi::Errno;
use abi::raw::general as raw;

use super::node::Reach;
use crate::host::call;

/// `XATTR_SIZE_MAX` and `XATTR_LIST_MAX`.
const LARGEST: usize = 65_536;

/// The call that follows links where the path leads through one to the file itself, else its twin.
const fn pick(reach: &Reach, follows: u32, does_not: u32) -> u32 {
    if reach.is_direct() { follows } else { does_not }
}

fn text(name: &[u8]) -> Result<CString, Errno> {
    CString::new(name).map_err(|_| Errno::EINVAL)
}

/// Runs a call that tells its answer's size when it is given no room, then fills it.
fn answer(ask: impl Fn(&mut [u8]) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    let mut value = Vec::new();
    loop {
        let size = ask(&mut [])?.min(LARGEST);
        value.try_reserve(size).map_err(|_| Errno::ENOMEM)?;
        value.resize(size, 0);
        if size == 0 {
            return Ok(value);
        }
        match ask(&mut value) {
            // It grew in the meantime.
            Err(Errno::ERANGE) => {}
            result => {
                value.truncate(result?);
                return Ok(value);
            }
        }
    }
}

/// getxattr(2).
pub(super) fn get(reach: &Reach, name: &[u8]) -> Result<Vec<u8>, Errno> {
    let (path, name) = (reach.path(), text(name)?);
    let number = pick(reach, raw::__NR_getxattr, raw::__NR_lgetxattr);
    answer(|value| {
        let (target, size) = (value.as_mut_ptr().addr(), value.len());
        // SAFETY: the call reads both strings and writes into the slice.
        unsafe { call(number, [path.as_ptr().addr(), name.as_ptr().addr(), target, size, 0, 0]) }
    })
}

/// setxattr(2).
pub(super) fn set(reach: &Reach, name: &[u8], value: &[u8], flags: u32) -> Result<(), Errno> {
    let (path, name) = (reach.path(), text(name)?);
    let number = pick(reach, raw::__NR_setxattr, raw::__NR_lsetxattr);
    let (path, name) = (path.as_ptr().addr(), name.as_ptr().addr());
    let arguments = [path, name, value.as_ptr().addr(), value.len(), flags as usize, 0];
    // SAFETY: the call reads both strings and the slice.
    unsafe { call(number, arguments) }.map(drop)
}

/// removexattr(2).
pub(super) fn remove(reach: &Reach, name: &[u8]) -> Result<(), Errno> {
    let (path, name) = (reach.path(), text(name)?);
    let number = pick(reach, raw::__NR_removexattr, raw::__NR_lremovexattr);
    // SAFETY: the call reads both strings.
    unsafe { call(number, [path.as_ptr().addr(), name.as_ptr().addr(), 0, 0, 0, 0]) }.map(drop)
}

/// listxattr(2).
pub(super) fn list(reach: &Reach) -> Result<Vec<Vec<u8>>, Errno> {
    let path = reach.path();
    let number = pick(reach, raw::__NR_listxattr, raw::__NR_llistxattr);
    let names = answer(|value| {
        let arguments = [path.as_ptr().addr(), value.as_mut_ptr().addr(), value.len(), 0, 0, 0];
        // SAFETY: the call reads the path and writes into the slice.
        unsafe { call(number, arguments) }
    })?;
    Ok(names.split(|&byte| byte == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect())
}
