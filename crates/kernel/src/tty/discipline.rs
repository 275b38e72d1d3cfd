//! The line discipline (termios(3)): what becomes of a typed byte, and of a printed one.

use abi::raw::general::{
    ECHO, ECHOCTL, ECHONL, EXTPROC, ICANON, ICRNL, IEXTEN, IGNCR, INLCR, ISIG, ISTRIP, IUCLC, IXANY, IXON,
    NOFLSH, PARMRK, VEOF, VEOL, VEOL2, VERASE, VINTR, VKILL, VLNEXT, VQUIT, VREPRINT, VSTART, VSTOP, VSUSP,
    VWERASE,
};
use abi::signal::{SIGINT, SIGQUIT, SIGTSTP, Signal, SignalSet};

use super::characters::to_lower;
use super::echo::Echoes;
use super::edit;
use super::input::{self, InputQueue};
use super::output::Output;
use super::packet::Packet;
use super::settings::Settings;

/// A terminal's settings, with all that they act on.
#[derive(Debug, Default)]
pub(super) struct Discipline {
    settings: Settings,
    /// What was typed.
    pub(super) input: InputQueue,
    /// What was printed.
    pub(super) output: Output,
    pub(super) echoes: Echoes,
    /// The next byte has no meaning of its own (`VLNEXT`).
    is_literal: bool,
    /// Erased characters are being printed (`ECHOPRT`).
    pub(super) is_erasing: bool,
    /// The output is stopped.
    is_stopped: bool,
    /// It was stopped by a call (tcflow(3)), not by a character.
    is_stopped_by_call: bool,
    /// What the other side is told.
    pub(super) packet: Packet,
    /// Signals for the group in the foreground.
    signals: SignalSet,
}

impl Discipline {
    /// The settings.
    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes the settings.
    pub(super) fn set_settings(&mut self, settings: Settings) {
        let before = core::mem::replace(&mut self.settings, settings);
        let lines_changed = settings.local(ICANON) != before.local(ICANON)
            || settings.local(EXTPROC) != before.local(EXTPROC);
        if lines_changed {
            self.input.restart(settings.local(ICANON));
            self.is_erasing = false;
            self.is_literal = false;
        }
        if before.input(IXON) && !settings.input(IXON) && !self.is_stopped_by_call {
            self.start();
            self.print_echoes();
        }
        self.packet.settings_changed(&before, &settings);
    }

    /// The signals that characters sent since this was last asked.
    pub(super) const fn take_signals(&mut self) -> SignalSet {
        core::mem::replace(&mut self.signals, SignalSet::EMPTY)
    }

    /// Whether a reader finds something.
    pub(super) fn is_readable(&self, least: usize) -> bool {
        if self.settings.is_canonical() { !self.input.has_no_line() } else { self.input.len() >= least }
    }

    /// How many bytes may be printed.
    pub(super) fn room(&self) -> usize {
        if self.is_stopped { 0 } else { self.output.room() }
    }

    /// Prints echoes that waited.
    pub(super) fn print_echoes(&mut self) {
        self.echoes.print(&mut self.output, &self.settings, self.is_stopped);
    }

    /// Prints the echoes of what came together, which is over; without new ones, older ones wait on.
    pub(super) fn end_echoes(&mut self) {
        let translates = self.settings.input(ISTRIP) || self.lowers();
        let looks = !self.settings.local(EXTPROC) || translates;
        if looks && self.settings.local(ECHO | ECHONL) && self.echoes.has_new() {
            self.print_echoes();
        }
    }

    /// Whether capital letters become small ones.
    const fn lowers(&self) -> bool {
        self.settings.input(IUCLC) && self.settings.local(IEXTEN)
    }

    /// Prints as many of a program's bytes as there is room for.
    pub(super) fn print(&mut self, bytes: &[u8]) -> usize {
        self.print_echoes();
        if self.is_stopped {
            return 0;
        }
        bytes.iter().take_while(|&&byte| self.output.print(byte, &self.settings)).count()
    }

