//! Memory: physical frames, and what the program's part of an address space holds.
//!
//! | module | what it holds |
//! |---|---|
//! | [`frame`] | which physical frames are free |
//! | `page_store` | the frames of a file that lives in the kernel's memory |
//! | `vma`, `books` | one mapping; all mappings of a program, and their sums |
//! | `layout`, [`limits`] | where things lie; how much there may be |
//! | `map` | the books and the machine's space together: mapping and unmapping |
//! | `heap`, `fault`, `pages` | the program break; faults; showing frames of a store |
//! | `protect`, `remap`, `advise`, `lock`, `populate`, `sync` | changing what is mapped |
//! | [`pressure`] | what happens when memory runs out |
//! | `attach` | detaching System V shared memory |
//! | [`sites`] | system call sites that became jumps |
//! | `listing`, `fork` | what /proc shows; a copy for a child |
//! | [`syscalls`] | the system calls |

mod advise;
mod attach;
mod books;
mod fault;
mod fork;
pub mod frame;
mod futex_key;
mod heap;
mod layout;
pub mod limits;
mod listing;
mod lock;
mod map;
mod nowhere;
mod page_io;
mod page_source;
mod page_store;
mod pages;
mod populate;
pub mod pressure;
mod protect;
mod range_set;
mod remap;
pub mod sites;
mod sync;
pub mod syscalls;
mod types;
mod vma;

pub use books::Usage;
pub use fault::{FaultOutcome, enter_first, fault_in, handle_fault};
pub use futex_key::FutexKey;
pub use layout::{Layout, random_below, random_pages};
pub use limits::MemoryLimits;
pub use listing::{MemoryStatistics, Resident, VmaInfo};
pub use map::{MapRequest, MemoryMap, Placement, SpecialPart};
pub use page_source::PageQuota;
pub use page_store::PageStore;
pub use protect::ProtectRequest;
pub use types::{
    Access, Advice, MachineFile, MapSource, PAGE_MASK, PAGE_SIZE, Protection, page_ceil, page_floor,
};
use vma::FlagChange;
pub use vma::{Backing, MappedFile, Vma, VmaFlags};
