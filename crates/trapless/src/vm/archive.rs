//! A directory as a cpio archive (format newc, cpio(5)), written to a file in memory.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rustix::fs::MemfdFlags;

/// The name of the entry that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";

/// Makes the archive of everything below a directory.
pub(super) fn of_directory(directory: &Path) -> Result<File> {
    let file = rustix::fs::memfd_create("trapless-archive", MemfdFlags::CLOEXEC)
        .context("cannot make a file in memory for the archive")?;
    let mut writer = Writer { output: BufWriter::new(File::from(file)), inodes: 0 };
    writer.directory(directory, directory)?;
    writer.entry(TRAILER, &Header::default(), &[])?;
    writer.output.into_inner().map_err(io::IntoInnerError::into_error).context("cannot write the archive")
}

/// The numbers of an entry that are not its sizes.
#[derive(Clone, Copy, Debug, Default)]
struct Header {
    mode: u32,
    owner: (u32, u32),
    modified: u32,
    device: (u32, u32),
}

impl Header {
    fn of(metadata: &Metadata) -> Self {
        let is_device = metadata.file_type().is_block_device() || metadata.file_type().is_char_device();
        let device = if is_device { metadata.rdev() } else { 0 };
        Self {
            mode: metadata.mode(),
            owner: (metadata.uid(), metadata.gid()),
            modified: u32::try_from(metadata.mtime()).unwrap_or(0),
            device: (rustix::fs::major(device), rustix::fs::minor(device)),
        }
    }
}

struct Writer {
    output: BufWriter<File>,
    inodes: u32,
}

impl Writer {
    /// Writes a directory and all that is below it; mount points are not entered.
    fn directory(&mut self, root: &Path, directory: &Path) -> Result<()> {
        let told = || directory.display().to_string();
        let metadata = fs::symlink_metadata(directory).with_context(told)?;
        let name = directory.strip_prefix(root).unwrap_or(directory).as_os_str().as_bytes();
        let name = if name.is_empty() { b"." } else { name };
        self.entry(name, &Header::of(&metadata), &[])?;
        let mut entries = fs::read_dir(directory).with_context(told)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let told = || path.display().to_string();
            let kind = entry.file_type().with_context(told)?;
            if !kind.is_dir() {
                self.file(root, &path).with_context(told)?;
            } else if entry.metadata().with_context(told)?.dev() == metadata.dev() {
                self.directory(root, &path)?;
            }
        }
        Ok(())
    }

    /// Writes what is no directory.
    fn file(&mut self, root: &Path, path: &Path) -> Result<()> {
        let metadata = fs::symlink_metadata(path)?;
        let data = if metadata.is_symlink() {
            fs::read_link(path)?.as_os_str().as_bytes().to_vec()
        } else if metadata.is_file() {
            fs::read(path)?
        } else {
            Vec::new()
        };
        let name = path.strip_prefix(root).unwrap_or(path).as_os_str().as_bytes();
        self.entry(name, &Header::of(&metadata), &data)
    }

    fn entry(&mut self, name: &[u8], header: &Header, data: &[u8]) -> Result<()> {
        let Ok(size) = u32::try_from(data.len()) else { bail!("larger than 4 GiB") };
        let name_size = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
        self.inodes = self.inodes.wrapping_add(1);
        let numbers = [
            self.inodes,
            header.mode,
            header.owner.0,
            header.owner.1,
            1,
            header.modified,
            size,
            0,
            0,
            header.device.0,
            header.device.1,
            name_size,
            0,
        ];
        self.output.write_all(b"070701")?;
        for number in numbers {
            write!(self.output, "{number:08x}")?;
        }
        self.output.write_all(name)?;
        // The header has 110 bytes: two more than whole words.
        self.output.write_all(b"\0")?;
        self.output.write_all(padding(2 + name.len() + 1))?;
        self.output.write_all(data)?;
        self.output.write_all(padding(data.len()))?;
        Ok(())
    }
}

/// The zeros that fill up to a multiple of four bytes.
fn padding(length: usize) -> &'static [u8] {
    const ZEROS: &[u8] = &[0; 3];
    ZEROS.get(..length.wrapping_neg() % 4).unwrap_or_default()
}
