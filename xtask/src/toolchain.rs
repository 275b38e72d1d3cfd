//! Which compiler builds the kernel's target.
//!
//! `x86_64-unknown-none` is part of Rust but not of every installation of it. In this order:
//!
//! 1. the current toolchain has the target's libraries, or rustup can fetch them;
//! 2. a compiler has its library's source beside it: `core` and `alloc` are built from that, once;
//! 3. Debian's packages of such a compiler are installed, then as 2.
//!
//! Whichever it is, the kernel is built by stable Rust without nightly features.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::command;
use crate::compiler::Compiler;
use crate::packages;
use crate::sysroot;

/// What the kernel is compiled for, on both machines.
pub(crate) const TARGET: &str = "x86_64-unknown-none";

/// How long rustup may try to reach its server.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(90);

/// What builds the kernel: a compiler and, where that lacks the target, a sysroot built for it.
#[derive(Debug)]
pub(crate) struct Toolchain {
    compiler: Compiler,
    sysroot: Option<PathBuf>,
}

impl Toolchain {
    /// Finds one, as this module's front page says.
    pub(crate) fn find() -> Result<Self> {
        let current = Compiler::current()?;
        if current.has_target() {
            return Ok(Self { compiler: current, sysroot: None });
        }
        // A sysroot that is built already spares the question to rustup's server.
        if let Some(compiler) = Compiler::with_source()
            && sysroot::is_built(&compiler)?
        {
            return Self::from_source(compiler);
        }
        if rustup_adds_target() {
            return Ok(Self { compiler: Compiler::current()?, sysroot: None });
        }
        if let Some(compiler) = Compiler::with_source() {
            return Self::from_source(compiler);
        }
        let remedy = || format!("no compiler here builds {TARGET}; `rustup target add {TARGET}` gives one");
        packages::ensure(packages::COMPILER).with_context(remedy)?;
        Self::from_source(Compiler::with_source().context("its source is missing").with_context(remedy)?)
    }

    fn from_source(compiler: Compiler) -> Result<Self> {
        let sysroot = sysroot::build(&compiler)?;
        Ok(Self { compiler, sysroot: Some(sysroot) })
    }

    /// Cargo, told where the target's libraries are. `target/kernel` keeps the kernel's files apart
    /// from the host's, which another compiler may have made.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = self.compiler.cargo(subcommand);
        cargo.args(["--target", TARGET, "--target-dir", "target/kernel"]);
        let mut doc_flags = vec!["-Dwarnings".to_owned()];
        if let Some(sysroot) = &self.sysroot {
            let flag = format!("--sysroot={}", sysroot.display());
            cargo.args(["--config", &target_flags("rustflags", &[&flag])]);
            doc_flags.push(flag);
        }
        cargo.args(["--config", &target_flags("rustdocflags", &doc_flags)]);
        cargo
    }
}

/// A setting for cargo's `--config`. Not an environment variable, which would split a path at a space.
fn target_flags(setting: &str, flags: &[impl std::fmt::Debug]) -> String {
    format!("target.{TARGET}.{setting}={flags:?}")
}

/// Asks rustup for the target's libraries; `false` if there is no rustup, no server or no wish.
fn rustup_adds_target() -> bool {
    // rustup's own way of being told to fetch nothing by itself.
    let unwanted = env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0");
    if unwanted || command::in_path("rustup").is_none() {
        return false;
    }
    eprintln!("xtask: asking rustup for {TARGET}");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = rustup.spawn() else { return false };
    let start = Instant::now();
    while start.elapsed() < RUSTUP_PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(50)),
            Err(_) => break,
        }
    }
    // It hangs without a network. Neither call's failure changes the answer.
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Says which compiler builds the kernel and which packages are missing; changes nothing.
pub(crate) fn doctor() -> Result<()> {
    let current = Compiler::current()?;
    if current.has_target() {
        println!("{TARGET}: built by the current toolchain, {}", current.version()?);
    } else if let Some(compiler) = Compiler::with_source() {
        let state = if sysroot::is_built(&compiler)? { "built" } else { "not built yet" };
        println!("{TARGET}: built by {} with its library's source ({state})", compiler.version()?);
    } else {
        println!("{TARGET}: no compiler; `rustup target add {TARGET}` gives one, or:");
        println!("  {}", packages::remedy(&packages::missing(packages::COMPILER)));
    }
    match packages::missing(packages::TEST).as_slice() {
        [] => println!("tests: all programs are there"),
        missing => println!("tests: {}", packages::remedy(missing)),
    }
    Ok(())
}
