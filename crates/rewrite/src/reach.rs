//! Where a stub may lie.

use core::ops::Range;

/// Bytes of the jump that is written over a site: `E9` and a displacement of 32 bits.
pub const JUMP_SIZE: usize = 5;
/// The same, to calculate addresses.
pub const JUMP_LENGTH: u64 = JUMP_SIZE as u64;
/// How far a displacement of 32 bits goes, less the longest stub.
const DISTANCE: u64 = (1 << 31) - 4096;

/// Bytes that begin no instruction in 64-bit mode (Intel SDM volume 2, appendix A, "i64" and reserved
/// entries; none of them is a prefix, and none has been given a new meaning).
pub const INVALID_OPCODES: [u8; 18] = [
    0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4,
    0xea,
];

/// Which addresses suit a stub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The address behind the jump.
    origin: u64,
    /// All addresses from which everything can be reached that the stub refers to.
    window: Range<u64>,
    /// Which of the displacement's bytes must begin no instruction.
    invalid: [bool; 4],
}

impl Reach {
    /// The stubs of a jump at `patch`, which refer to the `addresses` given; `starts` are those of displaced
    /// instructions.
    pub(crate) fn new(
        patch: u64,
        addresses: impl Iterator<Item = u64>,
        starts: impl Iterator<Item = u64>,
    ) -> Option<Self> {
        let origin = patch.checked_add(JUMP_LENGTH)?;
        let (mut lowest, mut highest) = (patch, origin);
        for address in addresses {
            lowest = lowest.min(address);
            highest = highest.max(address);
        }
        // No stub crosses the end of the address space.
        let window = highest.saturating_sub(DISTANCE)..lowest.saturating_add(DISTANCE).min(u64::MAX - 4096);
        let mut invalid = [false; 4];
        for start in starts {
            let index = start.checked_sub(patch)?.checked_sub(1)?;
            if let Some(place) = usize::try_from(index).ok().and_then(|index| invalid.get_mut(index)) {
                *place = true;
            }
        }
        (!window.is_empty()).then_some(Self { origin, window, invalid })
    }

    /// Whether a stub may start there.
    #[must_use]
    pub fn accepts(&self, stub: u64) -> bool {
        self.window.contains(&stub) && self.first_misfit(stub).is_none()
    }

    /// The most significant byte of the displacement that begins an instruction and must not.
    fn first_misfit(&self, stub: u64) -> Option<u32> {
        let displacement = stub.wrapping_sub(self.origin);
        (0..4_u32).rev().find(|&index| {
            let [byte, ..] = (displacement >> (8 * index)).to_le_bytes();
            self.invalid.get(index as usize) == Some(&true) && !INVALID_OPCODES.contains(&byte)
        })
    }

    /// The lowest suitable address from `from` on.
    #[must_use]
    pub fn next(&self, from: u64) -> Option<u64> {
        let mut stub = from.max(self.window.start);
        while self.window.contains(&stub) {
            let Some(index) = self.first_misfit(stub) else { return Some(stub) };
            // The least address with another value of that byte.
            let unit = 1_u64 << (8 * index);
            let displacement = stub.wrapping_sub(self.origin);
            stub = stub.checked_add(unit - displacement % unit)?;
        }
        None
    }

    /// The addresses between which stubs may lie.
    #[must_use]
    pub fn window(&self) -> Range<u64> {
        self.window.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{INVALID_OPCODES, Reach};
    use crate::flow::decode;

    #[test]
    fn the_invalid_opcodes_begin_no_instruction_whatever_follows() {
        for byte in INVALID_OPCODES {
            for following in 0..=u16::MAX {
                let [first, second] = following.to_le_bytes();
                let bytes = [byte, first, second, 0x90, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
                assert!(decode(0x1000, &bytes).is_none(), "{bytes:02x?}");
            }
        }
    }

    #[test]
    fn the_next_suitable_address_is_the_least() {
        let starts = [0x40_1002, 0x40_1003];
        let reach = Reach::new(0x40_1000, [].into_iter(), starts.into_iter()).unwrap();
        let found = reach.next(0x1000_0000).unwrap();
        assert!(reach.accepts(found));
        assert!((0x1000_0000..found).step_by(7).all(|address| !reach.accepts(address)));
        let displacement = found - 0x40_1005;
        let [_, second, third, ..] = displacement.to_le_bytes();
        assert!(INVALID_OPCODES.contains(&second) && INVALID_OPCODES.contains(&third));
    }

    #[test]
    fn low_programs_and_high_ones_have_a_window() {
        let low = Reach::new(0x40_1000, [].into_iter(), [].into_iter()).unwrap();
        assert!(low.accepts(0x1_0000) && !low.accepts(0x9000_0000));
        let high = Reach::new(u64::MAX - 3, [].into_iter(), [].into_iter());
        assert!(high.is_none());
    }
}
