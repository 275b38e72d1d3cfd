//! What a program and its libraries would ask of the kernel, told without running them.
//!
//! Principles: libraries are found as the program's loader would find them; a site is judged by the same crate
//! that judges it at run time; what cannot be known so is said to be unknown. What a program loads later
//! (dlopen(3)) or executes is not followed.
//!
//! | module | subject |
//! |---|---|
//! | `world` | the files of a root directory |
//! | `image` | an ELF file |
//! | `loader` | where the loader looks for libraries |
//! | `program` | a program with all its libraries |
//! | `sites` | what stands in an image |
//! | `summary` | all of it, counted |
//! | `text`, `json` | the report |

mod image;
mod json;
mod loader;
mod program;
mod sites;
mod summary;
mod text;
mod world;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::failure;
use crate::options::CheckOptions;
use program::Program;
use summary::Summary;
use world::World;

/// Why a program cannot be looked at, and the exit status that says so.
#[derive(Debug)]
pub(crate) struct Trouble {
    status: u8,
    error: anyhow::Error,
}

impl Trouble {
    fn new(status: u8, path: &Path, reason: impl fmt::Display) -> Self {
        Self { status, error: anyhow!("{}: {reason}", path.display()) }
    }
}

/// Looks at each program, prints the report, and gives the exit status: the first failure's.
pub(crate) fn run(options: &CheckOptions) -> Result<ExitCode> {
    let world = World::open(&options.root)?;
    let calls = crate::syscalls::calls()?;
    let mut summaries = Vec::new();
    let mut failed = None;
    for file in &options.files {
        match Program::load(&world, &place(options, file)?) {
            Ok(program) => {
                for missing in &program.missing {
                    let reason = format!("{} is not found, which it needs", missing.name);
                    let trouble = Trouble::new(failure::NOT_FOUND, &missing.needed_by, reason);
                    failure::warn(&trouble.error);
                    failed.get_or_insert(trouble.status);
                }
                summaries.push(Summary::new(program, &calls));
            }
            Err(trouble) => {
                failure::warn(&trouble.error);
                failed.get_or_insert(trouble.status);
            }
        }
    }
    let report = if options.json {
        json::report(&summaries)?
    } else {
        summaries.iter().map(|summary| text::report(summary, options.verbose)).collect::<Vec<_>>().join("\n")
    };
    // Where nothing could be looked at, the failure is all there is to say.
    let printed = if summaries.is_empty() { ExitCode::SUCCESS } else { failure::print(&report) };
    Ok(failed.map_or(printed, ExitCode::from))
}

/// The path of a file in the world: relative ones start where the caller is, if the world is the host's.
fn place(options: &CheckOptions, file: &Path) -> Result<PathBuf> {
    if file.is_absolute() || options.root != Path::new("/") {
        return Ok(file.to_owned());
    }
    Ok(std::env::current_dir().context("cannot tell the current directory")?.join(file))
}
