//! Where a guest runs: directly on Linux, or under a machine of Trapless.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::process::{self, End, Outcome};
use crate::source::{Guest, Place};
use crate::transcript::Transcript;

/// The search path that every guest gets.
pub(crate) const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Where a volume is shown: a place that is there on most hosts, and holds nothing that is needed.
const VOLUME: &str = "/mnt";

/// Where memory shows as files.
const SHARED_MEMORY: &str = "/dev/shm";

/// How much longer everything takes on a processor that is emulated.
const EMULATION: u32 = 6;

/// Where a guest runs.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    /// On the host's own kernel.
    Linux,
    /// Under this launcher, on its process machine.
    Process(PathBuf),
    /// Under this launcher, on its vm machine.
    Vm(PathBuf),
}

impl Side {
    /// The machine of that name; its launcher comes from the environment.
    pub(crate) fn machine(name: &str) -> Result<Self, String> {
        let machine = match name {
            "process" => Self::Process,
            "vm" => Self::Vm,
            _ => return Err(format!("--machine {name}: only process and vm are known")),
        };
        let launcher = std::env::var_os("TRAPLESS")
            .map(PathBuf::from)
            .ok_or("TRAPLESS is not set: it must name the launcher (or use --linux-only)")?;
        if !launcher.is_file() {
            return Err(format!("{}: no launcher there", launcher.display()));
        }
        Ok(machine(launcher))
    }

    /// The lists of what is known to differ here.
    pub(crate) fn expectations(&self) -> &'static [&'static str] {
        match self {
            Self::Linux => &[],
            Self::Process(_) => &["tests/expect/process.txt", "tests/expect/python.txt"],
            Self::Vm(_) => &["tests/expect/vm.txt"],
        }
    }

    /// Whether a guest runs here: the vm's world holds the program alone, and all its places are memory, so
    /// that one of them is enough.
    pub(crate) fn takes(&self, guest: &Guest) -> bool {
        match self {
            Self::Linux | Self::Process(_) => true,
            Self::Vm(_) => guest.place == Place::Volume && guest.build.is_static(),
        }
    }

    fn limit(&self, guest: &Guest) -> Duration {
        match self {
            Self::Linux | Self::Process(_) => guest.limit,
            Self::Vm(_) => guest.limit * EMULATION,
        }
    }

    /// A command that runs the program here, in the directory, with these variables; on the process machine
    /// with these options of the launcher.
    pub(crate) fn command(
        &self,
        program: &Path,
        directory: &Path,
        place: Place,
        variables: &[(String, String)],
        options: &[String],
    ) -> Command {
        let path = ("PATH".to_string(), PATH.to_string());
        let variables = std::iter::once(&path).chain(variables);
        let mut command;
        match self {
            Self::Linux => {
                command = Command::new(program);
                command.env_clear().current_dir(directory);
                command.envs(variables.map(|(name, value)| (name, value)));
            }
            Self::Process(launcher) => {
                command = Command::new(launcher);
                command.env_clear().env("PATH", PATH).arg("run").args(options);
                match place {
                    Place::Volume => {
                        command.arg("--volume").arg(format!("{}:{VOLUME}", directory.display()));
                        command.arg("--workdir").arg(VOLUME);
                    }
                    Place::Overlay => {
                        command.arg("--workdir").arg(directory);
                    }
                    Place::Memory => {
                        command.arg("--workdir").arg(SHARED_MEMORY);
                    }
                }
                for (name, value) in variables {
                    command.arg("--env").arg(format!("{name}={value}"));
                }
                command.arg("--").arg(program);
            }
            Self::Vm(launcher) => {
                command = Command::new(launcher);
                command.env_clear().env("PATH", PATH).args(["run", "--machine", "vm", "--root"]);
                command.arg(directory).args(["--workdir", VOLUME]);
                for (name, value) in variables {
                    command.arg("--env").arg(format!("{name}={value}"));
                }
                command.arg("--").arg(program);
            }
        }
        command
    }

    /// Puts into a fresh directory what the program needs there.
    fn furnish(&self, directory: &Path, program: &Path) -> Result<(), String> {
        let Self::Vm(_) = self else { return Ok(()) };
        let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
        let place = directory.join(program.strip_prefix("/").unwrap_or(program));
        std::fs::create_dir(directory.join(VOLUME.trim_start_matches('/'))).map_err(failed)?;
        std::fs::create_dir_all(place.parent().unwrap_or(directory)).map_err(failed)?;
        std::fs::copy(program, place).map(drop).map_err(failed)
    }
}

/// A fresh directory that goes when this value goes.
#[derive(Debug)]
pub(crate) struct Fresh(PathBuf);

impl Fresh {
    /// Makes one, open to all users.
    pub(crate) fn new() -> Result<Self, String> {
        Self::below(&std::env::temp_dir())
    }

    /// Makes one in this directory, open to all users.
    pub(crate) fn below(parent: &Path) -> Result<Self, String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("trapless-test-{}-{number}", std::process::id());
        let path = parent.join(name);
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        std::fs::create_dir(&path).map_err(failed)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).map_err(failed)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        // Left over only when a test made it so; the next run has another name.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs a guest to its end. When a case ends the program, the rest is run from the next case on.
pub(crate) fn observe(guest: &Guest, side: &Side) -> Transcript {
    let mut whole = Transcript::default();
    loop {
        match once(guest, side, whole.cases.len()) {
            Ok(outcome) => whole.take(&outcome),
            Err(reason) => {
                whole.broken = Some(reason);
                return whole;
            }
        }
        if !whole.must_resume() || matches!(side, Side::Linux) {
            return whole;
        }
        whole.note_death();
    }
}

/// One run, beginning with the case of that number.
fn once(guest: &Guest, side: &Side, first: usize) -> Result<Outcome, String> {
    let directory = match (side, guest.place) {
        // Memory is compared with memory.
        (Side::Linux, Place::Memory) if Path::new(SHARED_MEMORY).is_dir() => {
            Fresh::below(Path::new(SHARED_MEMORY))?
        }
        _ => Fresh::new()?,
    };
    let mut variables = guest.environment.clone();
    if first > 0 {
        variables.push(("TAP_FROM".to_string(), first.to_string()));
    }
    side.furnish(directory.path(), &guest.binary)?;
    let mut command = side.command(&guest.binary, directory.path(), guest.place, &variables, &guest.options);
    command.args(&guest.arguments);
    let outcome = process::run(command, &guest.stdin, side.limit(guest))?;
    match (side, outcome.end) {
        (Side::Linux, End::TimedOut(_)) => Err(format!("on Linux: {}", outcome.end)),
        _ => Ok(outcome),
    }
}
