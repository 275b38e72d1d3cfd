//! Bytes of standard input that have come and wait for a reader.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use abi::Errno;
use kernel::io::Sink;
use kernel::sched::{Mutex, WaitQueue};
use sync::{Once, SpinLock};

use super::{is_framed, link};
use crate::serial;

/// The most bytes that wait.
const LIMIT: usize = 4096;
/// How many bytes are copied to a reader at once.
const PIECE: usize = 256;

struct Input {
    bytes: VecDeque<u8>,
    /// How many bytes the launcher may still send.
    wanted: usize,
    has_ended: bool,
}

static INPUT: SpinLock<Input> = SpinLock::new(Input { bytes: VecDeque::new(), wanted: 0, has_ended: false });
/// Held by the one who reads, so that each byte has one reader.
static READER: Mutex<()> = Mutex::new(());
static QUEUE: Once<Arc<WaitQueue>> = Once::new();

/// Who waits for input.
pub(super) fn queue() -> &'static Arc<WaitQueue> {
    loop {
        match QUEUE.get() {
            Some(queue) => return queue,
            // Whoever comes second finds the first one's.
            None => drop(QUEUE.set(Arc::new(WaitQueue::new()))),
        }
    }
}

/// Wakes who waits for input.
pub(super) fn wake() {
    queue().wake_all();
}

/// Takes bytes in; none say that there will be no more.
pub(super) fn put(bytes: &[u8]) {
    let mut input = INPUT.lock();
    input.has_ended |= bytes.is_empty();
    input.wanted = input.wanted.saturating_sub(bytes.len());
    // More than was asked for is lost.
    let room = LIMIT.saturating_sub(input.bytes.len());
    input.bytes.extend(bytes.iter().take(room));
}

/// Takes in what the port has, where no launcher frames it. A terminal's return key ends a line.
pub(super) fn receive_plain() {
    let mut any = false;
    while let Some(byte) = serial::receive() {
        put(&[if byte == b'\r' { b'\n' } else { byte }]);
        any = true;
    }
    if any {
        wake();
    }
}

/// Whether a reader finds bytes or the end; if not, the launcher is asked for some.
pub(super) fn is_ready() -> bool {
    let more = {
        let mut input = INPUT.lock();
        if !input.bytes.is_empty() || input.has_ended {
            return true;
        }
        let more = LIMIT - input.wanted;
        if more < LIMIT / 2 {
            return false;
        }
        input.wanted = LIMIT;
        more
    };
    if is_framed() {
        link::want(more as u32);
    }
    false
}

/// Reads what is there; `None` when that is nothing yet.
///
/// # Errors
/// As read(2).
pub(super) fn read(sink: &mut Sink<'_>) -> Option<Result<usize, Errno>> {
    let _reader = READER.lock();
    if !is_ready() {
        return None;
    }
    let mut done = 0;
    while sink.remaining() > 0 {
        let mut piece = [0; PIECE];
        let length = peek(&mut piece, sink.remaining());
        match sink.put(piece.get(..length).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => {
                INPUT.lock().bytes.drain(..count);
                done += count;
            }
            Err(error) if done == 0 => return Some(Err(error)),
            Err(_) => break,
        }
    }
    Some(Ok(done))
}

/// Copies the first bytes that wait.
fn peek(piece: &mut [u8], limit: usize) -> usize {
    let input = INPUT.lock();
    let mut length = 0;
    for (place, byte) in piece.iter_mut().zip(&input.bytes).take(limit) {
        *place = *byte;
        length += 1;
    }
    length
}

/// How many bytes there are to read.
pub(super) fn waiting() -> usize {
    INPUT.lock().bytes.len()
}
