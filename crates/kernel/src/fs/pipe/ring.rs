//! The bytes in a pipe: a queue of pages, as on Linux, whose rules of when a pipe is full follow from it.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use abi::Errno;

use crate::io::{Sink, Source};

/// Bytes of one buffer of a pipe; writes of this size (`PIPE_BUF`) are never torn.
pub const BUFFER_SIZE: usize = 4096;
/// How many used pages are kept for the next writes.
const SPARE_PAGES: usize = 2;

#[derive(Debug)]
struct Buffer {
    page: Vec<u8>,
    start: usize,
    end: usize,
    /// A write of its own that one read takes, whatever its size (`O_DIRECT`).
    packet: bool,
    /// Whether the next write may go on in it.
    open: bool,
}

impl Buffer {
    fn bytes(&self) -> &[u8] {
        self.page.get(self.start..self.end).unwrap_or_default()
    }
}

/// What stands in a pipe.
#[derive(Debug)]
pub struct Ring {
    buffers: VecDeque<Buffer>,
    capacity: usize,
    spare: Vec<Vec<u8>>,
}

impl Ring {
    /// An empty one with room for so many buffers.
    pub const fn new(capacity: usize) -> Self {
        Self { buffers: VecDeque::new(), capacity, spare: Vec::new() }
    }

    /// How many buffers are in use.
    pub fn used(&self) -> usize {
        self.buffers.len()
    }

    /// How many buffers there may be.
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// Changes how many buffers there may be.
    ///
    /// # Errors
    /// `EBUSY` when more are in use.
    pub fn set_capacity(&mut self, capacity: usize) -> Result<(), Errno> {
        if capacity < self.buffers.len() {
            return Err(Errno::EBUSY);
        }
        self.capacity = capacity;
        Ok(())
    }

    /// Whether no buffer is free.
    pub fn is_full(&self) -> bool {
        self.buffers.len() >= self.capacity
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.buffers.is_empty()
    }

    /// How many bytes there are to read.
    pub fn length(&self) -> usize {
        self.buffers.iter().map(|buffer| buffer.end - buffer.start).sum()
    }

    fn page(&mut self) -> Result<Vec<u8>, Errno> {
        if let Some(page) = self.spare.pop() {
            return Ok(page);
        }
        let mut page = Vec::new();
        page.try_reserve_exact(BUFFER_SIZE).map_err(|_| Errno::ENOMEM)?;
        page.resize(BUFFER_SIZE, 0);
        Ok(page)
    }

    fn pop(&mut self) {
        if let Some(buffer) = self.buffers.pop_front()
            && self.spare.len() < SPARE_PAGES
        {
            self.spare.push(buffer.page);
        }
    }

    fn keep(&mut self, page: Vec<u8>) {
        if self.spare.len() < SPARE_PAGES {
            self.spare.push(page);
        }
    }

    /// Moves bytes out until the sink is full, the ring empty, or a packet was read.
    ///
    /// # Errors
    /// `EFAULT` when nothing could be moved.
    pub fn read(&mut self, sink: &mut Sink<'_>) -> Result<usize, Errno> {
        let mut done = 0;
        while sink.remaining() > 0
            && let Some(buffer) = self.buffers.front_mut()
        {
            let wanted = sink.remaining().min(buffer.bytes().len());
            let moved = match sink.put(buffer.bytes().get(..wanted).unwrap_or_default()) {
                Ok(moved) => moved,
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            };
            buffer.start += moved;
            done += moved;
            let packet = buffer.packet;
            if buffer.start == buffer.end || (packet && moved == wanted) {
                self.pop();
            }
            if packet || moved < wanted {
                break;
            }
        }
        Ok(done)
    }

