//! Command lines that cannot be obeyed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{CANNOT_EXECUTE, Context, NOT_FOUND, OURS};
use crate::compare::Verdict;
use crate::side::Fresh;

const TRUE: &str = "/bin/true";

/// A case's name, the words after `run`, and words that the error must hold.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

const BAD_OPTIONS: &[Row] = &[
    ("no-program", &[], &["program"]),
    ("no-program-after-dashes", &["--"], &["program"]),
    ("unknown-option", &["--bogus", "--", TRUE], &["--bogus"]),
    ("memory-text", &["--memory", "lots", "--", TRUE], &["--memory", "lots"]),
    ("memory-zero", &["--memory", "0", "--", TRUE], &["--memory"]),
    ("memory-one-byte", &["--memory", "1", "--", TRUE], &["--memory"]),
    ("memory-negative", &["--memory=-5M", "--", TRUE], &["--memory"]),
    ("memory-overflow", &["--memory", "99999999999999999999T", "--", TRUE], &["--memory"]),
    ("memory-absurd", &["--memory", "16000000T", "--", TRUE], &["memory"]),
    ("cpus-zero", &["--cpus", "0", "--", TRUE], &["--cpus"]),
    ("cpus-text", &["--cpus", "two", "--", TRUE], &["--cpus", "two"]),
    ("cpus-million", &["--cpus", "1000000", "--", TRUE], &["--cpus"]),
    ("cpus-missing", &["--cpus"], &["--cpus"]),
    ("user-name", &["--user", "root", "--", TRUE], &["--user", "root"]),
    ("user-three", &["--user", "1:2:3", "--", TRUE], &["--user"]),
    ("user-negative", &["--user=-1:0", "--", TRUE], &["--user"]),
    ("user-overflow", &["--user", "99999999999:0", "--", TRUE], &["--user"]),
    ("env-empty-name", &["--env", "=x", "--", TRUE], &["--env"]),
    ("env-missing", &["--env"], &["--env"]),
    ("hostname-empty", &["--hostname", "", "--", TRUE], &["--hostname"]),
    ("volume-one-part", &["--volume", "/tmp", "--", TRUE], &["--volume", "/tmp"]),
    ("volume-relative", &["--volume", "/tmp:x", "--", TRUE], &["--volume"]),
    ("volume-option", &["--volume", "/tmp:/x:rx", "--", TRUE], &["--volume"]),
    ("volume-missing-host", &["--volume", "/no/such/place:/x", "--", TRUE], &["/no/such/place"]),
    ("volume-empty", &["--volume", ":", "--", TRUE], &["--volume"]),
    ("volume-on-root-twice", &["--volume", "/tmp:", "--", TRUE], &["--volume"]),
    ("root-missing", &["--root", "/no/such/root", "--", TRUE], &["/no/such/root"]),
    ("root-file", &["--root", "/etc/passwd", "--", TRUE], &["/etc/passwd"]),
    ("root-empty", &["--root", "", "--", TRUE], &["root"]),
    ("workdir-relative", &["--workdir", "x", "--", TRUE], &["--workdir"]),
    ("workdir-missing", &["--workdir", "/no/such/dir", "--", TRUE], &["/no/such/dir"]),
    ("workdir-file", &["--workdir", "/etc/passwd", "--", TRUE], &["/etc/passwd"]),
    ("strace-nowhere", &["--strace=/no/such/file", "--", TRUE], &["/no/such/file"]),
];

/// Bad values of options: status 125.
pub(super) fn options(context: &Context) -> Result<Vec<Verdict>, String> {
    let mut verdicts = Vec::new();
    for (name, words, expected) in BAD_OPTIONS {
        let outcome = context.run(words)?;
        verdicts.push(context.refused(name, &outcome, OURS, expected));
    }
    let long = "x".repeat(100);
    let outcome = context.run(&["--hostname", &long, "--", TRUE])?;
    verdicts.push(context.refused("hostname-long", &outcome, OURS, &["--hostname"]));
    verdicts.push(unreadable_root(context)?);
    Ok(verdicts)
}

