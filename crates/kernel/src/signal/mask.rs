//! What a thread blocks, for good or for the time of one call.

use abi::Errno;
use abi::siginfo::SigInfo;
use abi::signal::{SignalSet, SignalStack};

use super::{Restart, send};
use crate::sched;
use crate::task::Thread;

impl Thread {
    /// What the thread blocks.
    #[must_use]
    pub fn signal_mask(&self) -> SignalSet {
        self.signals.lock().mask
    }

    /// Changes what the thread, which is the running one, blocks.
    pub fn set_signal_mask(&self, mask: SignalSet) {
        let mask = mask.difference(SignalSet::UNBLOCKABLE);
        let before = core::mem::replace(&mut self.signals.lock().mask, mask);
        let newly_blocked = mask.difference(before);
        if !newly_blocked.is_empty() {
            send::retarget(self, newly_blocked);
        }
        send::recalculate(self);
    }

    /// Says how restart_syscall(2) shall go on; the caller then returns `ERESTART_RESTARTBLOCK`.
    pub fn set_restart(&self, restart: Restart) {
        let before = self.signals.lock().restart.replace(restart);
        drop(before);
    }

    /// Takes what [`set_restart`](Self::set_restart) was given.
    pub(crate) fn take_restart(&self) -> Option<Restart> {
        self.signals.lock().restart.take()
    }

    /// Puts back the mask that a call changed for its time.
    pub(crate) fn restore_saved_mask(&self) {
        let saved = self.signals.lock().saved_mask.take();
        if let Some(mask) = saved {
            self.set_signal_mask(mask);
        }
    }

    /// Prepares a new program (execve(2)): what was ignored stays so, all else is the default; there is no
    /// alternate stack. Mask and pending signals stay.
    pub fn reset_signals_for_exec(&self) {
        {
            let mut shared = self.process().signals.lock();
            let handlers = shared.handlers.copy_for_exec();
            shared.handlers = handlers;
        }
        let mut own = self.signals.lock();
        own.stack = SignalStack { ss_flags: own.stack.ss_flags, ..SignalStack::NONE };
        let restart = own.restart.take();
        drop(own);
        drop(restart);
    }

    /// Takes the thread, which is ending, out of the choice for signals of its process.
    pub fn leave_signals(&self) {
        self.signals.lock().exiting = true;
        send::retarget(self, SignalSet::ALL);
    }
}

/// Runs a call with another mask, if one is given (ppoll(2), pselect(2), epoll_pwait(2)). When the call
/// ends for a signal, the mask stays until that signal was handled.
///
/// # Errors
/// Those of the call.
pub fn with_mask<T>(
    thread: &Thread,
    mask: Option<SignalSet>,
    call: impl FnOnce() -> Result<T, Errno>,
) -> Result<T, Errno> {
    let Some(mask) = mask else { return call() };
    let before = thread.signal_mask();
    thread.signals.lock().saved_mask = Some(before);
    thread.set_signal_mask(mask);
    let outcome = call();
    let interrupted = matches!(outcome, Err(error) if error == Errno::EINTR || error.is_restart());
    if interrupted {
        // The way out handles the signal, or puts the mask back where there is none after all.
        thread.store_pending_signal(true);
        sched::interrupt(thread);
    } else {
        thread.restore_saved_mask();
    }
    outcome
}

/// Takes a pending signal of `wanted`, of the thread's own or of its process, instead of having it handled
/// (rt_sigtimedwait(2), signalfd(2)).
pub fn take_signal(thread: &Thread, wanted: SignalSet) -> Option<SigInfo> {
    send::dequeue(thread, SignalSet::ALL.difference(wanted.difference(SignalSet::UNBLOCKABLE)))
}
