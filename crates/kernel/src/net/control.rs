//! Control messages (cmsg(3)): what goes beside the bytes of a message.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN};
use abi::socket::{
    ControlHeader, MSG_CMSG_CLOEXEC, MSG_CTRUNC, SCM_CREDENTIALS, SCM_RIGHTS, SOL_SOCKET, UserCredentials,
};
use zerocopy::{FromBytes, IntoBytes};

use super::{Incoming, Outgoing, Rights};
use crate::syscalls::Current;
use crate::task::{Thread, table};
use crate::user::UserPtr;

/// The most bytes of control messages (/proc/sys/net/core/optmem_max).
pub const CONTROL_MAX: u64 = 131_072;
const HEADER: usize = size_of::<ControlHeader>();

/// The place of the next message behind one of this length (`CMSG_ALIGN`).
const fn aligned(length: usize) -> usize {
    length.next_multiple_of(8)
}

/// Reads a program's control messages into what is sent.
///
/// # Errors
/// `ENOBUFS` when there are too many, `EINVAL` for a malformed or unknown one, `EFAULT`, and those of the
/// descriptors and credentials in them.
pub(super) fn read(
    thread: &Thread,
    control: UserPtr<u8>,
    length: u64,
    outgoing: &mut Outgoing<'_>,
) -> Result<(), Errno> {
    if length > CONTROL_MAX {
        return Err(Errno::ENOBUFS);
    }
    let bytes = control.read_array(usize::try_from(length).map_err(|_| Errno::ENOBUFS)?)?;
    let mut rest = bytes.as_slice();
    while let Ok((header, _)) = ControlHeader::read_from_prefix(rest) {
        let length = usize::try_from(header.cmsg_len).map_err(|_| Errno::EINVAL)?;
        let data = rest.get(HEADER..length).ok_or(Errno::EINVAL)?;
        if header.cmsg_level == SOL_SOCKET {
            read_one(thread, header.cmsg_type, data, outgoing)?;
        }
        rest = rest.get(aligned(length)..).unwrap_or_default();
    }
    if outgoing.rights.as_ref().is_some_and(Rights::is_empty) {
        outgoing.rights = None;
    }
    Ok(())
}

fn read_one(thread: &Thread, kind: i32, data: &[u8], outgoing: &mut Outgoing<'_>) -> Result<(), Errno> {
    match kind {
        SCM_RIGHTS => {
            let (numbers, _) = data.as_chunks::<4>();
            let fds: alloc::vec::Vec<i32> = numbers.iter().map(|bytes| i32::from_ne_bytes(*bytes)).collect();
            outgoing.rights.get_or_insert_default().add(thread, &fds)
        }
        SCM_CREDENTIALS => {
            let given = UserCredentials::read_from_bytes(data).map_err(|_| Errno::EINVAL)?;
            check_credentials(thread, &given)?;
            outgoing.credentials = Some(given);
            Ok(())
        }
        _ => Err(Errno::EINVAL),
    }
}

/// Fails unless the thread may show this identity (unix(7)).
fn check_credentials(thread: &Thread, given: &UserCredentials) -> Result<(), Errno> {
    let own = thread.credentials();
    let is_process = given.pid == thread.process().pid() || own.has_capability(CAP_SYS_ADMIN);
    let is_user = [own.uid, own.euid, own.suid].contains(&given.uid) || own.has_capability(CAP_SETUID);
    let is_group = [own.gid, own.egid, own.sgid].contains(&given.gid) || own.has_capability(CAP_SETGID);
    if !is_process || !is_user || !is_group {
        return Err(Errno::EPERM);
    }
    if table::find_process(given.pid).is_none() {
        return Err(Errno::ESRCH);
    }
    if given.uid == u32::MAX || given.gid == u32::MAX { Err(Errno::EINVAL) } else { Ok(()) }
}

/// A program's buffer for control messages.
pub(super) struct ControlBuffer {
    start: u64,
    address: u64,
    room: usize,
}

impl ControlBuffer {
    /// The buffer at this address; null has no room.
    pub(super) fn new(address: u64, length: u64) -> Self {
        let room = if address == 0 { 0 } else { usize::try_from(length).unwrap_or(usize::MAX) };
        Self { start: address, address, room }
    }

    /// How many bytes were written, padding included.
    pub(super) const fn used(&self) -> u64 {
        self.address.wrapping_sub(self.start)
    }

    fn advance(&mut self, length: usize) {
        let step = length.min(self.room);
        self.address = self.address.wrapping_add(step as u64);
        self.room -= step;
    }

    /// Writes what came with a message; gives the flags to tell.
    ///
    /// # Errors
    /// `EFAULT`.
    pub(super) fn write(
        &mut self,
        current: &Current<'_>,
        incoming: &mut Incoming,
        flags: u32,
    ) -> Result<u32, Errno> {
        let mut told = 0;
        if let Some(credentials) = incoming.credentials {
            told |= self.put(SCM_CREDENTIALS, credentials.as_bytes())?;
        }
        if let Some(rights) = incoming.rights.take() {
            told |= self.put_rights(current, &rights, flags & MSG_CMSG_CLOEXEC != 0)?;
        }
        Ok(told)
    }

    /// Writes one message, cut off where the buffer ends (`put_cmsg`).
    fn put(&mut self, kind: i32, data: &[u8]) -> Result<u32, Errno> {
        if self.room < HEADER {
            return Ok(MSG_CTRUNC);
        }
        let wanted = HEADER + data.len();
        let length = wanted.min(self.room);
        let header = ControlHeader { cmsg_len: length as u64, cmsg_level: SOL_SOCKET, cmsg_type: kind };
        UserPtr::new(self.address).write(&header)?;
        let data = data.get(..length - HEADER).unwrap_or(data);
        UserPtr::<u8>::new(self.address.wrapping_add(HEADER as u64)).write_array(data)?;
        self.advance(aligned(wanted));
        Ok(if length < wanted { MSG_CTRUNC } else { 0 })
    }

    /// Gives as many of the files descriptors as there is room for; the others are closed.
    fn put_rights(
        &mut self,
        current: &Current<'_>,
        rights: &Rights,
        close_on_exec: bool,
    ) -> Result<u32, Errno> {
        const ONE: usize = size_of::<i32>();
        let fit = self.room.saturating_sub(HEADER) / ONE;
        let mut count = 0;
        for file in rights.files().iter().take(fit) {
            let place = self.address.wrapping_add((HEADER + count * ONE) as u64);
            // As Linux: what fails ends the list.
            let Ok(fd) = current.install(Arc::clone(file), close_on_exec) else { break };
            if UserPtr::<i32>::new(place).write(&fd.0).is_err() {
                let _ = current.close(fd);
                break;
            }
            count += 1;
        }
        if count > 0 {
            let length = HEADER + count * ONE;
            let header =
                ControlHeader { cmsg_len: length as u64, cmsg_level: SOL_SOCKET, cmsg_type: SCM_RIGHTS };
            if UserPtr::new(self.address).write(&header).is_ok() {
                self.advance(aligned(length));
            }
        }
        Ok(if count < rights.files().len() { MSG_CTRUNC } else { 0 })
    }
}
