//! Runs one command with a time-out and collects what it said.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A program that writes more than this finds its pipe broken.
const MOST_OUTPUT: u64 = 64 << 20;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With this status; 128 + n for signal n, as a shell counts.
    Status(i32),
    /// It was killed, having run for this long.
    TimedOut(Duration),
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) if *status > 128 => {
                write!(f, "status {status} (signal {})", status - 128)
            }
            Self::Status(status) => write!(f, "status {status}"),
            Self::TimedOut(after) => write!(f, "no end after {} s: killed", after.as_secs()),
        }
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// How it ended.
    pub(crate) end: End,
    /// What it wrote to standard output.
    pub(crate) stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub(crate) stderr: Vec<u8>,
}

/// Runs the command, in a process group of its own, for at most `limit`.
pub(crate) fn run(mut command: Command, stdin: &[u8], limit: Duration) -> Result<Outcome, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command.stdin(if stdin.is_empty() { Stdio::null() } else { Stdio::piped() });
    let mut child = spawn(&mut command).map_err(|error| format!("{name}: {error}"))?;
    if let Some(mut pipe) = child.stdin.take() {
        let text = stdin.to_vec();
        // The program may end without reading; that is its right and no error of the test.
        std::thread::spawn(move || drop(pipe.write_all(&text)));
    }
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let end = wait(child, limit)?;
    let gather = |reader: JoinHandle<Vec<u8>>| {
        reader.join().map_err(|_| format!("{name}: the reader of its output failed"))
    };
    Ok(Outcome { end, stdout: gather(stdout)?, stderr: gather(stderr)? })
}

/// Starts a command. A program that was just written can be busy for a moment: another thread's child holds
/// a copy of the descriptor until it executes.
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..100 {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
    command.spawn()
}

/// Reads a pipe to its end, elsewhere, so that no program blocks on a full one.
fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // What came before an error is still worth comparing.
            drop(pipe.take(MOST_OUTPUT).read_to_end(&mut bytes));
        }
        bytes
    })
}

/// How long anything small may take before it counts as hung: a slow host must not fail a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for the end of the child; kills its whole group when the limit passes.
fn wait(mut child: Child, limit: Duration) -> Result<End, String> {
    let pid = child.id();
    let started = Instant::now();
    let (sender, receiver): (_, Receiver<std::io::Result<ExitStatus>>) = channel();
    std::thread::spawn(move || drop(sender.send(child.wait())));
    match receiver.recv_timeout(limit) {
        Ok(Ok(status)) => Ok(End::Status(number(status))),
        Ok(Err(error)) => Err(format!("wait: {error}")),
        Err(RecvTimeoutError::Disconnected) => Err("wait: the waiting thread failed".to_string()),
        Err(RecvTimeoutError::Timeout) => {
            kill_group(pid);
            drop(receiver.recv_timeout(Duration::from_secs(5)));
            Ok(End::TimedOut(started.elapsed()))
        }
    }
}

/// The status as a shell would give it.
pub(crate) fn number(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Kills the process group that [`run`] made.
fn kill_group(pid: u32) {
    // The standard library has no kill(2) for a group; the command of that name has.
    let killed = Command::new("kill").args(["-9", "--", &format!("-{pid}")]).output();
    if let Err(error) = killed {
        eprintln!("kill: {error}");
    }
}
