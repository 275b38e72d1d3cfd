//! All patches of one memory.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use rewrite::Patch;

use super::records::Reason;

/// The most sites of one memory that are remembered, patched or not.
const SITES_MAX: usize = 1 << 14;
/// The most stubs that are remembered after their memory went away.
const GONE_MAX: usize = 1 << 10;

/// Memory for stubs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    /// Its end.
    pub(super) end: u64,
    /// From here on it was never used.
    pub(super) fresh: u64,
}

/// What is known of the sites of one memory.
#[derive(Clone, Debug, Default)]
pub(in crate::mm) struct Sites {
    /// Patches that stand in the text, by the start of the program's bytes.
    pub(super) patches: BTreeMap<u64, Arc<Patch>>,
    /// Stubs, by their start: those of the patches, and those of patches that were taken back, in which
    /// threads may still be.
    pub(super) stubs: BTreeMap<u64, Arc<Patch>>,
    /// Which stub a patch had that was taken back, by the start of the program's bytes.
    pub(super) retired: BTreeMap<u64, u64>,
    /// Memory for stubs, by its start.
    pub(super) areas: BTreeMap<u64, Area>,
    /// How often a site trapped that has not been looked at yet, by the address of the `syscall`.
    pub(super) seen: BTreeMap<u64, u8>,
    /// Sites that keep trapping, by the address of the `syscall`.
    pub(super) declined: BTreeMap<u64, Reason>,
    /// Stubs whose memory went away while threads may have been in them.
    pub(super) gone: Vec<Arc<Patch>>,
}

impl Sites {
    /// Whether another site may be remembered.
    pub(super) fn has_room(&self) -> bool {
        self.stubs.len() + self.declined.len() + self.seen.len() < SITES_MAX
    }

    /// The patch whose part of the program holds an address.
    pub(super) fn patch_at(&self, address: u64) -> Option<&Arc<Patch>> {
        let (_, patch) = self.patches.range(..=address).next_back()?;
        patch.program().contains(&address).then_some(patch)
    }

    /// The patch whose stub holds an address, also one that was taken back.
    pub(super) fn stub_at(&self, address: u64) -> Option<&Arc<Patch>> {
        let found = self.stubs.range(..=address).next_back().map(|(_, patch)| patch);
        found
            .filter(|patch| patch.stub().contains(&address))
            .or_else(|| self.gone.iter().rev().find(|patch| patch.stub().contains(&address)))
    }

    /// Whether a patch stands in the text.
    pub(super) fn is_live(&self, patch: &Patch) -> bool {
        self.patches.get(&patch.program().start).is_some_and(|live| live.stub() == patch.stub())
    }

    /// The patches whose part of the program shares a byte with a range.
    pub(super) fn patches_in(&self, range: &Range<u64>) -> Vec<Arc<Patch>> {
        let first = self.patch_at(range.start).map_or(range.start, |patch| patch.program().start);
        if first >= range.end {
            return Vec::new();
        }
        self.patches.range(first..range.end).map(|(_, patch)| Arc::clone(patch)).collect()
    }

    /// The memory for stubs that shares a byte with a range.
    pub(super) fn areas_in(&self, range: &Range<u64>) -> Vec<Range<u64>> {
        let areas = self.areas.range(..range.end).map(|(&start, area)| start..area.end);
        areas.filter(|area| area.end > range.start).collect()
    }

    /// The stubs that lie in an area.
    pub(super) fn stubs_in(&self, area: &Range<u64>) -> Vec<Arc<Patch>> {
        self.stubs.range(area.clone()).map(|(_, patch)| Arc::clone(patch)).collect()
    }

    /// Whether nothing is known that a change of this range could concern.
    pub(super) fn is_unconcerned(&self, range: &Range<u64>) -> bool {
        self.declined.range(range.clone()).next().is_none()
            && self.seen.range(range.clone()).next().is_none()
            && self.patches_in(range).is_empty()
            && self.areas_in(range).is_empty()
    }

    /// Remembers a stub whose memory goes away.
    pub(super) fn remember_gone(&mut self, patch: Arc<Patch>) {
        if self.gone.len() >= GONE_MAX {
            self.gone.remove(0);
        }
        self.gone.push(patch);
    }
}
