//! The kernel, and the launcher that carries it inside.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::command;
use crate::linked;
use crate::packages;
use crate::symbols;
use crate::toolchain::{TARGET, Toolchain};

/// What a kernel runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// A process of the host.
    Process,
    /// A virtual machine.
    Vm,
}

impl Machine {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Process, Self::Vm];

    /// The package that is compiled for [`TARGET`], with the crates that it depends on.
    ///
    /// Cargo is always given it by name: with `--workspace` a host crate's features would reach it.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Process => "trapless-machine-process",
            Self::Vm => "trapless-machine-vm",
        }
    }

    /// What the launcher calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Vm => "vm",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Process => "trapless-process",
            Self::Vm => "trapless-vm",
        }
    }

    /// The environment variable that tells the launcher's build script which kernel to carry.
    fn variable(self) -> &'static str {
        match self {
            Self::Process => "TRAPLESS_KERNEL",
            Self::Vm => "TRAPLESS_VM_KERNEL",
        }
    }
}

/// How much the compiler optimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quickly built, with overflow checks and debug assertions: for work and for tests.
    Dev,
    /// For use and for measuring.
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds the kernel for a machine. Gives the ELF with all its debug information.
pub(crate) fn kernel(machine: Machine, profile: Profile) -> Result<PathBuf> {
    let toolchain = Toolchain::find()?;
    let mut cargo = toolchain.cargo("build");
    cargo.args(["--quiet", "--profile", profile.name(), "--package", machine.package()]);
    command::check(&mut cargo)?;
    Ok(command::root().join("target/kernel").join(TARGET).join(profile.folder()).join(machine.file()))
}

/// The command `trapless`, and the kernels that it carries.
#[derive(Debug)]
pub(crate) struct Launcher {
    pub(crate) program: PathBuf,
    kernels: [(Machine, PathBuf); 2],
    measure: PathBuf,
    binding: PathBuf,
}

impl Launcher {
    /// Tells cargo what the launcher carries, so that it is not compiled anew without them.
    pub(crate) fn tell<'a>(&self, cargo: &'a mut Command) -> &'a mut Command {
        for (machine, kernel) in &self.kernels {
            cargo.env(machine.variable(), kernel);
        }
        cargo.env("TRAPLESS_MEASURE", &self.measure).env("TRAPLESS_BINDING", &self.binding)
    }
}

/// Builds the launcher with the kernels inside.
pub(crate) fn launcher(profile: Profile) -> Result<Launcher> {
    let carried = |machine| {
        let kernel = kernel(machine, profile)?;
        anyhow::Ok((machine, without_debug_information(machine, &kernel)?))
    };
    let [process, vm] = Machine::ALL.map(carried);
    let kernels = [process?, vm?];
    let program = command::root().join("target").join(profile.folder()).join("trapless");
    let libraries = linked::build()?;
    let measure = measure(&libraries)?;
    let launcher = Launcher { program, kernels, measure, binding: libraries.binding };
    let mut cargo = host_cargo("build");
    cargo.args(["--quiet", "--profile", profile.name(), "--package", "trapless"]);
    command::check(launcher.tell(&mut cargo))?;
    Ok(launcher)
}

/// The current toolchain's cargo, for what runs on the host.
pub(crate) fn host_cargo(subcommand: &str) -> Command {
    let mut cargo = command::outside_cargo(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(command::root()).env("CARGO_TARGET_DIR", "target").arg(subcommand);
    cargo
}

/// Leaves out what only the kernels' target compiles.
pub(crate) fn exclude_kernels(cargo: &mut Command) {
    for machine in Machine::ALL {
        cargo.args(["--exclude", machine.package()]);
    }
}

/// The program that `trapless bench` measures with: static, so that nothing but the calls differs.
fn measure(libraries: &linked::Libraries) -> Result<PathBuf> {
    let sources = command::root().join("crates/trapless/measure");
    let program = command::root().join("target/measure");
    let built = changed(&program).unwrap_or(SystemTime::UNIX_EPOCH);
    let (mut files, mut old) = (Vec::new(), changed(&libraries.archive)? > built);
    for entry in fs::read_dir(&sources).with_context(|| format!("cannot read {}", sources.display()))? {
        let path = entry?.path();
        old |= changed(&path)? > built;
        if path.extension().is_some_and(|extension| extension == "c") {
            files.push(path);
        }
    }
    if old {
        packages::ensure(packages::COMPILE)?;
        files.sort();
        let mut compiler = Command::new("gcc");
        compiler.args(["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-I"]).arg(linked::headers());
        command::check(compiler.arg("-o").arg(&program).args(files).arg(&libraries.archive))?;
    }
    Ok(program)
}

/// A copy that keeps its symbols only: the launcher carries it, and debug information is ten times
/// the rest. Made anew only when the kernel is newer, else the launcher would be built every time.
fn without_debug_information(machine: Machine, kernel: &Path) -> Result<PathBuf> {
    let small = kernel.with_extension("stripped");
    if changed(kernel)? > changed(&small).unwrap_or(SystemTime::UNIX_EPOCH) {
        packages::ensure(packages::OBJCOPY)?;
        let new = kernel.with_extension("new");
        command::check(Command::new("objcopy").arg("--strip-debug").arg(kernel).arg(&new))?;
        if machine == Machine::Vm {
            symbols::write(&new)?;
        }
        fs::rename(&new, &small).with_context(|| format!("cannot make {}", small.display()))?;
    }
    Ok(small)
}

/// When a file was changed last.
pub(crate) fn changed(path: &Path) -> Result<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot read {}", path.display()))
}
