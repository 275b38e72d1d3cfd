//! The table of system calls, as text and as JSON.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The table that `cargo xtask syscalls` makes from the kernel's list.
const TABLE: &str = include_str!("../../../docs/syscalls.md");

/// What stands in a row before its first and behind its last field.
const EDGES: [char; 2] = ['|', ' '];

/// The table.
pub(crate) fn text(as_json: bool) -> Result<String> {
    if !as_json {
        return Ok(TABLE.to_owned());
    }
    let calls: Vec<Value> =
        TABLE.lines().filter(|line| line.starts_with("| `")).map(row).collect::<Result<_>>()?;
    let mut text = serde_json::to_string_pretty(&json!({ "syscalls": calls })).context("--json")?;
    text.push('\n');
    Ok(text)
}

/// One row of the table.
fn row(line: &str) -> Result<Value> {
    let fields: Vec<&str> = line.split('|').map(|field| field.trim_matches(EDGES)).collect();
    let [_, name, x86_64, aarch64, i386, summary, missing, _] = fields.as_slice() else {
        bail!("not a row of the table: {line}");
    };
    let number = |text: &str| match text {
        "" => Ok(Value::Null),
        text => text.parse::<u32>().map(Value::from).with_context(|| format!("not a number: {line}")),
    };
    Ok(json!({
        "name": name.trim_matches('`'),
        "x86_64": number(x86_64)?,
        "aarch64": number(aarch64)?,
        "i386": number(i386)?,
        "summary": summary,
        "missing": if missing.is_empty() { Value::Null } else { Value::from(*missing) },
    }))
}

#[cfg(test)]
mod tests {
    use super::{TABLE, row, text};

    #[test]
    fn every_row_of_the_table_is_told() {
        let json: serde_json::Value = serde_json::from_str(&text(true).unwrap()).unwrap();
        let calls = json["syscalls"].as_array().unwrap();
        let rows = TABLE.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(calls.len(), rows);
        let read = calls.iter().find(|call| call["name"] == "read").unwrap();
        assert_eq!(
            (&read["x86_64"], &read["aarch64"], &read["missing"]),
            (&0.into(), &63.into(), &().into())
        );
    }

    #[test]
    fn a_row_without_its_fields_is_an_error() {
        assert!(row("| `x` | 1 |").is_err());
        assert!(row("| `x` | y |  |  | s |  |").is_err());
    }
}
