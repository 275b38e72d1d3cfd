//! A set of semaphores: its values, who waits, and the one way to operate on it.

use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use abi::ipc::{IPC_NOWAIT, SEM_UNDO, SemaphoreOperation};
use sync::SpinLock;

use super::super::permission::Permission;
use super::super::seconds;
use crate::sched::Wake;

/// The largest value (`SEMVMX`), also of what is taken back (`SEMAEM`).
pub(super) const VALUE_MAX: i32 = 32_767;

/// One semaphore.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Semaphore {
    pub(super) value: u16,
    /// The process that changed it last.
    pub(super) pid: i32,
}

/// What one process has to take back in this set.
#[derive(Debug)]
struct Undo {
    /// Whose [list](super::undo::UndoList) it belongs to.
    list: u64,
    adjustments: Vec<i16>,
}

/// A call of semop(2), from the arguments to its outcome.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) steps: Vec<SemaphoreOperation>,
    pub(super) pid: i32,
    /// The list of what the process takes back, if a step says `SEM_UNDO`.
    pub(super) undo: Option<u64>,
}

/// Why an operation is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Error(Errno),
    /// It would have to wait for this semaphore; `zero`: until it is zero.
    Wait {
        semaphore: u16,
        zero: bool,
    },
}

/// A thread that waits.
pub(super) struct Waiter {
    operation: Operation,
    /// What it waits for now.
    reason: SpinLock<(u16, bool)>,
    waker: Weak<dyn Wake>,
    outcome: SpinLock<Option<Result<(), Errno>>>,
}

impl Waiter {
    pub(super) fn outcome(&self) -> Option<Result<(), Errno>> {
        *self.outcome.lock()
    }

    fn changes(&self) -> bool {
        self.operation.changes()
    }
}

impl core::fmt::Debug for Waiter {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Waiter({:?})", self.operation)
    }
}

/// Threads to wake when the set's lock is let go.
#[derive(Default)]
#[must_use]
pub(super) struct Woken(Vec<Arc<Waiter>>);

impl Woken {
    pub(super) fn tell(self) {
        for waiter in self.0 {
            if let Some(waker) = waiter.waker.upgrade() {
                waker.wake();
            }
        }
    }

    fn add(&mut self, waiter: Arc<Waiter>, outcome: Result<(), Errno>) {
        *waiter.outcome.lock() = Some(outcome);
        self.0.push(waiter);
    }
}

/// What the lock of a set guards.
#[derive(Debug)]
pub(super) struct State {
    pub(super) permission: Permission,
    pub(super) semaphores: Vec<Semaphore>,
    pub(super) operated: i64,
    pub(super) changed: i64,
    pub(super) removed: bool,
    undo: Vec<Undo>,
    waiters: VecDeque<Arc<Waiter>>,
}

/// What became of an operation that was tried.
pub(super) enum Tried {
    Done(Woken),
    /// It stands in the queue.
    Waits(Arc<Waiter>),
}

impl Operation {
    pub(super) fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.sem_op != 0)
    }
}

impl State {
    pub(super) const fn new(permission: Permission, semaphores: Vec<Semaphore>, changed: i64) -> Self {
        Self {
            permission,
            semaphores,
            operated: 0,
            changed,
            removed: false,
            undo: Vec::new(),
            waiters: VecDeque::new(),
        }
    }

