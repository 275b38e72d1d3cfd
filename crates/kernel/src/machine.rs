//! All that the core asks of a machine.
//!
//! A machine is registered once, at boot, by [`set`]. Times are nanoseconds; unless a method says
//! otherwise they are of `CLOCK_MONOTONIC`. Every method may be called on any processor.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::ops::Range;

use abi::Errno;
use abi::termios::Termios;
use arch::Context;

use crate::fs::{File, FileSystem, Inode};
use crate::mm::{Access, Advice, MapSource, Protection};

/// Clocks that the machine keeps (clock_gettime(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineClock {
    /// Since some point in the past, never set back.
    Monotonic,
    /// Since 1970.
    Realtime,
    /// As monotonic, counting suspended time.
    Boottime,
    /// As monotonic, without adjustment of its rate.
    MonotonicRaw,
}

/// One of the streams that the first program starts with.
#[derive(Clone, Debug)]
pub struct StandardStream {
    /// The inode; it stays usable as long as the kernel runs.
    pub inode: Arc<dyn Inode>,
    /// The open file.
    pub file: Arc<dyn File>,
    /// The access mode and status flags that it was opened with (open(2)).
    pub flags: u32,
    /// What `/proc/self/fd` shows, such as `pipe:[42]` or `/dev/pts/0`.
    pub name: Vec<u8>,
    /// The terminal that it is, if it is one (isatty(3)).
    pub terminal: Option<Arc<dyn MachineTerminal>>,
}

/// A terminal of the machine: its line discipline, its settings and whoever sits at it are outside.
pub trait MachineTerminal: Send + Sync + core::fmt::Debug {
    /// What moves its bytes and takes requests about its settings.
    fn file(self: Arc<Self>) -> Arc<dyn File>;

    /// Its settings.
    ///
    /// # Errors
    /// `EIO` when it is gone.
    fn settings(&self) -> Result<Termios, Errno>;
}

/// What a machine counts for the running program; all zero where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MachineUsage {
    /// The most memory that was ever resident, in bytes.
    pub max_resident: u64,
    /// Page faults that needed no device.
    pub minor_faults: u64,
    /// Page faults that did.
    pub major_faults: u64,
    /// Blocks read from devices.
    pub blocks_in: u64,
    /// Blocks written to devices.
    pub blocks_out: u64,
    /// How often the processor was given away.
    pub voluntary_switches: u64,
    /// How often it was taken away.
    pub involuntary_switches: u64,
}

/// What the kernel's own heap holds; all zero where the machine does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapUsage {
    /// How large it may become, in bytes.
    pub size: u64,
    /// Bytes in use.
    pub used: u64,
}

/// The hardware below the kernel.
pub trait Machine: Send + Sync {
    /// How many processors programs may use.
    fn cpu_count(&self) -> usize;

    /// The processor that runs this, below [`cpu_count`](Self::cpu_count).
    fn this_cpu(&self) -> usize;

    /// Makes another processor look at its pending work soon, whatever it does.
    fn kick(&self, cpu: usize);

    /// Returns when every other processor has passed a full barrier, also of its instruction stream, since
    /// the call (membarrier(2)).
    fn barrier(&self);

    /// Makes this processor look at its pending work before it goes back to a program.
    fn set_pending(&self);

    /// Waits, as the halted processor, until a kick, an interrupt or the deadline; may return early.
    /// A kick that came since the last [`wait`](Self::wait) is not lost.
    fn wait(&self, deadline: Option<u64>);

    /// Whether this processor has been told to look at its pending work.
    fn is_pending(&self) -> bool {
        false
    }

    /// Says whether this processor, which has nothing to run, looks at [`is_pending`](Self::is_pending) again
    /// and again: a kick then needs to say no more.
    fn set_looking(&self, looking: bool) {
        let _ = looking;
    }

    /// Wakes threads that wait for something outside of the kernel which has come, if it is time to look;
    /// gives when to look again, if any thread waits so. [`wait`](Self::wait) looks by itself: this is for
    /// processors that are busy, and cheap enough to be asked at every switch.
    fn look_outside(&self, now: u64) -> Option<u64> {
        let _ = now;
        None
    }

    /// Arms this processor's timer (one shot), or disarms it: an interrupt that makes work pending.
    fn set_timer(&self, deadline: Option<u64>);

    /// The clock's time.
    fn now(&self, clock: MachineClock) -> u64;

    /// Keeps a [`vdso::TimePage`] at this physical address from now on, if the machine's clocks can be told
    /// from the processor's counter; else the page stays empty.
    fn keep_time(&self, page: u64) {
        let _ = page;
    }

