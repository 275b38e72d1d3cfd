//! Opening pipes by name (fifo(7)).

use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general::O_NONBLOCK;
use sync::SpinLock;

use super::{Pipe, PipeEnd, PipeInode};
use crate::fs::{File, Inode, access_of_flags};
use crate::sched::WaitQueue;
use crate::task::Thread;

/// The pipes of named FIFOs that somebody has open, by device and inode number.
static FIFOS: SpinLock<BTreeMap<(u64, u64), Weak<Pipe>>> = SpinLock::new(BTreeMap::new());

/// The pipe of a FIFO's name, which lives as long as somebody has it open.
fn pipe_of_name(thread: &Thread, inode: &Arc<dyn Inode>) -> Result<Arc<Pipe>, Errno> {
    let metadata = inode.metadata()?;
    let key = (metadata.device, metadata.inode);
    let new = Arc::new(Pipe::new(thread));
    let mut fifos = FIFOS.lock();
    if let Some(pipe) = fifos.get(&key).and_then(Weak::upgrade) {
        return Ok(pipe);
    }
    fifos.retain(|_, pipe| pipe.strong_count() > 0);
    fifos.insert(key, Arc::downgrade(&new));
    Ok(new)
}

/// Opens a FIFO with the flags of open(2), and waits for the other end; or a pipe(2) through `/proc/self/fd`,
/// where nobody waits: both ends have been there once.
///
/// # Errors
/// `ENXIO` for writing without waiting while there is no reader; `ERESTARTSYS`.
pub fn open_fifo(thread: &Thread, inode: &Arc<dyn Inode>, flags: u32) -> Result<Arc<dyn File>, Errno> {
    let (reads, writes) = access_of_flags(flags);
    if let Some(inode) = inode.as_any().downcast_ref::<PipeInode>() {
        return Ok(Arc::new(PipeEnd::new(&inode.pipe, reads, writes)));
    }
    let pipe = pipe_of_name(thread, inode)?;
    let is_nonblocking = flags & O_NONBLOCK != 0;
    if writes && !reads && is_nonblocking && !pipe.has_readers() {
        return Err(Errno::ENXIO);
    }
    let reader_opens = pipe.reader_opens.load(Ordering::SeqCst);
    let writer_opens = pipe.writer_opens.load(Ordering::SeqCst);
    let end = PipeEnd::new(&pipe, reads, writes);
    if reads && !writes && !pipe.has_writers() {
        if is_nonblocking {
            return Ok(Arc::new(end.without_hang_up()));
        }
        wait_for_open(&pipe.readable, &pipe.writer_opens, writer_opens)?;
    } else if writes && !reads && !pipe.has_readers() {
        wait_for_open(&pipe.writable, &pipe.reader_opens, reader_opens)?;
    }
    Ok(Arc::new(end))
}

/// Waits until the other kind of end was opened, even if it is closed again by now.
fn wait_for_open(queue: &WaitQueue, opens: &AtomicU64, before: u64) -> Result<(), Errno> {
    let condition = || (opens.load(Ordering::SeqCst) != before).then_some(());
    Ok(queue.wait_until(None, condition)?)
}
