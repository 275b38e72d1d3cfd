//! Signals that the launcher gets are the program's.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::BUSYBOX;
use crate::compare::Verdict;
use crate::hostile::Context;
use crate::process::{PATIENCE, number, run};
use crate::side::PATH;

/// A case's name, the shell's script, the signal to send once it has said `up`, the output after that,
/// and the exit status.
type Row = (&'static str, &'static str, &'static str, &'static str, i32);

const ROWS: &[Row] = &[
    ("term", "echo up; while :; do :; done", "TERM", "", 143),
    ("interrupt", "echo up; while :; do :; done", "INT", "", 130),
    ("hangup", "echo up; read x", "HUP", "", 129),
    ("quit", "echo up; exec /bin/busybox sleep 9", "QUIT", "", 131),
    ("user-signal", "echo up; read x", "USR1", "", 138),
    ("trapped", "trap 'echo caught; exit 7' TERM; echo up; while :; do :; done", "TERM", "caught\n", 7),
    (
        "trapped-while-asleep",
        "trap 'echo caught; exit 7' USR1; echo up; read x; exit 9",
        "USR1",
        "caught\n",
        7,
    ),
    (
        "ignored",
        "trap '' TERM; echo up; i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; exit 5",
        "TERM",
        "",
        5,
    ),
];

/// Sends signals to the launcher.
pub(super) fn signals(context: &Context) -> Result<Vec<Verdict>, String> {
    ROWS.iter().map(|row| one(context, row)).chain([inherited(context)]).collect()
}

/// What the caller ignores the program ignores.
fn inherited(context: &Context) -> Result<Verdict, String> {
    let mut command = Command::new("sh");
    let line = "trap '' HUP USR2; exec \"$0\" run -- /bin/busybox grep SigIgn /proc/self/status";
    command.env_clear().env("PATH", PATH).current_dir("/").args(["-c", line]).arg(context.launcher);
    let outcome = run(command, b"", Duration::from_secs(20))?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let mask = text.trim().rsplit('\t').next().and_then(|mask| u64::from_str_radix(mask, 16).ok());
    let good = mask.is_some_and(|mask| mask & 0x801 == 0x801);
    Ok(context.holds("ignored-by-the-caller", "both", if good { Ok(()) } else { Err(text) }))
}

fn one(context: &Context, (case, script, signal, output, status): &Row) -> Result<Verdict, String> {
    let mut child = Command::new(context.launcher)
        .args(["run", "--", BUSYBOX, "sh", "-c", script])
        .env_clear()
        .env("PATH", PATH)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdout = child.stdout.take().ok_or("no output to read")?;
    let mut first = [0; 3];
    let began = stdout.read_exact(&mut first).is_ok();
    std::thread::sleep(Duration::from_millis(50));
    let pid = child.id().to_string();
    Command::new("kill").args([&format!("-{signal}"), &pid]).output().map_err(|error| error.to_string())?;
    let started = Instant::now();
    let ended = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break Some(number(status)),
            None if started.elapsed() > PATIENCE => break None,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    if ended.is_none() {
        child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
    }
    let mut rest = String::new();
    let read = stdout.read_to_string(&mut rest).is_ok();
    let good = began && read && ended == Some(*status) && rest == *output;
    let got = match ended {
        Some(status) => format!("status {status}: {rest:?}"),
        None => "it went on for 10 s".to_string(),
    };
    Ok(context.holds(case, &format!("status {status}: {output:?}"), if good { Ok(()) } else { Err(got) }))
}
