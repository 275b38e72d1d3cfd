//! `libtrapless` for C and other languages: static and shared, and the library that binds the C library's names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::build::changed;
use crate::command;
use crate::packages;

/// What every object is compiled with. The libraries belong into any program, and need nothing but a C library.
const FLAGS: &[&str] = &[
    "-O2",
    "-fPIC",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffreestanding",
    "-fno-stack-protector",
    "-fcf-protection",
];

/// Where the header lies.
pub(crate) fn headers() -> PathBuf {
    sources().join("include")
}

/// The libraries.
#[derive(Debug)]
pub(crate) struct Libraries {
    /// `libtrapless.a`.
    pub(crate) archive: PathBuf,
    /// `libtrapless-libc.so`, which `trapless run --bind-libc` has programs load.
    pub(crate) binding: PathBuf,
}

/// Builds the libraries into `target/linked`, if a source is newer.
pub(crate) fn build() -> Result<Libraries> {
    let directory = command::root().join("target/linked");
    let libraries = Libraries {
        archive: directory.join("libtrapless.a"),
        binding: directory.join("libtrapless-libc.so"),
    };
    let shared = directory.join("libtrapless.so");
    let made = [&libraries.archive, &libraries.binding, &shared];
    let oldest = made.iter().map(|path| changed(path).unwrap_or(SystemTime::UNIX_EPOCH)).min();
    if newest(&sources())? <= oldest.unwrap_or(SystemTime::UNIX_EPOCH) {
        return Ok(libraries);
    }
    packages::ensure(packages::COMPILE)?;
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let plain = ["start.c", "call.S", "stubs.S"].map(|source| object(&directory, source, "", &[]));
    let plain = plain.into_iter().collect::<Result<Vec<_>>>()?;
    // An archive is added to, so the old one must go.
    let _ = fs::remove_file(&libraries.archive);
    command::check(Command::new("ar").arg("rcsD").arg(&libraries.archive).args(&plain))?;
    shared_library(&shared, &plain, &[])?;
    // In a static program nobody has glibc's own functions at hand, so those stay its own that need them.
    let bare = object(&directory, "bind.S", "bare-", &["-DTL_BARE_ONLY"])?;
    let names = directory.join("libtrapless-libc.a");
    let _ = fs::remove_file(&names);
    command::check(Command::new("ar").arg("rcsD").arg(&names).arg(&bare))?;
    let bound =
        ["start.c", "bind.c", "bind.S"].map(|source| object(&directory, source, "bind-", &["-DTL_BIND"]));
    // Its constructor takes away what nobody else shall see, so it runs before all others.
    shared_library(
        &libraries.binding,
        &bound.into_iter().collect::<Result<Vec<_>>>()?,
        &["-Wl,-z,initfirst"],
    )?;
    Ok(libraries)
}

fn sources() -> PathBuf {
    command::root().join("crates/link/c")
}

fn object(directory: &Path, source: &str, prefix: &str, flags: &[&str]) -> Result<PathBuf> {
    let object = directory.join(format!("{prefix}{source}.o"));
    let mut compiler = Command::new("gcc");
    compiler.args(FLAGS).args(flags).arg("-I").arg(headers());
    command::check(compiler.arg("-c").arg(sources().join(source)).arg("-o").arg(&object))?;
    Ok(object)
}

/// Links without the C library: the program has one.
fn shared_library(library: &Path, objects: &[PathBuf], flags: &[&str]) -> Result<()> {
    let name = library.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut compiler = Command::new("gcc");
    compiler.args([
        "-shared",
        "-nostdlib",
        "-s",
        "-Wl,-z,now",
        "-Wl,-z,noexecstack",
        "-Wl,--hash-style=both",
    ]);
    compiler.arg(format!("-Wl,-soname,{name}")).args(flags).arg("-o").arg(library).args(objects);
    command::check(&mut compiler)
}

/// The time of the last change to a file in or below a directory.
fn newest(directory: &Path) -> Result<SystemTime> {
    let mut time = SystemTime::UNIX_EPOCH;
    let failed = || format!("cannot read {}", directory.display());
    for entry in fs::read_dir(directory).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        time = time.max(if path.is_dir() { newest(&path)? } else { changed(&path)? });
    }
    Ok(time)
}
