//! devpts: the file system at /dev/pts, and which pseudo-terminals there are.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::sync::{Arc, Weak};
use core::any::Any;
use core::sync::atomic::{AtomicU32, Ordering};

use abi::Errno;
use sync::SpinLock;

use super::terminal::Terminal;
use crate::fs::{
    AttributeChanges, Directory, DirectoryEntry, File, FileKind, FileSystem, FileSystemStatistics, Inode,
    Metadata, NamelessInode, NewNode, anonymous_device, make_device,
};
use crate::sched;

/// The device that makes pseudo-terminals.
pub const PTMX: (u32, u32) = (5, 2);
/// The group that gets new terminals, so that `write` and `wall` reach them (tty(4)).
const TTY_GROUP: u32 = 5;
/// Permissions of new terminals.
const PERMISSIONS: u32 = 0o620;
/// The highest number that can be set as limit (`NR_UNIX98_PTY_MAX`).
const HIGHEST_LIMIT: u32 = 1 << 20;

/// How many pseudo-terminals there may be (/proc/sys/kernel/pty/max).
static LIMIT: AtomicU32 = AtomicU32::new(4096);

/// The pseudo-terminals by number.
static TERMINALS: SpinLock<BTreeMap<u32, Entry>> = SpinLock::new(BTreeMap::new());

/// A pseudo-terminal that there is.
#[derive(Debug)]
struct Entry {
    terminal: Weak<Terminal>,
    /// Its device file; gone when its other side is.
    node: Option<Arc<Node>>,
}

/// How many pseudo-terminals there are.
#[must_use]
pub fn count() -> usize {
    TERMINALS.lock().len()
}

/// How many there may be.
#[must_use]
pub fn limit() -> u32 {
    LIMIT.load(Ordering::Relaxed)
}

/// Changes how many there may be.
///
/// # Errors
/// `EINVAL` for more than there can be.
pub fn set_limit(limit: u32) -> Result<(), Errno> {
    if limit > HIGHEST_LIMIT {
        return Err(Errno::EINVAL);
    }
    LIMIT.store(limit, Ordering::Relaxed);
    Ok(())
}

/// Makes a pseudo-terminal with the lowest free number; its device file belongs to the caller.
pub(super) fn add() -> Result<(u32, Arc<Terminal>), Errno> {
    let thread = sched::current().ok_or(Errno::EIO)?;
    let uid = thread.credentials().fsuid;
    let mut terminals = TERMINALS.lock();
    if terminals.len() >= limit() as usize {
        return Err(Errno::ENOSPC);
    }
    let index = (0..).zip(terminals.keys()).find(|(index, key)| index != *key).map(|(index, _)| index);
    let index = index.or_else(|| u32::try_from(terminals.len()).ok()).ok_or(Errno::ENOSPC)?;
    let terminal = Terminal::pseudo(index);
    let node = Node::new(index, terminal.device(), PERMISSIONS, (uid, TTY_GROUP));
    terminals.insert(index, Entry { terminal: Arc::downgrade(&terminal), node: Some(node) });
    Ok((index, terminal))
}

/// Adds a terminal of the machine under a number that it has there already.
pub fn add_outside(index: u32, terminal: &Arc<Terminal>, owner: (u32, u32)) {
    let node = Node::new(index, terminal.device(), PERMISSIONS, owner);
    let entry = Entry { terminal: Arc::downgrade(terminal), node: Some(node) };
    TERMINALS.lock().insert(index, entry);
}

/// Takes the device file of a pseudo-terminal away.
pub(super) fn hide(index: u32) {
    let node = TERMINALS.lock().get_mut(&index).and_then(|entry| entry.node.take());
    drop(node);
}

/// Gives the number of a pseudo-terminal back.
pub(super) fn release(index: u32) {
    let entry = TERMINALS.lock().remove(&index);
    drop(entry);
}

/// The pseudo-terminal with this number.
pub(super) fn find(index: u32) -> Option<Arc<Terminal>> {
    TERMINALS.lock().get(&index).and_then(|entry| entry.terminal.upgrade())
}

static DEVICE: sync::Once<u64> = sync::Once::new();

fn device() -> u64 {
    if let Some(device) = DEVICE.get() {
        return *device;
    }
    let _ = DEVICE.set(anonymous_device());
    DEVICE.get().copied().unwrap_or_default()
}

/// The file system.
#[derive(Debug)]
pub struct DevPts {
    root: Arc<Root>,
}

