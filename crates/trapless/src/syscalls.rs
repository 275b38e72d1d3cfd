//! The table of system calls, as text and as JSON.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The table that `cargo xtask syscalls` makes from the kernel's list.
const TABLE: &str = include_str!("../../../docs/syscalls.md");

/// What stands in a row before its first and behind its last field.
const EDGES: [char; 2] = ['|', ' '];

/// A system call that the kernel knows.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) x86_64: Option<u32>,
    aarch64: Option<u32>,
    i386: Option<u32>,
    summary: String,
    /// What is missing of it.
    pub(crate) missing: Option<String>,
}

/// The table.
pub(crate) fn text(as_json: bool) -> Result<String> {
    if !as_json {
        return Ok(TABLE.to_owned());
    }
    let calls: Vec<Value> = calls()?.iter().map(Call::to_json).collect();
    let mut text = serde_json::to_string_pretty(&json!({ "syscalls": calls })).context("--json")?;
    text.push('\n');
    Ok(text)
}

/// All calls.
pub(crate) fn calls() -> Result<Vec<Call>> {
    TABLE.lines().filter(|line| line.starts_with("| `")).map(Call::read).collect()
}

impl Call {
    /// One row of the table.
    fn read(line: &str) -> Result<Self> {
        let fields: Vec<&str> = line.split('|').map(|field| field.trim_matches(EDGES)).collect();
        let [_, name, x86_64, aarch64, i386, summary, missing, _] = fields.as_slice() else {
            bail!("not a row of the table: {line}");
        };
        let number = |text: &str| match text {
            "" => Ok(None),
            text => text.parse::<u32>().map(Some).with_context(|| format!("not a number: {line}")),
        };
        Ok(Self {
            name: name.trim_matches('`').to_owned(),
            x86_64: number(x86_64)?,
            aarch64: number(aarch64)?,
            i386: number(i386)?,
            summary: (*summary).to_owned(),
            missing: (!missing.is_empty()).then(|| (*missing).to_owned()),
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "x86_64": self.x86_64,
            "aarch64": self.aarch64,
            "i386": self.i386,
            "summary": self.summary,
            "missing": self.missing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, TABLE, text};

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
        assert!(Call::read("| `x` | 1 |").is_err());
        assert!(Call::read("| `x` | y |  |  | s |  |").is_err());
    }
}
