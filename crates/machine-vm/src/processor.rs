//! Processors: their blocks, descriptor tables and stacks, and which page tables each has loaded.

use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv, _xsetbv};
use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};

use alloc::sync::Arc;
use arch::cpu::CpuBlock;
use arch::gate;
use kernel::task::Thread;
use sync::SpinLock;

use crate::descriptors::{self, Descriptors};
use crate::{apic, paging, start};

/// The most processors.
pub(crate) const MAX: usize = 64;

/// One processor.
pub(crate) struct Processor {
    block: CpuBlock,
    /// The number of its interrupt controller.
    apic: AtomicU64,
    /// The root table that it has loaded; 0 before it runs.
    root: AtomicU64,
    /// The fault that a gate left for the kernel.
    fault: SpinLock<Option<kernel::Trap>>,
    /// Another processor waits until this one has followed its order.
    is_ordered: AtomicBool,
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

/// How many processors there are.
static COUNT: AtomicUsize = AtomicUsize::new(1);

impl Processor {
    const fn new() -> Self {
        Self {
            block: CpuBlock::new(0),
            apic: AtomicU64::new(0),
            root: AtomicU64::new(0),
            fault: SpinLock::new(None),
            is_ordered: AtomicBool::new(false),
        }
    }

    /// Its block.
    pub(crate) const fn block(&self) -> &CpuBlock {
        &self.block
    }

    /// Keeps a program's fault on the way from the gate to the kernel.
    pub(crate) fn set_fault(&self, trap: kernel::Trap) {
        *self.fault.lock() = Some(trap);
    }

    /// Takes the fault that [`set_fault`](Self::set_fault) kept.
    pub(crate) fn take_fault(&self) -> Option<kernel::Trap> {
        self.fault.lock().take()
    }

    /// Loads a space's tables, unless it has them.
    pub(crate) fn enter_tables(&self, root: u64) {
        if self.root.swap(root, Ordering::SeqCst) != root {
            // SAFETY: every root table has the kernel's upper half.
            unsafe { paging::load(root) };
        }
    }

    /// Whether it has been started.
    fn runs(&self) -> bool {
        self.root.load(Ordering::Relaxed) != 0
    }

    /// Whether it has these tables loaded.
    pub(crate) fn has_tables(&self, root: u64) -> bool {
        self.root.load(Ordering::SeqCst) == root
    }

    /// Forgets every translation of the program's half. For the processor itself.
    pub(crate) fn reload_tables(&self) {
        // SAFETY: it is the table that is loaded.
        unsafe { paging::load(self.root.load(Ordering::SeqCst)) };
    }

    /// Makes it look at its pending work soon.
    pub(crate) fn kick(&self) {
        self.block.set_pending();
        if !core::ptr::eq(self, this()) {
            apic::interrupt(self.apic(), apic::KICK);
        }
    }

    /// Halts until an interrupt, unless something is pending already. Runs on the processor itself, which
    /// has its timer armed for the deadline.
    pub(crate) fn wait(&self) {
        // SAFETY: the kernel's own flags; no interrupt comes between the look and the halt, because STI
        // takes effect after the instruction that follows it.
        unsafe { asm!("cli", options(nomem, nostack)) };
        if self.block.is_pending() {
            // SAFETY: interrupts were on.
            unsafe { asm!("sti", options(nomem, nostack)) };
        } else {
            // SAFETY: as above.
            unsafe { asm!("sti", "hlt", options(nomem, nostack)) };
        }
        let _ = self.block.take_pending();
    }

    /// Sets up the processor that runs this. `None` without memory for its stacks.
    ///
    /// # Safety
    /// Runs once on each processor, before anything else does that needs its block or its gates.
    pub(crate) unsafe fn start(&'static self) -> Option<()> {
        let descriptors = Descriptors::new()?;
        // SAFETY: the tables live for ever and are this processor's own.
        unsafe { descriptors.load() };
        let (code, stack) = descriptors::PROGRAM_SEGMENTS;
        self.block.set_program_segments(code, stack);
        enable_features();
        // SAFETY: `enable_features` turned FSGSBASE on, and nothing else uses GS.
        unsafe { self.block.install() };
        self.root.store(start::root_table(), Ordering::SeqCst);
        enable_syscall();
        Some(())
    }

    /// The number of its interrupt controller.
    pub(crate) fn apic(&self) -> u32 {
        self.apic.load(Ordering::Relaxed) as u32
    }

    /// Notes the number of its interrupt controller.
    pub(crate) fn set_apic(&self, number: u32) {
        self.apic.store(u64::from(number), Ordering::Relaxed);
    }
}

/// The processor with this number, if there is one.
pub(crate) fn get(number: usize) -> Option<&'static Processor> {
    PROCESSORS.get(number)
}

/// How many processors there are.
pub(crate) fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}

/// Says how many are to run; those behind the first are started later.
pub(crate) fn set_count(count: usize) {
    COUNT.store(count.clamp(1, MAX), Ordering::Relaxed);
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

fn others() -> impl Iterator<Item = &'static Processor> {
    let this = this();
    PROCESSORS.iter().take(count()).filter(move |other| !core::ptr::eq(*other, this) && other.runs())
}

