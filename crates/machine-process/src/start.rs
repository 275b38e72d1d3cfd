//! The first instructions, and what the host put on the stack.

use core::arch::naked_asm;
use core::ffi::CStr;

/// What the host's kernel gives a process (System V ABI, "Initial Process Stack").
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostStack {
    base: *const usize,
    count: usize,
}

/// `AT_PHDR`.
pub(crate) const PROGRAM_HEADERS: usize = 3;
/// `AT_PHNUM`.
pub(crate) const PROGRAM_HEADER_COUNT: usize = 5;
/// `AT_SYSINFO_EHDR`.
pub(crate) const VDSO: usize = 33;
/// `AT_HWCAP`.
pub(crate) const HARDWARE_CAPABILITIES: usize = 16;
/// `AT_HWCAP2`.
pub(crate) const HARDWARE_CAPABILITIES_2: usize = 26;
/// `AT_MINSIGSTKSZ`.
pub(crate) const MINIMAL_SIGNAL_STACK: usize = 51;

impl HostStack {
    /// # Safety
    /// `base` must be the stack pointer at the first instruction.
    unsafe fn new(base: *const usize) -> Self {
        // SAFETY: the first word is the count of arguments.
        let count = unsafe { base.read() };
        Self { base, count }
    }

    fn word(&self, index: usize) -> usize {
        // SAFETY: callers stop at the zeros that end each list.
        unsafe { self.base.wrapping_add(index).read() }
    }

    /// The arguments without the first, the program's name.
    pub(crate) fn arguments(self) -> impl Iterator<Item = &'static [u8]> {
        (1..self.count).map(move |index| {
            let string = core::ptr::with_exposed_provenance(self.word(1 + index));
            // SAFETY: the host's kernel ends each argument with a zero; the stack stays mapped.
            unsafe { CStr::from_ptr(string) }.to_bytes()
        })
    }

    /// A value of the auxiliary vector, or 0.
    pub(crate) fn auxiliary(&self, wanted: usize) -> usize {
        let mut index = self.count + 2;
        while self.word(index) != 0 {
            index += 1;
        }
        index += 1;
        while self.word(index) != 0 {
            if self.word(index) == wanted {
                return self.word(index + 1);
            }
            index += 2;
        }
        0
    }
}

#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    naked_asm!("xor ebp, ebp", "mov rdi, rsp", "and rsp, -16", "call {start}", "ud2", start = sym start)
}

extern "C" fn start(base: *const usize) -> ! {
    // SAFETY: `_start` hands the stack pointer on.
    let stack = unsafe { HostStack::new(base) };
    crate::boot::boot(stack)
}
