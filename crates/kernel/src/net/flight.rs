//! Files in flight: in messages that nobody has received yet (unix(7)).
//!
//! Each user may have so many of them. A socket in flight may be reachable from nothing but messages in
//! sockets that are themselves in flight only; [`collect`] finds such circles and empties them. A socket is
//! a candidate when as many messages hold it as there are references to it at all; of the candidates those
//! live that a message outside of candidates' queues holds, and what a living one's queue holds.
//!
//! A reference to a candidate can only come from receiving a message that holds it, so what was found to be
//! garbage stays it. Locks: this one, then a socket's queue.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::Errno;
use abi::raw::general::{CAP_SYS_ADMIN, CAP_SYS_RESOURCE};
use sync::SpinLock;

use super::disposal::dispose;
use super::file::SocketFile;
use super::rights::Rights;
use super::unix::UnixSocket;
use crate::fs::OpenFile;
use crate::task::Thread;

#[derive(Debug)]
struct InFlight {
    file: Weak<OpenFile>,
    /// How many messages hold it.
    count: usize,
}

#[derive(Debug)]
struct Flight {
    /// How many files of each user are in flight.
    users: BTreeMap<u32, usize>,
    /// The Unix sockets in flight, by their description's number.
    sockets: BTreeMap<u64, InFlight>,
}

static FLIGHT: SpinLock<Flight> = SpinLock::new(Flight { users: BTreeMap::new(), sockets: BTreeMap::new() });
/// How many sockets were closed since the last look for garbage.
static CLOSED: AtomicUsize = AtomicUsize::new(0);
/// How many sockets are in flight, to see without the lock that there are none.
static SOCKETS: AtomicUsize = AtomicUsize::new(0);

fn unix_socket(file: &OpenFile) -> Option<&UnixSocket> {
    let file = file.file().as_any().downcast_ref::<SocketFile>()?;
    file.socket().as_any().downcast_ref::<UnixSocket>()
}

/// Counts files that begin to fly, for a user; gives the user.
///
/// # Errors
/// `ETOOMANYREFS` when the user has too many in flight.
pub(super) fn take_off(thread: &Thread, files: &[Arc<OpenFile>]) -> Result<u32, Errno> {
    let credentials = thread.credentials();
    let is_privileged = [CAP_SYS_RESOURCE, CAP_SYS_ADMIN].iter().any(|&cap| credentials.has_capability(cap));
    let mut flight = FLIGHT.lock();
    let count = flight.users.entry(credentials.uid).or_default();
    if *count > thread.open_file_limit() && !is_privileged {
        return Err(Errno::ETOOMANYREFS);
    }
    *count += files.len();
    for file in files.iter().filter(|file| unix_socket(file).is_some()) {
        let new = || InFlight { file: Arc::downgrade(file), count: 0 };
        flight.sockets.entry(file.id()).or_insert_with(new).count += 1;
    }
    SOCKETS.store(flight.sockets.len(), Ordering::SeqCst);
    Ok(credentials.uid)
}

/// Counts files that fly no more.
pub(super) fn land(user: u32, files: &[Arc<OpenFile>]) {
    let mut flight = FLIGHT.lock();
    if let Some(count) = flight.users.get_mut(&user) {
        *count = count.saturating_sub(files.len());
        if *count == 0 {
            flight.users.remove(&user);
        }
    }
    for file in files {
        if let Some(socket) = flight.sockets.get_mut(&file.id()) {
            socket.count -= 1;
            if socket.count == 0 {
                flight.sockets.remove(&file.id());
            }
        }
    }
    SOCKETS.store(flight.sockets.len(), Ordering::SeqCst);
}

/// A socket that only messages hold, while [`collect`] works.
struct Candidate {
    file: Arc<OpenFile>,
    /// How many messages outside of candidates' queues hold it.
    outside: usize,
    /// The candidates in its queue.
    holds: Vec<u64>,
}

fn candidates(flight: &Flight) -> BTreeMap<u64, Candidate> {
    let only_in_messages =
        flight.sockets.iter().filter(|(_, socket)| socket.file.strong_count() == socket.count);
    let mut found: BTreeMap<u64, Candidate> = only_in_messages
        .filter_map(|(&id, socket)| {
            Some((id, Candidate { file: socket.file.upgrade()?, outside: socket.count, holds: Vec::new() }))
        })
        .collect();
    let mut held = Vec::new();
    for (id, candidate) in &found {
        if let Some(socket) = unix_socket(&candidate.file) {
            socket.each_right(&mut |file| held.push((*id, file.id())));
        }
    }
    for (holder, id) in held {
        if let Some(candidate) = found.get_mut(&id) {
            candidate.outside = candidate.outside.saturating_sub(1);
            if let Some(holder) = found.get_mut(&holder) {
                holder.holds.push(id);
            }
        }
    }
    found
}

/// A descriptor of a socket was closed, or a socket ended: looks for sockets that nobody can reach any more.
/// With many sockets in flight not each time, so that each close costs little.
pub(super) fn socket_closed() {
    /// How many sockets in flight one close pays for.
    const SHARE: usize = 16;
    let sockets = SOCKETS.load(Ordering::SeqCst);
    if sockets != 0
        && CLOSED.fetch_add(1, Ordering::Relaxed).saturating_mul(SHARE) >= sockets.saturating_sub(SHARE)
    {
        CLOSED.store(0, Ordering::Relaxed);
        collect();
    }
}

/// Empties the queues of sockets that nobody can reach any more.
fn collect() {
    let mut messages = Vec::new();
    let files = {
        let flight = FLIGHT.lock();
        let mut found = candidates(&flight);
        let mut reached: Vec<u64> =
            found.iter().filter(|(_, candidate)| candidate.outside > 0).map(|(&id, _)| id).collect();
        let mut files = Vec::new();
        while let Some(id) = reached.pop() {
            if let Some(living) = found.remove(&id) {
                reached.extend(living.holds);
                files.push(living.file);
            }
        }
        for garbage in found.into_values() {
            if let Some(socket) = unix_socket(&garbage.file) {
                socket.take_messages(&mut messages);
            }
            files.push(garbage.file);
        }
        files
    };
    drop(messages);
    dispose(files);
}

/// Lets the files of a message go that was not received.
pub(super) fn drop_rights(rights: &mut Rights) {
    let (files, user) = rights.take();
    if let Some(user) = user {
        land(user, &files);
    }
    dispose(files);
}