    /// Says what clock_settime(2) added to the time of day, for the page of [`keep_time`](Self::keep_time).
    fn show_realtime_offset(&self, offset: i64) {
        let _ = offset;
    }

    /// Goes from the thread of one context to that of another, as [`Context::switch`] does, and into the
    /// other's address space. Returns when somebody switches back.
    ///
    /// The scheduler calls it with the running context and one that runs nowhere; or with the running one
    /// twice, which then only goes to the other space.
    fn switch(&self, from: &Context, to: &Context, space: Option<&dyn AddressSpace>);

    /// Leaves the stack that runs this for a thread which runs nowhere; never comes back.
    fn start(&self, first: &Context) -> !;

    /// The processor has nothing to run and is about to halt with the context of its idle thread: where it is
    /// in an address space that no program uses any more, it leaves that.
    fn rest(&self, idle: &Context) {
        let _ = idle;
    }

    /// Starts the further processors; each runs [`crate::sched::run_processor`].
    ///
    /// # Errors
    /// When there are fewer than [`cpu_count`](Self::cpu_count) says.
    fn start_processors(&self) -> Result<(), Errno> {
        Ok(())
    }

    /// Makes an empty address space for programs: another one at each call.
    ///
    /// # Errors
    /// `ENOMEM` or `EAGAIN` when the machine has no room.
    fn new_space(&self) -> Result<Box<dyn AddressSpace>, Errno>;

    /// How many bytes of physical memory there are for [`crate::mm::frame`].
    fn physical_size(&self) -> u64;

    /// Reads physical memory; the range was allocated by [`crate::mm::frame`].
    fn physical_read(&self, address: u64, target: &mut [u8]);

    /// Writes physical memory; the range was allocated by [`crate::mm::frame`].
    fn physical_write(&self, address: u64, source: &[u8]);

    /// Zeroes physical memory, a whole number of pages.
    fn physical_clear(&self, range: Range<u64>);

    /// Copies physical memory to the running program.
    ///
    /// # Errors
    /// The fault, with how much was copied.
    fn physical_to_user(&self, address: u64, user: u64, length: usize) -> Result<(), arch::copy::Fault>;

    /// Copies from the running program to physical memory.
    ///
    /// # Errors
    /// The fault, with how much was copied.
    fn physical_from_user(&self, address: u64, user: u64, length: usize) -> Result<(), arch::copy::Fault>;

    /// Says that nothing uses these pages any more; their contents may go and are zero afterwards.
    fn physical_release(&self, range: Range<u64>);

    /// Fills the buffer with random bytes fit for keys.
    fn random(&self, target: &mut [u8]);

    /// Writes a message of the kernel for the person who started it.
    fn log(&self, message: &[u8]);

    /// A directory outside of the world as a file system: by its path on the host, or on a medium.
    ///
    /// # Errors
    /// `ENODEV` where the machine has none; those of open(2).
    fn host_directory(&self, path: &[u8], read_only: bool) -> Result<Arc<dyn FileSystem>, Errno> {
        let _ = (path, read_only);
        Err(Errno::ENODEV)
    }

    /// Reads a file whole that whoever started the machine left open, and closes it.
    ///
    /// # Errors
    /// `ENODEV` where the machine has none; those of read(2).
    fn take_file(&self, descriptor: i32) -> Result<Vec<u8>, Errno> {
        let _ = descriptor;
        Err(Errno::ENODEV)
    }

    /// Gives `receiver` the archive of files that the machine was started with, if there is one, and then
    /// forgets it. It becomes the root of the world.
    fn take_archive(&self, receiver: &mut dyn FnMut(&[u8])) {
        let _ = receiver;
    }

    /// The first program's standard input (0), output (1) or error (2); `None` when it is closed.
    fn standard_stream(&self, number: u32) -> Option<StandardStream> {
        let _ = number;
        None
    }

    /// Where, relative to the base that its processors have for it, the address lies to which a patched system
    /// call site jumps, for a number that is constant there or for any; `None` where sites are not patched.
    fn site_entry(&self, number: Option<u32>) -> Option<u32> {
        let _ = number;
        None
    }

    /// Brings every system call to [`crate::syscalls::dispatch`] from now on, also those that the machine
    /// would answer by itself from [`arch::call::LeafValues`].
    fn observe_calls(&self) {}

    /// What it has counted for the running program.
    fn usage(&self) -> MachineUsage {
        MachineUsage::default()
    }

    /// How much of the kernel's heap is in use.
    fn heap_usage(&self) -> HeapUsage {
        HeapUsage::default()
    }

