//! The per-processor block behind the GS base, and the FS base of programs.

use core::arch::asm;
use core::mem::offset_of;
use core::ptr;
#[cfg(target_os = "none")]
use core::ptr::NonNull;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use sync::{Borrows, Running};

use super::call::{self, LeafValues};
use super::frame::{USER_CODE_SEGMENT, USER_STACK_SEGMENT};

/// What a processor finds through its GS base.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct CpuBlock {
    /// The block's own address, to read it with one load.
    this: AtomicPtr<Self>,
    /// The top of the running thread's kernel stack; its register frame ends here.
    pub(super) kernel_stack_top: AtomicU64,
    /// Where the way out parks the program's instruction pointer.
    pub(super) exit_rip: AtomicU64,
    /// Not zero: something is to be done before the program goes on.
    pub(super) pending: AtomicU32,
    /// The processor's number.
    id: u32,
    /// The segments that the processor has while programs run; their frames show those of Linux.
    code_segment: AtomicU64,
    stack_segment: AtomicU64,
    /// The owner of the running [`Context`](super::context::Context).
    pub(super) owner: AtomicPtr<()>,
    /// What the running thread's leaf calls give.
    pub(super) leaf: AtomicPtr<LeafValues>,
    /// What the running thread borrows.
    pub(super) borrows: AtomicPtr<Borrows>,
    /// Where a patched site jumps whose number is no constant.
    pub(super) call: AtomicU64,
    /// Where patched sites jump whose number is a constant.
    pub(super) calls: [AtomicU64; CALLS_LENGTH],
}

/// How many numbers have an entry of their own.
pub(super) const CALLS_LENGTH: usize = 512;

/// Offset of [`CpuBlock::kernel_stack_top`].
pub(super) const KERNEL_STACK_TOP: usize = offset_of!(CpuBlock, kernel_stack_top);
/// Offset of [`CpuBlock::exit_rip`].
pub(super) const EXIT_RIP: usize = offset_of!(CpuBlock, exit_rip);
/// Offset of [`CpuBlock::code_segment`].
pub(super) const CODE_SEGMENT: usize = offset_of!(CpuBlock, code_segment);
/// Offset of [`CpuBlock::stack_segment`].
pub(super) const STACK_SEGMENT: usize = offset_of!(CpuBlock, stack_segment);
/// Offset of [`CpuBlock::pending`].
pub(super) const PENDING: usize = offset_of!(CpuBlock, pending);
/// Offset of [`CpuBlock::owner`].
const OWNER: usize = offset_of!(CpuBlock, owner);
/// Offset of [`CpuBlock::leaf`].
pub(super) const LEAF: usize = offset_of!(CpuBlock, leaf);
/// Offset of [`CpuBlock::borrows`].
#[cfg(target_os = "none")]
const BORROWS: usize = offset_of!(CpuBlock, borrows);
/// Offset of [`CpuBlock::call`].
pub(super) const CALL: usize = offset_of!(CpuBlock, call);
/// Offset of [`CpuBlock::calls`].
pub(super) const CALLS: usize = offset_of!(CpuBlock, calls);

/// The flag of a nested task.
const NESTED_TASK: u32 = 1 << 14;

impl CpuBlock {
    /// Where, relative to the GS base, the processor's number lies.
    pub const ID_OFFSET: usize = offset_of!(CpuBlock, id);

