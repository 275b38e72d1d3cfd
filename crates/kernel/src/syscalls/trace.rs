//! Tracing in the form of strace(1): one line a call, when it returns.
//!
//! While tracing is off, a call costs one relaxed load.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use abi::Errno;
use abi::siginfo::SigInfo;
use abi::signal::Signal;

use super::{Outcome, decoders, list, names};
use crate::machine::machine;
use crate::task::{ExitStatus, Thread, table};

static ON: AtomicBool = AtomicBool::new(false);
/// The machine's descriptor for the trace.
static TARGET: AtomicI32 = AtomicI32::new(2);
/// Where the results stand, as in strace(1).
const RESULT_COLUMN: usize = 40;

/// Starts tracing to a descriptor of the machine ([`crate::machine::Machine::trace`]).
pub fn start(target: i32) {
    TARGET.store(target, Ordering::Relaxed);
    super::observe::start();
    ON.store(true, Ordering::Release);
}

/// Whether calls are traced.
#[must_use]
pub fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Writes a line, with the thread's number where there are several.
fn emit(thread: &Thread, text: &str) {
    let mut line = String::new();
    if table::thread_count() > 1 {
        let _ = write!(line, "[pid {:5}] ", thread.tid());
    }
    line.push_str(text);
    line.push('\n');
    machine().trace(TARGET.load(Ordering::Relaxed), line.as_bytes());
}

/// Calls that do not come back to where they were made, or whose arguments are gone when they do: they
/// are written when they begin.
fn is_written_first(name: &str) -> bool {
    matches!(name, "exit" | "exit_group" | "execve" | "execveat" | "rt_sigreturn")
}

/// Writes name and arguments.
fn call_text(number: u64, registers: [u64; 6], result: Option<u64>) -> String {
    let mut text = String::new();
    if list::trace(number, registers, result, &mut text) != Ok(true) {
        let [first, second, third, ..] = registers;
        text.clear();
        let _ = write!(text, "syscall_{number:#x}({first:#x}, {second:#x}, {third:#x})");
    }
    text
}

/// Runs a call and writes its line.
pub(super) fn traced(
    thread: &Arc<Thread>,
    number: u64,
    registers: [u64; 6],
    call: impl FnOnce() -> Outcome,
) -> Outcome {
    let name = list::name(number).unwrap_or_default();
    let begun = is_written_first(name).then(|| call_text(number, registers, None));
    if let Some(text) = begun.as_ref().filter(|_| name.starts_with("exit")) {
        emit(thread, &format_line(text, "?"));
    }
    let outcome = call();
    let mut result = String::new();
    let register = match outcome {
        Outcome::Value(value) => {
            let _ = write_value(name, value, &mut result);
            Some(value)
        }
        Outcome::Error(error) => {
            let _ = write_error(error, &mut result);
            None
        }
        Outcome::Replaced => {
            result.push('0');
            Some(0)
        }
    };
    let text = begun.unwrap_or_else(|| call_text(number, registers, register));
    emit(thread, &format_line(&text, &result));
    outcome
}

fn format_line(call: &str, result: &str) -> String {
    let mut line = String::new();
    let _ = write!(line, "{call:<width$}= {result}", width = RESULT_COLUMN);
    if call.len() >= RESULT_COLUMN {
        line.clear();
        let _ = write!(line, "{call} = {result}");
    }
    line
}

fn write_value(name: &str, value: u64, target: &mut String) -> fmt::Result {
    if matches!(name, "mmap" | "brk" | "mremap" | "shmat") {
        write!(target, "{value:#x}")
    } else if name == "umask" {
        write!(target, "{value:#o}")
    } else {
        write!(target, "{}", value.cast_signed())
    }
}

fn write_error(error: Errno, target: &mut String) -> fmt::Result {
    let meaning = match error {
        Errno::ERESTARTSYS => "To be restarted if SA_RESTART is set",
        Errno::ERESTARTNOINTR => "To be restarted",
        Errno::ERESTARTNOHAND => "To be restarted if no handler",
        Errno::ERESTART_RESTARTBLOCK => "Interrupted by signal",
        error => return write!(target, "-1 {} ({})", error.name(), error.description()),
    };
    write!(target, "? {} ({meaning})", error.name())
}

