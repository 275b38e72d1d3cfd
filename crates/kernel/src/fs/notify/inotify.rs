//! The file of inotify_init(2): its watches, and what happened to them.

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::any::Any;
use core::fmt;

use abi::Errno;
use sync::SpinLock;

use super::queue::{Event, Queue};
use super::watches::{self, Happening, Listener, Watch};
use super::{Events, quota};
use crate::fs::{File, Inode, IoFlags, OpenFile, PollEvents};
use crate::io::Sink;
use crate::sched::{Mutex, PollEntry, WaitQueue};

/// An instance.
#[derive(Debug)]
pub struct Inotify {
    this: Weak<Self>,
    user: u32,
    state: SpinLock<State>,
    /// Orders changes of watches: two threads that add one inode find one watch.
    changes: Mutex<()>,
    readable: Arc<WaitQueue>,
}

#[derive(Debug)]
struct State {
    queue: Queue,
    watches: BTreeMap<i32, Arc<Watch>>,
    /// The number that the next watch gets: the first is 1.
    next: i32,
}

/// What inotify_add_watch(2) asks for.
#[derive(Clone, Copy, Debug)]
pub struct Request(Events);

impl Request {
    /// The request of a mask.
    ///
    /// # Errors
    /// `EINVAL` for bits that mean nothing, or nothing at all, or both of `IN_MASK_ADD` and
    /// `IN_MASK_CREATE`.
    pub fn new(mask: u32) -> Result<Self, Errno> {
        let events = Events::from_bits(mask).filter(|events| !events.is_empty()).ok_or(Errno::EINVAL)?;
        if events.contains(Events::RENAME) || events.contains(Events::MASK_ADD | Events::MASK_CREATE) {
            return Err(Errno::EINVAL);
        }
        Ok(Self(events))
    }

    /// The mask.
    #[must_use]
    pub const fn events(self) -> Events {
        self.0
    }

    /// What a watch keeps of it.
    fn wanted(self) -> Events {
        self.0 & (Events::ASKABLE | Events::MODES)
    }
}

impl Inotify {
    /// An instance of a user.
    ///
    /// # Errors
    /// `EMFILE` when the user has too many.
    pub fn new(user: u32) -> Result<Arc<Self>, Errno> {
        quota::charge_instance(user)?;
        Ok(Arc::new_cyclic(|this| Self {
            this: this.clone(),
            user,
            state: SpinLock::new(State { queue: Queue::default(), watches: BTreeMap::new(), next: 1 }),
            changes: Mutex::new(()),
            readable: Arc::new(WaitQueue::new()),
        }))
    }

    /// The instance behind an open file.
    ///
    /// # Errors
    /// `EINVAL` when it is something else.
    pub fn of_file(file: &OpenFile) -> Result<&Self, Errno> {
        file.file().as_any().downcast_ref().ok_or(Errno::EINVAL)
    }

    /// Watches an inode, or changes what it is watched for; gives the watch's number.
    ///
    /// # Errors
    /// `EEXIST` with `IN_MASK_CREATE`, `ENOSPC` when the user has too many watches.
    pub fn watch(&self, inode: &Arc<dyn Inode>, request: Request) -> Result<i32, Errno> {
        let _changes = self.changes.lock();
        if let Some(watch) = watches::find(inode, self) {
            if request.events().contains(Events::MASK_CREATE) {
                return Err(Errno::EEXIST);
            }
            let mut wanted = watch.wanted.lock();
            let kept = if request.events().contains(Events::MASK_ADD) { *wanted } else { Events::empty() };
            *wanted = kept | request.wanted();
            return Ok(watch.number);
        }
        quota::charge_watch(self.user)?;
        let mut state = self.state.lock();
        let number = state.next;
        state.next = number.checked_add(1).unwrap_or(1);
        let watch = Arc::new(Watch {
            number,
            inode: Arc::clone(inode),
            listener: self.this.clone(),
            wanted: SpinLock::new(request.wanted()),
        });
        state.watches.insert(number, Arc::clone(&watch));
        drop(state);
        watches::add(&watch);
        Ok(number)
    }

