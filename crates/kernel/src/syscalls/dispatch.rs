//! From a number to its handler.

use abi::Errno;
use alloc::sync::Arc;
use arch::RegisterFrame;

use super::outcome::{Reply, ReplyKind};
use super::statistics::count_unknown;
use super::{Current, Entrance, Outcome, list, observe};
use crate::task::Thread;

/// One row of the list, as data.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The call's name.
    pub name: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// Its numbers on x86-64, aarch64 and i386; `None` where an ABI never had the call.
    pub numbers: [Option<u32>; 3],
    /// Its arguments: names, and types as the list has them.
    pub arguments: &'static [(&'static str, &'static str)],
    /// What is missing.
    pub gap: Option<&'static str>,
}

/// The place of this processor's architecture in [`Row::numbers`].
#[cfg(target_arch = "x86_64")]
pub(super) const NATIVE: usize = 0;
#[cfg(target_arch = "aarch64")]
pub(super) const NATIVE: usize = 1;

/// The number of a row on this architecture; a call that it never had gets one that no program can use.
pub(super) const fn native(numbers: [Option<u32>; 3], row: u64) -> u64 {
    match numbers[NATIVE] {
        Some(number) => number as u64,
        None => (1 << 40) + row,
    }
}

macro_rules! column {
    (-) => {
        None
    };
    ($number:literal) => {
        Some($number)
    };
}
pub(super) use column;

/// Makes the list: see `list.rs` for the form of a row.
macro_rules! syscalls {
    ($(
        #[doc = $summary:literal]
        [$x86_64:tt $aarch64:tt $i386:tt]
        $name:ident($($argument:ident: $type:ty),* $(,)?) = $($handler:ident)::+ $(, gap $gap:literal)?;
    )*) => {
        /// All rows, in the order of the list.
        pub const ROWS: &[$crate::syscalls::Row] = &[$($crate::syscalls::Row {
            name: stringify!($name),
            summary: $summary,
            numbers: [
                $crate::syscalls::dispatch::column!($x86_64),
                $crate::syscalls::dispatch::column!($aarch64),
                $crate::syscalls::dispatch::column!($i386),
            ],
            arguments: &[$((stringify!($argument), stringify!($type))),*],
            gap: $crate::syscalls::dispatch::optional!($($gap)?),
        }),*];

        /// The numbers of this architecture, by name.
        #[expect(non_upper_case_globals, reason = "the names are those of the calls")]
        pub mod number {
            use $crate::syscalls::dispatch::{column, native};

            $(
                #[doc = $summary]
                pub const $name: u64 = native(
                    [column!($x86_64), column!($aarch64), column!($i386)],
                    line!() as u64,
                );
            )*
        }

        /// What serves each number of this architecture.
        pub(super) static HANDLERS: [$crate::syscalls::dispatch::Handler; $crate::syscalls::dispatch::NUMBERS] = {
            let mut handlers: [$crate::syscalls::dispatch::Handler; $crate::syscalls::dispatch::NUMBERS] =
                [$crate::syscalls::dispatch::unknown; $crate::syscalls::dispatch::NUMBERS];
            $(
                if number::$name < $crate::syscalls::dispatch::NUMBERS as u64 {
                    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
                    #[expect(clippy::cast_possible_truncation, reason = "the number was just compared")]
                    {
                        handlers[number::$name as usize] = |current| {
                            let mut registers = $crate::syscalls::Registers::new(current.registers().arguments());
                            let _ = &mut registers;
                            let outcome: $crate::syscalls::Outcome = $($handler)::+(
                                current,
                                $(<$type as $crate::syscalls::Argument>::decode(&mut registers)),*
                            ).into();
                            outcome.into()
                        };
                    }
                }
            )*
            handlers
        };

        /// The name of a number.
        pub(super) fn name(number: u64) -> Option<&'static str> {
            match number {
                $(number::$name => Some(stringify!($name)),)*
                _ => None,
            }
        }

        /// Writes the call's arguments as strace(1) would; `false` for a number that is not in the list.
        pub(super) fn trace(
            number: u64,
            registers: [u64; 6],
            result: Option<u64>,
            formatter: &mut dyn ::core::fmt::Write,
        ) -> Result<bool, ::core::fmt::Error> {
            let values = registers;
            let mut registers = $crate::syscalls::Registers::new(registers);
            let _ = &mut registers;
            match number {
                $(number::$name => {
                    formatter.write_str(concat!(stringify!($name), "("))?;
                    let mut index = 0;
                    let _ = (&mut index, &values, result);
                    $(
                        let argument = <$type as $crate::syscalls::Argument>::decode(&mut registers);
                        let name = stringify!($name);
                        if !$crate::syscalls::trace::argument(name, index, &values, result, formatter)? {
                            $crate::syscalls::Argument::trace(&argument, formatter)?;
                        }
                        index += 1;
                    )*
                    let _ = index;
                    formatter.write_str(")")?;
                })*
                _ => return Ok(false),
            }
            Ok(true)
        }
    };
}
pub(super) use syscalls;

macro_rules! optional {
    () => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}
pub(super) use optional;

/// A call's handler with the decoding of its arguments.
pub(super) type Handler = fn(&Current<'_>) -> Reply;

/// All numbers of calls lie below this one.
pub(super) const NUMBERS: usize = 512;

/// Serves the system call whose number and arguments are in the frame, and puts its result there; gives
/// whether nothing else in the frame changed.
#[inline]
pub fn dispatch(thread: &Arc<Thread>, frame: &mut RegisterFrame, entrance: Entrance) -> bool {
    // Linux takes the low half of the register as the number (entry_64.S: "movslq %eax").
    let number = frame.syscall_number() & 0xffff_ffff;
    thread.recent.add(number);
    let handler = usize::try_from(number).ok().and_then(|number| list::HANDLERS.get(number));
    let handler = handler.copied().unwrap_or(unknown);
    let reply = if observe::is_on() {
        observe::observed(thread, number, frame, handler, entrance)
    } else {
        handler(&Current::new(thread, frame))
    };
    match reply.kind {
        ReplyKind::Value => frame.set_result(reply.register),
        ReplyKind::Error => {
            frame.set_result(reply.register);
            if reply.is_restart() {
                will_restart(thread);
            }
        }
        ReplyKind::Replaced => return false,
    }
    true
}

/// The way out turns the error into a restart or `EINTR`, whether a signal is left or not.
#[cold]
fn will_restart(thread: &Arc<Thread>) {
    thread.set_pending_signal(true);
}

/// Serves what is no call.
#[cold]
pub(super) fn unknown(current: &Current<'_>) -> Reply {
    count_unknown(current.registers().syscall_number() & 0xffff_ffff);
    Outcome::Error(Errno::ENOSYS).into()
}
