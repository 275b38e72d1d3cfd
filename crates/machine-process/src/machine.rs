//! The process machine, as the core sees it.

use core::ops::Range;

use abi::Errno;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::Context;
use arch::copy::Fault;
use kernel::fs::FileSystem;
use kernel::machine::{AddressSpace, HeapUsage, Machine, MachineClock, MachineUsage, StandardStream};

use crate::space::Space;
use crate::{clock, heap, host, host_process, memory, processor, seat, trap};

/// The kernel as a Linux process.
#[derive(Debug)]
pub(crate) struct ProcessMachine {
    /// How many processors programs may use.
    pub cpus: usize,
}

impl Machine for ProcessMachine {
    fn cpu_count(&self) -> usize {
        self.cpus
    }

    fn this_cpu(&self) -> usize {
        processor::this().block().id() as usize
    }

    fn kick(&self, cpu: usize) {
        if let Some(processor) = processor::get(cpu) {
            processor.kick();
        }
    }

    fn barrier(&self) {
        if host::memory::barrier().is_err() {
            // A host that cannot: an interrupt is a barrier too, soon.
            for cpu in 0..self.cpus {
                self.kick(cpu);
            }
        }
    }

    fn set_pending(&self) {
        processor::this().block().set_pending();
    }

    fn wait(&self, deadline: Option<u64>) {
        processor::this().wait(deadline);
        trap::pass_on_external();
    }

    fn is_pending(&self) -> bool {
        processor::this().block().is_pending()
    }

    fn set_looking(&self, looking: bool) {
        processor::this().set_looking(looking);
    }

    fn look_outside(&self, now: u64) -> Option<u64> {
        let own = host_process::own();
        if own.has_requests() {
            own.make_requested_seats();
        }
        crate::files::watch::look(now)
    }

    fn set_timer(&self, deadline: Option<u64>) {
        processor::this().set_timer(deadline);
    }

    fn now(&self, clock: MachineClock) -> u64 {
        clock::now(clock)
    }

    fn keep_time(&self, page: u64) {
        clock::keep(page);
    }

    fn show_realtime_offset(&self, offset: i64) {
        clock::show_realtime_offset(offset);
    }

    fn switch(&self, from: &Context, to: &Context, space: Option<&dyn AddressSpace>) {
        let target = space.and_then(|space| space.as_any().downcast_ref::<Space>());
        match target.filter(|space| !space.is_current()) {
            // SAFETY: the scheduler gives the running context and one that runs nowhere, and keeps both;
            // this processor's block is installed.
            None if core::ptr::eq(from, to) => {}
            // SAFETY: as below.
            None => unsafe { from.switch(to) },
            // SAFETY: as above.
            Some(space) => unsafe { seat::hand_over(from, to, space.host_process()) },
        }
    }

    fn start(&self, first: &Context) -> ! {
        // SAFETY: the scheduler keeps the context; this processor's block is installed.
        unsafe { first.start() }
    }

    fn rest(&self, idle: &Context) {
        let own = host_process::own();
        if own.is_orphaned() && !own.is_home() {
            // SAFETY: the core gives the running context.
            unsafe { seat::hand_over(idle, idle, host_process::home()) };
        }
    }

    fn start_processors(&self) -> Result<(), Errno> {
        (1..self.cpus).try_for_each(seat::start_processor)
    }

    fn new_space(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Space::new().map(|space| Box::new(space) as Box<dyn AddressSpace>)
    }

    fn site_entry(&self, number: Option<u32>) -> Option<u32> {
        Some(arch::call::entry_offset(number))
    }

    fn observe_calls(&self) {
        processor::observe_calls();
    }

    fn physical_size(&self) -> u64 {
        memory::size()
    }

    fn physical_read(&self, address: u64, target: &mut [u8]) {
        // SAFETY: allocated physical memory is mapped in the direct map; the target is a slice of its own.
        unsafe { memory::direct(address).copy_to_nonoverlapping(target.as_mut_ptr(), target.len()) };
    }

    fn physical_write(&self, address: u64, source: &[u8]) {
        // SAFETY: as for `physical_read`.
        unsafe { memory::direct(address).copy_from_nonoverlapping(source.as_ptr(), source.len()) };
    }

    fn physical_clear(&self, range: Range<u64>) {
        // SAFETY: as for `physical_read`.
        unsafe { memory::direct(range.start).write_bytes(0, (range.end - range.start) as usize) };
    }

    fn physical_to_user(&self, address: u64, user: u64, length: usize) -> Result<(), Fault> {
        // SAFETY: allocated physical memory is mapped in the direct map.
        unsafe { arch::copy::raw_to_user(user, memory::direct(address), length) }
    }

    fn physical_from_user(&self, address: u64, user: u64, length: usize) -> Result<(), Fault> {
        // SAFETY: allocated physical memory is mapped in the direct map.
        unsafe { arch::copy::raw_from_user(memory::direct(address), user, length) }
    }

    fn physical_release(&self, range: Range<u64>) {
        let (file, offset) = memory::frames();
        // SAFETY: the core says that nothing uses these frames.
        let released =
            unsafe { host::memory::punch_hole(file, offset + range.start, range.end - range.start) };
        if released.is_err() {
            self.physical_clear(range);
        }
    }

    fn random(&self, target: &mut [u8]) {
        if host::process::random(target).is_err() {
            crate::panic::refused_host_call(u64::from(abi::raw::general::__NR_getrandom));
        }
    }

    fn log(&self, message: &[u8]) {
        let _ = host::write(2, message);
    }

    fn usage(&self) -> MachineUsage {
        let counted = host::process::usage();
        MachineUsage {
            max_resident: counted.ru_maxrss.unsigned_abs() * 1024,
            minor_faults: counted.ru_minflt.unsigned_abs(),
            major_faults: counted.ru_majflt.unsigned_abs(),
            blocks_in: counted.ru_inblock.unsigned_abs(),
            blocks_out: counted.ru_oublock.unsigned_abs(),
            voluntary_switches: counted.ru_nvcsw.unsigned_abs(),
            involuntary_switches: counted.ru_nivcsw.unsigned_abs(),
        }
    }

    fn heap_usage(&self) -> HeapUsage {
        heap::usage()
    }

    fn trace(&self, target: i32, lines: &[u8]) {
        let mut rest = lines;
        while let Ok(count @ 1..) = host::write(target, rest) {
            rest = rest.get(count..).unwrap_or_default();
            if rest.is_empty() {
                return;
            }
        }
    }

    fn take_file(&self, descriptor: i32) -> Result<Vec<u8>, Errno> {
        let contents = host::read_whole(descriptor);
        host::close(descriptor);
        contents
    }

    fn host_directory(&self, path: &[u8], read_only: bool) -> Result<Arc<dyn FileSystem>, Errno> {
        crate::files::open_directory(path, read_only)
    }

    fn standard_stream(&self, number: u32) -> Option<StandardStream> {
        crate::files::standard_stream(number)
    }

    fn power_off(&self, status: u8) -> ! {
        kernel::syscalls::report::write();
        seat::end_world(status)
    }
}
