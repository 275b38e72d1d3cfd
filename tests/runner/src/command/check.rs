//! `trapless check`: what it finds, and how it fails.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::BUSYBOX;
use crate::compare::Verdict;
use crate::hostile::Context;
use crate::process::{self, End, Outcome, PATIENCE};
use crate::side::{Fresh, PATH};

/// A case's name, the words, the status, and what the output and standard error must hold.
type Row = (&'static str, &'static [&'static str], i32, &'static [&'static str], &'static str);

const ROWS: &[Row] = &[
    ("static", &[BUSYBOX], 0, &["/bin/busybox: 1 file,", "before the instruction", "with gaps"], ""),
    ("dynamic", &["-v", "/bin/ls"], 0, &["/libc.so.6: ", " write  ", "jump, before the instruction"], ""),
    ("loader-is-a-file", &["-v", "/bin/ls"], 0, &["/ld-linux-x86-64.so.2: "], ""),
    ("script", &["-v", "/usr/bin/ldd"], 0, &["bash: 0 sites", "/libc.so.6: "], ""),
    ("json", &["--json", BUSYBOX], 0, &["\"number_is\": \"variable\"", "\"form\": \"over the"], ""),
    ("not-there", &["/nowhere/at-all"], 127, &[], "/nowhere/at-all: No such file or directory"),
    ("no-program", &["/etc/passwd"], 126, &[], "/etc/passwd: not an ELF file"),
    ("directory", &["/etc"], 126, &[], "/etc: is a directory"),
    ("device", &["/dev/null"], 126, &[], "/dev/null: not a plain file"),
    ("no-file", &[], 125, &[], "no FILE given"),
    ("no-root", &["--root", "/nowhere", "x"], 125, &[], "--root /nowhere: No such file"),
    ("one-of-two", &["/nowhere", BUSYBOX], 127, &["/bin/busybox: 1 file,"], "/nowhere: No such file"),
];

/// Runs the command with such words.
pub(super) fn check(context: &Context) -> Result<Vec<Verdict>, String> {
    let mut verdicts = Vec::new();
    for (case, words, status, output, error) in ROWS {
        verdicts.push(judge(context, case, &run(context, words)?, *status, output, error));
    }
    verdicts.push(root(context)?);
    verdicts.extend(constants(context)?);
    Ok(verdicts)
}

fn run(context: &Context, words: &[&str]) -> Result<Outcome, String> {
    let mut command = Command::new(context.launcher);
    command.env_clear().env("PATH", PATH).arg("check").args(words).current_dir("/");
    process::run(command, b"", PATIENCE)
}

fn judge(
    context: &Context,
    case: &str,
    outcome: &Outcome,
    status: i32,
    output: &[&str],
    error: &str,
) -> Verdict {
    let text = String::from_utf8_lossy(&outcome.stdout);
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let told = if error.is_empty() {
        stderr.is_empty()
    } else {
        stderr.contains(error) && stderr.lines().count() == 1
    };
    let good = outcome.end == End::Status(status) && told && output.iter().all(|words| text.contains(words));
    let got = format!("{}: {} {}", outcome.end, text.lines().next().unwrap_or_default(), stderr.trim_end());
    let expected = format!("status {status}, {output:?}, {error:?}");
    context.holds(case, &expected, if good { Ok(()) } else { Err(got) })
}

/// Links of another root lead to its own files, and a library that is not there is told.
fn root(context: &Context) -> Result<Verdict, String> {
    let failed = |error: std::io::Error| error.to_string();
    let root = Fresh::new()?;
    for directory in ["bin", "lib64"] {
        std::fs::create_dir(root.path().join(directory)).map_err(failed)?;
    }
    std::fs::copy("/bin/ls", root.path().join("bin/real")).map_err(failed)?;
    std::fs::copy("/lib64/ld-linux-x86-64.so.2", root.path().join("lib64/loader")).map_err(failed)?;
    symlink("/lib64/loader", root.path().join("lib64/ld-linux-x86-64.so.2")).map_err(failed)?;
    symlink("/bin/real", root.path().join("bin/linked")).map_err(failed)?;
    let place = root.path().display().to_string();
    let outcome = run(context, &["--root", &place, "-v", "/bin/linked"])?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let good = outcome.end == End::Status(127)
        && text.contains("/bin/real: 0 sites")
        && text.contains("/lib64/loader: ")
        && stderr.contains("/bin/real: libc.so.6 is not found");
    let got = format!("{}: {text} {stderr}", outcome.end);
    Ok(context.holds("another-root", "its own files", if good { Ok(()) } else { Err(got) }))
}

/// A number is told where it is a constant, and a part of another instruction is no site.
fn constants(context: &Context) -> Result<Vec<Verdict>, String> {
    const SOURCE: &str = "\
        .globl _start\n_start:\nmov $39, %eax\nsyscall\nxor %eax, %eax\ntest %edi, %edi\nsyscall\n\
        mov $0x050f, %ecx\nmov 8(%rsp), %rax\nsyscall\nmov $9999, %eax\nsyscall\nmov $60, %eax\nsyscall\nhlt\n\
        .type _start, @function\n.size _start, . - _start\n";
    let directory = Fresh::new()?;
    let program = directory.path().join("program");
    assemble(SOURCE, &program)?;
    let name = program.display().to_string();
    let outcome = run(context, &["-v", &name])?;
    let header = format!("{name}: 1 file, 5 sites, 4 system calls");
    let expected = [header.as_str(), " getpid ", " read ", " variable ", " number 9999 ", "ENOSYS", " exit "];
    let verdict = judge(context, "constants", &outcome, 0, &expected, "");
    Ok(vec![verdict])
}

fn assemble(source: &str, program: &Path) -> Result<(), String> {
    let mut command = Command::new("gcc");
    command.args(["-nostdlib", "-static", "-x", "assembler", "-o"]).arg(program).arg("-");
    let outcome = process::run(command, source.as_bytes(), PATIENCE)?;
    match outcome.end {
        End::Status(0) => Ok(()),
        _ => Err(String::from_utf8_lossy(&outcome.stderr).into_owned()),
    }
}
