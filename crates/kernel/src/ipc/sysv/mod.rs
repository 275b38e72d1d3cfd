//! System V IPC (sysvipc(7)): shared memory, semaphores, message queues.
//!
//! There is one namespace. Each kind has a table of its objects; an object has one lock of its
//! own, taken after the table's. Threads that wait stand in a queue inside of the object, and whoever lets
//! them go on writes the outcome into their entry: an operation is done for a waiter, not by it, so the
//! order is Linux's.
//!
//! | module | what it holds |
//! |---|---|
//! | `table`, `permission` | identities and keys; owners and modes |
//! | [`semaphore`] | sets of semaphores, and what is taken back when a process ends |
//! | [`message`] | queues of messages with types |
//! | [`shared`] | segments of memory |
//! | [`listing`] | /proc/sysvipc |

pub mod listing;
pub mod message;
mod permission;
pub mod semaphore;
pub mod shared;
mod table;

use abi::ipc::IPC_64;

use crate::time::realtime;
use abi::time::NANOSECONDS_PER_SECOND;

/// The time of day in seconds, as objects keep it.
fn seconds() -> i64 {
    i64::try_from(realtime() / NANOSECONDS_PER_SECOND).unwrap_or(i64::MAX)
}

/// A number for a structure of `int`s, cut to what fits.
fn int(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// A control command without `IPC_64`, which changes nothing on 64-bit systems.
const fn command(command: i32) -> i32 {
    command & !IPC_64
}
