//! The frame that a signal handler finds on its stack: layouts and pure steps (Linux's
//! `arch/x86/kernel/signal_64.c` and `asm/sigcontext.h`).
//!
//! From low to high addresses: [`SignalFrame`], then the extended state, aligned to 64 bytes, in the
//! processor's standard format with a description in its bytes 464..512 and a magic number behind it.

use abi::siginfo::SigInfo;
use abi::signal::{SignalSet, SignalStack};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::frame::{FIXED_FLAGS, RegisterFrame, USER_CODE_SEGMENT, USER_FLAGS, USER_STACK_SEGMENT};
use super::xstate::{self, HEADER, HEADER_END};

/// Bytes below the stack pointer that belong to the interrupted function (System V ABI).
pub const RED_ZONE: u64 = 128;
/// The first magic number of extended state.
const MAGIC1: u32 = 0x4650_5853;
/// The second one, behind the state.
const MAGIC2: u32 = 0x4650_5845;
/// Bytes of the second magic number.
const MAGIC2_SIZE: usize = 4;
/// Bytes of the part of the state that every processor has (FXSAVE).
pub const LEGACY_SIZE: usize = 512;
const SOFTWARE: usize = 464;
const MXCSR: usize = 24;
/// Flags that a handler starts without: direction, resume, trap.
const HANDLER_CLEARS: u64 = 0x0001_0500;
/// `UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS`.
const CONTEXT_FLAGS: u64 = 0b111;

/// A program's registers as handlers see and change them (`struct sigcontext`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[expect(missing_docs, reason = "the fields are the processor's registers")]
pub struct SigContext {
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub rdx: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rsp: u64,
    pub rip: u64,
    pub rflags: u64,
    pub cs: u16,
    pub gs: u16,
    pub fs: u16,
    pub ss: u16,
    /// The error code of the last trap.
    pub err: u64,
    /// The number of the last trap.
    pub trapno: u64,
    /// The signal mask, again.
    pub oldmask: u64,
    /// The address of the last page fault.
    pub cr2: u64,
    /// Where the extended state is; 0 for none.
    pub fpstate: u64,
    pub reserved: [u64; 8],
}

/// `struct ucontext`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct UContext {
    /// `UC_*`.
    pub flags: u64,
    /// Always 0.
    pub link: u64,
    /// The alternate stack.
    pub stack: SignalStack,
    /// The registers.
    pub registers: SigContext,
    /// The signal mask to go back to.
    pub mask: SignalSet,
}

/// The part of a frame that every handler gets (`struct rt_sigframe` without its `siginfo_t`).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SignalFrame {
    /// Where the handler returns to.
    pub restorer: u64,
    /// What sigreturn(2) puts back.
    pub context: UContext,
}

/// Where the `siginfo_t` lies from the frame's start.
pub const INFO_OFFSET: u64 = size_of::<SignalFrame>() as u64;
/// Bytes of the whole frame.
pub const FRAME_SIZE: u64 = INFO_OFFSET + size_of::<SigInfo>() as u64;

/// What a frame says besides the registers.
#[derive(Clone, Copy, Debug)]
pub struct Details {
    /// Where the handler returns to.
    pub restorer: u64,
    /// The alternate stack.
    pub stack: SignalStack,
    /// The signal mask to go back to.
    pub mask: SignalSet,
    /// The number of the last trap.
    pub trap_number: u64,
    /// Its error code.
    pub error_code: u64,
    /// The address of the last page fault.
    pub fault_address: u64,
}

/// Where the parts of a frame go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The frame, and the handler's stack pointer.
    pub frame: u64,
    /// The extended state.
    pub state: u64,
}

impl Places {
    /// The places below a stack pointer (the red zone is already skipped). `None` when there is no room
    /// in the address space.
    #[must_use]
    pub fn below(stack_pointer: u64) -> Option<Self> {
        let state = stack_pointer.checked_sub(state_size() as u64)? & !63;
        let frame = (state.checked_sub(FRAME_SIZE)? & !15).checked_sub(8)?;
        Some(Self { frame, state })
    }
}

/// Bytes of extended state in a frame, with its magic number.
#[must_use]
pub fn state_size() -> usize {
    xstate::standard_size() + MAGIC2_SIZE
}

/// The bytes of the least alternate stack that a handler can run on (`AT_MINSIGSTKSZ`).
#[must_use]
pub fn minimum_stack_size() -> u64 {
    // As Linux counts: the frame and the state, each with what aligning it may take.
    (FRAME_SIZE + 15 + state_size() as u64 + 63).next_multiple_of(16)
}

