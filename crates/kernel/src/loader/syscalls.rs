//! execve(2) and execveat(2).

use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::{AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW};
use abi::resource::Resource;
use abi::signal::SIGCHLD;

use super::stack::STRING_MAX;
use super::{Asker, Prepared, Request, base_name, load, prepare, strings_limit};
use crate::fs::{self, File, FileKind, Path, Start, WalkFlags, Walker};
use crate::ipc::futex;
use crate::mm::{MemoryLimits, MemoryMap};
use crate::sched;
use crate::syscalls::{Current, Fd, Outcome};
use crate::task::{self, ExitStatus};
use crate::user::{UserCStr, UserPtr};
use alloc::sync::Arc;

/// `ADDR_NO_RANDOMIZE` (personality(2)).
const ADDR_NO_RANDOMIZE: u32 = 0x004_0000;
const SIGSEGV: u8 = 11;

/// execve(2).
pub fn execve(
    current: &Current<'_>,
    path: UserCStr,
    arguments: UserPtr<u64>,
    environment: UserPtr<u64>,
) -> Result<Outcome, Errno> {
    execveat(current, Fd::CWD, path, arguments, environment, 0)
}

/// execveat(2).
pub fn execveat(
    current: &Current<'_>,
    directory: Fd,
    path: UserCStr,
    arguments: UserPtr<u64>,
    environment: UserPtr<u64>,
    flags: u32,
) -> Result<Outcome, Errno> {
    if flags & !(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 {
        return Err(Errno::EINVAL);
    }
    let name = path.read_path()?;
    let found = open(current, directory, &name, flags)?;
    let limit = current.process().limit(Resource::Stack);
    let mut room = strings_limit(limit);
    let request = Request {
        name: name_for_program(directory, name.into_vec()),
        arguments: read_strings(arguments, &mut room)?,
        environment: read_strings(environment, &mut room)?,
    };
    let (context, credentials) = (current.fs(), current.credentials());
    let asker = Asker {
        context: &context,
        credentials: &credentials,
        no_new_privileges: current.attributes.no_new_privileges.load(Ordering::Relaxed),
    };
    let mut prepared = prepare(asker, found, request)?;
    drop((context, credentials));
    if prepared.request.arguments.is_empty() {
        // Linux gives a program at least an empty name (since 5.18).
        prepared.request.arguments.push(Vec::new());
    }
    prepared.request.check_size(limit)?;
    replace(current, &prepared)
}

fn open(
    current: &Current<'_>,
    directory: Fd,
    name: &[u8],
    flags: u32,
) -> Result<(Path, Arc<dyn File>), Errno> {
    let (context, credentials) = (current.fs(), current.credentials());
    let start = match directory {
        _ if name.first() == Some(&b'/') => Start::Root,
        Fd::CWD => Start::WorkingDirectory,
        fd => Start::At(current.file_or_path(fd)?.path().clone()),
    };
    let mut walk = WalkFlags::empty();
    walk.set(WalkFlags::FOLLOW, flags & AT_SYMLINK_NOFOLLOW == 0);
    walk.set(WalkFlags::EMPTY, flags & AT_EMPTY_PATH != 0);
    let path = Walker::new(&context, &credentials, start, name, walk)?.finish()?;
    if path.dentry.kind() == FileKind::Symlink {
        return Err(Errno::ELOOP);
    }
    let file = fs::open_executable_at(&credentials, &path)?;
    Ok((path, file))
}

/// What the program sees as its path: that of a descriptor goes through /dev/fd (execveat(2)).
fn name_for_program(directory: Fd, name: Vec<u8>) -> Vec<u8> {
    if directory == Fd::CWD || name.first() == Some(&b'/') {
        return name;
    }
    let mut full = alloc::format!("/dev/fd/{}", directory.0).into_bytes();
    if !name.is_empty() {
        full.push(b'/');
        full.extend(name);
    }
    full
}

/// Reads an array of strings that ends with a null pointer; a null array is an empty one.
fn read_strings(array: UserPtr<u64>, room: &mut u64) -> Result<Vec<Vec<u8>>, Errno> {
    let mut strings = Vec::new();
    if array.is_null() {
        return Ok(strings);
    }
    loop {
        let address = array.offset(strings.len()).read()?;
        if address == 0 {
            return Ok(strings);
        }
        let string = UserCStr::new(address).read(STRING_MAX, Errno::E2BIG)?;
        *room = room.checked_sub(string.len() as u64 + 9).ok_or(Errno::E2BIG)?;
        strings.push(string);
    }
}

/// An empty memory in place of the old program's: in the same address space, or in another one when other
/// processes use that (vfork(2)).
fn new_memory(current: &Current<'_>, randomize: bool, stack_limit: u64) -> Result<Arc<MemoryMap>, Errno> {
    let process = current.process();
    let old = process.memory();
    let memory = if old.give_up() {
        old.renew(randomize, stack_limit)?
    } else {
        MemoryMap::with_layout(randomize, stack_limit)?
    };
    sched::enter(&memory);
    process.set_memory(Arc::clone(&memory));
    Ok(memory)
}

/// Gives the old program up and goes on as the new one.
fn replace(current: &Current<'_>, prepared: &Prepared) -> Result<Outcome, Errno> {
    let process = current.process();
    let limits = MemoryLimits::of(current);
    task::exit::end_others(current.thread())?;
    let randomize = process.attributes.personality.load(Ordering::Relaxed) & ADDR_NO_RANDOMIZE == 0;
    futex::release(current, false);
    task::exit::clear_child_tid(current);
    current.rseq.clear();
    let memory = new_memory(current, randomize, limits.stack)?;
    // From here on there is no way back: a failure ends the process, as on Linux.
    task::vfork::done(current);
    // Descriptors are the new program's alone (`unshare_files`).
    if current.files().is_shared() {
        let own = current.files().duplicate();
        current.set_files(own);
    }
    current.files().to_arc().close_for_exec();
    current.reset_signals_for_exec();
    process.posix_timers.clear();
    process.set_executed();
    process.set_exit_signal(Some(SIGCHLD));
    current.set_credentials(Arc::clone(&prepared.credentials));
    // Whoever may look into it is decided anew (`begin_new_exec`).
    let is_open = prepared.credentials.euid == prepared.credentials.uid
        && prepared.credentials.egid == prepared.credentials.gid;
    process.attributes.dumpable.store(u32::from(is_open), Ordering::Relaxed);
    current.attributes.set_name(base_name(&prepared.request.name));
    let Ok(loaded) = load(&memory, prepared, &limits) else {
        task::exit_group(process, ExitStatus::Killed { signal: SIGSEGV, core_dumped: false });
        return Ok(Outcome::Replaced);
    };
    process.set_image(prepared.program.path.clone(), loaded.places);
    arch::cpu::set_fs_base(0);
    arch::xstate::reset().ok_or(Errno::ENOMEM)?;
    current.set_registers(loaded.frame);
    Ok(Outcome::Replaced)
}
