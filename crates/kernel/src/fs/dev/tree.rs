//! What lies in /dev at the start.

use alloc::sync::Arc;

use abi::Errno;

use super::{CONSOLE, FULL, NULL, PTMX, RANDOM, TTY, URANDOM, ZERO};
use crate::fs::tmpfs::{Tmpfs, TmpfsLimits};
use crate::fs::{FileKind, FileSystem, Inode, NewNode, make_device};
use crate::tty;

/// Device files, with their permissions.
const DEVICES: [(&[u8], (u32, u32), u32); 8] = [
    (b"null", NULL, 0o666),
    (b"zero", ZERO, 0o666),
    (b"full", FULL, 0o666),
    (b"random", RANDOM, 0o666),
    (b"urandom", URANDOM, 0o666),
    (b"tty", TTY, 0o666),
    (b"console", CONSOLE, 0o600),
    (b"ptmx", PTMX, 0o666),
];

/// Symbolic links, as udev makes them.
const LINKS: [(&[u8], &[u8]); 4] = [
    (b"fd", b"/proc/self/fd"),
    (b"stdin", b"/proc/self/fd/0"),
    (b"stdout", b"/proc/self/fd/1"),
    (b"stderr", b"/proc/self/fd/2"),
];

/// Directories, with their permissions; shared memory gets a file system of its own (shm_overview(7)).
const DIRECTORIES: [(&[u8], u32); 2] = [(b"pts", 0o755), (b"shm", 0o1777)];

const ROOT: (u32, u32) = (0, 0);

/// A file system with the devices that there are; `terminal` is the path of the console's own device file
/// below /dev (such as `ttyS0`), with its owner (user and group).
///
/// # Errors
/// `ENOSPC` without memory for it.
pub fn file_system(terminal: Option<(&[u8], (u32, u32))>) -> Result<Arc<Tmpfs>, Errno> {
    let limits = TmpfsLimits::default();
    let tree = Tmpfs::new(limits, 0o755, ROOT)?;
    let root = tree.root();
    for (name, (major, minor), permissions) in DEVICES {
        let node = NewNode::CharacterDevice(make_device(major, minor));
        root.create(name, node, permissions, ROOT)?;
    }
    for (name, target) in LINKS {
        root.create(name, NewNode::Symlink(target), 0o777, ROOT)?;
    }
    for (name, permissions) in DIRECTORIES {
        root.create(name, NewNode::Directory, permissions, ROOT)?;
    }
    if let (Some((path, owner)), Some(console)) = (terminal, tty::console()) {
        add_terminal(root, path, NewNode::CharacterDevice(console.device()), owner)?;
    }
    Ok(tree)
}

fn add_terminal(
    mut directory: Arc<dyn Inode>,
    path: &[u8],
    node: NewNode<'_>,
    owner: (u32, u32),
) -> Result<(), Errno> {
    let mut components = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).peekable();
    while let Some(name) = components.next() {
        let is_last = components.peek().is_none();
        directory = match directory.lookup(name) {
            Ok(next) if !is_last && next.kind() == Ok(FileKind::Directory) => next,
            // A name that is taken keeps its meaning.
            Ok(_) => return Ok(()),
            Err(_) if is_last => directory.create(name, node, 0o620, owner)?,
            Err(_) => directory.create(name, NewNode::Directory, 0o755, ROOT)?,
        };
    }
    Ok(())
}
