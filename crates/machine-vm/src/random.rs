//! Random bytes from the processor's generator (Intel SDM volume 1, section 7.3.17).

use core::arch::asm;
use core::arch::x86_64::__cpuid;

/// Whether the processor has a generator.
pub(crate) fn is_there() -> bool {
    const RDRAND: u32 = 1 << 30;
    __cpuid(1).ecx & RDRAND != 0
}

fn word() -> u64 {
    loop {
        let (value, done): (u64, u8);
        // SAFETY: `is_there` was asked when the kernel started.
        unsafe { asm!("rdrand {}", "setc {}", out(reg) value, out(reg_byte) done, options(nomem, nostack)) };
        if done != 0 {
            return value;
        }
    }
}

/// Fills the buffer.
pub(crate) fn fill(target: &mut [u8]) {
    for chunk in target.chunks_mut(8) {
        for (byte, random) in chunk.iter_mut().zip(word().to_le_bytes()) {
            *byte = random;
        }
    }
}
