//! Names of flags and numbers, as strace(1) writes them.

use core::fmt;

use abi::raw::general as raw;
use abi::raw::ioctl;
use abi::raw::prctl;
use abi::siginfo::{self, SigInfo};
use abi::signal::SIGSEGV;

/// A value and its name.
pub(super) type Name = (u64, &'static str);

/// Makes a table of constants by their own names.
macro_rules! table {
    ($visibility:vis $table:ident = $module:ident: $($name:ident)*) => {
        $visibility const $table: [Name; [$(stringify!($name)),*].len()] =
            [$(($module::$name as u64, stringify!($name))),*];
    };
}

table!(pub(super) OPEN_FLAGS = raw:
    O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_NONBLOCK O_SYNC O_DSYNC O_DIRECT O_LARGEFILE O_TMPFILE
    O_DIRECTORY O_NOFOLLOW O_NOATIME O_CLOEXEC O_PATH);
table!(pub(super) AT_FLAGS = raw:
    AT_SYMLINK_NOFOLLOW AT_REMOVEDIR AT_SYMLINK_FOLLOW AT_NO_AUTOMOUNT AT_EMPTY_PATH
    AT_STATX_FORCE_SYNC AT_STATX_DONT_SYNC);
table!(pub(super) FILE_KINDS = raw: S_IFREG S_IFDIR S_IFLNK S_IFCHR S_IFBLK S_IFIFO S_IFSOCK);
table!(pub(super) WHENCE = raw: SEEK_SET SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE);
table!(pub(super) FCNTL = raw:
    F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW F_SETOWN F_GETOWN F_DUPFD_CLOEXEC
    F_SETPIPE_SZ F_GETPIPE_SZ F_ADD_SEALS F_GET_SEALS F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW);
table!(pub(super) IOCTL = ioctl:
    TCGETS TCSETS TCSETSW TCSETSF TIOCGWINSZ TIOCSWINSZ TIOCGPGRP TIOCSPGRP TIOCSCTTY FIONREAD FIONBIO
    FIOCLEX FIONCLEX);
table!(pub(super) PROTECTION = raw: PROT_READ PROT_WRITE PROT_EXEC PROT_GROWSDOWN PROT_GROWSUP);
table!(pub(super) MAP_FLAGS = raw:
    MAP_SHARED_VALIDATE MAP_SHARED MAP_PRIVATE MAP_FIXED MAP_ANONYMOUS MAP_GROWSDOWN MAP_DENYWRITE MAP_LOCKED
    MAP_NORESERVE MAP_POPULATE MAP_NONBLOCK MAP_STACK MAP_HUGETLB MAP_FIXED_NOREPLACE);
table!(pub(super) ADVICE = raw:
    MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_FREE MADV_REMOVE
    MADV_DONTFORK MADV_DOFORK MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE
    MADV_DONTDUMP MADV_DODUMP MADV_WIPEONFORK MADV_KEEPONFORK MADV_COLD MADV_PAGEOUT
    MADV_POPULATE_READ MADV_POPULATE_WRITE);
table!(pub(super) RESOURCES = raw:
    RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE
    RLIMIT_MEMLOCK RLIMIT_AS RLIMIT_LOCKS RLIMIT_SIGPENDING RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO
    RLIMIT_RTTIME);
table!(pub(super) CLOCKS = raw:
    CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC_RAW
    CLOCK_REALTIME_COARSE CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME CLOCK_REALTIME_ALARM CLOCK_BOOTTIME_ALARM
    CLOCK_TAI);
table!(pub(super) PRCTL = prctl:
    PR_SET_PDEATHSIG PR_GET_PDEATHSIG PR_GET_DUMPABLE PR_SET_DUMPABLE PR_GET_KEEPCAPS PR_SET_KEEPCAPS
    PR_SET_NAME PR_GET_NAME PR_GET_SECCOMP PR_SET_SECCOMP PR_CAPBSET_READ PR_CAPBSET_DROP PR_GET_TSC
    PR_SET_TSC PR_GET_SECUREBITS PR_SET_SECUREBITS PR_SET_TIMERSLACK PR_GET_TIMERSLACK
    PR_SET_CHILD_SUBREAPER PR_GET_CHILD_SUBREAPER PR_SET_NO_NEW_PRIVS PR_GET_NO_NEW_PRIVS
    PR_GET_TID_ADDRESS PR_SET_THP_DISABLE PR_GET_THP_DISABLE PR_CAP_AMBIENT PR_SET_VMA PR_SET_PTRACER);

/// Codes of arch_prctl(2).
pub(super) const ARCH_PRCTL: [Name; 6] = [
    (0x1001, "ARCH_SET_GS"),
    (0x1002, "ARCH_SET_FS"),
    (0x1003, "ARCH_GET_FS"),
    (0x1004, "ARCH_GET_GS"),
    (0x1011, "ARCH_GET_CPUID"),
    (0x3001, "ARCH_CET_STATUS"),
];

const FUTEX: [Name; 13] = [
    (0, "FUTEX_WAIT"),
    (1, "FUTEX_WAKE"),
    (2, "FUTEX_FD"),
    (3, "FUTEX_REQUEUE"),
    (4, "FUTEX_CMP_REQUEUE"),
    (5, "FUTEX_WAKE_OP"),
    (6, "FUTEX_LOCK_PI"),
    (7, "FUTEX_UNLOCK_PI"),
    (8, "FUTEX_TRYLOCK_PI"),
    (9, "FUTEX_WAIT_BITSET"),
    (10, "FUTEX_WAKE_BITSET"),
    (11, "FUTEX_WAIT_REQUEUE_PI"),
    (12, "FUTEX_CMP_REQUEUE_PI"),
];

/// Writes a set of flags: their names, and what has none as a number.
pub(super) fn flags(value: u64, names: &[Name], target: &mut dyn fmt::Write) -> fmt::Result {
    let mut rest = value;
    let mut separator = "";
    for &(bits, name) in names {
        if bits != 0 && rest & bits == bits {
            write!(target, "{separator}{name}")?;
            separator = "|";
            rest &= !bits;
        }
    }
    match rest {
        0 if value == 0 => target.write_char('0'),
        0 => Ok(()),
        rest => write!(target, "{separator}{rest:#x}"),
    }
}

/// Writes flags of open(2) with the access mode first.
pub(super) fn open_flags(value: u64, target: &mut dyn fmt::Write) -> fmt::Result {
    target.write_str(match value & 3 {
        0 => "O_RDONLY",
        1 => "O_WRONLY",
        2 => "O_RDWR",
        _ => "O_ACCMODE",
    })?;
    if value & !3 != 0 {
        target.write_char('|')?;
        flags(value & !3, &OPEN_FLAGS, target)?;
    }
    Ok(())
}

/// Writes the name of a number.
pub(super) fn one_of(value: u64, names: &[Name], target: &mut dyn fmt::Write) -> fmt::Result {
    match names.iter().find(|(number, _)| *number == value) {
        Some((_, name)) => target.write_str(name),
        None => write!(target, "{value:#x}"),
    }
}

/// Writes why a signal was sent.
pub(super) fn signal_code(info: &SigInfo, target: &mut dyn fmt::Write) -> fmt::Result {
    let is = |signal| info.signal() == Some(signal);
    target.write_str(match info.si_code {
        siginfo::SI_USER => "SI_USER",
        siginfo::SI_KERNEL => "SI_KERNEL",
        siginfo::SI_QUEUE => "SI_QUEUE",
        siginfo::SI_TIMER => "SI_TIMER",
        siginfo::SI_TKILL => "SI_TKILL",
        siginfo::SEGV_MAPERR if is(SIGSEGV) => "SEGV_MAPERR",
        siginfo::SEGV_ACCERR if is(SIGSEGV) => "SEGV_ACCERR",
        code => return write!(target, "{code}"),
    })
}

/// Writes an operation of futex(2).
pub(super) fn futex(value: u64, target: &mut dyn fmt::Write) -> fmt::Result {
    const PRIVATE: u64 = 128;
    const REALTIME: u64 = 256;
    one_of(value & !(PRIVATE | REALTIME), &FUTEX, target)?;
    target.write_str(if value & PRIVATE != 0 { "_PRIVATE" } else { "" })?;
    target.write_str(if value & REALTIME != 0 { "|FUTEX_CLOCK_REALTIME" } else { "" })
}

/// Writes bytes as a string of C, with short octal escapes; `cut` says that there are more.
pub(super) fn quoted(bytes: &[u8], cut: bool, target: &mut dyn fmt::Write) -> fmt::Result {
    target.write_char('"')?;
    let mut rest = bytes.iter().peekable();
    while let Some(&byte) = rest.next() {
        match byte {
            b'\n' => target.write_str("\\n")?,
            b'\t' => target.write_str("\\t")?,
            b'\r' => target.write_str("\\r")?,
            0x0b => target.write_str("\\v")?,
            0x0c => target.write_str("\\f")?,
            b'"' | b'\\' => write!(target, "\\{}", char::from(byte))?,
            b' '..=b'~' => target.write_char(char::from(byte))?,
            // Three digits where a digit follows, else as few as possible.
            _ if rest.peek().is_some_and(|next| next.is_ascii_digit()) => write!(target, "\\{byte:03o}")?,
            _ => write!(target, "\\{byte:o}")?,
        }
    }
    target.write_str(if cut { "\"..." } else { "\"" })
}