    /// Stops the output (`VSTOP`, tcflow(3)).
    pub(super) const fn stop(&mut self) {
        if !self.is_stopped {
            self.is_stopped = true;
            self.packet.stopped();
        }
    }

    /// Lets the output go on, unless a call stopped it.
    const fn start(&mut self) {
        if self.is_stopped && !self.is_stopped_by_call {
            self.is_stopped = false;
            self.packet.started();
        }
    }

    /// Stops the output until a call lets it go on (tcflow(3)).
    pub(super) const fn stop_by_call(&mut self) {
        self.is_stopped_by_call = true;
        self.stop();
    }

    /// Lets output go on that a call stopped.
    pub(super) const fn start_by_call(&mut self) {
        if self.is_stopped_by_call {
            self.is_stopped_by_call = false;
            self.start();
        }
    }

    /// Prints a byte at once, even where a character stopped the output (tcflow(3)).
    pub(super) fn send(&mut self, byte: u8) {
        if self.is_stopped_by_call || self.output.room() == 0 {
            return;
        }
        if self.is_stopped {
            self.packet.started();
        }
        self.output.put(byte);
        if self.is_stopped {
            self.packet.stopped();
        }
    }

    /// Forgets what was typed (tcflush(3)).
    pub(super) fn flush_input(&mut self) {
        self.input.clear();
        self.is_erasing = false;
        self.packet.input_flushed();
    }

    /// Forgets what was printed and is still to be taken.
    pub(super) fn flush_output(&mut self) {
        self.output.flush();
        self.packet.output_flushed();
    }

    /// Whether the next byte finds a place. While a line is edited every byte does, so that it can be
    /// erased; what is too much is lost in [`receive`](Self::receive).
    pub(super) fn accepts(&self) -> bool {
        let room =
            (input::CAPACITY - self.input.len().min(input::CAPACITY)).div_ceil(self.settings.expansion());
        room > 1 || (self.settings.local(ICANON) && self.input.has_no_line())
    }

    /// Takes a typed byte. What it echoes is printed later ([`end_echoes`](Self::end_echoes)).
    pub(super) fn receive(&mut self, byte: u8) {
        if self.input.len() >= input::CAPACITY {
            self.input.erase(self.input.len() - input::CAPACITY + 1);
        }
        let is_literal = core::mem::take(&mut self.is_literal);
        let byte = self.translate(byte);
        if self.settings.local(EXTPROC) {
            self.input.push(byte);
        } else if is_literal {
            self.restart_by_any();
            self.receive_plain(byte, false);
        } else {
            self.receive_special(byte);
        }
        // Otherwise they wait for the end of what came together: a signal takes them back.
        if self.echoes.has_new() && self.echoes.are_many() {
            self.print_echoes();
        }
    }

    fn translate(&self, mut byte: u8) -> u8 {
        if self.settings.input(ISTRIP) {
            byte &= 0x7f;
        }
        if self.lowers() { to_lower(byte) } else { byte }
    }

    /// A byte that may mean something.
    fn receive_special(&mut self, byte: u8) {
        if self.does_flow_control(byte) || self.sends_signal(byte) {
            return;
        }
        self.restart_by_any();
        let (byte, is_newline) = match byte {
            b'\r' if self.settings.input(IGNCR) => return,
            b'\r' if self.settings.input(ICRNL) => (b'\n', true),
            b'\n' if self.settings.input(INLCR) => (b'\r', false),
            other => (other, false),
        };
        if !(self.settings.local(ICANON) && self.edits(byte)) {
            self.receive_plain(byte, is_newline);
        }
    }

    /// A byte that means itself; a newline that was made of something else is echoed as one.
    fn receive_plain(&mut self, byte: u8, is_newline: bool) {
        if self.settings.local(ECHO) {
            edit::finish_erasing(self);
            if is_newline {
                self.echoes.plain(byte);
            } else {
                self.echo_first(byte);
            }
        }
        self.push_marked(byte);
    }

