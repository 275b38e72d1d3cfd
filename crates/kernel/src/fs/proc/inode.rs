//! The inodes of procfs: which names there are, and what each is.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;

use abi::Errno;

use super::file::{DirectoryFile, TextFile};
use super::global::{self, Entry};
use super::own_memory::MemoryFile;
use super::task::{self, TaskEntry, TaskFile};
use super::text::Text;
use crate::fs::{AttributeChanges, File, FileKind, Inode, MagicTarget, Metadata, NewNode, Path, now};
use crate::sched;
use crate::syscalls::Fd;
use crate::task::{Process, Thread, access, table};

/// Where the numbers of processes start among the positions of the root directory.
const PROCESS_POSITIONS: u64 = 1 << 16;
/// The position before the first entry that is not `.` or `..`.
const FIRST: u64 = 3;

/// Links of a process that lead to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlaceLink {
    Executable,
    WorkingDirectory,
    Root,
}

/// What an inode is.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A directory whose names stand in a table; the first one is the root.
    Table(&'static [(&'static str, Entry)], bool),
    /// A text about the world.
    World(&'static global::TextEntry),
    /// A link with a fixed text.
    Link(&'static str),
    /// `self` (false) or `thread-self` (true).
    SelfLink(bool),
    /// A process's or a thread's directory.
    Task(i32, &'static [(&'static str, TaskEntry)]),
    /// A text about a thread.
    TaskText(i32, &'static TaskFile),
    /// A thread's memory.
    Memory(i32),
    /// A link to a place.
    TaskLink(i32, PlaceLink),
    /// `task`: the threads.
    Threads(i32),
    /// `fd` (false) or `fdinfo` (true).
    Descriptors(i32, bool),
    /// A link to an open file.
    DescriptorLink(i32, Fd),
    /// A text about an open file.
    DescriptorText(i32, Fd),
}

fn thread(tid: i32) -> Result<Arc<Thread>, Errno> {
    table::find_thread(tid).ok_or(Errno::ESRCH)
}

/// A number that a name spells, without leading zeros.
fn number(name: &[u8]) -> Option<i32> {
    let text = core::str::from_utf8(name).ok()?;
    let number: i32 = text.parse().ok()?;
    let plain = number >= 0 && (text.len() == 1 || !text.starts_with(['0', '+', '-']));
    plain.then_some(number)
}

impl Node {
    /// What kind of file it is.
    pub(super) const fn kind(&self) -> FileKind {
        match self {
            Self::Table(..) | Self::Task(..) | Self::Threads(_) | Self::Descriptors(..) => {
                FileKind::Directory
            }
            Self::Link(_) | Self::SelfLink(_) | Self::TaskLink(..) | Self::DescriptorLink(..) => {
                FileKind::Symlink
            }
            Self::World(_) | Self::TaskText(..) | Self::DescriptorText(..) | Self::Memory(_) => {
                FileKind::Regular
            }
        }
    }

    fn permissions(&self) -> u32 {
        match self {
            Self::Table(..) | Self::Task(..) | Self::Threads(_) | Self::Descriptors(_, true) => 0o555,
            Self::Descriptors(_, false) => 0o500,
            Self::Link(_) | Self::SelfLink(_) | Self::TaskLink(..) => 0o777,
            Self::World(entry) => entry.permissions,
            Self::TaskText(_, file) => file.permissions,
            Self::DescriptorText(..) => 0o444,
            Self::Memory(_) => 0o600,
            Self::DescriptorLink(tid, fd) => {
                let file = thread(*tid).and_then(|thread| thread.files().get(*fd));
                file.map_or(0o500, |file| {
                    let read = if file.is_readable() { 0o500 } else { 0o100 };
                    read | if file.is_writable() { 0o300 } else { 0o100 }
                })
            }
        }
    }

    /// The thread that it tells about.
    const fn tid(&self) -> Option<i32> {
        match self {
            Self::Task(tid, _)
            | Self::TaskText(tid, _)
            | Self::TaskLink(tid, _)
            | Self::Memory(tid)
            | Self::Threads(tid)
            | Self::Descriptors(tid, _)
            | Self::DescriptorLink(tid, _)
            | Self::DescriptorText(tid, _) => Some(*tid),
            _ => None,
        }
    }

    /// The text of a file.
    pub(super) fn text(&self) -> Result<Vec<u8>, Errno> {
        let mut text = Text::new();
        match self {
            Self::World(entry) => (entry.write)(&mut text),
            Self::TaskText(tid, file) => (file.write)(&*thread(*tid)?, &mut text)?,
            Self::DescriptorText(tid, fd) => task::descriptor(&*thread(*tid)?, *fd, &mut text)?,
            _ => return Err(Errno::EISDIR),
        }
        Ok(text.0)
    }

