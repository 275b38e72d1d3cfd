//! Which host thread stands for a processor.
//!
//! An address space is a host process, and it has a *seat* for each processor that can enter it: a host
//! thread, and a word in shared memory that the thread sleeps on while it does not stand for its processor.
//! A processor that goes to another space is handed over between the two seats. Whoever hands over leaves its
//! kernel stack first, because the thread that ran there may go on elsewhere at once.

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, AtomicU32, AtomicU64, Ordering};

use abi::Errno;
use arch::Context;
use sync::SpinLock;

use crate::host::timer::HostTimer;
use crate::host_process::{self, HostProcess};
use crate::pin::Tie;
use crate::{host, layout, processor, trap};

/// What a seat's word says.
pub(crate) mod state {
    /// There is no host thread.
    pub(crate) const ABSENT: u32 = 0;
    /// Its host thread is being made.
    pub(crate) const MAKING: u32 = 1;
    /// Its host thread sleeps, or is about to.
    pub(crate) const PARKED: u32 = 2;
    /// As parked, but its host process shall make seats for others.
    pub(crate) const REQUESTED: u32 = 3;
    /// Its host thread stands for the processor.
    pub(crate) const SEATED: u32 = 4;
    /// Its host process has lost its space and shall tidy up.
    pub(crate) const TIDY: u32 = 5;
    /// Its host thread shall end.
    pub(crate) const LEAVE: u32 = 6;
    /// The world ends, with the status of [`super::END_STATUS`].
    pub(crate) const END: u32 = 7;
}

/// The place of one host thread.
#[derive(Debug)]
pub(crate) struct Seat {
    word: AtomicU32,
    thread: AtomicI32,
    timer: SpinLock<Option<HostTimer>>,
    /// What the timer is armed for, in nanoseconds of `CLOCK_MONOTONIC`, or [`DISARMED`].
    armed: AtomicU64,
    tie: Tie,
}

/// What [`Seat::armed`] holds while the timer is disarmed.
const DISARMED: u64 = u64::MAX;

static END_STATUS: AtomicU8 = AtomicU8::new(0);
static ENDING: AtomicBool = AtomicBool::new(false);

impl Seat {
    /// A seat without a host thread.
    pub(crate) const fn absent() -> Self {
        Self {
            word: AtomicU32::new(state::ABSENT),
            thread: AtomicI32::new(0),
            timer: SpinLock::new(None),
            armed: AtomicU64::new(DISARMED),
            tie: Tie::new(),
        }
    }

    /// What the word says.
    pub(crate) fn word(&self) -> u32 {
        self.word.load(Ordering::SeqCst)
    }

    /// Whether a processor can be handed to it.
    pub(crate) fn is_there(&self) -> bool {
        !matches!(self.word(), state::ABSENT | state::MAKING)
    }

    /// Changes the word if it is `from`; gives whether it was.
    pub(crate) fn change(&self, from: u32, to: u32) -> bool {
        self.word.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// Changes the word without waking anybody.
    pub(crate) fn set(&self, word: u32) {
        self.word.store(word, Ordering::SeqCst);
    }

    /// Changes the word and wakes the host thread.
    pub(crate) fn tell(&self, word: u32) {
        self.set(word);
        self.wake();
    }

    /// Wakes the host thread.
    pub(crate) fn wake(&self) {
        host::process::futex_wake(&self.word);
    }

    /// Notes the host thread that runs this; it has no timer yet.
    pub(crate) fn fill_in(&self) {
        self.thread.store(host::process::gettid(), Ordering::Relaxed);
        *self.timer.lock() = None;
        self.armed.store(DISARMED, Ordering::Relaxed);
    }

    /// Makes the timer interrupt the host thread, which must be the calling one, at a time in nanoseconds of
    /// `CLOCK_MONOTONIC`. A timer that is due before is left alone: whoever it interrupts arms it anew, and most
    /// deadlines are moved before they come. So is that of a thread that gives its processor away; it interrupts
    /// the thread's sleep once.
    pub(crate) fn set_timer(&self, deadline: u64) {
        if self.armed.load(Ordering::Relaxed) <= deadline {
            return;
        }
        let mut timer = self.timer.lock();
        if timer.is_none() {
            *timer = HostTimer::new(trap::KICK).ok();
        }
        if let Some(timer) = *timer {
            self.armed.store(deadline, Ordering::Relaxed);
            timer.set(deadline);
        }
    }

    /// Says that the timer may have fired, so that the next deadline is armed anew; if it has not, it fires once
    /// for nothing.
    pub(crate) fn timer_fired(&self) {
        self.armed.store(DISARMED, Ordering::Relaxed);
    }

    /// The core that the host thread is tied to.
    pub(crate) const fn tie(&self) -> &Tie {
        &self.tie
    }

    /// The host's number of the thread.
    pub(crate) fn thread(&self) -> i32 {
        self.thread.load(Ordering::Relaxed)
    }
}

/// The seat of the host thread that runs this.
pub(crate) fn own() -> &'static Seat {
    host_process::own().seat(processor::this().number())
}

