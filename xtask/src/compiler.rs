//! One installation of cargo and rustc, and what it has for the kernel's target.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::toolchain::TARGET;

/// The oldest compiler that will do: `rust-version` in the workspace's `Cargo.toml`.
const MINIMUM: (u32, u32) = (1, 95);

/// Where a distribution's packages put programs.
const DISTRIBUTION: &str = "/usr/bin";

/// One installation of cargo and rustc.
#[derive(Debug)]
pub(crate) struct Compiler {
    cargo: PathBuf,
    rustc: PathBuf,
    /// Where its own files are.
    home: PathBuf,
    /// Where the target's libraries are, should it have them.
    target_libraries: PathBuf,
}

impl Compiler {
    /// The one that runs xtask.
    pub(crate) fn current() -> Result<Self> {
        let program =
            |variable, name| env::var_os(variable).map_or_else(|| PathBuf::from(name), PathBuf::from);
        Self::at(program("CARGO", "cargo"), program("RUSTC", "rustc"))
    }

    /// The current one or the distribution's: the first that has its library's source beside it.
    pub(crate) fn with_source() -> Option<Self> {
        let distribution = Path::new(DISTRIBUTION);
        let candidates = [Self::current(), Self::at(distribution.join("cargo"), distribution.join("rustc"))];
        candidates
            .into_iter()
            .flatten()
            .find(|compiler| compiler.library_source().is_some() && compiler.is_new_enough())
    }

    fn at(cargo: PathBuf, rustc: PathBuf) -> Result<Self> {
        let mut question = Command::new(&rustc);
        let printed =
            command::output(question.args(["--print=sysroot", "--print=target-libdir", "--target", TARGET]))?;
        let mut lines = printed.lines().map(PathBuf::from);
        let (home, target_libraries) = lines
            .next()
            .zip(lines.next())
            .with_context(|| format!("{} does not say where its libraries are", rustc.display()))?;
        Ok(Self { cargo, rustc, home, target_libraries })
    }

    /// Its release and commit ("1.96.0-ac68faa20"), which together name what it compiles.
    pub(crate) fn version(&self) -> Result<String> {
        let printed = command::output(Command::new(&self.rustc).arg("-vV"))?;
        let field = |name| printed.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown");
        let commit = field("commit-hash: ");
        Ok(format!("{}-{}", field("release: "), commit.get(..9).unwrap_or(commit)))
    }

    fn is_new_enough(&self) -> bool {
        self.version().is_ok_and(|version| {
            let mut numbers = version.split('.').map_while(|number| number.parse::<u32>().ok());
            numbers.next().zip(numbers.next()).is_some_and(|found| found >= MINIMUM)
        })
    }

    /// Whether it has the target's libraries, so that it needs no sysroot of ours.
    pub(crate) fn has_target(&self) -> bool {
        let Ok(entries) = self.target_libraries.read_dir() else { return false };
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    }

    /// The source of its library, if that is installed.
    pub(crate) fn library_source(&self) -> Option<PathBuf> {
        let library = self.home.join("lib/rustlib/src/rust/library");
        library.join("core/Cargo.toml").exists().then_some(library)
    }

    /// Whether it brings the linker that the target asks for.
    fn has_linker(&self) -> bool {
        let Ok(hosts) = self.home.join("lib/rustlib").read_dir() else { return false };
        hosts.flatten().any(|host| host.path().join("bin/rust-lld").exists())
    }

    /// Its cargo, in the repository's top folder.
    ///
    /// It takes no flags from the environment: a bare `RUSTFLAGS` would replace those that the target
    /// needs. A distribution's is kept from finding rustup's programs: in PATH, and (for clippy, a
    /// program of its own) in the folder that cargo searches before PATH.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let distribution = self.rustc.starts_with(DISTRIBUTION);
        let clippy = distribution && subcommand == "clippy";
        let program = if clippy { &self.cargo.with_file_name("cargo-clippy") } else { &self.cargo };
        let mut cargo = command::outside_cargo(program);
        cargo.current_dir(command::root()).arg(subcommand);
        for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_BOOTSTRAP"] {
            cargo.env_remove(variable);
        }
        if distribution {
            let path = env::var("PATH").unwrap_or_default();
            cargo.env("PATH", format!("{DISTRIBUTION}:{path}")).env_remove("RUSTUP_TOOLCHAIN");
            cargo
                .env("CARGO", &self.cargo)
                .env("RUSTC", &self.rustc)
                .env("RUSTDOC", self.rustc.with_file_name("rustdoc"));
        }
        if !self.has_linker() {
            cargo.env(target_variable("LINKER"), "ld.lld");
        }
        cargo
    }
}

/// The name of the environment variable by which cargo is told something about [`TARGET`] alone.
pub(crate) fn target_variable(setting: &str) -> String {
    format!("CARGO_TARGET_{}_{setting}", TARGET.to_uppercase().replace('-', "_"))
}
