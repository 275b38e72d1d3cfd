//! What an argument of a traced call means, where its type does not say so: flags, buffers, numbers with
//! names.

use alloc::vec;
use core::fmt;

use abi::raw::general as raw;
use abi::resource::{RLIM_INFINITY, Rlimit};
use abi::signal::Signal;
use abi::stat::Stat;
use abi::time::Timespec;

use super::names;
use crate::user::{self, UserPtr};

/// How many bytes of a buffer are shown.
const SHOWN: usize = 32;

/// One argument of one call.
pub(super) struct Argument<'a> {
    pub(super) name: &'a str,
    pub(super) index: usize,
    pub(super) registers: &'a [u64; 6],
    /// The call's result, once it has one that is no error.
    pub(super) result: Option<u64>,
}

impl Argument<'_> {
    fn register(&self, index: usize) -> u64 {
        self.registers.get(index).copied().unwrap_or(0)
    }

    fn value(&self) -> u64 {
        self.register(self.index)
    }

    /// The low half, as Linux takes an `int`.
    fn low(&self) -> u64 {
        self.value() & 0xffff_ffff
    }
}

type Traced = Result<bool, fmt::Error>;

/// Writes the argument if something is known about it.
pub(super) fn write(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    Ok(buffer(argument, target)?
        || files(argument, target)?
        || memory(argument, target)?
        || tasks(argument, target)?
        || times(argument, target)?)
}

fn buffer(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    let length = match (argument.name, argument.index) {
        ("write" | "pwrite64" | "sendto", 1) => Some(argument.register(2)),
        ("read" | "pread64" | "recvfrom" | "readlink", 1)
        | ("getrandom" | "getcwd", 0)
        | ("readlinkat", 2) => argument.result,
        _ => return Ok(false),
    };
    let Some(length) = length else { return Ok(false) };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length.min(SHOWN)];
    match user::read_bytes(argument.value(), &mut bytes) {
        Ok(count) if count == bytes.len() => {}
        _ => return Ok(false),
    }
    names::quoted(&bytes, length > SHOWN, target)?;
    Ok(true)
}

/// Whether the call does not look at the argument: the mode of an open that creates nothing.
pub(super) fn is_absent(argument: &Argument<'_>) -> bool {
    let flags = match (argument.name, argument.index) {
        ("open", 2) => argument.register(1),
        ("openat", 3) => argument.register(2),
        _ => return false,
    };
    flags & u64::from(raw::O_CREAT | (raw::O_TMPFILE & !raw::O_DIRECTORY)) == 0
}