/// Where the parking stack of a processor's host thread ends.
pub(crate) const fn stack_top(cpu: usize) -> usize {
    (layout::PARKING_STACKS + (cpu as u64 + 1) * layout::PARKING_STACK_SIZE) as usize
}

/// Sleeps until this host thread is handed its processor or shall do something else.
pub(crate) extern "C" fn park() -> ! {
    let process = host_process::own();
    let own = own();
    loop {
        match own.word() {
            state::SEATED => take_over(process),
            state::REQUESTED => {
                // Unless the processor is handed over meanwhile.
                own.change(state::REQUESTED, state::PARKED);
                process.make_requested_seats();
            }
            state::TIDY => {
                own.set(state::PARKED);
                process.tidy();
            }
            state::LEAVE => process.leave(),
            state::END => end_now(END_STATUS.load(Ordering::SeqCst)),
            word => host::process::futex_wait(&own.word, word),
        }
    }
}

/// Stands for the processor from now on.
fn take_over(process: &'static HostProcess) -> ! {
    let this = processor::this();
    this.set_host(process);
    this.pin().taken_over(this, own());
    this.carry_timer();
    let next = this.take_next();
    // SAFETY: whoever handed over left the context of the thread to run, which the scheduler keeps.
    let next = unsafe { &*next };
    // SAFETY: the context runs nowhere; the parking stack is given up until the next hand-over.
    unsafe { next.start() }
}

/// Goes from the thread of one context to that of another whose address space is that of `target`, which has
/// a seat for this processor.
///
/// # Safety
/// As [`Context::switch`]; the two may be the same.
pub(crate) unsafe fn hand_over(from: &Context, to: &Context, target: &'static HostProcess) {
    let this = processor::this();
    target.add_seated();
    this.hand_to(to, target);
    this.pin().hand_over(target.seat(this.number()));
    // SAFETY: the caller's contract; this host thread stands for the processor, so its parking stack is
    // unused.
    unsafe { from.suspend(stack_top(this.number()), leave_seat) };
}

/// Gives the processor to the target; this host thread sleeps.
extern "C" fn leave_seat() -> ! {
    let this = processor::this();
    own().change(state::SEATED, state::PARKED);
    this.target().seat(this.number()).tell(state::SEATED);
    host_process::own().remove_seated();
    park()
}

/// Starts a further processor in the home of all, which runs its idle thread.
///
/// # Errors
/// What the host says.
pub(crate) fn start_processor(cpu: usize) -> Result<(), Errno> {
    host_process::home().make_seat(cpu, first_seat)
}

/// The first function of the host thread that starts a processor.
extern "C" fn first_seat(cpu: usize) -> ! {
    let process = host_process::own();
    let started = process.sit_down(cpu).and_then(|()| processor::this().start());
    if started.is_err() {
        host::process::exit_group(crate::panic::STATUS);
    }
    process.add_seated();
    processor::this().set_host(process);
    process.seat(cpu).set(state::SEATED);
    kernel::sched::run_processor()
}

/// Ends the world: the home's status is the one that counts.
pub(crate) fn end_world(status: u8) -> ! {
    if ENDING.swap(true, Ordering::SeqCst) {
        // Another processor ends it already.
        park_for_ever()
    }
    host_process::kill_others();
    if host_process::own().is_home() {
        end_now(status);
    }
    END_STATUS.store(status, Ordering::SeqCst);
    // This processor is here, so its seat at home is free.
    host_process::home().seat(processor::this().number()).tell(state::END);
    park_for_ever()
}

fn end_now(status: u8) -> ! {
    host_process::kill_others();
    host::process::exit_group(i32::from(status))
}

fn park_for_ever() -> ! {
    let word = AtomicU32::new(0);
    loop {
        host::process::futex_wait(&word, 0);
    }
}
