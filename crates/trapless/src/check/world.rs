//! The files of a root directory: nothing leads out of it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, openat2};

/// How often an open is made anew that something else got in the way of.
const ATTEMPTS: usize = 16;

/// A root directory.
pub(crate) struct World {
    root: OwnedFd,
    place: PathBuf,
}

/// A file of the world.
pub(crate) struct Found {
    /// Its path in the world, without links.
    pub(crate) path: PathBuf,
    /// What tells it from other files.
    pub(crate) identity: (u64, u64),
    /// Its contents.
    pub(crate) bytes: Vec<u8>,
}

impl World {
    /// Opens the directory.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let place = root.canonicalize().with_context(|| format!("--root {}", root.display()))?;
        if !place.is_dir() {
            bail!("--root {}: Not a directory", root.display());
        }
        let root = File::open(&place).with_context(|| format!("--root {}", root.display()))?;
        Ok(Self { root: root.into(), place })
    }

    /// Reads a plain file; links lead to where they lead in the world.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Found> {
        // Not blocking, because what lies there may be a pipe.
        let descriptor = self.descriptor(path, OFlags::RDONLY | OFlags::NONBLOCK)?;
        let status = fstat(&descriptor)?;
        match FileType::from_raw_mode(status.st_mode) {
            FileType::RegularFile => {}
            FileType::Directory => return Err(io::ErrorKind::IsADirectory.into()),
            _ => return Err(io::Error::other("not a plain file")),
        }
        let place = fs::read_link(format!("/proc/self/fd/{}", descriptor.as_raw_fd()))?;
        let path = place
            .strip_prefix(&self.place)
            .map_or_else(|_| path.to_owned(), |path| Path::new("/").join(path));
        let mut bytes = Vec::new();
        File::from(descriptor).read_to_end(&mut bytes)?;
        Ok(Found { path, identity: (status.st_dev, status.st_ino), bytes })
    }

    /// The paths whose last component suits a pattern with `*` and `?`, in order.
    pub(crate) fn glob(&self, pattern: &Path) -> Vec<PathBuf> {
        let (Some(directory), Some(last)) = (pattern.parent(), pattern.file_name()) else {
            return Vec::new();
        };
        if !last.as_bytes().iter().any(|byte| matches!(byte, b'*' | b'?')) {
            return vec![pattern.to_owned()];
        }
        let Ok(descriptor) = self.descriptor(directory, OFlags::RDONLY | OFlags::DIRECTORY) else {
            return Vec::new();
        };
        let Ok(entries) = fs::read_dir(format!("/proc/self/fd/{}", descriptor.as_raw_fd())) else {
            return Vec::new();
        };
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut paths: Vec<PathBuf> = names
            .filter(|name| suits(last.as_bytes(), name.as_bytes()))
            .map(|name: std::ffi::OsString| directory.join(OsStr::new(&name)))
            .collect();
        paths.sort();
        paths
    }

    fn descriptor(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let mut last = io::Error::from(io::ErrorKind::Interrupted);
        for _ in 0..ATTEMPTS {
            let flags = flags | OFlags::CLOEXEC;
            match openat2(&self.root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT) {
                Err(error @ (rustix::io::Errno::AGAIN | rustix::io::Errno::INTR)) => last = error.into(),
                result => return result.map_err(io::Error::from),
            }
        }
        Err(last)
    }
}

/// Whether a name suits a pattern. A leading dot is named as such (glob(7)).
fn suits(pattern: &[u8], name: &[u8]) -> bool {
    fn rest(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern, name) {
            ([], []) => true,
            ([b'*', pattern @ ..], _) => {
                (0..=name.len()).any(|skip| rest(pattern, name.get(skip..).unwrap_or(&[])))
            }
            ([b'?', pattern @ ..], [_, name @ ..]) => rest(pattern, name),
            ([first, pattern @ ..], [other, name @ ..]) => first == other && rest(pattern, name),
            _ => false,
        }
    }
    (name.first() != Some(&b'.') || pattern.first() == Some(&b'.')) && rest(pattern, name)
}

#[cfg(test)]
mod tests {
    use super::suits;

    #[test]
    fn patterns_are_those_of_glob() {
        assert!(suits(b"*.conf", b"libc.conf") && suits(b"a?c", b"abc") && suits(b"*", b""));
        assert!(!suits(b"*.conf", b".hidden.conf") && !suits(b"a?c", b"ac") && !suits(b"*.conf", b"x.con"));
    }
}
