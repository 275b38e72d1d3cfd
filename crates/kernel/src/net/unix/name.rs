//! Names of Unix sockets: in the tree, abstract, or none; and who has them.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use abi::socket::{AF_UNIX, UNIX_PATH_MAX, UNIX_PATH_OFFSET};
use sync::SpinLock;

use super::UnixSocket;
use crate::fs::permission::{self, Permission};
use crate::fs::{self, FileKind, Path};
use crate::machine::machine;
use crate::net::Kind;
use crate::task::Thread;

/// A socket's name.
#[derive(Debug)]
pub struct Name {
    /// As it stands in the address: a path with its zero, or a zero and the abstract name.
    bytes: Vec<u8>,
    /// What one in the tree is known by.
    key: Option<InodeKey>,
    kind: Kind,
}

/// Device and inode number.
type InodeKey = (u64, u64);

struct Names {
    in_tree: BTreeMap<InodeKey, Weak<UnixSocket>>,
    /// Each type has abstract names of its own.
    abstract_: BTreeMap<Kind, BTreeMap<Vec<u8>, Weak<UnixSocket>>>,
}

static NAMES: SpinLock<Names> = SpinLock::new(Names { in_tree: BTreeMap::new(), abstract_: BTreeMap::new() });

impl Name {
    /// As it stands in the address.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives a place in the tree to a socket.
    pub(super) fn in_tree(socket: &UnixSocket, bytes: &[u8], place: &Path) -> Result<Arc<Self>, Errno> {
        let key = key_of(place)?;
        let bytes = [bytes, b"\0"].concat();
        NAMES.lock().in_tree.insert(key, socket.this.clone());
        Ok(Arc::new(Self { bytes, key: Some(key), kind: socket.kind }))
    }

    /// Gives an abstract name to a socket.
    ///
    /// # Errors
    /// `EADDRINUSE`.
    pub(super) fn new_abstract(socket: &UnixSocket, bytes: &[u8]) -> Result<Arc<Self>, Errno> {
        let mut names = NAMES.lock();
        let names = names.abstract_.entry(socket.kind).or_default();
        if names.contains_key(bytes) {
            return Err(Errno::EADDRINUSE);
        }
        names.insert(bytes.into(), socket.this.clone());
        Ok(Arc::new(Self { bytes: bytes.into(), key: None, kind: socket.kind }))
    }

    /// Gives some abstract name to a socket that has none (unix(7), autobind).
    ///
    /// # Errors
    /// `ENOSPC` when all are in use.
    pub(super) fn automatic(socket: &UnixSocket) -> Result<Arc<Self>, Errno> {
        const COUNT: u32 = 1 << 20;
        let mut random = [0; 4];
        machine().random(&mut random);
        let first = u32::from_ne_bytes(random);
        for turn in 0..COUNT {
            let number = first.wrapping_add(turn) % COUNT;
            match Self::new_abstract(socket, format!("\0{number:05x}").as_bytes()) {
                Err(Errno::EADDRINUSE) => {}
                result => return result,
            }
        }
        Err(Errno::ENOSPC)
    }

    /// Says that a socket does not have it any more; sockets that were accepted only share their listener's.
    pub(super) fn forget(&self, socket: &UnixSocket) {
        let mut names = NAMES.lock();
        if let Some(key) = &self.key {
            remove_of(&mut names.in_tree, key, socket);
        } else if let Some(names) = names.abstract_.get_mut(&self.kind) {
            remove_of(names, &self.bytes, socket);
        }
    }
}

fn remove_of<K: Ord>(names: &mut BTreeMap<K, Weak<UnixSocket>>, key: &K, socket: &UnixSocket) {
    if names.get(key).is_some_and(|owner| owner.ptr_eq(&socket.this)) {
        names.remove(key);
    }
}

fn key_of(place: &Path) -> Result<InodeKey, Errno> {
    let metadata = place.inode().metadata()?;
    Ok((metadata.device, metadata.inode))
}

/// The name in an address of a program.
///
/// # Errors
/// `EINVAL` for another family, without a name, or for a name that is too long.
pub(super) fn name_of_address(address: &[u8]) -> Result<&[u8], Errno> {
    let (family, name) = address.split_first_chunk::<2>().ok_or(Errno::EINVAL)?;
    let fits = address.len() <= UNIX_PATH_OFFSET + UNIX_PATH_MAX;
    if u16::from_ne_bytes(*family) != AF_UNIX || name.is_empty() || !fits {
        return Err(Errno::EINVAL);
    }
    Ok(name)
}

/// The path that a name in the tree stands for.
pub(super) fn path_of_name(name: &[u8]) -> &[u8] {
    name.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// Whether a name is an abstract one.
pub(super) fn is_abstract(name: &[u8]) -> bool {
    name.first() == Some(&0)
}

/// The socket of a type that has a name.
///
/// # Errors
/// As connect(2): those of the walk, `EACCES`, `ECONNREFUSED`, `EPROTOTYPE`.
pub(super) fn find(thread: &Thread, name: &[u8], kind: Kind) -> Result<Arc<UnixSocket>, Errno> {
    if is_abstract(name) {
        let names = NAMES.lock();
        let socket = names.abstract_.get(&kind).and_then(|names| names.get(name));
        return socket.and_then(Weak::upgrade).ok_or(Errno::ECONNREFUSED);
    }
    let credentials = thread.credentials();
    let place = fs::lookup(&thread.fs(), &credentials, path_of_name(name))?;
    let metadata = place.inode().metadata()?;
    permission::check(&credentials, &metadata, Permission::WRITE)?;
    if metadata.kind != FileKind::Socket {
        return Err(Errno::ECONNREFUSED);
    }
    let socket = NAMES.lock().in_tree.get(&(metadata.device, metadata.inode)).and_then(Weak::upgrade);
    let socket = socket.ok_or(Errno::ECONNREFUSED)?;
    if socket.kind == kind { Ok(socket) } else { Err(Errno::EPROTOTYPE) }
}
