//! Signals: numbers, sets, `siginfo_t`, `struct sigaction`, `stack_t` (signal(7), sigaction(2)).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How many signals there are (`_NSIG`).
pub const SIGNAL_COUNT: i32 = 64;
/// Bytes of a signal set as system calls are given it (`sizeof(sigset_t)` of the kernel).
pub const SIGSET_SIZE: usize = 8;

/// A signal's number, 1..=64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(u8);

macro_rules! signals {
    ($($name:ident = $number:literal, $meaning:literal;)*) => {
        $(
            #[doc = concat!($meaning, ".")]
            pub const $name: Signal = Signal($number);
        )*

        impl Signal {
            /// The name in Linux's headers, such as `"SIGINT"`; real-time signals have none.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

signals! {
    SIGHUP = 1, "The terminal was closed";
    SIGINT = 2, "Interrupt from the keyboard";
    SIGQUIT = 3, "Quit from the keyboard";
    SIGILL = 4, "Illegal instruction";
    SIGTRAP = 5, "Trace or breakpoint trap";
    SIGABRT = 6, "abort(3)";
    SIGBUS = 7, "Memory that exists and cannot be reached";
    SIGFPE = 8, "Arithmetic error";
    SIGKILL = 9, "Kill, which nothing can stop";
    SIGUSR1 = 10, "For programs' own use";
    SIGSEGV = 11, "Memory that does not exist or does not allow the access";
    SIGUSR2 = 12, "For programs' own use";
    SIGPIPE = 13, "Write to a pipe that nobody reads";
    SIGALRM = 14, "alarm(2) and the real interval timer";
    SIGTERM = 15, "Please end";
    SIGSTKFLT = 16, "Unused";
    SIGCHLD = 17, "A child ended, stopped or went on";
    SIGCONT = 18, "Go on after a stop";
    SIGSTOP = 19, "Stop, which nothing can prevent";
    SIGTSTP = 20, "Stop from the keyboard";
    SIGTTIN = 21, "Background read from the terminal";
    SIGTTOU = 22, "Background write to the terminal";
    SIGURG = 23, "Urgent data on a socket";
    SIGXCPU = 24, "More processor time than the limit";
    SIGXFSZ = 25, "A larger file than the limit";
    SIGVTALRM = 26, "The virtual interval timer";
    SIGPROF = 27, "The profiling interval timer";
    SIGWINCH = 28, "The terminal's size changed";
    SIGIO = 29, "A file is ready";
    SIGPWR = 30, "Power failure";
    SIGSYS = 31, "Bad system call";
}

/// The first real-time signal of the kernel (libraries take a few for themselves).
pub const SIGRTMIN: Signal = Signal(32);

/// What happens when a program did not say (signal(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultAction {
    /// The process ends.
    Terminate,
    /// The process ends, and the status says that it dumped core.
    CoreDump,
    /// Nothing.
    Ignore,
    /// The process stops.
    Stop,
}

impl Signal {
    /// The signal with this number; `None` outside of 1..=64.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    pub const fn new(number: i32) -> Option<Self> {
        match number {
            1..=SIGNAL_COUNT => Some(Self(number as u8)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0 as i32
    }

    /// Place in a table of all signals, 0..64.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize - 1
    }

    /// Whether several of it may be pending at once, each with its information.
    #[must_use]
    pub const fn is_realtime(self) -> bool {
        self.0 >= SIGRTMIN.0
    }

    /// What happens when a program did not say.
    #[must_use]
    pub const fn default_action(self) -> DefaultAction {
        match self {
            SIGCONT | SIGCHLD | SIGWINCH | SIGURG => DefaultAction::Ignore,
            SIGSTOP | SIGTSTP | SIGTTIN | SIGTTOU => DefaultAction::Stop,
            SIGQUIT | SIGILL | SIGTRAP | SIGABRT | SIGFPE | SIGSEGV | SIGBUS | SIGSYS | SIGXCPU | SIGXFSZ => {
                DefaultAction::CoreDump
            }
            _ => DefaultAction::Terminate,
        }
    }
}

/// A set of signals (`sigset_t` of the kernel).
#[repr(transparent)]
#[derive(Clone, Copy, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SignalSet(u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: Self = Self(0);
    /// Every signal.
    pub const ALL: Self = Self(u64::MAX);
    /// Those that no program can block, catch or ignore.
    pub const UNBLOCKABLE: Self = Self::of(&[SIGKILL, SIGSTOP]);
    /// Those that stop a process.
    pub const STOPS: Self = Self::of(&[SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]);
    /// Those that an instruction causes; they come before all others.
    pub const SYNCHRONOUS: Self = Self::of(&[SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS]);

    /// The set of these bits; bit `n - 1` is signal `n`.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The set of these signals.
    #[must_use]
    pub const fn of(signals: &[Signal]) -> Self {
        let mut bits = 0;
        let mut rest = signals;
        while let Some((first, others)) = rest.split_first() {
            bits |= 1 << first.index();
            rest = others;
        }
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the signal is in it.
    #[must_use]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << signal.index()) != 0
    }

    /// Adds a signal.
    pub const fn insert(&mut self, signal: Signal) {
        self.0 |= 1 << signal.index();
    }

    /// Takes a signal out.
    pub const fn remove(&mut self, signal: Signal) {
        self.0 &= !(1 << signal.index());
    }

    /// What is in one or the other.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this and not in the other.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The signal that is delivered first: one that an instruction caused, else the lowest number.
    #[must_use]
    pub fn first(self) -> Option<Signal> {
        let synchronous = self.intersection(Self::SYNCHRONOUS);
        let bits = if synchronous.is_empty() { self.0 } else { synchronous.0 };
        Signal::new(i32::try_from(bits.trailing_zeros()).ok()? + 1)
    }

    /// The signals in it, by number.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=SIGNAL_COUNT).filter_map(Signal::new).filter(move |signal| self.contains(*signal))
    }
}

