//! From path names to places (path_resolution(7), openat2(2)).

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use abi::Errno;
use bitflags::bitflags;
use sync::Borrowed;

use super::context::Places;
use super::{Dentry, FileKind, FsContext, Mount, Path, permission};
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

/// Where a walk starts.
#[derive(Clone, Debug)]
pub enum Start {
    /// At the root: the path is absolute.
    Root,
    /// At the working directory, or at the root if the path is absolute.
    WorkingDirectory,
    /// There, or at the root if the path is absolute.
    At(Path),
}

/// A step along a path, as [`Last`]; a name is a place in the [walker's text](Walker::text).
pub(super) enum Step {
    Name { name: Range<usize>, slash: bool, is_last: bool },
    Dot,
    DotDot,
    Nothing,
}

/// Where a walk stands.
#[derive(Debug)]
enum Position {
    Root,
    WorkingDirectory,
    /// At the top of a mount.
    Top(Arc<Mount>),
    At(Path),
}

/// A walk along a path.
#[derive(Debug)]
pub struct Walker<'a> {
    context: &'a FsContext,
    credentials: &'a Credentials,
    flags: WalkFlags,
    /// Where it started, if it must not leave that.
    scope: Option<Path>,
    places: Borrowed<Places>,
    position: Position,
    rest: Cow<'a, [u8]>,
    offset: usize,
    links: u32,
}

impl<'a> Walker<'a> {
    /// A walk along `path`.
    ///
    /// # Errors
    /// `ENOENT` for an empty path, `EXDEV` for an absolute one where that is not allowed.
    #[inline]
    pub fn new(
        context: &'a FsContext,
        credentials: &'a Credentials,
        start: Start,
        path: &'a [u8],
        flags: WalkFlags,
    ) -> Result<Self, Errno> {
        if path.is_empty() && !flags.contains(WalkFlags::EMPTY) {
            return Err(Errno::ENOENT);
        }
        let is_absolute = path.first() == Some(&b'/');
        if is_absolute && flags.contains(WalkFlags::BENEATH) {
            return Err(Errno::EXDEV);
        }
        let in_start = !is_absolute || flags.contains(WalkFlags::IN_ROOT);
        let position = match start {
            Start::At(path) if in_start => Position::At(path),
            Start::WorkingDirectory if in_start => Position::WorkingDirectory,
            _ => Position::Root,
        };
        let places = context.places();
        let scope = None;
        let mut walker = Self {
            context,
            credentials,
            flags,
            scope,
            places,
            position,
            rest: Cow::Borrowed(path),
            offset: 0,
            links: 0,
        };
        if flags.intersects(WalkFlags::BENEATH | WalkFlags::IN_ROOT) {
            walker.scope = Some(walker.path());
        }
        Ok(walker)
    }

    /// The mount in which the walk stands.
    pub(super) fn mount(&self) -> &Arc<Mount> {
        match &self.position {
            Position::Root => &self.places.root.mount,
            Position::WorkingDirectory => &self.places.working_directory.mount,
            Position::Top(mount) => mount,
            Position::At(path) => &path.mount,
        }
    }

    /// The name at which the walk stands.
    pub(super) fn dentry(&self) -> &Arc<Dentry> {
        match &self.position {
            Position::Root => &self.places.root.dentry,
            Position::WorkingDirectory => &self.places.working_directory.dentry,
            Position::Top(mount) => mount.root(),
            Position::At(path) => &path.dentry,
        }
    }

    fn path(&self) -> Path {
        Path { mount: Arc::clone(self.mount()), dentry: Arc::clone(self.dentry()) }
    }

    /// Where the walk ended.
    #[must_use]
    pub fn into_path(self) -> Path {
        match self.position {
            Position::Root => self.places.root.clone(),
            Position::WorkingDirectory => self.places.working_directory.clone(),
            Position::Top(mount) => {
                let dentry = Arc::clone(mount.root());
                Path { mount, dentry }
            }
            Position::At(path) => path,
        }
    }

    /// A name in what is left of the path.
    pub(super) fn text(&self, name: Range<usize>) -> &[u8] {
        self.rest.get(name).unwrap_or_default()
    }

    /// What is the root for this walk.
    fn root(&self) -> Path {
        match &self.scope {
            Some(start) if self.flags.contains(WalkFlags::IN_ROOT) => start.clone(),
            _ => self.places.root.clone(),
        }
    }

    /// Walks to the end of the path.
    ///
    /// # Errors
    /// As path_resolution(7).
    #[inline]
    pub fn finish(mut self) -> Result<Path, Errno> {
        loop {
            let mut must_be_directory = self.flags.contains(WalkFlags::DIRECTORY);
            match self.last_step()? {
                Step::Name { name, slash, .. } => {
                    must_be_directory |= slash;
                    let child = self.dentry().lookup(self.text(name))?;
                    if self.enter(child, self.flags.contains(WalkFlags::FOLLOW) || slash, slash)? {
                        continue;
                    }
                }
                Step::DotDot => self.go_up()?,
                Step::Dot | Step::Nothing => {}
            }
            if must_be_directory && !self.dentry().is_directory() {
                return Err(Errno::ENOTDIR);
            }
            return Ok(self.into_path());
        }
    }

