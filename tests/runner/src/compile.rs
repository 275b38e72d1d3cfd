//! Builds the guests whose sources changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use crate::source::{Build, Guest};

/// Builds what is older than its source, `jobs` at a time; returns the programs that do not build.
pub(crate) fn all(guests: &[&Guest], headers: &Path, jobs: usize) -> Result<Vec<(PathBuf, String)>, String> {
    let newest_header = newest(headers)?;
    let mut programs = guests.to_vec();
    programs.sort_by(|a, b| a.binary.cmp(&b.binary));
    programs.dedup_by(|a, b| a.binary == b.binary);
    programs.retain(|guest| is_stale(guest, newest_header, repository(headers)));
    let next = AtomicUsize::new(0);
    let broken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(guest) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(reason) = one(guest, headers)
                        && let Ok(mut broken) = broken.lock()
                    {
                        broken.push((guest.binary.clone(), reason));
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().map_err(|_| "a building thread failed".to_string())?;
    Ok(broken)
}

/// The time of the last change to a shared header.
fn newest(headers: &Path) -> Result<SystemTime, String> {
    let failed = |error| format!("{}: {error}", headers.display());
    let mut time = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(headers).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "h") {
            time = time.max(changed(&path).unwrap_or(SystemTime::UNIX_EPOCH));
        }
    }
    Ok(time)
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

/// Where the compiler works.
fn repository(headers: &Path) -> &Path {
    headers.parent().and_then(Path::parent).unwrap_or(headers)
}

fn is_stale(guest: &Guest, newest_header: SystemTime, repository: &Path) -> bool {
    let named = guest.flags.iter().filter_map(|flag| changed(&repository.join(flag))).max();
    match (changed(&guest.binary), changed(&guest.source)) {
        (Some(built), Some(written)) => built < written.max(newest_header).max(named.unwrap_or(written)),
        _ => true,
    }
}

/// How C and assembly are compiled. Bad pointers are given on purpose, so the compiler must not mind.
const C_FLAGS: [&str; 8] = [
    "-O1",
    "-g",
    "-Wall",
    "-Werror",
    "-D_GNU_SOURCE",
    "-fno-strict-aliasing",
    "-Wno-stringop-overflow",
    "-Wno-stringop-overread",
];

/// Builds one program; the error is the compiler's first words.
fn one(guest: &Guest, headers: &Path) -> Result<(), String> {
    if let Some(directory) = guest.binary.parent() {
        std::fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    let (compiler, way) = guest.build.command();
    let mut command = Command::new(compiler);
    command.current_dir(repository(headers)).args(way);
    if guest.build != Build::Rust {
        command.args(C_FLAGS).arg("-I").arg(headers);
    }
    let output = command
        .arg("-o")
        .args([&guest.binary, &guest.source])
        .args(&guest.flags)
        .output()
        .map_err(|error| format!("{compiler}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first: Vec<&str> = said.lines().filter(|line| line.contains("error")).take(3).collect();
    Err(if first.is_empty() { said.into_owned() } else { first.join("\n    ") })
}
