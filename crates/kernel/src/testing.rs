//! A fake machine, so that handlers are tested as plain functions on the host.
//!
//! [`World::new`] gives a test one thread of one process and the machine to itself: tests with a world
//! run one after the other. Time stands still except where a thread waits: then it jumps to the deadline.
//! "User memory" is the test's own memory ([`UserMemory`]); an address beyond it, such as [`BAD_ADDRESS`],
//! faults. A test that lets a thread wait for somebody gives that somebody to [`World::when_waiting`].

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use abi::Errno;
use arch::xstate::ExtendedState;
use arch::{Context, RegisterFrame};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::machine::{self, AddressSpace, Machine, MachineClock};
use crate::mm::{Access, Advice, MapSource, MemoryMap, PAGE_SIZE, Protection};
use crate::sched;
use crate::syscalls::Current;
use crate::task::{Counted, Credentials, NewThread, Process, Thread};

/// An address that no program may use.
pub(crate) const BAD_ADDRESS: u64 = 0xffff_8000_0000_0000;
/// Bytes of physical memory.
const PHYSICAL_SIZE: usize = 64 << 20;
/// `CLOCK_REALTIME` minus `CLOCK_MONOTONIC`: a day in 2026.
pub(crate) const EPOCH: u64 = 1_795_000_000_000_000_000;

type Step = Box<dyn FnOnce() + Send>;

/// The one fake machine.
#[derive(Default)]
struct FakeMachine {
    clock: AtomicU64,
    random: AtomicU64,
    physical: Mutex<Vec<u8>>,
    log: Mutex<Vec<u8>>,
    calls: Mutex<Vec<String>>,
    steps: Mutex<VecDeque<Step>>,
}

static MACHINE: FakeMachine = FakeMachine {
    clock: AtomicU64::new(1_000_000_000),
    random: AtomicU64::new(0),
    physical: Mutex::new(Vec::new()),
    log: Mutex::new(Vec::new()),
    calls: Mutex::new(Vec::new()),
    steps: Mutex::new(VecDeque::new()),
};
static TURN: Mutex<()> = Mutex::new(());

/// A lock whose last holder failed its test is as good as any other.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn index(address: u64) -> usize {
    usize::try_from(address).unwrap_or(usize::MAX)
}

impl Machine for FakeMachine {
    fn cpu_count(&self) -> usize {
        2
    }

    fn this_cpu(&self) -> usize {
        0
    }

    fn kick(&self, _cpu: usize) {}

    fn barrier(&self) {}

    fn set_pending(&self) {}

    fn wait(&self, deadline: Option<u64>) {
        let step = lock(&self.steps).pop_front();
        match (step, deadline) {
            (Some(step), _) => step(),
            (None, Some(deadline)) => {
                self.clock.fetch_max(deadline, Ordering::SeqCst);
            }
            (None, None) => panic!("the thread under test waits for ever"),
        }
    }

    fn set_timer(&self, _deadline: Option<u64>) {}

    fn now(&self, clock: MachineClock) -> u64 {
        let now = self.clock.load(Ordering::SeqCst);
        if clock == MachineClock::Realtime { EPOCH + now } else { now }
    }

    fn switch(&self, _from: &Context, _to: &Context, _space: Option<&dyn AddressSpace>) {
        panic!("the fake machine runs one thread");
    }

    fn start(&self, _first: &Context) -> ! {
        panic!("the fake machine runs no programs");
    }