    /// Writes lines of the trace to a descriptor of the machine's own, which its command line named.
    fn trace(&self, target: i32, lines: &[u8]);

    /// Ends the machine with an exit status (0..=255).
    fn power_off(&self, status: u8) -> !;
}

/// The program's part of one address space. The core keeps the books ([`crate::mm`]) and calls these to
/// make them true; ranges are whole pages inside of [`arch::copy::user_range`].
///
/// The process machine can act on the running thread's space only; the core asks for nothing else.
pub trait AddressSpace: Send + Sync + core::fmt::Debug {
    /// For a machine to recognize its own spaces.
    fn as_any(&self) -> &dyn Any;

    /// Makes it the space that this processor sees: for a thread that is about to fill it. Going from thread
    /// to thread, [`Machine::switch`] does that by itself.
    fn enter(&self);

    /// Maps the range, replacing what was there.
    ///
    /// # Errors
    /// As mmap(2).
    fn map(&self, range: Range<u64>, protection: Protection, source: MapSource<'_>) -> Result<(), Errno>;

    /// Takes the range away.
    ///
    /// # Errors
    /// As munmap(2).
    fn unmap(&self, range: Range<u64>) -> Result<(), Errno>;

    /// Changes what the program may do in the range.
    ///
    /// # Errors
    /// As mprotect(2).
    fn protect(&self, range: Range<u64>, protection: Protection) -> Result<(), Errno>;

    /// Moves the pages of `from` to the start of `to`, whose rest (if larger) goes on as the same kind of
    /// mapping; with `keep`, `from` stays mapped and empty (`MREMAP_DONTUNMAP`). Both may start at the same
    /// address: then the mapping only grows. Parts of `from` may have been mapped at different times.
    ///
    /// # Errors
    /// As mremap(2).
    fn relocate(&self, from: Range<u64>, to: Range<u64>, keep: bool) -> Result<(), Errno>;

    /// Acts on advice about the range.
    ///
    /// # Errors
    /// As madvise(2).
    fn advise(&self, range: Range<u64>, advice: Advice) -> Result<(), Errno>;

    /// Writes one byte a page: whether it is resident (mincore(2)).
    ///
    /// # Errors
    /// As mincore(2).
    fn resident(&self, range: Range<u64>, target: &mut [u8]) -> Result<(), Errno>;

    /// Writes shared file pages back (msync(2)).
    ///
    /// # Errors
    /// As msync(2).
    fn sync(&self, range: Range<u64>, flags: u32) -> Result<(), Errno>;

    /// Brings pages in, as an access of this kind would: absent anonymous ones, and copies of those that
    /// are shared until they are written. The protection is that of the mapping.
    ///
    /// # Errors
    /// `EFAULT` when the access would not be allowed, `ENOMEM` without memory.
    fn populate(&self, range: Range<u64>, protection: Protection, access: Access) -> Result<(), Errno>;

    /// The same space, in which nothing is mapped any more, for another memory; the space must be the
    /// running one and this handle not be used again.
    ///
    /// # Errors
    /// `ENOMEM`.
    fn renew(&self) -> Result<Box<dyn AddressSpace>, Errno>;

    /// A copy of the running space, copy-on-write, that a processor can enter. What the sorted ranges name is
    /// absent in the copy; a machine that was told by [`Advice::Fork`] may know that already.
    ///
    /// # Errors
    /// As fork(2).
    fn fork(&self, cpu: usize, left_out: &[Range<u64>]) -> Result<Box<dyn AddressSpace>, Errno>;

    /// Whether a processor can enter the space now.
    fn reaches(&self, cpu: usize) -> bool {
        let _ = cpu;
        true
    }

    /// Makes the space one that a processor can enter: at once when it is the running one, else some time
    /// later, if at all; the processor is kicked then.
    fn reach(&self, cpu: usize) {
        let _ = cpu;
    }
}

static MACHINE: sync::Once<&'static dyn Machine> = sync::Once::new();

/// Registers the machine; the first call wins.
pub fn set(machine: &'static dyn Machine) {
    let _ = MACHINE.set(machine);
}

/// The machine.
///
/// # Panics
/// Before [`set`]: a machine registers itself before it calls anything else of the core.
#[must_use]
pub fn machine() -> &'static dyn Machine {
    match MACHINE.get() {
        Some(machine) => *machine,
        None => unreachable!("the machine registers itself first"),
    }
}

/// Nanoseconds of `CLOCK_MONOTONIC`.
#[must_use]
pub fn monotonic() -> u64 {
    machine().now(MachineClock::Monotonic)
}
