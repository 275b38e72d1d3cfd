//! Semaphores (semget(2), semop(2), semctl(2)).

mod control;
mod set;
mod undo;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use abi::Errno;
use abi::ipc::{SEM_UNDO, SemaphoreOperation};
use abi::time::Timespec;
use sync::SpinLock;

use super::permission::{Permission, READ, WRITE};
use super::seconds;
use super::table::{Table, Wanted, sequence_of};
use crate::machine::monotonic;
use crate::sched::{self, WaitError};
use crate::syscalls::Current;
use crate::user::UserPtr;
pub use control::semctl;
use set::{Operation, Semaphore, State, Tried, Waiter};
pub use undo::{UndoList, leave, list_of};

/// The most semaphores of a set, and of all sets.
const PER_SET: usize = 32_000;
const IN_ALL: usize = 1_024_000_000;
/// The most operations of a call, and sets.
const PER_CALL: usize = 500;
const SETS: usize = 32_000;
/// The limits in the order of /proc/sys/kernel/sem.
pub const LIMITS: [usize; 4] = [PER_SET, IN_ALL, PER_CALL, SETS];

/// A set of semaphores.
#[derive(Debug)]
pub struct Set {
    state: SpinLock<State>,
    count: usize,
}

static TABLE: Table<Set> = Table::new(SETS);
/// Semaphores of all sets.
static TOTAL: AtomicUsize = AtomicUsize::new(0);

impl Set {
    fn new(wanted: Wanted, count: usize, current: &Current<'_>) -> Result<Self, Errno> {
        if count == 0 {
            return Err(Errno::EINVAL);
        }
        let mut semaphores = Vec::new();
        semaphores.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
        semaphores.resize(count, Semaphore::default());
        if TOTAL.fetch_add(count, Ordering::SeqCst) + count > IN_ALL {
            TOTAL.fetch_sub(count, Ordering::SeqCst);
            return Err(Errno::ENOSPC);
        }
        let permission = Permission::new(wanted.key, &current.credentials(), wanted.flags);
        Ok(Self { state: SpinLock::new(State::new(permission, semaphores, seconds())), count })
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        TOTAL.fetch_sub(self.count, Ordering::SeqCst);
    }
}

/// semget(2).
pub fn semget(current: &Current<'_>, key: i32, count: i32, flags: i32) -> Result<i32, Errno> {
    let count = usize::try_from(count).ok().filter(|&count| count <= PER_SET).ok_or(Errno::EINVAL)?;
    let wanted = Wanted { key, flags };
    TABLE.get(
        wanted,
        |set| {
            if count > set.count {
                return Err(Errno::EINVAL);
            }
            set.state.lock().permission.check(&current.credentials(), flags.cast_unsigned())
        },
        || Set::new(wanted, count, current),
        |set, id| set.state.lock().permission.sequence = sequence_of(id),
    )
}

/// semop(2).
pub fn semop(
    current: &Current<'_>,
    id: i32,
    steps: UserPtr<SemaphoreOperation>,
    count: u32,
) -> Result<usize, Errno> {
    semtimedop(current, id, steps, count, UserPtr::new(0))
}

/// semtimedop(2).
pub fn semtimedop(
    current: &Current<'_>,
    id: i32,
    steps: UserPtr<SemaphoreOperation>,
    count: u32,
    timeout: UserPtr<Timespec>,
) -> Result<usize, Errno> {
    let timeout = timeout.non_null().map(UserPtr::read).transpose()?;
    let count = usize::try_from(count).map_err(|_| Errno::E2BIG)?;
    if count > PER_CALL {
        return Err(Errno::E2BIG);
    }
    if count == 0 {
        return Err(Errno::EINVAL);
    }
    let steps = steps.read_array(count)?;
    let timeout = timeout.map(Timespec::to_nanoseconds).transpose()?;
    let deadline = timeout.map(|timeout| monotonic().saturating_add(timeout));
    operate(current, id, steps, deadline)
}

fn operate(
    current: &Current<'_>,
    id: i32,
    steps: Vec<SemaphoreOperation>,
    deadline: Option<u64>,
) -> Result<usize, Errno> {
    let undoes = |step: &SemaphoreOperation| step.sem_op != 0 && step.sem_flg & SEM_UNDO != 0;
    let set = TABLE.find(id)?;
    let undo = if steps.iter().any(undoes) { Some(list_of(current).prepare(&set)?) } else { None };
    let operation = Operation { steps, pid: current.process().pid(), undo };
    let tried = {
        let mut state = set.state.lock();
        if operation.steps.iter().any(|step| usize::from(step.sem_num) >= set.count) {
            return Err(Errno::EFBIG);
        }
        let asked = if operation.changes() { WRITE } else { READ };
        state.permission.check(&current.credentials(), asked)?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.submit(operation, current.waker())?
    };
    match tried {
        Tried::Done(woken) => woken.tell(),
        Tried::Waits(waiter) => wait(&set, &waiter, deadline)?,
    }
    Ok(0)
}

/// Waits for the outcome of an operation that stands in the queue. It is not restarted after a signal.
fn wait(set: &Set, waiter: &Arc<Waiter>, deadline: Option<u64>) -> Result<(), Errno> {
    let waited = sched::block_until(deadline, true, || waiter.outcome());
    let outcome = match waited {
        Ok(outcome) => Some(outcome),
        Err(_) => {
            let mut state = set.state.lock();
            state.leave(waiter);
            waiter.outcome()
        }
    };
    match (outcome, waited) {
        // Done together with the signal or the deadline: done.
        (Some(outcome), _) => outcome,
        (None, Err(WaitError::TimedOut)) => Err(Errno::EAGAIN),
        (None, _) => Err(Errno::EINTR),
    }
}

/// One line of /proc/sysvipc/sem: key, identity, mode, semaphores, owners, times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) key: i32,
    pub(super) id: i32,
    pub(super) mode: u32,
    pub(super) count: usize,
    pub(super) owners: [u32; 4],
    pub(super) times: [i64; 2],
}

/// All sets.
pub(super) fn lines() -> Vec<Line> {
    let line = |(id, set): (i32, Arc<Set>)| {
        let state = set.state.lock();
        let permission = state.permission;
        let (key, mode, owners) = (permission.key, permission.mode, permission.owners());
        Line { key, id, mode, count: set.count, owners, times: [state.operated, state.changed] }
    };
    TABLE.all().into_iter().map(line).collect()
}
