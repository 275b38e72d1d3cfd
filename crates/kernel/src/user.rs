//! User memory is an allegation: addresses that a program gave, with a type, that cannot be dereferenced.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use abi::Errno;
use arch::copy::{self, Fault};
use smallvec::SmallVec;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::machine::machine;
use crate::mm::Access;

/// How long a path may be, with its final zero (limits.h).
pub const PATH_MAX: usize = 4096;

/// Fails unless the bytes lie in the programs' part of the address space, whether or not something is
/// mapped there (Linux's `access_ok`).
///
/// # Errors
/// `EFAULT`.
pub fn check_range(address: u64, length: usize) -> Result<(), Errno> {
    let end = address.checked_add(length as u64).ok_or(Errno::EFAULT)?;
    if end <= copy::user_range().end { Ok(()) } else { Err(Errno::EFAULT) }
}

/// Repeats a copy as long as the core can bring in the page that it faulted on. Nothing is copied from or
/// to anywhere, be it null.
fn with_faults(
    access: Access,
    length: usize,
    mut copy: impl FnMut(usize) -> Result<(), Fault>,
) -> Result<(), (Errno, usize)> {
    if length == 0 {
        return Ok(());
    }
    let mut done = 0;
    loop {
        match copy(done) {
            Ok(()) => return Ok(()),
            Err(fault) => {
                done += fault.copied;
                if !crate::mm::fault_in(fault.address, access) {
                    return Err((Errno::EFAULT, done));
                }
            }
        }
    }
}

/// Copies from the program; gives how many bytes came before a fault.
///
/// # Errors
/// `EFAULT` when not even the first byte can be read.
pub fn read_bytes(address: u64, target: &mut [u8]) -> Result<usize, Errno> {
    let length = target.len();
    let outcome = with_faults(Access::Read, length, |done| match target.get_mut(done..) {
        Some(rest) => copy::from_user(rest, address.wrapping_add(done as u64)),
        None => Ok(()),
    });
    partial(outcome, length)
}

/// Copies to the program; gives how many bytes went before a fault.
///
/// # Errors
/// `EFAULT` when not even the first byte can be written.
pub fn write_bytes(address: u64, source: &[u8]) -> Result<usize, Errno> {
    let outcome = with_faults(Access::Write, source.len(), |done| match source.get(done..) {
        Some(rest) => copy::to_user(address.wrapping_add(done as u64), rest),
        None => Ok(()),
    });
    partial(outcome, source.len())
}

/// Zeroes the program's memory; gives how many bytes went before a fault.
///
/// # Errors
/// `EFAULT` when not even the first byte can be written.
pub fn clear_bytes(address: u64, length: usize) -> Result<usize, Errno> {
    let outcome = with_faults(Access::Write, length, |done| {
        copy::clear_user(address.wrapping_add(done as u64), length.saturating_sub(done))
    });
    partial(outcome, length)
}

/// Copies physical memory to the program; gives how many bytes went before a fault.
///
/// # Errors
/// `EFAULT` when not even the first byte can be written.
pub fn write_physical(user: u64, physical: u64, length: usize) -> Result<usize, Errno> {
    let outcome = with_faults(Access::Write, length, |done| {
        let offset = done as u64;
        machine().physical_to_user(physical + offset, user.wrapping_add(offset), length.saturating_sub(done))
    });
    partial(outcome, length)
}

/// Copies from the program to physical memory; gives how many bytes came before a fault.
///
/// # Errors
/// `EFAULT` when not even the first byte can be read.
pub fn read_physical(user: u64, physical: u64, length: usize) -> Result<usize, Errno> {
    let outcome = with_faults(Access::Read, length, |done| {
        let offset = done as u64;
        machine().physical_from_user(
            physical + offset,
            user.wrapping_add(offset),
            length.saturating_sub(done),
        )
    });
    partial(outcome, length)
}

fn partial(outcome: Result<(), (Errno, usize)>, length: usize) -> Result<usize, Errno> {
    match outcome {
        Ok(()) => Ok(length),
        Err((error, 0)) => Err(error),
        Err((_, done)) => Ok(done),
    }
}

fn whole(done: usize, length: usize) -> Result<(), Errno> {
    if done == length { Ok(()) } else { Err(Errno::EFAULT) }
}

/// The address of a `T` in a program, or null.
pub struct UserPtr<T> {
    address: u64,
    target: PhantomData<fn() -> T>,
}

impl<T> UserPtr<T> {
    /// The pointer with this address.
    #[must_use]
    pub const fn new(address: u64) -> Self {
        Self { address, target: PhantomData }
    }

    /// The address.
    #[must_use]
    pub const fn address(self) -> u64 {
        self.address
    }

    /// Whether the address is zero.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.address == 0
    }

    /// `None` for a null pointer: the way in which Linux spells "not given".
    #[must_use]
    pub const fn non_null(self) -> Option<Self> {
        if self.is_null() { None } else { Some(self) }
    }

    /// The same address as a pointer to something else.
    #[must_use]
    pub const fn cast<U>(self) -> UserPtr<U> {
        UserPtr::new(self.address)
    }

    /// The pointer to the element `index` places further on.
    #[must_use]
    pub const fn offset(self, index: usize) -> Self {
        Self::new(self.address.wrapping_add((index as u64).wrapping_mul(size_of::<T>() as u64)))
    }
}

impl<T: FromBytes + IntoBytes> UserPtr<T> {
    /// Reads the value, once.
    ///
    /// # Errors
    /// `EFAULT` when a byte of it cannot be read.
    pub fn read(self) -> Result<T, Errno> {
        let mut value = T::new_zeroed();
        let done = read_bytes(self.address, value.as_mut_bytes())?;
        whole(done, size_of::<T>())?;
        Ok(value)
    }