    /// Takes what was written to a file.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        match self {
            Self::World(entry) => entry.change.map_or(Err(Errno::EPERM), |change| change(bytes)),
            Self::TaskText(tid, file) => {
                file.change.map_or(Err(Errno::EINVAL), |change| change(&*thread(*tid)?, bytes))
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// A name of a directory.
    fn child(&self, name: &[u8]) -> Result<Self, Errno> {
        let found = match self {
            Self::Table(entries, is_root) => {
                let entry = entries.iter().find(|(entry, _)| entry.as_bytes() == name);
                match entry {
                    Some((_, entry)) => Some(entry.node()),
                    None if *is_root => number(name)
                        .filter(|&number| table::find_thread(number).is_some())
                        .map(|number| Self::Task(number, task::PROCESS)),
                    None => None,
                }
            }
            Self::Task(tid, entries) => {
                let entry = entries.iter().find(|(entry, _)| entry.as_bytes() == name);
                thread(*tid).map_err(|_| Errno::ENOENT)?;
                entry.map(|(_, entry)| entry.node(*tid))
            }
            Self::Threads(tid) => {
                let process = Arc::clone(thread(*tid)?.process());
                number(name)
                    .and_then(table::find_thread)
                    .filter(|member| Arc::ptr_eq(member.process(), &process))
                    .map(|member| Self::Task(member.tid(), task::THREAD))
            }
            Self::Descriptors(tid, is_text) => number(name)
                .filter(|&fd| thread(*tid).is_ok_and(|thread| thread.files().get(Fd(fd)).is_ok()))
                .map(|fd| Self::descriptor(*tid, Fd(fd), *is_text)),
            _ => return Err(Errno::ENOTDIR),
        };
        found.ok_or(Errno::ENOENT)
    }

    const fn descriptor(tid: i32, fd: Fd, is_text: bool) -> Self {
        if is_text { Self::DescriptorText(tid, fd) } else { Self::DescriptorLink(tid, fd) }
    }

    /// All names of a directory, each with the position behind it.
    pub(super) fn entries(&self) -> Result<Vec<(u64, Vec<u8>, Self)>, Errno> {
        let decimal = |number: i32| format!("{number}").into_bytes();
        let key = |number: i32| u64::try_from(number).unwrap_or(0);
        Ok(match self {
            Self::Table(entries, is_root) => {
                let named = (FIRST..).zip(*entries);
                let mut all: Vec<_> =
                    named.map(|(key, (name, entry))| (key, name.as_bytes().to_vec(), entry.node())).collect();
                if *is_root {
                    all.extend(table::processes().iter().map(|process| {
                        let pid = process.pid();
                        (PROCESS_POSITIONS + key(pid), decimal(pid), Self::Task(pid, task::PROCESS))
                    }));
                }
                all
            }
            Self::Task(tid, entries) => (FIRST..)
                .zip(*entries)
                .map(|(key, (name, entry))| (key, name.as_bytes().to_vec(), entry.node(*tid)))
                .collect(),
            Self::Threads(tid) => {
                let threads = thread(*tid)?.process().threads();
                let one = |thread: &Arc<Thread>| {
                    let tid = thread.tid();
                    (FIRST + key(tid), decimal(tid), Self::Task(tid, task::THREAD))
                };
                threads.iter().map(one).collect()
            }
            Self::Descriptors(tid, is_text) => {
                let descriptors = thread(*tid)?.files().list(Fd(0), usize::MAX);
                let one = |fd: Fd| (FIRST + key(fd.0), decimal(fd.0), Self::descriptor(*tid, fd, *is_text));
                descriptors.into_iter().map(one).collect()
            }
            _ => return Err(Errno::ENOTDIR),
        })
    }

    /// Where a link leads directly.
    fn place(&self) -> Option<Result<Path, Errno>> {
        Some(match self {
            Self::TaskLink(tid, link) => thread(*tid).and_then(|thread| {
                access::check_file(&thread)?;
                // Who has ended has given all of it up.
                if thread.process().exit_status().is_some() {
                    return Err(Errno::ENOENT);
                }
                match link {
                    PlaceLink::Executable => {
                        thread.process().image().map(|image| image.executable).ok_or(Errno::ENOENT)
                    }
                    PlaceLink::WorkingDirectory => Ok(thread.fs().working_directory()),
                    PlaceLink::Root => Ok(thread.fs().root()),
                }
            }),
            Self::DescriptorLink(tid, fd) => thread(*tid).and_then(|thread| {
                access::check_file(&thread)?;
                let file = thread.files().get(*fd).map_err(|_| Errno::ENOENT)?;
                Ok(file.path().clone())
            }),
            _ => return None,
        })
    }
}

/// An inode of procfs.
#[derive(Debug)]
pub(super) struct ProcInode {
    node: Node,
    number: u64,
    device: u64,
}

impl ProcInode {
    pub(super) fn root(device: u64) -> Arc<Self> {
        Arc::new(Self { node: Node::Table(global::ROOT, true), number: 1, device })
    }

