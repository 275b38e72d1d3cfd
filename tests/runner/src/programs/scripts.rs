//! Shell scripts: programs that start others, pipelines, job control.

use super::Row;

/// A row of one script of `tests/programs`, after commands that say which programs it needs.
macro_rules! script {
    ($name:literal, [$($shell:literal),+] $(, $needed:literal)*) => {
        (
            concat!("script-", $name),
            &[
                $(&[$needed, "--version"],)*
                &[$($shell,)+ "-c", include_str!(concat!("../../../programs/", $name, ".sh"))],
            ],
        )
    };
}

/// The scripts.
pub(super) const TABLE: &[Row] = &[
    script!("pipelines", ["bash"]),
    script!("traps", ["bash"]),
    script!("jobs", ["bash"]),
    script!("utilities", ["bash"], "gawk", "less"),
    script!("small_shell", ["dash"]),
    ("script-busybox-ash", &[&["busybox", "ash", "-c", include_str!("../../../programs/small_shell.sh")]]),
    script!("make", ["bash"], "make", "gcc"),
    script!("git", ["bash"], "git"),
    script!("perl", ["bash"], "perl", "python3"),
    script!("sqlite", ["bash"], "sqlite3"),
    script!("editors", ["bash"], "vim"),
    script!("tmux", ["bash"], "tmux"),
];
