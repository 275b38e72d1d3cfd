//! The kernels that this launcher carries inside.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;

use anyhow::{Context, Result, anyhow};
use nix::sys::signal::{SigSet, Signal};
use rustix::fs::MemfdFlags;
use rustix::io::Errno;

use crate::options::Machine;

/// The kernel's ELF, put here by `cargo xtask`; `None` in a launcher that plain cargo built.
#[cfg(kernel_inside)]
const PROCESS_KERNEL: Option<&[u8]> = Some(include_bytes!(env!("TRAPLESS_KERNEL")));

/// The kernel's ELF, put here by `cargo xtask`; `None` in a launcher that plain cargo built.
#[cfg(not(kernel_inside))]
const PROCESS_KERNEL: Option<&[u8]> = None;

/// The vm's kernel, as [`PROCESS_KERNEL`].
#[cfg(vm_kernel_inside)]
const VM_KERNEL: Option<&[u8]> = Some(include_bytes!(env!("TRAPLESS_VM_KERNEL")));

/// The vm's kernel, as [`PROCESS_KERNEL`].
#[cfg(not(vm_kernel_inside))]
const VM_KERNEL: Option<&[u8]> = None;

/// Whether this launcher carries a machine's kernel.
pub(crate) fn is_carried(machine: Machine) -> bool {
    carried(machine).is_some()
}

fn carried(machine: Machine) -> Option<&'static [u8]> {
    match machine {
        Machine::Process => PROCESS_KERNEL,
        Machine::Vm => VM_KERNEL,
    }
}

/// Puts a machine's kernel into a file in memory that can be executed.
pub(crate) fn load(machine: Machine) -> Result<File> {
    let kernel = carried(machine)
        .ok_or_else(|| anyhow!("this launcher carries no kernel: build it with `cargo xtask build`"))?;
    // A limit on the size of files shall give an error here and no death.
    SigSet::from(Signal::SIGXFSZ).thread_block().context("cannot block signals")?;
    let mut file = File::from(memory_file().context("cannot make a file in memory for the kernel")?);
    file.write_all(kernel).context("cannot write the kernel to a file in memory")?;
    Ok(file)
}

/// Linux before 6.3 does not know the flag, and has it always on.
fn memory_file() -> Result<OwnedFd, Errno> {
    match rustix::fs::memfd_create("trapless-kernel", MemfdFlags::CLOEXEC | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => rustix::fs::memfd_create("trapless-kernel", MemfdFlags::CLOEXEC),
        result => result,
    }
}
