//! Programs whose ELF headers lie. What Linux's `execve` refuses must be refused here with status 126 and
//! one line; what it runs must end in the same way here, or be refused in that manner.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::launch::set_mode;
use super::{CANNOT_EXECUTE, Context, NOT_FOUND, PROGRAMS};
use crate::compare::Verdict;
use crate::process::{self, End};
use crate::side::Fresh;

/// Offsets in the file header and in a program header (see elf(5)).
const PHNUM: usize = 56;
const PHENTSIZE: usize = 54;
const PHOFF: usize = 32;
const ENTRY: usize = 24;
const HEADER: usize = 64;
const PH_SIZE: usize = 56;
const PH_TYPE: usize = 0;
const PH_OFFSET: usize = 8;
const PH_VADDR: usize = 16;
const PH_FILESZ: usize = 32;
const PH_MEMSZ: usize = 40;
const PH_ALIGN: usize = 48;

/// The small program without a C library.
fn bare(context: &Context) -> Result<Vec<u8>, String> {
    read(context, PROGRAMS[0])
}

/// The dynamic program.
fn dynamic(context: &Context) -> Result<Vec<u8>, String> {
    read(context, PROGRAMS[1])
}

fn read(context: &Context, name: &str) -> Result<Vec<u8>, String> {
    let path = context.guests.join(name);
    std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
}

fn number(image: &[u8], at: usize, size: usize) -> usize {
    let bytes = image.get(at..at + size).unwrap_or_default();
    bytes.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte))
}

/// Writes a value of eight bytes into the image.
fn put(image: &mut [u8], at: usize, value: u64) {
    for (index, byte) in value.to_le_bytes().into_iter().enumerate() {
        if let Some(place) = image.get_mut(at + index) {
            *place = byte;
        }
    }
}

/// The file offset of the first program header of that type.
fn header_of(image: &[u8], kind: usize) -> Option<usize> {
    let first = number(image, PHOFF, 8);
    (0..number(image, PHNUM, 2))
        .map(|i| first + i * PH_SIZE)
        .find(|at| number(image, at + PH_TYPE, 4) == kind)
}

/// What Linux does with the file: how it ends, or none when `execve` refuses it.
fn on_linux(path: &Path) -> Option<End> {
    let mut command = Command::new(path);
    command.env_clear().current_dir("/").stdin(Stdio::null());
    // A program that never begins must not be taken for one that Linux runs.
    command.process_group(0);
    process::run(command, b"", Duration::from_secs(5)).ok().map(|outcome| outcome.end)
}

/// Runs an image on both sides and compares.
fn compare(context: &Context, case: &str, image: &[u8]) -> Result<Verdict, String> {
    let directory = Fresh::new()?;
    let path = directory.path().join("program");
    std::fs::write(&path, image).map_err(|error| error.to_string())?;
    set_mode(&path, 0o755)?;
    let linux = on_linux(&path);
    let here = context.run(&["--", &path.display().to_string()])?;
    let refusal = context.refused(case, &here, CANNOT_EXECUTE, &["program"]);
    Ok(match linux {
        None => refusal,
        // Linux looks at little and lets much pass; who looks closer may refuse what makes no sense.
        Some(_) if refusal.failure.is_none() => refusal,
        Some(end) if end == here.end && !says_panic(&here.stderr) => Verdict::pass(context.name(case)),
        Some(end) => {
            let words = String::from_utf8_lossy(&here.stderr);
            let words = words.lines().next().unwrap_or_default().to_string();
            Verdict::differ(
                context.name(case),
                format!("as on Linux: {end}"),
                format!("{}: {words}", here.end),
            )
        }
    })
}

fn says_panic(stderr: &[u8]) -> bool {
    String::from_utf8_lossy(stderr).to_lowercase().contains("panic")
}

