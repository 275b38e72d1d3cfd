//! How many queues there may be, and how large (mq_overview(7), "/proc interfaces").

use core::ops::RangeInclusive;
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use abi::ipc::QueueAttributes;
use abi::raw::general::CAP_SYS_RESOURCE;
use abi::resource::Resource;

use crate::task::{Thread, UserCount, UserShare};

/// One more than the highest priority (`MQ_PRIO_MAX`).
pub const PRIORITIES: u32 = 32_768;
/// What nobody may exceed (`HARD_MSGMAX`, `HARD_MSGSIZEMAX`).
const MESSAGES_HARD: u64 = 65_536;
const SIZE_HARD: u64 = 16 << 20;
/// What Linux counts for a message besides its text, and for a priority in use.
const MESSAGE_OVERHEAD: u64 = 48;
const PRIORITY_OVERHEAD: u64 = 48;

/// A setting of /proc/sys/fs/mqueue.
#[derive(Debug)]
pub struct Setting {
    value: AtomicU64,
    allowed: RangeInclusive<u64>,
}

impl Setting {
    const fn new(value: u64, allowed: RangeInclusive<u64>) -> Self {
        Self { value: AtomicU64::new(value), allowed }
    }

    /// Its value.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }

    /// Takes a new value in decimal digits.
    ///
    /// # Errors
    /// `EINVAL`.
    pub fn set(&self, text: &[u8]) -> Result<(), Errno> {
        let text = core::str::from_utf8(text).map_err(|_| Errno::EINVAL)?;
        let value = text.trim().parse().map_err(|_| Errno::EINVAL)?;
        if !self.allowed.contains(&value) {
            return Err(Errno::EINVAL);
        }
        self.value.store(value, Ordering::Relaxed);
        Ok(())
    }
}

/// The most messages of a queue.
pub static MESSAGES_MAX: Setting = Setting::new(10, 1..=MESSAGES_HARD);
/// The largest message.
pub static SIZE_MAX: Setting = Setting::new(8192, 128..=SIZE_HARD);
/// The messages of a queue that was made without saying how many.
pub static MESSAGES_DEFAULT: Setting = Setting::new(10, 1..=MESSAGES_HARD);
/// The largest message of such a queue.
pub static SIZE_DEFAULT: Setting = Setting::new(8192, 128..=SIZE_HARD);
/// The most queues.
pub static QUEUES_MAX: Setting = Setting::new(256, 0..=i32::MAX as u64);

/// What the queues of each real user take, in bytes (`RLIMIT_MSGQUEUE`).
static TAKEN: UserCount = UserCount::new();
static QUEUES: AtomicU64 = AtomicU64::new(0);

/// A queue's share of the limits; given back when dropped.
#[derive(Debug)]
pub(super) struct Charge {
    _bytes: UserShare,
}

impl Drop for Charge {
    fn drop(&mut self) {
        QUEUES.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How many messages a queue holds, and how large they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) messages: usize,
    pub(super) bytes: usize,
}

/// The sizes of a new queue, checked, and its share.
///
/// # Errors
/// `EINVAL` for sizes that are none or too large, `EOVERFLOW`, `ENOSPC` when there are too many queues,
/// `EMFILE` when the user's take too much.
pub(super) fn charge(thread: &Thread, wanted: Option<&QueueAttributes>) -> Result<(Sizes, Charge), Errno> {
    let credentials = thread.credentials();
    let privileged = credentials.has_capability(CAP_SYS_RESOURCE);
    let (messages, bytes) = match wanted {
        None => (MESSAGES_DEFAULT.get().min(MESSAGES_MAX.get()), SIZE_DEFAULT.get().min(SIZE_MAX.get())),
        Some(wanted) => {
            let positive = |value: i64| u64::try_from(value).ok().filter(|&value| value > 0);
            let sizes = positive(wanted.mq_maxmsg).zip(positive(wanted.mq_msgsize));
            let (messages, bytes) = sizes.ok_or(Errno::EINVAL)?;
            let (most, largest) =
                if privileged { (MESSAGES_HARD, SIZE_HARD) } else { (MESSAGES_MAX.get(), SIZE_MAX.get()) };
            if messages > most || bytes > largest {
                return Err(Errno::EINVAL);
            }
            (messages, bytes)
        }
    };
    let overhead = messages * MESSAGE_OVERHEAD + messages.min(u64::from(PRIORITIES)) * PRIORITY_OVERHEAD;
    let share = messages.checked_mul(bytes).and_then(|sum| sum.checked_add(overhead));
    let share = share.ok_or(Errno::EOVERFLOW)?;
    if QUEUES.fetch_add(1, Ordering::SeqCst) >= QUEUES_MAX.get() && !privileged {
        QUEUES.fetch_sub(1, Ordering::SeqCst);
        return Err(Errno::ENOSPC);
    }
    let limit = thread.process().limit(Resource::MessageQueue);
    let Some(bytes_taken) = TAKEN.take(credentials.uid, share, limit) else {
        QUEUES.fetch_sub(1, Ordering::SeqCst);
        return Err(Errno::EMFILE);
    };
    let charge = Charge { _bytes: bytes_taken };
    let size = |value: u64| usize::try_from(value).map_err(|_| Errno::EOVERFLOW);
    Ok((Sizes { messages: size(messages)?, bytes: size(bytes)? }, charge))
}