impl DevPts {
    /// The file system that shows the world's pseudo-terminals.
    #[must_use]
    pub fn new() -> Arc<Self> {
        const EVERYBODY: u32 = 0o666;
        let number = make_device(PTMX.0, PTMX.1);
        let inode = NamelessInode::new(FileKind::Directory, device(), 1, 0o755, (0, 0));
        let ptmx = NamelessInode::new(FileKind::CharacterDevice, device(), 2, EVERYBODY, (0, 0));
        let ptmx = Arc::new(Node { inode: ptmx, number });
        Arc::new(Self { root: Arc::new(Root { inode, ptmx }) })
    }
}

impl FileSystem for DevPts {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::<Root>::clone(&self.root)
    }

    fn statistics(&self) -> Result<FileSystemStatistics, Errno> {
        const DEVPTS_SUPER_MAGIC: u64 = 0x1cd1;
        Ok(FileSystemStatistics {
            magic: DEVPTS_SUPER_MAGIC,
            block_size: 4096,
            name_length: 255,
            ..FileSystemStatistics::default()
        })
    }

    fn type_name(&self) -> &'static str {
        "devpts"
    }

    fn caches_names(&self) -> bool {
        false
    }
}

/// A device file.
#[derive(Debug)]
struct Node {
    inode: NamelessInode,
    number: u64,
}

impl Node {
    fn new(index: u32, number: u64, permissions: u32, owner: (u32, u32)) -> Arc<Self> {
        const FIRST: u64 = 3;
        let inode = FIRST + u64::from(index);
        let inode = NamelessInode::new(FileKind::CharacterDevice, device(), inode, permissions, owner);
        Arc::new(Self { inode, number })
    }
}

/// Bytes of a block, as stat(2) tells.
const BLOCK_SIZE: u32 = 1024;

impl Inode for Node {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(FileKind::CharacterDevice)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(Metadata { special_device: self.number, block_size: BLOCK_SIZE, ..self.inode.metadata() })
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        self.inode.change(changes);
        Ok(())
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        // Devices are opened by their number.
        Err(Errno::ENXIO)
    }
}

/// The directory.
#[derive(Debug)]
struct Root {
    inode: NamelessInode,
    ptmx: Arc<Node>,
}

/// A name that is a number, without zeros before it.
fn index_of_name(name: &[u8]) -> Option<u32> {
    let text = core::str::from_utf8(name).ok()?;
    let index: u32 = text.parse().ok()?;
    (format!("{index}") == text).then_some(index)
}

impl Inode for Root {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn kind(&self) -> Result<FileKind, Errno> {
        Ok(FileKind::Directory)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(Metadata { links: 2, block_size: BLOCK_SIZE, ..self.inode.metadata() })
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        self.inode.change(changes);
        Ok(())
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>, Errno> {
        if name == b"ptmx" {
            return Ok(Arc::<Node>::clone(&self.ptmx));
        }
        let index = index_of_name(name).ok_or(Errno::ENOENT)?;
        let node = TERMINALS.lock().get(&index).and_then(|entry| entry.node.clone());
        Ok(node.ok_or(Errno::ENOENT)?)
    }

    fn create(
        &self,
        _name: &[u8],
        node: NewNode<'_>,
        _permissions: u32,
        _owner: (u32, u32),
    ) -> Result<Arc<dyn Inode>, Errno> {
        Err(if node == NewNode::Regular { Errno::EACCES } else { Errno::EPERM })
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        Ok(Arc::new(Listing))
    }
}

/// The open directory.
#[derive(Debug)]
struct Listing;

impl File for Listing {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_directory(&self, position: u64, receiver: &mut Directory<'_>) -> Result<(), Errno> {
        /// Positions before the terminals: `.`, `..`, `ptmx`.
        const FIXED: [(&[u8], u64, FileKind); 3] = [
            (b".", 1, FileKind::Directory),
            (b"..", 1, FileKind::Directory),
            (b"ptmx", 2, FileKind::CharacterDevice),
        ];
        let mut give = |next: u64, name: &[u8], inode: u64, kind: FileKind| {
            next <= position || receiver(DirectoryEntry { name, inode, kind, next })
        };
        for (next, (name, inode, kind)) in (1..).zip(FIXED) {
            if !give(next, name, inode, kind) {
                return Ok(());
            }
        }
        let terminals: alloc::vec::Vec<u32> = {
            let terminals = TERMINALS.lock();
            terminals.iter().filter(|(_, entry)| entry.node.is_some()).map(|(index, _)| *index).collect()
        };
        for index in terminals {
            let number = u64::from(index);
            if !give(number + 4, format!("{index}").as_bytes(), number + 3, FileKind::CharacterDevice) {
                break;
            }
        }
        Ok(())
    }
}
