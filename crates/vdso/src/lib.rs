//! The page of code that the kernel gives to programs (vdso(7)), and the page of time that it reads.
//!
//! Principles: the image is a whole ELF file written in assembly, so no second link makes it; it lies one
//! page above the time page in every program; whatever it cannot answer it asks the kernel, through the
//! door of patched sites. The time page is guarded by two numbers: the writer changes the first, the data,
//! the second; a reader takes the second, the data, the first, and begins anew when they differ.
//!
//! | module | what it holds |
//! |---|---|
//! | `image` (assembly) | `__vdso_clock_gettime` and its family, `__trapless_syscall`, unwind rules |
//! | `time_page` | the layout of the page, its writer, and a reader for the kernel itself |

#![no_std]

mod image;
mod time_page;

pub use image::image;
pub use time_page::{Bases, Time, TimePage};

/// The clocks that the page holds, as indices of [`Bases`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `CLOCK_REALTIME`.
    Realtime,
    /// `CLOCK_MONOTONIC`.
    Monotonic,
    /// `CLOCK_BOOTTIME`.
    Boottime,
}
