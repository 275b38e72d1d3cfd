//! Standard input, output and error.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::BUSYBOX;
use crate::compare::Verdict;
use crate::hostile::Context;
use crate::process::{End, PATIENCE, number, run};
use crate::side::PATH;

/// A launcher that runs busybox with these words.
fn launcher(context: &Context, words: &[&str]) -> Command {
    let mut command = Command::new(context.launcher);
    command.env_clear().env("PATH", PATH).current_dir("/").args(["run", "--", BUSYBOX]).args(words);
    command
}

/// What goes in comes out, and an end on one side is an end on the other.
pub(super) fn streams(context: &Context) -> Result<Vec<Verdict>, String> {
    let limit = PATIENCE;
    let mut verdicts = Vec::new();
    let mut input = Vec::new();
    for number in 0..200_000_u32 {
        input.extend_from_slice(&number.to_le_bytes());
    }
    let outcome = run(launcher(context, &["cat"]), &input, limit)?;
    let result =
        if outcome.stdout == input { Ok(()) } else { Err(format!("{} bytes", outcome.stdout.len())) };
    verdicts.push(context.holds("eight-hundred-kilobytes-through-cat", "the same bytes", result));

    let outcome = run(launcher(context, &["sh", "-c", "echo out; echo err >&2; echo out"]), b"", limit)?;
    let apart = outcome.stdout == b"out\nout\n" && outcome.stderr == b"err\n";
    let got = format!(
        "{:?} {:?}",
        String::from_utf8_lossy(&outcome.stdout),
        String::from_utf8_lossy(&outcome.stderr)
    );
    verdicts.push(context.holds("two-outputs", "each its own text", if apart { Ok(()) } else { Err(got) }));

    verdicts.push(reader_goes_away(context)?);
    verdicts.push(closed(context, limit)?);
    verdicts.push(slow_input(context)?);
    for row in SHARED_OFFSETS {
        verdicts.push(shared_offset(context, row)?);
    }
    Ok(verdicts)
}

/// A reader that closes its pipe ends a writer by SIGPIPE.
fn reader_goes_away(context: &Context) -> Result<Verdict, String> {
    let mut command = launcher(context, &["yes"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut first = [0; 100_000];
    let read = child.stdout.take().ok_or("no output to read")?.read_exact(&mut first);
    let status = number(child.wait().map_err(|error| error.to_string())?);
    let good = read.is_ok() && status == 141;
    Ok(context.holds(
        "broken-pipe",
        "status 141",
        if good { Ok(()) } else { Err(format!("status {status}")) },
    ))
}

/// Closed standard streams stay closed.
fn closed(context: &Context, limit: Duration) -> Result<Verdict, String> {
    let mut command = Command::new("sh");
    let line = "exec \"$0\" run -- /bin/busybox sh -c 'read x || echo no input' <&- 2>&-";
    command.env_clear().env("PATH", PATH).current_dir("/").args(["-c", line]).arg(context.launcher);
    let outcome = run(command, b"", limit)?;
    let good = outcome.end == End::Status(0) && outcome.stdout == b"no input\n";
    let got = format!("{}: {:?}", outcome.end, String::from_utf8_lossy(&outcome.stdout));
    Ok(context.holds("closed-streams", "no input", if good { Ok(()) } else { Err(got) }))
}

/// A line that comes late is waited for.
fn slow_input(context: &Context) -> Result<Verdict, String> {
    let mut command = launcher(context, &["sh", "-c", "echo ready; read a; echo got $a; read b || echo end"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (Some(mut input), Some(mut output)) = (input, output) else {
        return Err("no streams".to_string());
    };
    let mut first = [0; 6];
    let began = output.read_exact(&mut first).is_ok();
    std::thread::sleep(Duration::from_millis(50));
    let sent = std::io::Write::write_all(&mut input, b"line\n").is_ok();
    std::thread::sleep(Duration::from_millis(50));
    drop(input);
    let mut rest = String::new();
    let read = output.read_to_string(&mut rest).is_ok();
    child.wait().map_err(|error| error.to_string())?;
    let good = began && sent && read && rest == "got line\nend\n";
    Ok(context.holds("slow-input", "got line, end", if good { Ok(()) } else { Err(format!("{rest:?}")) }))
}

/// Lines of a shell with a file as standard output, which is written where the last writer left off, whoever
/// that was; `"$0"` is the launcher.
const SHARED_OFFSETS: &[(&str, &str, &str)] = &[
    (
        "shared-offset",
        "echo before; \"$0\" run -- /bin/busybox echo inside; echo after",
        "before\ninside\nafter\n",
    ),
    (
        "one-file-for-two-outputs",
        "\"$0\" run -- /bin/busybox sh -c 'echo out; echo error >&2; echo out again' 2>&1",
        "out\nerror\nout again\n",
    ),
    (
        "outside-while-inside-runs",
        "mkfifo \"$1.a\" \"$1.b\"; { read x; echo outside; echo x >&5; } <\"$1.a\" 5>\"$1.b\" & \
         \"$0\" run -- /bin/busybox sh -c 'echo first >&2; echo x; read x; echo last >&2' \
         2>&1 >\"$1.a\" <\"$1.b\"; wait",
        "first\noutside\nlast\n",
    ),
];

/// Output to a file that others write, too.
fn shared_offset(context: &Context, row: &(&str, &str, &str)) -> Result<Verdict, String> {
    let (case, script, expected) = *row;
    let directory = crate::side::Fresh::new()?;
    let file = directory.path().join("out");
    let mut command = Command::new("sh");
    command
        .env_clear()
        .env("PATH", PATH)
        .current_dir("/")
        .args(["-c", &format!("exec > \"$1\"; {script}")])
        .arg(context.launcher)
        .arg(&file);
    run(command, b"", PATIENCE)?;
    let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let result = if text == expected { Ok(()) } else { Err(format!("{text:?}")) };
    Ok(context.holds(case, expected, result))
}
