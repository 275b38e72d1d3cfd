//! Virtual processors: their blocks, kicks, timers and waits.
//!
//! A kick is a host signal to the thread that stands for the processor; while the processor halts, an
//! event counter that its wait looks at. Whoever kicks changes the state first, then looks at `activity`;
//! the processor sets `activity` first, then looks at the state: no kick is lost.

use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU8, AtomicU64, Ordering};

use abi::Errno;
use alloc::sync::Arc;
use arch::Context;
use arch::cpu::CpuBlock;
use kernel::task::Thread;
use sync::SpinLock;

use crate::host::{self, HostFd};
use crate::host_process::HostProcess;
use crate::pin::Pin;
use crate::{seat, trap};

/// The most processors of a world.
pub(crate) const MAX: usize = 64;

/// What [`Processor::activity`] says.
mod activity {
    /// It runs threads, or is about to.
    pub(super) const RUNNING: u8 = 0;
    /// It looks at its pending work again and again.
    pub(super) const LOOKING: u8 = 1;
    /// It waits on the host.
    pub(super) const HALTED: u8 = 2;
}

/// What [`Processor::deadline`] holds while the timer is disarmed.
const NEVER: u64 = u64::MAX;

/// One virtual processor.
pub(crate) struct Processor {
    block: CpuBlock,
    /// What it does besides running threads: one of [`activity`].
    activity: AtomicU8,
    /// Wakes it from its wait.
    counter: AtomicI32,
    /// The core that it is kept on.
    pin: Pin,
    /// The host process that stands for it.
    host: AtomicPtr<HostProcess>,
    /// The context that whoever takes over shall run, and the host process that is handed the processor.
    next: AtomicPtr<Context>,
    target: AtomicPtr<HostProcess>,
    /// What its timer is armed for, in nanoseconds of `CLOCK_MONOTONIC`, or [`NEVER`].
    deadline: AtomicU64,
    /// The fault that a handler left for the kernel.
    fault: SpinLock<Option<kernel::Trap>>,
}

static PROCESSORS: [Processor; MAX] = {
    let mut number = 0;
    let mut processors = [const { Processor::new() }; MAX];
    while number < MAX {
        #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
        {
            processors[number].block = CpuBlock::new(number as u32);
        }
        number += 1;
    }
    processors
};

impl Processor {
    const fn new() -> Self {
        Self {
            block: CpuBlock::new(0),
            activity: AtomicU8::new(activity::RUNNING),
            counter: AtomicI32::new(-1),
            pin: Pin::new(),
            host: AtomicPtr::new(core::ptr::null_mut()),
            next: AtomicPtr::new(core::ptr::null_mut()),
            target: AtomicPtr::new(core::ptr::null_mut()),
            deadline: AtomicU64::new(NEVER),
            fault: SpinLock::new(None),
        }
    }

    /// Keeps a program's fault on the way from the handler to the kernel.
    pub(crate) fn set_fault(&self, trap: kernel::Trap) {
        *self.fault.lock() = Some(trap);
    }

    /// Takes the fault that [`set_fault`](Self::set_fault) kept.
    pub(crate) fn take_fault(&self) -> Option<kernel::Trap> {
        self.fault.lock().take()
    }

    /// Makes the calling host thread this processor.
    ///
    /// # Errors
    /// What the host says.
    pub(crate) fn start(&'static self) -> Result<(), Errno> {
        self.install();
        self.counter.store(host::timer::event_counter()?, Ordering::Relaxed);
        Ok(())
    }

    /// Makes the calling host thread one that may stand for this processor.
    pub(crate) fn install(&'static self) {
        // SAFETY: FSGSBASE was checked at boot; of the host threads with this block one at a time stands for
        // the processor, the others are parked.
        unsafe { self.block.install() };
    }

    /// Its number.
    pub(crate) const fn number(&self) -> usize {
        self.block.id() as usize
    }

    /// Says which host process stands for it from now on.
    pub(crate) fn set_host(&self, host: &'static HostProcess) {
        self.host.store(core::ptr::from_ref(host).cast_mut(), Ordering::SeqCst);
    }

    /// Prepares to hand it to another host process, which shall run a context.
    pub(crate) fn hand_to(&self, next: &Context, target: &'static HostProcess) {
        self.next.store(core::ptr::from_ref(next).cast_mut(), Ordering::SeqCst);
        self.target.store(core::ptr::from_ref(target).cast_mut(), Ordering::SeqCst);
    }

