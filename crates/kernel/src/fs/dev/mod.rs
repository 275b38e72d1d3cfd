//! Devices: what opening a device file gives, by its number, wherever the file lies; and the tree at /dev.
//!
//! There are only the devices of this list. A device file with any other number can be seen and not
//! opened, as on a Linux without that driver.

mod memory;
mod random;
mod tree;

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::O_NOCTTY;

use super::{File, FileKind, split_device};
use crate::tty::{self, Terminal};

pub use tree::file_system;

/// Major numbers (Linux's Documentation/admin-guide/devices.txt).
const MEMORY: u32 = 1;
const TERMINAL: u32 = 5;

/// `/dev/null`.
const NULL: (u32, u32) = (MEMORY, 3);
/// `/dev/zero`.
const ZERO: (u32, u32) = (MEMORY, 5);
/// `/dev/full`.
const FULL: (u32, u32) = (MEMORY, 7);
/// `/dev/random`.
const RANDOM: (u32, u32) = (MEMORY, 8);
/// `/dev/urandom`.
const URANDOM: (u32, u32) = (MEMORY, 9);
/// `/dev/tty`: the terminal of the caller's session.
const TTY: (u32, u32) = (TERMINAL, 0);
/// `/dev/console`: the terminal of the world.
const CONSOLE: (u32, u32) = (TERMINAL, 1);

/// Makes a pseudo-terminal.
const PTMX: (u32, u32) = tty::devpts::PTMX;

/// Opens the device that a device file stands for, with flags of open(2), for the running thread.
///
/// # Errors
/// `ENXIO` for a device that there is not; those of the device.
pub fn open(kind: FileKind, number: u64, flags: u32) -> Result<Arc<dyn File>, Errno> {
    if kind != FileKind::CharacterDevice {
        return Err(Errno::ENXIO);
    }
    let device = split_device(number);
    match device {
        NULL => return Ok(Arc::new(memory::Null)),
        ZERO => return Ok(Arc::new(memory::Zeros::default())),
        FULL => return Ok(Arc::new(memory::Zeros::that_is_full())),
        RANDOM | URANDOM => return Ok(Arc::new(random::Random)),
        TTY => return tty::open_controlling(flags | O_NOCTTY),
        PTMX => return tty::open_emulator(),
        _ => {}
    }
    let console = tty::console().filter(|console| device == CONSOLE || number == console.device());
    match (console, Terminal::index_of_device(device)) {
        (Some(console), _) if device == CONSOLE => console.open(flags | O_NOCTTY),
        (Some(console), _) => console.open(flags),
        (None, Some(index)) => tty::open_numbered(index, flags),
        (None, None) => Err(Errno::ENXIO),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use abi::Errno;

    use super::super::{FileKind, FileMapping, IoFlags, make_device};
    use super::{FULL, NULL, RANDOM, ZERO, open};
    use crate::io::{Sink, Source};
    use crate::testing::World;

    fn read(device: (u32, u32), length: usize) -> Result<Vec<u8>, Errno> {
        let file = open(FileKind::CharacterDevice, make_device(device.0, device.1), 0)?;
        let mut buffer = alloc::vec![0xaa; length];
        let count = file.read_at(&mut Sink::kernel(&mut buffer), 0, IoFlags::empty())?;
        buffer.truncate(count);
        Ok(buffer)
    }

    fn write(device: (u32, u32), length: usize) -> Result<usize, Errno> {
        let file = open(FileKind::CharacterDevice, make_device(device.0, device.1), 0)?;
        file.write_at(&mut Source::kernel(&alloc::vec![1; length]), 0, IoFlags::empty())
    }

    #[test]
    fn null_swallows_and_gives_nothing() {
        let _world = World::new();
        assert_eq!(read(NULL, 10), Ok(Vec::new()));
        assert_eq!(write(NULL, 10), Ok(10));
    }

    #[test]
    fn zero_and_full() {
        let _world = World::new();
        for device in [ZERO, FULL] {
            assert_eq!(read(device, 9), Ok(alloc::vec![0; 9]));
        }
        assert_eq!(write(ZERO, 5), Ok(5));
        assert_eq!(write(FULL, 5), Err(Errno::ENOSPC));
        assert_eq!(write(FULL, 0), Err(Errno::ENOSPC));
        let zero = open(FileKind::CharacterDevice, make_device(ZERO.0, ZERO.1), 0).unwrap();
        assert!(matches!(zero.mapping(), Ok(FileMapping::Zero)));
    }

    #[test]
    fn what_there_is_not() {
        let _world = World::new();
        assert_eq!(open(FileKind::BlockDevice, make_device(1, 3), 0).err(), Some(Errno::ENXIO));
        assert_eq!(open(FileKind::CharacterDevice, make_device(10, 200), 0).err(), Some(Errno::ENXIO));
        assert_eq!(open(FileKind::CharacterDevice, make_device(5, 0), 0).err(), Some(Errno::ENXIO));
    }

    #[test]
    fn random_fills_and_takes() {
        let _world = World::new();
        assert_eq!(read(RANDOM, 5000).map(|bytes| bytes.len()), Ok(5000));
        assert_eq!(write(RANDOM, 7), Ok(7));
    }
}
