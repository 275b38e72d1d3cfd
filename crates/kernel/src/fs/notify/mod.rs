//! Telling those who watch files what happens to them (inotify(7), fcntl(2) `F_NOTIFY`).
//!
//! A watch lies on an inode and keeps it. Whatever changes or uses a file calls one of the functions here,
//! after it did so; without any watch in the world each is one look at a counter. What changes outside of
//! the kernel, in a volume's directory on the host, is not seen.

mod directory;
mod events;
mod inotify;
mod queue;
mod quota;
mod watches;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use abi::raw::general::O_PATH;

use super::{AttributeChanges, Dentry, FileKind, Inode, OpenFile};

pub use directory::DirectoryWatch;
pub use events::Events;
pub use inotify::{Inotify, Request};
pub use quota::{MAX_QUEUED_EVENTS, MAX_USER_INSTANCES, max_user_watches};
use watches::Happening;

fn kind_bit(kind: FileKind) -> Events {
    if kind == FileKind::Directory { Events::IS_DIRECTORY } else { Events::empty() }
}

/// Tells who watches an inode itself.
fn tell_inode(inode: &Arc<dyn Inode>, happening: &Happening<'_>) {
    watches::tell(inode, happening);
}

/// Tells who watches a directory about one of its names.
fn tell_directory(directory: &Dentry, name: &[u8], events: Events, cookie: u32) {
    watches::tell(directory.inode(), &Happening { events, name, cookie, is_unlinked: false });
}

/// Tells who watches the directory that a file lies in, then who watches the file.
fn tell_both(dentry: &Dentry, events: Events) {
    if watches::are_none() {
        return;
    }
    let events = events | kind_bit(dentry.kind());
    let (parent, name) = dentry.place();
    let is_unlinked = dentry.is_removed();
    if let Some(parent) = parent {
        watches::tell(parent.inode(), &Happening { events, name: &name, cookie: 0, is_unlinked });
    }
    tell_inode(dentry.inode(), &Happening { events, name: b"", cookie: 0, is_unlinked });
}

/// As [`tell_both`], of an open file; a mere place in the tree is not used by anybody.
fn tell_of(file: &OpenFile, events: Events) {
    if file.flags() & O_PATH == 0 {
        tell_both(&file.path().dentry, events);
    }
}

/// A file was opened.
pub fn opened(file: &OpenFile) {
    tell_of(file, Events::OPEN);
}

/// A file was closed for good.
pub(super) fn closed(file: &OpenFile) {
    tell_of(file, if file.is_writable() { Events::CLOSE_WRITE } else { Events::CLOSE_NOWRITE });
}

/// A file was read.
pub fn accessed(file: &OpenFile) {
    tell_of(file, Events::ACCESS);
}

/// A file's contents changed through a description.
pub fn modified(file: &OpenFile) {
    tell_of(file, Events::MODIFY);
}

/// A file's contents changed.
pub fn contents_changed(dentry: &Dentry) {
    tell_both(dentry, Events::MODIFY);
}

/// Attributes of a file changed that no [`AttributeChanges`] names.
pub fn attributes_changed(dentry: &Dentry) {
    tell_both(dentry, Events::ATTRIB);
}

/// Attributes of a file were changed as asked: as Linux, one time alone counts as the use that it tells of.
pub(super) fn changed(dentry: &Dentry, changes: &AttributeChanges) {
    let mut events = Events::empty();
    let has_more = changes.permissions.is_some() || changes.uid.is_some() || changes.gid.is_some();
    events.set(Events::ATTRIB, has_more);
    events |= match (changes.accessed, changes.modified) {
        (Some(_), Some(_)) => Events::ATTRIB,
        (Some(_), None) => Events::ACCESS,
        (None, Some(_)) => Events::MODIFY,
        (None, None) => Events::empty(),
    };
    if !events.is_empty() {
        tell_both(dentry, events);
    }
}

/// The number of names of a file changed.
fn links_changed(inode: &Arc<dyn Inode>) {
    tell_inode(inode, &Happening { events: Events::ATTRIB, name: b"", cookie: 0, is_unlinked: false });
}

/// A name was made in a directory.
pub(super) fn created(directory: &Dentry, name: &[u8], kind: FileKind) {
    tell_directory(directory, name, Events::CREATE | kind_bit(kind), 0);
}

/// A file got another name.
pub(super) fn linked(directory: &Dentry, name: &[u8], inode: &Arc<dyn Inode>, kind: FileKind) {
    links_changed(inode);
    created(directory, name, kind);
}

/// A name was removed from a directory; the caller held the last reference that it knew of. As on Linux,
/// a file that nobody uses is gone before its directory hears of it.
pub(super) fn removed(directory: &Dentry, name: &[u8], child: Arc<Dentry>) {
    let kind = child.kind();
    if kind != FileKind::Directory {
        links_changed(child.inode());
    }
    drop(child);
    tell_directory(directory, name, Events::DELETE | kind_bit(kind), 0);
}

/// A name moved, from one directory to another or the same; `replaced` is what was there.
pub(super) fn moved(
    (from, old_name): (&Dentry, &[u8]),
    (to, new_name): (&Dentry, &[u8]),
    child: &Dentry,
    replaced: Option<&Dentry>,
) {
    static NEXT_COOKIE: AtomicU32 = AtomicU32::new(1);
    if watches::are_none() {
        return;
    }
    let cookie = NEXT_COOKIE.fetch_add(1, Ordering::Relaxed);
    let bit = kind_bit(child.kind());
    tell_directory(from, old_name, Events::MOVED_FROM | Events::RENAME | bit, cookie);
    tell_directory(to, new_name, Events::MOVED_TO | bit, cookie);
    if let Some(replaced) = replaced {
        links_changed(replaced.inode());
    }
    let events = Events::MOVE_SELF;
    tell_inode(child.inode(), &Happening { events, name: b"", cookie: 0, is_unlinked: false });
}

/// Nobody uses a name any more that was removed: a file without any other is gone, and so are its watches.
pub(super) fn dentry_gone(inode: &Arc<dyn Inode>, kind: FileKind) {
    if watches::are_none() || !watches::is_watched(inode) {
        return;
    }
    if kind != FileKind::Directory && inode.metadata().is_ok_and(|metadata| metadata.links > 0) {
        return;
    }
    let events = Events::DELETE_SELF;
    tell_inode(inode, &Happening { events, name: b"", cookie: 0, is_unlinked: false });
    watches::end_all(inode);
}
