//! Random bytes, and every `syscall` of the libraries and programs of this machine: nothing panics, and an
//! independent decoder agrees with every plan.
//!
//! Runs for a second or so; `REWRITE_FUZZ_SECONDS` gives it more.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, a panic is how something wrong is told"
)]

mod check;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use check::{ENTRY, check};
use rewrite::{Declined, Form, Function, Text, frames, plan, symbols};

/// xorshift64*: as random as this needs, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).unwrap()
    }
}

fn budget() -> Duration {
    let seconds = std::env::var("REWRITE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

/// Instructions that are often found around system calls, to get past the first byte.
const USUAL: [&[u8]; 14] = [
    &[0xb8, 1, 0, 0, 0],
    &[0x48, 0xc7, 0xc0, 9, 0, 0, 0],
    &[0x31, 0xc0],
    &[0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff],
    &[0x0f, 0x05],
    &[0xc3],
    &[0x50],
    &[0x74, 5],
    &[0x75, 0xf9],
    &[0x48, 0x8b, 0x05, 0x10, 0, 0, 0],
    &[0xf3, 0x0f, 0x1e, 0xfa],
    &[0xe8, 1, 2, 0, 0],
    &[0x90],
    &[0x0f, 0x87, 0, 0, 0, 0],
];

fn random_text(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    let length = 1 + random.index(80);
    while bytes.len() < length {
        if random.below(3) > 0 {
            bytes.extend_from_slice(USUAL[random.index(USUAL.len())]);
        } else {
            bytes.push(random.next().to_le_bytes()[3]);
        }
    }
    bytes
}

/// Plans a site and checks the plan for stubs in several places.
fn try_site(site: u64, text: &Text<'_>, function: Option<&Function>) -> Result<Form, Declined> {
    let plan = plan(site, text, function)?;
    let window = plan.reach().window();
    let middle = site.saturating_sub(0x1_0000);
    for from in [window.start, middle, site.saturating_add(0x2_0000), window.end - 1] {
        let Some(stub) = plan.reach().next(from) else { continue };
        let (patch, code) = plan.patch(stub, ENTRY).expect("the stub suits");
        // What only one decoder knows is not compared.
        let _ = check(text, &plan, &patch, &code);
    }
    plan.reach().next(window.start).ok_or(Declined::OutOfReach)?;
    Ok(plan.form())
}

#[test]
fn random_bytes() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let end = Instant::now() + budget();
    let mut forms: BTreeMap<_, u64> = BTreeMap::new();
    while Instant::now() < end {
        for _ in 0..1000 {
            let bytes = random_text(&mut random);
            let address = [0x1_0000, 0x40_1000, 0x5555_5555_4000, 0x7fff_ffff_0000, u64::MAX - 60]
                [random.index(5)]
                + random.below(16);
            let text = Text { address, bytes: &bytes };
            let site = address.wrapping_add(random.below(bytes.len() as u64 + 2));
            let start = address.saturating_add(random.below(bytes.len() as u64));
            let length = random.below(bytes.len() as u64 + 4);
            let range = start..start.saturating_add(length);
            let function = Function { next: range.end.saturating_add(random.below(9)), range };
            *forms.entry(try_site(site, &text, Some(&function))).or_default() += 1;
            *forms.entry(try_site(site, &text, None)).or_default() += 1;
        }
    }
    println!("{forms:?}");
    assert!(forms.contains_key(&Ok(Form::Before)) && forms.contains_key(&Ok(Form::Over)));
}

#[test]
fn random_tables() {
    let mut random = Random(7);
    let end = Instant::now() + budget();
    while Instant::now() < end {
        let mut bytes: Vec<u8> =
            (0..256).map(|_| [0, 0x1b, 0x3b, 3, 1, 0xff, b'z', b'R'][random.index(8)]).collect();
        for _ in 0..random.below(64) {
            let index = random.index(bytes.len());
            bytes[index] = random.next().to_le_bytes()[0];
        }
        bytes[..4].copy_from_slice(&[1, 0x1b, 0x03, 0x3b]);
        let _ = frames::find(&bytes[..], random.below(64), random.below(300));
        let _ =
            frames::scan(&bytes[..], &(random.below(64)..random.next()), random.below(99), random.below(300));
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        let _ = symbols::find(&bytes[..], random.below(300));
    }
}

/// One executable segment of an ELF file.
struct Segment {
    offset: usize,
    address: u64,
    size: usize,
}

fn half(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)))
}

