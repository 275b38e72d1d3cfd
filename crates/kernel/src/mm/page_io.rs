//! Reading and writing a file that lives in the kernel's memory.

use core::ops::Range;

use abi::Errno;

use super::{PAGE_MASK, PAGE_SIZE, PageStore};
use crate::io::{Sink, Source};

/// The longest run of frames that one step of a write asks for.
const LONGEST_RUN: u64 = 256;
/// How much is read from a file below at once.
const CHUNK: u64 = 64 << 10;

impl PageStore {
    /// Reads up to the file's end.
    ///
    /// # Errors
    /// `EFAULT`; what the file below says.
    pub fn read_at(&self, sink: &mut Sink<'_>, offset: u64) -> Result<usize, Errno> {
        let mut done = 0;
        loop {
            let position = offset.saturating_add(done as u64);
            let wanted = (sink.remaining() as u64).min(self.size().saturating_sub(position));
            if wanted == 0 {
                return Ok(done);
            }
            match self.read_piece(sink, position, wanted) {
                Ok((piece, count)) => {
                    done += count;
                    if (count as u64) < piece {
                        return Ok(done);
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => return Ok(done),
            }
        }
    }

    /// Reads what is of one kind; gives how many bytes that were and how many of them were read.
    fn read_piece(&self, sink: &mut Sink<'_>, position: u64, wanted: u64) -> Result<(u64, usize), Errno> {
        let index = position / PAGE_SIZE;
        let inside = position & PAGE_MASK;
        if let Some(run) = self.run(index) {
            let piece = (run.end - run.start - inside).min(wanted);
            return Ok((piece, sink.put_physical(run.start + inside, length(piece))?));
        }
        let next = self.next_page(index).map_or(u64::MAX, |next| next.saturating_mul(PAGE_SIZE));
        let absent = (next - position).min(wanted);
        if let Some(backing) = self.backing(index) {
            let bytes = backing.read(position, absent.min(CHUNK))?;
            if !bytes.is_empty() {
                return Ok((bytes.len() as u64, sink.put(&bytes)?));
            }
        }
        // Behind the end of a file below, or in a hole.
        Ok((absent, sink.put_zeros(length(absent))?))
    }

    /// Writes, and makes the file longer where that is needed; a short count when memory, or what can be
    /// read of the source, ends.
    ///
    /// # Errors
    /// `EFAULT`, `ENOSPC`, `EFBIG`.
    pub fn write_at(&self, source: &mut Source<'_>, offset: u64) -> Result<usize, Errno> {
        let mut done = 0;
        while source.remaining() > 0 {
            let position = offset.checked_add(done as u64).ok_or(Errno::EFBIG)?;
            match self.write_piece(source, position) {
                Ok((piece, count)) => {
                    done += count;
                    self.grow(position + count as u64);
                    if count < piece {
                        break;
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    fn write_piece(&self, source: &mut Source<'_>, position: u64) -> Result<(usize, usize), Errno> {
        let inside = position & PAGE_MASK;
        let remaining = source.remaining() as u64;
        let pages = inside.saturating_add(remaining).div_ceil(PAGE_SIZE).min(LONGEST_RUN);
        let (address, pages) = self.run_or_allocate(position / PAGE_SIZE, pages)?;
        let piece = length((pages * PAGE_SIZE - inside).min(remaining));
        Ok((piece, source.take_physical(address + inside, piece)?))
    }

    /// Makes sure that the pages of a range of bytes are there (fallocate(2)).
    ///
    /// # Errors
    /// `ENOSPC`; what the file below says.
    pub fn populate(&self, range: Range<u64>) -> Result<(), Errno> {
        let end = range.end.div_ceil(PAGE_SIZE);
        let mut index = range.start / PAGE_SIZE;
        while index < end {
            index += self.run_or_allocate(index, (end - index).min(LONGEST_RUN))?.1;
        }
        Ok(())
    }

    /// Makes zeros of a range of bytes, as [`punch`](Self::punch), also where a file below shows: there
    /// zeroed pages lie above it.
    ///
    /// # Errors
    /// `ENOSPC`; what the file below says.
    pub fn zero(&self, range: Range<u64>) -> Result<(), Errno> {
        let below = range.end.min(self.backing_end());
        if range.start < below {
            self.populate(range.start..below)?;
            let mut position = range.start;
            while position < below {
                let page_end = (position & !PAGE_MASK) + PAGE_SIZE;
                self.clear_bytes(position..page_end.min(below));
                position = page_end;
            }
        }
        // The page in which the file below ends may show it yet.
        let rest = range.start.max(below.next_multiple_of(PAGE_SIZE));
        self.clear_bytes(range.start.max(below)..range.end.min(rest));
        self.punch(rest..range.end);
        Ok(())
    }

    /// The next offset with data (or, when `hole`, without) from `offset` on, where the file's end counts
    /// as a hole; what the file below still shows counts as data (lseek(2)).
    ///
    /// # Errors
    /// `ENXIO` when `offset` lies behind the end, or no data follows it.
    pub fn seek(&self, offset: u64, hole: bool) -> Result<u64, Errno> {
        let size = self.size();
        let below = self.backing_end();
        let mut position = offset;
        while position < size {
            let index = position / PAGE_SIZE;
            let (is_data, next) = if position < below {
                (true, below)
            } else if let Some(run) = self.run(index) {
                (true, (index * PAGE_SIZE).saturating_add(run.end - run.start))
            } else {
                (false, self.next_page(index).map_or(u64::MAX, |next| next.saturating_mul(PAGE_SIZE)))
            };
            if is_data != hole {
                return Ok(position);
            }
            position = next;
        }
        if hole && offset < size { Ok(size) } else { Err(Errno::ENXIO) }
    }
}

/// A length that is known to fit the buffer it was derived from.
fn length(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
