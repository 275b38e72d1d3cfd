//! Prints what `crates/link` takes from the list of system calls, made by `cargo xtask syscalls`: for the
//! argument `c` the C header's calls, for `stubs` the calls that are missing, for `rust` the numbers.

use std::io::{Error, Result, Write};

use arch::call::{entry_offset, entry_table};
use kernel::syscalls::{ROWS, Row};

const NOTE: &str = "Made from the kernel's one list by `cargo xtask syscalls`; do not edit.";

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    match std::env::args().nth(1).as_deref() {
        Some("c") => header(&mut out),
        Some("stubs") => stubs(&mut out),
        Some("rust") => numbers(&mut out),
        _ => Err(Error::other("usage: linked c|stubs|rust")),
    }
}

/// The rows that x86-64 has, by name.
fn rows() -> Vec<(u32, &'static Row)> {
    let mut rows: Vec<_> = ROWS.iter().filter_map(|row| Some((row.numbers[0]?, row))).collect();
    rows.sort_by_key(|(_, row)| row.name);
    rows
}

/// The calls of Linux that the list does not have, by name.
fn missing() -> Vec<(usize, &'static str)> {
    let known = |name| ROWS.iter().any(|row| row.name == name);
    let all = (0..1024).filter_map(|number| Some((number, syscalls::x86_64::Sysno::new(number)?.name())));
    let mut missing: Vec<_> = all.filter(|&(_, name)| !known(name)).collect();
    missing.sort_by_key(|&(_, name)| name);
    missing
}

fn header(out: &mut impl Write) -> Result<()> {
    let table = entry_table();
    writeln!(out, "/* {NOTE} Included by trapless.h. */\n")?;
    writeln!(
        out,
        "/* Where the kernel's entries lie, relative to the base of GS: for any number, and for each. */"
    )?;
    writeln!(out, "#define TL_ENTRY_ANY {}", entry_offset(None))?;
    writeln!(out, "#define TL_ENTRY_FIRST {}", table.first)?;
    writeln!(out, "#define TL_ENTRY_COUNT {}\n", table.count)?;
    for (number, row) in rows() {
        writeln!(out, "#define TL_NR_{} {number}", row.name)?;
    }
    writeln!(out, "\n#ifndef __ASSEMBLER__\n")?;
    for (number, row) in rows() {
        function(out, number, row)?;
    }
    writeln!(out, "#ifndef TL_NO_STUBS\n")?;
    writeln!(out, "/* Calls that the kernel does not have: see libtrapless's stubs. */")?;
    for (_, name) in missing() {
        writeln!(out, "long tl_{name}_raw(TL_ANY_);\nlong tl_{name}(TL_ANY_);")?;
    }
    writeln!(out, "\n#endif\n#endif")
}

/// Both faces of one call.
fn function(out: &mut impl Write, number: u32, row: &Row) -> Result<()> {
    let names: Vec<String> = row.arguments.iter().map(|&(name, _)| argument(name)).collect();
    let mut parameters = Vec::new();
    for (name, (_, kind)) in names.iter().zip(row.arguments) {
        let kind = c_type(kind).ok_or_else(|| Error::other(format!("{}: no C type for {kind}", row.name)))?;
        parameters.push(format!("{kind}{name}"));
    }
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    let passed: String = names.iter().map(|name| format!(", {name}")).collect();
    let (name, summary) = (row.name, row.summary.trim());
    writeln!(out, "/* {summary} */")?;
    writeln!(out, "TL_INLINE_ long tl_{name}_raw({parameters})")?;
    writeln!(out, "{{\n\treturn TL_CALL{}_({number}{passed});\n}}", names.len())?;
    writeln!(out, "TL_INLINE_ long tl_{name}({parameters})")?;
    writeln!(out, "{{\n\treturn tl_result(tl_{name}_raw({}));\n}}\n", names.join(", "))
}

/// A name that C and C++ allow.
fn argument(name: &str) -> String {
    let is_word = matches!(name, "new" | "old" | "signal" | "which" | "register" | "default" | "operator");
    if is_word { format!("{name}_") } else { name.to_owned() }
}

/// The C type for one of the list, ready for a name behind it.
fn c_type(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Fd" | "i32" => "int ",
        "Id" | "u32" => "unsigned int ",
        "i64" => "long ",
        "u64" | "usize" => "unsigned long ",
        "UserCStr" => "const char *",
        _ if kind.starts_with("UserPtr") => "const void *",
        _ => return None,
    })
}

fn stubs(out: &mut impl Write) -> Result<()> {
    writeln!(out, "/* Calls of Linux that the kernel does not have. {NOTE} */")?;
    for (number, name) in missing() {
        writeln!(out, "stub {name}, {number}")?;
    }
    Ok(())
}

fn numbers(out: &mut impl Write) -> Result<()> {
    let table = entry_table();
    writeln!(out, "//! The numbers of the calls, by name.\n//!\n//! {NOTE}\n")?;
    writeln!(out, "#![expect(non_upper_case_globals, reason = \"the names are those of the calls\")]\n")?;
    writeln!(out, "/// Where, relative to the base of GS, the entry for any number lies.")?;
    writeln!(out, "pub(crate) const ENTRY_ANY: u32 = {};", entry_offset(None))?;
    writeln!(out, "/// Where the entries for each number begin.")?;
    writeln!(out, "pub(crate) const ENTRY_FIRST: u32 = {};", table.first)?;
    writeln!(out, "/// How many numbers have one.")?;
    writeln!(out, "pub(crate) const ENTRY_COUNT: u32 = {};\n", table.count)?;
    for (number, row) in rows() {
        writeln!(out, "/// {}\npub const {}: u32 = {number};", row.summary.trim(), row.name)?;
    }
    Ok(())
}