/// The program cut off after every byte of its headers.
pub(super) fn truncated(context: &Context) -> Result<Vec<Verdict>, String> {
    let image = bare(context)?;
    let end = number(&image, PHOFF, 8) + number(&image, PHNUM, 2) * PH_SIZE;
    let step = if context.full { 1 } else { 3 };
    let mut verdicts = vec![compare(context, "whole", &image)?];
    let lengths = (0..HEADER).chain((HEADER..end).step_by(step)).chain([end, end + 1]);
    for length in lengths {
        let part = image.get(..length).unwrap_or(&image);
        verdicts.push(compare(context, &format!("{length}-bytes"), part)?);
    }
    Ok(verdicts)
}

/// Every byte of the headers set to something else.
pub(super) fn bytes(context: &Context) -> Result<Vec<Verdict>, String> {
    let image = bare(context)?;
    let end = number(&image, PHOFF, 8) + number(&image, PHNUM, 2) * PH_SIZE;
    let values: &[u8] = if context.full { &[0xff, 0x80, 0x01, 0x00] } else { &[0xff] };
    let mut verdicts = Vec::new();
    for value in values {
        for at in 0..end {
            let mut changed = image.clone();
            match changed.get_mut(at) {
                Some(byte) if byte != value => *byte = *value,
                _ => continue,
            }
            verdicts.push(compare(context, &format!("byte-{at}-is-{value:02x}"), &changed)?);
        }
    }
    Ok(verdicts)
}

/// Program headers that make no sense.
pub(super) fn headers(context: &Context) -> Result<Vec<Verdict>, String> {
    let image = bare(context)?;
    let load = header_of(&image, 1).ok_or("the program has no segment to load")?;
    let last = number(&image, PHOFF, 8) + (number(&image, PHNUM, 2) - 1) * PH_SIZE;
    let edits: [(&str, &[(usize, u64)]); 24] = [
        ("memory-size-huge", &[(load + PH_MEMSZ, 1 << 46)]),
        ("memory-size-half-of-all", &[(load + PH_MEMSZ, 1 << 63)]),
        ("memory-size-all", &[(load + PH_MEMSZ, u64::MAX)]),
        ("memory-smaller-than-file", &[(load + PH_FILESZ, 4096), (load + PH_MEMSZ, 1)]),
        ("file-size-beyond-the-file", &[(load + PH_FILESZ, 1 << 30), (load + PH_MEMSZ, 1 << 30)]),
        ("file-size-all", &[(load + PH_FILESZ, u64::MAX), (load + PH_MEMSZ, u64::MAX)]),
        ("offset-beyond-the-file", &[(load + PH_OFFSET, 1 << 30)]),
        ("offset-negative", &[(load + PH_OFFSET, u64::MAX - 4095)]),
        ("offset-odd", &[(load + PH_OFFSET, 1)]),
        ("address-zero", &[(load + PH_VADDR, 0)]),
        ("address-wraps", &[(load + PH_VADDR, u64::MAX - 4095)]),
        ("address-of-the-kernel", &[(load + PH_VADDR, 0xffff_8000_0000_0000)]),
        ("address-at-the-top", &[(load + PH_VADDR, 0x7fff_ffff_f000)]),
        ("address-not-canonical", &[(load + PH_VADDR, 0x8000_0000_0000)]),
        ("align-odd", &[(load + PH_ALIGN, 3)]),
        ("align-huge", &[(load + PH_ALIGN, 1 << 62)]),
        ("align-zero", &[(load + PH_ALIGN, 0)]),
        (
            "overlap",
            &[
                (last + PH_TYPE, 0x7_0000_0001),
                (last + PH_VADDR, 0x40_0000),
                (last + PH_OFFSET, 0),
                (last + PH_FILESZ, 4096),
                (last + PH_MEMSZ, 8192),
            ],
        ),
        ("entry-zero", &[(ENTRY, 0)]),
        ("entry-nowhere", &[(ENTRY, 0x1234_5678_9000)]),
        ("entry-in-the-kernel", &[(ENTRY, 0xffff_ffff_8000_0000)]),
        ("entry-not-canonical", &[(ENTRY, 0x8000_0000_0000_0000)]),
        ("headers-beyond-the-file", &[(PHOFF, 1 << 40)]),
        ("headers-at-the-end-of-all", &[(PHOFF, u64::MAX - 8)]),
    ];
    let mut verdicts = Vec::new();
    for (name, changes) in edits {
        let mut changed = image.clone();
        for (at, value) in changes {
            put(&mut changed, *at, *value);
        }
        verdicts.push(compare(context, name, &changed)?);
    }
    verdicts.push(with_two_bytes(context, "sixty-thousand-headers", &image, PHNUM, 0xffff)?);
    verdicts.push(with_two_bytes(context, "no-headers", &image, PHNUM, 0)?);
    verdicts.push(with_two_bytes(context, "small-entries", &image, PHENTSIZE, 8)?);
    verdicts.push(with_two_bytes(context, "for-arm", &image, 18, 183)?);
    verdicts.push(with_two_bytes(context, "for-i386", &image, 18, 3)?);
    verdicts.push(with_two_bytes(context, "an-object-file", &image, 16, 1)?);
    verdicts.push(with_two_bytes(context, "a-core-file", &image, 16, 4)?);
    Ok(verdicts)
}