    /// Walks to the directory that holds (or shall hold) the last component.
    ///
    /// # Errors
    /// As path_resolution(7).
    pub fn to_last(&mut self) -> Result<Last, Errno> {
        Ok(match self.last_step()? {
            Step::Name { name, slash, .. } => Last::Name(self.text(name).into(), slash),
            Step::Dot => Last::Dot,
            Step::DotDot => Last::DotDot,
            Step::Nothing => Last::Nothing,
        })
    }

    /// As [`to_last`](Self::to_last), without a copy of the name.
    pub(super) fn last_step(&mut self) -> Result<Step, Errno> {
        if self.rest.is_empty() {
            return Ok(if self.links == 0 { Step::Dot } else { Step::Nothing });
        }
        loop {
            match self.next_step()? {
                Step::Name { name, is_last: false, .. } => {
                    let child = self.dentry().lookup(self.text(name))?;
                    self.enter(child, true, false)?;
                }
                step => return Ok(step),
            }
        }
    }

    /// The next step that goes down, or the last one of whatever kind.
    fn next_step(&mut self) -> Result<Step, Errno> {
        loop {
            self.skip_slashes();
            let rest = self.rest.get(self.offset..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Step::Nothing);
            }
            if !self.dentry().is_directory() {
                return Err(Errno::ENOTDIR);
            }
            permission::check_search(self.credentials, &**self.dentry().inode())?;
            let length = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(length).unwrap_or_default();
            let slash = !behind.is_empty();
            let is_last = behind.iter().all(|&byte| byte == b'/');
            let start = self.offset;
            self.offset += length;
            match (name, is_last) {
                (b".", true) => return Ok(Step::Dot),
                (b"..", true) => return Ok(Step::DotDot),
                (b".", false) => {}
                (b"..", false) => self.go_up()?,
                (name, _) if name.len() > NAME_MAX => return Err(Errno::ENAMETOOLONG),
                _ => return Ok(Step::Name { name: start..self.offset, slash, is_last }),
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
        let is_link = follow && child.kind() == FileKind::Symlink;
        if let Some(mount) = self.mounted_at(self.mount(), &child) {
            let mut top = mount;
            while let Some(above) = self.mounted_at(&top, top.root()) {
                top = above;
            }
            if self.flags.contains(WalkFlags::NO_XDEV) {
                return Err(Errno::EXDEV);
            }
            self.position = Position::Top(top);
            return Ok(false);
        }
        if !is_link {
            match &mut self.position {
                Position::At(path) => path.dentry = child,
                _ => {
                    let mount = Arc::clone(self.mount());
                    self.position = Position::At(Path { mount, dentry: child });
                }
            }
            return Ok(false);
        }
        self.links += 1;
        if self.links > MAX_LINKS || self.flags.contains(WalkFlags::NO_SYMLINKS) {
            return Err(Errno::ELOOP);
        }
        if let Some(target) = child.inode().follow_magic_link() {
            self.follow_magic_link(target?.path)?;
        } else {
            let target = child.inode().read_link()?;
            self.push(&target, slash)?;
        }
        Ok(true)
    }

    fn mounted_at(&self, mount: &Arc<Mount>, dentry: &Arc<Dentry>) -> Option<Arc<Mount>> {
        if dentry.is_mount_point() { self.context.namespace().mounted_at(mount, dentry) } else { None }
    }

    /// Puts the text of a symbolic link before what is left of the path.
    fn push(&mut self, target: &[u8], slash: bool) -> Result<(), Errno> {
        if target.is_empty() {
            return Err(Errno::ENOENT);
        }
        let is_absolute = target.first() == Some(&b'/');
        let rest = self.rest.get(self.offset..).unwrap_or_default();
        let mut text = Vec::new();
        text.try_reserve(target.len() + rest.len() + 1).map_err(|_| Errno::ENOMEM)?;
        text.extend_from_slice(target);
        text.extend_from_slice(rest);
        if slash && rest.is_empty() {
            text.push(b'/');
        }
        self.rest = Cow::Owned(text);
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
        self.position = Position::At(target);
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
        let root = self.root();
        self.check_mount(&root)?;
        self.position = Position::At(root);
        Ok(())
    }

    /// Goes to the directory above.
    ///
    /// # Errors
    /// `EXDEV` where the walk must not leave its start.
    pub fn go_up(&mut self) -> Result<(), Errno> {
        if self.flags.contains(WalkFlags::BENEATH)
            && self.scope.as_ref().is_some_and(|start| *start == self.path())
        {
            return Err(Errno::EXDEV);
        }
        let parent = self.path().parent(&self.root(), self.context.namespace());
        self.check_mount(&parent)?;
        if self.scope.as_ref().is_some_and(|start| !parent.is_within(start)) {
            // A directory on the way was moved out of the start.
            return Err(Errno::EAGAIN);
        }
        self.position = Position::At(parent);
        Ok(())
    }

    fn check_mount(&self, path: &Path) -> Result<(), Errno> {
        let leaves = !Arc::ptr_eq(&path.mount, self.mount());
        if leaves && self.flags.contains(WalkFlags::NO_XDEV) { Err(Errno::EXDEV) } else { Ok(()) }
    }
}