fn double(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The executable segments of a file, and where its sorted unwinding table lies in memory.
fn segments(bytes: &[u8]) -> Option<(Vec<Segment>, Option<u64>)> {
    if bytes.get(..6)? != b"\x7fELF\x02\x01" || half(bytes, 18)? != 62 {
        return None;
    }
    let (table, count) = (usize::try_from(double(bytes, 32)?).ok()?, half(bytes, 56)?);
    let mut segments = Vec::new();
    let mut frames = None;
    for index in 0..usize::try_from(count).ok()? {
        let at = table + index * 56;
        let (kind, flags) = (word(bytes, at)?, word(bytes, at + 4)?);
        let (offset, address, size) =
            (double(bytes, at + 8)?, double(bytes, at + 16)?, double(bytes, at + 32)?);
        if kind == 0x6474_e550 {
            frames = Some(address);
        }
        if kind == 1 && flags & 1 != 0 {
            let (offset, size) = (usize::try_from(offset).ok()?, usize::try_from(size).ok()?);
            segments.push(Segment { offset, address, size });
        }
    }
    Some((segments, frames))
}

/// A file's bytes by the addresses of its segments.
struct Image<'a> {
    bytes: &'a [u8],
}

impl rewrite::Bytes for Image<'_> {
    fn read(&self, address: u64, target: &mut [u8]) -> bool {
        let Some(table) = double(self.bytes, 32).and_then(|at| usize::try_from(at).ok()) else {
            return false;
        };
        let count = half(self.bytes, 56).unwrap_or(0);
        (0..usize::try_from(count).unwrap_or(0)).any(|index| {
            let at = table + index * 56;
            let Some((1, offset, start, size)) = (|| {
                let (kind, offset) = (word(self.bytes, at)?, double(self.bytes, at + 8)?);
                Some((kind, offset, double(self.bytes, at + 16)?, double(self.bytes, at + 32)?))
            })() else {
                return false;
            };
            let inside = address >= start && address - start < size;
            inside && self.bytes.read(offset + (address - start), target)
        })
    }
}

/// All sites of a file.
fn look_through(bytes: &[u8], forms: &mut BTreeMap<Result<Form, Declined>, u64>) {
    let Some((segments, header)) = segments(bytes) else { return };
    for segment in segments {
        let Some(text) = bytes.get(segment.offset..segment.offset + segment.size) else { continue };
        let text = Text { address: segment.address, bytes: text };
        for offset in
            (0..text.bytes.len().saturating_sub(1)).filter(|&at| text.bytes[at..at + 2] == [0x0f, 5])
        {
            let site = segment.address + offset as u64;
            let function = header
                .and_then(|header| frames::find(&Image { bytes }, header, site))
                .or_else(|| symbols::find(bytes, site));
            // Bytes that look like a system call inside of another instruction never trap.
            let real = function.as_ref().is_none_or(|function| {
                let range = usize::try_from(function.range.start - segment.address).unwrap()..;
                let Some(code) = text.bytes.get(range) else { return true };
                let size = usize::try_from(function.range.end - function.range.start).unwrap();
                let Some(code) = code.get(..size) else { return true };
                rewrite::flow::Flow::follow(function.range.start, code)
                    .is_none_or(|flow| flow.length_at(site) == Some(2))
            });
            if real {
                *forms.entry(try_site(site, &text, function.as_ref())).or_default() += 1;
            }
        }
    }
}

fn files(directory: &str) -> Vec<PathBuf> {
    let Ok(entries) = Path::new(directory).read_dir() else { return Vec::new() };
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| !path.is_symlink()).collect();
    paths.sort();
    paths
}

#[test]
fn libraries_and_programs_of_this_machine() {
    let end = Instant::now() + budget();
    let mut forms = BTreeMap::new();
    let first = ["/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"];
    let rest = ["/usr/lib/x86_64-linux-gnu", "/usr/bin", "/usr/sbin"].into_iter().flat_map(files);
    for path in first.into_iter().map(PathBuf::from).chain(rest) {
        let mut own = BTreeMap::new();
        if let Ok(bytes) = std::fs::read(&path) {
            look_through(&bytes, &mut own);
        }
        if !own.is_empty() {
            println!("{}: {own:?}", path.display());
        }
        for (form, count) in own {
            *forms.entry(form).or_insert(0) += count;
        }
        if Instant::now() > end {
            break;
        }
    }
    println!("{forms:?}");
    assert!(forms.contains_key(&Ok(Form::Before)), "no C library on this machine");
}
