//! Host processes: making them, giving them seats, and what becomes of one that no space uses any more.
//!
//! Their books lie in shared memory and are never given back to the heap, because a host thread that is about
//! to end may still look at its seat: books whose threads have all ended are used again.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use abi::Errno;
use sync::SpinLock;

use crate::seat::{self, Seat, state};
use crate::{host, layout, processor, seccomp, trap};

/// The most host processes of a world.
const MAX: usize = 4096;
/// How many empty host processes are kept for programs to come.
const SPARES_MAX: usize = 4;

/// The books of a host process.
#[derive(Debug)]
pub(crate) struct HostProcess {
    /// The host's number.
    process: AtomicI32,
    /// A seat for each processor.
    seats: Box<[Seat]>,
    /// Processors for which it shall make seats, a bit each.
    requests: AtomicU64,
    /// How many host threads it has.
    threads: AtomicUsize,
    /// How many of them stand for a processor, or are about to.
    seated: AtomicUsize,
    /// No space uses it any more.
    orphaned: AtomicBool,
    /// Its host threads shall end.
    leaving: AtomicBool,
    /// What it starts with.
    start: Start,
}

/// How a new host process begins.
#[derive(Debug, Default)]
struct Start {
    /// The processor of its first seat.
    cpu: AtomicUsize,
    /// Whether it is to be empty.
    empty: AtomicBool,
}

/// How often to give the processor away while a host process makes a seat.
const PATIENCE: u32 = 100_000;

static ALL: SpinLock<Vec<&'static HostProcess>> = SpinLock::new(Vec::new());
/// Books whose host processes have ended.
static FREE: SpinLock<Vec<&'static HostProcess>> = SpinLock::new(Vec::new());
/// Empty host processes that no space uses.
static SPARES: SpinLock<Vec<&'static HostProcess>> = SpinLock::new(Vec::new());
static HOME: AtomicPtr<HostProcess> = AtomicPtr::new(core::ptr::null_mut());
/// The launcher, whose child each of them is.
static SUPERVISOR: AtomicU32 = AtomicU32::new(0);

/// The first word of this host process's first parking stack, which is private memory: where its books are.
fn own_place() -> *mut &'static HostProcess {
    core::ptr::with_exposed_provenance_mut(layout::PARKING_STACKS as usize)
}

/// The books of the host process that runs this.
pub(crate) fn own() -> &'static HostProcess {
    // SAFETY: the stacks are mapped, and the word was written before anything asks for it.
    unsafe { own_place().read() }
}

/// The host process that the world started with. It has a seat for every processor.
pub(crate) fn home() -> &'static HostProcess {
    // SAFETY: `initialize` stored the address of books that live for ever.
    unsafe { &*HOME.load(Ordering::Relaxed) }
}

/// Seats the first processor in the first host process of the world.
///
/// # Errors
/// What the host says.
pub(crate) fn initialize(cpus: usize) -> Result<(), Errno> {
    use abi::raw::general::{MAP_ANONYMOUS, MAP_NORESERVE, MAP_PRIVATE, PROT_READ, PROT_WRITE};
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    let count = cpus as u64;
    let parking = layout::PARKING_STACKS..layout::PARKING_STACKS + count * layout::PARKING_STACK_SIZE;
    let signal = layout::SIGNAL_STACKS..layout::SIGNAL_STACKS + count * layout::SIGNAL_STACK_SIZE;
    // SAFETY: the range is set aside for these stacks.
    unsafe { host::memory::map_fixed(&parking, PROT_READ | PROT_WRITE, flags, -1, 0) }?;
    // SAFETY: as above.
    unsafe { host::memory::map_fixed(&signal, PROT_READ | PROT_WRITE, flags, -1, 0) }?;
    let home = HostProcess::books(cpus)?;
    HOME.store(core::ptr::from_ref(home).cast_mut(), Ordering::Relaxed);
    SUPERVISOR.store(host::process::getppid(), Ordering::Relaxed);
    // SAFETY: the word lies at the bottom of the first stack, which is not in use.
    unsafe { own_place().write(home) };
    home.process.store(host::process::getpid(), Ordering::Relaxed);
    home.threads.store(1, Ordering::Relaxed);
    home.add_seated();
    home.seat(0).fill_in();
    home.seat(0).set(state::SEATED);
    processor::this().set_host(home);
    Ok(())
}

