//! Open files and directories of procfs.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;

use abi::Errno;

use super::inode::{Node, ProcInode};
use crate::fs::{Directory, DirectoryEntry, File, FileKind, IoFlags};
use crate::io::{Sink, Source};
use crate::sched::Mutex;

/// The longest text that may be written to a file, as in Linux's handlers.
const MAX_WRITE: usize = 4096;

/// An open text.
#[derive(Debug)]
pub(super) struct TextFile {
    node: Node,
    /// What was made at the last read from the start.
    text: Mutex<Option<Vec<u8>>>,
}

impl TextFile {
    pub(super) const fn new(node: Node) -> Self {
        Self { node, text: Mutex::new(None) }
    }
}

impl File for TextFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, sink: &mut Sink<'_>, offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        let mut text = self.text.lock();
        if offset == 0 || text.is_none() {
            *text = Some(self.node.text()?);
        }
        let whole = text.as_deref().unwrap_or_default();
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        sink.put(whole.get(offset..).unwrap_or_default())
    }

    fn write_at(&self, source: &mut Source<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        let mut bytes = [0; MAX_WRITE];
        let length = source.remaining().min(MAX_WRITE);
        let bytes = bytes.get_mut(..length).unwrap_or_default();
        let count = source.take(bytes)?;
        self.node.write(bytes.get(..count).unwrap_or_default())?;
        Ok(count)
    }
}

/// An open directory.
#[derive(Debug)]
pub(super) struct DirectoryFile(pub(super) Arc<ProcInode>);

impl File for DirectoryFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn read_at(&self, _sink: &mut Sink<'_>, _offset: u64, _flags: IoFlags) -> Result<usize, Errno> {
        Err(Errno::EISDIR)
    }

    fn read_directory(&self, position: u64, receiver: &mut Directory<'_>) -> Result<(), Errno> {
        for (name, next) in [(&b"."[..], 1), (b"..", 2)] {
            let entry = DirectoryEntry { name, inode: self.0.number(), kind: FileKind::Directory, next };
            if position < next && !receiver(entry) {
                return Ok(());
            }
        }
        for (key, name, node) in self.0.node().entries()? {
            let entry = DirectoryEntry {
                name: &name,
                inode: self.0.child_number(&name),
                kind: node.kind(),
                next: key,
            };
            if position < key && !receiver(entry) {
                break;
            }
        }
        Ok(())
    }
}
