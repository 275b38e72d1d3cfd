//! The image's bytes.

use core::arch::global_asm;
use core::mem::offset_of;

use arch::call::{entry_offset, entry_table};
use arch::cpu::CpuBlock;

use crate::Base;
use crate::time_page::{SHIFT, TimePage};

global_asm!(
    include_str!("image.s"),
    first = const offset_of!(TimePage, first),
    second = const offset_of!(TimePage, second),
    tsc_base = const offset_of!(TimePage, tsc_base),
    limit = const offset_of!(TimePage, limit),
    multiplier = const offset_of!(TimePage, multiplier),
    shift = const SHIFT,
    realtime = const TimePage::base_offset(Base::Realtime),
    monotonic = const TimePage::base_offset(Base::Monotonic),
    boottime = const TimePage::base_offset(Base::Boottime),
    processor = const CpuBlock::ID_OFFSET,
    call_any = const entry_offset(None),
    entry_first = const entry_table().first,
    entry_count = const entry_table().count,
    call_clock_gettime = const entry_offset(Some(228)),
    call_gettimeofday = const entry_offset(Some(96)),
    call_time = const entry_offset(Some(201)),
    call_clock_getres = const entry_offset(Some(229)),
);

unsafe extern "C" {
    static trapless_vdso_image: u8;
    static trapless_vdso_image_end: u8;
}

/// The image: whole pages, to be mapped readable and executable one page above the time page.
#[must_use]
pub fn image() -> &'static [u8] {
    let start = &raw const trapless_vdso_image;
    let length = (&raw const trapless_vdso_image_end).addr() - start.addr();
    // SAFETY: the assembly defines both symbols around bytes that nobody writes.
    unsafe { core::slice::from_raw_parts(start, length) }
}

#[cfg(test)]
mod tests {
    use super::image;

    #[test]
    fn the_image_is_whole_pages_of_elf() {
        let image = image();
        assert_eq!(image.len() % 4096, 0);
        assert_eq!(image.get(..4), Some(&b"\x7fELF"[..]));
    }
}
