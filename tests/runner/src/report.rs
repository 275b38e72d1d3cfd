//! What the user reads.

use std::path::Path;

use crate::compare::Verdict;
use crate::expect::Expect;
use crate::options::Options;
use crate::side::Side;

/// Counts and prints as results come in.
pub(crate) struct Report {
    json: bool,
    verbose: bool,
    expect: Expect,
    passed: usize,
    failed: usize,
    known: usize,
    /// The tests with a failed case.
    bad: Vec<String>,
}

impl Report {
    /// An empty report; the list of known differences applies only under a machine.
    pub(crate) fn new(options: &Options, root: &Path) -> Result<Self, String> {
        let mut expect = Expect::default();
        for list in options.machine.as_ref().map_or(&[][..], Side::expectations) {
            expect.read(&root.join(list))?;
        }
        let (json, verbose) = (options.json, options.verbose);
        Ok(Self { json, verbose, expect, passed: 0, failed: 0, known: 0, bad: Vec::new() })
    }

    /// Takes the verdicts of one test.
    pub(crate) fn add(&mut self, id: &str, verdicts: Vec<Verdict>) {
        let before = self.failed;
        let cases = verdicts.len();
        for verdict in verdicts {
            self.judge(verdict);
        }
        if self.failed > before {
            self.bad.push(id.to_string());
        }
        if !self.json {
            let failed = self.failed - before;
            let mark = if failed == 0 { "pass" } else { "FAIL" };
            println!("{mark} {id} ({} of {cases})", cases - failed);
        }
    }

    /// Whether a case of that test failed.
    pub(crate) fn has_failed(&self, id: &str) -> bool {
        self.bad.iter().any(|bad| bad == id)
    }

    fn judge(&mut self, verdict: Verdict) {
        let known = self.expect.reason(&verdict.case).map(str::to_string);
        match (&verdict.failure, known) {
            (None, None) => {
                self.passed += 1;
                self.say(&verdict.case, "pass", "", "");
            }
            (Some(_), Some(reason)) => {
                self.known += 1;
                self.say(&verdict.case, "known", "", &reason);
            }
            (None, Some(_)) => {
                self.failed += 1;
                self.say(&verdict.case, "fail", "a difference", "none: take it off the list");
            }
            (Some(failure), None) => {
                self.failed += 1;
                self.say(&verdict.case, "fail", &failure.expected, &failure.got);
            }
        }
    }

    fn say(&self, case: &str, state: &str, expected: &str, got: &str) {
        if self.json {
            println!(
                "{{\"case\":{},\"state\":{},\"expected\":{},\"got\":{}}}",
                quote(case),
                quote(state),
                quote(expected),
                quote(got)
            );
        } else if state == "fail" {
            println!("  fail {case}\n    expected {expected}\n    got      {got}");
        } else if self.verbose {
            println!("  {state} {case} {got}");
        }
    }

    /// Prints the last line; true when nothing failed.
    pub(crate) fn finish(&self) -> bool {
        if self.known > 0 && !self.json {
            println!("{} known differences (tests/expect)", self.known);
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }
}

/// A JSON string.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
