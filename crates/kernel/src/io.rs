//! Where the bytes of a read go and those of a write come from: a program's buffers or the kernel's own.

use alloc::vec::Vec;

use abi::Errno;

use crate::user;

/// The most that one read or write moves, as on Linux (`MAX_RW_COUNT`).
pub const MAX_RW_COUNT: usize = 0x7fff_f000;

/// A part of a program's memory: address and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserRange {
    /// The first byte's address.
    pub address: u64,
    /// How many bytes.
    pub length: usize,
}

#[derive(Debug)]
struct UserRanges {
    /// The first range is the one in use; exhausted ones are removed.
    ranges: Vec<UserRange>,
    next: usize,
    current: UserRange,
}

impl UserRanges {
    fn new(ranges: Vec<UserRange>) -> Self {
        let mut this = Self { ranges, next: 0, current: UserRange { address: 0, length: 0 } };
        this.skip_empty();
        this
    }

    fn single(range: UserRange) -> Self {
        Self { ranges: Vec::new(), next: 0, current: range }
    }

    fn skip_empty(&mut self) {
        while self.current.length == 0
            && let Some(range) = self.ranges.get(self.next)
        {
            self.current = *range;
            self.next += 1;
        }
    }

    fn remaining(&self) -> usize {
        let rest = self.ranges.get(self.next..).unwrap_or_default();
        rest.iter().fold(self.current.length, |sum, range| sum.saturating_add(range.length))
    }

    fn truncate(&mut self, mut length: usize) {
        self.current.length = self.current.length.min(length);
        length -= self.current.length;
        for range in self.ranges.get_mut(self.next..).unwrap_or_default() {
            range.length = range.length.min(length);
            length -= range.length;
        }
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 && self.current.length > 0 {
            let step = count.min(self.current.length);
            self.current.address = self.current.address.wrapping_add(step as u64);
            self.current.length -= step;
            count -= step;
            self.skip_empty();
        }
    }

    /// Runs `copy(address, done, length)` over the ranges until `total` bytes or a fault.
    fn each(
        &mut self,
        total: usize,
        mut copy: impl FnMut(u64, usize, usize) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        let mut done = 0;
        while done < total && self.current.length > 0 {
            let wanted = (total - done).min(self.current.length);
            match copy(self.current.address, done, wanted) {
                Ok(count) => {
                    self.advance(count);
                    done += count;
                    if count < wanted {
                        break;
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }
}

#[derive(Debug)]
enum Target<'a> {
    User(UserRanges),
    Kernel(&'a mut [u8], usize),
}

/// Where the bytes of a read go.
#[derive(Debug)]
pub struct Sink<'a>(Target<'a>);

impl<'a> Sink<'a> {
    /// A program's buffer.
    #[must_use]
    pub fn user(address: u64, length: usize) -> Self {
        Self(Target::User(UserRanges::single(UserRange { address, length: length.min(MAX_RW_COUNT) })))
    }

    /// A program's buffers, filled one after the other.
    #[must_use]
    pub fn user_vector(ranges: Vec<UserRange>) -> Self {
        Self(Target::User(UserRanges::new(ranges)))
    }

    /// A buffer of the kernel.
    #[must_use]
    pub fn kernel(buffer: &'a mut [u8]) -> Self {
        Self(Target::Kernel(buffer, 0))
    }

    /// How many bytes still fit.
    #[must_use]
    pub fn remaining(&self) -> usize {
        match &self.0 {
            Target::User(ranges) => ranges.remaining(),
            Target::Kernel(buffer, done) => buffer.len() - done,
        }
    }

    /// Takes no more than `length` further bytes.
    pub fn truncate(&mut self, length: usize) {
        match &mut self.0 {
            Target::User(ranges) => ranges.truncate(length),
            Target::Kernel(buffer, done) => {
                let end = done.saturating_add(length).min(buffer.len());
                let (kept, _) = core::mem::take(buffer).split_at_mut(end);
                *buffer = kept;
            }
        }
    }

    /// Puts as many of the bytes as fit; a short count means that it is full or a fault.
    ///
    /// # Errors
    /// `EFAULT` when not even the first byte can be written.
    pub fn put(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        match &mut self.0 {
            Target::User(ranges) => ranges.each(bytes.len(), |address, done, length| {
                user::write_bytes(address, bytes.get(done..done + length).unwrap_or_default())
            }),
            Target::Kernel(buffer, done) => {
                let free = buffer.get_mut(*done..).unwrap_or_default();
                let count = free.len().min(bytes.len());
                for (target, byte) in free.iter_mut().zip(bytes) {
                    *target = *byte;
                }
                *done += count;
                Ok(count)
            }
        }
    }

    /// Puts `length` zero bytes, as [`put`](Self::put).
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_zeros(&mut self, length: usize) -> Result<usize, Errno> {
        match &mut self.0 {
            Target::User(ranges) => {
                ranges.each(length, |address, _, length| user::clear_bytes(address, length))
            }
            Target::Kernel(buffer, done) => {
                let free = buffer.get_mut(*done..).unwrap_or_default();
                let count = free.len().min(length);
                free.iter_mut().take(count).for_each(|byte| *byte = 0);
                *done += count;
                Ok(count)
            }
        }
    }

    /// Puts bytes of physical memory, as [`put`](Self::put).
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_physical(&mut self, physical: u64, length: usize) -> Result<usize, Errno> {
        match &mut self.0 {
            Target::User(ranges) => ranges.each(length, |address, done, length| {
                user::write_physical(address, physical + done as u64, length)
            }),
            Target::Kernel(buffer, done) => {
                let free = buffer.get_mut(*done..).unwrap_or_default();
                let count = free.len().min(length);
                let target = free.get_mut(..count).unwrap_or_default();
                crate::machine::machine().physical_read(physical, target);
                *done += count;
                Ok(count)
            }
        }
    }

    /// The next part of the program's memory, for a machine that fills it directly; then call
    /// [`advance`](Self::advance). `None` for a buffer of the kernel.
    #[must_use]
    pub fn user_range(&self) -> Option<UserRange> {
        match &self.0 {
            Target::User(ranges) => Some(ranges.current),
            Target::Kernel(..) => None,
        }
    }

    /// The free part of a buffer of the kernel; then call [`advance`](Self::advance).
    pub fn kernel_buffer(&mut self) -> Option<&mut [u8]> {
        match &mut self.0 {
            Target::User(_) => None,
            Target::Kernel(buffer, done) => buffer.get_mut(*done..),
        }
    }

    /// Says that `count` bytes were put into [`user_range`](Self::user_range) or
    /// [`kernel_buffer`](Self::kernel_buffer).
    pub fn advance(&mut self, count: usize) {
        match &mut self.0 {
            Target::User(ranges) => ranges.advance(count),
            Target::Kernel(buffer, done) => *done = (*done + count).min(buffer.len()),
        }
    }
}

#[derive(Debug)]
enum Origin<'a> {
    User(UserRanges),
    Kernel(&'a [u8]),
}

/// Where the bytes of a write come from.
#[derive(Debug)]
pub struct Source<'a>(Origin<'a>);

impl<'a> Source<'a> {
    /// A program's buffer.
    #[must_use]
    pub fn user(address: u64, length: usize) -> Self {
        Self(Origin::User(UserRanges::single(UserRange { address, length: length.min(MAX_RW_COUNT) })))
    }

    /// A program's buffers, emptied one after the other.
    #[must_use]
    pub fn user_vector(ranges: Vec<UserRange>) -> Self {
        Self(Origin::User(UserRanges::new(ranges)))
    }

    /// A buffer of the kernel.
    #[must_use]
    pub const fn kernel(buffer: &'a [u8]) -> Self {
        Self(Origin::Kernel(buffer))
    }

    /// How many bytes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        match &self.0 {
            Origin::User(ranges) => ranges.remaining(),
            Origin::Kernel(buffer) => buffer.len(),
        }
    }

