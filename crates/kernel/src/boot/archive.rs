//! The initial archive: files that the machine was started with, in cpio's format "newc"
//! (cpio(5), Documentation/driver-api/early-userspace/buffer-format.rst of Linux).

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK};
use abi::time::Timespec;

use crate::fs::{AttributeChanges, Inode, IoFlags, NewNode, TimeChange};
use crate::io::Source;

/// Bytes of an entry's header: the magic number and 13 numbers of 8 hexadecimal digits.
const HEADER: usize = 6 + 13 * 8;
/// The name of the entry that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";

/// Why an archive cannot be unpacked: the reason, and where in the archive.
pub(super) type ArchiveError = (String, usize);

/// One entry.
struct Entry<'a> {
    name: &'a [u8],
    data: &'a [u8],
    mode: u32,
    owner: (u32, u32),
    modified: u32,
    /// The number by which entries with several names are known (hard links).
    inode: (u32, u32, u32),
    links: u32,
    device: u64,
}

/// A place in an archive.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let part = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(part)
    }

    /// Passes over what fills up to a multiple of four bytes.
    fn align(&mut self) {
        self.at = self.at.next_multiple_of(4).min(self.bytes.len());
    }

    /// Passes over the zeros between archives that were put one behind the other.
    fn skip_zeros(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|&&byte| byte == 0).count();
    }

    /// The next entry; `None` behind the last.
    fn next(&mut self) -> Result<Option<Entry<'a>>, &'static str> {
        self.skip_zeros();
        if self.at == self.bytes.len() {
            return Ok(None);
        }
        let header = self.take(HEADER).ok_or("it ends in the middle of an entry")?;
        if !matches!(header.get(..6), Some(b"070701" | b"070702")) {
            return Err("no cpio archive (format newc)");
        }
        let field = |index: usize| {
            let digits = header.get(6 + index * 8..6 + index * 8 + 8).unwrap_or_default();
            let text = core::str::from_utf8(digits).map_err(|_| "a number makes no sense")?;
            u32::from_str_radix(text, 16).map_err(|_| "a number makes no sense")
        };
        let name_size = usize::try_from(field(11)?).unwrap_or(usize::MAX);
        let data_size = usize::try_from(field(6)?).unwrap_or(usize::MAX);
        let name = self.take(name_size).and_then(|name| name.strip_suffix(&[0]));
        let name = name.ok_or("a name has no end")?;
        self.align();
        let data = self.take(data_size).ok_or("it ends in the middle of a file")?;
        self.align();
        Ok(Some(Entry {
            name,
            data,
            mode: field(1)?,
            owner: (field(2)?, field(3)?),
            modified: field(5)?,
            inode: (field(0)?, field(7)?, field(8)?),
            links: field(4)?,
            device: device(field(9)?, field(10)?),
        }))
    }
}

/// A device's number as stat(2) has it (`makedev`).
fn device(major: u32, minor: u32) -> u64 {
    let (major, minor) = (u64::from(major), u64::from(minor));
    (major & 0xfff) << 8 | (minor & 0xff) | (minor & 0xfff_ff00) << 12 | (major & 0xffff_f000) << 32
}

/// Unpacks archives, one behind the other, into a directory. Later entries replace earlier ones.
///
/// # Errors
/// The reason, with the place.
pub(super) fn unpack(bytes: &[u8], root: &Arc<dyn Inode>) -> Result<(), ArchiveError> {
    let mut reader = Reader { bytes, at: 0 };
    let mut known = BTreeMap::new();
    loop {
        let at = reader.at;
        let entry = match reader.next().map_err(|reason| (reason.into(), at))? {
            None => return Ok(()),
            Some(entry) if entry.name == TRAILER => {
                known.clear();
                continue;
            }
            Some(entry) => entry,
        };
        make(root, &entry, &mut known)
            .map_err(|error| (format!("{}: {error}", entry.name.escape_ascii()), at))?;
    }
}

fn make(
    root: &Arc<dyn Inode>,
    entry: &Entry<'_>,
    known: &mut BTreeMap<(u32, u32, u32), Arc<dyn Inode>>,
) -> Result<(), Errno> {
    let mut parts = entry.name.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    let mut directory = Arc::clone(root);
    let Some(mut name) = parts.next() else { return set_attributes(root, entry) };
    for next in parts {
        directory = directory_at(&directory, name)?;
        name = next;
    }
    if name == b".." {
        return Err(Errno::EINVAL);
    }
    let node = match entry.mode & S_IFMT {
        S_IFDIR => {
            return set_attributes(&directory_at(&directory, name)?, entry);
        }
        S_IFREG => NewNode::Regular,
        S_IFLNK => NewNode::Symlink(entry.data),
        S_IFIFO => NewNode::Fifo,
        S_IFSOCK => NewNode::Socket,
        S_IFCHR => NewNode::CharacterDevice(entry.device),
        S_IFBLK => NewNode::BlockDevice(entry.device),
        _ => return Err(Errno::EINVAL),
    };
    let first = known.get(&entry.inode).filter(|_| entry.links > 1).cloned();
    let inode = match first {
        Some(inode) => {
            directory.link(name, &inode)?;
            inode
        }
        None => create(&directory, name, node, entry)?,
    };
    if entry.links > 1 {
        known.insert(entry.inode, Arc::clone(&inode));
    }
    if node == NewNode::Regular && !entry.data.is_empty() {
        write(&inode, entry.data)?;
    }
    set_attributes(&inode, entry)
}

