//! The first half of execve(2): everything that can fail before the old program is given up.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;

use super::elf::{Elf, read};
use super::script::{LINE_MAX, Script};
use super::{LoadError, bind, strings_limit};
use crate::fs::{self, File, FsContext, Metadata, MountFlags, Path};
use crate::task::Credentials;

/// How many scripts may be each other's interpreter.
const SCRIPTS_MAX: usize = 5;

/// What execve(2) was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path as given, for `AT_EXECFN` and the thread's name.
    pub name: Vec<u8>,
    /// The arguments.
    pub arguments: Vec<Vec<u8>>,
    /// The environment.
    pub environment: Vec<Vec<u8>>,
}

impl Request {
    /// Checks the size of the strings for a stack with this limit (execve(2)).
    ///
    /// # Errors
    /// `E2BIG`.
    pub fn check_size(&self, stack_limit: u64) -> Result<(), Errno> {
        let strings = self.arguments.iter().chain(&self.environment);
        // A string takes its bytes, a zero, and a pointer.
        let size = strings.fold(0, |sum: u64, string| sum.saturating_add(string.len() as u64 + 9));
        if size > strings_limit(stack_limit) { Err(Errno::E2BIG) } else { Ok(()) }
    }
}

/// An ELF file with what it asks for.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Where it lies.
    pub path: Path,
    /// The open file.
    pub file: Arc<dyn File>,
    /// What it asks for.
    pub elf: Elf,
}

/// A program that can be loaded.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The program, or the last interpreter of a script.
    pub program: Binary,
    /// The program's interpreter (`PT_INTERP`).
    pub interpreter: Option<Binary>,
    /// Name, arguments (with those that scripts add) and environment.
    pub request: Request,
    /// Variables that only the dynamic linker sees.
    pub hidden: Vec<Vec<u8>>,
    /// Who the program runs as.
    pub credentials: Arc<Credentials>,
    /// Whether that gives it more than who asked has (`AT_SECURE`).
    pub secure: bool,
}

/// Who asks, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// Root and working directory.
    pub context: &'a FsContext,
    /// Who asks.
    pub credentials: &'a Credentials,
    /// `PR_SET_NO_NEW_PRIVS`: set-user-ID bits do nothing.
    pub no_new_privileges: bool,
}

/// Opens what a request names, follows scripts to their interpreters, and reads all headers.
///
/// # Errors
/// As execve(2), with the reason.
pub fn prepare(
    asker: Asker<'_>,
    (mut path, mut file): (Path, Arc<dyn File>),
    mut request: Request,
) -> Result<Prepared, LoadError> {
    let mut name = request.name.clone();
    for _ in 0..=SCRIPTS_MAX {
        let mut buffer = [0; LINE_MAX];
        let length = read(&file, 0, &mut buffer)?;
        let start = buffer.get(..length).unwrap_or_default();
        if let Some(script) = Script::parse(start)? {
            let first = request.arguments.len().min(1);
            let replaced = [Some(script.interpreter.into()), script.argument.map(Vec::from), Some(name)];
            request.arguments.splice(..first, replaced.into_iter().flatten());
            name = script.interpreter.into();
            (path, file) = fs::open_executable(asker.context, asker.credentials, &name)
                .map_err(|error| LoadError::from(error).of_interpreter(&name))?;
            continue;
        }
        if start.is_empty() {
            return Err(LoadError::format("the file is empty"));
        }
        let elf = Elf::read(&file)?;
        return finish(asker, Binary { path, file, elf }, request);
    }
    Err(LoadError::new(Errno::ELOOP, "too many scripts interpret each other"))
}

fn finish(asker: Asker<'_>, program: Binary, request: Request) -> Result<Prepared, LoadError> {
    let interpreter = match &program.elf.interpreter {
        Some(name) => Some(open_interpreter(asker, name)?),
        None => None,
    };
    let metadata = program.path.inode().metadata()?;
    let may_raise = !asker.no_new_privileges && !program.path.mount.flags().contains(MountFlags::NO_SUID);
    let credentials = asker.credentials.for_exec(may_raise.then_some(&metadata));
    let secure = is_secure(asker.credentials, &credentials);
    let hidden = match &program.elf.interpreter {
        Some(name) if !secure => bind::variables(asker, name, &request.environment),
        _ => Vec::new(),
    };
    Ok(Prepared { program, interpreter, request, hidden, credentials: Arc::new(credentials), secure })
}

fn open_interpreter(asker: Asker<'_>, name: &[u8]) -> Result<Binary, LoadError> {
    let about = |error: LoadError| error.of_interpreter(name);
    let (path, file) =
        fs::open_executable(asker.context, asker.credentials, name).map_err(|error| about(error.into()))?;
    match Elf::read(&file) {
        Ok(elf) => Ok(Binary { path, file, elf }),
        Err(error) if error.errno == Errno::ENOEXEC => {
            Err(about(LoadError { errno: Errno::ELIBBAD, ..error }))
        }
        Err(error) => Err(about(error)),
    }
}

fn is_secure(before: &Credentials, after: &Credentials) -> bool {
    after.euid != after.uid || after.egid != after.gid || after.effective & !before.effective != 0
}

impl Credentials {
    /// The identity after execve(2) of a file with this metadata; `None` when its set-user-ID and
    /// set-group-ID bits do nothing (credentials(7), capabilities(7)).
    #[must_use]
    pub fn for_exec(&self, metadata: Option<&Metadata>) -> Self {
        const SET_UID: u32 = 0o4000;
        const SET_GID: u32 = 0o2000;
        const GROUP_EXECUTE: u32 = 0o010;
        let mut new = self.clone();
        if let Some(metadata) = metadata {
            if metadata.permissions & SET_UID != 0 {
                new.euid = metadata.uid;
            }
            if metadata.permissions & (SET_GID | GROUP_EXECUTE) == SET_GID | GROUP_EXECUTE {
                new.egid = metadata.gid;
            }
        }
        (new.suid, new.fsuid) = (new.euid, new.euid);
        (new.sgid, new.fsgid) = (new.egid, new.egid);
        // P'(permitted) = (P(inheritable) & F(inheritable)) | (F(permitted) & bounding), where root's
        // files count as having everything.
        let is_root = new.euid == 0 || new.uid == 0;
        new.permitted = if is_root { Self::ALL_CAPABILITIES } else { 0 };
        new.effective = if new.euid == 0 { new.permitted } else { 0 };
        new
    }
}