fn with_two_bytes(
    context: &Context,
    case: &str,
    image: &[u8],
    at: usize,
    value: u16,
) -> Result<Verdict, String> {
    let mut changed = image.to_vec();
    for (index, byte) in value.to_le_bytes().into_iter().enumerate() {
        if let Some(place) = changed.get_mut(at + index) {
            *place = byte;
        }
    }
    compare(context, case, &changed)
}

/// Interpreters that are not there, or are no interpreters.
pub(super) fn interpreter(context: &Context) -> Result<Vec<Verdict>, String> {
    let image = dynamic(context)?;
    let header = header_of(&image, 3).ok_or("the program has no interpreter")?;
    let (at, length) = (number(&image, header + PH_OFFSET, 8), number(&image, header + PH_FILESZ, 8));
    let mut verdicts = Vec::new();
    for (name, path, status) in [
        ("missing", "/no/such/ld.so", NOT_FOUND),
        ("directory", "/etc", CANNOT_EXECUTE),
        ("text", "/etc/passwd", CANNOT_EXECUTE),
        ("device", "/dev/null", CANNOT_EXECUTE),
        ("empty-name", "", CANNOT_EXECUTE),
    ] {
        let mut changed = image.clone();
        for index in 0..length {
            if let Some(place) = changed.get_mut(at + index) {
                *place = path.as_bytes().get(index).copied().unwrap_or(0);
            }
        }
        let directory = Fresh::new()?;
        let file = directory.path().join("program");
        std::fs::write(&file, &changed).map_err(|error| error.to_string())?;
        set_mode(&file, 0o755)?;
        let outcome = context.run(&["--", &file.display().to_string()])?;
        // Linux says ENOENT of the program when it means the interpreter; the line should name the latter.
        let word = if path.is_empty() { "program" } else { path };
        let either = match status {
            NOT_FOUND if outcome.end == End::Status(CANNOT_EXECUTE) => CANNOT_EXECUTE,
            status => status,
        };
        verdicts.push(context.refused(name, &outcome, either, &[word]));
    }
    for (name, at, value) in [
        ("name-too-long", header + PH_FILESZ, 5000),
        ("name-of-one-byte", header + PH_FILESZ, 1),
        ("name-without-end", header + PH_FILESZ, 5),
        ("name-beyond-the-file", header + PH_OFFSET, 1 << 40),
    ] {
        let mut changed = image.clone();
        put(&mut changed, at, value);
        verdicts.push(compare(context, name, &changed)?);
    }
    Ok(verdicts)
}
