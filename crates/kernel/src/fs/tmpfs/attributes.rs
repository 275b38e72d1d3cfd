//! What an inode in memory has besides its contents.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use abi::Errno;
use abi::time::Timespec;

use crate::fs::{AttributeChanges, Inode, Metadata, TimeChange, now};

/// The most bytes of names and values of extended attributes that one inode has.
const MAX_EXTENDED: usize = 64 << 10;

/// Attributes of an inode.
#[derive(Clone, Debug)]
pub(super) struct Attributes {
    pub(super) permissions: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) links: u64,
    pub(super) accessed: Timespec,
    pub(super) modified: Timespec,
    pub(super) changed: Timespec,
    pub(super) created: Option<Timespec>,
    /// Whether it may get a name although it has none (`O_TMPFILE`).
    pub(super) linkable: bool,
    pub(super) extended: BTreeMap<Box<[u8]>, Vec<u8>>,
}

impl Attributes {
    /// Those of a new inode.
    pub(super) fn new(permissions: u32, owner: (u32, u32), links: u64) -> Self {
        let time = now();
        Self {
            permissions: permissions & 0o7777,
            uid: owner.0,
            gid: owner.1,
            links,
            accessed: time,
            modified: time,
            changed: time,
            created: Some(time),
            linkable: false,
            extended: BTreeMap::new(),
        }
    }

    /// Those of an inode of the lower tree.
    pub(super) fn of_lower(inode: &dyn Inode) -> Result<Self, Errno> {
        let metadata = inode.metadata()?;
        let mut extended = BTreeMap::new();
        for name in inode.list_attributes().unwrap_or_default() {
            if let Ok(value) = inode.get_attribute(&name) {
                extended.insert(name.into_boxed_slice(), value);
            }
        }
        Ok(Self {
            permissions: metadata.permissions,
            uid: metadata.uid,
            gid: metadata.gid,
            links: metadata.links,
            accessed: metadata.accessed,
            modified: metadata.modified,
            changed: metadata.changed,
            created: metadata.created,
            linkable: false,
            extended,
        })
    }

    /// Puts them into what stat(2) tells.
    pub(super) fn show(&self, metadata: &mut Metadata) {
        metadata.permissions = self.permissions;
        metadata.uid = self.uid;
        metadata.gid = self.gid;
        metadata.links = self.links;
        metadata.accessed = self.accessed;
        metadata.modified = self.modified;
        metadata.changed = self.changed;
        metadata.created = self.created;
    }

    /// Makes changes that were asked for.
    pub(super) fn change(&mut self, changes: &AttributeChanges) {
        let time = now();
        let time_of = |change: TimeChange| match change {
            TimeChange::Now => time,
            TimeChange::To(time) => time,
        };
        self.permissions = changes.permissions.map_or(self.permissions, |permissions| permissions & 0o7777);
        self.uid = changes.uid.unwrap_or(self.uid);
        self.gid = changes.gid.unwrap_or(self.gid);
        self.accessed = changes.accessed.map_or(self.accessed, time_of);
        self.modified = changes.modified.map_or(self.modified, time_of);
        self.changed = time;
    }

    /// Notes that the contents changed.
    pub(super) fn touch(&mut self) {
        let time = now();
        self.modified = time;
        self.changed = time;
    }

    /// Notes an access, when that tells something new (mount(2), `MS_RELATIME`).
    pub(super) fn note_access(&mut self) {
        const DAY: i64 = 86_400;
        let time = now();
        let is_news = self.accessed <= self.modified
            || self.accessed <= self.changed
            || time.tv_sec.saturating_sub(self.accessed.tv_sec) >= DAY;
        if is_news {
            self.accessed = time;
        }
    }

    /// Sets an extended attribute.
    pub(super) fn set_extended(
        &mut self,
        name: &[u8],
        value: &[u8],
        create: bool,
        replace: bool,
    ) -> Result<(), Errno> {
        let is_there = self.extended.contains_key(name);
        if create && is_there {
            return Err(Errno::EEXIST);
        }
        if replace && !is_there {
            return Err(Errno::ENODATA);
        }
        let others = self.extended.iter().filter(|(other, _)| &***other != name);
        let size: usize = others.map(|(name, value)| name.len() + value.len()).sum();
        if size + name.len() + value.len() > MAX_EXTENDED {
            return Err(Errno::ENOSPC);
        }
        self.extended.insert(name.into(), value.into());
        self.changed = now();
        Ok(())
    }
}
