//! From path names to places (path_resolution(7), openat2(2)).

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use bitflags::bitflags;

use super::{Dentry, FileKind, FsContext, Path, permission};
use crate::task::Credentials;

/// The longest component of a path.
pub const NAME_MAX: usize = 255;
/// How many symbolic links one walk follows.
const MAX_LINKS: u32 = 40;

bitflags! {
    /// How a path is walked.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct WalkFlags: u32 {
        /// `RESOLVE_NO_XDEV`: stay in the mount.
        const NO_XDEV = 0x01;
        /// `RESOLVE_NO_MAGICLINKS`: follow no link of procfs that is more than its text.
        const NO_MAGIC_LINKS = 0x02;
        /// `RESOLVE_NO_SYMLINKS`: follow no link at all.
        const NO_SYMLINKS = 0x04;
        /// `RESOLVE_BENEATH`: stay below the start.
        const BENEATH = 0x08;
        /// `RESOLVE_IN_ROOT`: take the start for the root.
        const IN_ROOT = 0x10;
        /// `RESOLVE_CACHED`: do not wait for a device; our file systems never say that they would.
        const CACHED = 0x20;
        /// Follow a symbolic link in the last component.
        const FOLLOW = 0x100;
        /// The last component must be a directory.
        const DIRECTORY = 0x200;
        /// An empty path means the start (`AT_EMPTY_PATH`).
        const EMPTY = 0x400;
    }
}

/// The last component of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// A name to look up in the directory where the walk stands; whether slashes came behind it.
    Name(Box<[u8]>, bool),
    /// `.`, or an empty path where that is allowed.
    Dot,
    /// `..`.
    DotDot,
    /// Nothing: the path was only slashes, or ended with a link that led directly to its target.
    Nothing,
}

/// A walk along a path.
#[derive(Debug)]
pub struct Walker<'a> {
    context: &'a FsContext,
    credentials: &'a Credentials,
    flags: WalkFlags,
    root: Path,
    start: Path,
    position: Path,
    rest: Vec<u8>,
    offset: usize,
    links: u32,
}

impl<'a> Walker<'a> {
    /// A walk that starts at `start` or, for an absolute path, at the root.
    ///
    /// # Errors
    /// `ENOENT` for an empty path, `EXDEV` for an absolute one where that is not allowed.
    pub fn new(
        context: &'a FsContext,
        credentials: &'a Credentials,
        start: Path,
        path: Vec<u8>,
        flags: WalkFlags,
    ) -> Result<Self, Errno> {
        if path.is_empty() && !flags.contains(WalkFlags::EMPTY) {
            return Err(Errno::ENOENT);
        }
        let root = if flags.contains(WalkFlags::IN_ROOT) { start.clone() } else { context.root() };
        let mut walker = Self {
            context,
            credentials,
            flags,
            root,
            position: start.clone(),
            start,
            rest: path,
            offset: 0,
            links: 0,
        };
        if walker.rest.first() == Some(&b'/') {
            // That the root lies in another mount than the start does not matter here.
            walker.position = walker.root.clone();
            walker.go_to_root()?;
        }
        Ok(walker)
    }

    /// Where the walk stands.
    #[must_use]
    pub const fn position(&self) -> &Path {
        &self.position
    }

    /// Walks to the end of the path.
    ///
    /// # Errors
    /// As path_resolution(7).
    pub fn finish(mut self) -> Result<Path, Errno> {
        loop {
            let last = self.to_last()?;
            let mut must_be_directory = self.flags.contains(WalkFlags::DIRECTORY);
            match last {
                Last::Name(name, slash) => {
                    must_be_directory |= slash;
                    let child = self.position.dentry.lookup(&name)?;
                    if self.enter(child, self.flags.contains(WalkFlags::FOLLOW) || slash, slash)? {
                        continue;
                    }
                }
                Last::DotDot => self.go_up()?,
                Last::Dot | Last::Nothing => {}
            }
            if must_be_directory && !self.position.dentry.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            return Ok(self.position);
        }
    }