    /// The process whose directory this is.
    pub(super) fn process(&self) -> Option<Result<Arc<Process>, Errno>> {
        let Node::Task(tid, entries) = &self.node else { return None };
        core::ptr::eq(*entries, task::PROCESS).then(|| Ok(Arc::clone(thread(*tid)?.process())))
    }

    pub(super) const fn node(&self) -> &Node {
        &self.node
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The number of a name in this directory: the same one whenever it is asked (FNV-1a over the path).
    pub(super) fn child_number(&self, name: &[u8]) -> u64 {
        let start = self.number ^ 0xcbf2_9ce4_8422_2325;
        let hash = name
            .iter()
            .fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        (hash & 0xffff_ffff) | 1 << 32
    }
}

impl Inode for ProcInode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        let kind = self.node.kind();
        let time = now();
        let owner = match self.node.tid() {
            Some(tid) => task::owner(&*thread(tid)?),
            None => (0, 0),
        };
        Ok(Metadata {
            device: self.device,
            inode: self.number,
            kind,
            permissions: self.node.permissions(),
            links: if kind == FileKind::Directory { 2 } else { 1 },
            uid: owner.0,
            gid: owner.1,
            special_device: 0,
            size: if matches!(self.node, Node::DescriptorLink(..)) { 64 } else { 0 },
            block_size: 1024,
            blocks: 0,
            accessed: time,
            modified: time,
            changed: time,
            created: None,
        })
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<(), Errno> {
        // Opening with O_TRUNC and touching change nothing and do not fail.
        let only_times = changes.permissions.is_none() && changes.uid.is_none() && changes.gid.is_none();
        if only_times { Ok(()) } else { Err(Errno::EPERM) }
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>, Errno> {
        let node = self.node.child(name)?;
        Ok(Arc::new(Self { node, number: self.child_number(name), device: self.device }))
    }

    fn create(
        &self,
        _name: &[u8],
        _node: NewNode<'_>,
        _permissions: u32,
        _owner: (u32, u32),
    ) -> Result<Arc<dyn Inode>, Errno> {
        // No name can be made, so what is not there stays so, as on Linux.
        Err(Errno::ENOENT)
    }

    fn read_link(&self) -> Result<Vec<u8>, Errno> {
        match &self.node {
            Node::Link(text) => Ok(text.as_bytes().to_vec()),
            Node::SelfLink(is_thread) => {
                let current = sched::current().ok_or(Errno::ENOENT)?;
                let pid = current.process().pid();
                let text =
                    if *is_thread { format!("{pid}/task/{}", current.tid()) } else { format!("{pid}") };
                Ok(text.into_bytes())
            }
            node => {
                let place = node.place().ok_or(Errno::EINVAL)??;
                let root = sched::current().ok_or(Errno::ENOENT)?.fs().root();
                Ok(place.display_from(&root))
            }
        }
    }

    fn follow_magic_link(&self) -> Option<Result<MagicTarget, Errno>> {
        Some(self.node.place()?.map(|path| MagicTarget { path }))
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn File>, Errno> {
        match self.node.kind() {
            FileKind::Directory => Ok(Arc::new(DirectoryFile(self))),
            FileKind::Regular if let Node::Memory(tid) = self.node => Ok(Arc::new(MemoryFile::open(tid)?)),
            FileKind::Regular => {
                if let Node::TaskText(tid, TaskFile { guarded: true, .. }) = self.node {
                    access::check_file(&*thread(tid)?)?;
                }
                Ok(Arc::new(TextFile::new(self.node.clone())))
            }
            _ => Err(Errno::ELOOP),
        }
    }

    fn truncate(&self, _size: u64) -> Result<(), Errno> {
        // Shells write to settings with O_TRUNC.
        Ok(())
    }
}
