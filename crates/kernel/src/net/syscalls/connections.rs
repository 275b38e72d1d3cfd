//! socket(2), socketpair(2), and the calls about names and connections.

use alloc::sync::Arc;

use abi::Errno;
use abi::socket::{
    AF_UNIX, FAMILIES, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM,
    SOCK_TYPE_MASK, TYPES,
};

use crate::fs::OpenFile;
use crate::net::message::write_address;
use crate::net::unix::UnixSocket;
use crate::net::{Address, Kind, Shutdown, SocketFile};
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

/// The longest queue of connections (/proc/sys/net/core/somaxconn).
pub const BACKLOG_MAX: usize = 4096;

/// The flags beside a type.
struct Flags {
    nonblocking: bool,
    close_on_exec: bool,
}

impl Flags {
    /// # Errors
    /// `EINVAL` for others.
    fn decode(flags: u32) -> Result<Self, Errno> {
        if flags & !(SOCK_NONBLOCK | SOCK_CLOEXEC) != 0 {
            return Err(Errno::EINVAL);
        }
        Ok(Self { nonblocking: flags & SOCK_NONBLOCK != 0, close_on_exec: flags & SOCK_CLOEXEC != 0 })
    }
}

/// The kind of socket that three numbers ask for.
///
/// # Errors
/// `EAFNOSUPPORT`, `EINVAL`, `EPROTONOSUPPORT`, `ESOCKTNOSUPPORT`.
fn kind_of(family: i32, kind: u32, protocol: i32) -> Result<Kind, Errno> {
    if !(0..FAMILIES).contains(&family) {
        return Err(Errno::EAFNOSUPPORT);
    }
    if kind >= TYPES {
        return Err(Errno::EINVAL);
    }
    if family != i32::from(AF_UNIX) {
        return Err(Errno::EAFNOSUPPORT);
    }
    if protocol != 0 && protocol != i32::from(AF_UNIX) {
        return Err(Errno::EPROTONOSUPPORT);
    }
    match kind {
        SOCK_STREAM => Ok(Kind::Stream),
        SOCK_DGRAM | SOCK_RAW => Ok(Kind::Datagram),
        SOCK_SEQPACKET => Ok(Kind::SequencedPacket),
        _ => Err(Errno::ESOCKTNOSUPPORT),
    }
}

/// socket(2).
pub fn socket(current: &Current<'_>, family: i32, kind: u32, protocol: i32) -> Result<Fd, Errno> {
    let flags = Flags::decode(kind & !SOCK_TYPE_MASK)?;
    let kind = kind_of(family, kind & SOCK_TYPE_MASK, protocol)?;
    let file = SocketFile::open(current, UnixSocket::new(kind)?, flags.nonblocking)?;
    current.install(file, flags.close_on_exec)
}

/// socketpair(2). As Linux, the descriptors are found and told before the sockets are made.
pub fn socketpair(
    current: &Current<'_>,
    family: i32,
    kind: u32,
    protocol: i32,
    pair: UserPtr<i32>,
) -> Result<(), Errno> {
    let flags = Flags::decode(kind & !SOCK_TYPE_MASK)?;
    let kind = kind_of(family, kind & SOCK_TYPE_MASK, protocol);
    let (first, second) = UnixSocket::pair(current, kind.unwrap_or(Kind::Datagram))?;
    let first = SocketFile::open(current, first, flags.nonblocking)?;
    let second = SocketFile::open(current, second, flags.nonblocking)?;
    let fds = install_pair(current, [&first, &second], flags.close_on_exec)?;
    let outcome = pair.write_array(&fds.map(|fd| fd.0)).and(kind.map(|_| ()));
    if outcome.is_err() {
        for fd in fds {
            current.close(fd)?;
        }
    }
    outcome
}

fn install_pair(
    current: &Current<'_>,
    files: [&Arc<OpenFile>; 2],
    close_on_exec: bool,
) -> Result<[Fd; 2], Errno> {
    let [first, second] = files;
    let first = current.install(Arc::clone(first), close_on_exec)?;
    match current.install(Arc::clone(second), close_on_exec) {
        Ok(second) => Ok([first, second]),
        Err(error) => {
            current.close(first)?;
            Err(error)
        }
    }
}

/// bind(2).
pub fn bind(current: &Current<'_>, fd: Fd, address: UserPtr<u8>, length: i32) -> Result<(), Errno> {
    let file = current.file(fd)?;
    let socket = SocketFile::of_file(&file)?;
    let address = Address::read(address, length)?;
    socket.socket().bind(current, address.bytes(), socket.permissions())
}

/// listen(2).
pub fn listen(current: &Current<'_>, fd: Fd, backlog: i32) -> Result<(), Errno> {
    let file = current.file(fd)?;
    // A negative number is a large one.
    let backlog = usize::try_from(backlog).unwrap_or(BACKLOG_MAX).min(BACKLOG_MAX);
    SocketFile::of_file(&file)?.socket().listen(current, backlog)
}

/// connect(2).
pub fn connect(current: &Current<'_>, fd: Fd, address: UserPtr<u8>, length: i32) -> Result<(), Errno> {
    let file = current.file(fd)?;
    let address = Address::read(address, length)?;
    SocketFile::of_file(&file)?.socket().connect(current, address.bytes(), file.is_nonblocking())
}

/// accept4(2).
pub fn accept4(
    current: &Current<'_>,
    fd: Fd,
    address: UserPtr<u8>,
    length: UserPtr<i32>,
    flags: u32,
) -> Result<Fd, Errno> {
    let file = current.file(fd)?;
    let flags = Flags::decode(flags)?;
    let socket = SocketFile::of_file(&file)?.socket();
    // Without a free descriptor the connection stays where it is.
    current.files().check_room(current.open_file_limit())?;
    let connection = socket.accept(file.is_nonblocking())?;
    let peer = Arc::clone(&connection);
    let file = SocketFile::open(current, connection, flags.nonblocking)?;
    if !address.is_null() {
        // As Linux: a connection whose other end was closed meanwhile has no address.
        let name = peer.peer_name().map_err(|_| Errno::ECONNABORTED)?;
        write_address(Some(&name), address, length)?;
    }
    current.install(file, flags.close_on_exec)
}

/// accept(2).
pub fn accept(
    current: &Current<'_>,
    fd: Fd,
    address: UserPtr<u8>,
    length: UserPtr<i32>,
) -> Result<Fd, Errno> {
    accept4(current, fd, address, length, 0)
}

/// getsockname(2).
pub fn getsockname(
    current: &Current<'_>,
    fd: Fd,
    address: UserPtr<u8>,
    length: UserPtr<i32>,
) -> Result<(), Errno> {
    let file = current.file(fd)?;
    SocketFile::of_file(&file)?.socket().name()?.write(address, length)
}

/// getpeername(2).
pub fn getpeername(
    current: &Current<'_>,
    fd: Fd,
    address: UserPtr<u8>,
    length: UserPtr<i32>,
) -> Result<(), Errno> {
    let file = current.file(fd)?;
    SocketFile::of_file(&file)?.socket().peer_name()?.write(address, length)
}

/// shutdown(2).
pub fn shutdown(current: &Current<'_>, fd: Fd, how: u32) -> Result<(), Errno> {
    let file = current.file(fd)?;
    let socket = SocketFile::of_file(&file)?.socket();
    let directions = match how {
        0 => Shutdown::RECEIVE,
        1 => Shutdown::SEND,
        2 => Shutdown::all(),
        _ => return Err(Errno::EINVAL),
    };
    socket.shut_down(directions)
}
