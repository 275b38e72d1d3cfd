//! A segment of shared memory, and what a program's memory has of it.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::ipc::{SHM_DEST, SHM_LOCKED, SharedMemoryStatus};
use sync::SpinLock;

use super::super::permission::Permission;
use super::super::seconds;
use super::TABLE;
use crate::fs::Path;
use crate::mm::{MappedFile, PAGE_SIZE, PageStore};
use crate::sched;

/// A segment.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) id: i32,
    pub(super) key: i32,
    /// Bytes, as the program said.
    pub(super) size: u64,
    pub(super) store: Arc<PageStore>,
    pub(super) creator: i32,
    pub(super) state: SpinLock<State>,
}

/// What the lock of a segment guards.
#[derive(Debug)]
pub(super) struct State {
    pub(super) permission: Permission,
    pub(super) attached: i64,
    pub(super) detached: i64,
    pub(super) changed: i64,
    /// The process that attached or detached last.
    pub(super) pid: i32,
    /// It goes with its last attachment.
    pub(super) doomed: bool,
    /// It is gone.
    pub(super) removed: bool,
    /// Calls that are about to attach it.
    attaching: u64,
    /// The user who keeps it in memory.
    pub(super) locked_by: Option<u32>,
}

impl State {
    pub(super) const fn new(permission: Permission, changed: i64) -> Self {
        Self {
            permission,
            attached: 0,
            detached: 0,
            changed,
            pid: 0,
            doomed: false,
            removed: false,
            attaching: 0,
            locked_by: None,
        }
    }
}

/// The process that runs, as segments remember it.
fn this_process() -> i32 {
    sched::current().map_or(0, |thread| thread.process().pid())
}

impl Segment {
    /// Pages, also those that nobody touched.
    pub(super) const fn pages(&self) -> u64 {
        self.size.div_ceil(PAGE_SIZE)
    }

    /// How many mappings show it.
    pub(super) fn attachments(&self, state: &State) -> u64 {
        self.store.mapping_count() + state.attaching
    }

    /// What programs see.
    pub(super) fn status(&self, state: &State) -> SharedMemoryStatus {
        let mut shm_perm = state.permission.status();
        shm_perm.mode |= if state.doomed { SHM_DEST } else { 0 };
        shm_perm.mode |= if state.locked_by.is_some() { SHM_LOCKED } else { 0 };
        SharedMemoryStatus {
            shm_perm,
            shm_segsz: self.size,
            shm_atime: state.attached,
            shm_dtime: state.detached,
            shm_ctime: state.changed,
            shm_cpid: self.creator,
            shm_lpid: state.pid,
            shm_nattch: self.attachments(state),
            ..SharedMemoryStatus::default()
        }
    }

    /// Keeps the segment, with the right to what is asked, until [`end_attach`](Self::end_attach).
    ///
    /// # Errors
    /// `EACCES`, `EIDRM`.
    pub(super) fn begin_attach(&self, check: impl FnOnce(&State) -> Result<(), Errno>) -> Result<(), Errno> {
        let mut state = self.state.lock();
        check(&state)?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.attaching += 1;
        Ok(())
    }

    /// Says that the segment was attached, or that it could not be.
    pub(super) fn end_attach(&self, attached: bool) {
        {
            let mut state = self.state.lock();
            state.attaching -= 1;
            if attached {
                state.attached = seconds();
                state.pid = this_process();
            }
        }
        self.go_if_doomed();
    }

    /// Removes the segment when it is time.
    pub(super) fn go_if_doomed(&self) {
        let goes = {
            let mut state = self.state.lock();
            let goes = state.doomed && !state.removed && self.attachments(&state) == 0;
            state.removed |= goes;
            goes
        };
        if goes {
            TABLE.remove(self.id);
        }
    }

    /// An attachment of one memory is gone.
    fn detach(&self) {
        {
            let mut state = self.state.lock();
            state.detached = seconds();
            state.pid = this_process();
        }
        self.go_if_doomed();
    }
}

/// What one memory attached with one call: the file of its mappings. It goes with the last of them.
#[derive(Debug)]
pub(super) struct Attachment(pub(super) Arc<Segment>);

impl MappedFile for Attachment {
    fn identity(&self) -> (u64, u64) {
        // The device of all shared memory; the identity is the inode's number.
        (1, u64::try_from(self.0.id).unwrap_or(0))
    }

    fn path(&self, _root: &Path) -> Vec<u8> {
        format!("/SYSV{:08x} (deleted)", self.0.key).into_bytes()
    }

    fn attached_length(&self) -> Option<u64> {
        Some(self.0.size)
    }

    fn for_child(&self) -> Option<Arc<dyn MappedFile>> {
        Some(Arc::new(Self(Arc::clone(&self.0))))
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.0.detach();
    }
}