    fn new_space(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(FakeSpace))
    }

    fn physical_size(&self) -> u64 {
        PHYSICAL_SIZE as u64
    }

    fn physical_read(&self, address: u64, target: &mut [u8]) {
        let memory = self.physical();
        target.copy_from_slice(&memory[index(address)..][..target.len()]);
    }

    fn physical_write(&self, address: u64, source: &[u8]) {
        self.physical()[index(address)..][..source.len()].copy_from_slice(source);
    }

    fn physical_clear(&self, range: Range<u64>) {
        self.physical()[index(range.start)..index(range.end)].fill(0);
    }

    fn physical_to_user(&self, address: u64, user: u64, length: usize) -> Result<(), arch::copy::Fault> {
        let mut bytes = vec![0; length];
        self.physical_read(address, &mut bytes);
        arch::copy::to_user(user, &bytes)
    }

    fn physical_from_user(&self, address: u64, user: u64, length: usize) -> Result<(), arch::copy::Fault> {
        let mut bytes = vec![0; length];
        let outcome = arch::copy::from_user(&mut bytes, user);
        let copied = outcome.map_or_else(|fault| fault.copied, |()| length);
        self.physical_write(address, &bytes[..copied]);
        outcome
    }

    fn physical_release(&self, range: Range<u64>) {
        self.physical_clear(range);
    }

    fn random(&self, target: &mut [u8]) {
        for byte in target {
            *byte = self.random.fetch_add(1, Ordering::SeqCst).to_le_bytes()[0];
        }
    }

    fn log(&self, message: &[u8]) {
        lock(&self.log).extend_from_slice(message);
    }

    fn trace(&self, _target: i32, lines: &[u8]) {
        lock(&self.log).extend_from_slice(lines);
    }

    fn power_off(&self, status: u8) -> ! {
        panic!("power off with status {status}");
    }
}

impl FakeMachine {
    fn physical(&self) -> MutexGuard<'_, Vec<u8>> {
        let mut memory = lock(&self.physical);
        memory.resize(PHYSICAL_SIZE, 0);
        memory
    }
}

/// An address space that only remembers what was asked of it ([`World::take_calls`]).
#[derive(Debug)]
struct FakeSpace;

fn record(call: &str, range: &Range<u64>, rest: &str) -> Result<(), Errno> {
    let line = format!("{call} {:#x}..{:#x} {rest}", range.start, range.end);
    lock(&MACHINE.calls).push(line.trim_end().to_string());
    Ok(())
}

impl AddressSpace for FakeSpace {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn enter(&self) {}

    fn map(&self, range: Range<u64>, protection: Protection, source: MapSource<'_>) -> Result<(), Errno> {
        record("map", &range, &format!("{protection:?} {source:?}"))
    }

    fn unmap(&self, range: Range<u64>) -> Result<(), Errno> {
        record("unmap", &range, "")
    }

    fn protect(&self, range: Range<u64>, protection: Protection) -> Result<(), Errno> {
        record("protect", &range, &format!("{protection:?}"))
    }

    fn relocate(&self, from: Range<u64>, to: Range<u64>, keep: bool) -> Result<(), Errno> {
        record("relocate", &from, &format!("to {:#x}..{:#x} keep {keep}", to.start, to.end))
    }

    fn advise(&self, range: Range<u64>, advice: Advice) -> Result<(), Errno> {
        record("advise", &range, &format!("{advice:?}"))
    }

    fn resident(&self, range: Range<u64>, target: &mut [u8]) -> Result<(), Errno> {
        target.fill(1);
        record("resident", &range, "")
    }

    fn sync(&self, range: Range<u64>, flags: u32) -> Result<(), Errno> {
        record("sync", &range, &format!("{flags:#x}"))
    }

    fn populate(&self, range: Range<u64>, protection: Protection, access: Access) -> Result<(), Errno> {
        record("populate", &range, &format!("{protection:?} {access:?}"))
    }

    fn renew(&self) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(FakeSpace))
    }

    fn fork(&self, _: usize, _: &[Range<u64>]) -> Result<Box<dyn AddressSpace>, Errno> {
        Ok(Box::new(Self))
    }
}

/// A thread on the fake machine, for one test.
pub(crate) struct World {
    /// The thread that runs.
    pub(crate) thread: Arc<Thread>,
    frame: RegisterFrame,
    _turn: MutexGuard<'static, ()>,
}

