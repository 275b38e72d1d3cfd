//! What a new file starts with: permissions and owner (open(2), inode(7)).

use abi::Errno;

use super::{FileKind, Inode, permission};
use crate::task::Thread;

const SET_GROUP_ID: u32 = 0o2000;
const GROUP_EXECUTE: u32 = 0o010;

/// Permissions (without the umask's) and owner of a file that the thread makes in a directory: in one with
/// the set-group-ID bit the group is the directory's.
///
/// # Errors
/// Those of the directory's metadata.
pub(super) fn permissions_and_owner(
    thread: &Thread,
    directory: &dyn Inode,
    kind: FileKind,
    mode: u32,
) -> Result<(u32, (u32, u32)), Errno> {
    let credentials = thread.credentials();
    let above = directory.metadata()?;
    let mut permissions = mode & 0o7777;
    if kind == FileKind::Symlink {
        permissions = 0o777;
    } else {
        permissions &= !thread.fs().umask();
    }
    if above.permissions & SET_GROUP_ID == 0 {
        return Ok((permissions, (credentials.fsuid, credentials.fsgid)));
    }
    if kind == FileKind::Directory {
        permissions |= SET_GROUP_ID;
    } else if permissions & (SET_GROUP_ID | GROUP_EXECUTE) == SET_GROUP_ID | GROUP_EXECUTE
        && !credentials.in_group(above.gid)
        && !credentials.has_capability(permission::capability::FSETID)
    {
        permissions &= !SET_GROUP_ID;
    }
    Ok((permissions, (credentials.fsuid, above.gid)))
}
