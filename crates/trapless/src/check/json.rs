//! The report as JSON.

use anyhow::{Context, Result};
use rewrite::number::Number;
use rewrite::survey::Certainty;
use serde_json::{Value, json};

use super::sites::{Site, form_name};
use super::summary::Summary;

/// All programs.
pub(crate) fn report(summaries: &[Summary]) -> Result<String> {
    let programs: Vec<Value> = summaries.iter().map(program).collect();
    let mut text = serde_json::to_string_pretty(&json!({ "programs": programs })).context("--json")?;
    text.push('\n');
    Ok(text)
}

fn program(summary: &Summary) -> Value {
    let files: Vec<Value> = summary
        .files
        .iter()
        .map(|file| {
            let sites: Vec<Value> = file.sites.iter().map(site).collect();
            json!({ "path": file.path.to_string_lossy(), "sites": sites })
        })
        .collect();
    let calls: Vec<Value> = summary
        .calls
        .iter()
        .map(|(number, used)| {
            json!({
                "number": number,
                "name": used.call.as_ref().map(|call| &call.name),
                "missing": used.call.as_ref().map_or(Some("ENOSYS"), |call| call.missing.as_deref()),
                "sites": used.sites,
            })
        })
        .collect();
    let missing = summary.missing.iter();
    let missing: Vec<Value> = missing
        .map(|missing| json!({ "name": missing.name, "needed_by": missing.needed_by.to_string_lossy() }))
        .collect();
    json!({
        "file": summary.file.to_string_lossy(),
        "files": files,
        "calls": calls,
        "not_found": missing,
    })
}

fn site(site: &Site) -> Value {
    let (number, kind) = match site.number {
        Number::Constant(number) => (Value::from(number), "constant"),
        Number::Variable => (Value::Null, "variable"),
        Number::Unknown => (Value::Null, "unknown"),
    };
    let certainty = match site.certainty {
        Certainty::Reached => "reached",
        Certainty::InRow => "in a row",
        Certainty::Guessed => "guessed",
    };
    json!({
        "address": site.address,
        "function": site.function,
        "number": number,
        "number_is": kind,
        "code_is": certainty,
        "form": site.fate.ok().map(form_name),
        "declined": site.fate.err().map(|declined| declined.to_string()),
    })
}
