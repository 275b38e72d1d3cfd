//! A queue: its messages by priority, and who hears of one that comes when there was none.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

use abi::Errno;
use abi::siginfo::{SI_MESGQ, SigInfo};
use abi::signal::Signal;
use abi::time::Timespec;
use sync::SpinLock;

use super::limits::{Charge, Sizes};
use crate::fs::{self, AttributeChanges, FileKind, IoFlags, Metadata, NamelessInode, TimeChange};
use crate::sched::{WaitQueue, block_until};
use crate::signal;
use crate::task::{Process, Thread};

/// What stat(2) shows as the size (`FILENT_SIZE`).
const SHOWN_SIZE: u64 = 80;

/// How a process hears of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Not at all (`SIGEV_NONE`): only its being registered shows.
    Nothing,
    /// By this signal, which carries this value.
    Signal(Signal, u64),
}

/// A process that wants to hear of the next message.
#[derive(Debug)]
struct Registered {
    process: Weak<Process>,
    notice: Notice,
}

/// What the lock of a queue guards.
#[derive(Debug)]
struct State {
    /// Texts by priority, in the order in which they came.
    messages: BTreeMap<u32, VecDeque<Vec<u8>>>,
    count: usize,
    /// Bytes in all texts.
    bytes: usize,
    /// Threads that wait to receive: while there are some, nobody is notified.
    receivers: usize,
    registered: Option<Registered>,
    metadata: Metadata,
}

/// A queue.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) sizes: Sizes,
    state: SpinLock<State>,
    pub(super) readable: Arc<WaitQueue>,
    pub(super) writable: Arc<WaitQueue>,
    _charge: Charge,
}

impl Queue {
    pub(super) fn new(
        sizes: Sizes,
        charge: Charge,
        device: u64,
        permissions: u32,
        (uid, gid): (u32, u32),
    ) -> Arc<Self> {
        let now = fs::now();
        let metadata = Metadata {
            device,
            inode: NamelessInode::next_number(),
            kind: FileKind::Regular,
            permissions,
            links: 1,
            uid,
            gid,
            special_device: 0,
            size: SHOWN_SIZE,
            block_size: 4096,
            blocks: 0,
            accessed: now,
            modified: now,
            changed: now,
            created: None,
        };
        Arc::new(Self {
            sizes,
            state: SpinLock::new(State {
                messages: BTreeMap::new(),
                count: 0,
                bytes: 0,
                receivers: 0,
                registered: None,
                metadata,
            }),
            readable: Arc::new(WaitQueue::new()),
            writable: Arc::new(WaitQueue::new()),
            _charge: charge,
        })
    }

    pub(super) fn metadata(&self) -> Metadata {
        self.state.lock().metadata
    }

    pub(super) fn change_attributes(&self, changes: &AttributeChanges) {
        let now = fs::now();
        let time = |change: Option<TimeChange>, old: Timespec| match change {
            None => old,
            Some(TimeChange::Now) => now,
            Some(TimeChange::To(time)) => time,
        };
        let metadata = &mut self.state.lock().metadata;
        metadata.permissions = changes.permissions.unwrap_or(metadata.permissions);
        metadata.uid = changes.uid.unwrap_or(metadata.uid);
        metadata.gid = changes.gid.unwrap_or(metadata.gid);
        metadata.accessed = time(changes.accessed, metadata.accessed);
        metadata.modified = time(changes.modified, metadata.modified);
        metadata.changed = now;
    }

    /// Says that the queue has no name any more.
    pub(super) fn unlinked(&self) {
        let metadata = &mut self.state.lock().metadata;
        metadata.links = 0;
        metadata.changed = fs::now();
    }

    /// How many messages there are.
    pub(super) fn count(&self) -> usize {
        self.state.lock().count
    }

    /// Bytes of all messages, and who is registered how: signal and process.
    pub(super) fn status(&self) -> (usize, Option<(Notice, i32)>) {
        let state = self.state.lock();
        let registered = state.registered.as_ref().and_then(|registered| {
            let process = registered.process.upgrade()?;
            Some((registered.notice, process.pid()))
        });
        (state.bytes, registered)
    }

