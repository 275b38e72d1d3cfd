//! Programs: from a file to a running image.
//!
//! execve(2) has two halves: [`prepare`] opens and checks everything while the old program can still be
//! told of an error; [`load`] fills the new memory.

pub mod bind;
mod elf;
mod error;
mod image;
mod load;
mod prepare;
mod script;
mod stack;
pub mod syscalls;

pub use elf::{Elf, Segment};
pub use error::LoadError;
pub use load::{Loaded, load};
pub use prepare::{Asker, Binary, Prepared, Request, prepare};
pub use script::Script;
pub use stack::{StackContents, StackPlaces, strings_limit};

/// What a thread that executes `path` is called: the path's last component.
#[must_use]
pub fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}
