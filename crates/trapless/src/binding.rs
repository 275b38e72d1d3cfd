//! The library of `--bind-libc`, which binds the C library's names to linked calls (`crates/link/c/bind.S`).

use std::fs::File;
use std::io::Write;

use anyhow::{Context, Result, anyhow};
use rustix::fs::MemfdFlags;

/// The library, put here by `cargo xtask`; `None` in a launcher that plain cargo built.
#[cfg(binding_inside)]
const LIBRARY: Option<&[u8]> = Some(include_bytes!(env!("TRAPLESS_BINDING")));

/// The library, put here by `cargo xtask`; `None` in a launcher that plain cargo built.
#[cfg(not(binding_inside))]
const LIBRARY: Option<&[u8]> = None;

/// The library as a file in memory that stays open over the start of the kernel.
pub(crate) fn file() -> Result<File> {
    let library = LIBRARY.ok_or_else(|| {
        anyhow!("--bind-libc: this launcher carries no library: build it with `cargo xtask build`")
    })?;
    let file = rustix::fs::memfd_create("trapless-library", MemfdFlags::empty())
        .context("--bind-libc: cannot make a file in memory")?;
    let mut file = File::from(file);
    file.write_all(library).context("--bind-libc: cannot write the library to a file in memory")?;
    Ok(file)
}
