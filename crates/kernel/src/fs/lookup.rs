//! Path look-up for the kernel itself.

use alloc::sync::Arc;

use abi::Errno;

use super::permission::{self, Permission};
use super::{File, FileKind, FsContext, MountFlags, Path, Start, WalkFlags, Walker};
use crate::task::Credentials;

/// Finds the place that a path names, following symbolic links; relative paths start at the working
/// directory.
///
/// # Errors
/// As path_resolution(7).
pub fn lookup(context: &FsContext, credentials: &Credentials, path: &[u8]) -> Result<Path, Errno> {
    Walker::new(context, credentials, Start::WorkingDirectory, path, WalkFlags::FOLLOW)?.finish()
}

/// Opens what execve(2) shall load: a regular file that may be executed.
///
/// # Errors
/// As path_resolution(7); `EACCES` when it is not a regular file or may not be executed.
pub fn open_executable(
    context: &FsContext,
    credentials: &Credentials,
    path: &[u8],
) -> Result<(Path, Arc<dyn File>), Errno> {
    let path = lookup(context, credentials, path)?;
    let file = open_executable_at(credentials, &path)?;
    Ok((path, file))
}

/// Opens what execve(2) shall load, of which the place is known (execveat(2) with `AT_EMPTY_PATH`).
///
/// # Errors
/// `EACCES` when it is not a regular file or may not be executed.
pub fn open_executable_at(credentials: &Credentials, path: &Path) -> Result<Arc<dyn File>, Errno> {
    let is_allowed = !path.mount.flags().contains(MountFlags::NO_EXEC);
    if path.dentry.kind() != FileKind::Regular || !is_allowed {
        return Err(Errno::EACCES);
    }
    permission::check(credentials, &path.inode().metadata()?, Permission::EXECUTE)?;
    Arc::clone(path.inode()).open(true, false)
}
