//! The first process of the world.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write;

use abi::Errno;
use abi::resource::{Resource, Rlimit};
use abi::signal::{SIG_IGN, SigAction, SignalSet};
use arch::xstate::ExtendedState;

use super::streams::Streams;
use super::{Config, world};
use crate::fs::{self, File, FsContext, Path};
use crate::loader::{self, Asker, LoadError, Prepared, Request};
use crate::log::Line;
use crate::machine::machine;
use crate::mm::{self, MemoryLimits, MemoryMap};
use crate::sched;
use crate::system;
use crate::task::{Counted, Credentials, NewThread, Process, Thread, cpu_limit, table};
use crate::time::vdso;
use crate::tty;

/// Why there is no world: a line for a person, and the exit status.
#[derive(Debug)]
pub struct Failure {
    /// The line.
    pub line: Box<Line>,
    /// The machine's exit status.
    pub status: u8,
}

impl Failure {
    /// The status of a failure that is not the program's.
    pub const OURS: u8 = 125;
    /// The program cannot be executed.
    pub const NOT_EXECUTABLE: u8 = 126;
    /// The program was not found.
    pub const NOT_FOUND: u8 = 127;

    fn new(status: u8, what: &[u8], reason: &dyn core::fmt::Display) -> Self {
        let mut line = Box::new(Line::new());
        let _ = writeln!(line, "trapless: {}: {reason}", what.escape_ascii());
        Self { line, status }
    }
}

/// The path that a program gets when its environment has none.
const DEFAULT_PATH: &[u8] = b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Makes the world and runs its first program; comes back only with a failure.
pub(super) fn run(config: Config) -> Failure {
    match prepare(config) {
        Ok(thread) => sched::run_first(&thread),
        Err(failure) => failure,
    }
}

fn prepare(config: Config) -> Result<Arc<Thread>, Failure> {
    if !config.hostname.is_empty() {
        system::set_host_name(&config.hostname);
    }
    vdso::initialize().map_err(|error| Failure::new(Failure::OURS, b"vdso", &error))?;
    let streams = Streams::find();
    let context = world::build(&config, &streams)?;
    let credentials = Arc::new(Credentials::new(config.uid, config.gid, config.groups.clone()));
    enter_working_directory(&config, &context, &credentials)?;
    let Some(name) = config.arguments.first().cloned() else {
        return Err(Failure::new(Failure::OURS, b"run", &"no program given"));
    };
    let about = |error: LoadError| {
        let missing = error.errno == Errno::ENOENT && error.interpreter.is_none();
        let status = if missing { Failure::NOT_FOUND } else { Failure::NOT_EXECUTABLE };
        Failure::new(status, &name, &error)
    };
    let (path, found) = find_program(&config, &context, &credentials, &name).map_err(about)?;
    let request =
        Request { name: path, arguments: config.arguments.clone(), environment: config.environment.clone() };
    let asker = Asker { context: &context, credentials: &credentials, no_new_privileges: false };
    let prepared = loader::prepare(asker, found, request).map_err(about)?;
    first_thread(&config, context, streams, &prepared).map_err(|error| about(error.into()))
}

fn enter_working_directory(
    config: &Config,
    context: &FsContext,
    credentials: &Credentials,
) -> Result<(), Failure> {
    let about = |error: Errno| Failure::new(Failure::OURS, &config.working_directory, &error);
    let path = fs::lookup(context, credentials, &config.working_directory).map_err(about)?;
    if !path.dentry.is_directory() {
        return Err(about(Errno::ENOTDIR));
    }
    context.set_working_directory(path);
    Ok(())
}

type Found = (Path, Arc<dyn File>);

/// Finds a program as execvp(3) does: names without a slash through `PATH`.
fn find_program(
    config: &Config,
    context: &FsContext,
    credentials: &Credentials,
    name: &[u8],
) -> Result<(Vec<u8>, Found), LoadError> {
    if name.is_empty() {
        return Err(Errno::ENOENT.into());
    }
    if name.contains(&b'/') {
        let found = open_program(context, credentials, name)?;
        return Ok((name.into(), found));
    }
    let variable = config.environment.iter().find_map(|entry| entry.strip_prefix(b"PATH="));
    let mut denied = None;
    for directory in variable.unwrap_or(DEFAULT_PATH).split(|&byte| byte == b':') {
        let mut path = if directory.is_empty() { b".".to_vec() } else { directory.to_vec() };
        path.push(b'/');
        path.extend_from_slice(name);
        match open_program(context, credentials, &path) {
            Ok(found) => return Ok((path, found)),
            Err(error) if matches!(error.errno, Errno::ENOENT | Errno::ENOTDIR) => {}
            Err(error) => denied = Some(error),
        }
    }
    Err(denied.unwrap_or_else(|| LoadError::new(Errno::ENOENT, "no such program in PATH")))
}

/// Opens a program; a person is told what "permission denied" means.
fn open_program(context: &FsContext, credentials: &Credentials, path: &[u8]) -> Result<Found, LoadError> {
    fs::open_executable(context, credentials, path).map_err(|error| {
        let is_directory = error == Errno::EACCES
            && fs::lookup(context, credentials, path).is_ok_and(|path| path.dentry.is_directory());
        if is_directory { LoadError::new(error, "is a directory") } else { error.into() }
    })
}

fn first_thread(
    config: &Config,
    context: Arc<FsContext>,
    streams: Streams,
    prepared: &Prepared,
) -> Result<Arc<Thread>, Errno> {
    let files = streams.table(&context)?;
    sched::prepare(&context)?;
    machine().start_processors()?;
    let limits = MemoryLimits::DEFAULT;
    let memory = MemoryMap::with_layout(true, limits.stack)?;
    mm::enter_first(&memory);
    let loaded = loader::load(&memory, prepared, &limits)?;
    let number = table::allocate_number()?;
    let process = Process::new(number, memory);
    if let Some(console) = tty::console() {
        console.control(&process)?;
    }
    set_limits(config, &process);
    ignore_signals(config, &process);
    cpu_limit::watch(&process);
    if !config.hostname.is_empty() {
        crate::system::set_host_name(&config.hostname);
    }
    if let Some(format) = config.stats.or(config.sites) {
        crate::syscalls::report::start(format, config.stats.is_some(), config.sites.is_some());
    }
    if let Some(target) = config.trace {
        crate::syscalls::trace::start(target);
    }
    process.set_image(prepared.program.path.clone(), loaded.places);
    let thread = Thread::new(NewThread {
        tid: number,
        process,
        credentials: Arc::clone(&prepared.credentials),
        counted: Counted::unlimited(prepared.credentials.uid),
        files,
        fs: context,
        frame: loaded.frame,
        fs_base: 0,
        extended_state: ExtendedState::new().ok_or(Errno::ENOMEM)?,
    })?;
    thread.attributes.set_name(loader::base_name(&prepared.request.name));
    Ok(thread)
}

/// Makes the process ignore what its caller ignored.
fn ignore_signals(config: &Config, process: &Process) {
    let signals = process.signals.lock();
    for signal in SignalSet::from_bits(config.ignored).iter() {
        signals.handlers().replace(signal, SigAction { handler: SIG_IGN, ..SigAction::default() });
    }
}

/// Gives the process the limits of the configuration, but for kinds that there are not.
fn set_limits(config: &Config, process: &Process) {
    for limit in &config.limits {
        if let Some(resource) = Resource::from_number(limit.resource) {
            let value = Rlimit { rlim_cur: limit.soft, rlim_max: limit.hard };
            process.set_limits(|limits| limits.set(resource, value));
        }
    }
}
