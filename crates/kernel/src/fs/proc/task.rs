//! The files of a process and of a thread (/proc/PID, /proc/PID/task/TID).

use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::CAP_SYS_RESOURCE;
use abi::resource::{RLIM_INFINITY, Resource};

use super::global;
use super::inode::{Node, PlaceLink};
use super::memory;
use super::status;
use super::text::{Text, put};
use crate::fs::{Mount, MountFlags, split_device};
use crate::sched;
use crate::syscalls::Fd;
use crate::task::{IoTotal, Thread, access};

/// Takes what a program wrote into a thread's text.
pub(super) type Change = fn(&Thread, &[u8]) -> Result<(), Errno>;

/// A text about a thread.
#[derive(Debug)]
pub(super) struct TaskFile {
    pub(super) permissions: u32,
    /// Only who may look into the thread may open it.
    pub(super) guarded: bool,
    pub(super) write: fn(&Thread, &mut Text) -> Result<(), Errno>,
    /// Takes what a program wrote.
    pub(super) change: Option<Change>,
}

/// What a name in a thread's directory is.
#[derive(Debug)]
pub(super) enum TaskEntry {
    Text(TaskFile),
    Link(PlaceLink),
    Descriptors,
    DescriptorTexts,
    Threads,
    Memory,
    /// What is the same for all.
    Table(&'static [global::Named]),
}

impl TaskEntry {
    pub(super) const fn node(&'static self, tid: i32) -> Node {
        match self {
            Self::Text(file) => Node::TaskText(tid, file),
            Self::Link(link) => Node::TaskLink(tid, *link),
            Self::Descriptors => Node::Descriptors(tid, false),
            Self::DescriptorTexts => Node::Descriptors(tid, true),
            Self::Threads => Node::Threads(tid),
            Self::Memory => Node::Memory(tid),
            Self::Table(entries) => Node::Table(entries, false),
        }
    }
}

type Named = (&'static str, TaskEntry);

const fn text(name: &'static str, write: fn(&Thread, &mut Text) -> Result<(), Errno>) -> Named {
    (name, TaskEntry::Text(TaskFile { permissions: 0o444, guarded: false, write, change: None }))
}

const fn private(name: &'static str, write: fn(&Thread, &mut Text) -> Result<(), Errno>) -> Named {
    (name, TaskEntry::Text(TaskFile { permissions: 0o400, guarded: false, write, change: None }))
}

const fn guarded(
    name: &'static str,
    permissions: u32,
    write: fn(&Thread, &mut Text) -> Result<(), Errno>,
) -> Named {
    (name, TaskEntry::Text(TaskFile { permissions, guarded: true, write, change: None }))
}

/// What both directories hold.
macro_rules! common {
    ($($more:expr),*) => {
        &[
            $($more,)*
            guarded("auxv", 0o400, memory::auxiliary),
            text("cgroup", |_, text| { text.bytes(b"0::/\n"); Ok(()) }),
            text("cmdline", memory::command_line),
            ("comm", TaskEntry::Text(TaskFile { permissions: 0o644, guarded: false, write: comm, change: Some(set_comm) })),
            ("cwd", TaskEntry::Link(PlaceLink::WorkingDirectory)),
            guarded("environ", 0o400, memory::environment),
            ("exe", TaskEntry::Link(PlaceLink::Executable)),
            ("fd", TaskEntry::Descriptors),
            ("fdinfo", TaskEntry::DescriptorTexts),
            text("gid_map", identity_map),
            text("limits", limits),
            text("loginuid", |_, text| { text.bytes(b"4294967295"); Ok(()) }),
            guarded("maps", 0o444, memory::maps),
            ("mem", TaskEntry::Memory),
            text("mountinfo", mount_information),
            text("mounts", mounts),
            ("net", TaskEntry::Table(global::NETWORK)),
            text("oom_adj", |_, text| { text.bytes(b"0\n"); Ok(()) }),
            text("oom_score", |_, text| { text.bytes(b"0\n"); Ok(()) }),
            ("oom_score_adj", TaskEntry::Text(TaskFile {
                permissions: 0o644, guarded: false, write: oom_adjustment, change: Some(set_oom_adjustment),
            })),
            private("personality", personality),
            ("root", TaskEntry::Link(PlaceLink::Root)),
            text("schedstat", schedule_statistics),
            text("sessionid", |_, text| { text.bytes(b"4294967295"); Ok(()) }),
            text("setgroups", |_, text| { text.bytes(b"allow\n"); Ok(()) }),
            guarded("smaps", 0o444, memory::long_maps),
            text("stat", status::statistics),
            text("statm", status::memory_statistics),
            text("status", status::status),
            text("uid_map", identity_map),
            text("wchan", |_, text| { text.bytes(b"0"); Ok(()) })
        ]
    };
}

/// /proc/PID.
pub(super) const PROCESS: &[Named] = common![
    ("task", TaskEntry::Threads),
    private("io", process_io),
    (
        "coredump_filter",
        TaskEntry::Text(TaskFile {
            permissions: 0o644,
            guarded: false,
            write: core_filter,
            change: Some(set_core_filter)
        })
    ),
    guarded("smaps_rollup", 0o444, memory::rolled_up),
    text("timerslack_ns", |thread, text| {
        put!(text, "{}\n", thread.attributes.timer_slack.load(Ordering::Relaxed));
        Ok(())
    })
];

/// /proc/PID/task/TID.
pub(super) const THREAD: &[Named] = common![private("io", thread_io)];

/// Whom the files of a thread belong to: who it acts as, or root when it must not be looked into.
pub(super) fn owner(thread: &Thread) -> (u32, u32) {
    if thread.process().attributes.dumpable.load(Ordering::Relaxed) != 1 {
        return (0, 0);
    }
    let credentials = thread.credentials();
    (credentials.euid, credentials.egid)
}

fn comm(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    text.bytes(&thread.attributes.name());
    text.bytes(b"\n");
    Ok(())
}

fn set_comm(thread: &Thread, bytes: &[u8]) -> Result<(), Errno> {
    let same_process =
        sched::current().is_some_and(|current| current.process().pid() == thread.process().pid());
    if !same_process {
        return Err(Errno::EINVAL);
    }
    thread.attributes.set_name(bytes.strip_suffix(b"\n").unwrap_or(bytes));
    Ok(())
}

/// No disk is the kernel's own, so nothing is told of them.
fn tell_io(total: IoTotal, text: &mut Text) {
    let IoTotal { read, written, reads, writes } = total;
    put!(text, "rchar: {read}\nwchar: {written}\nsyscr: {reads}\nsyscw: {writes}\n");
    put!(text, "read_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
}

fn process_io(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    access::check_file(thread)?;
    tell_io(thread.process().io(), text);
    Ok(())
}

fn thread_io(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    access::check_file(thread)?;
    tell_io(thread.io.total(), text);
    Ok(())
}

fn identity_map(_thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    text.bytes(b"         0          0 4294967295\n");
    Ok(())
}

fn personality(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    put!(text, "{:08x}\n", thread.process().attributes.personality.load(Ordering::Relaxed));
    Ok(())
}

fn schedule_statistics(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    put!(text, "{} 0 1\n", thread.cpu_time());
    Ok(())
}

fn oom_adjustment(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    put!(text, "{}\n", thread.process().attributes.oom_score_adjustment.load(Ordering::Relaxed));
    Ok(())
}

fn set_oom_adjustment(thread: &Thread, bytes: &[u8]) -> Result<(), Errno> {
    let text = core::str::from_utf8(bytes).map_err(|_| Errno::EINVAL)?;
    let value: i32 = text.trim().parse().map_err(|_| Errno::EINVAL)?;
    if !(-1000..=1000).contains(&value) {
        return Err(Errno::EINVAL);
    }
    let adjustment = &thread.process().attributes.oom_score_adjustment;
    let privileged =
        sched::current().is_some_and(|current| current.credentials().has_capability(CAP_SYS_RESOURCE));
    if value < adjustment.load(Ordering::Relaxed) && !privileged {
        return Err(Errno::EACCES);
    }
    adjustment.store(value, Ordering::Relaxed);
    Ok(())
}

fn core_filter(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    put!(text, "{:08x}\n", thread.process().attributes.core_filter.load(Ordering::Relaxed));
    Ok(())
}

fn set_core_filter(thread: &Thread, bytes: &[u8]) -> Result<(), Errno> {
    /// The kinds of memory that there are.
    const ALL: u32 = 0x1ff;
    let filter = number(bytes)? & ALL;
    thread.process().attributes.core_filter.store(filter, Ordering::Relaxed);
    Ok(())
}

/// A number as Linux reads one from a file: decimal, octal after `0` or hexadecimal after `0x`, and a line's end.
fn number(bytes: &[u8]) -> Result<u32, Errno> {
    let text = core::str::from_utf8(bytes).map_err(|_| Errno::EINVAL)?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_prefix('+').unwrap_or(text);
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(Errno::EINVAL);
    }
    u32::from_str_radix(digits, radix).map_err(|_| Errno::ERANGE)
}

/// Names and units of /proc/PID/limits, in the order of the numbers.
const LIMITS: [(&str, &str); Resource::COUNT] = [
    ("Max cpu time", "seconds"),
    ("Max file size", "bytes"),
    ("Max data size", "bytes"),
    ("Max stack size", "bytes"),
    ("Max core file size", "bytes"),
    ("Max resident set", "bytes"),
    ("Max processes", "processes"),
    ("Max open files", "files"),
    ("Max locked memory", "bytes"),
    ("Max address space", "bytes"),
    ("Max file locks", "locks"),
    ("Max pending signals", "signals"),
    ("Max msgqueue size", "bytes"),
    ("Max nice priority", ""),
    ("Max realtime priority", ""),
    ("Max realtime timeout", "us"),
];

fn limits(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    let limits = thread.process().limits();
    put!(text, "{:<25} {:<20} {:<20} {:<10}\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for ((name, unit), resource) in LIMITS.iter().zip(Resource::ALL) {
        let limit = limits.get(resource);
        put!(text, "{name:<25}");
        for value in [limit.rlim_cur, limit.rlim_max] {
            match value {
                RLIM_INFINITY => put!(text, " {:<20}", "unlimited"),
                value => put!(text, " {value:<20}"),
            }
        }
        put!(text, " {unit:<10}\n");
    }
    Ok(())
}

/// What is escaped in the names of mounts.
const MOUNT_ESCAPES: &[u8] = b" \t\n\\#";

/// The options of a mount, as mount(8) spells them.
fn mount_options(mount: &Mount, text: &mut Text) {
    const NAMES: [(MountFlags, &str); 6] = [
        (MountFlags::NO_SUID, ",nosuid"),
        (MountFlags::NO_DEV, ",nodev"),
        (MountFlags::NO_EXEC, ",noexec"),
        (MountFlags::NO_ATIME, ",noatime"),
        (MountFlags::NO_DIR_ATIME, ",nodiratime"),
        (MountFlags::RELATIME, ",relatime"),
    ];
    let flags = mount.flags();
    text.bytes(if flags.contains(MountFlags::READ_ONLY) { b"ro" } else { b"rw" });
    for (flag, name) in NAMES {
        if flags.contains(flag) {
            text.bytes(name.as_bytes());
        }
    }
}

/// Calls back with each mount that a thread sees, and its place as the thread sees it.
fn each_mount(thread: &Thread, mut receiver: impl FnMut(&Mount, &[u8])) {
    let context = thread.fs();
    let root = context.root();
    for mount in context.namespace().list() {
        match mount.place() {
            Some(place) if place.is_within(&root) => receiver(&mount, &place.display_from(&root)),
            None => receiver(&mount, b"/"),
            Some(_) => {}
        }
    }
}

fn mounts(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    each_mount(thread, |mount, place| {
        text.escaped(mount.source(), MOUNT_ESCAPES);
        text.bytes(b" ");
        text.escaped(place, MOUNT_ESCAPES);
        put!(text, " {} ", mount.file_system().type_name());
        mount_options(mount, text);
        text.bytes(b" 0 0\n");
    });
    Ok(())
}

fn mount_information(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    each_mount(thread, |mount, place| {
        let parent = mount.place().map_or(mount.id(), |place| place.mount.id());
        let device = mount.file_system().root().metadata().map_or(0, |metadata| metadata.device);
        let (major, minor) = split_device(device);
        put!(text, "{} {parent} {major}:{minor} / ", mount.id());
        text.escaped(place, MOUNT_ESCAPES);
        text.bytes(b" ");
        mount_options(mount, text);
        put!(text, " - {} ", mount.file_system().type_name());
        text.escaped(mount.source(), MOUNT_ESCAPES);
        text.bytes(if mount.flags().contains(MountFlags::READ_ONLY) { b" ro\n" } else { b" rw\n" });
    });
    Ok(())
}

/// /proc/PID/fdinfo/N.
pub(super) fn descriptor(thread: &Thread, fd: Fd, text: &mut Text) -> Result<(), Errno> {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let files = thread.files();
    let file = files.get(fd).map_err(|_| Errno::ENOENT)?;
    let close_on_exec = if files.close_on_exec(fd).unwrap_or(false) { CLOSE_ON_EXEC } else { 0 };
    let position = *file.position();
    let inode = file.inode().metadata().map_or(0, |metadata| metadata.inode);
    put!(text, "pos:\t{position}\nflags:\t0{:o}\n", file.flags() | close_on_exec);
    put!(text, "mnt_id:\t{}\nino:\t{inode}\n", file.path().mount.id());
    // The text takes whatever is written.
    let _ = file.file().show_information(text);
    Ok(())
}
