//! Terminals as processes see them, whoever sits at them.

use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general::{CAP_SYS_ADMIN, O_NOCTTY};
use abi::siginfo::SigInfo;
use abi::signal::SignalSet;
use sync::{Once, SpinLock};

use super::devpts;
use super::job::Job;
use super::outside::OutsideFile;
use super::pty::{Pty, State};
use super::slave::SlaveFile;
use crate::fs::{File, access_of_flags, make_device, split_device};
use crate::machine::MachineTerminal;
use crate::sched;
use crate::signal;

/// The major number of pseudo-terminals.
const PSEUDO_TERMINALS: u32 = 136;

static CONSOLE: Once<Arc<Terminal>> = Once::new();

/// The terminal that the world was started on, if it was.
#[must_use]
pub fn console() -> Option<&'static Arc<Terminal>> {
    CONSOLE.get()
}

/// Says which terminal the world was started on; the first call wins.
pub fn set_console(terminal: Arc<Terminal>) {
    let _ = CONSOLE.set(terminal);
}

/// What moves a terminal's bytes.
#[derive(Debug)]
pub(super) enum Line {
    /// A pseudo-terminal, with its number.
    Pty(u32, Box<Pty>),
    /// The machine: line discipline and settings are there.
    Outside(Arc<dyn MachineTerminal>),
}

/// A terminal.
#[derive(Debug)]
pub struct Terminal {
    this: Weak<Self>,
    device: u64,
    pub(super) job: SpinLock<Job>,
    /// Nobody else may open it (`TIOCEXCL`).
    pub(super) is_exclusive: AtomicBool,
    /// How often it was hung up: files that were open then are dead.
    hang_ups: AtomicU64,
    pub(super) line: Line,
}

impl Terminal {
    fn new(device: u64, line: Line) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            device,
            job: SpinLock::new(Job::default()),
            is_exclusive: AtomicBool::new(false),
            hang_ups: AtomicU64::new(0),
            line,
        })
    }

    /// A terminal of the machine with this device number, which belongs to nobody yet.
    #[must_use]
    pub fn outside(device: u64, terminal: Arc<dyn MachineTerminal>) -> Arc<Self> {
        Self::new(device, Line::Outside(terminal))
    }

    /// The terminal of a new pseudo-terminal.
    pub(super) fn pseudo(index: u32) -> Arc<Self> {
        let device = make_device(PSEUDO_TERMINALS, index);
        Self::new(device, Line::Pty(index, Box::new(Pty::new())))
    }

    /// The number in /dev/pts of the pseudo-terminal with this device number.
    #[must_use]
    pub fn index_of_device((major, minor): (u32, u32)) -> Option<u32> {
        (major == PSEUDO_TERMINALS).then_some(minor)
    }

    /// Its device number.
    #[must_use]
    pub const fn device(&self) -> u64 {
        self.device
    }

    /// Its device number in 32 bits, as some of the kernel's interfaces have it (`new_encode_dev`).
    #[must_use]
    pub const fn number(&self) -> u32 {
        let (major, minor) = split_device(self.device);
        (minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)
    }

    /// Itself, to be kept.
    pub(super) fn arc(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }

    /// Changes the state of a pseudo-terminal, and sends the signals that follow to the group in the
    /// foreground.
    pub(super) fn change<T>(&self, pty: &Pty, change: impl FnOnce(&mut State) -> T) -> T {
        let (outcome, signals) = pty.change(change);
        if signals != SignalSet::EMPTY
            && let Some(group) = self.foreground()
        {
            for signal in signals.iter() {
                signal::send_to_group(group, SigInfo::kernel(signal));
            }
        }
        outcome
    }

    /// What [`was_hung_up_since`](Self::was_hung_up_since) compares with.
    pub(super) fn hang_ups(&self) -> u64 {
        self.hang_ups.load(Ordering::SeqCst)
    }

    /// Whether it was hung up since then.
    pub(super) fn was_hung_up_since(&self, hang_ups: u64) -> bool {
        self.hang_ups() != hang_ups
    }

    /// Hangs it up (vhangup(2)): open files are dead from now on, the session that it controls loses it.
    pub fn hang_up(&self) {
        self.hang_ups.fetch_add(1, Ordering::SeqCst);
        self.leave_session_hung_up();
        if let Line::Pty(_, pty) = &self.line {
            pty.wake();
        }
    }

    /// Opens it, for the running thread. It becomes the controlling terminal of a session leader that has
    /// none, unless that is not wanted (`O_NOCTTY`).
    ///
    /// # Errors
    /// `EIO` while it is locked or without its other side, `EBUSY` when somebody else wants it alone.
    pub fn open(self: &Arc<Self>, flags: u32) -> Result<Arc<dyn File>, Errno> {
        let is_privileged =
            sched::current().is_some_and(|thread| thread.credentials().has_capability(CAP_SYS_ADMIN));
        let file: Arc<dyn File> = match &self.line {
            Line::Pty(..) => {
                let file = SlaveFile::open(self, access_of_flags(flags).0)?;
                if self.is_exclusive.load(Ordering::SeqCst) && !is_privileged {
                    return Err(Errno::EBUSY);
                }
                file
            }
            Line::Outside(_) if self.is_exclusive.load(Ordering::SeqCst) && !is_privileged => {
                return Err(Errno::EBUSY);
            }
            Line::Outside(outside) => self.through(Arc::clone(outside).file()),
        };
        if flags & O_NOCTTY == 0 && access_of_flags(flags).0 {
            self.acquire();
        }
        Ok(file)
    }

    /// An open file of a terminal of the machine, whose bytes another file of the same terminal moves.
    #[must_use]
    pub fn through(self: &Arc<Self>, file: Arc<dyn File>) -> Arc<dyn File> {
        Arc::new(OutsideFile::new(self, file))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Line::Pty(index, _) = self.line {
            devpts::release(index);
        }
    }
}