    /// The block of processor `id`.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self {
            this: AtomicPtr::new(ptr::null_mut()),
            kernel_stack_top: AtomicU64::new(0),
            exit_rip: AtomicU64::new(0),
            pending: AtomicU32::new(0),
            id,
            code_segment: AtomicU64::new(USER_CODE_SEGMENT),
            stack_segment: AtomicU64::new(USER_STACK_SEGMENT),
            owner: AtomicPtr::new(ptr::null_mut()),
            leaf: AtomicPtr::new(ptr::null_mut()),
            borrows: AtomicPtr::new(ptr::null_mut()),
            call: AtomicU64::new(0),
            calls: [const { AtomicU64::new(0) }; CALLS_LENGTH],
        }
    }

    /// Makes this the block of the processor that calls: its GS base.
    ///
    /// # Safety
    /// The processor must support FSGSBASE, nothing else may use its GS base, and no two processors may
    /// run on one block at a time.
    pub unsafe fn install(&'static self) {
        self.this.store(ptr::from_ref(self).cast_mut(), Ordering::Relaxed);
        call::fill_in(self);
        // SAFETY: the caller says that the instruction exists and that GS is free.
        unsafe { asm!("wrgsbase {}", in(reg) ptr::from_ref(self), options(nostack, preserves_flags)) };
    }

    /// Makes this the block again of the processor that calls, where a program has changed the GS base; gives
    /// whether it had.
    ///
    /// # Safety
    /// The processor must have [installed](Self::install) this block.
    pub unsafe fn reclaim(&'static self) -> bool {
        let base: *const Self;
        // SAFETY: FSGSBASE was checked when the block was installed; reading the base touches no memory.
        unsafe { asm!("rdgsbase {}", out(reg) base, options(nostack, nomem, preserves_flags)) };
        if core::ptr::eq(base, self) {
            return false;
        }
        // SAFETY: the caller says that this block is the processor's.
        unsafe { asm!("wrgsbase {}", in(reg) ptr::from_ref(self), options(nostack, preserves_flags)) };
        true
    }

    /// The block of the processor that runs this.
    ///
    /// # Safety
    /// [`install`](Self::install) must have run on this processor.
    #[must_use]
    pub unsafe fn this() -> &'static Self {
        let block: *const Self;
        // SAFETY: the caller says that GS holds a block, whose first word is its own address.
        unsafe { asm!("mov {}, gs:[0]", out(reg) block, options(nostack, preserves_flags, readonly)) };
        // SAFETY: as above; blocks live for ever.
        unsafe { &*block }
    }

    /// Says which segments the processor has while programs run, where they are not Linux's.
    pub fn set_program_segments(&self, code: u64, stack: u64) {
        self.code_segment.store(code, Ordering::Relaxed);
        self.stack_segment.store(stack, Ordering::Relaxed);
    }

    /// The processor's number.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The top of the running thread's kernel stack.
    #[must_use]
    pub fn kernel_stack_top(&self) -> u64 {
        self.kernel_stack_top.load(Ordering::Relaxed)
    }

    /// Where the program goes on whose way out is at its last step.
    #[must_use]
    pub fn exit_rip(&self) -> u64 {
        self.exit_rip.load(Ordering::Relaxed)
    }

    /// Makes the way out do the pending work first.
    pub fn set_pending(&self) {
        self.pending.store(1, Ordering::Release);
    }

    /// Does as [`set_pending`](Self::set_pending); says whether that was asked for before and not yet taken.
    pub fn raise_pending(&self) -> bool {
        self.pending.swap(1, Ordering::AcqRel) != 0
    }

    /// Takes the request of [`set_pending`](Self::set_pending); the caller then looks at everything.
    pub fn take_pending(&self) -> bool {
        self.pending.swap(0, Ordering::AcqRel) != 0
    }

    /// Whether something is pending.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending.load(Ordering::Acquire) != 0
    }

    /// The owner of the context that runs on this processor
    /// ([`Context::set_owner`](super::context::Context::set_owner)).
    ///
    /// # Safety
    /// As for [`this`](Self::this).
    #[must_use]
    pub unsafe fn this_owner() -> *const () {
        let owner: *const ();
        // SAFETY: the caller says that GS holds a block.
        unsafe {
            asm!("mov {}, gs:[{}]", out(reg) owner, const OWNER, options(nostack, preserves_flags, readonly));
        }
        owner
    }

    /// Makes the handler see every call of this processor, and of those that are installed later, from now
    /// on: leaf calls too.
    pub fn observe_all_calls(&self) {
        call::observe_all();
        call::fill_in(self);
    }
}

/// Takes back what a program's flags would do to a handler: that it traps at each step, copies backwards, or checks
/// alignment (Intel's manual, volume 1, 3.4.3). The flag of a nested task stays: when the handler returns, the host
/// puts back all others only.
#[inline]
pub fn reset_flags() {
    // SAFETY: no code of ours counts on flags between statements; what is pushed is popped.
    unsafe { asm!("pushfq", "and qword ptr [rsp], {nested}", "popfq", nested = const NESTED_TASK) };
}

/// The program's FS base (its thread pointer).
#[must_use]
pub fn fs_base() -> u64 {
    let base;
    // SAFETY: FSGSBASE was checked at boot; reading the base touches no memory.
    unsafe { asm!("rdfsbase {}", out(reg) base, options(nostack, nomem, preserves_flags)) };
    base
}

/// Sets the program's FS base; `base` must be canonical (the caller checks: the instruction faults).
pub fn set_fs_base(base: u64) {
    // SAFETY: the kernel has no thread-local data, so no kernel code depends on FS.
    unsafe { asm!("wrfsbase {}", in(reg) base, options(nostack, nomem, preserves_flags)) };
}

/// The thread that runs this, if it is one of the kernel's.
#[cfg(target_os = "none")]
#[inline]
#[must_use]
pub fn running() -> Option<Running> {
    let borrows: *mut Borrows;
    // SAFETY: a processor installs its block before it runs anything that may ask.
    unsafe {
        asm!("mov {}, gs:[{}]", out(reg) borrows, const BORROWS, options(nostack, preserves_flags, readonly));
    }
    // SAFETY: the block says which context runs on this processor; its record is a part of the context, whose
    // stack runs this.
    NonNull::new(borrows).map(|borrows| unsafe { Running::new(borrows) })
}

/// None: in a test on a host nobody is a thread of the kernel's.
#[cfg(not(target_os = "none"))]
#[must_use]
pub const fn running() -> Option<Running> {
    None
}

/// Orders all accesses before it with all after it, stores with later loads too, as
/// `atomic::fence(SeqCst)` does.
///
/// A locked operation on the stack is such a barrier for ordinary memory, and cheaper than the MFENCE that
/// compilers take: that one also waits for what the kernel has none of (Intel's manual, volume 3, 9.2.5).
#[inline]
pub fn barrier() {
    // SAFETY: the word at the stack pointer stays as it is, and is the caller's own.
    unsafe { asm!("lock or dword ptr [rsp], 0") };
}

/// The time stamp counter, read after every load before it.
#[must_use]
pub fn time_stamp() -> u64 {
    let mut processor = 0;
    // SAFETY: a processor with FSGSBASE, which was checked at boot, has RDTSCP.
    unsafe { core::arch::x86_64::__rdtscp(&raw mut processor) }
}
