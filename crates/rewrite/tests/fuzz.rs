//! Random bytes, every `syscall` of the libraries and programs of this machine, and what random changes make of
//! them: nothing panics, and an independent decoder agrees with every plan.
//!
//! Each test runs for a second or so; `REWRITE_FUZZ_SECONDS` gives it more, `REWRITE_FUZZ_SEED` another start
//! (`cargo xtask fuzz`).

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, a panic is how something wrong is told"
)]

mod check;
mod image;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use check::{ENTRY, check};
use image::Image;
use rewrite::survey::{Certainty, survey};
use rewrite::{Declined, Form, Function, Text, frames, plan, symbols};

/// xorshift64*: as random as this needs, and the same everywhere.
struct Random(u64);

impl Random {
    /// Starts with a number of the test's own, or with the one that is asked for.
    fn new(own: u64) -> Self {
        let asked = std::env::var("REWRITE_FUZZ_SEED").ok().and_then(|text| text.parse::<u64>().ok());
        // Never zero, where it would stay.
        Self(asked.map_or(own, |asked| asked.wrapping_mul(own) | 1))
    }

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

/// What was looked at, and what came of it.
#[derive(Default)]
struct Tally {
    files: u64,
    bytes: u64,
    sites: BTreeMap<Certainty, u64>,
    fates: BTreeMap<Result<Form, Declined>, u64>,
    checked: u64,
    half_checked: u64,
}

impl Tally {
    /// Plans a site and checks the plan.
    fn try_site(&mut self, site: u64, text: &Text<'_>, function: Option<&Function>) {
        let fate = self.plan_and_check(site, text, function);
        *self.fates.entry(fate).or_default() += 1;
    }

    /// Plans a site and checks the plan for stubs in several places.
    fn plan_and_check(
        &mut self,
        site: u64,
        text: &Text<'_>,
        function: Option<&Function>,
    ) -> Result<Form, Declined> {
        let plan = plan(site, text, function)?;
        let window = plan.reach().window();
        let middle = site.saturating_sub(0x1_0000);
        for from in [window.start, middle, site.saturating_add(0x2_0000), window.end - 1] {
            let Some(stub) = plan.reach().next(from) else { continue };
            let (patch, code) = plan.patch(stub, ENTRY).expect("the stub suits");
            // What only one decoder knows is compared as far as that.
            match check(text, &plan, &patch, &code, function) {
                Some(()) => self.checked += 1,
                None => self.half_checked += 1,
            }
        }
        plan.reach().next(window.start).ok_or(Declined::OutOfReach)?;
        Ok(plan.form())
    }

    fn has(&self, form: Form) -> bool {
        self.fates.contains_key(&Ok(form))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files > 0 {
            writeln!(f, "  files {}, bytes of text {}", self.files, self.bytes)?;
        } else {
            writeln!(f, "  bytes of text {}", self.bytes)?;
        }
        for (certainty, count) in &self.sites {
            writeln!(f, "  sites, {certainty:?}: {count}")?;
        }
        for (fate, count) in &self.fates {
            match fate {
                Ok(form) => writeln!(f, "  plans, {form:?}: {count}")?,
                Err(declined) => writeln!(f, "  declined, {declined}: {count}")?,
            }
        }
        write!(
            f,
            "  stubs checked {}, as far as the second decoder knows {}",
            self.checked, self.half_checked
        )
    }
}
#[test]
fn random_bytes() {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    let end = Instant::now() + budget();
    let mut tally = Tally::default();
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
            tally.bytes += bytes.len() as u64;
            tally.try_site(site, &text, Some(&function));
            tally.try_site(site, &text, None);
            let part = address..address.saturating_add(bytes.len() as u64);
            for site in survey(&text, &part, |at| function.range.contains(&at).then(|| function.clone())) {
                *tally.sites.entry(site.certainty).or_default() += 1;
                let _ = rewrite::number::number(site.address, &text, site.function.as_ref());
            }
        }
    }
    println!("random bytes:\n{tally}");
    assert!(tally.has(Form::Before) && tally.has(Form::Over));
}

#[test]
fn random_tables() {
    let mut random = Random::new(7);
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

/// All sites of a file.
fn look_through(image: &Image<'_>, tally: &mut Tally) {
    tally.files += 1;
    for (text, part) in image.texts() {
        tally.bytes += part.end - part.start;
        for site in survey(&text, &part, |address| image.function(address)) {
            *tally.sites.entry(site.certainty).or_default() += 1;
            tally.try_site(site.address, &text, site.function.as_ref());
            tally.try_site(site.address, &text, None);
            let _ = rewrite::number::number(site.address, &text, site.function.as_ref());
        }
    }
}

/// The plain files of a directory and of those below it.
fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = directory.read_dir() else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| !path.is_symlink());
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

const C_LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/libc.so.6";

#[test]
fn libraries_and_programs_of_this_machine() {
    let end = Instant::now() + budget();
    let mut tally = Tally::default();
    let first = [C_LIBRARY, "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"].map(PathBuf::from);
    let rest = ["/usr/bin", "/usr/sbin", "/usr/lib"].into_iter().flat_map(|name| files(Path::new(name)));
    for path in first.into_iter().chain(rest) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        if let Some(image) = Image::new(&bytes) {
            look_through(&image, &mut tally);
        }
        if Instant::now() > end {
            break;
        }
    }
    println!("libraries and programs:\n{tally}");
    assert!(tally.has(Form::Before), "no C library on this machine");
}

/// Real functions with a few wrong bytes: closer to code than random bytes are.
#[test]
fn changed_functions_of_the_c_library() {
    let bytes = std::fs::read(C_LIBRARY).unwrap();
    let image = Image::new(&bytes).unwrap();
    let mut sites = Vec::new();
    for (text, part) in image.texts() {
        let found = survey(&text, &part, |address| image.function(address));
        sites.extend(found.into_iter().filter_map(|site| Some((text, site.address, site.function?))));
    }
    let mut random = Random::new(0x1234_5678_9abc_def1);
    let mut tally = Tally::default();
    let end = Instant::now() + budget();
    while Instant::now() < end {
        let (text, site, function) = &sites[random.index(sites.len())];
        let start = function.range.start.saturating_sub(64).max(text.address);
        let from = usize::try_from(start - text.address).unwrap();
        let to = usize::try_from(function.range.end + 64 - text.address).unwrap().min(text.bytes.len());
        let mut bytes = text.bytes[from..to].to_vec();
        let middle = usize::try_from(site - start).unwrap();
        for _ in 0..=random.below(3) {
            let at = (middle + random.index(40)).saturating_sub(20).min(bytes.len() - 1);
            if !(middle..middle + 2).contains(&at) {
                bytes[at] = random.next().to_le_bytes()[5];
            }
        }
        let text = Text { address: start, bytes: &bytes };
        tally.bytes += bytes.len() as u64;
        tally.try_site(*site, &text, Some(function));
        tally.try_site(*site, &text, None);
    }
    println!("changed functions:\n{tally}");
    assert!(tally.has(Form::Before) && tally.has(Form::Over));
}
