//! The command line.

use crate::side::Side;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Usage: trapless-tests [OPTIONS] [WORD…]

Runs guest programs on Linux and under Trapless and compares. With words: only what contains one
of them. The launcher is taken from the environment variable TRAPLESS.

      --linux-only     only check the tests themselves, on Linux
      --machine NAME   the machine to compare with Linux: process (default) or vm
      --list           list the tests and stop
      --json           print one JSON object a case instead of text
      --full           sizes as large as a user's files (1 GB, 100 MB), not CI's
      --suite NAME     only that suite (python); the words are names of its modules
      --shrink         cut random sequences that differ down to a few steps
      --as UID:GID     build, then run all as this user (root only)
      --jobs N         programs at a time (default 2)
  -v, --verbose        print passed cases too
  -h, --help           print this
";

/// The options, decoded.
#[derive(Debug)]
pub(crate) struct Options {
    /// Where to compare; none means Linux only.
    pub(crate) machine: Option<Side>,
    /// Only list.
    pub(crate) list: bool,
    /// JSON instead of text.
    pub(crate) json: bool,
    /// Large sizes.
    pub(crate) full: bool,
    /// Only this suite of others.
    pub(crate) suite: Option<String>,
    /// Cut random sequences down.
    pub(crate) shrink: bool,
    /// Whom to run as, once all is built.
    pub(crate) user: Option<(u32, u32)>,
    /// Parallel programs.
    pub(crate) jobs: usize,
    /// Passed cases are printed too.
    pub(crate) verbose: bool,
    /// Print the help and stop.
    pub(crate) help: bool,
    words: Vec<String>,
}

impl Options {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            machine: None,
            list: false,
            json: false,
            full: false,
            suite: None,
            shrink: false,
            user: None,
            jobs: 2,
            verbose: false,
            help: false,
            words: Vec::new(),
        };
        let mut linux_only = false;
        let mut machine = String::from("process");
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument}: a value is missing"));
            match argument.as_str() {
                "--linux-only" => linux_only = true,
                "--machine" => machine = value()?,
                "--list" => options.list = true,
                "--json" => options.json = true,
                "--full" | "--all" => options.full = true,
                "--as" => options.user = Some(user(&value()?)?),
                "--suite" => options.suite = Some(value()?),
                "--shrink" => options.shrink = true,
                "--jobs" => {
                    let text = value()?;
                    options.jobs = text
                        .parse()
                        .ok()
                        .filter(|n| *n > 0)
                        .ok_or_else(|| format!("--jobs {text}: not a number of programs"))?;
                }
                "-v" | "--verbose" => options.verbose = true,
                "-h" | "--help" => options.help = true,
                word if word.starts_with('-') => {
                    return Err(format!("{word}: unknown option (see --help)"));
                }
                word => options.words.push(word.to_string()),
            }
        }
        if !linux_only && !options.list && !options.help {
            options.machine = Some(Side::machine(&machine)?);
        }
        Ok(options)
    }

    /// True when the words name exactly this, or are none.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| word == name)
    }

    /// True when the filter words let this name through.
    pub(crate) fn selects(&self, name: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| name.contains(word.as_str()))
    }
}

/// The two numbers of `UID:GID`.
fn user(text: &str) -> Result<(u32, u32), String> {
    let numbers = text.split_once(':').and_then(|(uid, gid)| Some((uid.parse().ok()?, gid.parse().ok()?)));
    numbers.ok_or_else(|| format!("--as {text}: not of the form UID:GID"))
}
