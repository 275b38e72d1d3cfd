//! Texts about a program's memory: maps, and what lies in it.

use alloc::vec::Vec;

use abi::Errno;

use super::text::{Text, put};
use crate::fs::split_device;
use crate::loader::StackPlaces;
use crate::mm::{PAGE_SIZE, Protection, Resident, VmaFlags, VmaInfo};
use crate::sched;
use crate::task::Thread;
use crate::user;

/// Writes the bytes of a part of the program's memory, as far as they can be reached.
fn contents(thread: &Thread, text: &mut Text, part: (u64, u64)) -> Result<(), Errno> {
    /// As much as execve(2) takes at most of the stack.
    const MOST: u64 = 6 << 20;
    let (start, end) = part;
    let length = usize::try_from(end.saturating_sub(start).min(MOST)).unwrap_or(0);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    let memory = thread.process().memory();
    let read = || user::read_bytes(start, &mut bytes).unwrap_or(0);
    // Who has ended has nothing to tell.
    let count = sched::visit(&memory, read).unwrap_or(0);
    text.bytes(bytes.get(..count).unwrap_or_default());
    Ok(())
}

fn places(thread: &Thread) -> Option<StackPlaces> {
    thread.process().image().map(|image| image.places)
}

/// /proc/PID/cmdline: the arguments. A program that wrote over the last one's end has put another text there, which
/// may go on where the environment was (setproctitle(3)).
pub(super) fn command_line(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    let Some(places) = places(thread) else { return Ok(()) };
    let (start, end) = places.arguments;
    contents(thread, text, (start, end))?;
    if text.0.last().is_some_and(|&byte| byte != 0) && places.environment.0 == end {
        text.0.clear();
        contents(thread, text, (start, places.environment.1.min(start.saturating_add(PAGE_SIZE))))?;
        let title = text.0.iter().position(|&byte| byte == 0);
        text.0.truncate(title.map_or(text.0.len(), |zero| zero + 1));
    }
    Ok(())
}

/// /proc/PID/environ.
pub(super) fn environment(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    places(thread).map_or(Ok(()), |places| contents(thread, text, places.environment))
}

/// /proc/PID/auxv.
pub(super) fn auxiliary(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    places(thread).map_or(Ok(()), |places| contents(thread, text, places.auxiliary))
}

fn each(thread: &Thread, receiver: impl FnMut(&VmaInfo)) {
    let root = sched::current().map_or_else(|| thread.fs().root(), |current| current.fs().root());
    thread.process().memory().for_each_vma(&root, receiver);
}

/// The head of a mapping: one line of maps.
fn line(info: &VmaInfo, text: &mut Text) {
    let letter = |flag, letter| if info.protection.contains(flag) { letter } else { '-' };
    let (major, minor) = split_device(info.device);
    let start = text.0.len();
    put!(
        text,
        "{:08x}-{:08x} {}{}{}{} {:08x} {major:02x}:{minor:02x} {} ",
        info.range.start,
        info.range.end,
        letter(Protection::READ, 'r'),
        letter(Protection::WRITE, 'w'),
        letter(Protection::EXECUTE, 'x'),
        if info.flags.contains(VmaFlags::SHARED) { 's' } else { 'p' },
        info.offset,
        info.inode
    );
    if !info.name.is_empty() {
        /// Where names start, as on 64-bit Linux.
        const NAMES: usize = 73;
        while text.0.len() < start + NAMES {
            text.bytes(b" ");
        }
        for &byte in &info.name {
            // Only a new line would break the form (seq_file_path).
            text.bytes(if byte == b'\n' { b"\\012" } else { core::slice::from_ref(&byte) });
        }
    }
    text.bytes(b"\n");
}

/// /proc/PID/maps.
pub(super) fn maps(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    each(thread, |info| line(info, text));
    Ok(())
}

