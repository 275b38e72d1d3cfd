//! Debian packages that the commands need, each with a file by which it is known to be there.
//!
//! Looking for the file, not asking the package manager, takes no time and works on any distribution.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Once;

use anyhow::{Result, bail};

use crate::command;

/// A package and a file that it brings.
pub(crate) type Package = (&'static str, &'static str);

/// A compiler with its library's source, and the linker for the kernel.
pub(crate) const COMPILER: &[Package] = &[
    ("rustc-web", "/usr/bin/rustc"),
    ("cargo-web", "/usr/bin/cargo"),
    ("rust-web-src", "/usr/lib/rustlib/src/rust/library/core/Cargo.toml"),
    ("lld", "/usr/bin/ld.lld"),
];

/// The lints that belong to [`COMPILER`].
pub(crate) const LINTS: &[Package] = &[("rust-web-clippy", "/usr/bin/cargo-clippy")];

/// What a kernel without its debug information is made with.
pub(crate) const OBJCOPY: &[Package] = &[("binutils", "/usr/bin/objcopy")];

/// What the benchmarks run.
pub(crate) const BENCH: &[Package] = &[("busybox-static", "/bin/busybox")];

/// What the vm machine runs on.
pub(crate) const EMULATOR: &[Package] =
    &[("qemu-system-x86", "/usr/bin/qemu-system-x86_64"), ("seabios", "/usr/share/seabios/bios-microvm.bin")];

/// A C compiler for the host.
pub(crate) const COMPILE: &[Package] = &[("gcc", "/usr/bin/gcc"), ("libc6-dev", "/usr/include/stdio.h")];

/// What the guest tests are compiled with, and the programs that they run unmodified.
pub(crate) const TEST: &[Package] = &[
    ("gcc", "/usr/bin/gcc"),
    ("libc6-dev", "/usr/include/stdio.h"),
    ("musl-tools", "/usr/bin/musl-gcc"),
    ("busybox-static", "/bin/busybox"),
    ("binutils", "/usr/bin/objdump"),
    ("gdb", "/usr/bin/gdb"),
    ("coreutils", "/bin/ls"),
    ("diffutils", "/usr/bin/diff"),
    ("util-linux", "/usr/bin/fallocate"),
    ("libc-bin", "/usr/bin/getconf"),
    ("findutils", "/usr/bin/find"),
    ("grep", "/bin/grep"),
    ("sed", "/bin/sed"),
    ("tar", "/bin/tar"),
    ("gzip", "/bin/gzip"),
    ("xz-utils", "/usr/bin/xz"),
    ("bash", "/bin/bash"),
    ("sqlite3", "/usr/bin/sqlite3"),
    ("python3", "/usr/bin/python3"),
    ("python3-numpy", "/usr/lib/python3/dist-packages/numpy/__init__.py"),
    ("perl", "/usr/bin/perl"),
    ("lua5.4", "/usr/bin/lua5.4"),
    ("jq", "/usr/bin/jq"),
    ("gawk", "/usr/bin/gawk"),
    ("bc", "/usr/bin/bc"),
    ("file", "/usr/bin/file"),
    ("git", "/usr/bin/git"),
    ("dash", "/bin/dash"),
    ("make", "/usr/bin/make"),
    ("less", "/usr/bin/less"),
    ("tmux", "/usr/bin/tmux"),
    ("procps", "/usr/bin/pgrep"),
    ("vim", "/usr/bin/vim"),
    ("openssl", "/usr/bin/openssl"),
    ("strace", "/usr/bin/strace"),
];

/// The test suites of others.
pub(crate) const SUITES: &[Package] = &[("libpython3.11-testsuite", "/usr/lib/python3.11/test/test_os.py")];

/// The large runtimes and servers that only `cargo xtask test --full` runs.
pub(crate) const LARGE: &[Package] = &[
    ("nodejs", "/usr/bin/node"),
    ("openjdk-17-jdk-headless", "/usr/bin/javac"),
    ("golang-go", "/usr/bin/go"),
    ("redis-server", "/usr/bin/redis-server"),
    ("redis-tools", "/usr/bin/redis-benchmark"),
];

/// Sees to it that all of `packages` are there.
///
/// Installs what is missing where that is possible without a question, else says what to type.
pub(crate) fn ensure(packages: &[Package]) -> Result<()> {
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    if !can_install() {
        bail!("needed and not installed; type: {}", remedy(&missing));
    }
    install(&missing)?;
    match self::missing(packages).as_slice() {
        [] => Ok(()),
        still => bail!("installed, and yet their files are missing: {}", still.join(" ")),
    }
}

/// The names of those packages whose file is not there.
pub(crate) fn missing(packages: &[Package]) -> Vec<&'static str> {
    packages.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect()
}

/// Whether packages can be installed without asking anybody: as root, with apt.
pub(crate) fn can_install() -> bool {
    // A process's entry in /proc belongs to its effective user.
    let root = fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0);
    root && command::in_path("apt-get").is_some()
}

/// What a person types for these packages.
pub(crate) fn remedy(names: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install {}", names.join(" "))
}

/// Installs packages with apt. Never removes another package for them.
pub(crate) fn install(names: &[&str]) -> Result<()> {
    static LISTS: Once = Once::new();
    eprintln!("xtask: installing {}", names.join(" "));
    LISTS.call_once(|| {
        // Old lists may serve as well: should they not, the installation fails and says so.
        command::succeeds(apt().arg("update"));
    });
    command::check(
        apt().args(["install", "--yes", "--quiet", "--no-install-recommends", "--no-remove"]).args(names),
    )
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.stdin(Stdio::null());
    // Standard output belongs to the command that needed the packages.
    command.stdout(io::stderr());
    command
}
