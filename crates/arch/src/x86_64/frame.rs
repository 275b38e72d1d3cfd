//! The registers of a program at the moment it entered the kernel.

/// All general registers of a program, in the order of Linux's `struct pt_regs`, and the trap.
///
/// The frame of the running thread lies at the top of its kernel stack, so its address follows from
/// the stack's: that makes the way out restartable.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the processor's registers")]
pub struct RegisterFrame {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rdx: u64,
    pub rsi: u64,
    pub rdi: u64,
    /// The system call's number, or [`Self::NO_SYSCALL`] when something else entered the kernel.
    pub orig_rax: u64,
    pub rip: u64,
    pub cs: u64,
    pub rflags: u64,
    pub rsp: u64,
    pub ss: u64,
    pub padding: u64,
}

const _: () = assert!(size_of::<RegisterFrame>().is_multiple_of(16), "the stack below it must stay aligned");

/// `naked_asm!` with the offset of each register in the frame at hand, by the register's name.
macro_rules! frame_asm {
    ($($line:expr),* $(,)?; $($name:ident = $kind:ident $value:expr),* $(,)?) => {
        ::core::arch::naked_asm!(
            $($line,)*
            $($name = $kind $value,)*
            r15 = const ::core::mem::offset_of!($crate::RegisterFrame, r15),
            r14 = const ::core::mem::offset_of!($crate::RegisterFrame, r14),
            r13 = const ::core::mem::offset_of!($crate::RegisterFrame, r13),
            r12 = const ::core::mem::offset_of!($crate::RegisterFrame, r12),
            rbp = const ::core::mem::offset_of!($crate::RegisterFrame, rbp),
            rbx = const ::core::mem::offset_of!($crate::RegisterFrame, rbx),
            r11 = const ::core::mem::offset_of!($crate::RegisterFrame, r11),
            r10 = const ::core::mem::offset_of!($crate::RegisterFrame, r10),
            r9 = const ::core::mem::offset_of!($crate::RegisterFrame, r9),
            r8 = const ::core::mem::offset_of!($crate::RegisterFrame, r8),
            rax = const ::core::mem::offset_of!($crate::RegisterFrame, rax),
            rcx = const ::core::mem::offset_of!($crate::RegisterFrame, rcx),
            rdx = const ::core::mem::offset_of!($crate::RegisterFrame, rdx),
            rsi = const ::core::mem::offset_of!($crate::RegisterFrame, rsi),
            rdi = const ::core::mem::offset_of!($crate::RegisterFrame, rdi),
            orig_rax = const ::core::mem::offset_of!($crate::RegisterFrame, orig_rax),
            rip = const ::core::mem::offset_of!($crate::RegisterFrame, rip),
            rflags = const ::core::mem::offset_of!($crate::RegisterFrame, rflags),
            rsp = const ::core::mem::offset_of!($crate::RegisterFrame, rsp),
        )
    };
}
pub(super) use frame_asm;

/// The flags that a program may set through a signal frame (Linux's `FIX_EFLAGS`).
pub const USER_FLAGS: u64 = 0x0005_0dd5;
/// The interrupt flag and the bit that is always one.
pub const FIXED_FLAGS: u64 = 0x0202;
/// The code segment of 64-bit programs, as Linux's signal frames show it.
pub const USER_CODE_SEGMENT: u64 = 0x33;
/// Bytes of the instructions SYSCALL, SYSENTER and INT 0x80: RIP lies behind it in the frame of a call.
const SYSCALL_LENGTH: u64 = 2;
/// The stack segment of programs.
pub const USER_STACK_SEGMENT: u64 = 0x2b;

impl RegisterFrame {
    /// `orig_rax` of a frame that no system call made.
    pub const NO_SYSCALL: u64 = u64::MAX;

    /// The frame of a new program: every register zero but these two (System V ABI, "Initial Stack and
    /// Register State").
    #[must_use]
    pub fn new_program(instruction_pointer: u64, stack_pointer: u64) -> Self {
        Self {
            rip: instruction_pointer,
            rsp: stack_pointer,
            rflags: FIXED_FLAGS,
            cs: USER_CODE_SEGMENT,
            ss: USER_STACK_SEGMENT,
            orig_rax: Self::NO_SYSCALL,
            ..Self::default()
        }
    }

    /// The number of the system call.
    #[must_use]
    pub const fn syscall_number(&self) -> u64 {
        self.orig_rax
    }

    /// The six argument registers of a system call (syscall(2)).
    #[must_use]
    pub const fn arguments(&self) -> [u64; 6] {
        [self.rdi, self.rsi, self.rdx, self.r10, self.r8, self.r9]
    }

    /// Whether a system call made this frame (and so may be restarted).
    #[must_use]
    pub const fn is_syscall(&self) -> bool {
        self.orig_rax != Self::NO_SYSCALL
    }

    /// The result register.
    #[must_use]
    pub const fn result(&self) -> u64 {
        self.rax
    }

    /// Sets the result register.
    pub const fn set_result(&mut self, value: u64) {
        self.rax = value;
    }

    /// Where the program goes on.
    #[must_use]
    pub const fn instruction_pointer(&self) -> u64 {
        self.rip
    }

    /// Makes the program go on there.
    pub const fn set_instruction_pointer(&mut self, address: u64) {
        self.rip = address;
    }

    /// Makes the program go on there, and shows that address where a call leaves the one that it goes on at.
    pub const fn set_call_return(&mut self, address: u64) {
        if self.rcx == self.rip {
            self.rcx = address;
        }
        self.rip = address;
    }

    /// The program's stack pointer.
    #[must_use]
    pub const fn stack_pointer(&self) -> u64 {
        self.rsp
    }

    /// Makes the program execute its system call again, with the given number.
    pub const fn restart(&mut self, number: u64) {
        self.rax = number;
        self.rip = self.rip.wrapping_sub(SYSCALL_LENGTH);
    }
}
