//! Words that the core and the machines share about memory.

use abi::Errno;
use bitflags::bitflags;

/// Bytes of a page.
pub const PAGE_SIZE: u64 = 4096;
/// The bits of an address inside of its page.
pub const PAGE_MASK: u64 = PAGE_SIZE - 1;

/// The start of the page that holds `address`.
#[must_use]
pub const fn page_floor(address: u64) -> u64 {
    address & !PAGE_MASK
}

/// `length` rounded up to whole pages.
///
/// # Errors
/// `ENOMEM` when that does not fit 64 bits.
pub const fn page_ceil(length: u64) -> Result<u64, Errno> {
    match length.checked_add(PAGE_MASK) {
        Some(sum) => Ok(sum & !PAGE_MASK),
        None => Err(Errno::ENOMEM),
    }
}

bitflags! {
    /// What a program may do with a mapping (mprotect(2)).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Protection: u8 {
        /// `PROT_READ`.
        const READ = 1;
        /// `PROT_WRITE`.
        const WRITE = 2;
        /// `PROT_EXEC`.
        const EXECUTE = 4;
    }
}

/// A kind of access to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A load.
    Read,
    /// A store.
    Write,
    /// An instruction fetch.
    Execute,
}

/// Advice that a machine acts on (madvise(2)); the core deals with the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// `MADV_NORMAL`, `MADV_RANDOM`, `MADV_SEQUENTIAL`: how it will be read, with Linux's number.
    Pattern(i32),
    /// `MADV_WILLNEED`.
    WillNeed,
    /// `MADV_DONTNEED`.
    DontNeed,
    /// `MADV_FREE`.
    Free,
    /// `MADV_HUGEPAGE`.
    HugePage,
    /// `MADV_NOHUGEPAGE`.
    NoHugePage,
    /// What a fork's copy gets: `MADV_DONTFORK`, `MADV_DOFORK`, `MADV_WIPEONFORK` and `MADV_KEEPONFORK`,
    /// with Linux's number.
    Fork(i32),
    /// `MADV_COLD` and `MADV_PAGEOUT`, with Linux's number.
    Reclaim(i32),
}

/// What a mapping shows.
#[derive(Clone, Copy, Debug)]
pub enum MapSource<'a> {
    /// Nothing: addresses that are taken, with no access (also the place of pages that fault in later).
    Reserved,
    /// Fresh zeroed memory, private to the space; `huge` asks for huge pages where the machine has them.
    Anonymous {
        /// Do not count it against the memory there is (`MAP_NORESERVE`).
        no_reserve: bool,
    },
    /// Physical memory from `address` on; private mappings copy on write.
    Physical {
        /// The first page's physical address.
        address: u64,
        /// Whether stores reach the frames.
        shared: bool,
    },
    /// A file that the machine itself can map (on the process machine: a host file).
    MachineFile {
        /// The file, in the machine's own terms.
        file: &'a dyn MachineFile,
        /// Where in the file the mapping starts, a whole number of pages.
        offset: u64,
        /// Whether stores reach the file.
        shared: bool,
    },
}

/// A file that its machine can map without the core's help.
pub trait MachineFile: Send + Sync + core::fmt::Debug {
    /// The machine's own number for it (on the process machine: a host descriptor).
    fn handle(&self) -> i32;
}
