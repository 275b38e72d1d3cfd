//! Where everything lies.
//!
//! Programs have the lower half; the kernel has the upper half, the same in every address space.

use core::ops::Range;

/// The first address that a program may map (`vm.mmap_min_addr`).
pub(crate) const USER_START: u64 = 0x1_0000;
/// The end of the program's part of the address space: as on Linux, the last page stays free.
pub(crate) const USER_END: u64 = (1 << 47) - 4096;
/// The direct map of physical memory.
pub(crate) const DIRECT_MAP: u64 = 0xffff_8000_0000_0000;
/// Registers of devices, at their physical address from here on, not cached.
pub(crate) const DEVICES: u64 = 0xffff_c000_0000_0000;
/// Where the kernel's image lies, plus its physical address; the same number as in `link.ld`.
pub(crate) const IMAGE: u64 = 0xffff_ffff_8000_0000;
/// The most physical memory that the direct map shows.
pub(crate) const MEMORY_MAX: u64 = 1 << 46;

unsafe extern "C" {
    static trapless_text_start: u8;
    static trapless_text_end: u8;
    static trapless_constants_end: u8;
    static trapless_image_end: u8;
}

/// The parts of the kernel's image, by their addresses.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    /// Instructions.
    pub text: Range<u64>,
    /// Constants.
    pub constants: Range<u64>,
    /// Data that changes.
    pub data: Range<u64>,
}

/// The kernel's image.
pub(crate) fn image() -> Image {
    let text_start = (&raw const trapless_text_start).addr() as u64;
    let text_end = (&raw const trapless_text_end).addr() as u64;
    let constants_end = (&raw const trapless_constants_end).addr() as u64;
    let end = (&raw const trapless_image_end).addr() as u64;
    Image { text: text_start..text_end, constants: text_end..constants_end, data: constants_end..end }
}

/// Whether an address lies in the kernel's text.
pub(crate) fn is_kernel_text(address: u64) -> bool {
    image().text.contains(&address)
}

/// The physical end of the image.
pub(crate) fn image_physical_end() -> u64 {
    image().data.end - IMAGE
}
