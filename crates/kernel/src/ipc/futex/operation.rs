//! `FUTEX_WAKE_OP`: changing one word while waiters of two are woken.

use abi::Errno;
use arch::copy;

use super::{retry, take, with_two};
use crate::mm::{Access, FutexKey};

/// Changes the word of the second futex, wakes up to `count` waiters of the first and, if the old word
/// compares as asked, up to `second_count` of the second; gives how many altogether (`FUTEX_WAKE_OP`).
///
/// # Errors
/// `EFAULT`, `EINVAL` when a waiter waits for a lock with an owner.
pub(super) fn wake_operation(
    (first, second): (FutexKey, FutexKey),
    address: u64,
    (count, second_count): (usize, usize),
    operation: Operation,
) -> Result<usize, Errno> {
    let woken = retry(Access::Write, || {
        with_two(first, second, |queue, other| {
            let old = operation.apply(address)?;
            let woken = take(queue, first, count, u32::MAX);
            let Ok(mut woken) = woken else { return Ok(woken) };
            if operation.compares(old) {
                match take(other.unwrap_or(queue), second, second_count, u32::MAX) {
                    Ok(more) => woken.0.extend(more.0),
                    // As Linux: those of the first word are woken, and nobody hears of them.
                    Err(error) => {
                        woken.tell();
                        return Ok(Err(error));
                    }
                }
            }
            Ok(Ok(woken))
        })
    })??;
    Ok(woken.tell())
}

/// What `FUTEX_WAKE_OP` does to the word, and what it compares the old one with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    kind: u32,
    operand: u32,
    comparison: u32,
    comparand: i32,
}

impl Operation {
    /// Decodes the third argument (`FUTEX_OP` of futex(2)).
    ///
    /// # Errors
    /// `ENOSYS` for an operation or comparison that there is not.
    #[expect(clippy::cast_possible_wrap, reason = "the fields are signed 12-bit numbers")]
    pub(super) const fn decode(encoded: u32) -> Result<Self, Errno> {
        const OPERAND_SHIFT: u32 = 8;
        let operand = (((encoded >> 12) & 0xfff) << 20) as i32 >> 20;
        let comparand = ((encoded & 0xfff) << 20) as i32 >> 20;
        let kind = (encoded >> 28) & 0xf;
        let comparison = (encoded >> 24) & 0xf;
        if kind & !OPERAND_SHIFT > 4 || comparison > 5 {
            return Err(Errno::ENOSYS);
        }
        let operand = if kind & OPERAND_SHIFT != 0 { 1 << (operand & 31) } else { operand.cast_unsigned() };
        Ok(Self { kind: kind & !OPERAND_SHIFT, operand, comparison, comparand })
    }

    /// Changes the word; gives the old one.
    fn apply(self, address: u64) -> Result<u32, copy::Fault> {
        let mut old = copy::load_u32(address)?;
        loop {
            let new = match self.kind {
                0 => self.operand,
                1 => old.wrapping_add(self.operand),
                2 => old | self.operand,
                3 => old & !self.operand,
                _ => old ^ self.operand,
            };
            let found = copy::compare_exchange_u32(address, old, new)?;
            if found == old {
                return Ok(old);
            }
            old = found;
        }
    }

    const fn compares(self, old: u32) -> bool {
        let old = old.cast_signed();
        match self.comparison {
            0 => old == self.comparand,
            1 => old != self.comparand,
            2 => old < self.comparand,
            3 => old <= self.comparand,
            4 => old > self.comparand,
            _ => old >= self.comparand,
        }
    }
}
