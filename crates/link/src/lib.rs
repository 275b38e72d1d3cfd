//! System calls that are calls: `libtrapless`.
//!
//! In a world of Trapless a call through this crate is a jump into the kernel, with no trap before it and no
//! instruction patched; anywhere else, and before `main`, it is the instruction `syscall`. The library for
//! C and other languages lies beside it in `c/`, with the same design; `cargo xtask build` puts it into
//! `target/linked`.
//!
//! ```
//! use trapless_link::{call, result};
//!
//! // SAFETY: getpid(2) touches no memory.
//! let process = result(unsafe { call!(getpid) });
//! assert_eq!(process, Ok(std::process::id() as usize));
//! ```
//!
//! Principles: a program that runs elsewhere pays one test that is always predicted; the numbers come from the
//! kernel's one list; the kernel's entries are only used where the vDSO says that they lie as this crate
//! expects (`docs/decisions/0004-linked-calls.md`).
//!
//! | module | what it holds |
//! |---|---|
//! | `calls` | calls by constant and by variable number |
//! | `start` | where this program runs |
//! | [`number`] | the numbers, by name |

#![no_std]

mod calls;
pub mod number;
mod start;

pub use calls::{call0, call1, call2, call3, call4, call5, call6, result, syscall};
pub use start::is_linked;

/// Makes a system call by its name, with arguments that are as wide as a register: gives the kernel's raw result.
///
/// Needs `unsafe`: what the kernel does to memory is the caller's matter.
#[macro_export]
macro_rules! call {
    ($name:ident) => {
        $crate::call0::<{ $crate::number::$name }>()
    };
    ($name:ident, $a:expr $(,)?) => {
        $crate::call1::<{ $crate::number::$name }>($a)
    };
    ($name:ident, $a:expr, $b:expr $(,)?) => {
        $crate::call2::<{ $crate::number::$name }>($a, $b)
    };
    ($name:ident, $a:expr, $b:expr, $c:expr $(,)?) => {
        $crate::call3::<{ $crate::number::$name }>($a, $b, $c)
    };
    ($name:ident, $a:expr, $b:expr, $c:expr, $d:expr $(,)?) => {
        $crate::call4::<{ $crate::number::$name }>($a, $b, $c, $d)
    };
    ($name:ident, $a:expr, $b:expr, $c:expr, $d:expr, $e:expr $(,)?) => {
        $crate::call5::<{ $crate::number::$name }>($a, $b, $c, $d, $e)
    };
    ($name:ident, $a:expr, $b:expr, $c:expr, $d:expr, $e:expr, $f:expr $(,)?) => {
        $crate::call6::<{ $crate::number::$name }>($a, $b, $c, $d, $e, $f)
    };
}
