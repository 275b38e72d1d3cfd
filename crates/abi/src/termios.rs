//! Settings of terminals (termios(3), ioctl_tty(2)).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How many control characters the kernel's structures have (`NCCS`).
pub const CONTROL_CHARACTERS: usize = 19;
/// How many those of System V have (`NCC`).
const OLD_CONTROL_CHARACTERS: usize = 8;

/// The kernel's `struct termios2`; without the two speeds at its end it is `struct termios`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Termios {
    /// Input modes.
    pub c_iflag: u32,
    /// Output modes.
    pub c_oflag: u32,
    /// Control modes.
    pub c_cflag: u32,
    /// Local modes.
    pub c_lflag: u32,
    /// Line discipline.
    pub c_line: u8,
    /// Control characters.
    pub c_cc: [u8; CONTROL_CHARACTERS],
    /// Input speed in bits a second.
    pub c_ispeed: u32,
    /// Output speed in bits a second.
    pub c_ospeed: u32,
}

/// `struct termio`, as System V had it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Termio {
    /// Input modes.
    pub c_iflag: u16,
    /// Output modes.
    pub c_oflag: u16,
    /// Control modes.
    pub c_cflag: u16,
    /// Local modes.
    pub c_lflag: u16,
    /// Line discipline.
    pub c_line: u8,
    /// Control characters.
    pub c_cc: [u8; OLD_CONTROL_CHARACTERS],
    padding: u8,
}

/// `struct winsize`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct WindowSize {
    /// Lines.
    pub ws_row: u16,
    /// Columns.
    pub ws_col: u16,
    /// Width in pixels.
    pub ws_xpixel: u16,
    /// Height in pixels.
    pub ws_ypixel: u16,
}

/// Bytes of the kernel's `struct termios`: [`Termios`] without speeds.
pub const TERMIOS_SIZE: usize = 36;

const _: () = assert!(size_of::<Termios>() == 44, "struct termios2");
const _: () = assert!(size_of::<Termio>() == 18, "struct termio");

/// The low half of a word, where the flags are that System V had.
#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
const fn low(flags: u32) -> u16 {
    flags as u16
}

const fn with_low(flags: u32, low: u16) -> u32 {
    (flags & 0xffff_0000) | low as u32
}

impl Termios {
    /// As System V shows it.
    #[must_use]
    pub fn to_old(&self) -> Termio {
        let mut c_cc = [0; OLD_CONTROL_CHARACTERS];
        for (old, new) in c_cc.iter_mut().zip(self.c_cc) {
            *old = new;
        }
        Termio {
            c_iflag: low(self.c_iflag),
            c_oflag: low(self.c_oflag),
            c_cflag: low(self.c_cflag),
            c_lflag: low(self.c_lflag),
            c_line: self.c_line,
            c_cc,
            padding: 0,
        }
    }

    /// These settings with what System V's structure says in place of their parts.
    #[must_use]
    pub fn with_old(&self, old: &Termio) -> Self {
        let mut new = *self;
        new.c_iflag = with_low(self.c_iflag, old.c_iflag);
        new.c_oflag = with_low(self.c_oflag, old.c_oflag);
        new.c_cflag = with_low(self.c_cflag, old.c_cflag);
        new.c_lflag = with_low(self.c_lflag, old.c_lflag);
        new.c_line = old.c_line;
        for (new, old) in new.c_cc.iter_mut().zip(old.c_cc) {
            *new = old;
        }
        new
    }
}
