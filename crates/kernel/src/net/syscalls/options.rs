//! getsockopt(2), setsockopt(2).

use abi::Errno;
use abi::socket::SOL_SOCKET;

use crate::net::SocketFile;
use crate::net::option_calls::{self, Value};
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

/// getsockopt(2).
pub fn getsockopt(
    current: &Current<'_>,
    fd: Fd,
    level: i32,
    name: u32,
    value: UserPtr<u8>,
    length: UserPtr<i32>,
) -> Result<(), Errno> {
    let file = current.file(fd)?;
    let socket = SocketFile::of_file(&file)?.socket();
    if level != SOL_SOCKET {
        return Err(Errno::EOPNOTSUPP);
    }
    let room = usize::try_from(length.read()?).map_err(|_| Errno::EINVAL)?;
    let length_of = |bytes: usize| i32::try_from(bytes).unwrap_or(i32::MAX);
    match option_calls::get(&**socket, name, room) {
        Ok(bytes) => {
            let part = bytes.get(..room).unwrap_or(&bytes);
            value.write_array(part)?;
            length.write(&length_of(part.len()))
        }
        Err((error, Some(needed))) => length.write(&length_of(needed)).and(Err(error)),
        Err((error, None)) => Err(error),
    }
}

/// setsockopt(2).
pub fn setsockopt(
    current: &Current<'_>,
    fd: Fd,
    level: i32,
    name: u32,
    value: UserPtr<u8>,
    length: i32,
) -> Result<(), Errno> {
    let length = usize::try_from(length).map_err(|_| Errno::EINVAL);
    let file = current.file(fd)?;
    let socket = SocketFile::of_file(&file)?.socket();
    let length = length?;
    if level != SOL_SOCKET {
        return Err(Errno::EOPNOTSUPP);
    }
    option_calls::set(current, &**socket, name, Value { address: value, length })
}