/// A root that the caller may not read; a launcher that runs as root may read all.
fn unreadable_root(context: &Context) -> Result<Verdict, String> {
    let directory = Fresh::new()?;
    let closed = directory.path().join("closed");
    std::fs::create_dir(&closed).map_err(|error| error.to_string())?;
    set_mode(&closed, 0o000)?;
    let text = closed.display().to_string();
    let outcome = context.run(&["--root", &text, "--", TRUE])?;
    let status = if std::fs::read_dir(&closed).is_ok() { NOT_FOUND } else { OURS };
    let name = if status == OURS { text.as_str() } else { TRUE };
    Ok(context.refused("root-unreadable", &outcome, status, &[name]))
}

/// Programs that cannot be run: 127 when it is not there, else 126.
pub(super) fn programs(context: &Context) -> Result<Vec<Verdict>, String> {
    let directory = Fresh::new()?;
    let top = directory.path();
    let file = |name: &str, text: &str, mode: u32| -> Result<String, String> {
        let path = top.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{name}: {error}"))?;
        set_mode(&path, mode)?;
        Ok(path.display().to_string())
    };
    std::os::unix::fs::symlink("loop", top.join("loop")).map_err(|error| error.to_string())?;
    let inside = |name: &str| top.join(name).display().to_string();
    let ok = file("plain", "just text\n", 0o644)?;
    let cases = [
        ("missing", inside("none"), NOT_FOUND, ""),
        ("missing-directory", inside("no/such/program"), NOT_FOUND, ""),
        ("missing-in-path", "no-such-program-anywhere".to_string(), NOT_FOUND, ""),
        ("empty-name", String::new(), NOT_FOUND, ""),
        ("directory", top.display().to_string(), CANNOT_EXECUTE, ""),
        ("root-directory", "/".to_string(), CANNOT_EXECUTE, ""),
        ("device", "/dev/null".to_string(), CANNOT_EXECUTE, ""),
        ("below-a-file", format!("{ok}/x"), CANNOT_EXECUTE, ""),
        ("link-loop", inside("loop"), CANNOT_EXECUTE, ""),
        ("no-execute-bit", file("bit", "#!/bin/true\n", 0o644)?, CANNOT_EXECUTE, "permission"),
        ("text", file("text", "just text\n", 0o755)?, CANNOT_EXECUTE, ""),
        ("empty", file("empty", "", 0o755)?, CANNOT_EXECUTE, ""),
        ("zeroes", file("zeroes", "\0\0\0\0\0\0\0\0", 0o755)?, CANNOT_EXECUTE, ""),
        (
            "script-without-interpreter",
            file("gone", "#!/no/such/shell\n", 0o755)?,
            CANNOT_EXECUTE,
            "/no/such/shell",
        ),
        ("script-empty-interpreter", file("blank", "#!\n", 0o755)?, CANNOT_EXECUTE, ""),
        ("script-in-a-ring", file("ring", &format!("#!{}\n", inside("ring")), 0o755)?, CANNOT_EXECUTE, ""),
        ("script-of-text", file("of-text", &format!("#!{ok}\n"), 0o755)?, CANNOT_EXECUTE, ""),
        ("long-name", format!("/{}", "n".repeat(300)), CANNOT_EXECUTE, "long"),
    ];
    let mut verdicts = Vec::new();
    for (name, program, status, word) in cases {
        let outcome = context.run(&["--", &program])?;
        let named = Path::new(&program).file_name().map(|n| n.to_string_lossy().into_owned());
        verdicts.push(context.refused(name, &outcome, status, &[&named.unwrap_or_default(), word]));
    }
    Ok(verdicts)
}

/// Sets a file's mode.
pub(super) fn set_mode(path: &Path, mode: u32) -> Result<(), String> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|error| format!("{}: {error}", path.display()))
}
