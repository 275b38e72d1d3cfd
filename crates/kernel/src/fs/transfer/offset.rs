//! Where in a file splice(2), sendfile(2) and copy_file_range(2) read or write.

use abi::Errno;

use crate::fs::OpenFile;
use crate::user::UserPtr;

/// An offset that a program keeps, or the position of the description. As on Linux, the position is not
/// locked meanwhile: one file may be both ends.
#[derive(Debug)]
pub struct FileOffset<'a> {
    file: &'a OpenFile,
    place: UserPtr<i64>,
    /// The program's; `None` for the position.
    kept: Option<i64>,
    /// Where it was at first.
    first: i64,
    moved: usize,
}

impl<'a> FileOffset<'a> {
    /// The offset at this address of the program, or the position if it is null.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn new(file: &'a OpenFile, place: UserPtr<i64>) -> Result<Self, Errno> {
        let kept = place.non_null().map(UserPtr::read).transpose()?;
        Ok(Self::with_value(file, place, kept))
    }

    /// An offset of the program that was read before.
    #[must_use]
    pub fn with_value(file: &'a OpenFile, place: UserPtr<i64>, kept: Option<i64>) -> Self {
        let position = || if file.file().is_seekable() { *file.position() } else { 0 };
        let first = kept.unwrap_or_else(|| i64::try_from(position()).unwrap_or(i64::MAX));
        Self { file, place, kept, first, moved: 0 }
    }

    /// The position.
    #[must_use]
    pub fn own(file: &'a OpenFile) -> Self {
        Self::with_value(file, UserPtr::new(0), None)
    }

    /// Fails when the program gives an offset for a file that has none.
    ///
    /// # Errors
    /// `otherwise`.
    pub fn check_seekable(&self, otherwise: Errno) -> Result<(), Errno> {
        if self.kept.is_some() && !self.file.file().is_seekable() { Err(otherwise) } else { Ok(()) }
    }

    /// The offset as the program gave it; 0 for a file without a position.
    #[must_use]
    pub const fn raw(&self) -> i64 {
        self.first
    }

    /// Where to begin.
    ///
    /// # Errors
    /// `EINVAL` when it is negative.
    pub fn start(&self) -> Result<u64, Errno> {
        u64::try_from(self.first).map_err(|_| Errno::EINVAL)
    }

    /// Says that so many bytes were moved.
    pub const fn advance(&mut self, count: usize) {
        self.moved = self.moved.saturating_add(count);
    }

    /// Writes the offset back to where it came from.
    ///
    /// # Errors
    /// `EFAULT`.
    pub fn finish(self) -> Result<(), Errno> {
        let offset = self.first.saturating_add(i64::try_from(self.moved).unwrap_or(i64::MAX));
        if self.kept.is_some() {
            return self.place.write(&offset);
        }
        if self.moved > 0 && self.file.file().is_seekable() {
            self.file.set_position(&mut self.file.position(), offset.unsigned_abs());
        }
        Ok(())
    }
}
