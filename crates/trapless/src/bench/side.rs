//! The measuring program on one side, and what it is asked.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};

use super::{Cost, Operation};

/// The measuring program, put here by `cargo xtask`; `None` in a launcher that plain cargo built.
#[cfg(measure_inside)]
const MEASURE: Option<&[u8]> = Some(include_bytes!(env!("TRAPLESS_MEASURE")));

/// The measuring program, put here by `cargo xtask`; `None` in a launcher that plain cargo built.
#[cfg(not(measure_inside))]
const MEASURE: Option<&[u8]> = None;

/// The measuring program as a file that both sides see, for as long as this lives.
#[derive(Debug)]
pub(super) struct Program {
    directory: PathBuf,
}

impl Program {
    /// Writes the file that the launcher carries.
    pub(super) fn write() -> Result<Self> {
        let carried = MEASURE.ok_or_else(|| {
            anyhow!("this launcher carries no measuring program: build it with `cargo xtask build`")
        })?;
        let directory = std::env::temp_dir().join(format!("trapless-bench.{}", std::process::id()));
        let told = || format!("cannot write the measuring program to {}", directory.display());
        DirBuilder::new().mode(0o700).create(&directory).with_context(told)?;
        let program = Self { directory: directory.clone() };
        let mut file = OpenOptions::new();
        let mut file =
            file.write(true).create_new(true).mode(0o700).open(program.path()).with_context(told)?;
        file.write_all(carried).with_context(told)?;
        Ok(program)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.join("measure")
    }

    /// The command that runs it on Linux.
    pub(super) fn on_linux(&self) -> Command {
        Command::new(self.path())
    }

    /// The command that runs it in a world.
    pub(super) fn in_world(&self) -> Result<Command> {
        let launcher = std::env::current_exe().context("cannot tell where this command lies")?;
        let mut command = Command::new(launcher);
        command.args(["run", "--"]).arg(self.path());
        Ok(command)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What cannot be removed is a file in a directory for temporary files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The measuring program while it runs. It ends when its input does.
#[derive(Debug)]
pub(super) struct Side {
    name: &'static str,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Side {
    pub(super) fn on_linux(program: &Program) -> Result<Self> {
        Self::start("on Linux", program.on_linux(), &program.path())
    }

    pub(super) fn in_world(program: &Program) -> Result<Self> {
        Self::start("in a world", program.in_world()?, &program.path())
    }

    fn start(name: &'static str, mut command: Command, path: &Path) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", path.display()))?;
        let questions = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?);
        Ok(Self { name, child, questions, answers })
    }

    /// What it can measure.
    pub(super) fn operations(&mut self) -> Result<Vec<Operation>> {
        self.ask("list")?;
        let mut operations = Vec::new();
        loop {
            let line = self.answer()?;
            if line.is_empty() {
                return Ok(operations);
            }
            let mut fields = line.split('\t').map(str::to_owned);
            let (Some(name), Some(group), Some(title)) = (fields.next(), fields.next(), fields.next()) else {
                bail!("not an operation: {line}");
            };
            operations.push(Operation { name, group, title });
        }
    }

    /// Measures one batch.
    pub(super) fn measure(&mut self, operation: &str) -> Result<Cost> {
        self.ask(operation)?;
        let line = self.answer()?;
        match line.split_once('\t') {
            Some(("-", reason)) => bail!("{}: {reason}", self.name),
            Some((nanoseconds, cycles)) => Ok(Cost {
                nanoseconds: nanoseconds.parse().with_context(|| format!("not a time: {line}"))?,
                cycles: Some(cycles.parse().with_context(|| format!("not a count: {line}"))?),
            }),
            None => bail!("not a measurement: {line}"),
        }
    }

    /// Waits for its end.
    pub(super) fn end(self) -> Result<()> {
        let Self { name, mut child, questions, .. } = self;
        drop(questions);
        let status = child.wait().context("cannot wait for the measuring program")?;
        if !status.success() {
            bail!("the measuring program failed {name} ({status})");
        }
        Ok(())
    }

    fn ask(&mut self, question: &str) -> Result<()> {
        writeln!(self.questions, "{question}").with_context(|| self.broken())
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        let count = self.answers.read_line(&mut line).with_context(|| self.broken())?;
        if count == 0 {
            bail!(self.broken());
        }
        Ok(line.trim_end_matches('\n').to_owned())
    }

    fn broken(&self) -> String {
        format!("the measuring program ended {}", self.name)
    }
}
