//! What programs set of a terminal (termios(3)), and what it means.

use abi::raw::general::{
    B38400, BOTHER, CBAUD, CBAUDEX, CREAD, CS8, CSIZE, ECHO, ECHOCTL, ECHOE, ECHOK, ECHOKE, EXTPROC, IBSHIFT,
    ICANON, ICRNL, IEXTEN, ISIG, IUTF8, IXON, ONLCR, OPOST, PARENB, PARMRK, VMIN, VSTART, VSTOP, VTIME,
};
use abi::termios::Termios;

/// A control character of this value is not in use (`_POSIX_VDISABLE`).
const DISABLED: u8 = 0;
/// Speeds by the number in `CBAUD`.
const SPEEDS: [u32; 16] =
    [0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400];
/// Speeds by the number in `CBAUD` where that has `CBAUDEX`; the first one means that it is said elsewhere.
const HIGH_SPEEDS: [u32; 16] = [
    0, 57600, 115_200, 230_400, 460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000, 1_500_000,
    2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
];
/// Ctrl-Q and Ctrl-S, with which an emulator may do flow control by itself.
const USUAL_FLOW: (u8, u8) = (0x11, 0x13);

/// The settings of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings(Termios);

impl Default for Settings {
    /// What a new pseudo-terminal has.
    fn default() -> Self {
        let mut c_cc = [DISABLED; abi::termios::CONTROL_CHARACTERS];
        // Ctrl-C, Ctrl-\, DEL, Ctrl-U, Ctrl-D, time, minimum, -, Ctrl-Q, Ctrl-S, Ctrl-Z, -, Ctrl-R, Ctrl-O,
        // Ctrl-W, Ctrl-V.
        let usual = [3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0xf, 0x17, 0x16];
        for (place, character) in c_cc.iter_mut().zip(usual) {
            *place = character;
        }
        Self(Termios {
            c_iflag: ICRNL | IXON,
            c_oflag: OPOST | ONLCR,
            c_cflag: B38400 | CS8 | CREAD,
            c_lflag: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
            c_line: 0,
            c_cc,
            c_ispeed: 38400,
            c_ospeed: 38400,
        })
    }
}

impl Settings {
    /// What a program set, as a pseudo-terminal takes it: eight bits, no parity, and the speeds that the
    /// control modes name.
    pub(super) fn of_program(mut termios: Termios) -> Self {
        let output = speed(termios.c_cflag & CBAUD).unwrap_or(termios.c_ospeed);
        let input = match (termios.c_cflag >> IBSHIFT) & CBAUD {
            0 => output,
            code => speed(code).unwrap_or(termios.c_ispeed),
        };
        (termios.c_ispeed, termios.c_ospeed) = (input, output);
        termios.c_cflag = (termios.c_cflag & !(CSIZE | PARENB)) | CS8 | CREAD;
        Self(termios)
    }

    /// As programs see them.
    pub(super) const fn termios(&self) -> &Termios {
        &self.0
    }

    /// Whether any of these input modes is on.
    pub(super) const fn input(&self, flags: u32) -> bool {
        self.0.c_iflag & flags != 0
    }

    /// Whether any of these output modes is on.
    pub(super) const fn output(&self, flags: u32) -> bool {
        self.0.c_oflag & flags != 0
    }

    /// The output modes in this mask.
    pub(super) const fn output_field(&self, mask: u32) -> u32 {
        self.0.c_oflag & mask
    }

    /// Whether any of these local modes is on.
    pub(super) const fn local(&self, flags: u32) -> bool {
        self.0.c_lflag & flags != 0
    }

    /// Whether lines are edited here: not where the other side does it (`EXTPROC`).
    pub(super) const fn is_canonical(&self) -> bool {
        self.local(ICANON) && !self.local(EXTPROC)
    }

    /// A control character, `None` when it is not in use.
    pub(super) fn character(&self, index: u32) -> Option<u8> {
        let character = *self.0.c_cc.get(index as usize)?;
        (character != DISABLED).then_some(character)
    }

    /// Whether a byte is this control character.
    pub(super) fn is(&self, index: u32, byte: u8) -> bool {
        self.character(index) == Some(byte)
    }

    /// How many bytes a read without lines waits for (`VMIN`).
    pub(super) fn minimum(&self) -> usize {
        self.character(VMIN).map_or(0, usize::from)
    }

    /// How long it waits, in nanoseconds (`VTIME`).
    pub(super) fn time(&self) -> u64 {
        const TENTH: u64 = 100_000_000;
        self.character(VTIME).map_or(0, u64::from) * TENTH
    }

    /// Whether an emulator may stop and start the output by itself (`TIOCPKT_DOSTOP`).
    pub(super) fn has_usual_flow(&self) -> bool {
        self.input(IXON) && self.is(VSTART, USUAL_FLOW.0) && self.is(VSTOP, USUAL_FLOW.1)
    }

    /// How many bytes of the queue one byte of input may need.
    pub(super) const fn expansion(&self) -> usize {
        if self.input(PARMRK) { 3 } else { 1 }
    }

    /// Whether a byte goes on with a character that began before it.
    pub(super) const fn is_continuation(&self, byte: u8) -> bool {
        self.input(IUTF8) && byte & 0xc0 == 0x80
    }
}

/// The speed that a code of `CBAUD` means; `None` where it is said elsewhere (`BOTHER`).
fn speed(code: u32) -> Option<u32> {
    if code == BOTHER {
        return None;
    }
    let table = if code & CBAUDEX == 0 { &SPEEDS } else { &HIGH_SPEEDS };
    table.get((code & 0xf) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use abi::raw::general::{B115200, BOTHER, CS5, CSIZE, PARENB};

    #[test]
    fn a_pseudo_terminal_has_eight_bits_and_the_speed_that_was_named() {
        let mut termios = *Settings::default().termios();
        termios.c_cflag = B115200 | CS5 | PARENB;
        let taken = *Settings::of_program(termios).termios();
        assert_eq!((taken.c_ispeed, taken.c_ospeed), (115_200, 115_200));
        assert_eq!(taken.c_cflag & (CSIZE | PARENB), CSIZE);
        termios.c_cflag = BOTHER;
        termios.c_ospeed = 12345;
        assert_eq!(Settings::of_program(termios).termios().c_ospeed, 12345);
    }
}
