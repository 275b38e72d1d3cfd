//! What the host offers to worlds, and what the kernel may ask of the host.

use std::fmt::Write;
use std::fs;

use crate::kernel_image;
use crate::options::Machine;

/// The list that the kernel's own filter is made of.
#[path = "../../machine-process/src/host/allowed.rs"]
mod allowed;

/// The first Linux with syscall user dispatch; without it the filter alone brings calls to the kernel.
const USER_DISPATCH: (u32, u32) = (5, 11);

/// One thing that was looked at, and what was found.
struct Finding {
    subject: &'static str,
    found: String,
}

/// All findings, and the list.
pub(crate) fn report() -> String {
    let mut text = String::new();
    for Finding { subject, found } in findings() {
        let _ = writeln!(text, "{subject:<24} {found}");
    }
    let names: Vec<&str> = allowed::ALLOWED.iter().map(|(name, _)| *name).collect();
    let _ = writeln!(text, "\nOf the host, the kernel's own text may make these {} calls:", names.len());
    text.push_str(&filled(&names));
    text.push_str("Any other, and any from the program's text, ends in the kernel as SIGSYS.\n");
    text
}

fn findings() -> Vec<Finding> {
    let carried =
        |machine| if kernel_image::is_carried(machine) { "inside of this command" } else { "missing" };
    let names = rustix::system::uname();
    let release = names.release().to_string_lossy().into_owned();
    let version = version(&release);
    let dispatch = match version {
        Some(version) if version >= USER_DISPATCH => "yes",
        Some(_) => "no: calls trap by the filter alone, which is slower",
        None => "cannot be told from the version",
    };
    let of = |subject, found: String| Finding { subject, found };
    vec![
        of("kernel, process machine", carried(Machine::Process).to_owned()),
        of("kernel, vm machine", carried(Machine::Vm).to_owned()),
        of("Linux", release),
        of("syscall user dispatch", dispatch.to_owned()),
        of("seccomp filters", seccomp().to_owned()),
        of("fsgsbase (processor)", fsgsbase().to_owned()),
        of("QEMU, for the vm machine", emulator().to_owned()),
    ]
}

/// The first two numbers of Linux's version.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|character: char| !character.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn seccomp() -> &'static str {
    match fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail") {
        Ok(actions) if actions.split_whitespace().any(|action| action == "trap") => "yes",
        Ok(_) => "without SIGSYS: worlds cannot run",
        Err(_) => "cannot be told",
    }
}

fn fsgsbase() -> &'static str {
    let Ok(processors) = fs::read_to_string("/proc/cpuinfo") else { return "cannot be told" };
    let flags = processors.lines().find(|line| line.starts_with("flags"));
    match flags.map(|line| line.split_whitespace().any(|flag| flag == "fsgsbase")) {
        Some(true) => "yes",
        Some(false) => "no: worlds cannot run on the process machine",
        None => "cannot be told",
    }
}

fn emulator() -> &'static str {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join("qemu-system-x86_64").is_file());
    if found { "yes" } else { "not in PATH: type `apt-get install qemu-system-x86`" }
}

/// Words in lines.
fn filled(words: &[&str]) -> String {
    const WIDTH: usize = 78;
    let (mut text, mut column) = (String::new(), 0);
    for word in words {
        if column + word.len() + 1 > WIDTH {
            text.push('\n');
            column = 0;
        }
        let gap = if column == 0 { "  " } else { " " };
        text.push_str(gap);
        text.push_str(word);
        column += gap.len() + word.len();
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::{filled, report, version};

    #[test]
    fn versions_have_two_numbers() {
        assert_eq!(version("6.18.44-fc"), Some((6, 18)));
        assert_eq!(version("5.4"), Some((5, 4)));
        assert_eq!(version("x"), None);
    }

    #[test]
    fn the_report_names_the_calls() {
        let report = report();
        assert!(report.contains(" openat2 ") && report.contains("seccomp filters"), "{report}");
    }

    #[test]
    fn lines_are_not_too_long() {
        let text = filled(&["word"; 100]);
        assert!(text.lines().all(|line| line.len() <= 78));
        assert_eq!(text.split_whitespace().count(), 100);
    }
}
