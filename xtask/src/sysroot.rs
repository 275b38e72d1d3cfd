//! `core` and `alloc` for the kernel's target, built from a compiler's own source.
//!
//! It is done once a compiler, into `target/sysroot/VERSION`. Cargo's `-Zbuild-std` is a nightly
//! feature, opened with `RUSTC_BOOTSTRAP` for this one build alone: our own code is compiled with it
//! closed, so that a nightly feature in the kernel fails as it would for anybody.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::compiler::{Compiler, target_variable};
use crate::toolchain::TARGET;

/// Goes up when what follows builds something else from the same compiler.
const RECIPE: u32 = 1;

/// A crate with nothing of its own: what it depends on is wanted.
const MANIFEST: &str = "\
[package]
name = \"sysroot\"
version = \"0.0.0\"
edition = \"2024\"

[lib]
path = \"lib.rs\"

[workspace]

[profile.release]
panic = \"abort\"
debug = \"line-tables-only\"
";

/// The libraries that the kernel links with.
const LIBRARIES: [&str; 3] = ["libcore-", "liballoc-", "libcompiler_builtins-"];

/// Whether this compiler's sysroot is there.
pub(crate) fn is_built(compiler: &Compiler) -> Result<bool> {
    Ok(place(compiler)?.exists())
}

/// Builds this compiler's sysroot unless it is there, and says where it is.
pub(crate) fn build(compiler: &Compiler) -> Result<PathBuf> {
    let sysroot = place(compiler)?;
    if sysroot.exists() {
        return Ok(sysroot);
    }
    eprintln!("xtask: building core and alloc for {TARGET} (once, about half a minute)");
    let folder = command::root().join("target/sysroot/build");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    fs::write(folder.join("lib.rs"), "#![no_std]\n")?;
    compile(compiler, &folder)?;

    // The folder gets its name when it is complete: an interrupted build is begun again.
    let unfinished = sysroot.with_extension("unfinished");
    let libraries = unfinished.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    let copied = copy_libraries(&folder.join("target").join(TARGET).join("release/deps"), &libraries)?;
    if copied != LIBRARIES.len() {
        bail!("building core and alloc made {copied} libraries instead of {}", LIBRARIES.len());
    }
    fs::rename(&unfinished, &sysroot)?;
    fs::remove_dir_all(&folder)?;
    Ok(sysroot)
}

fn place(compiler: &Compiler) -> Result<PathBuf> {
    Ok(command::root().join("target/sysroot").join(format!("{}-recipe{RECIPE}", compiler.version()?)))
}

fn compile(compiler: &Compiler, folder: &Path) -> Result<()> {
    let source = compiler.library_source().context("the compiler's library has no source here")?;
    let mut cargo = compiler.cargo("build");
    cargo.current_dir(folder);
    cargo.args(["--release", "--quiet", "-Zbuild-std=core,alloc"]);
    cargo.args(["--target", TARGET, "--target-dir", "target"]);
    // With bitcode the kernel's release build can optimise across the border to core.
    cargo.env("RUSTC_BOOTSTRAP", "1").env(target_variable("RUSTFLAGS"), "-Cembed-bitcode=yes");
    // Where the source brings what it depends on, no index and no network is needed.
    let vendor = source.join("vendor");
    if vendor.exists() {
        cargo.args(["--config", "source.crates-io.replace-with='library'"]);
        cargo.args(["--config", &format!("source.library.directory='{}'", vendor.display())]);
    }
    command::check(&mut cargo)
}

fn copy_libraries(from: &Path, to: &Path) -> Result<usize> {
    let mut copied = 0;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && LIBRARIES.iter().any(|library| text.starts_with(library)) {
            fs::copy(entry.path(), to.join(&name))?;
            copied += 1;
        }
    }
    Ok(copied)
}
