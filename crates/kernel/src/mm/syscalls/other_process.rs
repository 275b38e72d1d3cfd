//! Copying from and to the memory of another process (process_vm_readv(2)).

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use abi::Errno;
use abi::io::IoVector;

use crate::fs::syscalls::read_write::{read_raw_vectors, read_vectors};
use crate::io::{Sink, Source, UserRange};
use crate::mm::MemoryMap;
use crate::sched;
use crate::syscalls::Current;
use crate::task::access::{self, Identity};
use crate::task::table;
use crate::user::{self, UserPtr};

/// How much is copied at a time: the other program's memory is seen by turns.
const CHUNK: usize = 64 << 10;

/// process_vm_readv(2).
pub fn process_vm_readv(
    current: &Current<'_>,
    pid: i32,
    local: UserPtr<IoVector>,
    local_count: u64,
    remote: UserPtr<IoVector>,
    remote_count: u64,
    flags: u64,
) -> Result<usize, Errno> {
    let local = local_ranges(local, local_count, flags)?;
    let mut sink = Sink::user_vector(local);
    let length = sink.remaining();
    if length == 0 {
        return Ok(0);
    }
    // Whether the addresses are the other process's is seen when they are used.
    let remote = read_raw_vectors(remote, remote_count)?;
    let copy = |memory: &Arc<MemoryMap>, address, buffer: &mut [u8]| {
        let count = sched::visit(memory, || user::read_bytes(address, buffer))??;
        let put = sink.put(buffer.get(..count).unwrap_or_default())?;
        Ok(put)
    };
    transfer(current, pid, &remote, length, copy)
}

/// process_vm_writev(2).
pub fn process_vm_writev(
    current: &Current<'_>,
    pid: i32,
    local: UserPtr<IoVector>,
    local_count: u64,
    remote: UserPtr<IoVector>,
    remote_count: u64,
    flags: u64,
) -> Result<usize, Errno> {
    let local = local_ranges(local, local_count, flags)?;
    let mut source = Source::user_vector(local);
    let length = source.remaining();
    if length == 0 {
        return Ok(0);
    }
    // Whether the addresses are the other process's is seen when they are used.
    let remote = read_raw_vectors(remote, remote_count)?;
    let copy = |memory: &Arc<MemoryMap>, address, buffer: &mut [u8]| {
        let taken = source.take(buffer)?;
        let part = buffer.get(..taken).unwrap_or_default();
        let put = sched::visit(memory, || user::write_bytes(address, part))??;
        Ok(put)
    };
    transfer(current, pid, &remote, length, copy)
}

fn local_ranges(vector: UserPtr<IoVector>, count: u64, flags: u64) -> Result<Vec<UserRange>, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    read_vectors(vector, count)
}

/// Copies `length` bytes piece by piece: `copy` gives how much of a piece went. What was copied before an error
/// counts.
fn transfer(
    current: &Current<'_>,
    pid: i32,
    remote: &[IoVector],
    length: usize,
    mut copy: impl FnMut(&Arc<MemoryMap>, u64, &mut [u8]) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    if remote.iter().all(|vector| vector.iov_len == 0) {
        return Ok(0);
    }
    let thread = table::find_thread(pid).ok_or(Errno::ESRCH)?;
    access::check(current, &thread, Identity::Real)?;
    let memory = thread.process().memory();
    let mut buffer = vec![0; CHUNK.min(length)];
    let mut done = 0_usize;
    for vector in remote {
        let mut offset = 0;
        while offset < vector.iov_len && done < length {
            let rest = usize::try_from(vector.iov_len - offset).unwrap_or(CHUNK);
            let wanted = rest.min(CHUNK).min(length - done);
            let part = buffer.get_mut(..wanted).unwrap_or_default();
            match copy(&memory, vector.iov_base.wrapping_add(offset), part) {
                Ok(count) => {
                    done = done.saturating_add(count);
                    offset += count as u64;
                    if count < wanted {
                        return Ok(done);
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => return Ok(done),
            }
        }
    }
    Ok(done)
}
