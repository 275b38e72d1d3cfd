//! A kernel stack and the switch between two of them.

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;
use core::arch::naked_asm;
use core::cell::UnsafeCell;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicPtr, Ordering};

use sync::Borrows;

use super::call::LeafValues;
use super::cpu::{self, CpuBlock};
use super::frame::RegisterFrame;
use super::xstate::ExtendedState;

/// Bytes of a kernel stack, with the register frame at its top.
pub const KERNEL_STACK_SIZE: usize = 64 * 1024;
/// What the lowest word of a kernel stack holds as long as nothing ran over it.
const CANARY: u64 = 0x7472_6170_6c65_7373;

/// The memory of one kernel stack.
#[derive(Debug)]
struct KernelStack(NonNull<u8>);

impl KernelStack {
    const LAYOUT: Layout = match Layout::from_size_align(KERNEL_STACK_SIZE, 4096) {
        Ok(layout) => layout,
        Err(_) => panic!("the stack's size fits its alignment"),
    };

    fn new() -> Option<Self> {
        // SAFETY: the layout's size is not zero.
        let stack = Self(NonNull::new(unsafe { alloc(Self::LAYOUT) })?);
        // SAFETY: the stack's lowest word is inside of it and aligned.
        unsafe { stack.0.cast::<u64>().write(CANARY) };
        Some(stack)
    }

    fn top(&self) -> usize {
        self.0.addr().get() + KERNEL_STACK_SIZE
    }

    fn is_intact(&self) -> bool {
        // SAFETY: as in `new`; the word was initialized there.
        unsafe { self.0.cast::<u64>().read() == CANARY }
    }
}

impl Drop for KernelStack {
    fn drop(&mut self) {
        // SAFETY: the block came from `alloc` with this layout.
        unsafe { dealloc(self.0.as_ptr(), Self::LAYOUT) };
    }
}

/// What is kept of a thread while it does not run.
#[derive(Debug)]
struct Saved {
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

    /// Says what the context is part of: [`CpuBlock::this_owner`] gives it while the context runs.
    pub fn set_owner(&self, owner: *const ()) {
        self.owner.store(owner.cast_mut(), Ordering::Relaxed);
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
        unsafe { switch_stacks(&raw mut saved.stack_pointer, loaded.stack_pointer) };
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
        unsafe { switch_stacks(&raw mut given_up, loaded.stack_pointer) };
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
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// The first step after [`Context::suspend`]: R15 holds the function to run.
#[unsafe(naked)]
unsafe extern "C" fn run_then() -> ! {
    naked_asm!("xor ebp, ebp", "call r15", "ud2")
}

/// The first step of a new context: R15 holds the function to run.
#[unsafe(naked)]
unsafe extern "C" fn first_run() -> ! {
    naked_asm!("xor ebp, ebp", "call r15", "jmp {way_out}", way_out = sym super::entry::way_out)
}
