//! A kernel stack and the switch between two of them.

use core::arch::naked_asm;
use core::cell::UnsafeCell;
use core::mem::{self, offset_of};
use core::sync::atomic::{AtomicPtr, Ordering};

use sync::Borrows;

use super::call::LeafValues;
use super::cpu::{self, CpuBlock};
use super::frame::RegisterFrame;
pub use super::stack::KERNEL_STACK_SIZE;
use super::stack::KernelStack;
use super::xstate::ExtendedState;

/// What is kept of a thread while it does not run.
#[derive(Debug)]
struct Saved {
    /// 0 while it runs.
    stack_pointer: usize,
    fs_base: u64,
    extended_state: ExtendedState,
}

/// A thread's place to run in the kernel: its stack, and its registers while it does not run.
#[derive(Debug)]
pub struct Context {
    stack: KernelStack,
    saved: UnsafeCell<Saved>,
    owner: AtomicPtr<()>,
    /// What the thread's leaf calls give.
    pub leaf: LeafValues,
    borrows: Borrows,
}

/// Where the saved stack pointer lies in a context.
pub(super) const STACK_POINTER: usize = offset_of!(Context, saved) + offset_of!(Saved, stack_pointer);

// SAFETY: `saved` is touched only by `switch`, whose contract is that one processor at a time uses a
// context, and by `&mut self`.
unsafe impl Sync for Context {}
// SAFETY: the stack is owned memory; nothing in it belongs to one host thread.
unsafe impl Send for Context {}

impl Context {
    /// A context whose first [`switch`](Self::switch) runs `start` on its stack; when that returns, the
    /// thread goes to its program with `frame`. The FS base and the extended state are given.
    /// `None` when there is no memory for the stack.
    #[must_use]
    pub fn new(
        start: extern "C" fn(),
        frame: &RegisterFrame,
        fs_base: u64,
        extended_state: ExtendedState,
    ) -> Option<Self> {
        let stack = KernelStack::new()?;
        let frame_address = stack.top() - size_of::<RegisterFrame>();
        let frame_pointer = core::ptr::with_exposed_provenance_mut::<RegisterFrame>(frame_address);
        // SAFETY: the frame lies at the top of the stack that is ours, aligned to 16.
        unsafe { frame_pointer.write(*frame) };
        // The words that `switch_stacks` pops: six registers and the address to return to.
        let stack_pointer = frame_address - size_of::<[u64; 8]>();
        let words = core::ptr::with_exposed_provenance_mut::<[u64; 7]>(stack_pointer);
        let first = first_run as unsafe extern "C" fn() -> ! as usize as u64;
        // SAFETY: the seven words lie below the frame, inside of the stack.
        unsafe { words.write([start as usize as u64, 0, 0, 0, 0, 0, first]) };
        let saved = UnsafeCell::new(Saved { stack_pointer, fs_base, extended_state });
        let owner = AtomicPtr::new(core::ptr::null_mut());
        Some(Self { stack, saved, owner, leaf: LeafValues::default(), borrows: Borrows::new() })
    }

    /// Says what the context is part of: [`CpuBlock::this_owner`] gives it while the context runs. From now on the
    /// context stays where it is.
    pub fn set_owner(&self, owner: *const ()) {
        self.owner.store(owner.cast_mut(), Ordering::Relaxed);
        self.stack.set_context(self);
    }

    /// Makes the block that of a processor on which this context runs.
    fn occupy(&self, block: &CpuBlock) {
        block.kernel_stack_top.store(self.stack_top(), Ordering::Relaxed);
        block.owner.store(self.owner.load(Ordering::Relaxed), Ordering::Relaxed);
        block.leaf.store((&raw const self.leaf).cast_mut(), Ordering::Relaxed);
        block.borrows.store((&raw const self.borrows).cast_mut(), Ordering::Relaxed);
    }

    /// The number of the thread as one that [borrows](super::cpu::running); 0 in a test on a host, where nobody
    /// does.
    #[must_use]
    pub const fn borrower(&self) -> u64 {
        if cfg!(target_os = "none") { self.borrows.id() } else { 0 }
    }

    /// What the thread borrows, once it runs nowhere any more.
    #[must_use]
    pub const fn borrows_of_stopped(&mut self) -> &mut Borrows {
        &mut self.borrows
    }

    /// The top of the kernel stack.
    #[must_use]
    pub fn stack_top(&self) -> u64 {
        self.stack.top() as u64
    }

