//! The report as text.

use std::fmt::Write;

use rewrite::Form;
use rewrite::number::Number;
use rewrite::survey::Certainty;

use super::sites::{Site, form_name};
use super::summary::Summary;

/// What there is to say about a program; with details, about each file and site.
pub(crate) fn report(summary: &Summary, details: bool) -> String {
    let mut text = String::new();
    let (files, sites, calls) = (summary.files.len(), summary.sites(), summary.calls.len());
    let _ = writeln!(
        text,
        "{}: {}, {}, {}",
        summary.file.display(),
        counted(files, "file"),
        counted(sites, "site"),
        counted(calls, "system call")
    );
    let jumps = [Form::Before, Form::Over].map(|form| (form_name(form), summary.with_form(form)));
    counts(&mut text, "become jumps", &jumps);
    let declined: Vec<(String, usize)> =
        summary.declined().map(|(declined, count)| (declined.to_string(), count)).collect();
    counts(&mut text, "keep trapping", &declined);
    let doubts = [
        ("variable: any call may be made there", summary.with_number(Number::Variable)),
        ("unknown", summary.with_number(Number::Unknown)),
    ];
    counts(&mut text, "number not told", &doubts);
    counts(&mut text, "perhaps no code", &[("in no known function", summary.guessed())]);
    let gaps: Vec<_> = summary.gaps().collect();
    if !gaps.is_empty() {
        let _ = writeln!(text, "  {:<16} {:>5}", "with gaps", gaps.len());
        for (call, missing) in gaps {
            let _ = writeln!(text, "    {:<24} {missing}", call.name);
        }
    }
    let unknown: Vec<_> = summary.unknown().collect();
    if !unknown.is_empty() {
        let _ = writeln!(text, "  {:<16} {:>5}", "not known", unknown.len());
        for number in unknown {
            let _ = writeln!(text, "    {:<24} ENOSYS", format!("number {number}"));
        }
    }
    for missing in &summary.missing {
        let _ = writeln!(text, "  not found        {}, for {}", missing.name, missing.needed_by.display());
    }
    if details {
        for file in &summary.files {
            let _ = writeln!(text, "  {}: {}", file.path.display(), counted(file.sites.len(), "site"));
            for site in &file.sites {
                let _ = writeln!(text, "    {}", line(summary, site));
            }
        }
    }
    text
}

/// One site: where it is, what it calls, what becomes of it.
fn line(summary: &Summary, site: &Site) -> String {
    let function = site.function.as_deref().unwrap_or("?");
    let call = match site.number {
        Number::Variable => "variable".to_owned(),
        Number::Unknown => "unknown".to_owned(),
        Number::Constant(number) => {
            let call = summary.calls.get(&number).and_then(|used| used.call.as_ref());
            call.map_or_else(|| format!("number {number}"), |call| call.name.clone())
        }
    };
    let fate = match site.fate {
        Ok(form) => format!("jump, {}", form_name(form)),
        Err(declined) => format!("trap: {declined}"),
    };
    let doubt = if site.certainty == Certainty::Guessed { ", perhaps no code" } else { "" };
    format!("{:#010x} {function:<28} {call:<20} {fate}{doubt}", site.address)
}

/// A heading with the sum, and what it is made of; nothing where there is nothing.
fn counts(text: &mut String, heading: &str, parts: &[(impl AsRef<str>, usize)]) {
    let sum: usize = parts.iter().map(|(_, count)| count).sum();
    if sum == 0 {
        return;
    }
    let _ = writeln!(text, "  {heading:<16} {sum:>5}");
    for (name, count) in parts.iter().filter(|(_, count)| *count > 0) {
        let _ = writeln!(text, "    {count:>5}  {}", name.as_ref());
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
