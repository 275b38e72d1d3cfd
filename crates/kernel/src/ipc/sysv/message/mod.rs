//! Message queues (msgget(2), msgop(2), msgctl(2)).

mod control;
mod queue;

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::ipc::{IPC_NOWAIT, MSG_COPY, MSG_EXCEPT, MSG_NOERROR};
use sync::SpinLock;

use super::permission::{Permission, READ, WRITE};
use super::seconds;
use super::table::{self, Table, sequence_of};
use crate::sched;
use crate::syscalls::Current;
use crate::user::UserPtr;
pub use control::msgctl;
use queue::{Message, Selection, State, Told, Waiter, Wanted};

/// The largest message (/proc/sys/kernel/msgmax).
pub const MESSAGE_MAX: usize = 8192;
/// The most bytes of a queue at first (/proc/sys/kernel/msgmnb).
pub const QUEUE_BYTES: u64 = 16_384;
/// The most queues (/proc/sys/kernel/msgmni).
pub const QUEUES: usize = 32_000;

/// A queue of messages.
#[derive(Debug)]
struct Queue {
    state: SpinLock<State>,
}

static TABLE: Table<Queue> = Table::new(QUEUES);

/// msgget(2).
pub fn msgget(current: &Current<'_>, key: i32, flags: i32) -> Result<i32, Errno> {
    let credentials = current.credentials();
    TABLE.get(
        table::Wanted { key, flags },
        |queue| queue.state.lock().permission.check(&credentials, flags.cast_unsigned()),
        || {
            let permission = Permission::new(key, &credentials, flags);
            Ok(Queue { state: SpinLock::new(State::new(permission, QUEUE_BYTES, seconds())) })
        },
        |queue, id| queue.state.lock().permission.sequence = sequence_of(id),
    )
}

/// msgsnd(2).
pub fn msgsnd(
    current: &Current<'_>,
    id: i32,
    message: UserPtr<i64>,
    size: usize,
    flags: i32,
) -> Result<usize, Errno> {
    let kind = message.read()?;
    if size > MESSAGE_MAX || id < 0 || kind < 1 {
        return Err(Errno::EINVAL);
    }
    let text = message.offset(1).cast::<u8>().read_array(size)?;
    let queue = TABLE.find(id)?;
    let woken = loop {
        let waiter = {
            let mut state = queue.state.lock();
            state.permission.check(&current.credentials(), WRITE)?;
            if state.removed {
                return Err(Errno::EIDRM);
            }
            if state.has_room(size) {
                state.messages.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
                break state.send(Message { kind, text }, current.process().pid());
            }
            if flags & IPC_NOWAIT != 0 {
                return Err(Errno::EAGAIN);
            }
            state.wait(current.waker(), None)
        };
        if let Told::Error(error) = wait(&queue, &waiter)? {
            return Err(error);
        }
    };
    woken.tell();
    Ok(0)
}

/// Waits until a waiter is told something.
///
/// # Errors
/// `ERESTARTNOHAND` when a signal came first: the call is not restarted after a handler.
fn wait(queue: &Queue, waiter: &Arc<Waiter>) -> Result<Told, Errno> {
    let told = sched::block_until(None, true, || waiter.take());
    told.or_else(|_| {
        queue.state.lock().leave(waiter);
        // What came together with the signal counts.
        waiter.take().ok_or(Errno::ERESTARTNOHAND)
    })
}

/// msgrcv(2).
pub fn msgrcv(
    current: &Current<'_>,
    id: i32,
    target: UserPtr<i64>,
    size: usize,
    kind: i64,
    flags: i32,
) -> Result<usize, Errno> {
    if id < 0 || i64::try_from(size).is_err() {
        return Err(Errno::EINVAL);
    }
    if flags & MSG_COPY != 0 {
        return copy(current, id, target, size, kind, flags);
    }
    let wanted = Wanted {
        selection: Selection::new(kind, flags & MSG_EXCEPT != 0),
        size,
        cut: flags & MSG_NOERROR != 0,
        pid: current.process().pid(),
    };
    let queue = TABLE.find(id)?;
    loop {
        let waiter = {
            let mut state = queue.state.lock();
            state.permission.check(&current.credentials(), READ)?;
            if state.removed {
                return Err(Errno::EIDRM);
            }
            if let Some((message, woken)) = state.receive(wanted)? {
                drop(state);
                woken.tell();
                return give(target, &message, size);
            }
            if flags & IPC_NOWAIT != 0 {
                return Err(Errno::ENOMSG);
            }
            state.wait(current.waker(), Some(wanted))
        };
        match wait(&queue, &waiter)? {
            Told::Message(message) => return give(target, &message, size),
            Told::Error(error) => return Err(error),
            Told::Again => {}
        }
    }
}

/// Writes a message for the program, as much of it as it wants.
fn give(target: UserPtr<i64>, message: &Message, size: usize) -> Result<usize, Errno> {
    let text = message.text.get(..size).unwrap_or(&message.text);
    target.write(&message.kind)?;
    target.offset(1).cast::<u8>().write_array(text)?;
    Ok(text.len())
}

/// Copies the message at a place in the queue and leaves it there (`MSG_COPY`).
fn copy(
    current: &Current<'_>,
    id: i32,
    target: UserPtr<i64>,
    size: usize,
    place: i64,
    flags: i32,
) -> Result<usize, Errno> {
    if flags & MSG_EXCEPT != 0 || flags & IPC_NOWAIT == 0 {
        return Err(Errno::EINVAL);
    }
    let queue = TABLE.find(id)?;
    let message = {
        let state = queue.state.lock();
        state.permission.check(&current.credentials(), READ)?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        let found = usize::try_from(place).ok().and_then(|place| state.messages.get(place));
        let found = found.ok_or(Errno::ENOMSG)?;
        if found.text.len() > size && flags & MSG_NOERROR == 0 {
            return Err(Errno::E2BIG);
        }
        let mut text = Vec::new();
        text.try_reserve_exact(found.text.len()).map_err(|_| Errno::ENOMEM)?;
        text.extend_from_slice(&found.text);
        Message { kind: found.kind, text }
    };
    give(target, &message, size)
}

/// One line of /proc/sysvipc/msg.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) key: i32,
    pub(super) id: i32,
    pub(super) mode: u32,
    pub(super) bytes: u64,
    pub(super) messages: usize,
    /// Who sent and received last.
    pub(super) pids: [i32; 2],
    pub(super) owners: [u32; 4],
    pub(super) times: [i64; 3],
}

/// All queues.
pub(super) fn lines() -> Vec<Line> {
    let line = |(id, queue): (i32, Arc<Queue>)| {
        let state = queue.state.lock();
        let permission = state.permission;
        Line {
            key: permission.key,
            id,
            mode: permission.mode,
            bytes: state.bytes,
            messages: state.messages.len(),
            pids: [state.sender, state.receiver],
            owners: permission.owners(),
            times: [state.sent, state.received, state.changed],
        }
    };
    TABLE.all().into_iter().map(line).collect()
}
