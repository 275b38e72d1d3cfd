//! Advice about memory (madvise(2)).

use core::ops::Range;

use abi::Errno;
use abi::raw::general as linux;

use super::map::Locked;
use super::sites::TextChange;
use super::{Access, Advice, FlagChange, MapSource, MemoryMap, PageStore, Protection, Vma, VmaFlags};
use crate::gap;

/// What one piece of advice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// Changes the books, and tells the machine if it can use it.
    Flags(FlagChange, Option<Advice>),
    /// Brings pages in, for a touch of this kind.
    Populate(Access),
    /// Gives up the contents (`MADV_DONTNEED`); also of locked memory.
    Discard { locked: bool },
    /// Lets the machine take the pages when it needs some (`MADV_FREE`).
    Free,
    /// Makes a hole in the file (`MADV_REMOVE`).
    Remove,
    /// Brings in what is there already.
    WillNeed,
    /// `MADV_COLD` or `MADV_PAGEOUT`.
    Reclaim(i32),
}

/// What a machine is told, with Linux's number.
fn action(advice: i32) -> Result<Action, Errno> {
    let none = VmaFlags::empty();
    let pattern = VmaFlags::SEQUENTIAL.union(VmaFlags::RANDOM);
    let huge = VmaFlags::HUGE_PAGE.union(VmaFlags::NO_HUGE_PAGE);
    let flags = |clear: VmaFlags, set: VmaFlags, advice| Action::Flags(FlagChange { clear, set }, advice);
    Ok(match u32::try_from(advice).map_err(|_| Errno::EINVAL)? {
        linux::MADV_NORMAL => flags(pattern, none, Some(Advice::Pattern(advice))),
        linux::MADV_SEQUENTIAL => flags(pattern, VmaFlags::SEQUENTIAL, Some(Advice::Pattern(advice))),
        linux::MADV_RANDOM => flags(pattern, VmaFlags::RANDOM, Some(Advice::Pattern(advice))),
        linux::MADV_DONTFORK => flags(none, VmaFlags::DONT_FORK, Some(Advice::Fork(advice))),
        linux::MADV_DOFORK => flags(VmaFlags::DONT_FORK, none, Some(Advice::Fork(advice))),
        linux::MADV_WIPEONFORK => flags(none, VmaFlags::WIPE_ON_FORK, Some(Advice::Fork(advice))),
        linux::MADV_KEEPONFORK => flags(VmaFlags::WIPE_ON_FORK, none, Some(Advice::Fork(advice))),
        linux::MADV_DONTDUMP => flags(none, VmaFlags::DONT_DUMP, None),
        linux::MADV_DODUMP => flags(VmaFlags::DONT_DUMP, none, None),
        linux::MADV_MERGEABLE => flags(none, VmaFlags::MERGEABLE, None),
        linux::MADV_UNMERGEABLE => flags(VmaFlags::MERGEABLE, none, None),
        linux::MADV_HUGEPAGE => flags(huge, VmaFlags::HUGE_PAGE, Some(Advice::HugePage)),
        linux::MADV_NOHUGEPAGE => flags(huge, VmaFlags::NO_HUGE_PAGE, Some(Advice::NoHugePage)),
        linux::MADV_POPULATE_READ => Action::Populate(Access::Read),
        linux::MADV_POPULATE_WRITE => Action::Populate(Access::Write),
        linux::MADV_DONTNEED => Action::Discard { locked: false },
        linux::MADV_DONTNEED_LOCKED => Action::Discard { locked: true },
        linux::MADV_FREE => Action::Free,
        linux::MADV_REMOVE => Action::Remove,
        linux::MADV_WILLNEED => Action::WillNeed,
        linux::MADV_COLD | linux::MADV_PAGEOUT => Action::Reclaim(advice),
        linux::MADV_COLLAPSE => return Err(gap!("madvise(MADV_COLLAPSE)", EINVAL)),
        linux::MADV_GUARD_INSTALL | linux::MADV_GUARD_REMOVE => {
            return Err(gap!("madvise(MADV_GUARD_INSTALL)", EINVAL));
        }
        linux::MADV_HWPOISON | linux::MADV_SOFT_OFFLINE => {
            return Err(gap!("madvise(MADV_HWPOISON)", EINVAL));
        }
        _ => return Err(Errno::EINVAL),
    })
}

/// Whether a number is advice that this kernel knows.
///
/// # Errors
/// `EINVAL`.
pub(super) fn check_advice(advice: i32) -> Result<(), Errno> {
    action(advice).map(|_| ())
}

impl MemoryMap {
    /// Acts on advice about whole pages.
    ///
    /// # Errors
    /// As madvise(2); `ENOMEM` when some pages are not mapped, and the others were advised.
    pub fn advise(&self, range: Range<u64>, advice: i32) -> Result<(), Errno> {
        let action = action(advice)?;
        if let Action::Populate(access) = action {
            return self.populate_for(range, access);
        }
        let pieces = self.lock().books.pieces(&range);
        let mut from = range.start;
        let mut outcome = Ok(());
        for (piece, vma) in pieces {
            if piece.start > from {
                outcome = Err(Errno::ENOMEM);
            }
            from = piece.end;
            match action {
                // The store takes the locks of its mappings by itself.
                Action::Remove => remove(&piece, &vma)?,
                _ => self.lock().advise(&piece, action)?,
            }
        }
        if from < range.end { Err(Errno::ENOMEM) } else { outcome }
    }
}

