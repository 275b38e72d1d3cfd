//! Sending and receiving: send(2), recv(2) and their variants.

use abi::Errno;
use abi::io::UIO_MAXIOV;
use abi::socket::{
    MSG_CMSG_COMPAT, MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_WAITFORONE, ManyMessageHeader, MessageHeader,
};
use abi::time::Timespec;

use crate::fs::{FileRef, OpenFile};
use crate::io::{Sink, Source};
use crate::machine::monotonic;
use crate::net::message::{self, flags_of_file, write_address};
use crate::net::{Address, Outgoing, SocketFile, Wanted};
use crate::syscalls::{Current, Fd};
use crate::user::{UserPtr, check_range};

/// sendto(2).
pub fn sendto(
    current: &Current<'_>,
    fd: Fd,
    buffer: UserPtr<u8>,
    count: usize,
    flags: u32,
    address: UserPtr<u8>,
    length: i32,
) -> Result<usize, Errno> {
    check_range(buffer.address(), count)?;
    let file = current.file(fd)?;
    let socket = SocketFile::of_file(&file)?.socket();
    let address = match address.non_null() {
        Some(address) => Some(Address::read(address, length)?),
        None => None,
    };
    let outgoing = Outgoing {
        address: address.as_ref().map(Address::bytes).filter(|bytes| !bytes.is_empty()),
        flags: flags_of_file(&file, flags),
        ..Outgoing::default()
    };
    socket.send(current, &mut Source::user(buffer.address(), count), outgoing)
}

/// recvfrom(2).
pub fn recvfrom(
    current: &Current<'_>,
    fd: Fd,
    buffer: UserPtr<u8>,
    count: usize,
    flags: u32,
    address: UserPtr<u8>,
    length: UserPtr<i32>,
) -> Result<usize, Errno> {
    check_range(buffer.address(), count)?;
    let file = current.file(fd)?;
    let socket = SocketFile::of_file(&file)?.socket();
    let wanted = Wanted { flags: flags_of_file(&file, flags), address: !address.is_null() };
    let incoming = socket.receive(&mut Sink::user(buffer.address(), count), wanted)?;
    if !address.is_null() {
        write_address(incoming.address.as_ref(), address, length)?;
    }
    Ok(incoming.count)
}

/// An open file that is a socket.
fn socket_file(current: &Current<'_>, fd: Fd) -> Result<FileRef, Errno> {
    let file = current.file(fd)?;
    SocketFile::of_file(&file)?;
    Ok(file)
}

/// sendmsg(2).
pub fn sendmsg(
    current: &Current<'_>,
    fd: Fd,
    message: UserPtr<MessageHeader>,
    flags: u32,
) -> Result<usize, Errno> {
    if flags & MSG_CMSG_COMPAT != 0 {
        return Err(Errno::EINVAL);
    }
    let file = socket_file(current, fd)?;
    message::send(current, &file, &message.read()?, flags)
}

/// recvmsg(2).
pub fn recvmsg(
    current: &Current<'_>,
    fd: Fd,
    message: UserPtr<MessageHeader>,
    flags: u32,
) -> Result<usize, Errno> {
    if flags & MSG_CMSG_COMPAT != 0 {
        return Err(Errno::EINVAL);
    }
    let file = socket_file(current, fd)?;
    Ok(message::receive(current, &file, message, flags)?.count)
}

fn length_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Where the count of a message goes.
fn count_of(message: UserPtr<ManyMessageHeader>) -> UserPtr<u32> {
    const OFFSET: usize = core::mem::offset_of!(ManyMessageHeader, msg_len);
    UserPtr::new(message.address().wrapping_add(OFFSET as u64))
}

/// sendmmsg(2).
pub fn sendmmsg(
    current: &Current<'_>,
    fd: Fd,
    messages: UserPtr<ManyMessageHeader>,
    count: u32,
    flags: u32,
) -> Result<usize, Errno> {
    if flags & MSG_CMSG_COMPAT != 0 {
        return Err(Errno::EINVAL);
    }
    let file = socket_file(current, fd)?;
    let count = usize::try_from(u64::from(count).min(UIO_MAXIOV)).unwrap_or(0);
    let mut done = 0;
    while done < count {
        let message = messages.offset(done);
        let outcome = message
            .cast::<MessageHeader>()
            .read()
            .and_then(|header| message::send(current, &file, &header, flags))
            .and_then(|sent| count_of(message).write(&length_of(sent)));
        match outcome {
            Ok(()) => done += 1,
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}

/// recvmmsg(2). The timeout is looked at after each message only, as on Linux.
pub fn recvmmsg(
    current: &Current<'_>,
    fd: Fd,
    messages: UserPtr<ManyMessageHeader>,
    count: u32,
    flags: u32,
    timeout: UserPtr<Timespec>,
) -> Result<usize, Errno> {
    if flags & MSG_CMSG_COMPAT != 0 {
        return Err(Errno::EINVAL);
    }
    let deadline = match timeout.non_null() {
        Some(timeout) => Some(monotonic().saturating_add(timeout.read()?.to_nanoseconds()?)),
        None => None,
    };
    let file = socket_file(current, fd)?;
    let socket = SocketFile::of_file(&file)?.socket();
    if flags & MSG_ERRQUEUE == 0
        && let Some(error) = socket.take_error()
    {
        return Err(error);
    }
    let mut flags = flags;
    let mut done = 0;
    let mut failure = None;
    while done < usize::try_from(count).unwrap_or(usize::MAX) {
        match receive_one(current, &file, messages.offset(done), flags & !MSG_WAITFORONE) {
            Ok(told) => {
                done += 1;
                if flags & MSG_WAITFORONE != 0 {
                    flags |= MSG_DONTWAIT;
                }
                let is_over = deadline.is_some_and(|deadline| monotonic() >= deadline);
                if is_over || told & MSG_OOB != 0 {
                    break;
                }
            }
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    match failure {
        Some(error) if done == 0 => return Err(error),
        Some(Errno::EAGAIN) | None => {}
        // The next call tells.
        Some(error) => socket.set_error(error),
    }
    if let Some(deadline) = deadline {
        let left = deadline.saturating_sub(monotonic());
        timeout.write(&Timespec::from_nanoseconds(left))?;
    }
    Ok(done)
}

fn receive_one(
    current: &Current<'_>,
    file: &OpenFile,
    message: UserPtr<ManyMessageHeader>,
    flags: u32,
) -> Result<u32, Errno> {
    let received = message::receive(current, file, message.cast(), flags)?;
    count_of(message).write(&length_of(received.count))?;
    Ok(received.flags)
}
