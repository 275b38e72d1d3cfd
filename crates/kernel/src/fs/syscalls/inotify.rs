//! inotify_init(2), inotify_add_watch(2), inotify_rm_watch(2).

use abi::Errno;
use abi::raw::general::{IN_CLOEXEC, IN_NONBLOCK, O_RDONLY};

use super::at;
use crate::fs::notify::{Events, Inotify, Request};
use crate::fs::permission::{self, Permission};
use crate::fs::{WalkFlags, open_anonymous};
use crate::syscalls::{Current, Fd};
use crate::user::UserCStr;

/// inotify_init1(2).
pub fn inotify_init1(current: &Current<'_>, flags: u32) -> Result<Fd, Errno> {
    if flags & !(IN_CLOEXEC | IN_NONBLOCK) != 0 {
        return Err(Errno::EINVAL);
    }
    let instance = Inotify::new(current.credentials().uid)?;
    let file = open_anonymous(instance, "inotify", O_RDONLY | (flags & IN_NONBLOCK))?;
    current.install(file, flags & IN_CLOEXEC != 0)
}

/// inotify_init(2).
pub fn inotify_init(current: &Current<'_>) -> Result<Fd, Errno> {
    inotify_init1(current, 0)
}

/// inotify_add_watch(2).
pub fn inotify_add_watch(
    current: &Current<'_>,
    instance: Fd,
    name: UserCStr,
    mask: u32,
) -> Result<i32, Errno> {
    let request = Request::new(mask)?;
    let file = current.file(instance)?;
    let instance = Inotify::of_file(&file)?;
    let mut walk = WalkFlags::empty();
    walk.set(WalkFlags::FOLLOW, !request.events().contains(Events::DONT_FOLLOW));
    walk.set(WalkFlags::DIRECTORY, request.events().contains(Events::ONLY_DIRECTORY));
    let path = at::find(current, Fd::CWD, name, walk)?;
    permission::check(&current.credentials(), &path.inode().metadata()?, Permission::READ)?;
    instance.watch(path.inode(), request)
}

/// inotify_rm_watch(2).
pub fn inotify_rm_watch(current: &Current<'_>, instance: Fd, watch: i32) -> Result<(), Errno> {
    let file = current.file(instance)?;
    Inotify::of_file(&file)?.unwatch(watch)
}
