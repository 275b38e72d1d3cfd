//! Directories of the host that are open.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;

use abi::Errno;
use abi::raw::general::SEEK_SET;
use kernel::fs::{Directory, DirectoryEntry, File, FileKind, IoFlags};
use kernel::io::Sink;
use kernel::sched::Mutex;

use super::calls::{self, Descriptor, Name};
use super::metadata;
use super::node::Node;

/// How much is asked for at once.
const BUFFER: usize = 16 * 1024;
/// Where the fields of `struct linux_dirent64` lie.
const NEXT: usize = 8;
const LENGTH: usize = 16;
const KIND: usize = 18;
const NAME: usize = 19;

/// An open directory. Positions are the host's own (`d_off`).
#[derive(Debug)]
pub(super) struct DirectoryFile {
    descriptor: Descriptor,
    /// Keeps the inode known while the directory is open.
    _node: Arc<Node>,
    unread: Mutex<Unread>,
}

/// Entries that the host gave and that nobody has read yet.
#[derive(Debug, Default)]
struct Unread {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The position of the first of them.
    position: u64,
}

impl DirectoryFile {
    /// The directory behind a descriptor that was opened for reading it.
    pub(super) fn new(descriptor: Descriptor, node: Arc<Node>) -> Self {
        Self { descriptor, _node: node, unread: Mutex::new(Unread::default()) }
    }

    /// The kind of an entry of a file system that does not tell it in the entry.
    fn ask_kind(&self, name: &[u8]) -> FileKind {
        let status = match name {
            b"." | b".." => return FileKind::Directory,
            name => Name::new(name).and_then(|name| calls::status(self.descriptor.number(), name.as_c())),
        };
        status.and_then(|status| metadata::kind(&status)).unwrap_or(FileKind::Anonymous)
    }
}

impl Unread {
    /// Goes to a position; position 0 reads the directory anew.
    fn seek(&mut self, fd: i32, position: u64) -> Result<(), Errno> {
        if position != self.position || position == 0 {
            calls::seek(fd, position, SEEK_SET)?;
            (self.start, self.end, self.position) = (0, 0, position);
        }
        Ok(())
    }

    /// The bytes of the next entry; empty at the end of the directory.
    fn next(&mut self, fd: i32) -> Result<&[u8], Errno> {
        if self.start == self.end {
            if self.buffer.is_empty() {
                self.buffer.try_reserve_exact(BUFFER).map_err(|_| Errno::ENOMEM)?;
                self.buffer.resize(BUFFER, 0);
            }
            self.end = calls::entries(fd, &mut self.buffer)?;
            self.start = 0;
        }
        let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
        let length = field(rest, LENGTH).map_or(0, u16::from_ne_bytes);
        Ok(rest.get(..usize::from(length)).unwrap_or_default())
    }
}

fn field<const N: usize>(entry: &[u8], offset: usize) -> Option<[u8; N]> {
    entry.get(offset..)?.first_chunk().copied()
}

/// An entry in the host's form: its inode number, next position, kind (if told) and name.
fn decode(entry: &[u8]) -> Option<(u64, u64, Option<FileKind>, &[u8])> {
    let inode = u64::from_ne_bytes(field(entry, 0)?);
    let next = u64::from_ne_bytes(field(entry, NEXT)?);
    let kind = match entry.get(KIND)? {
        0 => None,
        kind => FileKind::from_mode(u32::from(*kind) << 12),
    };
    let name = entry.get(NAME..)?;
    let length = name.iter().position(|&byte| byte == 0)?;
    Some((inode, next, kind, name.get(..length)?))
}

impl File for DirectoryFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, _sink: &mut Sink<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        Err(Errno::EISDIR)
    }

    fn read_directory(&self, position: u64, receiver: &mut Directory<'_>) -> Result<(), Errno> {
        let fd = self.descriptor.number();
        let mut unread = self.unread.lock();
        unread.seek(fd, position)?;
        loop {
            let entry = unread.next(fd)?;
            if entry.is_empty() {
                return Ok(());
            }
            let length = entry.len();
            let (inode, next, kind, name) = decode(entry).ok_or(Errno::EIO)?;
            let kind = kind.unwrap_or_else(|| self.ask_kind(name));
            if !receiver(DirectoryEntry { name, inode, kind, next }) {
                return Ok(());
            }
            unread.start += length;
            unread.position = next;
        }
    }

    fn sync(&self, data_only: bool) -> Result<(), Errno> {
        calls::sync(self.descriptor.number(), data_only)
    }
}
