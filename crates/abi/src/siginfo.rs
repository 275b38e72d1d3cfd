//! `siginfo_t`: what is known about why a signal was sent (sigaction(2)).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::signal::{SIGCHLD, SIGIO, SIGSYS, Signal};

/// Sent by kill(2).
pub const SI_USER: i32 = 0;
/// Sent by the kernel.
pub const SI_KERNEL: i32 = 0x80;
/// Sent by sigqueue(3).
pub const SI_QUEUE: i32 = -1;
/// A POSIX timer expired.
pub const SI_TIMER: i32 = -2;
/// A message arrived in an empty queue.
pub const SI_MESGQ: i32 = -3;
/// Asynchronous input or output ended.
pub const SI_ASYNCIO: i32 = -4;
/// A file is ready (old form).
pub const SI_SIGIO: i32 = -5;
/// How many codes `SIGPOLL` has (`NSIGPOLL`).
const POLL_CODES: i32 = 6;
/// Sent by tkill(2) or tgkill(2).
pub const SI_TKILL: i32 = -6;

/// No such instruction.
pub const ILL_ILLOPN: i32 = 2;
/// Integer division by zero.
pub const FPE_INTDIV: i32 = 1;
/// Floating-point division by zero.
pub const FPE_FLTDIV: i32 = 3;
/// Floating-point overflow.
pub const FPE_FLTOVF: i32 = 4;
/// Floating-point underflow.
pub const FPE_FLTUND: i32 = 5;
/// A floating-point result that is not exact.
pub const FPE_FLTRES: i32 = 6;
/// A floating-point operation that is not valid.
pub const FPE_FLTINV: i32 = 7;
/// No mapping at the address.
pub const SEGV_MAPERR: i32 = 1;
/// The mapping does not allow the access.
pub const SEGV_ACCERR: i32 = 2;
/// A misaligned address.
pub const BUS_ADRALN: i32 = 1;
/// Nothing is behind the mapping at the address.
pub const BUS_ADRERR: i32 = 2;
/// A breakpoint.
pub const TRAP_BRKPT: i32 = 1;
/// A single step.
pub const TRAP_TRACE: i32 = 2;
/// The child ended by itself.
pub const CLD_EXITED: i32 = 1;
/// A signal ended the child.
pub const CLD_KILLED: i32 = 2;
/// A signal ended the child, which dumped core.
pub const CLD_DUMPED: i32 = 3;
/// The child stopped.
pub const CLD_STOPPED: i32 = 5;
/// The child went on.
pub const CLD_CONTINUED: i32 = 6;

/// `siginfo_t`: three numbers, and words whose meaning depends on them.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SigInfo {
    /// The signal.
    pub si_signo: i32,
    /// Unused by Linux, nearly.
    pub si_errno: i32,
    /// Where the signal comes from.
    pub si_code: i32,
    padding: i32,
    words: [u64; 14],
}

const _: () = assert!(size_of::<SigInfo>() == 128, "SI_MAX_SIZE");

/// Which words of a [`SigInfo`] mean what (`enum siginfo_layout`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigInfoLayout {
    /// Who sent it: process and user.
    Kill,
    /// A POSIX timer: its number, overruns, a value.
    Timer,
    /// A file: events and descriptor.
    Poll,
    /// A fault: the address.
    Fault,
    /// A child: who, user, status, times.
    Child,
    /// Process, user and a value.
    Queue,
    /// A system call that was not allowed.
    System,
}