/// Writes a signal that a thread is about to handle.
pub fn signal(thread: &Thread, info: &SigInfo) {
    if !is_on() {
        return;
    }
    let mut text = String::from("--- ");
    let name = info.signal().and_then(Signal::name).unwrap_or("SIGRT");
    let _ = write!(text, "{name} {{si_signo={name}, si_code=");
    let _ = names::signal_code(info, &mut text);
    let _ = if info.si_code > 0 && info.si_code < abi::siginfo::SI_KERNEL {
        write!(text, ", si_addr={:#x}}} ---", info.address())
    } else {
        write!(text, ", si_pid={}, si_uid={}}} ---", info.pid(), info.uid())
    };
    emit(thread, &text);
}

/// Writes how a process ended.
pub fn ended(thread: &Thread, status: ExitStatus) {
    if !is_on() {
        return;
    }
    let mut text = String::new();
    let _ = match status {
        ExitStatus::Exited(status) => write!(text, "+++ exited with {status} +++"),
        ExitStatus::Killed { signal, core_dumped } => {
            let name = Signal::new(i32::from(signal)).and_then(Signal::name).unwrap_or("SIGRT");
            write!(text, "+++ killed by {name}{} +++", if core_dumped { " (core dumped)" } else { "" })
        }
    };
    emit(thread, &text);
}

/// Writes the separator before an argument and, where the call's name tells what it means, the argument;
/// `false` when it is left to its type.
pub(super) fn argument(
    name: &str,
    index: usize,
    registers: &[u64; 6],
    result: Option<u64>,
    formatter: &mut dyn fmt::Write,
) -> Result<bool, fmt::Error> {
    let argument = decoders::Argument { name, index, registers, result };
    if decoders::is_absent(&argument) {
        return Ok(true);
    }
    formatter.write_str(if index == 0 { "" } else { ", " })?;
    decoders::write(&argument, formatter)
}

#[cfg(test)]
mod tests {
    use super::{call_text, format_line, write_error};
    use crate::syscalls::number;
    use crate::testing::{UserMemory, World};
    use abi::Errno;
    use alloc::string::String;

    fn line(number: u64, registers: [u64; 6], result: Option<u64>) -> String {
        call_text(number, registers, result)
    }

    #[test]
    fn calls_look_as_in_strace() {
        let _world = World::new();
        let text = UserMemory::of_bytes(b"one\n\x01two");
        let write = line(number::write, [1, text.address(), 8, 0, 0, 0], Some(8));
        assert_eq!(write, "write(1, \"one\\n\\1two\", 8)");
        let path = UserMemory::of_text("/etc/a\"b");
        let at_cwd = (-100_i64).cast_unsigned();
        let open = line(number::openat, [at_cwd, path.address(), 0o2_000_000, 0, 0, 0], Some(3));
        assert_eq!(open, "openat(AT_FDCWD, \"/etc/a\\\"b\", O_RDONLY|O_CLOEXEC)");
        let create = line(number::openat, [at_cwd, path.address(), 0o1101, 0o644, 0, 0], Some(3));
        assert_eq!(create, "openat(AT_FDCWD, \"/etc/a\\\"b\", O_WRONLY|O_CREAT|O_TRUNC, 0644)");
        assert_eq!(line(999, [1, 2, 3, 0, 0, 0], None), "syscall_0x3e7(0x1, 0x2, 0x3)");
    }

    #[test]
    fn what_was_read_is_shown_up_to_the_result() {
        let _world = World::new();
        let buffer = UserMemory::of_bytes(&[b'a'; 64]);
        let read = |count, result| line(number::read, [0, buffer.address(), count, 0, 0, 0], result);
        assert_eq!(read(64, Some(2)), "read(0, \"aa\", 64)");
        let long = read(64, Some(64));
        assert!(long.ends_with("a\"..., 64)"), "{long}");
        assert!(read(64, None).contains(", 0x"));
    }

    #[test]
    fn results_stand_in_a_column() {
        assert_eq!(format_line("getpid()", "1"), "getpid()                                = 1");
        let mut text = String::new();
        write_error(Errno::ENOENT, &mut text).unwrap();
        assert_eq!(text, "-1 ENOENT (No such file or directory)");
    }
}
