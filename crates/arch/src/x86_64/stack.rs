//! The memory of kernel stacks, and the list of them by which a debugger finds the threads that do not run.

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;
use core::mem::offset_of;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, Ordering};

use sync::SpinLock;

use super::context::{Context, STACK_POINTER};
use super::frame::RegisterFrame;

/// Bytes of a kernel stack, with the register frame at its top.
pub const KERNEL_STACK_SIZE: usize = 64 * 1024;
/// What the stack's last word above the [`Foot`]'s others holds as long as nothing ran over it.
const CANARY: u64 = 0x7472_6170_6c65_7373;

/// The lowest words of a kernel stack. The canary is the highest of them, and so the first to be overrun.
#[repr(C)]
struct Foot {
    next: *mut Foot,
    previous: *mut Foot,
    context: AtomicPtr<Context>,
    canary: u64,
}

/// What a debugger reads: where the list begins, and where things lie (`tools/gdb.py`).
#[repr(C)]
struct Directory {
    first: AtomicPtr<Foot>,
    stack_size: u64,
    frame_size: u64,
    /// From the foot to the context's address, from there to the stack pointer (0 while the thread runs), and to
    /// the numbers of the process and the thread, 32 bits each.
    context: u64,
    stack_pointer: u64,
    process: u64,
    thread: u64,
}

// SAFETY: the name is this one's alone.
#[unsafe(no_mangle)]
#[used]
static trapless_kernel_stacks: Directory = Directory {
    first: AtomicPtr::new(ptr::null_mut()),
    stack_size: KERNEL_STACK_SIZE as u64,
    frame_size: size_of::<RegisterFrame>() as u64,
    context: offset_of!(Foot, context) as u64,
    stack_pointer: STACK_POINTER as u64,
    process: (offset_of!(Context, leaf) + offset_of!(super::call::LeafValues, process)) as u64,
    thread: (offset_of!(Context, leaf) + offset_of!(super::call::LeafValues, thread)) as u64,
};

/// Held while the list changes.
static CHANGING: SpinLock<()> = SpinLock::new(());

/// The memory of one kernel stack.
#[derive(Debug)]
pub(super) struct KernelStack(NonNull<u8>);

impl KernelStack {
    const LAYOUT: Layout = match Layout::from_size_align(KERNEL_STACK_SIZE, 4096) {
        Ok(layout) => layout,
        Err(_) => panic!("the stack's size fits its alignment"),
    };

    /// A fresh stack; `None` when there is no memory for it.
    pub(super) fn new() -> Option<Self> {
        // SAFETY: the layout's size is not zero.
        let stack = Self(NonNull::new(unsafe { alloc(Self::LAYOUT) })?);
        let foot = stack.foot();
        let _changing = CHANGING.lock();
        let next = trapless_kernel_stacks.first.load(Ordering::Relaxed);
        let context = AtomicPtr::new(ptr::null_mut());
        // SAFETY: the foot lies in the stack, aligned.
        unsafe { foot.write(Foot { next, previous: ptr::null_mut(), context, canary: CANARY }) };
        if !next.is_null() {
            // SAFETY: what is in the list lives; only who holds the lock changes links.
            unsafe { (*next).previous = foot.as_ptr() };
        }
        trapless_kernel_stacks.first.store(foot.as_ptr(), Ordering::Release);
        Some(stack)
    }

    const fn foot(&self) -> NonNull<Foot> {
        self.0.cast()
    }

    /// Says whose stack it is.
    pub(super) fn set_context(&self, context: &Context) {
        // SAFETY: `new` wrote the foot; only the links of a foot change, under the lock.
        let place = unsafe { &(*self.foot().as_ptr()).context };
        place.store(ptr::from_ref(context).cast_mut(), Ordering::Release);
    }

    /// The address behind its last byte.
    pub(super) fn top(&self) -> usize {
        self.0.addr().get() + KERNEL_STACK_SIZE
    }

    /// Whether it was never overrun as far as its foot.
    pub(super) fn is_intact(&self) -> bool {
        // SAFETY: as above.
        unsafe { (*self.foot().as_ptr()).canary == CANARY }
    }
}

impl Drop for KernelStack {
    fn drop(&mut self) {
        let changing = CHANGING.lock();
        // SAFETY: `new` wrote the foot.
        let Foot { next, previous, .. } = unsafe { self.foot().read() };
        if previous.is_null() {
            trapless_kernel_stacks.first.store(next, Ordering::Release);
        } else {
            // SAFETY: what is in the list lives; only who holds the lock changes links.
            unsafe { (*previous).next = next };
        }
        if !next.is_null() {
            // SAFETY: as above.
            unsafe { (*next).previous = previous };
        }
        drop(changing);
        // SAFETY: the block came from `alloc` with this layout.
        unsafe { dealloc(self.0.as_ptr(), Self::LAYOUT) };
    }
}
