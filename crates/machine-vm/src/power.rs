//! The end of the machine.

use crate::{console, port};

/// Ends the machine with an exit status.
///
/// Whoever started it learns the status from the console's last message; QEMU's device for that also makes
/// it a part of QEMU's own exit status. What is not there takes no notice.
pub(crate) fn off(status: u8) -> ! {
    /// QEMU's `isa-debug-exit`.
    const DEBUG_EXIT: u16 = 0xf4;
    /// The power management register of QEMU's q35, and the request to go into the state S5.
    const POWER_MANAGEMENT: u16 = 0x604;
    const SLEEP: u16 = 0x2000;
    /// The keyboard controller, and its command to pull the reset line: with `-no-reboot`, the end.
    const KEYBOARD: u16 = 0x64;
    const RESET: u8 = 0xfe;
    console::end(status);
    // SAFETY: the device ends the machine.
    unsafe { port::write_u32(DEBUG_EXIT, u32::from(status)) };
    // SAFETY: as above.
    unsafe { port::write_u16(POWER_MANAGEMENT, SLEEP) };
    // SAFETY: as above.
    unsafe { port::write_u8(KEYBOARD, RESET) };
    triple_fault()
}

/// Faults without a gate to handle it, which resets the machine.
fn triple_fault() -> ! {
    let no_gates = [0_u8; 10];
    loop {
        // SAFETY: the machine ends here.
        unsafe { core::arch::asm!("lidt [{}]", "ud2", in(reg) &raw const no_gates) };
    }
}
