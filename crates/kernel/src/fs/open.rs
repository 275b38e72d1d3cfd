//! Opening files by name (open(2), openat2(2)).

use alloc::sync::Arc;
use core::any::Any;

use abi::Errno;
use abi::raw::general::{
    __O_TMPFILE, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOATIME, O_NOFOLLOW, O_PATH, O_TRUNC,
    O_WRONLY,
};

use super::permission::{self, Permission};
use super::walk::Step;
use super::{
    Dentry, File, FileKind, Inode, Metadata, Mount, MountFlags, NewNode, OpenFile, Path, Start, WalkFlags,
    Walker, access_of_flags, dev, new_file, notify, pipe,
};
use crate::task::{Credentials, Process, Thread, table};

/// How a file is opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenRequest {
    /// `O_*`.
    pub flags: u32,
    /// Permissions of a new file, the umask not yet taken off.
    pub mode: u32,
    /// `RESOLVE_*`.
    pub walk: WalkFlags,
}

impl OpenRequest {
    /// A request as open(2) takes it: what it does not know is ignored.
    #[must_use]
    pub const fn new(flags: u32, mode: u32) -> Self {
        let flags = if flags & O_PATH == 0 { flags } else { flags & PATH_FLAGS };
        Self { flags, mode: mode & 0o7777, walk: WalkFlags::empty() }
    }

    /// Fails when the flags contradict each other.
    ///
    /// # Errors
    /// `EINVAL`.
    pub fn check(&self) -> Result<(), Errno> {
        const CREATED_DIRECTORY: u32 = O_CREAT | O_DIRECTORY;
        let is_unnamed = self.flags & __O_TMPFILE != 0;
        let is_bad = if is_unnamed {
            let needs = O_DIRECTORY;
            self.flags & (O_CREAT | needs) != needs || !access_of_flags(self.flags).1
        } else {
            self.flags & CREATED_DIRECTORY == CREATED_DIRECTORY
        };
        if is_bad { Err(Errno::EINVAL) } else { Ok(()) }
    }

    const fn creates(&self) -> bool {
        self.flags & O_CREAT != 0
    }

    /// What the inode must permit.
    fn permission(&self) -> Permission {
        let (reads, writes) = access_of_flags(self.flags);
        let mut permission = Permission::empty();
        permission.set(Permission::READ, reads);
        permission.set(Permission::WRITE, writes || self.flags & O_TRUNC != 0);
        permission
    }
}

/// What of open(2) means something together with `O_PATH`.
pub const PATH_FLAGS: u32 = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;

/// Opens the file that a path names, from `start` on.
///
/// # Errors
/// As open(2) and openat2(2).
pub fn open(
    thread: &Thread,
    start: Start,
    name: &[u8],
    request: &OpenRequest,
) -> Result<Arc<OpenFile>, Errno> {
    request.check()?;
    let context = thread.fs();
    let credentials = thread.credentials();
    let mut flags = request.walk;
    if request.flags & __O_TMPFILE != 0 {
        flags |= WalkFlags::DIRECTORY;
        flags.set(WalkFlags::FOLLOW, request.flags & O_NOFOLLOW == 0);
        let directory = Walker::new(&context, &credentials, start, name, flags)?.finish()?;
        return open_unnamed(thread, &credentials, &directory, request);
    }
    let walker = Walker::new(&context, &credentials, start, name, flags)?;
    let (path, is_new) = find_or_create(thread, &credentials, walker, request)?;
    if request.flags & O_PATH != 0 {
        return Ok(OpenFile::new(Arc::new(PathOnly), path, request.flags));
    }
    let file = open_path(thread, &credentials, &path, request, is_new)?;
    let file = OpenFile::new(file, path, request.flags);
    notify::opened(&file);
    if !is_new && truncates(request, file.path().dentry.kind()) {
        notify::modified(&file);
    }
    Ok(file)
}

/// Whether opening makes a file empty.
fn truncates(request: &OpenRequest, kind: FileKind) -> bool {
    request.flags & O_TRUNC != 0 && kind == FileKind::Regular
}

/// Walks to the end of the path, where a file may be made; gives whether it was.
fn find_or_create(
    thread: &Thread,
    credentials: &Credentials,
    mut walker: Walker<'_>,
    request: &OpenRequest,
) -> Result<(Path, bool), Errno> {
    let mut must_be_directory = request.flags & O_DIRECTORY != 0;
    loop {
        match walker.last_step()? {
            Step::Name { slash: true, .. } if request.creates() => return Err(Errno::EISDIR),
            Step::Name { name, slash, .. } => {
                must_be_directory |= slash;
                let (child, is_new) = find_last(
                    thread,
                    credentials,
                    (walker.mount(), walker.dentry()),
                    walker.text(name),
                    request,
                )?;
                let is_exclusive = request.flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL;
                if is_exclusive && !is_new {
                    return Err(Errno::EEXIST);
                }
                let follow = (request.flags & O_NOFOLLOW == 0 || slash) && !is_exclusive;
                if walker.enter(child, follow, slash)? {
                    continue;
                }
                if is_new {
                    return Ok((walker.into_path(), true));
                }
            }
            Step::DotDot => walker.go_up()?,
            Step::Dot | Step::Nothing => {}
        }
        break;
    }
    let path = walker.into_path();
    match path.dentry.kind() {
        FileKind::Directory if request.creates() => Err(Errno::EISDIR),
        FileKind::Directory => Ok((path, false)),
        FileKind::Symlink if request.flags & O_PATH == 0 && !must_be_directory => Err(Errno::ELOOP),
        _ if must_be_directory => Err(Errno::ENOTDIR),
        _ => Ok((path, false)),
    }
}