    /// Moves bytes in until the source or the room is exhausted. With `merge` the part that is no whole page
    /// joins the last buffer, if it fits there.
    ///
    /// # Errors
    /// `EFAULT` or `ENOMEM` when nothing could be moved.
    pub fn write(&mut self, source: &mut Source<'_>, packet: bool, merge: bool) -> Result<usize, Errno> {
        let mut done = if merge && !packet { self.merge(source)? } else { 0 };
        while source.remaining() > 0 && !self.is_full() {
            match self.push(source, packet) {
                Ok(count) => done += count,
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn merge(&mut self, source: &mut Source<'_>) -> Result<usize, Errno> {
        let part = source.remaining() % BUFFER_SIZE;
        let Some(last) = self.buffers.back_mut() else { return Ok(0) };
        if part == 0 || !last.open || last.end + part > BUFFER_SIZE {
            return Ok(0);
        }
        let count = source.take(last.page.get_mut(last.end..last.end + part).unwrap_or_default())?;
        if count < part {
            return Err(Errno::EFAULT);
        }
        last.end += count;
        Ok(count)
    }

    fn push(&mut self, source: &mut Source<'_>, packet: bool) -> Result<usize, Errno> {
        let length = source.remaining();
        self.push_buffer(source, length, packet, !packet)
    }

    /// Moves up to `length` bytes into one buffer of their own, that no write goes on in (splice(2)).
    ///
    /// # Errors
    /// `EFAULT` or `ENOMEM`.
    pub fn push_closed(&mut self, source: &mut Source<'_>, length: usize) -> Result<usize, Errno> {
        self.push_buffer(source, length, false, false)
    }

    /// Fills one buffer.
    fn push_buffer(
        &mut self,
        source: &mut Source<'_>,
        length: usize,
        packet: bool,
        open: bool,
    ) -> Result<usize, Errno> {
        let mut page = self.page()?;
        let wanted = source.remaining().min(length).min(BUFFER_SIZE);
        match source.take(page.get_mut(..wanted).unwrap_or_default()) {
            // As Linux: a page that cannot be filled as far as it should is not given.
            Ok(count) if count == wanted => {
                if self.buffers.try_reserve(1).is_err() {
                    return Err(Errno::ENOMEM);
                }
                self.buffers.push_back(Buffer { page, start: 0, end: count, packet, open });
                Ok(count)
            }
            result => {
                self.keep(page);
                result.and(Err(Errno::EFAULT))
            }
        }
    }

    /// Copies up to `length` bytes into another ring without taking them (tee(2)).
    ///
    /// # Errors
    /// `ENOMEM` when nothing could be copied.
    pub fn copy_to(&self, target: &mut Self, length: usize) -> Result<usize, Errno> {
        let mut done = 0;
        for buffer in &self.buffers {
            let bytes = buffer.bytes();
            let part = bytes.get(..bytes.len().min(length - done)).unwrap_or_default();
            if part.is_empty() || target.is_full() {
                break;
            }
            match target.push_buffer(&mut Source::kernel(part), part.len(), buffer.packet, false) {
                Ok(count) => done += count,
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Moves up to `length` bytes into another ring: whole buffers as they are (splice(2)).
    ///
    /// # Errors
    /// `ENOMEM` when nothing could be moved.
    pub fn move_to(&mut self, target: &mut Self, length: usize) -> Result<usize, Errno> {
        let mut done = 0;
        while done < length
            && !target.is_full()
            && let Some(buffer) = self.buffers.front()
        {
            let size = buffer.bytes().len();
            let outcome = if size <= length - done {
                target.take_first_of(self).map(|()| size)
            } else {
                self.copy_to(target, length - done)
            };
            match outcome {
                Ok(moved) => {
                    if moved < size {
                        self.consume(moved);
                    }
                    done += moved;
                }
                Err(_) if done > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn take_first_of(&mut self, other: &mut Self) -> Result<(), Errno> {
        self.buffers.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.buffers.extend(other.buffers.pop_front());
        Ok(())
    }

    /// The first bytes, at most `length` of them, to be [consumed](Self::consume) when they were used.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn front(&self, length: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length.min(self.length())).map_err(|_| Errno::ENOMEM)?;
        for buffer in &self.buffers {
            let part = buffer.bytes();
            bytes.extend_from_slice(part.get(..length - bytes.len()).unwrap_or(part));
            if bytes.len() == length {
                break;
            }
        }
        Ok(bytes)
    }

    /// Takes the first bytes away.
    pub fn consume(&mut self, mut count: usize) {
        while count > 0
            && let Some(buffer) = self.buffers.front_mut()
        {
            let part = count.min(buffer.end - buffer.start);
            buffer.start += part;
            count -= part;
            if buffer.start == buffer.end {
                self.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFER_SIZE, Ring};
    use crate::io::{Sink, Source};
    use alloc::vec;
    use alloc::vec::Vec;

    fn write(ring: &mut Ring, length: usize, packet: bool) -> usize {
        let bytes: Vec<u8> = (0..length).map(|index| index.to_le_bytes()[0]).collect();
        ring.write(&mut Source::kernel(&bytes), packet, true).unwrap()
    }

    fn read(ring: &mut Ring, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let count = ring.read(&mut Sink::kernel(&mut bytes)).unwrap();
        bytes.truncate(count);
        bytes
    }

    #[test]
    fn merges_small_writes_into_one_buffer() {
        let mut ring = Ring::new(2);
        for _ in 0..BUFFER_SIZE {
            assert_eq!(write(&mut ring, 1, false), 1);
        }
        assert_eq!(ring.used(), 1);
        assert_eq!(write(&mut ring, 1, false), 1);
        assert_eq!(ring.used(), 2);
        assert_eq!(read(&mut ring, 2 * BUFFER_SIZE).len(), BUFFER_SIZE + 1);
        assert!(ring.is_empty());
    }

    #[test]
    fn a_write_that_does_not_fit_behind_the_last_takes_a_buffer_of_its_own() {
        let mut ring = Ring::new(2);
        assert_eq!(write(&mut ring, 3000, false), 3000);
        assert_eq!(write(&mut ring, 3000, false), 3000);
        assert_eq!(write(&mut ring, 3000, false), 0);
        assert_eq!(write(&mut ring, 1000, false), 1000);
        assert_eq!(ring.length(), 7000);
    }

    #[test]
    fn a_packet_is_read_alone_and_its_rest_is_lost() {
        let mut ring = Ring::new(4);
        write(&mut ring, 10, true);
        write(&mut ring, 5, true);
        assert_eq!(read(&mut ring, 3), [0, 1, 2]);
        assert_eq!(read(&mut ring, 100).len(), 5);
        assert!(ring.is_empty());
    }

    #[test]
    fn shrinks_only_to_what_is_in_use() {
        let mut ring = Ring::new(4);
        write(&mut ring, 2 * BUFFER_SIZE, false);
        assert!(ring.set_capacity(1).is_err());
        assert!(ring.set_capacity(2).is_ok());
        assert!(ring.is_full());
    }

    #[test]
    fn tee_leaves_the_source_as_it_is() {
        let mut ring = Ring::new(4);
        let mut twin = Ring::new(1);
        write(&mut ring, 5000, false);
        assert_eq!(ring.copy_to(&mut twin, 9999), Ok(BUFFER_SIZE));
        assert_eq!(ring.length(), 5000);
        assert_eq!(twin.front(3).unwrap(), [0, 1, 2]);
        twin.consume(BUFFER_SIZE);
        assert!(twin.is_empty());
    }

    #[test]
    fn splice_moves_whole_buffers_and_splits_the_last() {
        let mut ring = Ring::new(4);
        let mut other = Ring::new(4);
        write(&mut ring, 2 * BUFFER_SIZE + 10, false);
        assert_eq!(ring.move_to(&mut other, BUFFER_SIZE + 5), Ok(BUFFER_SIZE + 5));
        assert_eq!((ring.used(), other.used()), (2, 2));
        assert_eq!(ring.length(), BUFFER_SIZE + 5);
        // The part of a buffer is not gone on in; what a write left open stays open.
        write(&mut other, 1, false);
        assert_eq!(other.used(), 3);
        assert_eq!(other.front(BUFFER_SIZE + 6).unwrap().len(), BUFFER_SIZE + 6);
    }
}
