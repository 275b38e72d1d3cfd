//! signalfd(2): a file from which signals are read instead of being handled.
//!
//! As on Linux, it is the reader's signals that it shows, whoever made it.

use alloc::sync::Arc;
use core::any::Any;
use core::fmt;

use abi::Errno;
use abi::raw::general::O_RDWR;
use abi::signal::{SIGSET_SIZE, SignalSet};
use abi::signalfd::{SFD_CLOEXEC, SFD_NONBLOCK, SignalfdSiginfo};
use sync::SpinLock;
use zerocopy::IntoBytes;

use super::{pending, take_signal};
use crate::fs::{File, IoFlags, PollEvents, open_anonymous};
use crate::io::Sink;
use crate::sched::{self, PollEntry};
use crate::syscalls::{Current, Fd};
use crate::user::UserPtr;

/// The file of signalfd(2).
#[derive(Debug)]
struct SignalFile {
    wanted: SpinLock<SignalSet>,
}

impl File for SignalFile {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_seekable(&self) -> bool {
        false
    }

    fn ignores_seek(&self) -> bool {
        true
    }

    fn read_at(&self, sink: &mut Sink<'_>, _offset: u64, flags: IoFlags) -> Result<usize, Errno> {
        let thread = sched::current().ok_or(Errno::EIO)?;
        if sink.remaining() < size_of::<SignalfdSiginfo>() {
            return Err(Errno::EINVAL);
        }
        let take = || take_signal(&thread, *self.wanted.lock());
        let mut next = Some(match take() {
            Some(info) => info,
            None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
            None => thread.process().signal_arrived.wait_until(None, take)?,
        });
        let mut done = 0;
        while let Some(info) = next {
            let record = SignalfdSiginfo::of(&info);
            let bytes = record.as_bytes();
            match sink.put(bytes) {
                Ok(count) if count == bytes.len() => done += count,
                Ok(_) | Err(_) if done == 0 => return Err(Errno::EFAULT),
                Ok(_) | Err(_) => break,
            }
            next = if sink.remaining() < bytes.len() { None } else { take() };
        }
        Ok(done)
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        let Some(thread) = sched::current() else { return PollEvents::empty() };
        if let Some(entry) = entry {
            entry.add(&thread.process().signal_arrived);
        }
        let waiting = pending(&thread).intersection(*self.wanted.lock());
        if waiting.is_empty() { PollEvents::empty() } else { PollEvents::IN }
    }

    fn show_information(&self, target: &mut dyn fmt::Write) -> fmt::Result {
        writeln!(target, "sigmask:\t{:016x}", self.wanted.lock().bits())
    }
}

/// signalfd4(2): makes a file of these signals, or changes which ones a file shows.
///
/// # Errors
/// `EINVAL` for unknown flags, a wrong size, or a file of another kind; `EBADF`, `EFAULT`, `EMFILE`.
pub fn signalfd4(
    current: &Current<'_>,
    fd: Fd,
    mask: UserPtr<SignalSet>,
    size: usize,
    flags: u32,
) -> Result<Fd, Errno> {
    if size != SIGSET_SIZE {
        return Err(Errno::EINVAL);
    }
    let wanted = mask.read()?.difference(SignalSet::UNBLOCKABLE);
    if flags & !(SFD_CLOEXEC | SFD_NONBLOCK) != 0 {
        return Err(Errno::EINVAL);
    }
    if fd == Fd(-1) {
        let file = Arc::new(SignalFile { wanted: SpinLock::new(wanted) });
        let file = open_anonymous(file, "[signalfd]", O_RDWR | (flags & SFD_NONBLOCK))?;
        return current.install(file, flags & SFD_CLOEXEC != 0);
    }
    let file = current.file(fd)?;
    let file: Option<&SignalFile> = file.file().as_any().downcast_ref();
    *file.ok_or(Errno::EINVAL)?.wanted.lock() = wanted;
    current.process().signal_arrived.wake_all();
    Ok(fd)
}

/// signalfd(2), the old call.
///
/// # Errors
/// As [`signalfd4`].
pub fn signalfd(current: &Current<'_>, fd: Fd, mask: UserPtr<SignalSet>, size: usize) -> Result<Fd, Errno> {
    signalfd4(current, fd, mask, size, 0)
}
