//! What a process does about each signal (sigaction(2)).

use alloc::sync::Arc;

use abi::signal::{
    DefaultAction, SA_RESETHAND, SIG_DFL, SIG_IGN, SIGNAL_COUNT, SigAction, Signal, SignalSet,
};
use sync::SpinLock;

const COUNT: usize = SIGNAL_COUNT.unsigned_abs() as usize;

/// The actions of a process, or of several made with `CLONE_SIGHAND`.
#[derive(Debug)]
pub struct SignalHandlers {
    actions: SpinLock<[SigAction; COUNT]>,
}

impl SignalHandlers {
    /// Every action the default.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { actions: SpinLock::new([SigAction::default(); COUNT]) })
    }

    /// The action of one signal.
    #[must_use]
    pub fn get(&self, signal: Signal) -> SigAction {
        self.actions.lock().get(signal.index()).copied().unwrap_or_default()
    }

    /// Sets the action of one signal; gives the one before.
    pub fn replace(&self, signal: Signal, action: SigAction) -> SigAction {
        match self.actions.lock().get_mut(signal.index()) {
            Some(place) => core::mem::replace(place, action),
            None => action,
        }
    }

    /// The action for a handler that is about to run: `SA_RESETHAND` makes it the default afterwards.
    #[must_use]
    pub fn take_for_delivery(&self, signal: Signal) -> SigAction {
        let mut actions = self.actions.lock();
        let Some(place) = actions.get_mut(signal.index()) else { return SigAction::default() };
        let action = *place;
        if action.flags & SA_RESETHAND != 0 && !matches!(action.handler, SIG_DFL | SIG_IGN) {
            place.handler = SIG_DFL;
        }
        action
    }

    /// Whether the signal does nothing: `SIG_IGN`, or the default where that is to ignore.
    #[must_use]
    pub fn ignores(&self, signal: Signal) -> bool {
        match self.get(signal).handler {
            SIG_IGN => true,
            SIG_DFL => signal.default_action() == DefaultAction::Ignore,
            _ => false,
        }
    }

    /// The signals that are set to `SIG_IGN`, and those with a handler (proc_pid_status(5)).
    #[must_use]
    pub fn ignored_and_caught(&self) -> (SignalSet, SignalSet) {
        let (mut ignored, mut caught) = (SignalSet::EMPTY, SignalSet::EMPTY);
        let actions = self.actions.lock();
        for signal in SignalSet::ALL.iter() {
            match actions.get(signal.index()).map_or(SIG_DFL, |action| action.handler) {
                SIG_DFL => {}
                SIG_IGN => ignored.insert(signal),
                _ => caught.insert(signal),
            }
        }
        (ignored, caught)
    }

    /// A copy that is nobody else's (fork(2) without `CLONE_SIGHAND`).
    #[must_use]
    pub fn copy(&self) -> Arc<Self> {
        Arc::new(Self { actions: SpinLock::new(*self.actions.lock()) })
    }

    /// A copy for a new program: what was ignored stays ignored, the rest is the default (execve(2)).
    #[must_use]
    pub fn copy_for_exec(&self) -> Arc<Self> {
        let mut actions = *self.actions.lock();
        for action in &mut actions {
            let handler = if action.handler == SIG_IGN { SIG_IGN } else { SIG_DFL };
            *action = SigAction { handler, ..SigAction::default() };
        }
        Arc::new(Self { actions: SpinLock::new(actions) })
    }
}
