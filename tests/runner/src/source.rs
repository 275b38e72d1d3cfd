//! Finds guest programs and reads their directives.
//!
//! A guest is one `.c`, `.S` or `.rs` file under `tests/guest/<subject>/`. Its first lines may hold
//! directives, each a comment of the form `// key: value`:
//!
//! - `build: WAY…`: how it is built, one test each (see [`Build`]; default `static`);
//! - `flags: …`: more flags for the compiler, which works in the repository; files that they name are sources, too;
//! - `launch: …`: more options for the launcher of the process machine;
//! - `run: NAME ARGS…`: one test for each such line (default: one, without arguments);
//! - `full: NAME ARGS…`: the same, where all sizes are asked for;
//! - `seeds: N M`: tests with the first argument 1 to N, to M where all sizes are asked for;
//! - `env: K=V`: a variable for the program, may repeat;
//! - `stdin: TEXT`: standard input, `\n` for a new line (default: /dev/null);
//! - `place: PLACE…`: which directory it works in, one test each (see [`Place`]; default `volume`);
//! - `timeout: SECONDS`: default 60.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::process::PATIENCE;

/// How a program is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// glibc, static, at a fixed address.
    Static,
    /// glibc, static, position-independent.
    StaticPie,
    /// glibc, dynamic, position-independent.
    Dynamic,
    /// glibc, dynamic, at a fixed address.
    DynamicNoPie,
    /// musl, static.
    MuslStatic,
    /// musl, dynamic.
    MuslDynamic,
    /// No C library at all.
    Bare,
    /// Rust, static.
    Rust,
}

impl Build {
    const ALL: [(&'static str, Self); 8] = [
        ("static", Self::Static),
        ("static-pie", Self::StaticPie),
        ("dynamic", Self::Dynamic),
        ("dynamic-nopie", Self::DynamicNoPie),
        ("musl-static", Self::MuslStatic),
        ("musl-dynamic", Self::MuslDynamic),
        ("bare", Self::Bare),
        ("rust", Self::Rust),
    ];

    /// Whether the program needs no file but its own.
    pub(crate) fn is_static(self) -> bool {
        !matches!(self, Self::Dynamic | Self::DynamicNoPie | Self::MuslDynamic)
    }

    /// The compiler and what selects this way.
    pub(crate) fn command(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Static => ("gcc", &["-static", "-no-pie"]),
            Self::StaticPie => ("gcc", &["-static-pie"]),
            Self::Dynamic => ("gcc", &["-pie", "-fPIE"]),
            Self::DynamicNoPie => ("gcc", &["-no-pie"]),
            Self::MuslStatic => ("musl-gcc", &["-static"]),
            Self::MuslDynamic => ("musl-gcc", &[]),
            Self::Bare => ("gcc", &["-nostdlib", "-static", "-no-pie"]),
            Self::Rust => ("rustc", &["--edition=2024", "-O", "-Ctarget-feature=+crt-static"]),
        }
    }
}

/// Which directory a program works in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A host directory given as a volume.
    Volume,
    /// A directory of the host's below, memory above.
    Overlay,
    /// A directory of the world's own memory file system.
    Memory,
}

