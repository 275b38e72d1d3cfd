//! Resource limits (getrlimit(2)).

use abi::resource::{RLIM_INFINITY, Resource, Rlimit};

use crate::fs::NR_OPEN;

/// The limits of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits([Rlimit; Resource::COUNT]);

impl Limits {
    /// What a login on Debian starts with.
    #[must_use]
    pub fn new() -> Self {
        let mut limits = Self([Rlimit::UNLIMITED; Resource::COUNT]);
        limits.set(Resource::Stack, Rlimit::new(8 << 20, RLIM_INFINITY));
        limits.set(Resource::Core, Rlimit::new(0, RLIM_INFINITY));
        limits.set(Resource::Processes, Rlimit::new(31_000, 31_000));
        limits.set(Resource::OpenFiles, Rlimit::new(1024, NR_OPEN as u64));
        limits.set(Resource::LockedMemory, Rlimit::new(8 << 20, 8 << 20));
        limits.set(Resource::PendingSignals, Rlimit::new(31_000, 31_000));
        limits.set(Resource::MessageQueue, Rlimit::new(819_200, 819_200));
        limits.set(Resource::Nice, Rlimit::new(0, 0));
        limits.set(Resource::RealtimePriority, Rlimit::new(0, 0));
        limits
    }

    /// One limit.
    #[must_use]
    pub fn get(&self, resource: Resource) -> Rlimit {
        self.0.get(resource as usize).copied().unwrap_or(Rlimit::UNLIMITED)
    }

    /// The limits in force, in the order of their numbers.
    #[must_use]
    pub fn in_force(&self) -> [u64; Resource::COUNT] {
        self.0.map(|limit| limit.rlim_cur)
    }

    /// Changes one limit; who may is the caller's question.
    pub fn set(&mut self, resource: Resource, limit: Rlimit) {
        if let Some(place) = self.0.get_mut(resource as usize) {
            *place = limit;
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