fn create(
    directory: &Arc<dyn Inode>,
    name: &[u8],
    node: NewNode<'_>,
    entry: &Entry<'_>,
) -> Result<Arc<dyn Inode>, Errno> {
    match directory.create(name, node, entry.mode & 0o7777, entry.owner) {
        Err(Errno::EEXIST) => {
            directory.unlink(name)?;
            directory.create(name, node, entry.mode & 0o7777, entry.owner)
        }
        outcome => outcome,
    }
}

/// A directory of a directory, made if it is not there.
fn directory_at(parent: &Arc<dyn Inode>, name: &[u8]) -> Result<Arc<dyn Inode>, Errno> {
    match parent.lookup(name) {
        Err(Errno::ENOENT) if name != b".." => parent.create(name, NewNode::Directory, 0o755, (0, 0)),
        outcome => outcome,
    }
}

fn write(inode: &Arc<dyn Inode>, data: &[u8]) -> Result<(), Errno> {
    let file = Arc::clone(inode).open(false, true)?;
    let mut source = Source::kernel(data);
    let mut done = 0;
    while source.remaining() > 0 {
        match file.write_at(&mut source, done, IoFlags::empty())? {
            0 => return Err(Errno::ENOSPC),
            count => done += count as u64,
        }
    }
    Ok(())
}

fn set_attributes(inode: &Arc<dyn Inode>, entry: &Entry<'_>) -> Result<(), Errno> {
    let modified = TimeChange::To(Timespec { tv_sec: i64::from(entry.modified), tv_nsec: 0 });
    inode.set_attributes(&AttributeChanges {
        permissions: Some(entry.mode & 0o7777),
        uid: Some(entry.owner.0),
        gid: Some(entry.owner.1),
        accessed: Some(modified),
        modified: Some(modified),
    })
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    use abi::Errno;

    use super::{TRAILER, unpack};
    use crate::fs::tmpfs::{Tmpfs, TmpfsLimits};
    use crate::fs::{FileKind, FileSystem, Inode};
    use crate::testing::World;

    fn entry(archive: &mut Vec<u8>, name: &[u8], mode: u32, (inode, links): (u32, u32), data: &[u8]) {
        let sizes = (data.len(), name.len() + 1);
        let header = format!(
            "070701{inode:08x}{mode:08x}{:08x}{:08x}{links:08x}{:08x}{:08x}{:032x}{:08x}{:08x}",
            7, 8, 1_000_000_000, sizes.0, 0, sizes.1, 0
        );
        archive.extend_from_slice(header.as_bytes());
        archive.extend_from_slice(name);
        archive.push(0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend_from_slice(data);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }

    fn example() -> Vec<u8> {
        let mut archive = Vec::new();
        entry(&mut archive, b".", 0o40_755, (1, 2), b"");
        entry(&mut archive, b"./made/on/the/way", 0o100_640, (2, 1), b"contents");
        entry(&mut archive, b"link", 0o120_777, (3, 1), b"made/on");
        entry(&mut archive, b"first", 0o100_644, (4, 2), b"");
        entry(&mut archive, b"second", 0o100_644, (4, 2), b"both");
        entry(&mut archive, TRAILER, 0, (0, 1), b"");
        archive.resize(archive.len() + 100, 0);
        // A second archive behind it replaces files.
        entry(&mut archive, b"/made/on/the/way", 0o100_600, (2, 1), b"new");
        entry(&mut archive, TRAILER, 0, (0, 1), b"");
        archive
    }

    fn root() -> Arc<dyn Inode> {
        Tmpfs::new(TmpfsLimits::default(), 0o700, (0, 0)).unwrap().root()
    }

    fn at(root: &Arc<dyn Inode>, path: &str) -> Result<Arc<dyn Inode>, Errno> {
        path.split('/').try_fold(Arc::clone(root), |directory, name| directory.lookup(name.as_bytes()))
    }

    #[test]
    fn what_is_in_an_archive_is_there() {
        let _world = World::new();
        let root = root();
        unpack(&example(), &root).unwrap();
        assert_eq!(root.metadata().unwrap().permissions, 0o755);
        let file = at(&root, "made/on/the/way").unwrap().metadata().unwrap();
        assert_eq!((file.permissions, file.uid, file.gid, file.size), (0o600, 7, 8, 3));
        assert_eq!(file.modified.tv_sec, 1_000_000_000);
        let link = at(&root, "link").unwrap();
        assert_eq!(link.kind(), Ok(FileKind::Symlink));
        assert_eq!(link.read_link().unwrap(), b"made/on");
        let pair = ["first", "second"].map(|name| at(&root, name).unwrap().metadata().unwrap());
        assert_eq!((pair[0].inode, pair[0].links, pair[0].size), (pair[1].inode, 2, 4));
    }

    #[test]
    fn an_archive_that_ends_early_is_an_error_and_no_more() {
        let _world = World::new();
        let archive = example();
        for length in 1..archive.len() {
            let outcome = unpack(&archive[..length], &root());
            // Only between two entries, or in what fills up, is it whole.
            assert!(outcome.is_ok() || outcome.is_err_and(|(_, place)| place <= length));
        }
        assert!(unpack(&archive[..50], &root()).is_err());
    }

    #[test]
    fn what_is_no_archive_is_told_with_its_place() {
        let _world = World::new();
        let (reason, place) = unpack(b"hello", &root()).unwrap_err();
        assert_eq!((reason.as_str(), place), ("it ends in the middle of an entry", 0));
        let mut archive = example();
        archive[0] = b'x';
        assert!(unpack(&archive, &root()).unwrap_err().0.contains("no cpio archive"));
        let mut archive = Vec::new();
        entry(&mut archive, b"a/../../b", 0o100_644, (1, 1), b"");
        assert!(unpack(&archive, &root()).is_err());
    }
}
