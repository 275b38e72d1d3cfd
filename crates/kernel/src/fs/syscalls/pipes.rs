//! pipe(2).

use abi::Errno;
use abi::raw::general::{O_CLOEXEC, O_DIRECT, O_NONBLOCK};

use crate::fs::pipe;
use crate::syscalls::Current;
use crate::user::UserPtr;

/// pipe2(2).
pub fn pipe2(current: &Current<'_>, pair: UserPtr<i32>, flags: u32) -> Result<(), Errno> {
    if flags & !(O_CLOEXEC | O_DIRECT | O_NONBLOCK) != 0 {
        return Err(Errno::EINVAL);
    }
    let close_on_exec = flags & O_CLOEXEC != 0;
    let (reader, writer) = pipe::create(current, flags & (O_NONBLOCK | O_DIRECT))?;
    let reader = current.install(reader, close_on_exec)?;
    let writer = match current.install(writer, close_on_exec) {
        Ok(writer) => writer,
        Err(error) => {
            current.close(reader)?;
            return Err(error);
        }
    };
    if let Err(error) = pair.write_array(&[reader.0, writer.0]) {
        current.close(reader)?;
        current.close(writer)?;
        return Err(error);
    }
    Ok(())
}

/// pipe(2).
pub fn pipe(current: &Current<'_>, pair: UserPtr<i32>) -> Result<(), Errno> {
    pipe2(current, pair, 0)
}
