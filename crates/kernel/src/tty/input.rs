//! What was typed and is not read yet.

use alloc::collections::VecDeque;

/// How many bytes of input a terminal keeps (`N_TTY_BUF_SIZE`).
pub(super) const CAPACITY: usize = 4096;

/// What follows a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Another byte of the line.
    Nothing,
    /// The next line.
    Line,
    /// The next line; and the byte itself is none: it stands for the end of the file.
    File,
}

/// The queue between the line discipline and readers: whole lines first, then the line that is being
/// edited. Without lines everything counts as whole.
#[derive(Debug, Default)]
pub(super) struct InputQueue {
    bytes: VecDeque<(u8, End)>,
    /// How many at the front are whole lines.
    whole: usize,
}

/// What taking bytes of a line gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// How many bytes.
    pub(super) count: usize,
    /// Whether the line, or what there is without lines, goes on.
    pub(super) goes_on: bool,
}

impl InputQueue {
    /// How many bytes there are, the unfinished line's too.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no whole line.
    pub(super) const fn has_no_line(&self) -> bool {
        self.whole == 0
    }

    /// How many bytes of whole lines there are; marks of the end of a file are none.
    pub(super) fn whole_bytes(&self) -> usize {
        self.bytes.iter().take(self.whole).filter(|(_, end)| *end != End::File).count()
    }

    /// The line that is being edited.
    pub(super) fn edited(&self) -> impl DoubleEndedIterator<Item = u8> + '_ {
        self.bytes.range(self.whole..).map(|(byte, _)| *byte)
    }

    /// How many bytes the line has that is being edited.
    pub(super) fn edited_len(&self) -> usize {
        self.bytes.len() - self.whole
    }

    /// Adds a byte.
    pub(super) fn push(&mut self, byte: u8) {
        self.bytes.push_back((byte, End::Nothing));
    }

    /// Adds the byte that ends a line.
    pub(super) fn push_line_end(&mut self, byte: u8) {
        self.bytes.push_back((byte, End::Line));
        self.whole = self.bytes.len();
    }

    /// Ends a line without a byte.
    pub(super) fn push_file_end(&mut self) {
        self.bytes.push_back((0, End::File));
        self.whole = self.bytes.len();
    }

    /// Takes bytes of the edited line back.
    pub(super) fn erase(&mut self, count: usize) {
        let kept = self.bytes.len().saturating_sub(count).max(self.whole);
        self.bytes.truncate(kept);
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.whole = 0;
    }

    /// Begins or stops to keep lines: what there is becomes one whole line, whose end is none, or no line
    /// at all.
    pub(super) fn restart(&mut self, with_lines: bool) {
        for (_, end) in &mut self.bytes {
            *end = End::Nothing;
        }
        self.whole = if with_lines { self.bytes.len() } else { 0 };
        if let Some((_, end)) = self.bytes.back_mut().filter(|_| with_lines) {
            *end = End::Line;
        }
    }

    /// Takes bytes of the first line, but not of the next; with its last byte also the end of the file.
    pub(super) fn take_line(&mut self, target: &mut [u8]) -> Taken {
        let mut count = 0;
        while self.whole > 0 {
            let Some(&(byte, end)) = self.bytes.front() else { break };
            if end == End::File {
                self.drop_first();
                return Taken { count, goes_on: false };
            }
            let Some(place) = target.get_mut(count) else { return Taken { count, goes_on: true } };
            *place = byte;
            count += 1;
            self.drop_first();
            if end == End::Line {
                break;
            }
        }
        Taken { count, goes_on: false }
    }

    fn drop_first(&mut self) {
        self.bytes.pop_front();
        self.whole = self.whole.saturating_sub(1);
    }

    /// Takes bytes whatever lines there are.
    pub(super) fn take(&mut self, target: &mut [u8]) -> Taken {
        let mut count = 0;
        let length = target.len().min(self.bytes.len());
        for (place, (byte, _)) in target.iter_mut().zip(self.bytes.drain(..length)) {
            *place = byte;
            count += 1;
        }
        self.whole = self.whole.saturating_sub(count);
        Taken { count, goes_on: !self.bytes.is_empty() }
    }
}

#[cfg(test)]
mod tests {
    use super::{InputQueue, Taken};

    fn queue(text: &[u8]) -> InputQueue {
        let mut queue = InputQueue::default();
        for &byte in text {
            match byte {
                b'\n' => queue.push_line_end(byte),
                4 => queue.push_file_end(),
                _ => queue.push(byte),
            }
        }
        queue
    }

    #[test]
    fn a_read_gets_one_line() {
        let mut queue = queue(b"ab\ncd\ne");
        let mut buffer = [0; 10];
        assert_eq!(queue.whole_bytes(), 6);
        assert_eq!(queue.take_line(&mut buffer), Taken { count: 3, goes_on: false });
        assert_eq!(queue.take_line(&mut buffer[..1]), Taken { count: 1, goes_on: true });
        assert_eq!(queue.take_line(&mut buffer), Taken { count: 2, goes_on: false });
        assert_eq!(queue.take_line(&mut buffer), Taken { count: 0, goes_on: false });
        assert!(queue.edited().eq(*b"e"));
    }

    #[test]
    fn the_end_of_a_file_ends_a_line_and_is_no_byte() {
        let mut queue = queue(b"ab\x04\x04c");
        let mut buffer = [0; 10];
        assert_eq!(queue.whole_bytes(), 2);
        assert_eq!(queue.take_line(&mut buffer), Taken { count: 2, goes_on: false });
        assert_eq!(queue.take_line(&mut buffer), Taken { count: 0, goes_on: false });
        assert!(queue.has_no_line());
    }

    #[test]
    fn a_read_that_is_full_at_the_end_of_a_file_takes_that_too() {
        let mut queue = queue(b"ab\x04c");
        let mut buffer = [0; 2];
        assert_eq!(queue.take_line(&mut buffer), Taken { count: 2, goes_on: false });
        assert!(queue.has_no_line());
    }

    #[test]
    fn erasing_stops_at_the_line_s_start() {
        let mut queue = queue(b"ab\ncd");
        queue.erase(5);
        assert_eq!((queue.len(), queue.edited_len()), (3, 0));
    }
}
