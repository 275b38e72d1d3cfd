//! What a system call leads to.

use abi::Errno;

/// What a handler leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The result register gets this value.
    Value(u64),
    /// The result register gets the negated number; kernel-internal errors become a restart or `EINTR`.
    Error(Errno),
    /// The frame already holds what the program shall see (execve(2), sigreturn(2)).
    Replaced,
}

/// Which kind of [`Outcome`] a [`Reply`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplyKind {
    Value,
    Error,
    Replaced,
}

/// An [`Outcome`] in two registers, on its way from a handler to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) kind: ReplyKind,
    /// What the result register gets.
    pub(super) register: u64,
}

impl Reply {
    /// Whether it is an error that never reaches the program ([`Errno::is_restart`]).
    pub(super) fn is_restart(self) -> bool {
        matches!(self.into(), Outcome::Error(error) if error.is_restart())
    }
}

impl From<Outcome> for Reply {
    #[inline]
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Value(register) => Self { kind: ReplyKind::Value, register },
            Outcome::Error(error) => Self { kind: ReplyKind::Error, register: error.to_register() },
            Outcome::Replaced => Self { kind: ReplyKind::Replaced, register: 0 },
        }
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        match reply.kind {
            ReplyKind::Value => Self::Value(reply.register),
            ReplyKind::Error => Errno::from_register(reply.register).map_or_else(Self::Error, Self::Value),
            ReplyKind::Replaced => Self::Replaced,
        }
    }
}

impl From<Result<Self, Errno>> for Outcome {
    fn from(result: Result<Self, Errno>) -> Self {
        result.unwrap_or_else(Self::Error)
    }
}

impl From<Result<usize, Errno>> for Outcome {
    fn from(result: Result<usize, Errno>) -> Self {
        result.map_or_else(Self::Error, |value| Self::Value(value as u64))
    }
}

impl From<Result<u64, Errno>> for Outcome {
    fn from(result: Result<u64, Errno>) -> Self {
        result.map_or_else(Self::Error, Self::Value)
    }
}

impl From<Result<i32, Errno>> for Outcome {
    /// A number that is not negative: an identity, a descriptor, a count.
    #[expect(clippy::cast_sign_loss, reason = "sign extension is what the register gets")]
    fn from(result: Result<i32, Errno>) -> Self {
        result.map_or_else(Self::Error, |value| Self::Value(i64::from(value) as u64))
    }
}

impl From<Result<u32, Errno>> for Outcome {
    fn from(result: Result<u32, Errno>) -> Self {
        result.map_or_else(Self::Error, |value| Self::Value(u64::from(value)))
    }
}

impl From<Result<(), Errno>> for Outcome {
    fn from(result: Result<(), Errno>) -> Self {
        result.map_or_else(Self::Error, |()| Self::Value(0))
    }
}

impl From<Result<super::Fd, Errno>> for Outcome {
    fn from(result: Result<super::Fd, Errno>) -> Self {
        result.map(|fd| fd.0).into()
    }
}

impl From<u64> for Outcome {
    fn from(value: u64) -> Self {
        Self::Value(value)
    }
}

impl From<i32> for Outcome {
    fn from(value: i32) -> Self {
        Ok::<i32, Errno>(value).into()
    }
}

impl From<u32> for Outcome {
    fn from(value: u32) -> Self {
        Self::Value(u64::from(value))
    }
}
