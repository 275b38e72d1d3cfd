//! What the cases of a module said.

use std::collections::BTreeMap;

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It passed.
    Ok,
    /// It found that it cannot be run here.
    Skip,
    /// Something was not as it must be.
    Fail,
    /// It ended by an error that it did not expect.
    Error,
    /// It did not end, or ended its program.
    Died,
}

impl Word {
    const ALL: [Self; 5] = [Self::Ok, Self::Skip, Self::Fail, Self::Error, Self::Died];

    /// As the suite writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skip => "skip",
            Self::Fail => "FAIL",
            Self::Error => "ERROR",
            Self::Died => "died",
        }
    }

    /// Whether the case says nothing of any other side.
    pub(super) fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::Error | Self::Died)
    }
}

/// The results of a run, which may have been taken up again after a case that died.
#[derive(Debug, Default)]
pub(super) struct Results {
    cases: BTreeMap<String, (Word, String)>,
    /// Why the module as a whole did not come to its end.
    end: Option<String>,
}

impl Results {
    /// Takes the lines of one run; says with which case to go on if that ended within a case.
    pub(super) fn take(&mut self, text: &str, end: &str) -> Option<usize> {
        let mut open = None;
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            if word == "begin" {
                open = rest.split_once(' ');
            } else if line == "end" {
                return None;
            } else if let Some(word) = Word::ALL.into_iter().find(|known| known.name() == word) {
                let (case, why) = rest.split_once('\t').unwrap_or((rest, ""));
                self.cases.insert(case.to_string(), (word, why.to_string()));
                open = open.filter(|(_, begun)| *begun != case);
            }
        }
        let Some((number, case)) = open else {
            self.end = Some(format!("no end of the module: {end}"));
            return None;
        };
        // Where it stood, as the interpreter tells: the innermost of the first thread that it names.
        let place = text.lines().rev().find(|line| line.contains("/test") && line.starts_with("  File"));
        let why = format!("{end}{}", place.unwrap_or_default().replacen("  File", ", in", 1));
        self.cases.insert(case.to_string(), (Word::Died, why));
        number.parse::<usize>().ok()?.checked_add(1)
    }

    /// Puts the results of cases that ran again in the place of their first.
    pub(super) fn replace(&mut self, again: Self) {
        self.cases.extend(again.cases);
    }

    /// All that had a result.
    pub(super) fn cases(&self) -> impl Iterator<Item = &String> {
        self.cases.keys()
    }

    /// What became of a case.
    pub(super) fn word(&self, case: &str) -> Option<Word> {
        self.cases.get(case).map(|(word, _)| *word)
    }

    /// Whether the case did not end by itself.
    pub(super) fn has_died(&self, case: &str) -> bool {
        self.word(case) == Some(Word::Died)
    }

    /// What became of a case, and why.
    pub(super) fn describe(&self, case: &str) -> String {
        match self.cases.get(case) {
            Some((word, why)) => format!("{} {why}", word.name()),
            None => "nothing: it did not run".to_string(),
        }
    }

    /// Why the module did not come to its end.
    pub(super) fn end(&self) -> Option<&str> {
        self.end.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::{Results, Word};

    #[test]
    fn a_case_that_died_is_known_and_the_next_one_goes_on() {
        let mut results = Results::default();
        let text = "begin 0 a.b\nok a.b\t\nbegin 1 a.c\nTimeout!\n  File \"/test/x.py\", line 3 in f\n";
        assert_eq!(results.take(text, "status 1"), Some(2));
        assert_eq!(results.word("a.b"), Some(Word::Ok));
        assert!(results.has_died("a.c"));
        assert_eq!(results.take("begin 2 a.d\nFAIL a.d\twhy\nend\n", "status 0"), None);
        assert_eq!(results.describe("a.d"), "FAIL why");
        assert_eq!(results.end(), None);
    }

    #[test]
    fn a_module_that_cannot_be_loaded_has_no_end() {
        let mut results = Results::default();
        assert_eq!(results.take("", "status 1"), None);
        assert!(results.end().is_some());
    }
}