    /// Sends a message, waiting for room unless told not to.
    ///
    /// # Errors
    /// `EAGAIN`, `ETIMEDOUT`, `ERESTARTSYS`, `ENOMEM`.
    pub(super) fn send(
        &self,
        sender: &Thread,
        text: Vec<u8>,
        priority: u32,
        flags: IoFlags,
        deadline: Option<u64>,
    ) -> Result<(), Errno> {
        let mut text = Some(text);
        let mut put = || self.put(&mut text, priority);
        let told = match put() {
            Some(told) => told,
            None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
            None => self.writable.wait_until(deadline, put)?,
        };
        self.readable.wake_all();
        if let Some(Registered { process, notice: Notice::Signal(signal, value) }) = told
            && let Some(process) = process.upgrade()
        {
            let (pid, uid) = (sender.process().pid(), sender.credentials().uid);
            // As Linux: what cannot be queued is lost.
            let _ = signal::send_to_process(&process, SigInfo::queue(signal, SI_MESGQ, pid, uid, value));
        }
        Ok(())
    }

    /// Puts a message in if there is room; gives who is to be told.
    fn put(&self, text: &mut Option<Vec<u8>>, priority: u32) -> Option<Option<Registered>> {
        let mut state = self.state.lock();
        if state.count >= self.sizes.messages {
            return None;
        }
        let text = text.take().unwrap_or_default();
        state.bytes += text.len();
        state.count += 1;
        state.messages.entry(priority).or_default().push_back(text);
        state.metadata.modified = fs::now();
        let is_first = state.count == 1 && state.receivers == 0;
        Some(if is_first { state.registered.take() } else { None })
    }

    /// Receives the first message of the highest priority, waiting for one unless told not to.
    ///
    /// # Errors
    /// `EAGAIN`, `ETIMEDOUT`, `ERESTARTSYS`.
    pub(super) fn receive(
        &self,
        receiver: &Thread,
        flags: IoFlags,
        deadline: Option<u64>,
    ) -> Result<(Vec<u8>, u32), Errno> {
        let received = match self.take() {
            Some(received) => received,
            None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
            None => self.wait_for_message(receiver, deadline)?,
        };
        self.writable.wake_all();
        Ok(received)
    }

    fn wait_for_message(&self, receiver: &Thread, deadline: Option<u64>) -> Result<(Vec<u8>, u32), Errno> {
        let id = self.readable.add(receiver.waker());
        self.state.lock().receivers += 1;
        let outcome = block_until(deadline, true, || self.take());
        self.state.lock().receivers -= 1;
        self.readable.remove(id);
        Ok(outcome?)
    }

    fn take(&self) -> Option<(Vec<u8>, u32)> {
        let mut state = self.state.lock();
        let mut highest = state.messages.last_entry()?;
        let priority = *highest.key();
        let text = highest.get_mut().pop_front()?;
        if highest.get().is_empty() {
            highest.remove();
        }
        state.count -= 1;
        state.bytes -= text.len();
        state.metadata.accessed = fs::now();
        Some((text, priority))
    }

    /// Registers a process to hear of the next message.
    ///
    /// # Errors
    /// `EBUSY` when one is registered.
    pub(super) fn register(&self, process: &Arc<Process>, notice: Notice) -> Result<(), Errno> {
        let mut state = self.state.lock();
        if state.registered.as_ref().is_some_and(|other| other.process.strong_count() > 0) {
            return Err(Errno::EBUSY);
        }
        state.registered = Some(Registered { process: Arc::downgrade(process), notice });
        Ok(())
    }

    /// Strikes the registration of a process.
    pub(super) fn unregister(&self, process: &Arc<Process>) {
        let mut state = self.state.lock();
        let own = |registered: &Registered| registered.process.as_ptr() == Arc::as_ptr(process);
        if state.registered.as_ref().is_some_and(own) {
            state.registered = None;
        }
    }
}
