//! Descriptors in a message (unix(7), `SCM_RIGHTS`).

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::socket::SCM_MAX_FD;

use super::flight;
use crate::fs::OpenFile;
use crate::syscalls::Fd;
use crate::task::Thread;

/// Open files that go with a message.
#[derive(Debug, Default)]
pub struct Rights {
    files: Vec<Arc<OpenFile>>,
    /// For whom they are counted while they are in flight.
    user: Option<u32>,
}

impl Rights {
    /// Adds what descriptors refer to.
    ///
    /// # Errors
    /// `EINVAL` when there are too many, `EBADF`, `ENOMEM`.
    pub(super) fn add(&mut self, thread: &Thread, descriptors: &[i32]) -> Result<(), Errno> {
        if self.files.len().saturating_add(descriptors.len()) > SCM_MAX_FD {
            return Err(Errno::EINVAL);
        }
        self.files.try_reserve(descriptors.len()).map_err(|_| Errno::ENOMEM)?;
        for &fd in descriptors {
            self.files.push(thread.file_or_path(Fd(fd))?.to_arc());
        }
        Ok(())
    }

    /// Whether there are none.
    #[must_use]
    pub(super) const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files.
    #[must_use]
    pub(super) fn files(&self) -> &[Arc<OpenFile>] {
        &self.files
    }

    /// Says that they are about to be put into a queue.
    ///
    /// # Errors
    /// `ETOOMANYREFS`.
    pub(super) fn take_off(&mut self, thread: &Thread) -> Result<(), Errno> {
        self.user = Some(flight::take_off(thread, &self.files)?);
        Ok(())
    }

    /// Says that they were taken out of a queue.
    pub(super) fn land(&mut self) {
        if let Some(user) = self.user.take() {
            flight::land(user, &self.files);
        }
    }

    /// The same files for somebody who only looks (`MSG_PEEK`).
    #[must_use]
    pub(super) fn peek(&self) -> Self {
        Self { files: self.files.clone(), user: None }
    }

    /// Files, and for whom they were counted; none are left.
    pub(super) fn take(&mut self) -> (Vec<Arc<OpenFile>>, Option<u32>) {
        (core::mem::take(&mut self.files), self.user.take())
    }
}

impl Drop for Rights {
    fn drop(&mut self) {
        flight::drop_rights(self);
    }
}
