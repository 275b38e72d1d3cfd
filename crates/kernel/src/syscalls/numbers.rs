//! The list's three columns of numbers, held against a table that was made from Linux's own headers.

use alloc::format;
use alloc::vec::Vec;
use std::collections::HashMap;

use super::ROWS;

const COLUMNS: [&str; 3] = ["x86_64", "aarch64", "i386"];

/// The name that the architecture has for a number.
fn name_of(column: usize, number: u32) -> Option<&'static str> {
    let number = usize::try_from(number).ok()?;
    match column {
        0 => syscalls::x86_64::Sysno::new(number).map(|call| call.name()),
        1 => syscalls::aarch64::Sysno::new(number).map(|call| call.name()),
        _ => syscalls::x86::Sysno::new(number).map(|call| call.name()),
    }
}

/// Whether an architecture's name for a call means the row with that name.
///
/// Where i386 has an old call with narrow types and a newer one with the row's types, the newer one
/// is the row's: `getuid32`, `fcntl64`, `clock_gettime64`, `mmap2`.
fn is_same(name: &str, row: &str) -> bool {
    let renamed = matches!(
        (name, row),
        ("mmap2", "mmap")
            | ("ugetrlimit", "getrlimit")
            | ("fstatat", "newfstatat")
            | ("_newselect", "select")
    );
    renamed
        || name == row
        || ["32", "64", "_time64", "_time32"].iter().any(|suffix| name.strip_suffix(suffix) == Some(row))
}

#[test]
fn every_number_has_the_name_that_linux_gives_it() {
    let mut wrong = Vec::new();
    for row in ROWS {
        for (column, number) in row.numbers.iter().enumerate() {
            let Some(number) = *number else { continue };
            let found = name_of(column, number);
            if !found.is_some_and(|found| is_same(found, row.name)) {
                wrong.push(format!(
                    "{}: {} has {found:?} for {number}",
                    row.name,
                    COLUMNS.get(column).unwrap_or(&"")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_number_is_missing_where_the_architecture_has_the_call() {
    let mut wrong = Vec::new();
    for (column, architecture) in COLUMNS.iter().enumerate() {
        let known: HashMap<&str, u32> =
            (0..1024).filter_map(|number| Some((name_of(column, number)?, number))).collect();
        for row in ROWS.iter().filter(|row| row.numbers.get(column) == Some(&None)) {
            if let Some(number) = known.get(row.name) {
                wrong.push(format!("{}: {architecture} has it as {number}", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_number_is_there_twice() {
    for (column, architecture) in COLUMNS.iter().enumerate() {
        let mut seen = HashMap::new();
        for row in ROWS {
            if let Some(Some(number)) = row.numbers.get(column)
                && let Some(other) = seen.insert(number, row.name)
            {
                panic!("{architecture}: {number} is both {other} and {}", row.name);
            }
        }
    }
}