    /// Ends the watch of this number.
    ///
    /// # Errors
    /// `EINVAL` when there is none.
    pub fn unwatch(&self, number: i32) -> Result<(), Errno> {
        let watch = self.state.lock().watches.get(&number).cloned().ok_or(Errno::EINVAL)?;
        self.end(&watch);
        Ok(())
    }

    /// Whether there is something to read.
    fn has_events(&self) -> bool {
        !self.state.lock().queue.is_empty()
    }
}

impl Listener for Inotify {
    fn happened(&self, watch: &Watch, happening: &Happening<'_>) {
        let mut events = happening.events - Events::RENAME;
        if events.intersects(Events::DELETE_SELF | Events::MOVE_SELF) {
            // As Linux: these two never say that it is a directory.
            events.remove(Events::IS_DIRECTORY);
        }
        let event =
            Event { watch: watch.number, events, cookie: happening.cookie, name: happening.name.into() };
        self.state.lock().queue.push(event);
        self.readable.wake_all();
    }

    /// Ends a watch, and says so, once.
    fn end(&self, watch: &Arc<Watch>) {
        if !watches::remove(watch) {
            return;
        }
        let events = Events::IGNORED;
        self.happened(watch, &Happening { events, name: b"", cookie: 0, is_unlinked: false });
        let gone = self.state.lock().watches.remove(&watch.number);
        // Without the lock: it may be the last reference to an inode.
        drop(gone);
        quota::release(self.user, 0, 1);
    }
}

impl File for Inotify {
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
        let mut done = 0;
        loop {
            let event = {
                let mut state = self.state.lock();
                match state.queue.next_size() {
                    Some(size) if size > sink.remaining() && done == 0 => return Err(Errno::EINVAL),
                    Some(size) if size > sink.remaining() => return Ok(done),
                    Some(_) => state.queue.pop(),
                    None => None,
                }
            };
            match event {
                Some(event) => {
                    let bytes = event.bytes();
                    // As Linux: an event that cannot be given is lost, and so is the count of those before.
                    if sink.put(&bytes)? < bytes.len() {
                        return Err(Errno::EFAULT);
                    }
                    done += bytes.len();
                }
                None if done > 0 => return Ok(done),
                None if flags.contains(IoFlags::NONBLOCK) => return Err(Errno::EAGAIN),
                None => self.readable.wait_until(None, || self.has_events().then_some(()))?,
            }
        }
    }

    fn poll(&self, entry: Option<&mut PollEntry>) -> PollEvents {
        if let Some(entry) = entry {
            entry.add(&self.readable);
        }
        if self.has_events() { PollEvents::IN | PollEvents::RDNORM } else { PollEvents::empty() }
    }

    fn readable_bytes(&self) -> Result<usize, Errno> {
        Ok(self.state.lock().queue.bytes())
    }

    fn show_information(&self, target: &mut dyn fmt::Write) -> fmt::Result {
        let watches: alloc::vec::Vec<_> = self.state.lock().watches.values().cloned().collect();
        for watch in watches {
            let Ok(metadata) = watch.inode.metadata() else { continue };
            let (major, minor) = crate::fs::split_device(metadata.device);
            writeln!(
                target,
                "inotify wd:{:x} ino:{:x} sdev:{:x} mask:{:x} ignored_mask:0 ",
                watch.number,
                metadata.inode,
                (major << 20) | minor,
                watch.wanted.lock().bits(),
            )?;
        }
        Ok(())
    }
}

impl Drop for Inotify {
    fn drop(&mut self) {
        let watches = core::mem::take(&mut self.state.get_mut().watches);
        let count = watches.values().filter(|watch| watches::remove(watch)).count();
        quota::release(self.user, 1, count as u64);
    }
}