    /// Whether the stack was never overrun as far as its lowest word.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.stack.is_intact()
    }

    /// Stops the thread of `self`, which is running, and goes on with `next`; returns when somebody
    /// switches back.
    ///
    /// # Safety
    /// `self` must be the running thread's context, `next` a context that runs nowhere; both must live
    /// until each has been switched away from; the processor's block must be installed.
    pub unsafe fn switch(&self, next: &Self) {
        let from = self.saved.get();
        let to = next.saved.get();
        // SAFETY: the caller says that nobody else uses `self`.
        let saved = unsafe { &mut *from };
        saved.fs_base = cpu::fs_base();
        saved.extended_state.save();
        // SAFETY: the caller says that nobody else uses `next`.
        let loaded = unsafe { &mut *to };
        cpu::set_fs_base(loaded.fs_base);
        loaded.extended_state.restore();
        // SAFETY: the caller says that the block is installed.
        let block = unsafe { CpuBlock::this() };
        next.occupy(block);
        // SAFETY: `to` holds the stack pointer of a context that `switch_stacks` or `new` left.
        unsafe { switch_stacks(&raw mut saved.stack_pointer, mem::take(&mut loaded.stack_pointer)) };
    }

    /// Stops the thread of `self`, which is running, and goes on with `then` on another stack; returns when
    /// somebody [switches](Self::switch) to it or [starts](Self::start) it again.
    ///
    /// # Safety
    /// `self` must be the running thread's context; `stack_top` must be the top of an unused stack, aligned
    /// to 16 bytes. From the call of `then` on, the context may be started elsewhere.
    pub unsafe fn suspend(&self, stack_top: usize, then: extern "C" fn() -> !) {
        // SAFETY: the caller says that nobody else uses `self`.
        let saved = unsafe { &mut *self.saved.get() };
        saved.fs_base = cpu::fs_base();
        saved.extended_state.save();
        // The words that `switch_stacks` pops: six registers and the address to go to.
        let stack_pointer = stack_top - size_of::<[u64; 8]>();
        let words = core::ptr::with_exposed_provenance_mut::<[u64; 7]>(stack_pointer);
        let first = run_then as unsafe extern "C" fn() -> ! as usize as u64;
        // SAFETY: the words lie inside of the stack that the caller gives.
        unsafe { words.write([then as usize as u64, 0, 0, 0, 0, 0, first]) };
        // SAFETY: the words are laid out as `switch_stacks` pops them.
        unsafe { switch_stacks(&raw mut saved.stack_pointer, stack_pointer) };
    }

    /// Leaves the present stack for this thread; never comes back.
    ///
    /// # Safety
    /// As for [`switch`](Self::switch); the stack that runs this is given up.
    pub unsafe fn start(&self) -> ! {
        // SAFETY: the caller says that nobody else uses `self`.
        let loaded = unsafe { &mut *self.saved.get() };
        cpu::set_fs_base(loaded.fs_base);
        loaded.extended_state.restore();
        // SAFETY: the caller says that the block is installed.
        let block = unsafe { CpuBlock::this() };
        self.occupy(block);
        let mut given_up = 0;
        // SAFETY: `new` laid out the words that are popped.
        unsafe { switch_stacks(&raw mut given_up, mem::take(&mut loaded.stack_pointer)) };
        unreachable!("nobody switches back to the boot stack")
    }
}

/// Pushes what the C ABI says a function keeps, stores the stack pointer, loads the other one, pops.
///
/// # Safety
/// `to` must be a stack pointer that this function stored, or the words that [`Context::new`] wrote.
#[unsafe(naked)]
unsafe extern "C" fn switch_stacks(from: *mut usize, to: usize) {
    naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_adjust_cfa_offset 8",
        "push rbx",
        ".cfi_adjust_cfa_offset 8",
        "push r12",
        ".cfi_adjust_cfa_offset 8",
        "push r13",
        ".cfi_adjust_cfa_offset 8",
        "push r14",
        ".cfi_adjust_cfa_offset 8",
        "push r15",
        ".cfi_adjust_cfa_offset 8",
        ".cfi_offset rbp, -16\n.cfi_offset rbx, -24\n.cfi_offset r12, -32",
        ".cfi_offset r13, -40\n.cfi_offset r14, -48\n.cfi_offset r15, -56",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "pop r15",
        ".cfi_adjust_cfa_offset -8",
        "pop r14",
        ".cfi_adjust_cfa_offset -8",
        "pop r13",
        ".cfi_adjust_cfa_offset -8",
        "pop r12",
        ".cfi_adjust_cfa_offset -8",
        "pop rbx",
        ".cfi_adjust_cfa_offset -8",
        "pop rbp",
        ".cfi_adjust_cfa_offset -8",
        ".cfi_restore rbp\n.cfi_restore rbx\n.cfi_restore r12",
        ".cfi_restore r13\n.cfi_restore r14\n.cfi_restore r15",
        "ret",
        ".cfi_endproc",
    )
}

/// The first step after [`Context::suspend`]: R15 holds the function to run.
#[unsafe(naked)]
unsafe extern "C" fn run_then() -> ! {
    naked_asm!(".cfi_startproc", ".cfi_undefined rip", "xor ebp, ebp", "call r15", "ud2", ".cfi_endproc")
}

/// The first step of a new context: R15 holds the function to run.
#[unsafe(naked)]
unsafe extern "C" fn first_run() -> ! {
    naked_asm!(
        ".cfi_startproc",
        ".cfi_undefined rip",
        "xor ebp, ebp",
        "call r15",
        "jmp {way_out}",
        ".cfi_endproc",
        way_out = sym super::entry::way_out,
    )
}