impl World {
    /// A world with a thread of user 0.
    pub(crate) fn new() -> Self {
        Self::of_user(0)
    }

    /// A world with a thread of this user and the group of the same number.
    pub(crate) fn of_user(uid: u32) -> Self {
        let turn = lock(&TURN);
        machine::set(&MACHINE);
        arch::copy::set_user_range(PAGE_SIZE..1 << 47);
        lock(&MACHINE.log).clear();
        lock(&MACHINE.calls).clear();
        lock(&MACHINE.steps).clear();
        let memory = MemoryMap::new().expect("the fake machine has room");
        let thread = Thread::new(NewThread {
            tid: 1,
            process: Process::new(1, memory),
            credentials: Arc::new(Credentials::new(uid, uid, Vec::new())),
            counted: Counted::unlimited(uid),
            files: crate::fs::DescriptorTable::new(),
            fs: empty_tree(),
            frame: RegisterFrame::default(),
            fs_base: 0,
            extended_state: ExtendedState::new().expect("the host has memory"),
        })
        .expect("the host has memory");
        sched::set_current(&thread);
        lock(&MACHINE.calls).clear();
        Self { thread, frame: RegisterFrame::default(), _turn: turn }
    }

    /// The view that a handler gets of a call.
    pub(crate) fn current(&mut self) -> Current<'_> {
        Current::new(&self.thread, &mut self.frame)
    }

    /// Moves the clock on.
    pub(crate) fn advance(&self, nanoseconds: u64) {
        MACHINE.clock.fetch_add(nanoseconds, Ordering::SeqCst);
    }

    /// Runs a step when the thread waits next (after those given before): what somebody else does then.
    pub(crate) fn when_waiting(&self, step: impl FnOnce() + Send + 'static) {
        lock(&MACHINE.steps).push_back(Box::new(step));
    }

    /// What was asked of address spaces since the last call of this.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        core::mem::take(&mut lock(&MACHINE.calls))
    }

    /// What was logged since the last call of this.
    pub(crate) fn take_log(&self) -> String {
        String::from_utf8_lossy(&core::mem::take(&mut *lock(&MACHINE.log))).into_owned()
    }
}

/// A piece of a program's memory.
pub(crate) struct UserMemory(Box<[AtomicU8]>);

impl UserMemory {
    /// Zeroed memory.
    pub(crate) fn zeroed(length: usize) -> Self {
        Self((0..length).map(|_| AtomicU8::new(0)).collect())
    }

    /// Memory that holds these bytes.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|&byte| AtomicU8::new(byte)).collect())
    }

    /// Memory that holds this value.
    pub(crate) fn of<T: IntoBytes + Immutable>(value: &T) -> Self {
        Self::of_bytes(value.as_bytes())
    }

    /// Memory that holds this text and a zero byte.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        Self::of_bytes(&bytes)
    }

    /// Its address.
    pub(crate) fn address(&self) -> u64 {
        self.0.as_ptr().expose_provenance() as u64
    }

    /// What it holds.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.iter().map(|byte| byte.load(Ordering::SeqCst)).collect()
    }

    /// The value at its start.
    pub(crate) fn value<T: FromBytes>(&self) -> T {
        T::read_from_prefix(&self.bytes()).expect("the memory is large enough").0
    }
}

#[cfg(test)]
mod tests {
    use super::{BAD_ADDRESS, UserMemory, World};
    use crate::mm::frame::Frames;
    use crate::sched::{WaitError, WaitQueue};
    use crate::user::{UserCStr, UserPtr};
    use abi::Errno;
    use alloc::sync::Arc;
    use core::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn copies_from_and_to_user_memory() {
        let _world = World::new();
        let memory = UserMemory::of(&7_u64);
        let pointer = UserPtr::<u64>::new(memory.address());
        assert_eq!(pointer.read(), Ok(7));
        pointer.write(&8).unwrap();
        assert_eq!(memory.value::<u64>(), 8);
        assert_eq!(UserPtr::<u64>::new(BAD_ADDRESS).read(), Err(Errno::EFAULT));
        assert_eq!(UserPtr::<u64>::new(0).write(&1), Err(Errno::EFAULT));
        let text = UserMemory::of_text("name");
        assert_eq!(UserCStr::new(text.address()).read_path(), Ok(crate::user::PathText::from_slice(b"name")));
    }

