//! The record locks of one file: which owner holds which bytes.

use alloc::vec::Vec;

use abi::Errno;

/// The last byte that a lock can cover; a lock up to there is "to the end of the file".
pub const LAST: u64 = i64::MAX as u64;

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A process, by the number of its descriptor table (`F_SETLK`).
    Table(u64),
    /// An open file description, by its number (`F_OFD_SETLK`, flock(2)).
    Description(u64),
}

/// How a lock may be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With other readers.
    Read,
    /// With nobody.
    Write,
}

/// A range of bytes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub start: u64,
    /// The last byte.
    pub end: u64,
}

impl Range {
    const fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// A lock on bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who holds it.
    pub owner: Owner,
    /// How it may be shared.
    pub kind: Kind,
    /// What it covers.
    pub range: Range,
    /// The process that took it, for `F_GETLK`.
    pub pid: i32,
}

/// All record locks of one file, ordered by owner and start; those of one owner do not overlap.
#[derive(Debug, Default)]
pub(super) struct Records(Vec<Record>);

impl Records {
    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first lock of somebody else that does not go together with this one.
    pub(super) fn conflict(&self, wanted: &Record) -> Option<Record> {
        let conflicts = |held: &&Record| {
            held.owner != wanted.owner
                && held.range.overlaps(wanted.range)
                && (held.kind == Kind::Write || wanted.kind == Kind::Write)
        };
        self.0.iter().filter(conflicts).min_by_key(|held| held.range.start).copied()
    }

    /// Takes the lock; what the owner held of those bytes changes its kind. The caller has made sure that
    /// there is no [conflict](Self::conflict).
    ///
    /// # Errors
    /// `ENOLCK` without memory; nothing has changed then.
    pub(super) fn set(&mut self, wanted: Record) -> Result<(), Errno> {
        // At most two more than before: the rest of a lock that is cut in the middle, and the new one.
        self.0.try_reserve(2).map_err(|_| Errno::ENOLCK)?;
        self.clear(wanted.owner, wanted.range)?;
        let mut merged = wanted;
        self.0.retain(|held| {
            let touches = held.owner == wanted.owner
                && held.kind == wanted.kind
                && (held.range.end.saturating_add(1) == wanted.range.start
                    || wanted.range.end.saturating_add(1) == held.range.start);
            if touches {
                merged.range.start = merged.range.start.min(held.range.start);
                merged.range.end = merged.range.end.max(held.range.end);
            }
            !touches
        });
        let place = self
            .0
            .partition_point(|held| (held.owner, held.range.start) < (merged.owner, merged.range.start));
        self.0.insert(place, merged);
        Ok(())
    }

    /// Gives up what the owner holds in the range.
    ///
    /// # Errors
    /// `ENOLCK` without memory to cut a lock in two; nothing has changed then.
    pub(super) fn clear(&mut self, owner: Owner, range: Range) -> Result<(), Errno> {
        self.0.try_reserve(1).map_err(|_| Errno::ENOLCK)?;
        let mut index = 0;
        while let Some(held) = self.0.get_mut(index) {
            if held.owner != owner || !held.range.overlaps(range) {
                index += 1;
                continue;
            }
            let whole = *held;
            let before = (whole.range.start < range.start)
                .then(|| Range { start: whole.range.start, end: range.start - 1 });
            let behind =
                (whole.range.end > range.end).then(|| Range { start: range.end + 1, end: whole.range.end });
            match (before, behind) {
                (None, None) => drop(self.0.remove(index)),
                (Some(part), None) | (None, Some(part)) => {
                    held.range = part;
                    index += 1;
                }
                (Some(before), Some(behind)) => {
                    held.range = before;
                    self.0.insert(index + 1, Record { range: behind, ..whole });
                    index += 2;
                }
            }
        }
        Ok(())
    }

    /// Gives up all that the owner holds; gives whether that was anything.
    pub(super) fn clear_all(&mut self, owner: Owner) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held.owner != owner);
        self.0.len() != before
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, LAST, Owner, Range, Record, Records};
    use alloc::vec::Vec;

    const A: Owner = Owner::Table(1);
    const B: Owner = Owner::Description(1);

    fn record(owner: Owner, kind: Kind, start: u64, end: u64) -> Record {
        Record { owner, kind, range: Range { start, end }, pid: 1 }
    }

    fn shown(records: &Records) -> Vec<(Kind, u64, u64)> {
        records.0.iter().map(|held| (held.kind, held.range.start, held.range.end)).collect()
    }

    #[test]
    fn readers_go_together_and_writers_do_not() {
        let mut records = Records::default();
        records.set(record(A, Kind::Read, 0, 9)).unwrap();
        assert_eq!(records.conflict(&record(B, Kind::Read, 5, 20)), None);
        assert!(records.conflict(&record(B, Kind::Write, 9, 20)).is_some());
        assert_eq!(records.conflict(&record(B, Kind::Write, 10, 20)), None);
        assert_eq!(records.conflict(&record(A, Kind::Write, 0, LAST)), None);
    }

    #[test]
    fn an_unlock_in_the_middle_cuts_a_lock_in_two() {
        let mut records = Records::default();
        records.set(record(A, Kind::Write, 0, LAST)).unwrap();
        records.clear(A, Range { start: 10, end: 19 }).unwrap();
        assert_eq!(shown(&records), [(Kind::Write, 0, 9), (Kind::Write, 20, LAST)]);
        records.clear(A, Range { start: 0, end: 9 }).unwrap();
        assert_eq!(shown(&records), [(Kind::Write, 20, LAST)]);
    }

    #[test]
    fn neighbours_of_one_kind_become_one() {
        let mut records = Records::default();
        records.set(record(A, Kind::Read, 0, 9)).unwrap();
        records.set(record(A, Kind::Read, 20, 29)).unwrap();
        records.set(record(A, Kind::Read, 10, 19)).unwrap();
        assert_eq!(shown(&records), [(Kind::Read, 0, 29)]);
        records.set(record(A, Kind::Write, 5, 6)).unwrap();
        assert_eq!(shown(&records), [(Kind::Read, 0, 4), (Kind::Write, 5, 6), (Kind::Read, 7, 29)]);
        assert!(records.clear_all(A));
        assert!(records.is_empty());
    }
}