    /// Gives no more than `length` further bytes.
    pub fn truncate(&mut self, length: usize) {
        match &mut self.0 {
            Origin::User(ranges) => ranges.truncate(length),
            Origin::Kernel(buffer) => *buffer = buffer.get(..length).unwrap_or(buffer),
        }
    }

    /// Takes as many bytes as the target holds; a short count means that it is empty or a fault.
    ///
    /// # Errors
    /// `EFAULT` when not even the first byte can be read.
    pub fn take(&mut self, target: &mut [u8]) -> Result<usize, Errno> {
        match &mut self.0 {
            Origin::User(ranges) => ranges.each(target.len(), |address, done, length| {
                user::read_bytes(address, target.get_mut(done..done + length).unwrap_or_default())
            }),
            Origin::Kernel(buffer) => {
                let count = buffer.len().min(target.len());
                if let (Some(target), Some((taken, rest))) =
                    (target.get_mut(..count), buffer.split_at_checked(count))
                {
                    target.copy_from_slice(taken);
                    *buffer = rest;
                }
                Ok(count)
            }
        }
    }

    /// Takes bytes into physical memory, as [`take`](Self::take).
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_physical(&mut self, physical: u64, length: usize) -> Result<usize, Errno> {
        match &mut self.0 {
            Origin::User(ranges) => ranges.each(length, |address, done, length| {
                user::read_physical(address, physical + done as u64, length)
            }),
            Origin::Kernel(buffer) => {
                let count = buffer.len().min(length);
                if let Some((taken, rest)) = buffer.split_at_checked(count) {
                    crate::machine::machine().physical_write(physical, taken);
                    *buffer = rest;
                }
                Ok(count)
            }
        }
    }

    /// The next part of the program's memory, for a machine that reads it directly; then call
    /// [`advance`](Self::advance). `None` for a buffer of the kernel.
    #[must_use]
    pub fn user_range(&self) -> Option<UserRange> {
        match &self.0 {
            Origin::User(ranges) => Some(ranges.current),
            Origin::Kernel(_) => None,
        }
    }

    /// What is left of a buffer of the kernel; then call [`advance`](Self::advance).
    #[must_use]
    pub fn kernel_buffer(&self) -> Option<&[u8]> {
        match &self.0 {
            Origin::User(_) => None,
            Origin::Kernel(buffer) => Some(buffer),
        }
    }

    /// Says that `count` bytes of [`user_range`](Self::user_range) or
    /// [`kernel_buffer`](Self::kernel_buffer) were taken.
    pub fn advance(&mut self, count: usize) {
        match &mut self.0 {
            Origin::User(ranges) => ranges.advance(count),
            Origin::Kernel(buffer) => *buffer = buffer.get(count..).unwrap_or_default(),
        }
    }
}
