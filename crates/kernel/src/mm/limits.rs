//! How much memory a program may have.

use abi::resource::Resource;

use crate::task::Thread;

/// `CAP_IPC_LOCK` (capabilities(7)).
const CAP_IPC_LOCK: u32 = 14;
/// Linux's `vm.max_map_count`: the most mappings of one program.
pub const MAX_MAP_COUNT: usize = 65_530;
/// No limit (`RLIM_INFINITY`).
pub const INFINITY: u64 = u64::MAX;

/// The limits of one process that concern its memory (getrlimit(2)), in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryLimits {
    /// `RLIMIT_AS`.
    pub address_space: u64,
    /// `RLIMIT_DATA`.
    pub data: u64,
    /// The hard limit of `RLIMIT_DATA`: a soft limit of zero means this one (Linux's workaround for
    /// Valgrind).
    pub data_maximum: u64,
    /// `RLIMIT_STACK`.
    pub stack: u64,
    /// `RLIMIT_MEMLOCK`; [`INFINITY`] with `CAP_IPC_LOCK`.
    pub locked: u64,
}

impl MemoryLimits {
    /// What a program starts with on Linux.
    pub const DEFAULT: Self = Self {
        address_space: INFINITY,
        data: INFINITY,
        data_maximum: INFINITY,
        stack: 8 << 20,
        locked: 8 << 20,
    };

    /// The limits of a thread's process.
    #[must_use]
    pub fn of(thread: &Thread) -> Self {
        let limits = thread.process().limits();
        let data = limits.get(Resource::Data);
        let may_lock_all = thread.credentials().has_capability(CAP_IPC_LOCK);
        Self {
            address_space: limits.get(Resource::AddressSpace).rlim_cur,
            data: data.rlim_cur,
            data_maximum: data.rlim_max,
            stack: limits.get(Resource::Stack).rlim_cur,
            locked: if may_lock_all { INFINITY } else { limits.get(Resource::LockedMemory).rlim_cur },
        }
    }

    /// Whether memory may be locked at all (`can_do_mlock`).
    #[must_use]
    pub const fn may_lock(&self) -> bool {
        self.locked != 0
    }
}