const fn pair(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

#[expect(clippy::cast_sign_loss, clippy::cast_possible_wrap, reason = "the words hold both kinds of numbers")]
#[expect(clippy::cast_possible_truncation, reason = "the halves of a word")]
impl SigInfo {
    const fn with(signal: Signal, code: i32, first: u64, second: u64, third: u64) -> Self {
        let mut words = [0; 14];
        words[0] = first;
        words[1] = second;
        words[2] = third;
        Self { si_signo: signal.number(), si_errno: 0, si_code: code, padding: 0, words }
    }

    /// The kernel sends it for a reason that the signal itself tells (`SI_KERNEL`).
    #[must_use]
    pub const fn kernel(signal: Signal) -> Self {
        Self::with(signal, SI_KERNEL, 0, 0, 0)
    }

    /// From this process and real user, for a signal that is not yet said ([`Self::for_signal`]).
    #[must_use]
    pub const fn by_process(code: i32, pid: i32, uid: u32) -> Self {
        let mut info = Self::kill(SIGCHLD, code, pid, uid);
        info.si_signo = 0;
        info
    }

    /// The same information for this signal, without what Linux does not keep (`struct kernel_siginfo`).
    #[must_use]
    pub const fn for_signal(&self, signal: Signal) -> Self {
        let mut words = [0; 14];
        words[0] = self.words[0];
        words[1] = self.words[1];
        words[2] = self.words[2];
        words[3] = self.words[3];
        Self { si_signo: signal.number(), words, ..*self }
    }

    /// kill(2) (`SI_USER`) or tkill(2) (`SI_TKILL`) by this process and real user.
    #[must_use]
    pub const fn kill(signal: Signal, code: i32, pid: i32, uid: u32) -> Self {
        Self::with(signal, code, pair(pid as u32, uid), 0, 0)
    }

    /// sigqueue(3) or a message queue, with a value.
    #[must_use]
    pub const fn queue(signal: Signal, code: i32, pid: i32, uid: u32, value: u64) -> Self {
        Self::with(signal, code, pair(pid as u32, uid), value, 0)
    }

    /// A POSIX timer expired (`SI_TIMER`).
    #[must_use]
    pub const fn timer(signal: Signal, timer: i32, overrun: i32, value: u64) -> Self {
        Self::with(signal, SI_TIMER, pair(timer as u32, overrun as u32), value, 0)
    }

    /// An instruction faulted; the address is that of the memory or of the instruction.
    #[must_use]
    pub const fn fault(signal: Signal, code: i32, address: u64) -> Self {
        Self::with(signal, code, address, 0, 0)
    }

    /// A child changed (`CLD_*`); the status is an exit code or a signal's number, times are clock ticks.
    #[must_use]
    pub const fn child(code: i32, pid: i32, uid: u32, status: i32, utime: u64, stime: u64) -> Self {
        let mut info = Self::with(SIGCHLD, code, pair(pid as u32, uid), status as u32 as u64, utime);
        info.words[3] = stime;
        info
    }

    /// A file became ready (`POLL_*`, fcntl(2) `F_SETSIG`).
    #[must_use]
    pub const fn poll(signal: Signal, code: i32, band: i64, fd: i32) -> Self {
        Self::with(signal, code, band as u64, fd as u32 as u64, 0)
    }

    /// The signal; `None` when the number is none (a program may have written it).
    #[must_use]
    pub const fn signal(&self) -> Option<Signal> {
        Signal::new(self.si_signo)
    }

    /// What the words mean, from signal and code as Linux's `siginfo_layout`.
    #[must_use]
    pub fn layout(&self) -> SigInfoLayout {
        let Some(signal) = self.signal() else { return SigInfoLayout::Kill };
        if self.si_code <= SI_USER || self.si_code >= SI_KERNEL {
            return match self.si_code {
                SI_TIMER => SigInfoLayout::Timer,
                SI_SIGIO => SigInfoLayout::Poll,
                code if code < SI_USER => SigInfoLayout::Queue,
                _ => SigInfoLayout::Kill,
            };
        }
        match signal {
            SIGCHLD => SigInfoLayout::Child,
            SIGIO => SigInfoLayout::Poll,
            SIGSYS => SigInfoLayout::System,
            _ if crate::signal::SignalSet::SYNCHRONOUS.contains(signal) => SigInfoLayout::Fault,
            // The codes of SIGPOLL mean the same with the signal that F_SETSIG chose.
            _ if self.si_code <= POLL_CODES => SigInfoLayout::Poll,
            _ => SigInfoLayout::Kill,
        }
    }

    /// `si_pid` (of [`Kill`](SigInfoLayout::Kill), `Queue`, `Child`).
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.words[0] as i32
    }

    /// `si_uid` (of [`Kill`](SigInfoLayout::Kill), `Queue`, `Child`).
    #[must_use]
    pub const fn uid(&self) -> u32 {
        (self.words[0] >> 32) as u32
    }

    /// `si_value` (of [`Queue`](SigInfoLayout::Queue), `Timer`).
    #[must_use]
    pub const fn value(&self) -> u64 {
        self.words[1]
    }

    /// `si_addr` (of [`Fault`](SigInfoLayout::Fault)); `si_call_addr` (of `System`).
    #[must_use]
    pub const fn address(&self) -> u64 {
        self.words[0]
    }

    /// `si_timerid` (of [`Timer`](SigInfoLayout::Timer)).
    #[must_use]
    pub const fn timer_id(&self) -> i32 {
        self.words[0] as i32
    }

    /// `si_overrun` (of [`Timer`](SigInfoLayout::Timer)).
    #[must_use]
    pub const fn overrun(&self) -> i32 {
        (self.words[0] >> 32) as i32
    }

    /// Sets `si_overrun`.
    pub const fn set_overrun(&mut self, overrun: i32) {
        self.words[0] = pair(self.words[0] as u32, overrun as u32);
    }

    /// `si_band` (of [`Poll`](SigInfoLayout::Poll)).
    #[must_use]
    pub const fn band(&self) -> i64 {
        self.words[0] as i64
    }

    /// `si_fd` (of [`Poll`](SigInfoLayout::Poll)).
    #[must_use]
    pub const fn fd(&self) -> i32 {
        self.words[1] as i32
    }

    /// `si_status` (of [`Child`](SigInfoLayout::Child)).
    #[must_use]
    pub const fn status(&self) -> i32 {
        self.words[1] as i32
    }

    /// `si_syscall` and `si_arch` (of [`System`](SigInfoLayout::System)).
    #[must_use]
    pub const fn system_call(&self) -> (i32, u32) {
        (self.words[1] as i32, (self.words[1] >> 32) as u32)
    }

    /// `si_utime` and `si_stime` (of [`Child`](SigInfoLayout::Child)), in clock ticks.
    #[must_use]
    pub const fn times(&self) -> (u64, u64) {
        (self.words[2], self.words[3])
    }
}