    /// Echoes a byte of the line, and where the line began.
    fn echo_first(&mut self, byte: u8) {
        if self.input.edited_len() == 0 {
            self.echoes.line_start();
        }
        self.echoes.character(byte, &self.settings);
    }

    /// Adds a byte, twice where a single one would be the start of a mark (`PARMRK`).
    fn push_marked(&mut self, byte: u8) {
        if byte == 0xff && self.settings.input(PARMRK) {
            self.input.push(byte);
        }
        self.input.push(byte);
    }

    /// With `IXANY` every byte lets the output go on.
    fn restart_by_any(&mut self) {
        if self.is_stopped && self.settings.input(IXON) && self.settings.input(IXANY) {
            self.start();
            self.print_echoes();
        }
    }

    fn does_flow_control(&mut self, byte: u8) -> bool {
        if !self.settings.input(IXON) {
            return false;
        }
        if self.settings.is(VSTART, byte) {
            self.start();
            self.print_echoes();
        } else if self.settings.is(VSTOP, byte) {
            self.stop();
        } else {
            return false;
        }
        true
    }

    fn sends_signal(&mut self, byte: u8) -> bool {
        if !self.settings.local(ISIG) {
            return false;
        }
        let signals = [(VINTR, SIGINT), (VQUIT, SIGQUIT), (VSUSP, SIGTSTP)];
        let signal = signals.into_iter().find(|(index, _)| self.settings.is(*index, byte));
        let Some((_, signal)) = signal else { return false };
        self.signal(signal);
        if self.settings.input(IXON) {
            self.start();
        }
        if self.settings.local(ECHO) {
            self.echoes.character(byte, &self.settings);
        } else {
            self.print_echoes();
        }
        true
    }

    /// Sends a signal as its character does: with it goes what was typed and printed before (`NOFLSH`).
    pub(super) fn signal(&mut self, signal: Signal) {
        self.signals.insert(signal);
        if !self.settings.local(NOFLSH) {
            self.echoes.clear();
            self.flush_output();
            self.flush_input();
        }
    }

    /// Characters that edit or end a line; `false` for all others.
    fn edits(&mut self, byte: u8) -> bool {
        let settings = self.settings;
        let is_extended = settings.local(IEXTEN);
        if self.erases(byte) {
            // Even without an echo of their own, these print some of many that wait.
            if self.echoes.are_many() {
                self.print_echoes();
            }
        } else if is_extended && settings.is(VLNEXT, byte) {
            self.begin_literal();
        } else if is_extended && settings.local(ECHO) && settings.is(VREPRINT, byte) {
            edit::reprint(self, byte);
        } else if byte == b'\n' {
            if settings.local(ECHO | ECHONL) {
                self.echoes.plain(byte);
            }
            self.input.push_line_end(byte);
        } else if settings.is(VEOF, byte) {
            self.input.push_file_end();
        } else if settings.is(VEOL, byte) || (is_extended && settings.is(VEOL2, byte)) {
            if settings.local(ECHO) {
                self.echo_first(byte);
            }
            if byte == 0xff && settings.input(PARMRK) {
                self.input.push(byte);
            }
            self.input.push_line_end(byte);
        } else {
            return false;
        }
        true
    }

    /// Characters that erase; a character that erases words and lines erases words.
    fn erases(&mut self, byte: u8) -> bool {
        let settings = self.settings;
        if settings.is(VERASE, byte) {
            edit::erase_character(self);
        } else if settings.is(VWERASE, byte) && (settings.local(IEXTEN) || settings.is(VKILL, byte)) {
            edit::erase_word(self);
        } else if settings.is(VKILL, byte) {
            edit::kill(self);
        } else {
            return false;
        }
        true
    }

    fn begin_literal(&mut self) {
        self.is_literal = true;
        if self.settings.local(ECHO) {
            edit::finish_erasing(self);
            if self.settings.local(ECHOCTL) {
                self.echoes.plain(b'^');
                self.echoes.plain(b'\x08');
            }
        }
    }
}