    /// The context to run, which [`hand_to`](Self::hand_to) left.
    pub(crate) fn take_next(&self) -> *mut Context {
        self.next.swap(core::ptr::null_mut(), Ordering::SeqCst)
    }

    /// The host process that is handed the processor.
    pub(crate) fn target(&self) -> &'static HostProcess {
        // SAFETY: `hand_to` stored the address of books, which live for ever.
        unsafe { &*self.target.load(Ordering::SeqCst) }
    }

    /// The core that it is kept on.
    pub(crate) const fn pin(&self) -> &Pin {
        &self.pin
    }

    /// Its block.
    pub(crate) const fn block(&self) -> &CpuBlock {
        &self.block
    }

    /// Makes it look at its pending work soon.
    ///
    /// Whoever makes work pending interrupts the processor, and nobody else until it has looked: the host queues
    /// the signals for a thread that has no turn and then lays the frames of all of them onto its stack.
    pub(crate) fn kick(&self) {
        let told = self.block.raise_pending();
        core::sync::atomic::fence(Ordering::SeqCst);
        match self.activity.load(Ordering::SeqCst) {
            activity::HALTED => self.end_wait(),
            activity::LOOKING => {}
            _ if told => {}
            _ => self.interrupt(),
        }
    }

    fn interrupt(&self) {
        // SAFETY: null, or the address of books, which live for ever.
        let host = unsafe { self.host.load(Ordering::SeqCst).as_ref() };
        if let Some(host) = host {
            let (process, thread) = host.numbers(self.number());
            host::signal::send(process, thread, trap::KICK);
        }
    }

    /// Says whether it looks at its pending work again and again.
    pub(crate) fn set_looking(&self, looking: bool) {
        let activity = if looking { activity::LOOKING } else { activity::RUNNING };
        self.activity.store(activity, Ordering::SeqCst);
    }

    /// Makes the wait of this processor return, if it waits: for a host signal's handler on it.
    pub(crate) fn interrupt_wait(&self) {
        if self.activity.load(Ordering::SeqCst) == activity::HALTED {
            self.end_wait();
        }
    }

    fn end_wait(&self) {
        let _ = host::write(self.counter.load(Ordering::Relaxed), &1_u64.to_ne_bytes());
    }

    /// Halts until a kick, a ready host file or the deadline. Runs on the processor itself.
    pub(crate) fn wait(&self, deadline: Option<u64>) {
        self.activity.store(activity::HALTED, Ordering::SeqCst);
        if !self.block.take_pending() {
            let counter: HostFd = self.counter.load(Ordering::Relaxed);
            crate::files::watch::poll(deadline, counter);
        }
        self.activity.store(activity::RUNNING, Ordering::SeqCst);
        let _ = self.block.take_pending();
    }

    /// Arms the timer of this processor, which must be the calling one.
    pub(crate) fn set_timer(&self, deadline: Option<u64>) {
        self.deadline.store(deadline.unwrap_or(NEVER), Ordering::Relaxed);
        self.carry_timer();
    }

    /// Makes the host thread that stands for it now, which must be the calling one, the one that its timer
    /// interrupts.
    pub(crate) fn carry_timer(&self) {
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline != NEVER {
            seat::own().set_timer(deadline);
        }
    }
}

/// The processor with this number, if there is one.
pub(crate) fn get(number: usize) -> Option<&'static Processor> {
    PROCESSORS.get(number)
}

/// Brings every call to the core, on all processors.
pub(crate) fn observe_calls() {
    for processor in &PROCESSORS {
        processor.block.observe_all_calls();
    }
}

/// The thread whose program entered the kernel on this processor.
///
/// # Safety
/// A thread must be current here, and the result must not be used after it has ended.
pub(crate) unsafe fn running_thread() -> ManuallyDrop<Arc<Thread>> {
    // SAFETY: a processor installs its block before it runs anything else.
    let owner = unsafe { CpuBlock::this_owner() };
    // SAFETY: `Thread::new` says that the context's owner is the thread, as `Weak::as_ptr` gives it; the
    // scheduler holds a strong reference as long as the thread runs or may run again, and this one is
    // never counted down.
    ManuallyDrop::new(unsafe { Arc::from_raw(owner.cast::<Thread>()) })
}

/// The processor that runs this.
pub(crate) fn this() -> &'static Processor {
    // SAFETY: a processor installs its block before it runs anything else.
    let number = unsafe { CpuBlock::this() }.id();
    match PROCESSORS.get(number as usize) {
        Some(processor) => processor,
        None => unreachable!("blocks are numbered as processors"),
    }
}