    /// Walks to the directory that holds (or shall hold) the last component.
    ///
    /// # Errors
    /// As path_resolution(7).
    pub fn to_last(&mut self) -> Result<Last, Errno> {
        if self.rest.is_empty() {
            return Ok(if self.links == 0 { Last::Dot } else { Last::Nothing });
        }
        loop {
            self.skip_slashes();
            let rest = self.rest.get(self.offset..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Last::Nothing);
            }
            if !self.position.dentry.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            permission::check_search(self.credentials, &**self.position.inode())?;
            let length = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
            let component: Box<[u8]> = rest.get(..length).unwrap_or_default().into();
            self.offset += length;
            let slash = length < rest.len();
            let is_last = rest.iter().skip(length).all(|&byte| byte == b'/');
            match (&*component, is_last) {
                (b".", true) => return Ok(Last::Dot),
                (b"..", true) => return Ok(Last::DotDot),
                (b".", false) => {}
                (b"..", false) => self.go_up()?,
                (name, _) if name.len() > NAME_MAX => return Err(Errno::ENAMETOOLONG),
                (_, true) => return Ok(Last::Name(component, slash)),
                (name, false) => {
                    let child = self.position.dentry.lookup(name)?;
                    self.enter(child, true, false)?;
                }
            }
        }
    }

    /// Goes to a child of the directory where the walk stands, across mounts. If it is a symbolic link to
    /// be followed, the walk has its target to go yet: then gives true. `slash`: the target must be a
    /// directory.
    ///
    /// # Errors
    /// `EXDEV`, `ELOOP`, and those of reading the link.
    pub fn enter(&mut self, child: Arc<Dentry>, follow: bool, slash: bool) -> Result<bool, Errno> {
        let path = Path { mount: Arc::clone(&self.position.mount), dentry: child };
        let path = self.context.namespace().cross(path);
        self.check_mount(&path)?;
        if !follow || path.dentry.kind() != FileKind::Symlink {
            self.position = path;
            return Ok(false);
        }
        self.links += 1;
        if self.links > MAX_LINKS || self.flags.contains(WalkFlags::NO_SYMLINKS) {
            return Err(Errno::ELOOP);
        }
        if let Some(target) = path.inode().follow_magic_link() {
            self.follow_magic_link(target?.path)?;
        } else {
            let target = path.inode().read_link()?;
            self.push(target, slash)?;
        }
        Ok(true)
    }

    /// Puts the text of a symbolic link before what is left of the path.
    fn push(&mut self, mut target: Vec<u8>, slash: bool) -> Result<(), Errno> {
        if target.is_empty() {
            return Err(Errno::ENOENT);
        }
        let is_absolute = target.first() == Some(&b'/');
        let rest = self.rest.get(self.offset..).unwrap_or_default();
        target.try_reserve(rest.len() + 1).map_err(|_| Errno::ENOMEM)?;
        target.extend_from_slice(rest);
        if slash && rest.is_empty() {
            target.push(b'/');
        }
        self.rest = target;
        self.offset = 0;
        if is_absolute { self.go_to_root() } else { Ok(()) }
    }

    fn follow_magic_link(&mut self, target: Path) -> Result<(), Errno> {
        if self.flags.contains(WalkFlags::NO_MAGIC_LINKS) {
            return Err(Errno::ELOOP);
        }
        if self.flags.intersects(WalkFlags::BENEATH | WalkFlags::IN_ROOT) {
            return Err(Errno::EXDEV);
        }
        self.check_mount(&target)?;
        self.position = target;
        Ok(())
    }

    fn skip_slashes(&mut self) {
        let rest = self.rest.get(self.offset..).unwrap_or_default();
        self.offset += rest.iter().take_while(|&&byte| byte == b'/').count();
    }

    fn go_to_root(&mut self) -> Result<(), Errno> {
        if self.flags.contains(WalkFlags::BENEATH) {
            return Err(Errno::EXDEV);
        }
        self.check_mount(&self.root)?;
        self.position = self.root.clone();
        Ok(())
    }

    /// Goes to the directory above.
    ///
    /// # Errors
    /// `EXDEV` where the walk must not leave its start.
    pub fn go_up(&mut self) -> Result<(), Errno> {
        if self.flags.contains(WalkFlags::BENEATH) && self.position == self.start {
            return Err(Errno::EXDEV);
        }
        let parent = self.position.parent(&self.root, self.context.namespace());
        self.check_mount(&parent)?;
        let scoped = WalkFlags::BENEATH | WalkFlags::IN_ROOT;
        if self.flags.intersects(scoped) && !parent.is_within(&self.start) {
            // A directory on the way was moved out of the start.
            return Err(Errno::EAGAIN);
        }
        self.position = parent;
        Ok(())
    }

    fn check_mount(&self, path: &Path) -> Result<(), Errno> {
        let leaves = !Arc::ptr_eq(&path.mount, &self.position.mount);
        if leaves && self.flags.contains(WalkFlags::NO_XDEV) { Err(Errno::EXDEV) } else { Ok(()) }
    }
}
