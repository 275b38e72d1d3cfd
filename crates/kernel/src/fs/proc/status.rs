//! What a thread does, in numbers: stat, statm and status.

use core::sync::atomic::Ordering;

use abi::Errno;
use abi::resource::Resource;

use super::memory;
use super::text::{Text, put};
use crate::machine::machine;
use crate::mm::PAGE_SIZE;
use crate::sched::{RunState, SCHED_FIFO, SCHED_RR};
use crate::signal::QueueSlot;
use crate::task::Thread;
use crate::task::syscalls::accounting::ticks;
use crate::task::syscalls::scheduling::online_cpus;

/// The letter and the word for what a thread does.
fn state(thread: &Thread) -> (char, &'static str) {
    if thread.process().is_zombie() {
        return ('Z', "zombie");
    }
    if thread.process().signals.lock().stopped().is_some() {
        return ('T', "stopped");
    }
    match thread.placement.lock().state {
        RunState::Runnable => ('R', "running"),
        RunState::Blocked { interruptible: true } => ('S', "sleeping"),
        RunState::Blocked { interruptible: false } => ('D', "disk sleep"),
        // The first thread, which stands for its process until the others have ended, too.
        RunState::Dead => ('Z', "zombie"),
    }
}

/// The signals of a thread: its own pending ones, its process's, blocked, ignored, caught.
fn signals(thread: &Thread) -> [u64; 5] {
    let (shared, handlers) = {
        let signals = thread.process().signals.lock();
        (signals.pending(), alloc::sync::Arc::clone(signals.handlers()))
    };
    let (ignored, caught) = handlers.ignored_and_caught();
    let (own, blocked) = {
        let signals = thread.signals.lock();
        (signals.pending(), signals.mask())
    };
    [own, shared, blocked, ignored, caught].map(abi::signal::SignalSet::bits)
}

/// /proc/PID/stat.
pub(super) fn statistics(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    let process = thread.process();
    let relations = process.relations();
    let scheduling = *thread.attributes.scheduling.lock();
    let memory = process.memory().statistics();
    let resident = memory::resident(thread).all / PAGE_SIZE;
    let [pending, _, blocked, ignored, caught] = signals(thread);
    let places = process.image().map(|image| image.places);
    put!(text, "{} (", thread.tid());
    text.bytes(&thread.attributes.name());
    put!(
        text,
        ") {} {} {} {} {} {} 4194304 0 0 0 0 ",
        state(thread).0,
        process.parent_pid(),
        relations.pgid,
        relations.sid,
        relations.terminal.as_ref().map_or(0, |terminal| terminal.number()),
        relations.terminal.as_ref().map_or(-1, |terminal| terminal.foreground().unwrap_or(-1))
    );
    let time = if thread.tid() == process.pid() { process.cpu_time() } else { thread.cpu_time() };
    put!(text, "{} 0 {} 0 ", ticks(time), ticks(process.children_time()));
    let is_realtime = matches!(scheduling.policy, SCHED_FIFO | SCHED_RR);
    let priority =
        if is_realtime { -1 - i64::from(scheduling.priority) } else { 20 + i64::from(scheduling.nice) };
    put!(text, "{priority} {} {} 0 {} ", scheduling.nice, process.thread_count(), ticks(process.started()));
    put!(text, "{} {resident} {} 1 1 ", memory.usage.total, process.limit(Resource::ResidentSet));
    put!(text, "{} 0 0 ", places.map_or(0, |places| places.stack_pointer));
    put!(text, "{pending} {blocked} {ignored} {caught} 0 0 0 17 ");
    put!(text, "{} {} {} 0 0 0 ", thread.placement.lock().cpu, scheduling.priority, scheduling.policy);
    let (arguments, environment) =
        places.map_or(((0, 0), (0, 0)), |places| (places.arguments, places.environment));
    let heap = process.memory().heap();
    put!(text, "0 0 {} {} {} {} {} 0\n", heap.start, arguments.0, arguments.1, environment.0, environment.1);
    Ok(())
}

/// /proc/PID/statm.
pub(super) fn memory_statistics(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    let usage = thread.process().memory().statistics().usage;
    let resident = memory::resident(thread);
    let pages = [
        usage.total,
        resident.all,
        resident.file + resident.shared_memory,
        usage.executable,
        0,
        usage.data + usage.stack,
        0,
    ];
    for (index, bytes) in pages.iter().enumerate() {
        put!(text, "{}{}", if index == 0 { "" } else { " " }, bytes / PAGE_SIZE);
    }
    text.bytes(b"\n");
    Ok(())
}

