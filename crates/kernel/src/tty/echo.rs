//! Echoes of what is typed. They wait here while there is no room to print them.

use alloc::collections::VecDeque;

use abi::raw::general::ECHOCTL;

use super::characters::is_control;
use super::output::Output;
use super::settings::Settings;

/// How many bytes of echoes may wait before any are printed, in what came together.
const BLOCK: usize = 256;
/// How many bytes of echoes may wait in all; older ones are lost.
const CAPACITY: usize = 4096 - BLOCK - 32;
/// What turns a control character into the letter that shows it.
const SHOWN: u8 = 0x40;
/// The one byte that is echoed past the output modes.
const LAST: u8 = 0xff;

/// One step of an echo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Echo {
    /// A byte, as the output modes say.
    Byte(u8),
    /// A control character as `^X`.
    Control(u8),
    /// The last byte did not move the cursor after all.
    StayedInColumn,
    /// The line that is typed begins here.
    LineStart,
    /// A tab goes: this many columns were before it, counted from another tab or from the line's start.
    EraseTab(u32, bool),
}

impl Echo {
    /// How many bytes it counts for.
    const fn size(self) -> usize {
        match self {
            Self::Byte(LAST) | Self::Control(_) | Self::StayedInColumn | Self::LineStart => 2,
            Self::Byte(_) => 1,
            Self::EraseTab(..) => 3,
        }
    }
}

/// Echoes that wait to be printed.
#[derive(Debug, Default)]
pub(super) struct Echoes {
    queue: VecDeque<Echo>,
    /// Bytes of all.
    size: usize,
    /// Bytes of those that were to be printed already, and had no room.
    tried: usize,
}

impl Echoes {
    fn add(&mut self, echo: Echo) {
        self.size += echo.size();
        self.queue.push_back(echo);
    }

    fn drop_first(&mut self) {
        let size = self.queue.pop_front().map_or(0, Echo::size);
        self.size = self.size.saturating_sub(size);
        self.tried = self.tried.saturating_sub(size);
    }

    /// Whether there are so many that some are printed before all that came together was looked at.
    pub(super) const fn are_many(&self) -> bool {
        self.size >= BLOCK && self.size % BLOCK <= self.tried % BLOCK
    }

    /// Whether there are some that were never to be printed yet.
    pub(super) const fn has_new(&self) -> bool {
        self.tried != self.size
    }

    /// Echoes a byte as it is.
    pub(super) fn plain(&mut self, byte: u8) {
        self.add(Echo::Byte(byte));
    }

    /// Echoes a typed character: control characters visibly, if that is wanted (`ECHOCTL`).
    pub(super) fn character(&mut self, byte: u8, settings: &Settings) {
        let is_shown = is_control(byte) && byte != b'\t' && settings.local(ECHOCTL);
        self.add(if is_shown { Echo::Control(byte) } else { Echo::Byte(byte) });
    }

    /// Rubs the last column out.
    pub(super) fn rub_out(&mut self) {
        for byte in *b"\x08 \x08" {
            self.plain(byte);
        }
    }

    /// Says that the line that is typed begins where the cursor is.
    pub(super) fn line_start(&mut self) {
        self.add(Echo::LineStart);
    }

    /// Says that the last byte did not move the cursor.
    pub(super) fn stayed_in_column(&mut self) {
        self.add(Echo::StayedInColumn);
    }

    /// Goes back over a tab that stood this many columns behind another tab or behind the line's start.
    pub(super) fn erase_tab(&mut self, columns: u32, after_tab: bool) {
        self.add(Echo::EraseTab(columns, after_tab));
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Prints what there is room for, if the output is not stopped; of the rest, too old ones are lost.
    pub(super) fn print(&mut self, output: &mut Output, settings: &Settings, is_stopped: bool) {
        self.tried = self.size;
        while let Some(echo) = self.queue.front().filter(|_| !is_stopped)
            && print(*echo, output, settings)
        {
            self.drop_first();
        }
        while self.size >= CAPACITY {
            self.drop_first();
        }
    }
}

/// Prints one echo; `false` without room.
fn print(echo: Echo, output: &mut Output, settings: &Settings) -> bool {
    match echo {
        Echo::Byte(LAST) => {
            let fits = output.room() > 0;
            if fits {
                output.put(LAST);
                output.column = output.column.saturating_add(1);
            }
            fits
        }
        Echo::Byte(byte) => output.print(byte, settings),
        Echo::Control(byte) => {
            let fits = output.room() >= 2;
            if fits {
                output.put(b'^');
                output.put(byte ^ SHOWN);
                output.column = output.column.saturating_add(2);
            }
            fits
        }
        Echo::StayedInColumn => {
            output.column = output.column.saturating_sub(1);
            true
        }
        Echo::LineStart => {
            output.typed_from = output.column;
            true
        }
        Echo::EraseTab(columns, after_tab) => {
            let columns = if after_tab { columns } else { columns.wrapping_add(output.typed_from) };
            let width = 8 - columns % 8;
            let fits = output.room() >= width as usize;
            for _ in 0..if fits { width } else { 0 } {
                output.put(b'\x08');
                output.column = output.column.saturating_sub(1);
            }
            fits
        }
    }
}
