//! Opening: openat(2) and its like.

use abi::Errno;
use abi::raw::general::{__O_TMPFILE, O_CLOEXEC, O_CREAT, O_LARGEFILE, O_PATH, O_TRUNC, O_WRONLY};
use abi::stat::OpenHow;

use super::at;
use crate::fs::{self, OpenRequest, PATH_FLAGS, Start, WalkFlags};
use crate::syscalls::{Current, Fd};
use crate::user::{UserCStr, UserPtr};

/// All flags of open(2) (`VALID_OPEN_FLAGS`).
const KNOWN_FLAGS: u32 = 0o37_777_703;

fn open_at(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    mut request: OpenRequest,
) -> Result<Fd, Errno> {
    request.check()?;
    let close_on_exec = request.flags & O_CLOEXEC != 0;
    if request.flags & O_PATH == 0 {
        // What fcntl(F_GETFL) tells 64-bit programs, too.
        request.flags |= O_LARGEFILE;
    }
    let name = name.read_path()?;
    // An absolute path in the scope of the descriptor needs the descriptor.
    let start = if request.walk.contains(WalkFlags::IN_ROOT) {
        Start::At(at::place(current, directory)?)
    } else {
        at::start(current, directory, &name)?
    };
    let file = fs::open(current, start, &name, &request)?;
    current.install(file, close_on_exec)
}

/// openat(2).
pub fn openat(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    flags: u32,
    mode: u32,
) -> Result<Fd, Errno> {
    open_at(current, directory, name, OpenRequest::new(flags & KNOWN_FLAGS, mode))
}

/// open(2).
pub fn open(current: &Current<'_>, name: UserCStr, flags: u32, mode: u32) -> Result<Fd, Errno> {
    openat(current, Fd::CWD, name, flags, mode)
}

/// creat(2).
pub fn creat(current: &Current<'_>, name: UserCStr, mode: u32) -> Result<Fd, Errno> {
    openat(current, Fd::CWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode)
}

/// openat2(2).
pub fn openat2(
    current: &Current<'_>,
    directory: Fd,
    name: UserCStr,
    how: UserPtr<OpenHow>,
    size: usize,
) -> Result<Fd, Errno> {
    if size < size_of::<OpenHow>() {
        return Err(Errno::EINVAL);
    }
    let request = strict_request(how.read_extensible(size)?)?;
    open_at(current, directory, name, request)
}

/// What openat2(2) was asked for: unlike open(2), it refuses what it does not know.
fn strict_request(how: OpenHow) -> Result<OpenRequest, Errno> {
    let flags = u32::try_from(how.flags).ok().filter(|flags| flags & !KNOWN_FLAGS == 0);
    let flags = flags.ok_or(Errno::EINVAL)?;
    let walk = u32::try_from(how.resolve).ok().and_then(WalkFlags::from_bits);
    let known = WalkFlags::from_bits_truncate(0x3f);
    let walk = walk.filter(|walk| known.contains(*walk)).ok_or(Errno::EINVAL)?;
    let scopes = WalkFlags::BENEATH | WalkFlags::IN_ROOT;
    let makes = flags & (O_CREAT | __O_TMPFILE) != 0;
    let is_bad = walk.contains(scopes)
        || (flags & O_PATH != 0 && flags & !PATH_FLAGS != 0)
        || (how.mode != 0 && !makes)
        || how.mode & !0o7777 != 0;
    if is_bad {
        return Err(Errno::EINVAL);
    }
    if walk.contains(WalkFlags::CACHED) && flags & (O_TRUNC | O_CREAT | __O_TMPFILE) != 0 {
        return Err(Errno::EAGAIN);
    }
    let mode = u32::try_from(how.mode).map_err(|_| Errno::EINVAL)?;
    Ok(OpenRequest { flags, mode, walk })
}
