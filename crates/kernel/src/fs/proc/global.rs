//! The files about the world (/proc/meminfo, /proc/sys/…).

use abi::Errno;
use abi::raw::general::CAP_SYS_ADMIN;
use abi::time::NANOSECONDS_PER_SECOND;
use sync::Once;

use super::cpu;
use super::inode::Node;
use super::text::{Text, put};
use crate::fs::{NR_OPEN, notify};
use crate::ipc::mqueue::limits;
use crate::ipc::sysv::{listing, message, semaphore, shared};
use crate::machine::{MachineClock, machine};
use crate::mm::frame;
use crate::net;
use crate::sched::{self, load};
use crate::system;
use crate::task::syscalls::accounting::ticks;
use crate::task::table;
use crate::tty::devpts;

/// Takes what a program wrote into a text.
pub(super) type Change = fn(&[u8]) -> Result<(), Errno>;

/// A text about the world.
#[derive(Debug)]
pub(super) struct TextEntry {
    pub(super) permissions: u32,
    pub(super) write: fn(&mut Text),
    /// Takes what a program wrote; `EPERM` where there is none.
    pub(super) change: Option<Change>,
}

/// What a name in a table is.
#[derive(Debug)]
pub(super) enum Entry {
    Directory(&'static [Named]),
    Text(TextEntry),
    Link(&'static str),
    SelfLink,
    ThreadSelfLink,
}

impl Entry {
    pub(super) const fn node(&'static self) -> Node {
        match self {
            Self::Directory(entries) => Node::Table(entries, false),
            Self::Text(entry) => Node::World(entry),
            Self::Link(text) => Node::Link(text),
            Self::SelfLink => Node::SelfLink(false),
            Self::ThreadSelfLink => Node::SelfLink(true),
        }
    }
}

pub(super) type Named = (&'static str, Entry);

const fn text(name: &'static str, write: fn(&mut Text)) -> Named {
    (name, Entry::Text(TextEntry { permissions: 0o444, write, change: None }))
}

/// A setting of /proc/sys.
const fn setting(name: &'static str, write: fn(&mut Text)) -> Named {
    (name, Entry::Text(TextEntry { permissions: 0o644, write, change: None }))
}

const fn directory(name: &'static str, entries: &'static [Named]) -> Named {
    (name, Entry::Directory(entries))
}

/// /proc/PID/net: all processes see the same network.
pub(super) const NETWORK: &[Named] =
    &[text("unix", |text| net::proc::unix_sockets(|bytes| text.bytes(bytes)))];

/// A setting that is always the same.
macro_rules! fixed {
    ($name:literal, $value:literal) => {
        setting($name, |text| text.bytes(concat!($value, "\n").as_bytes()))
    };
}

/// A limit of message queues, which can be changed.
macro_rules! queue_limit {
    ($name:literal, $setting:ident) => {
        (
            $name,
            Entry::Text(TextEntry {
                permissions: 0o644,
                write: |text| put!(text, "{}\n", limits::$setting.get()),
                change: Some(|bytes| limits::$setting.set(bytes)),
            }),
        )
    };
}

/// The root directory without the processes.
pub(super) const ROOT: &[Named] = &[
    text("cgroups", |text| text.bytes(b"#subsys_name\thierarchy\tnum_cgroups\tenabled\n")),
    text("cmdline", |text| text.bytes(b"\n")),
    text("cpuinfo", cpu::information),
    text("devices", |text| {
        text.bytes(
            b"Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n\nBlock devices:\n",
        );
    }),
    text("filesystems", |text| {
        text.bytes(b"nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\toverlay\nnodev\tpipefs\nnodev\tsockfs\nnodev\tmqueue\n");
    }),
    text("loadavg", load_average),
    text("meminfo", memory),
    text("modules", |_| ()),
    ("mounts", Entry::Link("self/mounts")),
    ("net", Entry::Link("self/net")),
    text("partitions", |text| text.bytes(b"major minor  #blocks  name\n\n")),
    ("self", Entry::SelfLink),
    text("stat", statistics),
    text("swaps", |text| text.bytes(b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")),
    directory("sys", SETTINGS),
    directory(
        "sysvipc",
        &[
            text("msg", |text| in_memory(listing::messages(text))),
            text("sem", |text| in_memory(listing::semaphores(text))),
            text("shm", |text| in_memory(listing::shared_memory(text))),
        ],
    ),
    ("thread-self", Entry::ThreadSelfLink),
    text("uptime", uptime),
    text("version", |text| {
        put!(text, "{} version {} (trapless) {}\n", system::SYSNAME, system::RELEASE, system::VERSION);
    }),
    text("vmstat", |text| {
        let (total, free) = frame::statistics();
        put!(text, "nr_free_pages {}\nnr_mapped {}\n", free / 4096, (total - free) / 4096);
    }),
];

const SETTINGS: &[Named] = &[
    directory("fs", FILE_SETTINGS),
    directory("kernel", KERNEL_SETTINGS),
    directory("net", NETWORK_SETTINGS),
    directory("vm", MEMORY_SETTINGS),
];

const FILE_SETTINGS: &[Named] = &[
    fixed!("aio-max-nr", "65536"),
    fixed!("aio-nr", "0"),
    directory("epoll", &[fixed!("max_user_watches", "218010")]),
    fixed!("file-max", "9223372036854775807"),
    fixed!("file-nr", "1024\t0\t9223372036854775807"),
    directory(
        "inotify",
        &[
            setting("max_queued_events", |text| put!(text, "{}\n", notify::MAX_QUEUED_EVENTS)),
            setting("max_user_instances", |text| put!(text, "{}\n", notify::MAX_USER_INSTANCES)),
            setting("max_user_watches", |text| put!(text, "{}\n", notify::max_user_watches())),
        ],
    ),
    fixed!("lease-break-time", "45"),
    fixed!("leases-enable", "1"),
    fixed!("mount-max", "1024"),
    directory(
        "mqueue",
        &[
            queue_limit!("msg_default", MESSAGES_DEFAULT),
            queue_limit!("msg_max", MESSAGES_MAX),
            queue_limit!("msgsize_default", SIZE_DEFAULT),
            queue_limit!("msgsize_max", SIZE_MAX),
            queue_limit!("queues_max", QUEUES_MAX),
        ],
    ),
    setting("nr_open", |text| put!(text, "{NR_OPEN}\n")),
    fixed!("overflowgid", "65534"),
    fixed!("overflowuid", "65534"),
    fixed!("pipe-max-size", "1048576"),
    fixed!("pipe-user-pages-hard", "0"),
    fixed!("pipe-user-pages-soft", "16384"),
    fixed!("protected_fifos", "0"),
    fixed!("protected_hardlinks", "0"),
    fixed!("protected_regular", "0"),
    fixed!("protected_symlinks", "0"),
    fixed!("suid_dumpable", "0"),
];

const TERMINAL_SETTINGS: &[Named] = &[
    (
        "max",
        Entry::Text(TextEntry {
            permissions: 0o644,
            write: |text| put!(text, "{}\n", devpts::limit()),
            change: Some(set_terminal_limit),
        }),
    ),
    text("nr", |text| put!(text, "{}\n", devpts::count())),
    // Linux keeps some for the system's own /dev/pts where there are several.
    fixed!("reserve", "1024"),
];

fn set_terminal_limit(bytes: &[u8]) -> Result<(), Errno> {
    let text = core::str::from_utf8(bytes).map_err(|_| Errno::EINVAL)?;
    devpts::set_limit(text.trim().parse().map_err(|_| Errno::EINVAL)?)
}

const KERNEL_SETTINGS: &[Named] = &[
    fixed!("cap_last_cap", "40"),
    fixed!("core_pattern", "core"),
    fixed!("core_uses_pid", "0"),
    fixed!("dmesg_restrict", "0"),
    (
        "domainname",
        Entry::Text(TextEntry {
            permissions: 0o644,
            write: |text| name(&system::domain_name(), text),
            change: Some(|bytes| set_name(bytes, system::set_domain_name)),
        }),
    ),
    (
        "hostname",
        Entry::Text(TextEntry {
            permissions: 0o644,
            write: |text| name(&system::host_name(), text),
            change: Some(|bytes| set_name(bytes, system::set_host_name)),
        }),
    ),
    fixed!("kptr_restrict", "0"),
    setting("msgmax", |text| put!(text, "{}\n", message::MESSAGE_MAX)),
    setting("msgmnb", |text| put!(text, "{}\n", message::QUEUE_BYTES)),
    setting("msgmni", |text| put!(text, "{}\n", message::QUEUES)),
    fixed!("ngroups_max", "65536"),
    text("osrelease", |text| put!(text, "{}\n", system::RELEASE)),
    text("ostype", |text| put!(text, "{}\n", system::SYSNAME)),
    fixed!("overflowgid", "65534"),
    fixed!("overflowuid", "65534"),
    fixed!("perf_event_paranoid", "2"),
    setting("pid_max", |text| put!(text, "{}\n", table::PID_MAX)),
    fixed!("printk", "4\t4\t1\t7"),
    directory("pty", TERMINAL_SETTINGS),
    directory(
        "random",
        &[
            text("boot_id", |text| uuid(boot_id(), text)),
            text("entropy_avail", |text| text.bytes(b"256\n")),
            text("poolsize", |text| text.bytes(b"256\n")),
            fixed!("urandom_min_reseed_secs", "60"),
            text("uuid", |text| uuid(random_id(), text)),
            fixed!("write_wakeup_threshold", "256"),
        ],
    ),
    fixed!("randomize_va_space", "2"),
    fixed!("sched_rr_timeslice_ms", "100"),
    fixed!("sched_rt_period_us", "1000000"),
    fixed!("sched_rt_runtime_us", "950000"),
    setting("sem", |text| {
        let [per_set, in_all, per_call, sets] = semaphore::LIMITS;
        put!(text, "{per_set}\t{in_all}\t{per_call}\t{sets}\n");
    }),
    setting("shmall", |text| put!(text, "{}\n", shared::SIZE_MAX)),
    setting("shmmax", |text| put!(text, "{}\n", shared::SIZE_MAX)),
    setting("shmmni", |text| put!(text, "{}\n", shared::SEGMENTS)),
    fixed!("tainted", "0"),
    fixed!("threads-max", "31000"),
    text("version", |text| put!(text, "{}\n", system::VERSION)),
    directory("yama", &[fixed!("ptrace_scope", "1")]),
];

const NETWORK_SETTINGS: &[Named] = &[
    directory(
        "core",
        &[
            setting("optmem_max", |text| put!(text, "{}\n", net::CONTROL_MAX)),
            setting("rmem_default", |text| put!(text, "{}\n", net::BUFFER_DEFAULT)),
            setting("rmem_max", |text| put!(text, "{}\n", net::BUFFER_MAX)),
            setting("somaxconn", |text| put!(text, "{}\n", net::BACKLOG_MAX)),
            setting("wmem_default", |text| put!(text, "{}\n", net::BUFFER_DEFAULT)),
            setting("wmem_max", |text| put!(text, "{}\n", net::BUFFER_MAX)),
        ],
    ),
    directory(
        "ipv4",
        &[
            fixed!("ip_local_port_range", "32768\t60999"),
            fixed!("ip_unprivileged_port_start", "1024"),
            fixed!("tcp_fin_timeout", "60"),
        ],
    ),
    directory("unix", &[setting("max_dgram_qlen", |text| put!(text, "{}\n", net::unix::DATAGRAM_QUEUE))]),
];

const MEMORY_SETTINGS: &[Named] = &[
    fixed!("dirty_background_ratio", "10"),
    fixed!("dirty_ratio", "20"),
    fixed!("max_map_count", "65530"),
    fixed!("min_free_kbytes", "67584"),
    fixed!("mmap_min_addr", "65536"),
    fixed!("nr_hugepages", "0"),
    fixed!("overcommit_kbytes", "0"),
    fixed!("overcommit_memory", "0"),
    fixed!("overcommit_ratio", "50"),
    fixed!("swappiness", "60"),
    fixed!("vfs_cache_pressure", "100"),
];

/// What writing to a text gives: there is no reason to fail.
const fn in_memory(_: core::fmt::Result) {}

fn name(name: &[u8], text: &mut Text) {
    text.bytes(name.split(|&byte| byte == 0).next().unwrap_or_default());
    text.bytes(b"\n");
}

fn set_name(bytes: &[u8], set: fn(&[u8])) -> Result<(), Errno> {
    let privileged =
        sched::current().is_some_and(|current| current.credentials().has_capability(CAP_SYS_ADMIN));
    if !privileged {
        return Err(Errno::EPERM);
    }
    set(bytes.split(|&byte| byte == b'\n' || byte == 0).next().unwrap_or_default());
    Ok(())
}

fn random_id() -> [u8; 16] {
    let mut id = [0; 16];
    machine().random(&mut id);
    // Version 4 and variant 1 (RFC 9562).
    id[6] = id[6] & 0x0f | 0x40;
    id[8] = id[8] & 0x3f | 0x80;
    id
}

/// A number that stays the same as long as the world runs.
fn boot_id() -> [u8; 16] {
    static ID: Once<[u8; 16]> = Once::new();
    if ID.get().is_none() {
        let _ = ID.set(random_id());
    }
    ID.get().copied().unwrap_or_default()
}

fn uuid(id: [u8; 16], text: &mut Text) {
    for (index, byte) in id.iter().enumerate() {
        put!(text, "{}{byte:02x}", if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" });
    }
    text.bytes(b"\n");
}

fn runnable() -> usize {
    let threads = table::processes().into_iter().flat_map(|process| process.threads());
    threads.filter(|thread| thread.placement.lock().state == sched::RunState::Runnable).count()
}

fn load_average(text: &mut Text) {
    let (running, all) = (runnable(), table::thread_count());
    for average in load::averages() {
        let hundredths = (average + load::ONE / 200) * 100 / load::ONE;
        put!(text, "{}.{:02} ", hundredths / 100, hundredths % 100);
    }
    put!(text, "{running}/{all} {}\n", table::last_number());
}

fn memory(text: &mut Text) {
    let (total, free) = frame::statistics();
    let kernel = machine().heap_usage().used;
    let sizes = [
        ("MemTotal", total),
        ("MemFree", free),
        ("MemAvailable", free),
        ("Buffers", 0),
        ("Cached", total - free),
        ("SwapCached", 0),
        ("Active", total - free),
        ("Inactive", 0),
        ("Unevictable", 0),
        ("Mlocked", 0),
        ("SwapTotal", 0),
        ("SwapFree", 0),
        ("Dirty", 0),
        ("Writeback", 0),
        ("AnonPages", 0),
        ("Mapped", 0),
        ("Shmem", total - free),
        ("KReclaimable", 0),
        ("Slab", kernel),
        ("SReclaimable", 0),
        ("SUnreclaim", kernel),
        ("PageTables", 0),
        ("CommitLimit", total),
        ("Committed_AS", 0),
        ("VmallocTotal", 34_359_738_367 * 1024),
        ("VmallocUsed", 0),
    ];
    for (name, bytes) in sizes {
        put!(text, "{:<15} {:8} kB\n", alloc::format!("{name}:"), bytes / 1024);
    }
    text.bytes(b"HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\n");
    text.bytes(b"HugePages_Surp:        0\nHugepagesize:       2048 kB\n");
}

fn statistics(text: &mut Text) {
    let count = machine().cpu_count();
    let busy: u64 = table::processes().iter().map(|process| process.cpu_time()).sum();
    let up = machine().now(MachineClock::Boottime);
    let all = up.saturating_mul(count as u64);
    put!(text, "cpu  {} 0 0 {} 0 0 0 0 0 0\n", ticks(busy), ticks(all.saturating_sub(busy)));
    let share = busy / count.max(1) as u64;
    for cpu in 0..count {
        put!(text, "cpu{cpu} {} 0 0 {} 0 0 0 0 0 0\n", ticks(share), ticks(up.saturating_sub(share)));
    }
    let started = crate::time::realtime().saturating_sub(up) / NANOSECONDS_PER_SECOND;
    put!(text, "intr 0\nctxt 0\nbtime {started}\nprocesses {}\n", table::last_number());
    put!(text, "procs_running {}\nprocs_blocked 0\n", runnable());
}

fn uptime(text: &mut Text) {
    let up = machine().now(MachineClock::Boottime);
    let busy: u64 = table::processes().iter().map(|process| process.cpu_time()).sum();
    let idle = up.saturating_mul(machine().cpu_count() as u64).saturating_sub(busy);
    for (time, end) in [(up, " "), (idle, "\n")] {
        let hundredths = time / (NANOSECONDS_PER_SECOND / 100);
        put!(text, "{}.{:02}{end}", hundredths / 100, hundredths % 100);
    }
}