    #[test]
    fn waiting_moves_the_clock_to_the_deadline() {
        let _world = World::new();
        let queue = WaitQueue::new();
        let deadline = crate::machine::monotonic() + 5;
        assert_eq!(queue.wait_until(Some(deadline), || None::<()>), Err(WaitError::TimedOut));
        assert_eq!(crate::machine::monotonic(), deadline);
    }

    #[test]
    fn frames_are_zero_after_release() {
        let _world = World::new();
        let address = {
            let frames = Frames::allocate(2).unwrap();
            crate::machine::machine().physical_write(frames.address(), b"text");
            frames.address()
        };
        let mut bytes = [1; 4];
        crate::machine::machine().physical_read(address, &mut bytes);
        assert_eq!(bytes, [0; 4]);
    }

    #[test]
    fn a_step_of_somebody_else_ends_a_wait() {
        static DONE: AtomicBool = AtomicBool::new(false);
        let world = World::new();
        let queue = Arc::new(WaitQueue::new());
        let other = Arc::clone(&queue);
        world.when_waiting(move || {
            DONE.store(true, Ordering::SeqCst);
            other.wake_all();
        });
        world.advance(10);
        assert_eq!(queue.wait_until(None, || DONE.load(Ordering::SeqCst).then_some(1)), Ok(1));
    }

    #[test]
    fn records_what_is_asked_of_it() {
        let mut world = World::of_user(1000);
        let current = world.current();
        let memory = current.process().memory();
        memory.space().unmap(0x1000..0x2000).unwrap();
        crate::machine::machine().log(b"text");
        assert_eq!(world.take_calls(), ["unmap 0x1000..0x2000"]);
        assert_eq!(world.take_log(), "text");
        assert_eq!(UserMemory::zeroed(2).bytes(), [0, 0]);
    }
}

/// A file system that is one empty directory.
#[derive(Debug)]
struct EmptyDirectory;

impl crate::fs::Inode for EmptyDirectory {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn metadata(&self) -> Result<crate::fs::Metadata, Errno> {
        let time = abi::time::Timespec::default();
        Ok(crate::fs::Metadata {
            device: 1,
            inode: 1,
            kind: crate::fs::FileKind::Directory,
            permissions: 0o755,
            links: 2,
            uid: 0,
            gid: 0,
            special_device: 0,
            size: 0,
            block_size: 4096,
            blocks: 0,
            accessed: time,
            modified: time,
            changed: time,
            created: None,
        })
    }

    fn lookup(&self, _name: &[u8]) -> Result<Arc<dyn crate::fs::Inode>, Errno> {
        Err(Errno::ENOENT)
    }

    fn open(self: Arc<Self>, _readable: bool, _writable: bool) -> Result<Arc<dyn crate::fs::File>, Errno> {
        Err(Errno::EISDIR)
    }
}

impl crate::fs::FileSystem for EmptyDirectory {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn root(&self) -> Arc<dyn crate::fs::Inode> {
        Arc::new(Self)
    }

    fn statistics(&self) -> Result<crate::fs::FileSystemStatistics, Errno> {
        Ok(crate::fs::FileSystemStatistics::default())
    }

    fn type_name(&self) -> &'static str {
        "empty"
    }
}

/// A root directory with nothing in it.
fn empty_tree() -> Arc<crate::fs::FsContext> {
    let flags = crate::fs::MountFlags::READ_ONLY;
    let namespace = crate::fs::MountNamespace::new(Arc::new(EmptyDirectory), b"none", flags);
    crate::fs::FsContext::new(namespace.expect("the directory has metadata"))
}
