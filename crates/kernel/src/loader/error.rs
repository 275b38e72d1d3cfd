//! Why a file cannot be executed.

use alloc::vec::Vec;
use core::fmt;

use abi::Errno;

/// Why a file cannot be executed: the error for the program that asked, the reason for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// What execve(2) returns.
    pub errno: Errno,
    /// The reason, without the file's name.
    pub reason: &'static str,
    /// The interpreter that it is about, when not the file itself.
    pub interpreter: Option<Vec<u8>>,
}

impl LoadError {
    /// A reason with its error.
    #[must_use]
    pub const fn new(errno: Errno, reason: &'static str) -> Self {
        Self { errno, reason, interpreter: None }
    }

    /// A file whose format makes no sense.
    #[must_use]
    pub const fn format(reason: &'static str) -> Self {
        Self::new(Errno::ENOEXEC, reason)
    }

    /// The same about the file's interpreter.
    #[must_use]
    pub fn of_interpreter(mut self, path: &[u8]) -> Self {
        self.interpreter = Some(path.into());
        self
    }
}

impl From<Errno> for LoadError {
    fn from(errno: Errno) -> Self {
        Self::new(errno, errno.description())
    }
}

impl From<LoadError> for Errno {
    fn from(error: LoadError) -> Self {
        error.errno
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.interpreter {
            write!(formatter, "its interpreter {}: ", path.escape_ascii())?;
        }
        formatter.write_str(self.reason)
    }
}
