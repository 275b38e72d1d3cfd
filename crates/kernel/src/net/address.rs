//! Socket addresses as programs pass them.

use abi::Errno;
use abi::socket::ADDRESS_MAX;

use crate::user::{self, UserPtr};

/// A socket's address: family and what the family makes of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    bytes: [u8; ADDRESS_MAX],
    length: usize,
}

impl Address {
    /// The address with these bytes, of which more than fit are cut off.
    #[must_use]
    pub fn new(parts: &[&[u8]]) -> Self {
        let mut this = Self { bytes: [0; ADDRESS_MAX], length: 0 };
        for part in parts {
            let free = this.bytes.get_mut(this.length..).unwrap_or_default();
            let count = part.len().min(free.len());
            for (target, byte) in free.iter_mut().zip(*part) {
                *target = *byte;
            }
            this.length += count;
        }
        this
    }

    /// Reads an address from a program; one without bytes has a family of its own.
    ///
    /// # Errors
    /// `EINVAL` for an impossible length, `EFAULT`.
    pub fn read(pointer: UserPtr<u8>, length: i32) -> Result<Self, Errno> {
        let length = usize::try_from(length).map_err(|_| Errno::EINVAL)?;
        let mut this = Self { bytes: [0; ADDRESS_MAX], length };
        let target = this.bytes.get_mut(..length).ok_or(Errno::EINVAL)?;
        if user::read_bytes(pointer.address(), target)? < length {
            return Err(Errno::EFAULT);
        }
        Ok(this)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Writes it to a program whose buffer's length stands at `length`, where the address's own goes
    /// (accept(2)).
    ///
    /// # Errors
    /// `EINVAL` for a negative length, `EFAULT`.
    pub fn write(&self, pointer: UserPtr<u8>, length: UserPtr<i32>) -> Result<(), Errno> {
        let room = usize::try_from(length.read()?).map_err(|_| Errno::EINVAL)?;
        let part = self.bytes().get(..room).unwrap_or(self.bytes());
        pointer.write_array(part)?;
        length.write(&i32::try_from(self.length).unwrap_or(i32::MAX))
    }
}
