//! A set of addresses, as ranges that do not touch each other.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

/// The set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RangeSet(BTreeMap<u64, u64>);

impl RangeSet {
    /// The set without anything.
    pub(super) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a range.
    pub(super) fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let Range { mut start, mut end } = range;
        if let Some((&before, &before_end)) = self.0.range(..=start).next_back()
            && before_end >= start
        {
            start = before;
            end = end.max(before_end);
        }
        while let Some((&other, &other_end)) = self.0.range(start..=end).next() {
            end = end.max(other_end);
            self.0.remove(&other);
        }
        self.0.insert(start, end);
    }

    /// Takes a range out.
    pub(super) fn remove(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        if let Some((_, end)) = self.0.range_mut(..range.start).next_back()
            && *end > range.start
        {
            let behind = core::mem::replace(end, range.start);
            if behind > range.end {
                self.0.insert(range.end, behind);
            }
        }
        while let Some((&start, &end)) = self.0.range(range.clone()).next() {
            self.0.remove(&start);
            if end > range.end {
                self.0.insert(range.end, end);
            }
        }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is in it.
    pub(super) fn contains(&self, address: u64) -> bool {
        self.0.range(..=address).next_back().is_some_and(|(_, &end)| end > address)
    }

    /// The parts of it that lie in a range.
    pub(super) fn within(&self, range: Range<u64>) -> Vec<Range<u64>> {
        if range.is_empty() {
            return Vec::new();
        }
        let before = self.0.range(..range.start).next_back().map(|(&start, &end)| start..end);
        let inside = self.0.range(range.clone()).map(|(&start, &end)| start..end);
        before
            .into_iter()
            .chain(inside)
            .map(|part| part.start.max(range.start)..part.end.min(range.end))
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// The parts of a range that are not in it.
    pub(super) fn missing(&self, range: Range<u64>) -> Vec<Range<u64>> {
        let mut missing = Vec::new();
        let mut from = range.start;
        for part in self.within(range.clone()) {
            if part.start > from {
                missing.push(from..part.start);
            }
            from = part.end;
        }
        if from < range.end {
            missing.push(from..range.end);
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::RangeSet;
    use alloc::vec;

    #[test]
    fn ranges_join_and_part() {
        let mut set = RangeSet::new();
        set.insert(10..20);
        set.insert(30..40);
        assert_eq!(set.within(0..100), vec![10..20, 30..40]);
        set.insert(20..30);
        assert_eq!(set.within(0..100), vec![10..40]);
        set.remove(15..20);
        assert_eq!(set.within(0..100), vec![10..15, 20..40]);
        assert_eq!(set.missing(0..50), vec![0..10, 15..20, 40..50]);
        assert!(set.contains(10) && !set.contains(15) && !set.contains(40));
        set.insert(5..60);
        assert_eq!(set.within(12..13), vec![12..13]);
        set.remove(0..100);
        assert_eq!(set, RangeSet::new());
    }
}