impl SignalFrame {
    /// The frame that shows these registers.
    #[must_use]
    pub fn new(frame: &RegisterFrame, details: &Details, state: u64) -> Self {
        let registers = SigContext {
            err: details.error_code,
            trapno: details.trap_number,
            oldmask: details.mask.bits(),
            cr2: details.fault_address,
            fpstate: state,
            ..SigContext::of(frame)
        };
        Self {
            restorer: details.restorer,
            context: UContext {
                flags: CONTEXT_FLAGS,
                link: 0,
                stack: details.stack,
                registers,
                mask: details.mask,
            },
        }
    }
}

impl SigContext {
    /// The general registers of a frame.
    fn of(frame: &RegisterFrame) -> Self {
        Self {
            r8: frame.r8,
            r9: frame.r9,
            r10: frame.r10,
            r11: frame.r11,
            r12: frame.r12,
            r13: frame.r13,
            r14: frame.r14,
            r15: frame.r15,
            rdi: frame.rdi,
            rsi: frame.rsi,
            rbp: frame.rbp,
            rbx: frame.rbx,
            rdx: frame.rdx,
            rax: frame.rax,
            rcx: frame.rcx,
            rsp: frame.rsp,
            rip: frame.rip,
            rflags: frame.rflags,
            cs: USER_CODE_SEGMENT.to_le_bytes()[0].into(),
            ss: USER_STACK_SEGMENT.to_le_bytes()[0].into(),
            ..Self::default()
        }
    }

    /// The frame with which the program goes on that has `before` now. Segments are always those of 64-bit
    /// programs; flags that are not set this way stay.
    #[must_use]
    pub fn to_frame(&self, before: &RegisterFrame) -> RegisterFrame {
        RegisterFrame {
            r15: self.r15,
            r14: self.r14,
            r13: self.r13,
            r12: self.r12,
            rbp: self.rbp,
            rbx: self.rbx,
            r11: self.r11,
            r10: self.r10,
            r9: self.r9,
            r8: self.r8,
            rax: self.rax,
            rcx: self.rcx,
            rdx: self.rdx,
            rsi: self.rsi,
            rdi: self.rdi,
            orig_rax: RegisterFrame::NO_SYSCALL,
            rip: self.rip,
            cs: USER_CODE_SEGMENT,
            rflags: FIXED_FLAGS | (before.rflags & !USER_FLAGS) | (self.rflags & USER_FLAGS),
            rsp: self.rsp,
            ss: USER_STACK_SEGMENT,
            padding: 0,
        }
    }
}

/// Makes the registers those with which a handler starts.
pub fn enter_handler(frame: &mut RegisterFrame, handler: u64, signal: u64, places: Places) {
    frame.rdi = signal;
    frame.rsi = places.frame.wrapping_add(INFO_OFFSET);
    frame.rdx = places.frame.wrapping_add(8);
    frame.rax = 0;
    frame.rip = handler;
    frame.rsp = places.frame;
    frame.rflags &= !HANDLER_CLEARS;
}

/// Where sigreturn(2) finds the frame: the handler's return has taken the restorer's address off the stack.
#[must_use]
pub const fn frame_to_return_from(frame: &RegisterFrame) -> u64 {
    frame.rsp.wrapping_sub(8)
}

/// `_fpx_sw_bytes`: what the extended state of a frame holds.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
struct SoftwareBytes {
    magic1: u32,
    extended_size: u32,
    features: u64,
    state_size: u32,
    padding: [u32; 7],
}

/// Describes saved extended state for readers of a frame; gives the magic number to put behind it.
pub fn describe_state(state: &mut [u8]) -> [u8; MAGIC2_SIZE] {
    let size = u32::try_from(xstate::standard_size()).unwrap_or(u32::MAX);
    let described = SoftwareBytes {
        magic1: MAGIC1,
        extended_size: size.saturating_add(4),
        features: xstate::features(),
        state_size: size,
        padding: [0; 7],
    };
    if let Some(place) = state.get_mut(SOFTWARE..LEGACY_SIZE) {
        place.copy_from_slice(described.as_bytes());
    }
    // Whoever reads only the legacy part may change it: say that x87 and SSE are there.
    if let Some(first) = state.get_mut(HEADER) {
        *first |= 0b11;
    }
    MAGIC2.to_le_bytes()
}

/// Whether the legacy part of a state says that the rest follows.
#[must_use]
pub fn has_extended_state(legacy: &[u8]) -> bool {
    legacy.get(SOFTWARE..SOFTWARE + 4) == Some(&MAGIC1.to_le_bytes())
}

