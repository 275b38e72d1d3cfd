//! An address space is a host process: the program's half of the one that runs this.

use core::any::Any;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};

use abi::Errno;
use abi::raw::general::{
    MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_POPULATE_READ, MADV_POPULATE_WRITE,
    MADV_WILLNEED, MAP_ANONYMOUS, MAP_NORESERVE, MAP_PRIVATE, MAP_SHARED, MREMAP_DONTUNMAP, MREMAP_FIXED,
    MREMAP_MAYMOVE,
};
use alloc::boxed::Box;
use alloc::sync::Arc;
use kernel::machine::AddressSpace;
use kernel::mm::{Access, Advice, MapSource, Protection};

use crate::host_process::{self, HostProcess};
use crate::{host, layout, memory, processor};

/// The program's half of a host process. Two spaces may have one: execve(2) fills it anew.
#[derive(Clone, Debug)]
pub(crate) struct Space(Arc<Owner>);

/// The right to use a host process's half; with the last one the host process loses its purpose.
#[derive(Debug)]
struct Owner(&'static HostProcess);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.orphan();
    }
}

/// Whether the home has got its first space.
static HOME_IS_USED: AtomicBool = AtomicBool::new(false);

impl Space {
    /// An empty space: of the home, when that has none yet; else of a host process of its own.
    pub(crate) fn new() -> Result<Self, Errno> {
        let host = if HOME_IS_USED.swap(true, Ordering::Relaxed) {
            HostProcess::empty(processor::this().number())?
        } else {
            host_process::home()
        };
        Ok(Self(Arc::new(Owner(host))))
    }

    /// Whether its host process runs this.
    pub(crate) fn is_current(&self) -> bool {
        self.0.0.is_own()
    }

    /// Its host process.
    pub(crate) fn host_process(&self) -> &'static HostProcess {
        self.0.0
    }

    /// Refuses a space that is not the running one, and whatever does not lie in the program's half.
    fn check(&self, range: &Range<u64>) -> Result<(), Errno> {
        if self.is_current() { check(range) } else { Err(Errno::EXDEV) }
    }
}

/// Refuses whatever does not lie in the program's half: the core checks too, but the rest of the kernel
/// stands on this.
fn check(range: &Range<u64>) -> Result<(), Errno> {
    let inside = range.start < range.end && range.end <= layout::USER_END;
    if inside && range.start.is_multiple_of(4096) && range.end.is_multiple_of(4096) {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

fn range_pages(range: &Range<u64>) -> u64 {
    (range.end - range.start) / 4096
}

fn bits(protection: Protection) -> u32 {
    u32::from(protection.bits())
}

impl AddressSpace for Space {
    fn as_any(&self) -> &dyn Any {
        self
    }

    /// A space is filled by the host process that it is.
    fn enter(&self) {}

    fn map(&self, range: Range<u64>, protection: Protection, source: MapSource<'_>) -> Result<(), Errno> {
        self.check(&range)?;
        let sharing = |shared| if shared { MAP_SHARED } else { MAP_PRIVATE };
        let (protection, flags, fd, offset) = match source {
            MapSource::Reserved => (0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
            MapSource::Anonymous { no_reserve } => {
                let reserve = if no_reserve { MAP_NORESERVE } else { 0 };
                (bits(protection), MAP_PRIVATE | MAP_ANONYMOUS | reserve, -1, 0)
            }
            MapSource::Physical { address, shared } => {
                let (file, offset) = memory::frames();
                (bits(protection), sharing(shared), file, offset + address)
            }
            MapSource::MachineFile { file, offset, shared } => {
                (bits(protection), sharing(shared), file.handle(), offset)
            }
        };
        // SAFETY: the range is the program's; the kernel knows nothing that lives there.
        unsafe { host::memory::map_fixed(&range, protection, flags, fd, offset) }
    }

    fn unmap(&self, range: Range<u64>) -> Result<(), Errno> {
        self.check(&range)?;
        // SAFETY: the range is the program's.
        unsafe { host::memory::unmap(&range) }
    }

    fn protect(&self, range: Range<u64>, protection: Protection) -> Result<(), Errno> {
        self.check(&range)?;
        // SAFETY: the range is the program's.
        unsafe { host::memory::protect(&range, bits(protection)) }
    }

    fn relocate(&self, from: Range<u64>, to: Range<u64>, keep: bool) -> Result<(), Errno> {
        self.check(&from)?;
        self.check(&to)?;
        let keep = if keep { MREMAP_DONTUNMAP } else { 0 };
        let flags = if from.start == to.start { 0 } else { MREMAP_MAYMOVE | MREMAP_FIXED | keep };
        // SAFETY: both ranges are the program's.
        match unsafe { host::memory::remap(&from, &to, flags) } {
            // What is one mapping for the core may be several for the host: move it in halves.
            Err(Errno::EFAULT) if range_pages(&from) > 1 && flags != 0 => {
                let half = range_pages(&from) / 2 * 4096;
                let (from_middle, to_middle) = (from.start + half, to.start + half);
                self.relocate(from.start..from_middle, to.start..to_middle, keep != 0)?;
                self.relocate(from_middle..from.end, to_middle..to.end, keep != 0)
            }
            outcome => outcome,
        }
    }

    fn advise(&self, range: Range<u64>, advice: Advice) -> Result<(), Errno> {
        self.check(&range)?;
        let advice = match advice {
            Advice::Pattern(number) | Advice::Reclaim(number) | Advice::Fork(number) => number,
            Advice::WillNeed => MADV_WILLNEED.cast_signed(),
            Advice::DontNeed => MADV_DONTNEED.cast_signed(),
            Advice::Free => MADV_FREE.cast_signed(),
            Advice::HugePage => MADV_HUGEPAGE.cast_signed(),
            Advice::NoHugePage => MADV_NOHUGEPAGE.cast_signed(),
        };
        // SAFETY: the range is the program's.
        unsafe { host::memory::advise(&range, advice) }
    }

    fn resident(&self, range: Range<u64>, target: &mut [u8]) -> Result<(), Errno> {
        self.check(&range)?;
        host::memory::resident(&range, target)
    }

    fn sync(&self, range: Range<u64>, flags: u32) -> Result<(), Errno> {
        self.check(&range)?;
        host::memory::sync(&range, flags)
    }

    fn populate(&self, range: Range<u64>, _: Protection, access: Access) -> Result<(), Errno> {
        self.check(&range)?;
        let advice = match access {
            Access::Read | Access::Execute => MADV_POPULATE_READ,
            Access::Write => MADV_POPULATE_WRITE,
        };
        // SAFETY: the range is the program's, and populating changes no contents.
        unsafe { host::memory::advise(&range, advice.cast_signed()) }
    }

    fn renew(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(self.clone()))
    }

    fn fork(&self, cpu: usize, _: &[Range<u64>]) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(Self(Arc::new(Owner(HostProcess::fork(cpu, false)?)))))
    }

    fn reaches(&self, cpu: usize) -> bool {
        self.host_process().seat(cpu).is_there()
    }

    fn reach(&self, cpu: usize) {
        self.host_process().request_seat(cpu);
    }
}
