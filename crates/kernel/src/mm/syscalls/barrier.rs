//! membarrier(2).

use core::sync::atomic::{Ordering, fence};

use abi::Errno;

use crate::machine::machine;
use crate::syscalls::Current;

const QUERY: u32 = 0;
const GLOBAL: u32 = 1;
const GLOBAL_EXPEDITED: u32 = 1 << 1;
const REGISTER_GLOBAL_EXPEDITED: u32 = 1 << 2;
const PRIVATE_EXPEDITED: u32 = 1 << 3;
const REGISTER_PRIVATE_EXPEDITED: u32 = 1 << 4;
const PRIVATE_EXPEDITED_SYNC_CORE: u32 = 1 << 5;
const REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: u32 = 1 << 6;
const GET_REGISTRATIONS: u32 = 1 << 9;

/// What `QUERY` names.
const SUPPORTED: u32 = GLOBAL
    | GLOBAL_EXPEDITED
    | REGISTER_GLOBAL_EXPEDITED
    | PRIVATE_EXPEDITED
    | REGISTER_PRIVATE_EXPEDITED
    | PRIVATE_EXPEDITED_SYNC_CORE
    | REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
    | GET_REGISTRATIONS;

/// membarrier(2).
pub fn membarrier(current: &Current<'_>, command: u32, flags: u32, _cpu: i32) -> Result<u32, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let memory = current.process().memory();
    match command {
        QUERY => return Ok(SUPPORTED),
        GET_REGISTRATIONS => return Ok(memory.barriers()),
        REGISTER_GLOBAL_EXPEDITED | REGISTER_PRIVATE_EXPEDITED | REGISTER_PRIVATE_EXPEDITED_SYNC_CORE => {
            memory.register_barrier(command);
        }
        PRIVATE_EXPEDITED | PRIVATE_EXPEDITED_SYNC_CORE => {
            // Each registration is the bit above its command.
            if memory.barriers() & (command << 1) == 0 {
                return Err(Errno::EPERM);
            }
            barrier();
        }
        GLOBAL | GLOBAL_EXPEDITED => barrier(),
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

/// Every processor has passed a barrier when this returns.
fn barrier() {
    fence(Ordering::SeqCst);
    if machine().cpu_count() > 1 {
        machine().barrier();
    }
}
