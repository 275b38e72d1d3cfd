//! The pages of code and time that every program gets (vdso(7)).

use abi::Errno;

use crate::machine::machine;
use crate::mm::frame::Frames;
use crate::mm::{MapSource, MemoryMap, PAGE_SIZE, Protection, SpecialPart};

/// The time page's frame, and behind it those of the image.
static FRAMES: sync::Once<Frames> = sync::Once::new();

/// Fills the pages, once, and has the machine keep time in them.
///
/// # Errors
/// `ENOMEM`.
pub fn initialize() -> Result<(), Errno> {
    if machine().site_entry(None).is_none() {
        // The image's way into the kernel is that of patched sites.
        return Ok(());
    }
    let image = vdso::image();
    let frames = Frames::allocate(1 + image.len() as u64 / PAGE_SIZE)?;
    let time_page = frames.address();
    machine().physical_write(time_page + PAGE_SIZE, image);
    if FRAMES.set(frames).is_ok() {
        machine().keep_time(time_page);
    }
    Ok(())
}

/// Maps the pages into a program's memory; gives the address of the image, if there is one.
///
/// # Errors
/// As mmap(2).
pub fn map(memory: &MemoryMap) -> Result<Option<u64>, Errno> {
    let Some(frames) = FRAMES.get() else { return Ok(None) };
    let image = frames.address() + PAGE_SIZE;
    let parts = [
        SpecialPart {
            name: "[vvar]",
            length: PAGE_SIZE,
            protection: Protection::READ,
            source: MapSource::Physical { address: frames.address(), shared: true },
        },
        SpecialPart {
            name: "[vdso]",
            length: (frames.count() - 1) * PAGE_SIZE,
            protection: Protection::READ | Protection::EXECUTE,
            source: MapSource::Physical { address: image, shared: false },
        },
    ];
    let address = memory.map_special(memory.layout().stack_top, &parts)?;
    Ok(Some(address + PAGE_SIZE))
}