fn sizes(resident: Resident, text: &mut Text) {
    let shared = resident.shared_memory + resident.file;
    let sizes = [
        ("Rss", resident.all),
        ("Pss", resident.all),
        ("Pss_Dirty", resident.anonymous),
        ("Shared_Clean", 0),
        ("Shared_Dirty", 0),
        ("Private_Clean", shared),
        ("Private_Dirty", resident.anonymous),
        ("Referenced", resident.all),
        ("Anonymous", resident.anonymous),
        ("LazyFree", 0),
        ("AnonHugePages", 0),
        ("ShmemPmdMapped", 0),
        ("FilePmdMapped", 0),
        ("Shared_Hugetlb", 0),
        ("Private_Hugetlb", 0),
        ("Swap", 0),
        ("SwapPss", 0),
        ("Locked", 0),
    ];
    for (name, bytes) in sizes {
        size(name, bytes, text);
    }
}

fn size(name: &str, bytes: u64, text: &mut Text) {
    put!(text, "{:<15} {:8} kB\n", alloc::format!("{name}:"), bytes / 1024);
}

/// The two-letter flags of a mapping (`VmFlags`).
fn flags(info: &VmaInfo, text: &mut Text) {
    const PROTECTION: [(Protection, &[u8]); 3] =
        [(Protection::READ, b" rd"), (Protection::WRITE, b" wr"), (Protection::EXECUTE, b" ex")];
    const FLAGS: [(VmaFlags, &[u8]); 9] = [
        (VmaFlags::SHARED, b" sh"),
        (VmaFlags::GROWS_DOWN, b" gd"),
        (VmaFlags::LOCKED, b" lo"),
        (VmaFlags::SEQUENTIAL, b" sr"),
        (VmaFlags::RANDOM, b" rr"),
        (VmaFlags::DONT_FORK, b" dc"),
        (VmaFlags::DONT_DUMP, b" dd"),
        (VmaFlags::HUGE_PAGE, b" hg"),
        (VmaFlags::NO_HUGE_PAGE, b" nh"),
    ];
    text.bytes(b"VmFlags:");
    for (flag, name) in PROTECTION {
        text.bytes(if info.protection.contains(flag) { name } else { b"" });
    }
    for (flag, name) in FLAGS {
        text.bytes(if info.flags.contains(flag) { name } else { b"" });
    }
    text.bytes(b" \n");
}

/// /proc/PID/smaps.
pub(super) fn long_maps(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    let memory = thread.process().memory();
    each(thread, |info| {
        line(info, text);
        size("Size", info.range.end - info.range.start, text);
        size("KernelPageSize", PAGE_SIZE, text);
        size("MMUPageSize", PAGE_SIZE, text);
        let resident = sched::visit(&memory, || memory.resident(info.range.clone()));
        sizes(resident.unwrap_or_default(), text);
        text.bytes(b"THPeligible:           0\n");
        flags(info, text);
    });
    Ok(())
}

/// All that is in memory of a program.
pub(super) fn resident(thread: &Thread) -> Resident {
    let mut ranges = Vec::new();
    each(thread, |info| ranges.push(info.range.clone()));
    let memory = thread.process().memory();
    let count = || {
        ranges.into_iter().fold(Resident::default(), |mut sum, range| {
            let part = memory.resident(range);
            sum.all += part.all;
            sum.anonymous += part.anonymous;
            sum.file += part.file;
            sum.shared_memory += part.shared_memory;
            sum
        })
    };
    sched::visit(&memory, count).unwrap_or_default()
}

/// /proc/PID/smaps_rollup.
pub(super) fn rolled_up(thread: &Thread, text: &mut Text) -> Result<(), Errno> {
    let (mut first, mut last) = (u64::MAX, 0);
    each(thread, |info| (first, last) = (first.min(info.range.start), last.max(info.range.end)));
    put!(text, "{first:08x}-{last:08x} ---p 00000000 00:00 0                          [rollup]\n");
    sizes(resident(thread), text);
    Ok(())
}