impl HostProcess {
    /// Fresh books, or used ones.
    fn books(cpus: usize) -> Result<&'static Self, Errno> {
        if let Some(used) = FREE.lock().pop() {
            used.seats.iter().for_each(|seat| seat.set(state::ABSENT));
            used.process.store(0, Ordering::Relaxed);
            used.requests.store(0, Ordering::Relaxed);
            used.orphaned.store(false, Ordering::Relaxed);
            used.leaving.store(false, Ordering::Relaxed);
            return Ok(used);
        }
        let mut all = ALL.lock();
        if all.len() >= MAX {
            return Err(Errno::EAGAIN);
        }
        let new: &'static Self = Box::leak(Box::new(Self {
            process: AtomicI32::new(0),
            seats: (0..cpus).map(|_| Seat::absent()).collect(),
            requests: AtomicU64::new(0),
            threads: AtomicUsize::new(0),
            seated: AtomicUsize::new(0),
            orphaned: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            start: Start::default(),
        }));
        all.push(new);
        Ok(new)
    }

    /// The seat of a processor.
    pub(crate) fn seat(&self, cpu: usize) -> &Seat {
        match self.seats.get(cpu) {
            Some(seat) => seat,
            None => unreachable!("there is a seat for every processor"),
        }
    }

    /// The host's numbers (process, thread) of a processor's seat.
    pub(crate) fn numbers(&self, cpu: usize) -> (i32, i32) {
        (self.process.load(Ordering::Relaxed), self.seat(cpu).thread())
    }

    /// The host's number of the process.
    pub(crate) fn number(&self) -> i32 {
        self.process.load(Ordering::Relaxed)
    }

    /// Whether it is the one that the world started with.
    pub(crate) fn is_home(&self) -> bool {
        core::ptr::eq(self, home())
    }

    /// Whether it is the one that runs this.
    pub(crate) fn is_own(&self) -> bool {
        core::ptr::eq(self, own())
    }

    /// Counts a processor that is handed to it.
    pub(crate) fn add_seated(&self) {
        self.seated.fetch_add(1, Ordering::SeqCst);
    }

    /// A processor has left: this is the last that the host thread which stood for it does as such.
    pub(crate) fn remove_seated(&'static self) {
        if self.seated.fetch_sub(1, Ordering::SeqCst) == 1 && self.take_orphaned() {
            self.tidy();
        }
    }

    /// Whether whoever asks is to tidy up.
    fn take_orphaned(&self) -> bool {
        !self.is_home() && self.orphaned.swap(false, Ordering::SeqCst)
    }

    /// No space uses it any more: once no processor is in it, it is emptied.
    pub(crate) fn orphan(&self) {
        self.orphaned.store(true, Ordering::SeqCst);
        if self.seated.load(Ordering::SeqCst) == 0 && self.take_orphaned() {
            let parked = self.seats.iter().find(|seat| seat.is_there());
            if let Some(seat) = parked {
                seat.tell(state::TIDY);
            }
        }
    }

    /// Whether no space uses the host process, which is the running one.
    pub(crate) fn is_orphaned(&self) -> bool {
        self.orphaned.load(Ordering::SeqCst)
    }

    /// Empties the program's half, and either waits for the next program or ends. Runs in a host thread that
    /// stands for no processor, as none of this host process does.
    pub(crate) fn tidy(&'static self) {
        let emptied = empty();
        let mut spares = SPARES.lock();
        if emptied.is_ok() && spares.len() < SPARES_MAX {
            spares.push(self);
            return;
        }
        drop(spares);
        self.leaving.store(true, Ordering::SeqCst);
        for seat in self.seats.iter().filter(|seat| seat.is_there()) {
            seat.tell(state::LEAVE);
        }
    }

    /// Ends the host thread that runs this; the last one gives the books back.
    pub(crate) fn leave(&'static self) -> ! {
        if self.threads.fetch_sub(1, Ordering::SeqCst) == 1 {
            FREE.lock().push(self);
        }
        host::process::exit_thread()
    }

    /// A host process without a program, in which this processor has a seat.
    ///
    /// # Errors
    /// `EAGAIN` when there are too many, or what the host says.
    pub(crate) fn empty(cpu: usize) -> Result<&'static Self, Errno> {
        let spare = SPARES.lock().pop();
        let Some(spare) = spare else { return Self::fork(cpu, true) };
        for _ in 0..PATIENCE {
            if spare.seat(cpu).is_there() {
                return Ok(spare);
            }
            spare.request_seat(cpu);
            host::process::sched_yield();
        }
        SPARES.lock().push(spare);
        Err(Errno::EAGAIN)
    }

    /// A copy of the host process that runs this, in which `cpu` has a seat: with its program's memory copied
    /// on write, or `empty`.
    ///
    /// # Errors
    /// `EAGAIN` when there are too many, or what the host says.
    pub(crate) fn fork(cpu: usize, empty: bool) -> Result<&'static Self, Errno> {
        let child = Self::books(home().seats.len())?;
        child.start.cpu.store(cpu, Ordering::Relaxed);
        child.start.empty.store(empty, Ordering::Relaxed);
        child.threads.store(1, Ordering::Relaxed);
        child.seat(cpu).set(state::PARKED);
        child.seat(cpu).tie().inherit(seat::own().tie());
        // SAFETY: the child runs on the parking stack of its own copy, which nobody uses there, and touches
        // nothing of this thread's.
        let forked =
            unsafe { host::process::fork(seat::stack_top(cpu), core::ptr::from_ref(child).addr(), begin) };
        match forked {
            Ok(number) => {
                child.process.store(number, Ordering::Relaxed);
                Ok(child)
            }
            Err(error) => {
                child.seat(cpu).set(state::ABSENT);
                child.threads.store(0, Ordering::Relaxed);
                FREE.lock().push(child);
                Err(error)
            }
        }
    }

    /// Makes a host thread for a processor, unless there is one; this host process must run this. The thread
    /// begins with `first`, to which it is handed the processor's number.
    ///
    /// # Errors
    /// What the host says.
    pub(crate) fn make_seat(&self, cpu: usize, first: extern "C" fn(usize) -> !) -> Result<(), Errno> {
        let seat = self.seat(cpu);
        if !seat.change(state::ABSENT, state::MAKING) {
            return Ok(());
        }
        self.threads.fetch_add(1, Ordering::SeqCst);
        seat.tie().inherit(seat::own().tie());
        // SAFETY: nobody uses the parking stack of a processor that has no seat here.
        let made = unsafe { host::process::spawn_thread(seat::stack_top(cpu), cpu, first) };
        made.map(drop).inspect_err(|_| {
            self.threads.fetch_sub(1, Ordering::SeqCst);
            seat.set(state::ABSENT);
        })
    }

    /// Makes the calling host thread, a new one, that of a processor's seat.
    ///
    /// # Errors
    /// What the host says.
    pub(crate) fn sit_down(&self, cpu: usize) -> Result<(), Errno> {
        processor::get(cpu).ok_or(Errno::EINVAL)?.install();
        self.seat(cpu).fill_in();
        trap::initialize_thread(cpu as u64)?;
        seccomp::dispatch_or_filter()
    }

    /// Makes sure that a processor has, or will have, a seat here.
    pub(crate) fn request_seat(&self, cpu: usize) {
        if self.is_own() {
            // Without a seat the processor cannot come: it is asked again later.
            let _ = self.make_seat(cpu, further_seat);
            return;
        }
        if self.seat(cpu).word() != state::ABSENT {
            return;
        }
        self.requests.fetch_or(1 << cpu, Ordering::SeqCst);
        let parked = self.seats.iter().find(|seat| seat.change(state::PARKED, state::REQUESTED));
        if let Some(seat) = parked {
            seat.wake();
            return;
        }
        // All its host threads stand for processors: the next that looks around makes the seat.
        let seated = self.seats.iter().enumerate().filter(|(_, seat)| seat.word() == state::SEATED);
        for processor in seated.filter_map(|(cpu, _)| processor::get(cpu)) {
            processor.kick();
        }
    }

    /// Whether others asked for seats.
    pub(crate) fn has_requests(&self) -> bool {
        self.requests.load(Ordering::Relaxed) != 0
    }

    /// Makes the seats that others asked for.
    pub(crate) fn make_requested_seats(&self) {
        let requests = self.requests.swap(0, Ordering::SeqCst);
        for cpu in (0..self.seats.len()).filter(|cpu| requests & (1 << cpu) != 0) {
            // As in `request_seat`.
            let _ = self.make_seat(cpu, further_seat);
        }
    }
}

