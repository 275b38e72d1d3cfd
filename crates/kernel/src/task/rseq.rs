//! Restartable sequences (rseq(2)): a word in the program that says on which processor its thread runs, and
//! sequences of instructions that start anew when they were interrupted.
//!
//! A thread may have left its processor only where the scheduler switched, and only then, or when a handler
//! is about to run, a sequence is looked at: what a thread does without being interrupted costs nothing.

use core::sync::atomic::{AtomicBool, Ordering};

use abi::Errno;
use arch::RegisterFrame;
use sync::SpinLock;

use super::Thread;
use crate::machine::machine;
use crate::syscalls::Current;
use crate::user::{self, UserPtr};

/// `sizeof(struct rseq)` as first defined, and its alignment.
const ORIGINAL_SIZE: u32 = 32;
/// Bytes that are in use (`AT_RSEQ_FEATURE_SIZE`).
pub const FEATURE_SIZE: u32 = 28;
/// What the structure is aligned to (`AT_RSEQ_ALIGN`).
pub const ALIGNMENT: u32 = 32;
/// `RSEQ_FLAG_UNREGISTER`.
const UNREGISTER: u32 = 1;
/// `RSEQ_CPU_ID_UNINITIALIZED`.
const UNINITIALIZED: u32 = u32::MAX;
/// Where `rseq_cs` and `node_id` lie in `struct rseq`.
const SEQUENCE: u64 = 8;
const NODE: u64 = 20;

/// What a thread has registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Registration {
    address: u64,
    length: u32,
    /// The word before each place where an interrupted sequence goes on.
    signature: u32,
    /// The processor that the program was told, and one more; 0 for none.
    told: usize,
}

/// The restartable sequences of a thread.
#[derive(Debug, Default)]
pub struct RestartableSequences {
    registered: SpinLock<Option<Registration>>,
    /// The thread has come (back) to a processor since it looked last.
    stale: AtomicBool,
    /// Whether anything is registered, to read it without the lock.
    active: AtomicBool,
}

impl RestartableSequences {
    /// Nothing registered.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            registered: SpinLock::new(None),
            stale: AtomicBool::new(false),
            active: AtomicBool::new(false),
        }
    }

    /// The thread comes to a processor; gives whether it has to look before it goes to its program.
    pub fn note_switch(&self) -> bool {
        let active = self.active.load(Ordering::Relaxed);
        if active {
            self.stale.store(true, Ordering::Relaxed);
        }
        active
    }

    /// Whether anything is registered.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    /// Whether the thread has to look before it goes to its program; asked once.
    #[must_use]
    pub fn take_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed) && self.stale.swap(false, Ordering::Relaxed)
    }

    fn set(&self, registration: Option<Registration>) {
        *self.registered.lock() = registration;
        self.active.store(registration.is_some(), Ordering::Relaxed);
        self.stale.store(registration.is_some(), Ordering::Relaxed);
    }

    /// Forgets everything (execve(2)).
    pub fn clear(&self) {
        self.set(None);
    }

    /// Takes over what a child that has a copy of the memory inherits (fork(2)).
    pub fn inherit(&self, parent: &Self) {
        let registered = *parent.registered.lock();
        self.set(registered.map(|registration| Registration { told: 0, ..registration }));
    }
}

/// rseq(2).
///
/// # Errors
/// `EINVAL` for a wrong length, alignment, flag or address; `EPERM` for another signature; `EBUSY` when it is
/// registered already; `EFAULT`.
pub fn rseq(
    current: &Current<'_>,
    address: UserPtr<u32>,
    length: u32,
    flags: u32,
    signature: u32,
) -> Result<(), Errno> {
    let own = &current.rseq;
    let before = *own.registered.lock();
    let address = address.address();
    if flags & UNREGISTER != 0 {
        let before = before.filter(|before| flags == UNREGISTER && before.address == address);
        let before = before.filter(|before| before.length == length).ok_or(Errno::EINVAL)?;
        if before.signature != signature {
            return Err(Errno::EPERM);
        }
        tell(address, 0, UNINITIALIZED)?;
        own.clear();
        return Ok(());
    }
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    if let Some(before) = before {
        if before.address != address || before.length != length {
            return Err(Errno::EINVAL);
        }
        return Err(if before.signature == signature { Errno::EBUSY } else { Errno::EPERM });
    }
    if length < ORIGINAL_SIZE || !address.is_multiple_of(u64::from(ALIGNMENT)) {
        return Err(Errno::EINVAL);
    }
    user::check_range(address, length as usize)?;
    UserPtr::<u64>::new(address.wrapping_add(SEQUENCE)).write(&0)?;
    own.set(Some(Registration { address, length, signature, told: 0 }));
    machine().set_pending();
    Ok(())
}

/// Writes on which processor the thread runs: `cpu_id_start` and `cpu_id`, `node_id` and `mm_cid`.
fn tell(address: u64, start: u32, cpu: u32) -> Result<(), Errno> {
    UserPtr::<[u32; 2]>::new(address).write(&[start, cpu])?;
    let concurrency = if cpu == UNINITIALIZED { 0 } else { cpu };
    UserPtr::<[u32; 2]>::new(address.wrapping_add(NODE)).write(&[0, concurrency])
}

/// Makes true what the program sees, before it goes on: the processor, and that a sequence in which it was
/// interrupted starts anew.
///
/// # Errors
/// `EFAULT` or `EINVAL` for memory or a sequence that is not as it must be: the program gets SIGSEGV.
pub fn resume(thread: &Thread, frame: &mut RegisterFrame) -> Result<(), Errno> {
    let Some(mut registration) = *thread.rseq.registered.lock() else { return Ok(()) };
    let address = registration.address;
    restart_sequence(registration, frame)?;
    let cpu = machine().this_cpu();
    if registration.told != cpu + 1 {
        let number = u32::try_from(cpu).map_err(|_| Errno::EINVAL)?;
        tell(address, number, number)?;
        registration.told = cpu + 1;
        *thread.rseq.registered.lock() = Some(registration);
    }
    Ok(())
}

fn restart_sequence(registration: Registration, frame: &mut RegisterFrame) -> Result<(), Errno> {
    let place = UserPtr::<u64>::new(registration.address.wrapping_add(SEQUENCE));
    let sequence = place.read()?;
    if sequence == 0 {
        return Ok(());
    }
    // `struct rseq_cs`: version and flags, start, length, where to go on.
    let [version_and_flags, start, length, abort] = UserPtr::<[u64; 4]>::new(sequence).read()?;
    let end = start.checked_add(length).ok_or(Errno::EINVAL)?;
    let inside = (start..end).contains(&abort);
    if version_and_flags & 0xffff_ffff != 0 || inside || !arch::copy::is_user(abort, 1) {
        return Err(Errno::EINVAL);
    }
    let signature = UserPtr::<u32>::new(abort.wrapping_sub(4)).read()?;
    if signature != registration.signature {
        return Err(Errno::EINVAL);
    }
    place.write(&0)?;
    if (start..end).contains(&frame.rip) {
        frame.rip = abort;
    }
    Ok(())
}
