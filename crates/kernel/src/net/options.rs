//! The options of level `SOL_SOCKET` (socket(7)), which every socket has.

use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use abi::socket::Linger;
use sync::SpinLock;

use crate::machine::monotonic;

/// What a new socket's buffers hold (/proc/sys/net/core/wmem_default, rmem_default).
pub const BUFFER_DEFAULT: usize = 212_992;
/// The most that an ordinary user may ask for (/proc/sys/net/core/wmem_max, rmem_max).
pub const BUFFER_MAX: usize = 4_194_304;
/// The smallest send buffer (`SOCK_MIN_SNDBUF`).
const SEND_BUFFER_MIN: usize = 4608;
/// The smallest receive buffer (`SOCK_MIN_RCVBUF`).
const RECEIVE_BUFFER_MIN: usize = 2304;

/// Options that are on or off.
#[derive(Debug, Default)]
pub struct Switches {
    /// `SO_DEBUG`.
    pub debug: AtomicBool,
    /// `SO_REUSEADDR`.
    pub reuse_address: AtomicBool,
    /// `SO_DONTROUTE`.
    pub do_not_route: AtomicBool,
    /// `SO_BROADCAST`.
    pub broadcast: AtomicBool,
    /// `SO_KEEPALIVE`.
    pub keep_alive: AtomicBool,
    /// `SO_OOBINLINE`.
    pub urgent_inline: AtomicBool,
    /// `SO_NO_CHECK`.
    pub no_check: AtomicBool,
    /// `SO_PASSCRED`.
    pub pass_credentials: AtomicBool,
    /// `SO_SELECT_ERR_QUEUE`.
    pub select_error_queue: AtomicBool,
}

/// A socket's options.
#[derive(Debug)]
pub struct Options {
    /// Those that are on or off.
    pub switches: Switches,
    /// `SO_SNDBUF`, as Linux counts: twice what was asked for.
    pub send_buffer: AtomicUsize,
    /// `SO_RCVBUF`, likewise.
    pub receive_buffer: AtomicUsize,
    /// `SO_RCVLOWAT`.
    pub receive_low: AtomicI32,
    /// `SO_PRIORITY`.
    pub priority: AtomicI32,
    /// `SO_MARK`.
    pub mark: AtomicU32,
    /// `SO_PEEK_OFF`; negative is off.
    pub peek_offset: AtomicI32,
    /// `SO_RCVTIMEO` in nanoseconds; 0 is for ever.
    pub receive_timeout: AtomicU64,
    /// `SO_SNDTIMEO`.
    pub send_timeout: AtomicU64,
    /// `SO_LINGER`.
    pub linger: SpinLock<Linger>,
}

impl Options {
    /// What a new socket has.
    #[must_use]
    pub fn new() -> Self {
        Self {
            switches: Switches::default(),
            send_buffer: AtomicUsize::new(BUFFER_DEFAULT),
            receive_buffer: AtomicUsize::new(BUFFER_DEFAULT),
            receive_low: AtomicI32::new(1),
            priority: AtomicI32::new(0),
            mark: AtomicU32::new(0),
            peek_offset: AtomicI32::new(-1),
            receive_timeout: AtomicU64::new(0),
            send_timeout: AtomicU64::new(0),
            linger: SpinLock::new(Linger::default()),
        }
    }

    /// Sets the send buffer's size to twice what was asked for, within bounds.
    pub fn set_send_buffer(&self, bytes: usize) {
        self.send_buffer.store(bytes.saturating_mul(2).max(SEND_BUFFER_MIN), Ordering::Relaxed);
    }

    /// Sets the receive buffer's size to twice what was asked for, within bounds.
    pub fn set_receive_buffer(&self, bytes: usize) {
        self.receive_buffer.store(bytes.saturating_mul(2).max(RECEIVE_BUFFER_MIN), Ordering::Relaxed);
    }

    /// How long a call may wait that sends, connects or receives.
    #[must_use]
    pub fn patience(timeout: &AtomicU64, nonblocking: bool) -> Patience {
        if nonblocking {
            return Patience::None;
        }
        match timeout.load(Ordering::Relaxed) {
            0 => Patience::Endless,
            timeout => Patience::Until(monotonic().saturating_add(timeout)),
        }
    }

    /// How long a receiving call may wait.
    #[must_use]
    pub fn receive_patience(&self, nonblocking: bool) -> Patience {
        Self::patience(&self.receive_timeout, nonblocking)
    }

    /// How long a sending call may wait.
    #[must_use]
    pub fn send_patience(&self, nonblocking: bool) -> Patience {
        Self::patience(&self.send_timeout, nonblocking)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// How long a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Not at all.
    None,
    /// Up to this time (nanoseconds of `CLOCK_MONOTONIC`).
    Until(u64),
    /// For ever.
    Endless,
}

impl Patience {
    /// Waits on a queue until `condition` gives something.
    ///
    /// # Errors
    /// `EAGAIN` when it may not wait (any longer); after a signal `ERESTARTSYS`, or `EINTR` where a timeout
    /// would start anew (signal(7)).
    pub fn wait<T>(
        self,
        queue: &crate::sched::WaitQueue,
        condition: impl FnMut() -> Option<T>,
    ) -> Result<T, abi::Errno> {
        use crate::sched::WaitError;
        use abi::Errno;
        let deadline = match self {
            Self::None => return Err(Errno::EAGAIN),
            Self::Until(deadline) => Some(deadline),
            Self::Endless => None,
        };
        queue.wait_until(deadline, condition).map_err(|error| match error {
            WaitError::TimedOut => Errno::EAGAIN,
            WaitError::Interrupted if deadline.is_some() => Errno::EINTR,
            WaitError::Interrupted => Errno::ERESTARTSYS,
        })
    }
}
