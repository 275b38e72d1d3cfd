//! Where functions begin and end.

use core::ops::Range;

/// Bytes that can be asked for: a program's memory, or a file.
pub trait Bytes {
    /// Fills the target with the bytes from an address (or offset) on; `false` when one cannot be had.
    fn read(&self, address: u64, target: &mut [u8]) -> bool;
}

impl Bytes for [u8] {
    fn read(&self, address: u64, target: &mut [u8]) -> bool {
        let bytes = usize::try_from(address)
            .ok()
            .and_then(|start| self.get(start..)?.get(..target.len()))
            .map(|bytes| target.copy_from_slice(bytes));
        bytes.is_some()
    }
}

/// A function of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its instructions: the first is one for sure.
    pub range: Range<u64>,
    /// Where the next function begins; what lies between belongs to none. At least the range's end.
    pub next: u64,
}

/// Reads values of little-endian tables, one after the other.
pub(crate) struct Reader<'a, B: ?Sized> {
    bytes: &'a B,
    /// The next value's address.
    pub(crate) at: u64,
}

impl<'a, B: Bytes + ?Sized> Reader<'a, B> {
    pub(crate) const fn new(bytes: &'a B, at: u64) -> Self {
        Self { bytes, at }
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        if !self.bytes.read(self.at, &mut array) {
            return None;
        }
        self.at = self.at.checked_add(N as u64)?;
        Some(array)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(u8::from_le_bytes)
    }

    pub(crate) fn half(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn word(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn double(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// An unsigned number of seven bits a byte (DWARF's ULEB128; the sign of SLEB128 does not matter to
    /// who skips it).
    pub(crate) fn leb128(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..).step_by(7).take(10) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}
