//! How failures are told.

use std::io::Write;
use std::process::ExitCode;

/// The exit status of failures that are Trapless's own. The kernel gives 126 for a program that cannot be
/// executed and 127 for one that is not there, as shells and container engines do.
pub(crate) const OURS: u8 = 125;
/// The exit status for a program that cannot be executed.
pub(crate) const CANNOT_EXECUTE: u8 = 126;
/// The exit status for a program that is not there, or that lacks a library.
pub(crate) const NOT_FOUND: u8 = 127;

/// Writes the failure as one line; gives the exit status.
pub(crate) fn tell(error: &anyhow::Error) -> ExitCode {
    warn(error);
    ExitCode::from(OURS)
}

/// Writes as one line what failed while the rest goes on.
pub(crate) fn warn(error: &anyhow::Error) {
    let line = without_numbers(&one_line(&format!("{error:#}")));
    // Where standard error is closed nobody listens.
    let _ = writeln!(std::io::stderr(), "trapless: {line}");
}

/// The message without the ` (os error N)` that the standard library puts behind each error of the host.
fn without_numbers(message: &str) -> String {
    let mut parts = message.split(" (os error ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(
            part.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start_matches(')'),
        );
    }
    text
}

/// Writes a text that was asked for.
pub(crate) fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => tell(&anyhow::Error::from(error).context("cannot write to standard output")),
    }
}

/// The first paragraph of a message without its line breaks and control characters.
pub(crate) fn one_line(message: &str) -> String {
    let paragraph = message.lines().map(str::trim).skip_while(|line| line.is_empty());
    let words: Vec<&str> = paragraph.take_while(|line| !line.is_empty()).collect();
    words.join(" ").chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::{one_line, without_numbers};

    #[test]
    fn numbers_of_errors_are_left_out() {
        assert_eq!(without_numbers("x: No such file (os error 2): y"), "x: No such file: y");
        assert_eq!(without_numbers("plain"), "plain");
    }

    #[test]
    fn messages_become_one_line() {
        assert_eq!(one_line("first\n  second\n\nUsage: x"), "first second");
        assert_eq!(one_line("\n\nlate\u{1b}[0m"), "late[0m");
    }
}