impl Place {
    const ALL: [(&'static str, Self); 3] =
        [("volume", Self::Volume), ("overlay", Self::Overlay), ("memory", Self::Memory)];
}

/// One program, built one way, run one way.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    /// Its name in reports: `subject/file`, then what tells it from its variants.
    pub(crate) id: String,
    /// The source.
    pub(crate) source: PathBuf,
    /// The program, once built.
    pub(crate) binary: PathBuf,
    /// How it is built.
    pub(crate) build: Build,
    /// More flags for the compiler.
    pub(crate) flags: Vec<String>,
    /// More options for the launcher.
    pub(crate) options: Vec<String>,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Its environment, beyond PATH.
    pub(crate) environment: Vec<(String, String)>,
    /// Its standard input.
    pub(crate) stdin: Vec<u8>,
    /// Where it works.
    pub(crate) place: Place,
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// All guests below `top`, sorted by name; binaries go below `output`.
pub(crate) fn find(top: &Path, output: &Path, full: bool) -> Result<Vec<Guest>, String> {
    let mut guests = Vec::new();
    for subject in sorted(top)?.into_iter().filter(|path| path.is_dir()) {
        for file in sorted(&subject)? {
            if matches!(file.extension().and_then(|e| e.to_str()), Some("c" | "S" | "rs")) {
                guests.extend(variants(top, &file, output, full)?);
            }
        }
    }
    Ok(guests)
}

/// A directory's entries in order of name.
fn sorted(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error| format!("{}: {error}", directory.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The guests that one source makes: builds × places × runs.
fn variants(top: &Path, source: &Path, output: &Path, full: bool) -> Result<Vec<Guest>, String> {
    let text = std::fs::read_to_string(source).map_err(|error| format!("{}: {error}", source.display()))?;
    let directives = Directives::read(&text, full).map_err(|e| format!("{}: {e}", source.display()))?;
    let name = source.strip_prefix(top).unwrap_or(source).with_extension("");
    let name = name.display().to_string();
    let mut guests = Vec::new();
    for (build_name, build) in &directives.builds {
        for (place_name, place) in &directives.places {
            for (run_name, arguments) in &directives.runs {
                let mut id = name.clone();
                for (part, wanted) in [
                    (build_name, directives.builds.len() > 1),
                    (place_name, directives.places.len() > 1),
                    (run_name, !run_name.is_empty()),
                ] {
                    if wanted {
                        id = format!("{id}@{part}");
                    }
                }
                guests.push(Guest {
                    id,
                    source: source.to_path_buf(),
                    binary: output.join(format!("{name}.{build_name}")),
                    build: *build,
                    flags: directives.flags.clone(),
                    options: directives.options.clone(),
                    arguments: arguments.clone(),
                    environment: directives.environment.clone(),
                    stdin: directives.stdin.clone(),
                    place: *place,
                    limit: directives.limit,
                });
            }
        }
    }
    Ok(guests)
}

/// What the first lines of a source say.
struct Directives {
    builds: Vec<(String, Build)>,
    places: Vec<(String, Place)>,
    runs: Vec<(String, Vec<String>)>,
    flags: Vec<String>,
    options: Vec<String>,
    environment: Vec<(String, String)>,
    stdin: Vec<u8>,
    limit: Duration,
}

impl Directives {
    fn read(text: &str, full: bool) -> Result<Self, String> {
        let mut found = Self {
            builds: Vec::new(),
            places: Vec::new(),
            runs: Vec::new(),
            flags: Vec::new(),
            options: Vec::new(),
            environment: Vec::new(),
            stdin: Vec::new(),
            limit: PATIENCE,
        };
        for line in text.lines().map_while(|line| line.strip_prefix("//")) {
            if let Some((key, value)) = line.trim().split_once(": ") {
                found.take(key, value.trim(), full)?;
            }
        }
        if found.builds.is_empty() {
            found.builds.push(("static".to_string(), Build::Static));
        }
        if found.places.is_empty() {
            found.places.push(("volume".to_string(), Place::Volume));
        }
        if found.runs.is_empty() {
            found.runs.push((String::new(), Vec::new()));
        }
        Ok(found)
    }

    fn take(&mut self, key: &str, value: &str, full: bool) -> Result<(), String> {
        let mut words = value.split_whitespace().map(str::to_string);
        match key {
            "build" => self.builds = words.map(|w| named(&Build::ALL, w)).collect::<Result<_, _>>()?,
            "place" => self.places = words.map(|w| named(&Place::ALL, w)).collect::<Result<_, _>>()?,
            "full" if !full => {}
            "run" | "full" => {
                let name = words.next().unwrap_or_default();
                self.runs.push((name, words.collect()));
            }
            "seeds" => {
                let count = words.nth(usize::from(full)).and_then(|word| word.parse::<u32>().ok());
                let count = count.ok_or_else(|| format!("seeds: {value}: not two numbers"))?;
                self.runs.extend((1..=count).map(|seed| (format!("seed{seed}"), vec![seed.to_string()])));
            }
            "flags" => self.flags.extend(words),
            "launch" => self.options.extend(words),
            "env" => {
                let (name, value) = value.split_once('=').ok_or_else(|| format!("env: {value}: no ="))?;
                self.environment.push((name.to_string(), value.to_string()));
            }
            "stdin" => self.stdin = value.replace("\\n", "\n").into_bytes(),
            "timeout" => {
                let seconds = value.parse().map_err(|_| format!("timeout: {value}: no number"))?;
                self.limit = Duration::from_secs(seconds);
            }
            // Any other comment that has a colon in it.
            _ => {}
        }
        Ok(())
    }
}

/// Looks a word up in a table of names.
fn named<T: Copy>(table: &[(&'static str, T)], word: String) -> Result<(String, T), String> {
    match table.iter().find(|(name, _)| *name == word) {
        Some((_, value)) => Ok((word, *value)),
        None => Err(format!("{word}: unknown here")),
    }
}