/// Finds the last component, or makes it; gives whether it was made.
fn find_last(
    thread: &Thread,
    credentials: &Credentials,
    (mount, directory): (&Arc<Mount>, &Arc<Dentry>),
    name: &[u8],
    request: &OpenRequest,
) -> Result<(Arc<Dentry>, bool), Errno> {
    match directory.lookup(name) {
        Err(Errno::ENOENT) if request.creates() => {}
        outcome => return Ok((outcome?, false)),
    }
    let _guard = directory.lock();
    match directory.lookup_locked(name) {
        Err(Errno::ENOENT) => {}
        outcome => return Ok((outcome?, false)),
    }
    mount.check_writable()?;
    let inode = directory.inode();
    permission::check_change(credentials, &**inode)?;
    let (permissions, owner) =
        new_file::permissions_and_owner(thread, &**inode, FileKind::Regular, request.mode)?;
    let new = inode.create(name, NewNode::Regular, permissions, owner)?;
    let new = directory.add(name, new)?;
    notify::created(directory, name, FileKind::Regular);
    Ok((new, true))
}

fn open_unnamed(
    thread: &Thread,
    credentials: &Credentials,
    directory: &Path,
    request: &OpenRequest,
) -> Result<Arc<OpenFile>, Errno> {
    directory.mount.check_writable()?;
    let inode = directory.inode();
    permission::check_change(credentials, &**inode)?;
    let (permissions, owner) =
        new_file::permissions_and_owner(thread, &**inode, FileKind::Regular, request.mode)?;
    let new = inode.create_unnamed(permissions, owner, request.flags & O_EXCL == 0)?;
    let dentry = directory.dentry.add_unnamed(Arc::clone(&new))?;
    let (readable, writable) = access_of_flags(request.flags);
    let file = new.open(readable, writable)?;
    let path = Path { mount: Arc::clone(&directory.mount), dentry };
    let file = OpenFile::new(file, path, request.flags);
    notify::opened(&file);
    Ok(file)
}

/// Opens a place that was found.
fn open_path(
    thread: &Thread,
    credentials: &Credentials,
    path: &Path,
    request: &OpenRequest,
    is_new: bool,
) -> Result<Arc<dyn File>, Errno> {
    let inode = path.inode();
    let wanted = request.permission();
    let kind = path.dentry.kind();
    match kind {
        FileKind::Directory if wanted.contains(Permission::WRITE) => return Err(Errno::EISDIR),
        FileKind::CharacterDevice | FileKind::BlockDevice
            if path.mount.flags().contains(MountFlags::NO_DEV) =>
        {
            return Err(Errno::EACCES);
        }
        FileKind::Regular if wanted.contains(Permission::WRITE) => path.mount.check_writable()?,
        _ => {}
    }
    if !is_new {
        check_may_open(credentials, &inode.metadata()?, wanted, request.flags)?;
        if wanted.contains(Permission::WRITE) && kind == FileKind::Regular {
            check_not_executed(inode)?;
        }
    }
    let (readable, writable) = access_of_flags(request.flags);
    let file = match kind {
        FileKind::Fifo => return pipe::open_fifo(thread, inode, request.flags),
        FileKind::Socket => return Err(Errno::ENXIO),
        FileKind::CharacterDevice | FileKind::BlockDevice => {
            dev::open(kind, inode.metadata()?.special_device, request.flags)?
        }
        _ => Arc::clone(inode).open(readable, writable)?,
    };
    if !is_new && truncates(request, kind) {
        inode.truncate(0)?;
    }
    Ok(file)
}

/// Fails when a process executes the file: its text must stay as it is.
///
/// # Errors
/// `ETXTBSY`.
pub(super) fn check_not_executed(inode: &Arc<dyn Inode>) -> Result<(), Errno> {
    let is_this = |process: &Arc<Process>| {
        process.image().is_some_and(|image| Arc::ptr_eq(image.executable.inode(), inode))
    };
    if table::processes().iter().any(is_this) { Err(Errno::ETXTBSY) } else { Ok(()) }
}

fn check_may_open(
    credentials: &Credentials,
    metadata: &Metadata,
    wanted: Permission,
    flags: u32,
) -> Result<(), Errno> {
    permission::check(credentials, metadata, wanted)?;
    if flags & O_NOATIME != 0 && !permission::is_owner(credentials, metadata.uid) {
        return Err(Errno::EPERM);
    }
    Ok(())
}

/// Opens what a path names for the kernel itself: neither made nor waited for.
///
/// # Errors
/// As open(2).
pub fn open_kernel(thread: &Thread, name: &[u8], flags: u32) -> Result<Arc<OpenFile>, Errno> {
    const ALLOWED: u32 = O_WRONLY | O_APPEND | O_DIRECTORY | O_NOFOLLOW;
    let request = OpenRequest::new(flags & ALLOWED, 0);
    open(thread, Start::WorkingDirectory, name, &request)
}

/// What an `O_PATH` descriptor does: nothing. Calls that would use it look at the flag before.
#[derive(Debug)]
struct PathOnly;

impl File for PathOnly {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }
}
