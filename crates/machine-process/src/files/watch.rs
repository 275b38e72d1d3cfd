//! Waiting on the host: the one place where a processor halts.
//!
//! Host files whose readiness somebody waits for are watched through one epoll instance of the host. A
//! watch is told once and then rests until it is armed again: whoever finds a file not ready arms its
//! watch. So a file that stays ready, and that no thread takes an interest in, keeps no processor awake.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general as raw;
use kernel::fs::PollEvents;
use kernel::sched::WaitQueue;
use sync::{Once, SpinLock};

use crate::host::timer::{self, PollFd};
use crate::host::{HostFd, call, to_fd};

const POLLIN: i16 = 1;
/// How many ready files are asked for at once.
const BATCH: usize = 16;

/// `struct epoll_event`, which is packed on x86-64 only.
#[cfg_attr(target_arch = "x86_64", repr(C, packed))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C))]
#[derive(Clone, Copy, Default)]
struct Event {
    events: u32,
    data: u64,
}

/// How often a busy processor looks, in nanoseconds.
const INTERVAL: u64 = 5_000_000;

/// When a busy processor looks next.
static NEXT_LOOK: AtomicU64 = AtomicU64::new(0);
/// The host's epoll instance, once there is something to watch.
static INSTANCE: Once<HostFd> = Once::new();
/// What is watched, by descriptor.
static WATCHED: SpinLock<BTreeMap<HostFd, Arc<Watched>>> = SpinLock::new(BTreeMap::new());

#[derive(Debug, Default)]
struct Watched {
    queue: Arc<WaitQueue>,
    /// The events that will be told.
    armed: AtomicU32,
}

/// A host descriptor that is watched, and those who wait for it.
#[derive(Debug)]
pub(super) struct Watch {
    fd: HostFd,
    watched: Arc<Watched>,
}

impl Watch {
    /// Watches a descriptor for as long as the watch lives; it must stay open meanwhile. Nobody is told
    /// anything before the watch is armed.
    ///
    /// # Errors
    /// `EPERM` for a file that is always ready.
    pub(super) fn new(fd: HostFd) -> Result<Self, Errno> {
        control(raw::EPOLL_CTL_ADD, fd, PollEvents::empty())?;
        let watched = Arc::new(Watched::default());
        WATCHED.lock().insert(fd, Arc::clone(&watched));
        Ok(Self { fd, watched })
    }

    /// Those who wait.
    pub(super) fn queue(&self) -> &Arc<WaitQueue> {
        &self.watched.queue
    }

    /// Wakes those who wait once one of the events has come; errors and a hang-up always count.
    pub(super) fn arm(&self, events: PollEvents) {
        // Others may wait for other events. Whoever tells them clears the set first, and then wakes
        // everybody, who look and arm again: what is lost between the two is found there.
        let others = self.watched.armed.fetch_or(events.bits(), Ordering::SeqCst);
        let all = PollEvents::from_bits_retain(others) | events;
        // The descriptor is open and watched, so the host has no reason to refuse.
        let _ = control(raw::EPOLL_CTL_MOD, self.fd, all);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = control(raw::EPOLL_CTL_DEL, self.fd, PollEvents::empty());
        WATCHED.lock().remove(&self.fd);
    }
}

fn instance() -> Result<HostFd, Errno> {
    if let Some(instance) = INSTANCE.get() {
        return Ok(*instance);
    }
    // SAFETY: the call touches no memory.
    let made =
        unsafe { call(raw::__NR_epoll_create1, [raw::O_CLOEXEC as usize, 0, 0, 0, 0, 0]) }.map(to_fd)?;
    if INSTANCE.set(made).is_err() {
        // Another processor was faster.
        crate::host::close(made);
    }
    INSTANCE.get().copied().ok_or(Errno::EAGAIN)
}

fn control(operation: u32, fd: HostFd, events: PollEvents) -> Result<(), Errno> {
    let event = Event { events: events.bits() | raw::EPOLLONESHOT, data: u64::from(fd.unsigned_abs()) };
    let arguments = [instance()? as usize, operation as usize, fd as usize, (&raw const event).addr(), 0, 0];
    // SAFETY: the call reads the event.
    unsafe { call(raw::__NR_epoll_ctl, arguments) }.map(drop)
}

/// What of `asked` a descriptor is ready for now; errors and a hang-up are always told.
pub(super) fn readiness(fd: HostFd, asked: PollEvents) -> PollEvents {
    // The events that the host is asked for have small numbers.
    let mut entry = [PollFd { fd, events: asked.bits() as i16, returned: 0 }];
    loop {
        match timer::poll(&mut entry, Some(0)) {
            // Even a poll that does not wait is interrupted.
            Err(Errno::EINTR) => {}
            Ok(_) => {
                let [entry] = entry;
                return PollEvents::from_bits_truncate(u32::from(entry.returned.cast_unsigned()));
            }
            // What cannot be asked is not waited for either.
            Err(_) => return asked,
        }
    }
}

/// Wakes those who wait for files that are ready, if the last look was long enough ago; gives when to look
/// again, if anybody waits.
pub(crate) fn look(now: u64) -> Option<u64> {
    INSTANCE.get()?;
    let is_awaited = WATCHED.lock().values().any(|watched| !watched.queue.is_empty());
    if !is_awaited {
        return None;
    }
    let due = NEXT_LOOK.load(Ordering::Relaxed);
    if now < due {
        return Some(due);
    }
    let next = now.saturating_add(INTERVAL);
    NEXT_LOOK.store(next, Ordering::Relaxed);
    tell();
    Some(next)
}

/// Wakes those who wait for files that are ready now.
fn tell() {
    let Some(&instance) = INSTANCE.get() else { return };
    loop {
        let mut events = [Event::default(); BATCH];
        let arguments = [instance as usize, events.as_mut_ptr().addr(), BATCH, 0, 0, 0];
        // SAFETY: the call writes as many events as fit the array.
        let count = unsafe { call(raw::__NR_epoll_pwait, arguments) }.unwrap_or(0);
        for event in events.iter().take(count) {
            let fd = to_fd(event.data as usize);
            let watched = WATCHED.lock().get(&fd).cloned();
            if let Some(watched) = watched {
                watched.armed.store(0, Ordering::SeqCst);
                watched.queue.wake_all();
            }
        }
        if count < BATCH {
            return;
        }
    }
}

/// Waits until the counter is not zero, a watched descriptor is ready, a signal arrives, or the deadline
/// (nanoseconds of `CLOCK_MONOTONIC`) comes.
pub(crate) fn poll(deadline: Option<u64>, counter: HostFd) {
    let now = crate::clock::now(kernel::machine::MachineClock::Monotonic);
    let timeout = deadline.map(|deadline| deadline.saturating_sub(now));
    // The host passes over a negative descriptor.
    let instance = INSTANCE.get().copied().unwrap_or(-1);
    let mut fds = [counter, instance].map(|fd| PollFd { fd, events: POLLIN, returned: 0 });
    if timer::poll(&mut fds, timeout).is_err() {
        return;
    }
    let [counted, ready] = fds.map(|fd| fd.returned != 0);
    if counted {
        timer::clear_event_counter(counter);
    }
    if ready {
        tell();
    }
}
