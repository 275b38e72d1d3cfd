//! The command `trapless`: starts a kernel in a process of its own and stands by until it ends.
//!
//! Principles: no threads, no unsafe code, nothing that takes time; what the person got wrong is one line
//! that names the option or the file and the reason, with exit status [`failure::OURS`].
//!
//! | module | subject |
//! |---|---|
//! | `options` | the command line, as the person writes it |
//! | `values` | the values of options |
//! | `kernel_image` | the kernels that this command carries inside |
//! | `kernel_arguments` | the kernel's own command line |
//! | `binding` | the library of `--bind-libc` |
//! | `supervisor` | starting the kernel, passing signals on, waiting for its end |
//! | `vm` | the same for a virtual machine |
//! | `syscalls` | the table of system calls |
//! | `check` | what a program would ask of the kernel |
//! | `doctor` | what the host offers |
//! | `bench` | measurements beside the host's Linux |
//! | `failure` | how failures are told |

#![forbid(unsafe_code)]

mod bench;
mod binding;
mod check;
mod doctor;
mod failure;
mod kernel_arguments;
mod kernel_image;
mod options;
mod supervisor;
mod syscalls;
mod values;
mod vm;

use std::process::ExitCode;

use anyhow::Result;

use crate::options::{Action, Machine, Parsed, RunOptions};

fn main() -> ExitCode {
    match options::parse(std::env::args_os()) {
        Parsed::Action(Action::Run(options)) => run(&options).unwrap_or_else(|error| failure::tell(&error)),
        Parsed::Action(Action::WithParent(options)) => failure::tell(&vm::become_program(&options)),
        Parsed::Action(Action::Syscalls(options)) => syscalls::text(options.json)
            .map_or_else(|error| failure::tell(&error), |text| failure::print(&text)),
        Parsed::Action(Action::Check(options)) => {
            check::run(&options).unwrap_or_else(|error| failure::tell(&error))
        }
        Parsed::Action(Action::Doctor) => failure::print(&doctor::report()),
        Parsed::Action(Action::Bench(options)) => {
            bench::run(&options).unwrap_or_else(|error| failure::tell(&error))
        }
        Parsed::Help(text) => failure::print(&text),
        Parsed::Wrong(message) => failure::tell(&anyhow::Error::msg(message)),
    }
}

fn run(options: &RunOptions) -> Result<ExitCode> {
    let arguments = kernel_arguments::build(options)?;
    let image = kernel_image::load(options.machine)?;
    match options.machine {
        Machine::Process => {
            let status = supervisor::run(&image, &arguments.words);
            drop(arguments);
            status
        }
        Machine::Vm => vm::run(options, &image, arguments),
    }
}
