//! The vm machine, as the core sees it.

use core::ops::Range;

use abi::Errno;
use alloc::boxed::Box;
use arch::Context;
use arch::copy::Fault;
use kernel::machine::{AddressSpace, Machine, MachineClock, MachineUsage, StandardStream};

use crate::physical::direct;
use crate::space::Space;
use crate::{apic, clock, console, further, power, processor, random};

/// The kernel that owns its machine.
#[derive(Debug)]
pub(crate) struct VmMachine;

impl Machine for VmMachine {
    fn cpu_count(&self) -> usize {
        processor::count()
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
        processor::barrier();
    }

    fn observe_calls(&self) {
        processor::observe_calls();
    }

    fn site_entry(&self, number: Option<u32>) -> Option<u32> {
        Some(arch::call::entry_offset(number))
    }

    fn set_pending(&self) {
        processor::this().block().set_pending();
    }

    fn wait(&self, deadline: Option<u64>) {
        self.set_timer(deadline);
        processor::this().wait();
        console::deliver();
    }

    fn set_timer(&self, deadline: Option<u64>) {
        apic::set_timer(deadline, clock::monotonic());
    }

    fn now(&self, clock: MachineClock) -> u64 {
        clock::now(clock)
    }

    fn switch(&self, from: &Context, to: &Context, space: Option<&dyn AddressSpace>) {
        if let Some(space) = space {
            space.enter();
        }
        if core::ptr::eq(from, to) {
            return;
        }
        // SAFETY: the scheduler gives the running context and one that runs nowhere, and keeps both; this
        // processor's block is installed.
        unsafe { from.switch(to) };
    }

    fn start(&self, first: &Context) -> ! {
        // SAFETY: the scheduler keeps the context; this processor's block is installed.
        unsafe { first.start() }
    }

    fn start_processors(&self) -> Result<(), Errno> {
        further::start_all()
    }

    fn new_space(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(Space::new()?))
    }

    fn physical_size(&self) -> u64 {
        crate::physical::end()
    }

    fn physical_read(&self, address: u64, target: &mut [u8]) {
        // SAFETY: allocated physical memory is in the direct map; the target is a slice of its own.
        unsafe { direct(address).copy_to_nonoverlapping(target.as_mut_ptr(), target.len()) };
    }

    fn physical_write(&self, address: u64, source: &[u8]) {
        // SAFETY: as for `physical_read`.
        unsafe { direct(address).copy_from_nonoverlapping(source.as_ptr(), source.len()) };
    }

    fn physical_clear(&self, range: Range<u64>) {
        // SAFETY: as for `physical_read`.
        unsafe { direct(range.start).write_bytes(0, (range.end - range.start) as usize) };
    }

    fn physical_to_user(&self, address: u64, user: u64, length: usize) -> Result<(), Fault> {
        // SAFETY: allocated physical memory is in the direct map.
        unsafe { arch::copy::raw_to_user(user, direct(address), length) }
    }

    fn physical_from_user(&self, address: u64, user: u64, length: usize) -> Result<(), Fault> {
        // SAFETY: allocated physical memory is in the direct map.
        unsafe { arch::copy::raw_from_user(direct(address), user, length) }
    }

    fn physical_release(&self, range: Range<u64>) {
        self.physical_clear(range);
    }

    fn usage(&self) -> MachineUsage {
        let counted = |thread: alloc::sync::Arc<kernel::task::Thread>| {
            let memory = thread.process().memory();
            memory.space().as_any().downcast_ref::<Space>().map(Space::usage)
        };
        kernel::sched::current().and_then(counted).unwrap_or_default()
    }

    fn random(&self, target: &mut [u8]) {
        random::fill(target);
    }

    fn log(&self, message: &[u8]) {
        console::log(message);
    }

    fn trace(&self, _target: i32, lines: &[u8]) {
        console::trace(lines);
    }

    fn take_archive(&self, receiver: &mut dyn FnMut(&[u8])) {
        crate::physical::take_archive(receiver);
    }

    fn standard_stream(&self, number: u32) -> Option<StandardStream> {
        console::standard_stream(number)
    }

    fn power_off(&self, status: u8) -> ! {
        kernel::syscalls::report::write();
        power::off(status)
    }
}
