//! Test suites of others, run unmodified on Linux and under a machine, and compared case by case.
//!
//! What passes on Linux must pass here; what Linux itself fails says nothing. A case that differs is run once
//! more by itself on both sides, because such suites measure time, and a loaded machine has none to give; one
//! that hangs or takes its program down is not forgiven.

mod python;
mod results;

use crate::compare::Verdict;
use crate::options::Options;
use crate::side::Side;
use results::{Results, Word};

/// One module of a suite.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its name, such as `python/test_os`.
    pub(crate) id: String,
    name: &'static str,
}

impl Module {
    /// Whether the words of the command line choose it: exactly, where a suite was asked for.
    pub(crate) fn is_chosen(&self, options: &Options) -> bool {
        match options.suite {
            Some(_) => options.names(self.name),
            None => options.selects(&self.id),
        }
    }
}

/// The modules of the suite that was asked for; of all suites when everything is run in full.
pub(crate) fn all(options: &Options) -> Vec<Module> {
    let wanted = options.full || options.suite.as_deref() == Some(python::NAME);
    let modules = if wanted { python::MODULES } else { &[] };
    modules.iter().map(|name| Module { id: format!("{}/{name}", python::NAME), name }).collect()
}

/// Runs a module on both sides.
pub(crate) fn judge(module: &Module, options: &Options) -> Vec<Verdict> {
    let machine = options.machine.as_ref().unwrap_or(&Side::Linux);
    match compare(module, machine) {
        Ok(verdicts) => verdicts,
        Err(reason) => vec![Verdict::fail(&module.id, reason)],
    }
}

fn compare(module: &Module, machine: &Side) -> Result<Vec<Verdict>, String> {
    let linux = python::observe(module.name, &Side::Linux, &[])?;
    let mut here = python::observe(module.name, machine, &[])?;
    let mut other = Results::default();
    let doubtful = differing(&linux, &here, &other);
    if !doubtful.is_empty() {
        here.replace(python::observe(module.name, machine, &doubtful)?);
        let doubtful = differing(&linux, &here, &other);
        if !doubtful.is_empty() {
            other = python::observe(module.name, &Side::Linux, &doubtful)?;
        }
    }
    let mut verdicts: Vec<Verdict> =
        linux.cases().map(|case| verdict(&module.id, case, [&linux, &other], &here)).collect();
    // A whole that Linux does not bring to its end says as little as such a case.
    verdicts.push(match here.end() {
        Some(reason) if linux.end().is_none() => Verdict::fail(&module.id, reason),
        _ => Verdict::pass(&module.id),
    });
    Ok(verdicts)
}

/// The cases worth a second look: which said something else than on Linux, and did not die.
fn differing(linux: &Results, here: &Results, other: &Results) -> Vec<String> {
    let differs =
        |case: &&String| verdict("", case, [linux, other], here).failure.is_some() && !here.has_died(case);
    linux.cases().filter(differs).cloned().collect()
}

/// What became of a case, which may have run twice on Linux.
fn verdict(id: &str, case: &str, linux: [&Results; 2], here: &Results) -> Verdict {
    let name = format!("{id}:{case}");
    let got = here.word(case);
    let mut expected = linux.iter().filter_map(|results| results.word(case));
    if expected.clone().any(|word| word.is_failure() || Some(word) == got) {
        return Verdict::pass(name);
    }
    let expected = expected.next().map_or("nothing", Word::name);
    Verdict::differ(name, expected, here.describe(case))
}
