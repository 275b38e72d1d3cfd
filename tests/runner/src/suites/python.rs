//! Python's own tests, as the distribution packages them.

use std::path::Path;
use std::time::Duration;

use super::results::Results;
use crate::process;
use crate::side::{Fresh, Side};
use crate::source::Place;

/// The suite's name.
pub(super) const NAME: &str = "python";

/// The modules that are compared.
pub(super) const MODULES: &[&str] = &[
    "test_cmd_line",
    "test_concurrent_futures",
    "test_ctypes",
    "test_eintr",
    "test_epoll",
    "test_faulthandler",
    "test_fcntl",
    "test_fork1",
    "test_glob",
    "test_grp",
    "test_gzip",
    "test_io",
    "test_ioctl",
    "test_largefile",
    "test_mailbox",
    "test_mmap",
    "test_openpty",
    "test_os",
    "test_pathlib",
    "test_platform",
    "test_poll",
    "test_popen",
    "test_posix",
    "test_posixpath",
    "test_pty",
    "test_pwd",
    "test_queue",
    "test_resource",
    "test_sched",
    "test_select",
    "test_selectors",
    "test_shutil",
    "test_signal",
    "test_stat",
    "test_subprocess",
    "test_sys",
    "test_tarfile",
    "test_tempfile",
    "test_thread",
    "test_threading",
    "test_time",
    "test_wait4",
    "test_zipfile",
];

/// What the interpreter runs: all of a module, a line a result.
const DRIVER: &str = include_str!("python/driver.py");

/// The interpreter that the modules belong to.
const INTERPRETER: &str = "/usr/bin/python3";

/// How long one case may take, in seconds: many times what it takes on a machine that does nothing else.
const CASE_LIMIT: &str = "240";

/// How long a whole module may take.
const LIMIT: Duration = Duration::from_secs(2400);

/// How often a run is taken up again after a case that died.
const MOST_RUNS: usize = 50;

/// What the modules find in their environment, beyond PATH.
const VARIABLES: [(&str, &str); 4] =
    [("TZ", "UTC"), ("LC_ALL", "C.UTF-8"), ("HOME", "/nonexistent"), ("TERM", "dumb")];

/// Runs a module, or only the chosen cases of it.
pub(super) fn observe(module: &str, side: &Side, chosen: &[String]) -> Result<Results, String> {
    let directory = Fresh::new()?;
    let (driver, file) = (directory.path().join("driver.py"), directory.path().join("results"));
    std::fs::write(&driver, DRIVER).map_err(|error| format!("{}: {error}", driver.display()))?;
    let variables = VARIABLES.map(|(name, value)| (name.to_string(), value.to_string()));
    let mut results = Results::default();
    let mut first = 0;
    for _ in 0..MOST_RUNS {
        let mut command =
            side.command(Path::new(INTERPRETER), directory.path(), Place::Volume, &variables, &[]);
        command.args(["driver.py", "results", module, &first.to_string(), CASE_LIMIT]).args(chosen);
        let outcome = process::run(command, &[], LIMIT)?;
        let said = std::fs::read(&file).unwrap_or_default();
        drop(std::fs::remove_file(&file));
        let words = String::from_utf8_lossy(&outcome.stderr);
        let last = words.lines().next_back().unwrap_or_default();
        let end = format!("{} [{last}]", outcome.end);
        match results.take(&String::from_utf8_lossy(&said), &end) {
            Some(next) => first = next,
            None => return Ok(results),
        }
    }
    Err(format!("{module}: {MOST_RUNS} cases died"))
}
