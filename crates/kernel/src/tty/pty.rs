//! A pseudo-terminal's two sides, and what moves between them (pty(7)).

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use abi::signal::SignalSet;
use abi::termios::WindowSize;
use sync::SpinLock;

use super::discipline::Discipline;
use super::locked::Locked;
use super::output;
use super::turn::Turn;
use crate::sched::WaitQueue;

/// How many bytes of the emulator wait while the terminal takes none.
const INCOMING: usize = 8192;
/// How many bytes one byte may become when it is printed.
const WIDEST: usize = 8;

/// What both sides share.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The terminal's line.
    pub(super) line: Discipline,
    /// What the emulator wrote and the line did not take yet.
    incoming: VecDeque<u8>,
    /// A byte came past those (`TIOCSTI`).
    has_inserted: bool,
    /// Settings that are held.
    pub(super) locked: Locked,
    /// The size of the window.
    pub(super) window: WindowSize,
    /// The terminal cannot be opened yet (`TIOCSPTLCK`).
    pub(super) is_locked: bool,
    /// The emulator stopped what it writes (tcflow(3) on its side).
    pub(super) is_incoming_stopped: bool,
    /// A writer found too little room since room was last told.
    is_writer_short: bool,
    /// How often the terminal is open.
    pub(super) openings: usize,
    /// It was open, and is no more: the emulator sees a hang-up.
    pub(super) is_left: bool,
    /// The emulator is gone.
    pub(super) is_orphan: bool,
}

/// What those who wait may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View {
    is_readable: bool,
    typed: usize,
    printed: usize,
    room: usize,
    incoming_room: usize,
    tells: bool,
    ends: (bool, bool),
}

impl State {
    fn view(&self) -> View {
        View {
            is_readable: self.line.is_readable(1),
            typed: self.line.input.len(),
            printed: self.line.output.len(),
            room: self.line.room(),
            incoming_room: self.incoming_room(),
            tells: self.line.packet.is_pending(),
            ends: (self.is_left, self.is_orphan),
        }
    }

    /// How many bytes the emulator may write.
    pub(super) fn incoming_room(&self) -> usize {
        if self.is_incoming_stopped { 0 } else { INCOMING.saturating_sub(self.incoming.len()) }
    }

    /// Takes bytes of the emulator; gives how many.
    pub(super) fn type_in(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.incoming_room());
        self.incoming.extend(bytes.iter().take(count));
        count
    }

    /// Takes a byte past those of the emulator; without a place it is lost (`TIOCSTI`).
    pub(super) fn type_at_once(&mut self, byte: u8) {
        if self.line.accepts() {
            self.line.receive(byte);
            self.has_inserted = true;
        }
    }

    /// Forgets what the emulator wrote and the line did not take.
    pub(super) fn flush_incoming(&mut self) {
        self.incoming.clear();
    }

    /// Prints bytes of a program; gives how many.
    pub(super) fn print(&mut self, bytes: &[u8]) -> usize {
        let count = self.line.print(bytes);
        self.is_writer_short |= count < bytes.len();
        count
    }

    /// Whether any byte that a program writes finds room now.
    pub(super) fn has_room_for_any(&self) -> bool {
        self.line.room() >= WIDEST
    }

    /// Moves what can be moved.
    fn settle(&mut self) {
        let mut has_typed = core::mem::take(&mut self.has_inserted);
        while self.line.accepts()
            && let Some(byte) = self.incoming.pop_front()
        {
            self.line.receive(byte);
            has_typed = true;
        }
        if has_typed {
            self.line.end_echoes();
        }
        self.line.output.deliver();
    }
}

/// A pseudo-terminal.
#[derive(Debug, Default)]
pub(super) struct Pty {
    state: SpinLock<State>,
    /// Those who read from the terminal, and those who write to it.
    pub(super) readers: Turn,
    pub(super) writers: Turn,
    /// The same on the emulator's side.
    pub(super) emulator_readers: Turn,
    pub(super) emulator_writers: Turn,
    /// Woken when there is something to read from the terminal, or it is hung up.
    pub(super) readable: Arc<WaitQueue>,
    /// Woken when there is room to write to it.
    pub(super) writable: Arc<WaitQueue>,
    /// The same on the emulator's side.
    pub(super) emulator_readable: Arc<WaitQueue>,
    pub(super) emulator_writable: Arc<WaitQueue>,
}

impl Pty {
    /// One that cannot be opened before somebody unlocks it.
    pub(super) fn new() -> Self {
        let this = Self::default();
        this.state.lock().is_locked = true;
        this
    }

    /// Looks at the state.
    pub(super) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.lock())
    }

    /// Changes the state, moves what can be moved then, and tells those who wait. Gives also the signals
    /// that characters sent.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> (T, SignalSet) {
        let mut state = self.state.lock();
        let before = state.view();
        let outcome = change(&mut state);
        state.settle();
        let after = state.view();
        let signals = state.line.take_signals();
        let has_more_room = after.room > before.room && core::mem::take(&mut state.is_writer_short);
        drop(state);
        let is_ended = after.ends != before.ends;
        if after.is_readable && (after.typed > before.typed || !before.is_readable) || is_ended {
            self.readable.wake_all();
        }
        if has_more_room || is_ended {
            self.writable.wake_all();
        }
        if after.printed > before.printed || after.tells || is_ended {
            self.emulator_readable.wake_all();
        }
        if before.incoming_room == 0 && after.incoming_room > 0 || is_ended {
            self.emulator_writable.wake_all();
        }
        (outcome, signals)
    }

    /// Wakes everybody who waits at the terminal's side.
    pub(super) fn wake(&self) {
        self.readable.wake_all();
        self.writable.wake_all();
    }
}

const _: () = assert!(WIDEST < output::CAPACITY, "any byte can be printed");
