//! A program's sites, counted.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rewrite::number::Number;
use rewrite::survey::Certainty;
use rewrite::{Declined, Form};

use super::program::{Missing, Program};
use super::sites::{Site, sites};
use crate::syscalls::Call;

/// One file of a program, and its sites.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) sites: Vec<Site>,
}

/// A call that the program may make.
pub(crate) struct Use {
    /// Its row in the list; `None` where the kernel does not know it.
    pub(crate) call: Option<Call>,
    /// How many sites make it.
    pub(crate) sites: usize,
}

/// All there is to tell.
pub(crate) struct Summary {
    pub(crate) file: PathBuf,
    pub(crate) files: Vec<File>,
    pub(crate) missing: Vec<Missing>,
    /// By number.
    pub(crate) calls: BTreeMap<u32, Use>,
    pub(crate) fates: BTreeMap<Result<Form, Declined>, usize>,
}

impl Summary {
    /// Looks through all files of a program.
    pub(crate) fn new(program: Program, known: &[Call]) -> Self {
        let Program { file, members, missing } = program;
        let files: Vec<File> = members
            .into_iter()
            .map(|member| File { sites: sites(&member.image), path: member.image.path })
            .collect();
        let mut calls: BTreeMap<u32, Use> = BTreeMap::new();
        let mut fates = BTreeMap::new();
        for site in files.iter().flat_map(|file| &file.sites) {
            *fates.entry(site.fate).or_default() += 1;
            if let Number::Constant(number) = site.number {
                let call = || known.iter().find(|call| call.x86_64 == Some(number)).cloned();
                calls.entry(number).or_insert_with(|| Use { call: call(), sites: 0 }).sites += 1;
            }
        }
        Self { file, files, missing, calls, fates }
    }

    /// How many sites there are.
    pub(crate) fn sites(&self) -> usize {
        self.files.iter().map(|file| file.sites.len()).sum()
    }

    /// How many sites have that number.
    pub(crate) fn with_number(&self, number: Number) -> usize {
        self.files.iter().flat_map(|file| &file.sites).filter(|site| site.number == number).count()
    }

    /// How many sites may be no code.
    pub(crate) fn guessed(&self) -> usize {
        let sites = self.files.iter().flat_map(|file| &file.sites);
        sites.filter(|site| site.certainty == Certainty::Guessed).count()
    }

    /// How many sites become jumps in that form.
    pub(crate) fn with_form(&self, form: Form) -> usize {
        self.fates.get(&Ok(form)).copied().unwrap_or(0)
    }

    /// Why sites keep trapping, and how many each.
    pub(crate) fn declined(&self) -> impl Iterator<Item = (Declined, usize)> {
        self.fates.iter().filter_map(|(fate, count)| Some((fate.err()?, *count)))
    }

    /// The calls of which something is missing.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = (&Call, &str)> {
        let known = self.calls.values().filter_map(|used| used.call.as_ref());
        known.filter_map(|call| Some((call, call.missing.as_deref()?)))
    }

    /// The numbers that the kernel does not know.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = u32> {
        self.calls.iter().filter(|(_, used)| used.call.is_none()).map(|(number, _)| *number)
    }
}
