//! Changes of a directory, told by a signal (fcntl(2), `F_NOTIFY`).

use alloc::sync::{Arc, Weak};

use abi::Errno;
use abi::raw::general::{DN_ACCESS, DN_ATTRIB, DN_CREATE, DN_DELETE, DN_MODIFY, DN_MULTISHOT, DN_RENAME};
use sync::SpinLock;

use super::Events;
use super::watches::{self, Happening, Listener, Watch};
use crate::fs::{FileKind, OpenFile, Reason};
use crate::task::Thread;

/// What an open directory is watched for by its own description.
#[derive(Debug)]
pub struct DirectoryWatch {
    file: Weak<OpenFile>,
    fd: i32,
    watch: SpinLock<Option<Arc<Watch>>>,
}

/// What `DN_*` stand for.
fn wanted(mask: u32) -> Events {
    let meanings = [
        (DN_ACCESS, Events::ACCESS),
        (DN_MODIFY, Events::MODIFY),
        (DN_CREATE, Events::CREATE | Events::MOVED_TO),
        (DN_DELETE, Events::DELETE | Events::MOVED_FROM),
        (DN_RENAME, Events::RENAME),
        (DN_ATTRIB, Events::ATTRIB),
    ];
    let asked = meanings.into_iter().filter(|(bit, _)| mask & bit != 0);
    let mut wanted = asked.fold(Events::empty(), |all, (_, events)| all | events);
    wanted.set(Events::ONE_SHOT, mask & DN_MULTISHOT == 0);
    wanted
}

impl DirectoryWatch {
    /// Watches an open directory for more, or for nothing when the mask is empty.
    ///
    /// # Errors
    /// `ENOTDIR`.
    pub fn request(thread: &Thread, file: &Arc<OpenFile>, fd: i32, mask: u32) -> Result<(), Errno> {
        if mask & !DN_MULTISHOT == 0 {
            let before = file.directory_watch.lock().take();
            drop(before);
            return Ok(());
        }
        if file.path().dentry.kind() != FileKind::Directory {
            return Err(Errno::ENOTDIR);
        }
        file.signal_owner().lock().set_default(thread);
        let before = file.directory_watch.lock().take();
        let mut events = wanted(mask);
        if let Some(watch) = before.as_ref().and_then(|before| before.watch.lock().clone()) {
            let kept = *watch.wanted.lock();
            // Once asked for more than one signal, always.
            events
                .set(Events::ONE_SHOT, events.contains(Events::ONE_SHOT) && kept.contains(Events::ONE_SHOT));
            events |= kept - Events::ONE_SHOT;
        }
        drop(before);
        let this = Arc::new(Self { file: Arc::downgrade(file), fd, watch: SpinLock::new(None) });
        let listener: Weak<dyn Listener> = Arc::<Self>::downgrade(&this);
        let inode = Arc::clone(file.inode());
        let watch = Arc::new(Watch { number: fd, inode, listener, wanted: SpinLock::new(events) });
        *this.watch.lock() = Some(Arc::clone(&watch));
        watches::add(&watch);
        let raced = file.directory_watch.lock().replace(this);
        drop(raced);
        Ok(())
    }
}

impl Listener for DirectoryWatch {
    fn happened(&self, _watch: &Watch, _happening: &Happening<'_>) {
        if let Some(file) = self.file.upgrade() {
            let owner = *file.signal_owner().lock();
            owner.tell(Reason::Message, self.fd);
        }
    }

    fn end(&self, watch: &Arc<Watch>) {
        watches::remove(watch);
        let gone = self.watch.lock().take();
        drop(gone);
    }
}

impl Drop for DirectoryWatch {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.get_mut().take() {
            watches::remove(&watch);
        }
    }
}
