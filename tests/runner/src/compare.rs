//! Two transcripts to verdicts.

use crate::process::End;
use crate::transcript::Transcript;

/// What became of one case.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// `guest:case`, or the guest's name for what it did as a whole.
    pub(crate) case: String,
    /// Why it failed.
    pub(crate) failure: Option<Failure>,
}

/// Why a case failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What Linux did.
    pub(crate) expected: String,
    /// What was seen.
    pub(crate) got: String,
}

impl Verdict {
    /// The case held.
    pub(crate) fn pass(case: impl Into<String>) -> Self {
        Self { case: case.into(), failure: None }
    }

    /// The case did not even come to a comparison.
    pub(crate) fn fail(case: impl Into<String>, why: impl Into<String>) -> Self {
        Self::differ(case, "a run", why)
    }

    /// The case differs from what was expected.
    pub(crate) fn differ(
        case: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        let failure = Failure { expected: expected.into(), got: got.into() };
        Self { case: case.into(), failure: Some(failure) }
    }
}

/// Judges a guest by itself: on Linux every case must be `ok`.
pub(crate) fn on_linux(id: &str, linux: &Transcript) -> Vec<Verdict> {
    if let Some(reason) = &linux.broken {
        return vec![Verdict::fail(id, reason.clone())];
    }
    let mut verdicts = Vec::new();
    for case in &linux.cases {
        let name = format!("{id}:{}", case.name);
        verdicts.push(if case.line.starts_with("ok ") {
            Verdict::pass(name)
        } else {
            Verdict::differ(name, "ok on Linux (the test itself is wrong)", case.line.clone())
        });
    }
    let clean = matches!(linux.end, Some(End::Status(0)) | None);
    let whole = if linux.must_resume() {
        Verdict::fail(id, format!("on Linux: ended within a case: {}", end(linux)))
    } else if !linux.cases.is_empty() && !clean && verdicts.iter().all(|v| v.failure.is_none()) {
        Verdict::fail(id, format!("on Linux: {}", end(linux)))
    } else {
        Verdict::pass(id)
    };
    verdicts.push(whole);
    verdicts
}

/// Compares what a machine did with what Linux did.
pub(crate) fn verdicts(id: &str, linux: &Transcript, here: &Transcript) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (index, case) in linux.cases.iter().enumerate() {
        let name = format!("{id}:{}", case.name);
        verdicts.push(match here.cases.get(index) {
            Some(other) if other == case => Verdict::pass(name),
            Some(other) => {
                let (expected, got) = contrast(&case.line, &other.line);
                Verdict::differ(name, expected, got)
            }
            None => Verdict::differ(name, case.line.clone(), missing(here)),
        });
    }
    verdicts.push(whole(id, linux, here));
    verdicts
}

/// Two lines of one case; of long ones with the same number of words only the words that differ.
fn contrast(expected: &str, got: &str) -> (String, String) {
    let (left, right): (Vec<&str>, Vec<&str>) = (expected.split(' ').collect(), got.split(' ').collect());
    if expected.len() < 100 || left.len() != right.len() {
        return (expected.to_string(), got.to_string());
    }
    let pairs: Vec<_> = left.iter().zip(&right).filter(|(a, b)| a != b).collect();
    let words = |side: fn(&(&&str, &&str)) -> String| pairs.iter().map(side).collect::<Vec<_>>().join(" ");
    (words(|(a, _)| a.to_string()), words(|(_, b)| b.to_string()))
}

/// Compares all but the cases: the rest of the output, standard error, the end.
fn whole(id: &str, linux: &Transcript, here: &Transcript) -> Verdict {
    if let Some(reason) = &here.broken {
        return Verdict::fail(id, reason.clone());
    }
    // A case that failed makes the guest's own status 1; that is told already, by the case.
    let told = here.cases.iter().any(|case| case.line.starts_with("not ok"));
    if linux.end != here.end && !told {
        return Verdict::differ(id, end(linux), format!("{}{}", end(here), words(&here.stderr)));
    }
    if linux.other != here.other {
        return difference(id, "standard output", &linux.other, &here.other);
    }
    if linux.stderr != here.stderr {
        return difference(id, "standard error", &linux.stderr, &here.stderr);
    }
    if here.cases.len() > linux.cases.len() {
        return Verdict::differ(id, "no more cases", "cases that Linux does not have");
    }
    Verdict::pass(id)
}

/// The first line that differs.
pub(crate) fn difference(id: &str, what: &str, expected: &[u8], got: &[u8]) -> Verdict {
    let (expected, got) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(got));
    let (mut left, mut right) = (expected.lines(), got.lines());
    let mut number = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (None, None) => return Verdict::differ(id, what, format!("{what} ends differently")),
            (a, b) => {
                let show = |line: Option<&str>| match line {
                    Some(line) => format!("{what} line {number}: {}", shorten(line)),
                    None => format!("{what} ends before line {number}"),
                };
                return Verdict::differ(id, show(a), show(b));
            }
        }
    }
}

fn shorten(line: &str) -> String {
    if line.chars().count() <= 200 {
        return line.to_string();
    }
    let short: String = line.chars().take(200).collect();
    format!("{short}…")
}

fn end(transcript: &Transcript) -> String {
    transcript.end.map_or_else(|| "no run".to_string(), |end| end.to_string())
}

fn missing(here: &Transcript) -> String {
    match &here.broken {
        Some(reason) => reason.clone(),
        None => format!("nothing: {}{}", end(here), words(&here.stderr)),
    }
}

/// The first line of standard error, in brackets.
fn words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    text.lines().next().map_or_else(String::new, |line| format!(" [{}]", shorten(line)))
}