/// Makes whole what was read from a frame, `state` with `magic` behind it, or only its legacy part: what
/// was not there is the initial state.
pub fn complete_state(state: &mut [u8], magic: [u8; MAGIC2_SIZE]) {
    let described = SoftwareBytes::read_from_bytes(state.get(SOFTWARE..LEGACY_SIZE).unwrap_or_default())
        .unwrap_or_default();
    let whole = described.magic1 == MAGIC1 && magic == MAGIC2.to_le_bytes();
    let features = if whole { described.features } else { 0b11 };
    let Some(rest) = state.get_mut(LEGACY_SIZE..) else { return };
    if !whole {
        rest.fill(0);
    }
    let Some((present, _)) = rest.split_first_chunk_mut::<8>() else { return };
    let bits = if whole { u64::from_le_bytes(*present) & features } else { features };
    *present = bits.to_le_bytes();
}

/// Whether the processor would take this state: a program may have written anything into its frame.
#[must_use]
pub fn is_valid_state(state: &[u8]) -> bool {
    let word = |offset: usize| state.get(offset..offset + 8).and_then(|bytes| bytes.first_chunk::<8>());
    let Some((mxcsr, present)) = word(MXCSR).zip(word(HEADER)) else { return false };
    let header = state.get(HEADER + 8..HEADER_END).unwrap_or_default();
    u64::from_le_bytes(*mxcsr) & 0xffff_0000 == 0
        && u64::from_le_bytes(*present) & !xstate::features() == 0
        && header.iter().all(|&byte| byte == 0)
}

#[cfg(test)]
mod tests {
    use core::mem::offset_of;

    use super::{
        FRAME_SIZE, INFO_OFFSET, LEGACY_SIZE, Places, SigContext, SignalFrame, SoftwareBytes, UContext,
        complete_state, describe_state, has_extended_state, is_valid_state, state_size,
    };
    use crate::xstate::StandardState;

    /// What offsetof gives for Linux's headers.
    #[test]
    fn layout_is_that_of_linux() {
        assert_eq!((INFO_OFFSET, FRAME_SIZE), (312, 440));
        assert_eq!(size_of::<SigContext>(), 256);
        let frame = offset_of!(SignalFrame, context);
        let context =
            [offset_of!(UContext, stack), offset_of!(UContext, registers), offset_of!(UContext, mask)];
        assert_eq!((frame, context.map(|offset| frame + offset)), (8, [24, 48, 304]));
        let registers = [
            offset_of!(SigContext, r8),
            offset_of!(SigContext, rdi),
            offset_of!(SigContext, rsp),
            offset_of!(SigContext, rip),
            offset_of!(SigContext, rflags),
            offset_of!(SigContext, cs),
            offset_of!(SigContext, ss),
            offset_of!(SigContext, err),
            offset_of!(SigContext, trapno),
            offset_of!(SigContext, oldmask),
            offset_of!(SigContext, cr2),
            offset_of!(SigContext, fpstate),
        ];
        assert_eq!(registers, [0, 64, 120, 128, 136, 144, 150, 152, 160, 168, 176, 184]);
        let software = [
            offset_of!(SoftwareBytes, extended_size),
            offset_of!(SoftwareBytes, features),
            offset_of!(SoftwareBytes, state_size),
            size_of::<SoftwareBytes>(),
        ];
        assert_eq!(software, [4, 8, 16, 48]);
    }

    #[test]
    fn places_are_aligned_as_at_a_call() {
        for stack_pointer in 0x10000..0x10080 {
            let places = Places::below(stack_pointer).unwrap();
            assert_eq!((places.frame % 16, places.state % 64), (8, 0));
            assert!(places.state + state_size() as u64 <= stack_pointer);
            assert!(places.frame + FRAME_SIZE <= places.state);
        }
        assert_eq!(Places::below(64), None);
    }

    #[test]
    fn state_survives_a_frame() {
        let mut state = StandardState::new().unwrap();
        let magic = describe_state(state.bytes());
        assert!(has_extended_state(state.bytes()));
        state.bytes()[200] = 0xaa;
        let before = state.bytes().to_vec();
        complete_state(state.bytes(), magic);
        assert!(is_valid_state(state.bytes()));
        assert_eq!(state.bytes(), &before[..]);
        // Without the second magic number only the legacy part counts.
        state.bytes()[LEGACY_SIZE + 8] = 1;
        assert!(!is_valid_state(state.bytes()));
        complete_state(state.bytes(), [0; 4]);
        assert!(is_valid_state(state.bytes()));
        assert_eq!(state.bytes()[LEGACY_SIZE], 0b11);
        state.bytes()[27] = 1;
        assert!(!is_valid_state(state.bytes()));
    }
}
