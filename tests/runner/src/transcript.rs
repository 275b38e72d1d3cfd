//! What a guest said, taken apart into cases.

use crate::process::{End, Outcome};

/// One case as the guest reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    /// Its name.
    pub(crate) name: String,
    /// Its whole line, or how the guest died in it.
    pub(crate) line: String,
}

/// All that a guest said, over all the runs that it took.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    /// The cases in order.
    pub(crate) cases: Vec<Case>,
    /// Other lines of standard output, and a part of a line at its end.
    pub(crate) other: Vec<u8>,
    /// Standard error.
    pub(crate) stderr: Vec<u8>,
    /// How the last run ended.
    pub(crate) end: Option<End>,
    /// Set when the guest could not be run at all.
    pub(crate) broken: Option<String>,
    /// The guest's own list of cases, when it printed one first.
    planned: Vec<String>,
}

impl Transcript {
    /// Adds one run.
    pub(crate) fn take(&mut self, outcome: &Outcome) {
        for line in outcome.stdout.split_inclusive(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            let text = text.trim_end_matches('\n');
            if let Some(names) = text.strip_prefix("cases: ") {
                self.planned = names.split(' ').map(str::to_string).collect();
            } else if let Some(name) = case_name(text) {
                self.cases.push(Case { name: name.to_string(), line: text.to_string() });
            } else {
                self.other.extend_from_slice(line);
            }
        }
        self.stderr.extend_from_slice(&outcome.stderr);
        self.end = Some(outcome.end);
    }

    /// True when cases that the guest announced are missing, so that it must have died in one.
    pub(crate) fn must_resume(&self) -> bool {
        self.cases.len() < self.planned.len()
    }

    /// Records the death of the guest in the case that it had begun.
    pub(crate) fn note_death(&mut self) {
        let end = self.end.map_or_else(String::new, |end| end.to_string());
        if let Some(name) = self.planned.get(self.cases.len()) {
            let line = format!("not ok {name}: the program ended: {end}{}", self.last_words());
            self.cases.push(Case { name: name.clone(), line });
        }
        self.other.clear();
        self.stderr.clear();
    }

    /// The first line of standard error, which often says why.
    fn last_words(&self) -> String {
        let text = String::from_utf8_lossy(&self.stderr);
        text.lines().next().map_or_else(String::new, |line| format!(" [{line}]"))
    }
}

/// The name in `ok name …` or `not ok name: …`.
fn case_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("not ok ").or_else(|| line.strip_prefix("ok "))?;
    rest.split([' ', ':']).next()
}