/// One order at a time is given: the root table that it is about, and whether that ends.
static ORDER: SpinLock<()> = SpinLock::new(());
static ORDER_ROOT: AtomicU64 = AtomicU64::new(0);
static ORDER_LEAVES: AtomicBool = AtomicBool::new(false);

/// Gives those of the other processors an order, and waits until they have followed it. The kernel runs with
/// interrupts on, so a processor that waits here, or for the lock, follows others' orders meanwhile.
fn order(root: u64, leaves: bool, whom: impl Fn(&Processor) -> bool) {
    let _one = ORDER.lock();
    ORDER_ROOT.store(root, Ordering::Relaxed);
    ORDER_LEAVES.store(leaves, Ordering::Relaxed);
    // The tables are changed before it is asked who has them loaded.
    fence(Ordering::SeqCst);
    for other in others().filter(|other| whom(other)) {
        other.is_ordered.store(true, Ordering::SeqCst);
        apic::interrupt(other.apic(), apic::ORDER);
    }
    for other in others() {
        while other.is_ordered.load(Ordering::SeqCst) {
            core::hint::spin_loop();
        }
    }
}

/// Follows another processor's order. For its gate: takes no locks. The return from the gate is the barrier.
pub(crate) fn follow_order() {
    let this = this();
    let root = ORDER_ROOT.load(Ordering::Relaxed);
    if this.has_tables(root) {
        if ORDER_LEAVES.load(Ordering::Relaxed) {
            this.enter_tables(start::root_table());
        } else {
            this.reload_tables();
        }
    }
    this.is_ordered.store(false, Ordering::SeqCst);
}

/// Makes the other processors forget the translations of a space.
pub(crate) fn forget_elsewhere(root: u64) {
    order_users(root, false);
}

/// Gives an order to those of the other processors that have these tables loaded.
fn order_users(root: u64, leaves: bool) {
    fence(Ordering::SeqCst);
    if others().any(|other| other.has_tables(root)) {
        order(root, leaves, |other| other.has_tables(root));
    }
}

/// Takes the tables of a space that ends off every processor.
pub(crate) fn leave_tables(root: u64) {
    if this().has_tables(root) {
        this().enter_tables(start::root_table());
    }
    order_users(root, true);
}

/// Returns when all other processors have passed a barrier, of their instruction streams too.
pub(crate) fn barrier() {
    fence(Ordering::SeqCst);
    if count() > 1 {
        order(0, false, |_| true);
    }
}

/// Turns on what the kernel uses of the processor, and what programs may use.
fn enable_features() {
    const FXSR: u64 = 1 << 9;
    const SIMD_ERRORS: u64 = 1 << 10;
    const GLOBAL_PAGES: u64 = 1 << 7;
    const FSGSBASE: u64 = 1 << 16;
    const OSXSAVE: u64 = 1 << 18;
    /// x87, SSE, AVX, AVX-512 (three).
    const STATES: u64 = 0b1110_0111;
    let mut control: u64;
    // SAFETY: reads a control register.
    unsafe { asm!("mov {}, cr4", out(reg) control, options(nomem, nostack)) };
    control |= FXSR | SIMD_ERRORS | GLOBAL_PAGES;
    let has_xsave = __cpuid(1).ecx & (1 << 26) != 0;
    if has_xsave {
        control |= OSXSAVE;
    }
    if __cpuid_count(7, 0).ebx & 1 != 0 {
        control |= FSGSBASE;
    }
    // SAFETY: only bits that the processor has are set; none changes how the kernel's code runs.
    unsafe { asm!("mov cr4, {}", in(reg) control, options(nomem, nostack)) };
    if has_xsave {
        let leaf = __cpuid_count(0xd, 0);
        let supported = u64::from(leaf.eax) | u64::from(leaf.edx) << 32;
        // SAFETY: XSAVE is on.
        let now = unsafe { _xgetbv(0) };
        // SAFETY: the states are supported; AVX-512's come together.
        unsafe { _xsetbv(0, now | (supported & STATES)) };
    }
}

/// Says where SYSCALL goes.
fn enable_syscall() {
    const STAR: u32 = 0xc000_0081;
    const LSTAR: u32 = 0xc000_0082;
    const SFMASK: u32 = 0xc000_0084;
    /// Trap, interrupt, direction, nested task, alignment check.
    const MASKED: u64 = 0x100 | 0x200 | 0x400 | 0x4000 | 0x4_0000;
    // SAFETY: the segments are those of the descriptor table that is loaded.
    unsafe { write_msr(STAR, descriptors::star()) };
    // SAFETY: the entry is made for this.
    unsafe { write_msr(LSTAR, gate::syscall_address()) };
    // SAFETY: as above.
    unsafe { write_msr(SFMASK, MASKED) };
}

/// Writes a model-specific register.
///
/// # Safety
/// The register must exist, and what it changes must not take anything from under the kernel's feet.
pub(crate) unsafe fn write_msr(register: u32, value: u64) {
    // SAFETY: the caller knows the register.
    unsafe {
        asm!("wrmsr", in("ecx") register, in("eax") value as u32, in("edx") (value >> 32) as u32,
            options(nostack, preserves_flags));
    }
}
