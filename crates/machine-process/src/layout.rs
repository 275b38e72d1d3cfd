//! Where everything lies. The same in every host process of the world.
//!
//! Programs have all below [`USER_END`]; the kernel lies above; above it, where the host put them, lie the
//! host's vDSO and the stack that the kernel was started on.

use core::ops::Range;

/// The first address that a program may map (`vm.mmap_min_addr`).
pub(crate) const USER_START: u64 = 0x1_0000;
/// The end of the program's part of the address space.
pub(crate) const USER_END: u64 = 0x7000_0000_0000;
/// The end of what the host gives to processes.
pub(crate) const HOST_END: u64 = 1 << 47;
/// The kernel's image; the same number as in `build.rs`.
pub(crate) const IMAGE: u64 = 0x7000_0000_0000;
/// The most that the image may take.
pub(crate) const IMAGE_SIZE: u64 = 1 << 28;
/// Stacks for host signals, private to each host process, one a processor.
pub(crate) const SIGNAL_STACKS: u64 = 0x7080_0000_0000;
/// Bytes of one such stack.
pub(crate) const SIGNAL_STACK_SIZE: u64 = 64 * 1024;
/// Stacks for host threads that do not stand for their processor, private to each host process, one a
/// processor.
pub(crate) const PARKING_STACKS: u64 = 0x7090_0000_0000;
/// Bytes of one such stack.
pub(crate) const PARKING_STACK_SIZE: u64 = 16 * 1024;
/// The kernel's heap.
pub(crate) const HEAP: u64 = 0x7100_0000_0000;
/// Programs' shared frames: the direct map of physical memory.
pub(crate) const DIRECT_MAP: u64 = 0x7200_0000_0000;
/// The largest memory of a world.
pub(crate) const MEMORY_MAX: u64 = 1 << 40;

/// The addresses of the kernel's image.
pub(crate) const fn image() -> Range<u64> {
    IMAGE..IMAGE + IMAGE_SIZE
}
