//! Options that are obeyed.

use super::BUSYBOX;
use crate::compare::Verdict;
use crate::hostile::Context;
use crate::process::End;
use crate::side::Fresh;

/// A case's name, the options, busybox's words, and the output.
type Row = (&'static str, &'static [&'static str], &'static [&'static str], &'static str);

const GOOD: &[Row] = &[
    (
        "environment",
        &["--env", "A=b c", "--env", "E="],
        &["sh", "-c", "echo \"[$A][${E-unset}]\""],
        "[b c][]\n",
    ),
    ("environment-last-wins", &["--env", "A=1", "--env", "A=2"], &["sh", "-c", "echo $A"], "2\n"),
    ("workdir", &["--workdir", "/usr/share"], &["pwd"], "/usr/share\n"),
    ("user", &["--user", "1234:5678"], &["id"], "uid=1234 gid=5678\n"),
    (
        "user-cannot-read",
        &["--user", "1234:5678"],
        &["sh", "-c", "exec 2> /dev/null; read x < /etc/shadow || echo no"],
        "no\n",
    ),
    ("hostname", &["--hostname", "a-name"], &["hostname"], "a-name\n"),
    ("hostname-in-uname", &["--hostname", "a-name"], &["uname", "-n"], "a-name\n"),
    ("one-processor", &["--cpus", "1"], &["nproc"], "1\n"),
    ("three-processors", &["--cpus", "3"], &["nproc"], "3\n"),
    ("program-has-options", &[], &["echo", "--root", "-n", "--", "x"], "--root -n -- x\n"),
    ("process-one", &[], &["sh", "-c", "echo $$ $PPID"], "1 0\n"),
    ("no-other-process", &[], &["sh", "-c", "cd /proc; echo [0-9]*"], "1\n"),
];

/// The options with good values.
pub(super) fn options(context: &Context) -> Result<Vec<Verdict>, String> {
    let mut verdicts = Vec::new();
    for (name, options, words, output) in GOOD {
        verdicts.push(prints(context, name, options, words, output)?);
    }
    verdicts.push(search(context)?);
    verdicts.push(memory(context)?);
    verdicts.push(full(context)?);
    verdicts.push(volumes(context)?);
    Ok(verdicts)
}

/// Runs busybox; it must print this, say nothing on standard error, and succeed.
fn prints(
    context: &Context,
    case: &str,
    options: &[&str],
    words: &[&str],
    output: &str,
) -> Result<Verdict, String> {
    let all: Vec<&str> = options.iter().chain(&["--", BUSYBOX]).chain(words).copied().collect();
    let outcome = context.run(&all)?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let error = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let good = outcome.end == End::Status(0) && text == output && error.is_empty();
    let got = format!("{}: {text:?} {}", outcome.end, error.trim_end());
    Ok(context.holds(case, &format!("{output:?}"), if good { Ok(()) } else { Err(got) }))
}

/// A program without a slash is looked for in the PATH that the program itself gets.
fn search(context: &Context) -> Result<Verdict, String> {
    let outcome = context.run(&["--env", "PATH=/nowhere:/usr/bin", "--", "basename", "/a/b"])?;
    let good = outcome.stdout == b"b\n" && outcome.end == End::Status(0);
    let got = format!("{}: {}", outcome.end, String::from_utf8_lossy(&outcome.stderr).trim_end());
    Ok(context.holds("search-path", "b", if good { Ok(()) } else { Err(got) }))
}

/// The world has the memory that it was given, and a program that wants more is told so.
fn memory(context: &Context) -> Result<Verdict, String> {
    let script = "while read k v u; do [ $k = MemTotal: ] && echo $v; done < /proc/meminfo";
    let outcome = context.run(&["--memory", "256M", "--", BUSYBOX, "sh", "-c", script])?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let total: u64 = text.trim().parse().unwrap_or(0);
    let good = (200_000..=262_144).contains(&total);
    let got = format!("{}: {text:?} kB", outcome.end);
    Ok(context.holds("memory", "a total near 262144 kB", if good { Ok(()) } else { Err(got) }))
}

/// A file that is larger than the world's memory is an error, and the world goes on.
fn full(context: &Context) -> Result<Verdict, String> {
    let all = ["--memory", "64M", "--", BUSYBOX, "dd", "if=/dev/zero", "of=/tmp/big", "bs=1M", "count=200"];
    let outcome = context.run(&all)?;
    let text = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let good = outcome.end == End::Status(1) && text.contains("No space left on device");
    let got = format!("{}: {}", outcome.end, text.trim_end());
    Ok(context.holds("memory-full", "No space left on device", if good { Ok(()) } else { Err(got) }))
}

/// Two volumes, one within the other, on places that the root does not have.
fn volumes(context: &Context) -> Result<Verdict, String> {
    let (one, two) = (Fresh::new()?, Fresh::new()?);
    std::fs::write(one.path().join("one"), "").map_err(|error| error.to_string())?;
    std::fs::write(two.path().join("two"), "").map_err(|error| error.to_string())?;
    let first = format!("{}:/made/up/place", one.path().display());
    let second = format!("{}:/made/up/place/below:ro", two.path().display());
    let options = ["--volume", first.as_str(), "--volume", second.as_str()];
    let script = "cd /made/up/place; echo *; echo below/*; > new; > below/new || echo refused";
    let all: Vec<&str> = options.iter().chain(&["--", BUSYBOX, "sh", "-c", script]).copied().collect();
    let outcome = context.run(&all)?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let made = one.path().join("new").is_file() && !two.path().join("new").exists();
    let good = text == "below one\nbelow/two\nrefused\n" && made;
    let got = format!("{}: {text:?} {}", outcome.end, String::from_utf8_lossy(&outcome.stderr).trim_end());
    Ok(context.holds("volumes", "both volumes, the second read-only", if good { Ok(()) } else { Err(got) }))
}

/// `--strace` writes every call, in strace's form.
pub(super) fn strace(context: &Context) -> Result<Vec<Verdict>, String> {
    let directory = Fresh::new()?;
    let file = directory.path().join("calls");
    let option = format!("--strace={}", file.display());
    let script = "echo hello; read x < /no/such/file; exit 3";
    let outcome = context.run(&[option.as_str(), "--", BUSYBOX, "sh", "-c", script])?;
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    // Results stand in a column.
    let text = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n");
    let text: String = text.collect();
    let mut verdicts = vec![context.holds(
        "to-a-file-changes-no-output",
        "hello and status 3",
        if outcome.stdout == b"hello\n" && outcome.end == End::Status(3) {
            Ok(())
        } else {
            Err(format!("{}: {:?}", outcome.end, String::from_utf8_lossy(&outcome.stdout)))
        },
    )];
    for (case, words) in [
        ("write", "write(1, \"hello\\n\", 6) "),
        ("failing-call", "= -1 ENOENT (No such file or directory)"),
        ("path", "\"/no/such/file\""),
        ("flags", "O_RDONLY"),
        ("exit", "exit_group(3)"),
    ] {
        let found = text.contains(words);
        let got = format!("{} lines without it", text.lines().count());
        verdicts.push(context.holds(case, words, if found { Ok(()) } else { Err(got) }));
    }
    let outcome = context.run(&["--strace", "--", BUSYBOX, "true"])?;
    let text = String::from_utf8_lossy(&outcome.stderr).into_owned();
    let good = text.contains("exit_group(0)") && outcome.end == End::Status(0);
    let got = format!("{}: {}", outcome.end, text.lines().last().unwrap_or_default());
    verdicts.push(context.holds("to-standard-error", "exit_group(0)", if good { Ok(()) } else { Err(got) }));
    Ok(verdicts)
}
