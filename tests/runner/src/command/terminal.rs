//! The terminal: its size, its settings, what is typed on it.
//!
//! `script` from util-linux makes the terminal; it types what it reads and prints what comes out. The same
//! is done with the program alone, so here Linux is the judge again.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::BUSYBOX;
use crate::compare::Verdict;
use crate::hostile::Context;
use crate::process::{PATIENCE, number};
use crate::side::PATH;

/// A case's name, a script for busybox's shell, and what is typed once it has said `up`.
type Row = (&'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    ("is-a-terminal", "test -t 0 && test -t 1 && test -t 2 && echo yes", ""),
    ("size", "exec busybox stty size", ""),
    ("settings", "exec busybox stty -a", ""),
    ("change-settings", "exec busybox stty raw -echo", ""),
    ("line", "echo up; read a; echo [$a]", "typed\n"),
    ("end-of-input", "echo up; exec busybox cat", "one\ntwo\n\u{4}"),
    ("erase", "echo up; read a; echo [$a]", "abx\u{7f}c\n"),
    ("interrupt", "echo up; read a; echo not reached", "\u{3}"),
    ("interrupt-loop", "echo up; while :; do :; done", "\u{3}"),
    ("interrupt-caught", "trap 'echo caught; exit 5' INT; echo up; read a; read b", "\u{3}"),
    // The shell itself goes on.
    ("quit-shell", "echo up; read a; echo [$a]", "\u{1c}on\n"),
    ("quit", "echo up; exec busybox sleep 100", "\u{1c}"),
    // Without a shell around it, nobody could let a stopped program go on: it is not stopped.
    ("stop-alone", "echo up; read a; echo [$a]", "\u{1a}on\n"),
    ("open-tty", "echo to the terminal > /dev/tty", ""),
];

/// Runs each on a terminal, without and with the launcher.
pub(super) fn terminal(context: &Context) -> Result<Vec<Verdict>, String> {
    let mut verdicts = Vec::new();
    for (case, script, typed) in ROWS {
        let linux = on_terminal("", script, typed)?;
        let here = on_terminal(&format!("{} run -- ", context.launcher.display()), script, typed)?;
        let told = |(status, text): &(i32, String)| format!("status {status}: {text:?}");
        let result = if linux == here { Ok(()) } else { Err(told(&here)) };
        verdicts.push(context.holds(case, &told(&linux), result));
    }
    Ok(verdicts)
}

/// The status and all the output of a script on a terminal of 33 lines and 99 columns.
fn on_terminal(before: &str, script: &str, typed: &str) -> Result<(i32, String), String> {
    let line = format!("stty rows 33 cols 99; exec {before}{BUSYBOX} sh -c \"$SCRIPT\"");
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"])
        .env_clear()
        .envs([("PATH", PATH), ("TERM", "dumb"), ("SHELL", "/bin/sh"), ("SCRIPT", script)])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("script: {error}"))?;
    let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("no streams".to_string());
    };
    let typed = typed.to_string();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let mut byte = [0];
        let mut wanted = true;
        while matches!(output.read(&mut byte), Ok(1)) {
            text.extend_from_slice(&byte);
            if wanted && text.ends_with(b"up\r\n") {
                wanted = false;
                // The shell needs a moment from its echo to its read.
                std::thread::sleep(Duration::from_millis(100));
                drop(input.write_all(typed.as_bytes()));
            }
        }
        text
    });
    let started = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break number(status),
            None if started.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(5)),
            None => {
                child.kill().map_err(|error| error.to_string())?;
                break number(child.wait().map_err(|error| error.to_string())?);
            }
        }
    };
    let text = reader.join().map_err(|_| "the reader failed".to_string())?;
    Ok((status, String::from_utf8_lossy(&text).into_owned()))
}
