//! Some of the same programs with the C library's names bound to linked calls (`--bind-libc`): nothing may differ.

use super::{Program, Row, busybox, scripts, table};

const NAMES: &[&str] = &[
    "ls",
    "cat",
    "cp-r",
    "rm-r",
    "id-env-pwd",
    "dd",
    "tar",
    "xz",
    "find-delete",
    "script-pipelines",
    "script-traps",
    "sqlite3-file",
    "python3-imports",
    "python3-files",
    "python3-mmap",
    "python3-signal",
    "python3-select",
    "python3-numpy",
    "perl",
    "perl-files",
    "git-log",
];

/// All of them.
pub(super) fn all() -> impl Iterator<Item = Program> {
    let rows = busybox::TABLE.iter().chain(table::TABLE).chain(scripts::TABLE);
    rows.filter(|(name, _)| NAMES.contains(name)).map(|&(name, commands): &Row| Program {
        id: format!("bound/{name}"),
        commands,
        options: vec!["--bind-libc".to_owned()],
    })
}
