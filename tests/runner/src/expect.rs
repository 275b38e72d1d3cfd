//! The list of differences that are known: `tests/expect/<machine or suite>.txt`.
//!
//! One line each: the case, a colon and a space, the reason. `#` begins a comment. The list may only
//! shrink: a case on it that passes is an error, so that it is taken off at once.

use std::collections::BTreeMap;
use std::path::Path;

/// Known differences by case.
#[derive(Debug, Default)]
pub(crate) struct Expect {
    reasons: BTreeMap<String, String>,
}

impl Expect {
    /// Adds a list; a missing file is an empty one.
    pub(crate) fn read(&mut self, path: &Path) -> Result<(), String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (case, reason) = line
                .split_once(": ")
                .ok_or_else(|| format!("{}: no reason given: {line}", path.display()))?;
            self.reasons.insert(case.to_string(), reason.to_string());
        }
        Ok(())
    }

    /// Why that case is known to differ.
    pub(crate) fn reason(&self, case: &str) -> Option<&str> {
        self.reasons.get(case).map(String::as_str)
    }
}