    /// Reads `count` values in a row.
    ///
    /// # Errors
    /// `EFAULT` when a byte cannot be read, `ENOMEM` without memory for them.
    pub fn read_array(self, count: usize) -> Result<Vec<T>, Errno> {
        let mut values = Vec::new();
        values.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        values.resize_with(count, T::new_zeroed);
        let bytes = values.as_mut_slice().as_mut_bytes();
        let length = bytes.len();
        whole(read_bytes(self.address, bytes)?, length)?;
        Ok(values)
    }
}

impl<T: FromBytes + IntoBytes> UserPtr<T> {
    /// Reads a structure of which the program says how long its version is: what is missing is zero, what
    /// this kernel does not know must be (`copy_struct_from_user`).
    ///
    /// # Errors
    /// `E2BIG` when it is too long or sets what is not known, `EFAULT`.
    pub fn read_extensible(self, size: usize) -> Result<T, Errno> {
        let known = size_of::<T>();
        if size > usize::try_from(crate::mm::PAGE_SIZE).unwrap_or(usize::MAX) {
            return Err(Errno::E2BIG);
        }
        let behind = self.address.wrapping_add(known as u64);
        let rest = UserPtr::<u8>::new(behind).read_array(size.saturating_sub(known))?;
        if rest.iter().any(|&byte| byte != 0) {
            return Err(Errno::E2BIG);
        }
        let mut value = T::new_zeroed();
        let bytes = value.as_mut_bytes();
        let length = size.min(known);
        let part = bytes.get_mut(..length).unwrap_or_default();
        whole(read_bytes(self.address, part)?, length)?;
        Ok(value)
    }
}

impl<T: IntoBytes + Immutable> UserPtr<T> {
    /// Writes the value.
    ///
    /// # Errors
    /// `EFAULT` when a byte of it cannot be written.
    pub fn write(self, value: &T) -> Result<(), Errno> {
        let bytes = value.as_bytes();
        whole(write_bytes(self.address, bytes)?, bytes.len())
    }

    /// Writes the values in a row.
    ///
    /// # Errors
    /// `EFAULT` when a byte cannot be written.
    pub fn write_array(self, values: &[T]) -> Result<(), Errno> {
        let bytes = values.as_bytes();
        whole(write_bytes(self.address, bytes)?, bytes.len())
    }

    /// Writes the value unless the pointer is null.
    ///
    /// # Errors
    /// `EFAULT` when a byte of it cannot be written.
    pub fn write_if_given(self, value: &T) -> Result<(), Errno> {
        if self.is_null() { Ok(()) } else { self.write(value) }
    }
}

impl<T> Clone for UserPtr<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for UserPtr<T> {}

impl<T> fmt::Debug for UserPtr<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            0 => formatter.write_str("NULL"),
            address => write!(formatter, "{address:#x}"),
        }
    }
}

/// The text of a path, which most often needs no memory from the heap.
pub type PathText = SmallVec<[u8; 128]>;

/// The address of a string in a program that ends with a zero byte.
#[derive(Clone, Copy)]
pub struct UserCStr(u64);

impl UserCStr {
    /// The string at this address.
    #[must_use]
    pub const fn new(address: u64) -> Self {
        Self(address)
    }

    /// The address.
    #[must_use]
    pub const fn address(self) -> u64 {
        self.0
    }

    /// Whether the address is zero.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// Reads the string without its zero, which must come within `limit` bytes.
    ///
    /// # Errors
    /// `EFAULT` when a byte cannot be read, `too_long` when there is no zero in time.
    pub fn read(self, limit: usize, too_long: Errno) -> Result<Vec<u8>, Errno> {
        let mut string = Vec::new();
        self.read_to(limit, too_long, |part: &[u8]| {
            string.try_reserve_exact(part.len()).map_err(|_| Errno::ENOMEM)?;
            string.extend_from_slice(part);
            Ok(())
        })?;
        Ok(string)
    }

    /// Gives the bytes up to the zero, piece by piece.
    fn read_to(
        self,
        limit: usize,
        too_long: Errno,
        mut take: impl FnMut(&[u8]) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let mut length = 0;
        // Most strings are short.
        let mut chunk = [0; 128];
        loop {
            let address = self.0.wrapping_add(length as u64);
            // Up to the end of a page, so that the string may end before an unmapped one.
            let in_page =
                usize::try_from(crate::mm::PAGE_SIZE - (address & crate::mm::PAGE_MASK)).unwrap_or(1);
            let wanted = chunk.len().min(in_page).min(limit - length);
            if wanted == 0 {
                return Err(too_long);
            }
            let part = chunk.get_mut(..wanted).unwrap_or_default();
            let done = read_bytes(address, part)?;
            let part = part.get(..done).unwrap_or_default();
            if let Some(end) = part.iter().position(|&byte| byte == 0) {
                return take(part.get(..end).unwrap_or_default());
            }
            take(part)?;
            length += part.len();
        }
    }

    /// Reads a path (at most `PATH_MAX` with its zero).
    ///
    /// # Errors
    /// `EFAULT` or `ENAMETOOLONG`.
    pub fn read_path(self) -> Result<PathText, Errno> {
        let mut path = PathText::new();
        self.read_to(PATH_MAX, Errno::ENAMETOOLONG, |part| {
            path.try_reserve(part.len()).map_err(|_| Errno::ENOMEM)?;
            path.extend_from_slice(part);
            Ok(())
        })?;
        Ok(path)
    }
}

impl fmt::Debug for UserCStr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        UserPtr::<u8>::new(self.0).fmt(formatter)
    }
}