fn identity(thread: &Thread, text: &mut Text) {
    let process = thread.process();
    let (letter, word) = state(thread);
    text.bytes(b"Name:\t");
    text.escaped(&thread.attributes.name(), b"\n\\");
    put!(text, "\nUmask:\t{:04o}\nState:\t{letter} ({word})\n", thread.fs().umask());
    put!(text, "Tgid:\t{}\nNgid:\t0\nPid:\t{}\n", process.pid(), thread.tid());
    put!(text, "PPid:\t{}\nTracerPid:\t0\n", process.parent_pid());
    let credentials = thread.credentials();
    let users = [credentials.uid, credentials.euid, credentials.suid, credentials.fsuid];
    let groups = [credentials.gid, credentials.egid, credentials.sgid, credentials.fsgid];
    for (name, ids) in [("Uid", users), ("Gid", groups)] {
        put!(text, "{name}:\t{}\t{}\t{}\t{}\n", ids[0], ids[1], ids[2], ids[3]);
    }
    put!(text, "FDSize:\t{}\nGroups:\t", thread.files().capacity());
    for group in &credentials.groups {
        put!(text, "{group} ");
    }
    let relations = process.relations();
    put!(text, "\nNStgid:\t{}\nNSpid:\t{}\n", process.pid(), thread.tid());
    put!(text, "NSpgid:\t{}\nNSsid:\t{}\nKthread:\t0\n", relations.pgid, relations.sid);
}

fn sizes(thread: &Thread, text: &mut Text) {
    let statistics = thread.process().memory().statistics();
    let resident = memory::resident(thread);
    let sizes = [
        ("VmPeak", statistics.peak.max(statistics.usage.total)),
        ("VmSize", statistics.usage.total),
        ("VmLck", statistics.usage.locked),
        ("VmPin", 0),
        ("VmHWM", resident.all),
        ("VmRSS", resident.all),
        ("RssAnon", resident.anonymous),
        ("RssFile", resident.file),
        ("RssShmem", resident.shared_memory),
        ("VmData", statistics.usage.data),
        ("VmStk", statistics.usage.stack),
        ("VmExe", statistics.usage.executable),
        ("VmLib", 0),
        ("VmPTE", 0),
        ("VmSwap", 0),
        ("HugetlbPages", 0),
    ];
    for (name, bytes) in sizes {
        put!(text, "{name}:\t{:8} kB\n", bytes / 1024);
    }
    text.bytes(b"CoreDumping:\t0\nTHP_enabled:\t1\n");
}

/// A set of processors as ranges, such as `0-3,5`.
fn cpu_ranges(set: u64, text: &mut Text) {
    let mut separator = "";
    let mut cpu = 0;
    while cpu < 64 {
        let rest = set >> cpu;
        if rest == 0 {
            break;
        }
        let first = cpu + rest.trailing_zeros();
        let last = first + (set >> first).trailing_ones() - 1;
        if first == last {
            put!(text, "{separator}{first}");
        } else {
            put!(text, "{separator}{first}-{last}");
        }
        separator = ",";
        cpu = last + 1;
    }
}

/// /proc/PID/status.
pub(super) fn status(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    identity(thread, text);
    sizes(thread, text);
    let credentials = thread.credentials();
    let limit = thread.process().limit(Resource::PendingSignals);
    put!(text, "Threads:\t{}\n", thread.process().thread_count());
    put!(text, "SigQ:\t{}/{limit}\n", QueueSlot::count(credentials.uid));
    let names = ["SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt"];
    for (name, set) in names.iter().zip(signals(thread)) {
        put!(text, "{name}:\t{set:016x}\n");
    }
    for (name, set) in [
        ("CapInh", credentials.inheritable),
        ("CapPrm", credentials.permitted),
        ("CapEff", credentials.effective),
        ("CapBnd", credentials.bounding),
        ("CapAmb", credentials.ambient),
    ] {
        put!(text, "{name}:\t{set:016x}\n");
    }
    let no_new_privileges = u8::from(thread.attributes.no_new_privileges.load(Ordering::Relaxed));
    put!(text, "NoNewPrivs:\t{no_new_privileges}\nSeccomp:\t0\nSeccomp_filters:\t0\n");
    text.bytes(b"Speculation_Store_Bypass:\tnot vulnerable\nSpeculationIndirectBranch:\tnot affected\n");
    let affinity = thread.attributes.scheduling.lock().affinity & online_cpus();
    let digits = machine().cpu_count().div_ceil(4);
    put!(text, "Cpus_allowed:\t{affinity:0digits$x}\nCpus_allowed_list:\t");
    cpu_ranges(affinity, text);
    text.bytes(b"\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
    text.bytes(b"voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n");
    Ok(())
}