    /// Makes room for what a process takes back.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(super) fn prepare_undo(&mut self, list: u64) -> Result<(), Errno> {
        if self.undo.iter().all(|undo| undo.list != list) {
            let mut adjustments = Vec::new();
            adjustments.try_reserve_exact(self.semaphores.len()).map_err(|_| Errno::ENOMEM)?;
            adjustments.resize(self.semaphores.len(), 0);
            self.undo.push(Undo { list, adjustments });
        }
        Ok(())
    }

    /// Does all steps of an operation, or none.
    fn perform(&mut self, operation: &Operation) -> Result<(), Stop> {
        let outcome = self.steps(operation);
        match outcome {
            Ok(()) => {
                for step in &operation.steps {
                    if let Some(semaphore) = self.semaphores.get_mut(usize::from(step.sem_num)) {
                        semaphore.pid = operation.pid;
                    }
                }
                Ok(())
            }
            Err((done, stop)) => {
                for step in operation.steps.iter().take(done).rev() {
                    self.add(operation, *step, -i32::from(step.sem_op));
                }
                Err(stop)
            }
        }
    }

    /// Does steps until one cannot be done; gives how many came before.
    fn steps(&mut self, operation: &Operation) -> Result<(), (usize, Stop)> {
        for (done, step) in operation.steps.iter().enumerate() {
            self.check(operation, *step).map_err(|stop| (done, stop))?;
            self.add(operation, *step, i32::from(step.sem_op));
        }
        Ok(())
    }

    fn check(&self, operation: &Operation, step: SemaphoreOperation) -> Result<(), Stop> {
        let index = usize::from(step.sem_num);
        let value = self.semaphores.get(index).map_or(0, |semaphore| i32::from(semaphore.value));
        let change = i32::from(step.sem_op);
        let blocks = if change == 0 { value != 0 } else { value + change < 0 };
        if blocks {
            let nowait = i32::from(step.sem_flg) & IPC_NOWAIT != 0;
            let wait = Stop::Wait { semaphore: step.sem_num, zero: change == 0 };
            return Err(if nowait { Stop::Error(Errno::EAGAIN) } else { wait });
        }
        let adjustment = self.adjustment(operation, step) - change;
        let undoes = step.sem_flg & SEM_UNDO != 0;
        if value + change > VALUE_MAX || undoes && !(-VALUE_MAX - 1..=VALUE_MAX).contains(&adjustment) {
            return Err(Stop::Error(Errno::ERANGE));
        }
        Ok(())
    }

    fn adjustment(&self, operation: &Operation, step: SemaphoreOperation) -> i32 {
        let undo = self.undo.iter().find(|undo| Some(undo.list) == operation.undo);
        undo.and_then(|undo| undo.adjustments.get(usize::from(step.sem_num)))
            .map_or(0, |&value| i32::from(value))
    }

    /// Adds to a value, and to what is taken back. The sums were checked, or were there before.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the sums are in range")]
    fn add(&mut self, operation: &Operation, step: SemaphoreOperation, change: i32) {
        let index = usize::from(step.sem_num);
        if let Some(semaphore) = self.semaphores.get_mut(index) {
            semaphore.value = (i32::from(semaphore.value) + change) as u16;
        }
        if step.sem_flg & SEM_UNDO != 0
            && let Some(undo) = self.undo.iter_mut().find(|undo| Some(undo.list) == operation.undo)
            && let Some(adjustment) = undo.adjustments.get_mut(index)
        {
            *adjustment = (i32::from(*adjustment) - change) as i16;
        }
    }

    /// Tries an operation; where it must wait it is put into the queue.
    ///
    /// # Errors
    /// `EAGAIN` with `IPC_NOWAIT`, `ERANGE`.
    pub(super) fn submit(&mut self, operation: Operation, waker: Weak<dyn Wake>) -> Result<Tried, Errno> {
        match self.perform(&operation) {
            Ok(()) => {
                self.operated = seconds();
                Ok(Tried::Done(if operation.changes() { self.go_on() } else { Woken::default() }))
            }
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Wait { semaphore, zero }) => {
                let reason = SpinLock::new((semaphore, zero));
                let waiter = Arc::new(Waiter { operation, reason, waker, outcome: SpinLock::new(None) });
                self.waiters.push_back(Arc::clone(&waiter));
                Ok(Tried::Waits(waiter))
            }
        }
    }

    /// Does what waiters wait for as far as it can be done: those that only wait for zeros first, the others
    /// in the order in which they came, from the start again after each change.
    pub(super) fn go_on(&mut self) -> Woken {
        let mut woken = Woken::default();
        loop {
            self.pass(&mut woken, false);
            if !self.pass(&mut woken, true) {
                return woken;
            }
        }
    }

    /// Tries the waiters of one kind; ends after the first that changed something, then gives true.
    fn pass(&mut self, woken: &mut Woken, changing: bool) -> bool {
        let mut index = 0;
        while let Some(waiter) = self.waiters.get(index).cloned() {
            index += 1;
            if waiter.changes() != changing {
                continue;
            }
            let outcome = match self.perform(&waiter.operation) {
                Err(Stop::Wait { semaphore, zero }) => {
                    *waiter.reason.lock() = (semaphore, zero);
                    continue;
                }
                Err(Stop::Error(error)) => Err(error),
                Ok(()) => Ok(()),
            };
            index -= 1;
            self.waiters.remove(index);
            if outcome.is_ok() {
                self.operated = seconds();
            }
            woken.add(waiter, outcome);
            if outcome.is_ok() && changing {
                return true;
            }
        }
        false
    }

    /// Takes a waiter out of the queue that gave up, unless it has its outcome.
    pub(super) fn leave(&mut self, waiter: &Arc<Waiter>) {
        self.waiters.retain(|other| !Arc::ptr_eq(other, waiter));
    }

    /// Ends the set: everybody who waits hears `EIDRM`.
    pub(super) fn end(&mut self) -> Woken {
        self.removed = true;
        let mut woken = Woken::default();
        for waiter in self.waiters.drain(..) {
            woken.add(waiter, Err(Errno::EIDRM));
        }
        woken
    }

    /// How many threads wait for a semaphore to become zero, or larger.
    pub(super) fn count_waiting(&self, semaphore: u16, zero: bool) -> usize {
        self.waiters.iter().filter(|waiter| *waiter.reason.lock() == (semaphore, zero)).count()
    }

    /// Sets values from a first semaphore on; what processes have to take back there is forgotten.
    pub(super) fn set_values(&mut self, first: usize, values: &[u16], pid: i32) -> Woken {
        for (semaphore, value) in self.semaphores.iter_mut().skip(first).zip(values) {
            *semaphore = Semaphore { value: *value, pid };
        }
        for undo in &mut self.undo {
            let forgotten = undo.adjustments.iter_mut().skip(first).take(values.len());
            forgotten.for_each(|adjustment| *adjustment = 0);
        }
        self.changed = seconds();
        self.go_on()
    }

    /// Takes back what a list has to take back; each value stays in its range.
    pub(super) fn take_back(&mut self, list: u64, pid: i32) -> Woken {
        let Some(place) = self.undo.iter().position(|undo| undo.list == list) else {
            return Woken::default();
        };
        let undo = self.undo.swap_remove(place);
        for (semaphore, adjustment) in self.semaphores.iter_mut().zip(&undo.adjustments) {
            if *adjustment != 0 {
                let value = i32::from(semaphore.value) + i32::from(*adjustment);
                semaphore.value = u16::try_from(value.clamp(0, VALUE_MAX)).unwrap_or(0);
                semaphore.pid = pid;
            }
        }
        self.operated = seconds();
        self.go_on()
    }
}