/// Takes everything out of the program's half.
fn empty() -> Result<(), Errno> {
    // SAFETY: no program uses it, and the kernel knows nothing that lives there.
    unsafe { host::memory::unmap(&(0..layout::USER_END)) }
}

/// The first function of a new host process, on the parking stack of its first seat.
extern "C" fn begin(books: usize) -> ! {
    let books = core::ptr::with_exposed_provenance::<HostProcess>(books);
    // SAFETY: the forking host process passed the address of books, which live for ever.
    let own: &'static HostProcess = unsafe { &*books };
    // SAFETY: the word lies at the bottom of this process's own copy of the first stack.
    unsafe { own_place().write(own) };
    let cpu = own.start.cpu.load(Ordering::Relaxed);
    own.process.store(host::process::getpid(), Ordering::Relaxed);
    let prepared = seccomp::die_with_parent().and_then(|()| own.sit_down(cpu));
    let is_orphan = host::process::getppid() != SUPERVISOR.load(Ordering::Relaxed);
    let emptied = if own.start.empty.load(Ordering::Relaxed) { empty() } else { Ok(()) };
    if prepared.and(emptied).is_err() || is_orphan {
        host::process::exit_group(crate::panic::STATUS);
    }
    seat::park()
}

/// The first function of the host thread of a further seat.
extern "C" fn further_seat(cpu: usize) -> ! {
    let own = own();
    if own.sit_down(cpu).is_err() {
        host::process::exit_group(crate::panic::STATUS);
    }
    own.seat(cpu).set(state::PARKED);
    if own.leaving.load(Ordering::SeqCst) {
        own.leave();
    }
    // It may have waited for this.
    processor::this().kick();
    seat::park()
}

/// Ends all host processes of the world but this one and the home.
pub(crate) fn kill_others() {
    const SIGKILL: u32 = 9;
    let all = ALL.lock();
    for other in all.iter().filter(|other| !other.is_home() && !other.is_own()) {
        if other.threads.load(Ordering::SeqCst) > 0 && other.number() > 0 {
            host::signal::send(other.number(), other.number(), SIGKILL);
        }
    }
}
