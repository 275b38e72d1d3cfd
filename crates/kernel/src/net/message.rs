//! Messages as programs pass them (`struct msghdr`).

use alloc::vec::Vec;

use abi::Errno;
use abi::io::{IoVector, UIO_MAXIOV};
use abi::raw::general::O_NONBLOCK;
use abi::socket::{ADDRESS_MAX, MSG_CMSG_CLOEXEC, MSG_CTRUNC, MSG_DONTWAIT, MessageHeader};

use super::control::{self, ControlBuffer};
use super::{Address, Outgoing, SocketFile, Wanted};
use crate::fs::OpenFile;
use crate::fs::syscalls::read_write::read_vectors;
use crate::io::{Sink, Source, UserRange};
use crate::syscalls::Current;
use crate::user::UserPtr;

/// `MSG_*` of a call on this file: what does not wait by its own flags does not wait.
pub(super) fn flags_of_file(file: &OpenFile, flags: u32) -> u32 {
    if file.flags() & O_NONBLOCK != 0 { flags | MSG_DONTWAIT } else { flags }
}

/// The parts of a message's header that both directions check alike.
struct Parts {
    address_length: i32,
    ranges: Vec<UserRange>,
}

fn check(header: &MessageHeader) -> Result<Parts, Errno> {
    let longest = i32::try_from(ADDRESS_MAX).unwrap_or(i32::MAX);
    let address_length = match header.msg_name {
        0 => 0,
        _ if header.msg_namelen < 0 => return Err(Errno::EINVAL),
        _ => header.msg_namelen.min(longest),
    };
    if header.msg_iovlen > UIO_MAXIOV {
        return Err(Errno::EMSGSIZE);
    }
    let ranges = read_vectors(UserPtr::<IoVector>::new(header.msg_iov), header.msg_iovlen)?;
    Ok(Parts { address_length, ranges })
}

fn source(ranges: Vec<UserRange>) -> Source<'static> {
    match ranges.as_slice() {
        [one] => Source::user(one.address, one.length),
        _ => Source::user_vector(ranges),
    }
}

fn sink(ranges: Vec<UserRange>) -> Sink<'static> {
    match ranges.as_slice() {
        [one] => Sink::user(one.address, one.length),
        _ => Sink::user_vector(ranges),
    }
}

/// Sends one message.
///
/// # Errors
/// As sendmsg(2).
pub(super) fn send(
    current: &Current<'_>,
    file: &OpenFile,
    header: &MessageHeader,
    flags: u32,
) -> Result<usize, Errno> {
    let socket = SocketFile::of_file(file)?.socket();
    let parts = check(header)?;
    let name = UserPtr::new(header.msg_name);
    let address =
        if parts.address_length > 0 { Some(Address::read(name, parts.address_length)?) } else { None };
    if i32::try_from(header.msg_controllen).is_err() {
        return Err(Errno::ENOBUFS);
    }
    let mut outgoing = Outgoing { flags: flags_of_file(file, flags), ..Outgoing::default() };
    if header.msg_controllen > 0 {
        let control = UserPtr::new(header.msg_control);
        control::read(current, control, header.msg_controllen, &mut outgoing)?;
    }
    outgoing.address = address.as_ref().map(Address::bytes);
    socket.send(current, &mut source(parts.ranges), outgoing)
}

/// What recvmsg(2) tells of a message beside its count.
pub(super) struct Received {
    pub(super) count: usize,
    pub(super) flags: u32,
}

/// Receives one message and writes to the header what came with it.
///
/// # Errors
/// As recvmsg(2).
pub(super) fn receive(
    current: &Current<'_>,
    file: &OpenFile,
    pointer: UserPtr<MessageHeader>,
    flags: u32,
) -> Result<Received, Errno> {
    let socket = SocketFile::of_file(file)?.socket();
    let header = pointer.read()?;
    let parts = check(&header)?;
    let has_address = header.msg_name != 0;
    let wanted = Wanted { flags: flags_of_file(file, flags), address: has_address };
    let mut incoming = socket.receive(&mut sink(parts.ranges), wanted)?;
    let mut control = ControlBuffer::new(header.msg_control, header.msg_controllen);
    let mut told = (flags & MSG_CMSG_CLOEXEC) | incoming.flags;
    if header.msg_control == 0 {
        if incoming.credentials.is_some() || incoming.rights.take().is_some() {
            told |= MSG_CTRUNC;
        }
    } else {
        told |= control.write(current, &mut incoming, flags)?;
    }
    if has_address {
        const LENGTH: usize = core::mem::offset_of!(MessageHeader, msg_namelen);
        let length = UserPtr::new(pointer.address().wrapping_add(LENGTH as u64));
        write_address(incoming.address.as_ref(), UserPtr::new(header.msg_name), length)?;
    }
    let field = |offset: usize| pointer.address().wrapping_add(offset as u64);
    UserPtr::new(field(core::mem::offset_of!(MessageHeader, msg_flags))).write(&told)?;
    UserPtr::new(field(core::mem::offset_of!(MessageHeader, msg_controllen))).write(&control.used())?;
    Ok(Received { count: incoming.count, flags: told })
}

/// Writes where a message came from; without that the length is 0.
///
/// # Errors
/// As [`Address::write`].
pub(super) fn write_address(
    address: Option<&Address>,
    pointer: UserPtr<u8>,
    length: UserPtr<i32>,
) -> Result<(), Errno> {
    match address {
        Some(address) => address.write(pointer, length),
        None => Address::new(&[]).write(pointer, length),
    }
}
