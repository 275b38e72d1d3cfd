//! Standing by until the machine ends: bytes and signals pass both ways.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStdin, ChildStdout, ExitCode};

use anyhow::{Context, Result, bail};
use nix::sys::signalfd::SignalFd;
use rustix::event::{PollFd, PollFlags};

use super::link::{self, Incoming, Message};
use crate::supervisor;

/// The machine and what passes between it and this process.
struct Session {
    to_kernel: ChildStdin,
    from_kernel: ChildStdout,
    signals: SignalFd,
    trace: Option<File>,
    incoming: Incoming,
    /// How many bytes of standard input the kernel takes.
    wanted: u32,
    status: Option<u8>,
}

/// What there is to do.
struct Ready {
    kernel: bool,
    signal: bool,
    input: bool,
}

/// Passes everything on until the machine ends; gives what to exit with.
pub(super) fn stand_by(mut child: Child, trace: Option<File>) -> Result<ExitCode> {
    let (Some(to_kernel), Some(from_kernel)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("the virtual machine has no streams");
    };
    let signals = supervisor::signals()?;
    let incoming = Incoming::default();
    let mut session = Session { to_kernel, from_kernel, signals, trace, incoming, wanted: 0, status: None };
    let outcome = session.run();
    if outcome.is_err() {
        // Nothing may stay behind; it may be dead already.
        let _ = child.kill();
    }
    let ended = child.wait().context("cannot wait for the virtual machine")?;
    outcome?;
    match (session.status, session.incoming.before_greeting()) {
        (Some(status), _) => Ok(ExitCode::from(status)),
        (None, Some(text)) => bail!("the virtual machine ended ({ended}) without a kernel: {text}"),
        (None, None) => bail!("the virtual machine ended ({ended}) before its kernel did"),
    }
}

impl Session {
    fn run(&mut self) -> Result<()> {
        let mut buffer = [0; 4096];
        loop {
            let ready = self.wait()?;
            if ready.signal {
                self.pass_signals()?;
            }
            if ready.input {
                self.pass_input()?;
            }
            if ready.kernel {
                let count = self.from_kernel.read(&mut buffer).context("cannot read from the machine")?;
                if count == 0 {
                    return Ok(());
                }
                self.incoming.add(buffer.get(..count).unwrap_or_default());
                while let Some(message) = self.incoming.next() {
                    self.take(message)?;
                }
            }
        }
    }

    fn wait(&self) -> Result<Ready> {
        let stdin = rustix::stdio::stdin();
        let mut entries = vec![watch(self.from_kernel.as_fd()), watch(self.signals.as_fd())];
        if self.wanted > 0 {
            entries.push(watch(stdin));
        }
        match rustix::event::poll(&mut entries, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => bail!("cannot wait for the virtual machine: {error}"),
        }
        let is_ready = |index: usize| entries.get(index).is_some_and(|entry| !entry.revents().is_empty());
        Ok(Ready { kernel: is_ready(0), signal: is_ready(1), input: is_ready(2) })
    }

    fn take(&mut self, message: Message) -> Result<()> {
        match message {
            Message::Output(bytes) => self.write(1, &bytes, &mut io::stdout()),
            Message::Error(bytes) => self.write(2, &bytes, &mut io::stderr()),
            Message::Trace(bytes) => {
                // A trace that nobody can take is lost, as on the process machine.
                let _ = match &mut self.trace {
                    Some(file) => file.write_all(&bytes),
                    None => io::stderr().write_all(&bytes),
                };
                Ok(())
            }
            Message::Want(count) => {
                self.wanted = self.wanted.saturating_add(count);
                Ok(())
            }
            Message::End(status) => {
                self.status = Some(status);
                Ok(())
            }
        }
    }

    /// Writes what the program said; that nobody reads it is the program's to know.
    fn write(&mut self, stream: u8, bytes: &[u8], target: &mut dyn Write) -> Result<()> {
        if target.write_all(bytes).and_then(|()| target.flush()).is_err() {
            self.send(&link::broken(stream))?;
        }
        Ok(())
    }

    fn pass_signals(&mut self) -> Result<()> {
        while let Ok(Some(information)) = self.signals.read_signal() {
            if let Ok(number) = u8::try_from(information.ssi_signo) {
                self.send(&link::signal(number))?;
            }
        }
        Ok(())
    }

    fn pass_input(&mut self) -> Result<()> {
        let mut buffer = [0; link::LONGEST];
        let length = usize::try_from(self.wanted).unwrap_or(usize::MAX).min(buffer.len());
        let count =
            match rustix::io::read(rustix::stdio::stdin(), buffer.get_mut(..length).unwrap_or_default()) {
                Ok(count) => count,
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => return Ok(()),
                // What cannot be read has ended.
                Err(_) => 0,
            };
        self.wanted = if count == 0 { 0 } else { self.wanted.saturating_sub(u32::try_from(count)?) };
        self.send(&link::input(buffer.get(..count).unwrap_or_default()))
    }

    /// Sends a frame; a machine that has ended takes no notice.
    fn send(&mut self, frame: &[u8]) -> Result<()> {
        match self.to_kernel.write_all(frame).and_then(|()| self.to_kernel.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(error).context("cannot write to the machine")
            }
            _ => Ok(()),
        }
    }
}

fn watch(descriptor: BorrowedFd<'_>) -> PollFd<'_> {
    PollFd::from_borrowed_fd(descriptor, PollFlags::IN)
}
