//! The tables that the processor demands: segments, the task state with its stacks, the gates.
//!
//! The order of the segments is the one that SYSCALL/SYSRET and SYSENTER/SYSEXIT compute selectors by; it
//! gives programs the selectors that Linux gives them.

use core::alloc::Layout;
use core::arch::asm;

use alloc::alloc::alloc_zeroed;
use alloc::boxed::Box;
use arch::gate;

/// The kernel's code segment.
pub(crate) const KERNEL_CODE: u16 = 0x10;
/// The kernel's data segment.
const KERNEL_DATA: u16 = 0x18;
/// The code and stack segments of programs, which run at the kernel's level.
pub(crate) const PROGRAM_SEGMENTS: (u64, u64) = (KERNEL_CODE as u64, KERNEL_DATA as u64);
/// The 32-bit code segment of ring 3, from which SYSRET counts.
const USER_CODE_32: u16 = 0x20;
const TASK_STATE: u16 = 0x40;

/// Bytes of a gate's stack.
const STACK_SIZE: usize = 16 * 1024;
/// The stack of faults, those of the kernel on programs' memory among them.
const FAULT_STACK: u8 = 1;
/// The stack of interrupts.
const INTERRUPT_STACK: u8 = 2;
/// The stack of what may come at any time: a double fault, a machine check, a non-maskable interrupt.
const ABORT_STACK: u8 = 3;

/// `IA32_STAR`: the segments of SYSCALL and SYSRET.
pub(crate) const fn star() -> u64 {
    (KERNEL_CODE as u64) << 32 | (USER_CODE_32 as u64 | 3) << 48
}

/// The task state segment (Intel SDM volume 3, section 8.7).
#[repr(C, packed(4))]
struct TaskState {
    reserved: u32,
    /// The stacks of rings 0 to 2.
    ring_stacks: [u64; 3],
    reserved_too: u64,
    interrupt_stacks: [u64; 7],
    reserved_last: [u32; 2],
    reserved_word: u16,
    port_map: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Gate {
    low: u64,
    high: u64,
}

impl Gate {
    /// An interrupt gate: no interrupts while it is handled.
    const fn new(address: u64, stack: u8, ring: u64) -> Self {
        const INTERRUPT_GATE: u64 = 0x8e00 << 32;
        let low = (address & 0xffff)
            | (KERNEL_CODE as u64) << 16
            | (stack as u64) << 32
            | INTERRUPT_GATE
            | ring << 45
            | (address >> 16 & 0xffff) << 48;
        Self { low, high: address >> 32 }
    }
}

/// One processor's tables.
#[repr(C, align(16))]
pub(crate) struct Descriptors {
    segments: [u64; 10],
    gates: [Gate; gate::GATES],
    state: TaskState,
}

#[repr(C, packed)]
struct TablePointer {
    limit: u16,
    base: u64,
}

fn new_stack() -> Option<u64> {
    let layout = Layout::from_size_align(STACK_SIZE, 4096).ok()?;
    // SAFETY: the layout's size is not zero.
    let stack = unsafe { alloc_zeroed(layout) };
    (!stack.is_null()).then(|| (stack.expose_provenance() + STACK_SIZE) as u64)
}

const fn stack_of(vector: usize) -> u8 {
    match vector {
        2 | 8 | 18 => ABORT_STACK,
        0..32 => FAULT_STACK,
        _ => INTERRUPT_STACK,
    }
}

/// Whether a program of ring 3 may use the gate by itself: INT3 and INTO.
const fn ring_of(vector: usize) -> u64 {
    match vector {
        3 | 4 => 3,
        _ => 0,
    }
}

impl Descriptors {
    /// A processor's tables with stacks of their own; they live for ever. `None` without memory.
    pub(crate) fn new() -> Option<&'static mut Self> {
        let mut interrupt_stacks = [0; 7];
        for stack in interrupt_stacks.iter_mut().take(3) {
            *stack = new_stack()?;
        }
        let tables = Box::leak(Box::new(Self {
            // Null, unused, kernel code and data, ring 3 code of 32 bits, data, code; unused; task state.
            segments: [
                0,
                0,
                0x00af_9b00_0000_ffff,
                0x00cf_9300_0000_ffff,
                0x00cf_fb00_0000_ffff,
                0x00cf_f300_0000_ffff,
                0x00af_fb00_0000_ffff,
                0,
                0,
                0,
            ],
            gates: core::array::from_fn(|vector| {
                Gate::new(gate::address(vector), stack_of(vector), ring_of(vector))
            }),
            state: TaskState {
                reserved: 0,
                ring_stacks: [0; 3],
                reserved_too: 0,
                interrupt_stacks,
                reserved_last: [0; 2],
                reserved_word: 0,
                port_map: size_of::<TaskState>() as u16,
            },
        }));
        let base = (&raw const tables.state).addr() as u64;
        let limit = size_of::<TaskState>() as u64 - 1;
        let [.., low, high] = &mut tables.segments;
        *low = limit | (base & 0xff_ffff) << 16 | 0x89 << 40 | (base >> 24 & 0xff) << 56;
        *high = base >> 32;
        Some(tables)
    }

    /// Makes them those of the processor that runs this.
    ///
    /// # Safety
    /// No other processor may use them; the handlers of the gates must be set.
    pub(crate) unsafe fn load(&'static self) {
        let pointer = |base: *const u8, size: usize| TablePointer {
            limit: (size - 1) as u16,
            base: base.addr() as u64,
        };
        let segments = pointer((&raw const self.segments).cast(), size_of_val(&self.segments));
        let gates = pointer((&raw const self.gates).cast(), size_of_val(&self.gates));
        // SAFETY: the tables are right and live for ever; the far return loads the same kind of code
        // segment that is in use.
        unsafe {
            asm!(
                "lgdt [{segments}]",
                "push {code}",
                "lea {scratch}, [rip + 2f]",
                "push {scratch}",
                "retfq",
                "2:",
                "mov ss, {data:x}",
                // As programs find them on Linux; nothing uses them.
                "mov ds, {null:x}",
                "mov es, {null:x}",
                "ltr {task:x}",
                "lidt [{gates}]",
                segments = in(reg) &raw const segments,
                gates = in(reg) &raw const gates,
                code = in(reg) u64::from(KERNEL_CODE),
                data = in(reg) KERNEL_DATA,
                task = in(reg) TASK_STATE,
                null = in(reg) 0_u16,
                scratch = out(reg) _,
            );
        }
    }
}