impl core::fmt::Debug for SignalSet {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_set().entries(self.iter().map(Signal::number)).finish()
    }
}

/// `SIG_DFL`.
pub const SIG_DFL: u64 = 0;
/// `SIG_IGN`.
pub const SIG_IGN: u64 = 1;

/// No `SIGCHLD` for children that stop.
pub const SA_NOCLDSTOP: u64 = 1;
/// Children vanish when they end.
pub const SA_NOCLDWAIT: u64 = 2;
/// The handler takes three arguments.
pub const SA_SIGINFO: u64 = 4;
/// A bit that no kernel supports: programs probe with it.
pub const SA_UNSUPPORTED: u64 = 0x400;
/// `si_addr` keeps tag bits.
pub const SA_EXPOSE_TAGBITS: u64 = 0x800;
/// `sa_restorer` is given.
pub const SA_RESTORER: u64 = 0x0400_0000;
/// The handler runs on the alternate stack.
pub const SA_ONSTACK: u64 = 0x0800_0000;
/// Interrupted calls go on.
pub const SA_RESTART: u64 = 0x1000_0000;
/// The signal is not blocked in its handler.
pub const SA_NODEFER: u64 = 0x4000_0000;
/// The action becomes the default when the handler is entered.
pub const SA_RESETHAND: u64 = 0x8000_0000;
/// The flags that a program gets back from sigaction(2); others are cleared (`UAPI_SA_FLAGS`).
pub const SA_KNOWN_FLAGS: u64 = SA_NOCLDSTOP
    | SA_NOCLDWAIT
    | SA_SIGINFO
    | SA_ONSTACK
    | SA_RESTART
    | SA_NODEFER
    | SA_RESETHAND
    | SA_EXPOSE_TAGBITS
    | SA_RESTORER;

/// What a program said about a signal (`struct sigaction` of the kernel).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SigAction {
    /// The handler's address, [`SIG_DFL`] or [`SIG_IGN`].
    pub handler: u64,
    /// `SA_*`.
    pub flags: u64,
    /// Where the handler returns to.
    pub restorer: u64,
    /// What is blocked while the handler runs.
    pub mask: SignalSet,
}

/// The program runs on its alternate stack.
pub const SS_ONSTACK: i32 = 1;
/// There is no alternate stack.
pub const SS_DISABLE: i32 = 2;
/// The alternate stack is forgotten while a handler runs.
pub const SS_AUTODISARM: i32 = i32::MIN;
/// The smallest alternate stack that any kernel accepts.
pub const MINSIGSTKSZ: u64 = 2048;

/// An alternate stack (`stack_t`, sigaltstack(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SignalStack {
    /// Its lowest address.
    pub ss_sp: u64,
    /// `SS_*`.
    pub ss_flags: i32,
    /// No meaning.
    pub padding: i32,
    /// Its bytes.
    pub ss_size: u64,
}

impl SignalStack {
    /// No alternate stack.
    pub const NONE: Self = Self { ss_sp: 0, ss_flags: SS_DISABLE, padding: 0, ss_size: 0 };
}
