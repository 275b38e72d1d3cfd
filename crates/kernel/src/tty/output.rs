//! What a terminal prints, on its way to whoever shows it: the output modes of termios(3).

use alloc::collections::VecDeque;

use abi::raw::general::{OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, TABDLY, XTABS};

use super::characters::{is_control, to_upper};
use super::settings::Settings;

/// How many bytes wait for whoever shows them before writers wait: what Linux keeps in its two buffers.
pub(super) const CAPACITY: usize = 8192 + READ_BUFFER;
/// Those of them that the reader's side gets at once, which flushing does not take back.
const READ_BUFFER: usize = 4095;
/// Columns from one tab stop to the next.
const TAB: u32 = 8;

/// The queue of printed bytes, and where the cursor is.
#[derive(Debug, Default)]
pub(super) struct Output {
    queue: VecDeque<u8>,
    /// How many of them the reader's side has got.
    delivered: usize,
    /// Column of the cursor.
    pub(super) column: u32,
    /// Column at which the line that is being typed began.
    pub(super) typed_from: u32,
}

impl Output {
    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// How many bytes fit.
    pub(super) fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.queue.len())
    }

    /// Adds a byte as it is.
    pub(super) fn put(&mut self, byte: u8) {
        self.queue.push_back(byte);
    }

    /// Takes bytes.
    pub(super) fn take(&mut self, target: &mut [u8]) -> usize {
        let count = target.len().min(self.queue.len());
        for (place, byte) in target.iter_mut().zip(self.queue.drain(..count)) {
            *place = byte;
        }
        self.delivered = self.delivered.saturating_sub(count);
        count
    }

    /// Forgets what the reader's side has not got yet.
    pub(super) fn flush(&mut self) {
        self.queue.truncate(self.delivered);
    }

    /// Gives the reader's side what it has place for.
    pub(super) fn deliver(&mut self) {
        self.delivered = self.queue.len().min(READ_BUFFER);
    }

    /// Forgets what the reader has not taken yet.
    pub(super) fn clear(&mut self) {
        self.queue.clear();
        self.delivered = 0;
    }

    /// Adds a byte as the output modes say; `false` without room.
    pub(super) fn print(&mut self, byte: u8, settings: &Settings) -> bool {
        if !settings.output(OPOST) {
            return self.put_if_room(byte);
        }
        match byte {
            b'\n' => self.print_newline(settings),
            b'\r' => self.print_return(settings),
            b'\t' => self.print_tab(settings),
            b'\x08' => {
                let printed = self.put_if_room(byte);
                self.column = self.column.saturating_sub(u32::from(printed));
                printed
            }
            _ => self.print_character(byte, settings),
        }
    }

    fn put_if_room(&mut self, byte: u8) -> bool {
        self.put_all_if_room(&[byte])
    }

    fn put_all_if_room(&mut self, bytes: &[u8]) -> bool {
        let fits = self.room() >= bytes.len();
        if fits {
            self.queue.extend(bytes);
        }
        fits
    }

    fn print_newline(&mut self, settings: &Settings) -> bool {
        let goes_back = settings.output(ONLCR);
        let printed = self.put_all_if_room(if goes_back { b"\r\n" } else { b"\n" });
        if printed {
            if goes_back || settings.output(ONLRET) {
                self.column = 0;
            }
            self.typed_from = self.column;
        }
        printed
    }

    fn print_return(&mut self, settings: &Settings) -> bool {
        if settings.output(ONOCR) && self.column == 0 {
            return self.room() > 0;
        }
        let becomes_newline = settings.output(OCRNL);
        let printed = self.put_if_room(if becomes_newline { b'\n' } else { b'\r' });
        if printed && (!becomes_newline || settings.output(ONLRET)) {
            self.column = 0;
            self.typed_from = 0;
        }
        printed
    }

    fn print_tab(&mut self, settings: &Settings) -> bool {
        let width = TAB - self.column % TAB;
        let spaces = [b' '; TAB as usize];
        let text = if settings.output_field(TABDLY) == XTABS {
            spaces.get(..width as usize).unwrap_or_default()
        } else {
            b"\t"
        };
        let printed = self.put_all_if_room(text);
        if printed {
            self.column = self.column.saturating_add(width);
        }
        printed
    }

    fn print_character(&mut self, byte: u8, settings: &Settings) -> bool {
        if is_control(byte) {
            return self.put_if_room(byte);
        }
        let shown = if settings.output(OLCUC) { to_upper(byte) } else { byte };
        let printed = self.put_if_room(shown);
        if printed && !settings.is_continuation(shown) {
            self.column = self.column.saturating_add(1);
        }
        printed
    }
}
