//! What the first program has as standard input, output and error.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{O_ACCMODE, O_RDWR};

use crate::fs::{self, DescriptorTable, FsContext, OpenFile, Path};
use crate::machine::{StandardStream, machine};
use crate::task::Credentials;
use crate::tty::{self, Terminal};

/// The streams, with their numbers; closed ones are absent.
#[derive(Debug)]
pub(super) struct Streams([Option<StandardStream>; 3]);

impl Streams {
    /// Asks the machine for them. The first terminal among them that can be read and written becomes the
    /// world's console.
    pub(super) fn find() -> Self {
        let streams = Self([0, 1, 2].map(|number| machine().standard_stream(number)));
        let terminals = || streams.0.iter().flatten().filter(|stream| stream.terminal.is_some());
        let both_ways = terminals().find(|stream| stream.flags & O_ACCMODE == O_RDWR);
        if let Some(stream) = both_ways.or_else(|| terminals().next())
            && let Some(terminal) = &stream.terminal
            && let Ok(metadata) = stream.inode.metadata()
        {
            tty::set_console(Terminal::outside(metadata.special_device, Arc::clone(terminal)));
        }
        streams
    }

    /// The console's name and its owner on the machine (user and group).
    pub(super) fn console(&self) -> Option<(&[u8], (u32, u32))> {
        let device = tty::console()?.device();
        self.0.iter().flatten().filter(|stream| stream.terminal.is_some()).find_map(|stream| {
            let metadata = stream.inode.metadata().ok()?;
            let is_console = metadata.special_device == device;
            is_console.then_some((stream.name.as_slice(), (metadata.uid, metadata.gid)))
        })
    }

    /// A descriptor table with them.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(super) fn table(self, context: &FsContext) -> Result<Arc<DescriptorTable>, Errno> {
        let files = DescriptorTable::new();
        for (number, stream) in self.0.into_iter().enumerate() {
            let Some(stream) = stream else { continue };
            let file = open_file(stream, context)?;
            files.install(file, false, number, COUNT)?;
        }
        Ok(files)
    }
}

/// How many standard streams there are.
const COUNT: usize = 3;

/// The console's streams are its device file in the tree; all others have no place there.
fn open_file(stream: StandardStream, context: &FsContext) -> Result<Arc<OpenFile>, Errno> {
    let flags = stream.flags;
    if stream.terminal.is_some()
        && let Some(console) = tty::console()
        && stream.inode.metadata()?.special_device == console.device()
    {
        let kernel = Credentials::new(0, 0, alloc::vec::Vec::new());
        let path = fs::lookup(context, &kernel, &stream.name);
        let path = path.or_else(|_| Path::anonymous(stream.inode, &stream.name))?;
        return Ok(OpenFile::new(console.through(stream.file), path, flags));
    }
    let path = Path::anonymous(stream.inode, &stream.name)?;
    Ok(OpenFile::new(stream.file, path, flags))
}
