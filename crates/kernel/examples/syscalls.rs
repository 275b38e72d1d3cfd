//! Prints the table of supported system calls: `docs/syscalls.md`, made by `cargo xtask syscalls`.

use std::io::{Result, Write};

use kernel::syscalls::ROWS;

fn main() -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "# System calls\n")?;
    writeln!(
        out,
        "{} calls are known. Any other returns `ENOSYS`. The last column says what is missing of a call.\n",
        ROWS.len()
    )?;
    writeln!(out, "Made from the kernel's one list by `cargo xtask syscalls`; do not edit.\n")?;
    writeln!(out, "| call | x86_64 | aarch64 | i386 | what it does | what is missing |")?;
    writeln!(out, "|---|---:|---:|---:|---|---|")?;
    let mut rows: Vec<_> = ROWS.iter().collect();
    rows.sort_by_key(|row| row.name);
    for row in rows {
        let [x86_64, aarch64, i386] =
            row.numbers.map(|number| number.map_or_else(String::new, |n| n.to_string()));
        let (summary, gap) = (row.summary.trim(), row.gap.unwrap_or_default());
        writeln!(out, "| `{}` | {x86_64} | {aarch64} | {i386} | {summary} | {gap} |", row.name)?;
    }
    Ok(())
}
