//! Opening a pseudo-terminal through its other side, wherever /dev/pts is (ioctl_tty(2), `TIOCGPTPEER`).

use alloc::format;
use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::O_CLOEXEC;

use super::devpts::DevPts;
use super::terminal::Terminal;
use crate::fs::{OpenFile, Path};
use crate::sched;

/// Opens the terminal with these flags of open(2); gives the descriptor.
pub(super) fn open(terminal: &Arc<Terminal>, index: u32, flags: u64) -> Result<usize, Errno> {
    let flags = u32::try_from(flags).map_err(|_| Errno::EINVAL)?;
    let thread = sched::current().ok_or(Errno::EIO)?;
    let mounts = thread.fs().namespace().list();
    let mount = mounts.into_iter().find(|mount| mount.file_system().as_any().is::<DevPts>());
    let mount = mount.ok_or(Errno::ENODEV)?;
    let dentry = mount.root().lookup(format!("{index}").as_bytes())?;
    let file = terminal.open(flags)?;
    let file = OpenFile::new(file, Path { mount, dentry }, flags);
    let fd = thread.install(file, flags & O_CLOEXEC != 0)?;
    usize::try_from(fd.0).map_err(|_| Errno::EBADF)
}
