//! What there is to tell about each site, of all programs of the world together.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

use rewrite::{Declined, Form};
use sync::SpinLock;

use crate::machine::machine;

/// The most sites that are told of.
const RECORDS_MAX: usize = 1 << 14;

static OBSERVED: AtomicBool = AtomicBool::new(false);
static RECORDS: SpinLock<BTreeMap<(Vec<u8>, u64), Tally>> = SpinLock::new(BTreeMap::new());

/// Why a site keeps trapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its instructions do not allow it.
    Code(Declined),
    /// The text is writable, or shared with others.
    Text,
    /// The text changed while it was looked at.
    Changed,
    /// The machine refuses to change it.
    Machine,
    /// There are too many sites.
    TooMany,
    /// It belongs to a linked call, which jumps by itself.
    Linked,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(declined) => declined.fmt(formatter),
            Self::Text => formatter.write_str("the text is writable or shared"),
            Self::Changed => formatter.write_str("the text changed"),
            Self::Machine => formatter.write_str("the machine cannot write there"),
            Self::TooMany => formatter.write_str("too many sites"),
            Self::Linked => formatter.write_str("part of a linked call"),
        }
    }
}

/// What was done about a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is a jump now.
    Patched(Form),
    /// It keeps trapping.
    Declined(Reason),
    /// It was not executed often enough to be looked at.
    New,
}

/// One site of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The file, or the name of the memory, that holds it.
    pub image: Vec<u8>,
    /// Where in the file the `syscall` stands; in memory without a file, its address.
    pub offset: u64,
    /// What was done about it; the last time, if it was looked at more than once.
    pub fate: Fate,
    /// How often it trapped.
    pub traps: u64,
    /// How often it jumped.
    pub jumps: u64,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    fate: Fate,
    traps: u64,
    jumps: u64,
}

/// Keeps records from now on. Calls by jump are counted too, which costs each of them a look-up.
pub fn observe() {
    machine().observe_calls();
    OBSERVED.store(true, Ordering::Release);
}

/// Whether records are kept.
#[must_use]
pub fn are_observed() -> bool {
    OBSERVED.load(Ordering::Relaxed)
}

/// Notes a trap of a site and what was done about it.
pub(super) fn trapped(image: Vec<u8>, offset: u64, fate: Fate) {
    let mut records = RECORDS.lock();
    let room = records.len() < RECORDS_MAX;
    let key = (image, offset);
    if let Some(tally) = records.get_mut(&key) {
        tally.fate = fate;
        tally.traps += 1;
    } else if room {
        records.insert(key, Tally { fate, traps: 1, jumps: 0 });
    }
}

/// Counts a jump of a site.
pub(super) fn jumped(image: Vec<u8>, offset: u64) {
    if let Some(tally) = RECORDS.lock().get_mut(&(image, offset)) {
        tally.jumps += 1;
    }
}

/// All records, by image and place.
#[must_use]
pub fn records() -> Vec<Record> {
    let records = RECORDS.lock();
    records
        .iter()
        .map(|((image, offset), tally)| Record {
            image: image.clone(),
            offset: *offset,
            fate: tally.fate,
            traps: tally.traps,
            jumps: tally.jumps,
        })
        .collect()
}
