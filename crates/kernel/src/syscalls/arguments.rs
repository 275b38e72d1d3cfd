//! From registers to typed arguments.
//!
//! As Linux declares its calls: an `int` or `unsigned int` argument is the low half of its register, what
//! the upper half holds does not matter.

use core::fmt;

use crate::user::{UserCStr, UserPtr};

/// The argument registers of one call, taken one after the other.
#[derive(Debug)]
pub struct Registers {
    values: [u64; 6],
    next: usize,
}

impl Registers {
    /// The registers in the order of syscall(2).
    #[must_use]
    pub const fn new(values: [u64; 6]) -> Self {
        Self { values, next: 0 }
    }

    /// The next register; zero past the sixth.
    pub fn take(&mut self) -> u64 {
        let value = self.values.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        value
    }
}

/// A type that an argument may have.
pub trait Argument: Sized {
    /// Takes as many registers as it needs.
    fn decode(registers: &mut Registers) -> Self;

    /// Writes it as strace(1) would.
    ///
    /// # Errors
    /// Those of the formatter.
    fn trace(&self, formatter: &mut dyn fmt::Write) -> fmt::Result;
}

/// A file descriptor; may be any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fd(pub i32);

impl Fd {
    /// `AT_FDCWD`: the working directory (openat(2)).
    pub const CWD: Self = Self(-100);
}

/// A user or a group; all ones mean "as it is".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub u32);

impl Argument for Id {
    fn decode(registers: &mut Registers) -> Self {
        Self(u32::decode(registers))
    }

    fn trace(&self, formatter: &mut dyn fmt::Write) -> fmt::Result {
        write!(formatter, "{}", self.0.cast_signed())
    }
}

/// A signed 64-bit argument, such as a file offset.
pub type SignedArgument = i64;

impl Argument for Fd {
    fn decode(registers: &mut Registers) -> Self {
        Self(i32::decode(registers))
    }

    fn trace(&self, formatter: &mut dyn fmt::Write) -> fmt::Result {
        match *self {
            Self::CWD => formatter.write_str("AT_FDCWD"),
            Self(number) => write!(formatter, "{number}"),
        }
    }
}

macro_rules! integers {
    ($($type:ty, $format:literal;)*) => {
        $(impl Argument for $type {
            #[expect(
                clippy::allow_attributes,
                reason = "which casts lose something depends on the type"
            )]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                clippy::cast_lossless,
                trivial_numeric_casts,
                reason = "the low part of the register is the argument"
            )]
            fn decode(registers: &mut Registers) -> Self {
                registers.take() as Self
            }

            fn trace(&self, formatter: &mut dyn fmt::Write) -> fmt::Result {
                match *self {
                    0 => formatter.write_char('0'),
                    number => write!(formatter, $format, number),
                }
            }
        })*
    };
}

integers! {
    i32, "{}";
    u32, "{:#x}";
    i64, "{}";
    u64, "{:#x}";
    usize, "{}";
}

impl<T> Argument for UserPtr<T> {
    fn decode(registers: &mut Registers) -> Self {
        Self::new(registers.take())
    }

    fn trace(&self, formatter: &mut dyn fmt::Write) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl Argument for UserCStr {
    fn decode(registers: &mut Registers) -> Self {
        Self::new(registers.take())
    }

    fn trace(&self, formatter: &mut dyn fmt::Write) -> fmt::Result {
        const SHOWN: usize = 256;
        if self.is_null() {
            return formatter.write_str("NULL");
        }
        match self.read_path() {
            Ok(string) => {
                formatter.write_char('"')?;
                for byte in string.iter().take(SHOWN) {
                    write!(formatter, "{}", byte.escape_ascii())?;
                }
                formatter.write_str(if string.len() > SHOWN { "\"..." } else { "\"" })
            }
            Err(_) => write!(formatter, "{:#x}", self.address()),
        }
    }
}
