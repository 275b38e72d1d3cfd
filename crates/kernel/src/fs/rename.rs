//! Moving names (rename(2)).

use alloc::boxed::Box;
use alloc::sync::Arc;

use abi::Errno;

use super::names::{Target, check_remove};
use super::permission::{self, Permission, capability};
use super::{Dentry, Last, RenameFlags, Start, notify};
use crate::sched::{Mutex, MutexGuard};
use crate::task::{Credentials, Thread};

/// Held by a rename between two directories: nobody else then changes which directory lies in which, and
/// nobody else takes two directories' locks.
static BETWEEN_DIRECTORIES: Mutex<()> = Mutex::new(());

/// The locks of the directories of a rename; dropped in the order of the fields.
struct Locked<'a> {
    _first: MutexGuard<'a, ()>,
    _second: Option<MutexGuard<'a, ()>>,
    _between: Option<MutexGuard<'static, ()>>,
}

fn lock<'a>(from: &'a Arc<Dentry>, to: &'a Arc<Dentry>) -> Locked<'a> {
    if Arc::ptr_eq(from, to) {
        return Locked { _first: from.lock(), _second: None, _between: None };
    }
    let between = BETWEEN_DIRECTORIES.lock();
    // Others hold one such lock at a time, so the order does not matter.
    Locked { _first: from.lock(), _second: Some(to.lock()), _between: Some(between) }
}

/// One side of a rename.
struct Side<'a> {
    directory: &'a Arc<Dentry>,
    name: Box<[u8]>,
    slash: bool,
}

impl Side<'_> {
    fn place(&self) -> (&Dentry, &[u8]) {
        (self.directory, &self.name)
    }
}

/// Moves a name, replacing what is there, as the flags say.
///
/// # Errors
/// As rename(2) and renameat2(2).
pub fn rename(
    thread: &Thread,
    (old_start, old_name): (Start, &[u8]),
    (new_start, new_name): (Start, &[u8]),
    flags: RenameFlags,
) -> Result<(), Errno> {
    let credentials = thread.credentials();
    let exchanges = flags.contains(RenameFlags::EXCHANGE);
    if exchanges && flags.intersects(RenameFlags::NOREPLACE | RenameFlags::WHITEOUT) {
        return Err(Errno::EINVAL);
    }
    if flags.contains(RenameFlags::WHITEOUT) && !credentials.has_capability(capability::MKNOD) {
        return Err(Errno::EPERM);
    }
    let old = Target::find(thread, &credentials, old_start, old_name)?;
    let new = Target::find(thread, &credentials, new_start, new_name)?;
    if !Arc::ptr_eq(&old.directory.mount, &new.directory.mount) {
        return Err(Errno::EXDEV);
    }
    let Last::Name(old_name, old_slash) = old.last else { return Err(Errno::EBUSY) };
    let Last::Name(new_name, new_slash) = new.last else {
        let refuses = flags.contains(RenameFlags::NOREPLACE);
        return Err(if refuses { Errno::EEXIST } else { Errno::EBUSY });
    };
    old.directory.mount.check_writable()?;
    let from = Side { directory: &old.directory.dentry, name: old_name, slash: old_slash };
    let to = Side { directory: &new.directory.dentry, name: new_name, slash: new_slash };
    let _locked = lock(from.directory, to.directory);
    rename_locked(&credentials, &from, &to, flags)
}

fn rename_locked(
    credentials: &Credentials,
    from: &Side<'_>,
    to: &Side<'_>,
    flags: RenameFlags,
) -> Result<(), Errno> {
    let exchanges = flags.contains(RenameFlags::EXCHANGE);
    let moved = from.directory.lookup_locked(&from.name)?;
    let target = match to.directory.lookup_locked(&to.name) {
        Ok(_) if flags.contains(RenameFlags::NOREPLACE) => return Err(Errno::EEXIST),
        Ok(target) => Some(target),
        Err(Errno::ENOENT) if exchanges => return Err(Errno::ENOENT),
        Err(Errno::ENOENT) => None,
        Err(error) => return Err(error),
    };
    check_shape(from, to, &moved, target.as_ref(), exchanges)?;
    if let Some(target) = &target
        && Arc::ptr_eq(moved.inode(), target.inode())
    {
        return Ok(());
    }
    check_permissions(credentials, from, to, &moved, target.as_ref(), exchanges)?;
    let busy = moved.is_mount_point() || target.as_ref().is_some_and(|target| target.is_mount_point());
    if busy {
        return Err(Errno::EBUSY);
    }
    let directory = Arc::clone(to.directory.inode());
    from.directory.inode().rename(&from.name, &directory, &to.name, flags)?;
    match target {
        Some(target) if exchanges => {
            moved.relocate(to.directory, &to.name);
            target.relocate(from.directory, &from.name);
            notify::moved(from.place(), to.place(), &moved, None);
            notify::moved(to.place(), from.place(), &target, None);
        }
        target => {
            if let Some(target) = &target {
                target.remove();
            }
            moved.relocate(to.directory, &to.name);
            notify::moved(from.place(), to.place(), &moved, target.as_deref());
        }
    }
    Ok(())
}

/// Fails when one would lie in itself, or slashes ask for a directory that is none.
fn check_shape(
    from: &Side<'_>,
    to: &Side<'_>,
    moved: &Arc<Dentry>,
    target: Option<&Arc<Dentry>>,
    exchanges: bool,
) -> Result<(), Errno> {
    let other_is_directory = target.is_some_and(|target| target.is_directory());
    if exchanges && !other_is_directory && to.slash {
        return Err(Errno::ENOTDIR);
    }
    if !moved.is_directory() && (from.slash || (!exchanges && to.slash)) {
        return Err(Errno::ENOTDIR);
    }
    if to.directory.is_within(moved) {
        return Err(Errno::EINVAL);
    }
    if target.is_some_and(|target| from.directory.is_within(target)) {
        return Err(if exchanges { Errno::EINVAL } else { Errno::ENOTEMPTY });
    }
    Ok(())
}

fn check_permissions(
    credentials: &Credentials,
    from: &Side<'_>,
    to: &Side<'_>,
    moved: &Arc<Dentry>,
    target: Option<&Arc<Dentry>>,
    exchanges: bool,
) -> Result<(), Errno> {
    check_remove(credentials, from.directory, moved)?;
    match target {
        None => permission::check_change(credentials, &**to.directory.inode())?,
        Some(target) => {
            check_remove(credentials, to.directory, target)?;
            match (moved.is_directory(), target.is_directory()) {
                (true, false) if !exchanges => return Err(Errno::ENOTDIR),
                (false, true) if !exchanges => return Err(Errno::EISDIR),
                _ => {}
            }
        }
    }
    if Arc::ptr_eq(from.directory, to.directory) {
        return Ok(());
    }
    // The entry `..` of a directory that moves changes.
    let movers = [Some(moved), target.filter(|_| exchanges)];
    for directory in movers.into_iter().flatten().filter(|dentry| dentry.is_directory()) {
        permission::check(credentials, &directory.inode().metadata()?, Permission::WRITE)?;
    }
    Ok(())
}
