//! A debugger on the host sees a program that is blocked in the kernel: its frames, and its registers.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::compare::Verdict;
use crate::hostile::Context;
use crate::process::{self, End, PATIENCE};
use crate::side::{Fresh, PATH};

/// Reads bytes with registers of its own, from a site whose number stands before it, or with what comes behind it
/// in the way; a second thread waits in the C library.
const SOURCE: &str = r#"
#include <pthread.h>
#include <unistd.h>
static int ends[2];
__attribute__((noinline)) static long blocked(char *byte, int over)
{
    register long kept __asm__("r12") = 0x1122334455667788;
    register long other __asm__("rbx") = 0x0123456789abcdef;
    long result;
    if (over)
        __asm__ volatile("xor %%eax, %%eax\n syscall\n cmp $-4095, %%rax"
            : "=a"(result), "+r"(kept), "+r"(other) : "D"(0L), "S"(byte), "d"(1L) : "rcx", "r11", "memory", "cc");
    else
        __asm__ volatile("mov $0, %%eax\n syscall"
            : "=a"(result), "+r"(kept), "+r"(other) : "D"(0L), "S"(byte), "d"(1L) : "rcx", "r11", "memory", "cc");
    return result + (kept ^ kept) + (other ^ other);
}
__attribute__((noinline)) static long deeper(int depth, char *byte, int over)
{
    long result = depth ? deeper(depth - 1, byte, over) : blocked(byte, over);
    __asm__ volatile("" ::: "memory");
    return result;
}
static void *waiter(void *unused)
{
    char byte;
    return read(ends[0], &byte, 1) == 1 ? unused : NULL;
}
int main(int count, char **words)
{
    char byte = 'u';
    pthread_t thread;
    if (pipe(ends) || pthread_create(&thread, NULL, waiter, NULL))
        return 1;
    while (write(1, "up\n", 3) == 3 && deeper(2, &byte, count > 1) == 1)
        ;
    return words[0] == NULL;
}
"#;

/// What a debugger must say, in this order.
const BLOCKED: &[&str] = &[
    "dispatch",
    "<signal handler called>",
    " blocked (byte=",
    "in deeper (depth=",
    "in deeper (depth=",
    "in deeper (depth=",
    "in main (",
    "rax            0x0 ",
    "rbx            0x123456789abcdef ",
    "rdx            0x1 ",
    "r12            0x1122334455667788 ",
    "<signal handler called>",
    "in waiter (",
];

/// A case's name, the program's words, and how many bytes it reads before: the site is a jump from the fourth on.
const ROWS: &[(&str, &[&str], usize)] =
    &[("trap", &[], 0), ("jump-before-the-call", &[], 5), ("jump-over-the-call", &["over"], 5)];

/// Runs the program, and a debugger beside it.
pub(super) fn gdb(context: &Context) -> Result<Vec<Verdict>, String> {
    let directory = Fresh::new()?;
    let program = directory.path().join("program");
    let mut compiler = Command::new("gcc");
    compiler.args(["-O1", "-g", "-pthread", "-x", "c", "-o"]).arg(&program).arg("-");
    let outcome = process::run(compiler, SOURCE.as_bytes(), PATIENCE)?;
    if outcome.end != End::Status(0) {
        return Err(String::from_utf8_lossy(&outcome.stderr).into_owned());
    }
    let kernel = kernel(context)?;
    ROWS.iter()
        .map(|(case, words, bytes)| {
            let mut command = Command::new(context.launcher);
            command
                .env_clear()
                .env("PATH", PATH)
                .args(["run", "--cpus", "1", "--"])
                .arg(&program)
                .args(*words);
            command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().map_err(|error| error.to_string())?;
            let seen = look(&mut child, *bytes, &kernel);
            child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
            Ok(context.holds(case, "the program's frames and registers", seen?))
        })
        .collect()
}

/// The kernel with its debug information, as it was built beside the launcher.
fn kernel(context: &Context) -> Result<PathBuf, String> {
    let folder = context.launcher.parent().ok_or("the launcher has no folder")?;
    let (target, profile) = (folder.parent(), folder.file_name());
    let target = target.ok_or("the launcher is in no target folder")?;
    let kernel =
        target.join("kernel/x86_64-unknown-none").join(profile.unwrap_or_default()).join("trapless-process");
    let kernel = kernel.canonicalize().map_err(|error| format!("{}: {error}", kernel.display()))?;
    Ok(kernel)
}

/// Lets the program read some bytes; then a debugger looks at it, again until its threads wait.
fn look(child: &mut Child, bytes: usize, kernel: &Path) -> Result<Result<(), String>, String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut input = child.stdin.take().ok_or("no input")?;
    let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
    let mut line = String::new();
    output.read_line(&mut line).map_err(failed)?;
    for _ in 0..bytes {
        input.write_all(b"x").map_err(failed)?;
        output.read_line(&mut line).map_err(failed)?;
    }
    let launcher = child.id();
    let children = std::fs::read_to_string(format!("/proc/{launcher}/task/{launcher}/children"));
    let children = children.map_err(failed)?;
    let host_process = children.split_whitespace().next().ok_or("the launcher has no child")?;
    let started = Instant::now();
    loop {
        let mut gdb = Command::new("gdb");
        gdb.args(["-nx", "-q", "-batch", "-ex", "set width 0", "-p", host_process]);
        gdb.arg("-ex").arg(format!("symbol-file {}", kernel.display()));
        gdb.args(["-x", concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/gdb.py")]);
        for command in [
            "trapless symbols",
            "trapless threads",
            "trapless thread 1",
            "bt",
            "frame function blocked",
            "info registers rax rbx rdx r12",
            "trapless thread 2",
            "bt",
        ] {
            gdb.args(["-ex", command]);
        }
        let outcome = process::run(gdb, b"", PATIENCE)?;
        let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let wait = text.matches(" waits at ").count() == 2;
        if wait || started.elapsed() > PATIENCE {
            return Ok(in_order(&text).map_err(|missing| {
                let error = String::from_utf8_lossy(&outcome.stderr);
                format!("without {missing:?}:\n{text}{error}")
            }));
        }
    }
}

/// Whether all is said, each behind the one before; else the first that is not.
fn in_order(text: &str) -> Result<(), String> {
    let mut rest = text;
    for words in BLOCKED {
        let (_, behind) = rest.split_once(words).ok_or_else(|| (*words).to_owned())?;
        rest = behind;
    }
    Ok(())
}
