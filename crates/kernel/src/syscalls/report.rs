//! What a run did, for whoever started it, written to standard error at the world's end.

use alloc::string::String;
use core::fmt::Write;

use rewrite::Form;
use sync::SpinLock;

use super::counters::{self, Summary};
use super::observe;
use super::{list, statistics, unknown_calls};
use crate::machine::machine;
use crate::mm::sites::{self, Fate, Record};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables for a person.
    Text,
    /// One JSON object for a program.
    Json,
}

/// Standard error, as a descriptor of the machine.
const STANDARD_ERROR: i32 = 2;

static WANTED: SpinLock<Option<Format>> = SpinLock::new(None);

/// Collects for a report: about calls, sites, or both.
pub fn start(format: Format, calls: bool, with_sites: bool) {
    *WANTED.lock() = Some(format);
    if calls {
        counters::start();
    }
    if with_sites {
        sites::observe();
        observe::start();
    }
}

/// Writes the report, if one is wanted. A machine calls this before it ends.
pub fn write() {
    let Some(format) = WANTED.lock().take() else { return };
    let mut text = String::new();
    match format {
        Format::Json => write_json(&mut text),
        Format::Text => write_text(&mut text),
    }
    machine().trace(STANDARD_ERROR, text.as_bytes());
}

fn write_text(text: &mut String) {
    if counters::is_on() {
        let _ = writeln!(
            text,
            "{:>10} {:>8} {:>12} {:>12} {:>12}  call",
            "calls", "errors", "total", "p50", "p99"
        );
        for Summary { number, count, errors, total, median, tail } in counters::summaries() {
            let name = list::name(number as u64).unwrap_or("?");
            let [total, median, tail] = [total, median, tail].map(Duration);
            let _ = writeln!(text, "{count:>10} {errors:>8} {total:>12} {median:>12} {tail:>12}  {name}");
        }
        let all = counters::doors().iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count)).max(1);
        for (name, count) in counters::doors() {
            let (whole, part) = (count * 100 / all, count * 10_000 / all % 100);
            let _ = writeln!(text, "{count:>10} through {name} ({whole}.{part:02} %)");
        }
        for (number, count) in unknown_calls() {
            let _ = writeln!(text, "{count:>10} unknown number {number}");
        }
        for (name, count) in statistics::gaps() {
            let _ = writeln!(text, "{count:>10} not implemented: {name}");
        }
    }
    if sites::are_observed() {
        let _ = writeln!(text, "{:>10} {:>10}  site", "jumps", "traps");
        for record in sites::records() {
            let Record { image, offset, fate, traps, jumps } = record;
            let image = String::from_utf8_lossy(&image);
            let _ = write!(text, "{jumps:>10} {traps:>10}  {image}+{offset:#x}: ");
            let _ = match fate {
                Fate::Patched(form) => writeln!(text, "patched, {}", form_name(form)),
                Fate::Declined(reason) => writeln!(text, "traps: {reason}"),
                Fate::New => writeln!(text, "traps: not looked at yet"),
            };
        }
    }
}

/// A time as a person reads it.
struct Duration(u64);

impl core::fmt::Display for Duration {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (value, unit) = match self.0 {
            nanoseconds @ 0..10_000 => (nanoseconds, "ns"),
            nanoseconds @ 10_000..10_000_000 => (nanoseconds / 1000, "us"),
            nanoseconds @ 10_000_000..10_000_000_000 => (nanoseconds / 1_000_000, "ms"),
            nanoseconds => (nanoseconds / 1_000_000_000, "s"),
        };
        let mut text = crate::log::Line::new();
        write!(text, "{value} {unit}")?;
        formatter.pad(core::str::from_utf8(text.as_bytes()).unwrap_or_default())
    }
}

const fn form_name(form: Form) -> &'static str {
    match form {
        Form::Before => "before the instruction",
        Form::Over => "over the instruction",
    }
}

fn write_json(text: &mut String) {
    text.push('{');
    if counters::is_on() {
        write_calls(text);
    }
    if sites::are_observed() {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str("\"sites\":[");
        separated(text, sites::records(), |text, record| write_site(text, &record));
        text.push(']');
    }
    text.push_str("}\n");
}

/// Writes items with commas between them.
fn separated<T>(text: &mut String, items: impl IntoIterator<Item = T>, write: impl Fn(&mut String, T)) {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(text, item);
    }
}

fn write_calls(text: &mut String) {
    text.push_str("\"calls\":[");
    separated(text, counters::summaries(), |text, summary| write_call(text, &summary));
    text.push_str("],\"doors\":{");
    separated(text, counters::doors(), |text, (name, count)| {
        let _ = write!(text, "\"{name}\":{count}");
    });
    text.push_str("},\"unknown\":[");
    separated(text, unknown_calls(), |text, (number, count)| {
        let _ = write!(text, "{{\"number\":{number},\"count\":{count}}}");
    });
    text.push_str("],\"gaps\":[");
    separated(text, statistics::gaps(), |text, (name, count)| {
        let _ = write!(text, "{{\"name\":{},\"count\":{count}}}", Quoted(name.as_bytes()));
    });
    text.push(']');
}

fn write_call(text: &mut String, summary: &Summary) {
    let Summary { number, count, errors, total, median, tail } = summary;
    let name = list::name(*number as u64).unwrap_or_default();
    let _ = write!(
        text,
        "{{\"name\":\"{name}\",\"number\":{number},\"count\":{count},\"errors\":{errors},\
         \"total_ns\":{total},\"p50_ns\":{median},\"p99_ns\":{tail}}}"
    );
}

fn write_site(text: &mut String, record: &Record) {
    let _ = write!(
        text,
        "{{\"image\":{},\"offset\":{},\"traps\":{},\"jumps\":{},",
        Quoted(&record.image),
        record.offset,
        record.traps,
        record.jumps
    );
    let _ = match record.fate {
        Fate::Patched(form) => write!(text, "\"form\":\"{}\"}}", form_name(form)),
        Fate::Declined(reason) => write!(text, "\"declined\":\"{reason}\"}}"),
        Fate::New => write!(text, "\"declined\":\"not looked at yet\"}}"),
    };
}

/// Bytes as a JSON string; what is no UTF-8 becomes U+FFFD.
struct Quoted<'a>(&'a [u8]);

impl core::fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_char('"')?;
        for character in String::from_utf8_lossy(self.0).chars() {
            match character {
                '"' | '\\' => write!(formatter, "\\{character}")?,
                control if control < ' ' => write!(formatter, "\\u{:04x}", u32::from(control))?,
                other => formatter.write_char(other)?,
            }
        }
        formatter.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::Quoted;
    use alloc::string::ToString;

    #[test]
    fn strings_are_quoted() {
        assert_eq!(Quoted(b"a\"b\\c\n\xff").to_string(), "\"a\\\"b\\\\c\\u000a\u{fffd}\"");
    }
}
