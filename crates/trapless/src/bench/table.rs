//! The result as text and as JSON.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::json;

use super::{Cost, Row};

/// A table for a person.
pub(super) fn text(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.operation.title.len()).max().unwrap_or(0);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<width$}  {:>12} {:>10}  {:>12} {:>10}  {:>7}",
        "", "Linux", "cycles", "Trapless", "cycles", "ratio"
    );
    let mut group = "";
    for row in rows {
        if !group.is_empty() && group != row.operation.group {
            text.push('\n');
        }
        group = &row.operation.group;
        let (linux, trapless) = (&row.linux, &row.trapless);
        let _ = writeln!(
            text,
            "{:<width$}  {:>12} {:>10}  {:>12} {:>10}  {:>7}",
            row.operation.title,
            time(linux.nanoseconds),
            cycles(linux),
            time(trapless.nanoseconds),
            cycles(trapless),
            ratio(row.ratio())
        );
    }
    text
}

/// A time with the unit that a person would choose.
pub(super) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 1e4 => format!("{short:.1} ns"),
        middle if middle < 1e7 => format!("{:.1} us", middle / 1e3),
        long => format!("{:.1} ms", long / 1e6),
    }
}

fn cycles(cost: &Cost) -> String {
    cost.cycles.map_or_else(|| "-".to_owned(), |cycles| format!("{cycles:.0}"))
}

/// Two digits that mean something.
fn ratio(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}

/// The same for a program.
pub(super) fn json(rows: &[Row]) -> Result<String> {
    let cost = |cost: &Cost| json!({ "nanoseconds": cost.nanoseconds, "cycles": cost.cycles });
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "name": row.operation.name,
                "group": row.operation.group,
                "title": row.operation.title,
                "linux": cost(&row.linux),
                "trapless": cost(&row.trapless),
                "ratio": row.ratio(),
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&json!({ "rows": rows })).context("--json")?;
    text.push('\n');
    Ok(text)
}