/// Makes a hole in the file of a shared mapping.
fn remove(piece: &Range<u64>, vma: &Vma) -> Result<(), Errno> {
    use super::Backing;
    use crate::fs::FileMapping;
    if vma.flags.contains(VmaFlags::LOCKED) {
        return Err(Errno::EINVAL);
    }
    match &vma.backing {
        Backing::Anonymous | Backing::Special(_) => Err(Errno::EINVAL),
        Backing::File { .. } if !vma.is_shared() || !vma.maximum.contains(Protection::WRITE) => {
            Err(Errno::EACCES)
        }
        Backing::File { mapping, file } => {
            let hole = vma.offset..vma.offset.saturating_add(piece.end - piece.start);
            match (file.punch_hole(&hole), mapping) {
                (Some(outcome), _) => outcome,
                (None, FileMapping::Pages(store)) => {
                    PageStore::punch(store, hole);
                    Ok(())
                }
                (None, _) => Err(Errno::EOPNOTSUPP),
            }
        }
    }
}

impl Locked<'_> {
    /// Acts on a range that was, when it was looked up, one piece of a mapping.
    fn advise(&mut self, range: &Range<u64>, action: Action) -> Result<(), Errno> {
        for (piece, vma) in self.books.pieces(range) {
            match action {
                Action::Flags(change, advice) => self.advise_flags(&piece, &vma, change, advice)?,
                Action::Discard { locked } => {
                    if vma.is_special() || (!locked && vma.flags.contains(VmaFlags::LOCKED)) {
                        return Err(Errno::EINVAL);
                    }
                    self.discard(&piece, &vma)?;
                }
                Action::Free => {
                    if !vma.is_anonymous() || vma.flags.contains(VmaFlags::LOCKED) {
                        return Err(Errno::EINVAL);
                    }
                    self.space.advise(piece, Advice::Free)?;
                }
                Action::Reclaim(number) => {
                    if vma.is_special() || vma.flags.contains(VmaFlags::LOCKED) {
                        return Err(Errno::EINVAL);
                    }
                    self.hint(&piece, &vma, Advice::Reclaim(number));
                }
                Action::WillNeed => match vma.store() {
                    Some(store) => self.show_missing(&piece, &vma, store),
                    None => self.hint(&piece, &vma, Advice::WillNeed),
                },
                Action::Populate(_) | Action::Remove => {}
            }
        }
        Ok(())
    }

    fn advise_flags(
        &mut self,
        piece: &Range<u64>,
        vma: &Vma,
        change: FlagChange,
        advice: Option<Advice>,
    ) -> Result<(), Errno> {
        let wipe = VmaFlags::WIPE_ON_FORK;
        if change.set.contains(wipe) && !matches!(vma.backing, super::Backing::Anonymous) {
            return Err(Errno::EINVAL);
        }
        let special = VmaFlags::DONT_FORK | VmaFlags::DONT_DUMP;
        if vma.is_special() && (change.clear.intersects(special) || change.set.contains(VmaFlags::HUGE_PAGE))
        {
            return Err(Errno::EINVAL);
        }
        // As Linux: too many mappings are "try again" here.
        self.books.check_split(piece).map_err(|_| Errno::EAGAIN)?;
        if let Some(advice) = advice {
            self.hint(piece, vma, advice);
        }
        self.books.change(piece, |vma| vma.flags = (vma.flags - change.clear) | change.set);
        Ok(())
    }

    /// Gives up what a mapping holds: private pages start anew, shared ones are still in the file.
    fn discard(&mut self, piece: &Range<u64>, vma: &Vma) -> Result<(), Errno> {
        self.leave_sites(piece, TextChange::Open);
        let Some(store) = vma.store() else {
            return self.space.advise(piece.clone(), Advice::DontNeed);
        };
        if vma.is_shared() {
            return Ok(());
        }
        for shown in self.books.present.within(piece.clone()) {
            self.space.map(shown.clone(), Protection::empty(), MapSource::Reserved)?;
            self.books.present.remove(shown);
        }
        self.show_missing(piece, vma, store);
        Ok(())
    }

    /// Tells the machine; whether it can use it does not matter.
    fn hint(&self, piece: &Range<u64>, vma: &Vma, advice: Advice) {
        if vma.store().is_none() || matches!(advice, Advice::Fork(_)) {
            let _ = self.space.advise(piece.clone(), advice);
        }
    }

    /// Shows pages of a store that are there but not mapped yet.
    fn show_missing(&mut self, piece: &Range<u64>, vma: &Vma, store: &PageStore) {
        for missing in self.books.present.missing(piece.clone()) {
            let mut part = vma.clone();
            part.offset = vma.offset.wrapping_add(missing.start - piece.start);
            part.end = missing.end;
            super::pages::show(&mut self.books, self.space, &missing, &part, store);
        }
    }
}