fn files(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    match (argument.name, argument.index) {
        ("open", 1) | ("openat", 2) => names::open_flags(argument.low(), target)?,
        ("creat" | "mkdir" | "chmod" | "fchmod" | "mknod", 1)
        | ("open" | "mkdirat" | "fchmodat" | "mknodat", 2)
        | ("openat", 3)
        | ("umask", 0) => octal(argument.low(), target)?,
        ("access", 1) | ("faccessat" | "faccessat2", 2) => match argument.low() {
            0 => target.write_str("F_OK")?,
            mode => names::flags(mode, &[(4, "R_OK"), (2, "W_OK"), (1, "X_OK")], target)?,
        },
        ("newfstatat" | "faccessat2", 3) | ("statx" | "unlinkat", 2) | ("linkat" | "fchownat", 4) => {
            names::flags(argument.low(), &names::AT_FLAGS, target)?;
        }
        ("lseek", 2) => names::one_of(argument.low(), &names::WHENCE, target)?,
        ("fcntl", 1) => names::one_of(argument.low(), &names::FCNTL, target)?,
        ("fcntl", 2) if argument.register(1) == 4 => names::open_flags(argument.low(), target)?,
        ("ioctl", 1) => names::one_of(argument.low(), &names::IOCTL, target)?,
        ("pipe2" | "eventfd2", 1) | ("dup3", 2) | ("epoll_create1", 0) => {
            names::flags(argument.low(), &names::OPEN_FLAGS, target)?;
        }
        ("stat" | "lstat" | "fstat", 1) | ("newfstatat", 2) if argument.result.is_some() => {
            return status(argument, target);
        }
        ("pipe" | "pipe2" | "socketpair", 0 | 3) if argument.result.is_some() => {
            let Ok([first, second]) = UserPtr::<[i32; 2]>::new(argument.value()).read() else {
                return Ok(false);
            };
            write!(target, "[{first}, {second}]")?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Writes what stat(2) told: kind and permissions, and the size or the device.
fn status(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    let Ok(status) = UserPtr::<Stat>::new(argument.value()).read() else { return Ok(false) };
    let kind = u64::from(status.st_mode & 0o170_000);
    target.write_str("{st_mode=")?;
    names::one_of(kind, &names::FILE_KINDS, target)?;
    write!(target, "|0{:03o}, ", status.st_mode & 0o7777)?;
    if matches!(status.st_mode & 0o170_000, raw::S_IFCHR | raw::S_IFBLK) {
        let (major, minor) = crate::fs::split_device(status.st_rdev);
        write!(target, "st_rdev=makedev({major:#x}, {minor:#x}), ...}}")?;
    } else {
        write!(target, "st_size={}, ...}}", status.st_size)?;
    }
    Ok(true)
}

fn octal(mode: u64, target: &mut dyn fmt::Write) -> fmt::Result {
    write!(target, "0{mode:03o}")
}

fn memory(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    match (argument.name, argument.index) {
        ("mmap" | "mprotect" | "pkey_mprotect", 2) if argument.low() == 0 => {
            target.write_str("PROT_NONE")?;
        }
        ("mmap" | "mprotect" | "pkey_mprotect", 2) => {
            names::flags(argument.low(), &names::PROTECTION, target)?;
        }
        ("mmap" | "brk", 0) if argument.value() == 0 => target.write_str("NULL")?,
        ("mmap" | "munmap" | "mprotect" | "mremap" | "madvise", 1) => write!(target, "{}", argument.value())?,
        ("mmap", 3) => names::flags(argument.low(), &names::MAP_FLAGS, target)?,
        ("mmap", 4) => write!(target, "{}", argument.value().cast_signed() << 32 >> 32)?,
        ("madvise", 2) => names::one_of(argument.low(), &names::ADVICE, target)?,
        ("mremap", 3) => {
            let all = [(1, "MREMAP_MAYMOVE"), (2, "MREMAP_FIXED"), (4, "MREMAP_DONTUNMAP")];
            names::flags(argument.low(), &all, target)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn tasks(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    match (argument.name, argument.index) {
        ("kill" | "tkill" | "rt_sigqueueinfo", 1) | ("tgkill", 2) | ("rt_sigaction", 0) => {
            let signal = i32::try_from(argument.low()).ok().and_then(Signal::new);
            let Some(name) = signal.and_then(Signal::name) else { return Ok(false) };
            target.write_str(name)?;
        }
        ("rt_sigprocmask", 0) => {
            names::one_of(
                argument.low(),
                &[(0, "SIG_BLOCK"), (1, "SIG_UNBLOCK"), (2, "SIG_SETMASK")],
                target,
            )?;
        }
        ("exit" | "exit_group", 0) => write!(target, "{}", argument.low() & 0xff)?,
        ("prlimit64", 1) | ("getrlimit" | "setrlimit", 0) => {
            names::one_of(argument.low(), &names::RESOURCES, target)?;
        }
        ("prlimit64", 2) | ("setrlimit", 1) => return limit(argument, target),
        ("prlimit64", 3) | ("getrlimit", 1) if argument.result.is_some() => return limit(argument, target),
        ("prctl", 0) => names::one_of(argument.low(), &names::PRCTL, target)?,
        ("arch_prctl", 0) => names::one_of(argument.low(), &names::ARCH_PRCTL, target)?,
        ("futex", 1) => names::futex(argument.low(), target)?,
        ("execve", 1) => return strings(argument.value(), target),
        ("execve", 2) => {
            let count = count_pointers(argument.value());
            write!(target, "{:#x} /* {count} vars */", argument.value())?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn limit(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    let Ok(limit) = UserPtr::<Rlimit>::new(argument.value()).read() else { return Ok(false) };
    let mut part = |name: &str, value: u64| match value {
        RLIM_INFINITY => write!(target, "{name}=RLIM64_INFINITY"),
        value => write!(target, "{name}={value}"),
    };
    part("{rlim_cur", limit.rlim_cur)?;
    part(", rlim_max", limit.rlim_max)?;
    target.write_char('}')?;
    Ok(true)
}

/// How many pointers stand before the null one; at most a thousand.
fn count_pointers(address: u64) -> usize {
    let pointer = UserPtr::<u64>::new(address);
    (0..1000).take_while(|&index| pointer.offset(index).read().is_ok_and(|value| value != 0)).count()
}

/// Writes an array of strings.
fn strings(address: u64, target: &mut dyn fmt::Write) -> Traced {
    const MOST: usize = 32;
    let count = count_pointers(address);
    target.write_char('[')?;
    for index in 0..count.min(MOST) {
        let string = UserPtr::<u64>::new(address).offset(index).read().unwrap_or(0);
        target.write_str(if index == 0 { "" } else { ", " })?;
        let bytes = crate::user::UserCStr::new(string).read_path().unwrap_or_default();
        let shown = bytes.get(..SHOWN).unwrap_or(&bytes);
        names::quoted(shown, shown.len() < bytes.len(), target)?;
    }
    target.write_str(if count > MOST { ", ...]" } else { "]" })?;
    Ok(true)
}

fn times(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    let is_result = argument.result.is_some();
    match (argument.name, argument.index) {
        ("clock_gettime" | "clock_getres" | "clock_settime" | "clock_nanosleep" | "timer_create", 0) => {
            names::one_of(argument.low(), &names::CLOCKS, target)?;
        }
        ("nanosleep", 0) | ("clock_nanosleep", 2) | ("clock_settime", 1) => return time(argument, target),
        ("clock_gettime" | "clock_getres", 1) if is_result => return time(argument, target),
        ("clock_nanosleep", 1) => names::flags(argument.low(), &[(1, "TIMER_ABSTIME")], target)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn time(argument: &Argument<'_>, target: &mut dyn fmt::Write) -> Traced {
    let Ok(time) = UserPtr::<Timespec>::new(argument.value()).read() else { return Ok(false) };
    write!(target, "{{tv_sec={}, tv_nsec={}}}", time.tv_sec, time.tv_nsec)?;
    Ok(true)
}
