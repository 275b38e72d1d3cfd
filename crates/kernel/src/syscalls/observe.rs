//! Whether anybody wants to see every call: the trace, the statistics, the records of sites.
//!
//! While nobody does, a call costs one relaxed load.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

use arch::RegisterFrame;

use super::counters;
use super::dispatch::Handler;
use super::outcome::Reply;
use super::{Current, trace};
use crate::machine::machine;
use crate::mm::sites::{self, JumpFrom};
use crate::task::Thread;

static ON: AtomicBool = AtomicBool::new(false);

/// Which way a call took into the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// The instruction trapped.
    Trap,
    /// A jump: from a patched site, the vDSO, or a program that is linked so.
    Jump,
}

/// Which door of the kernel a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Trap,
    Site,
    Vdso,
    Linked,
}

/// Brings every call here from now on.
pub(super) fn start() {
    machine().observe_calls();
    ON.store(true, Ordering::Release);
}

/// Whether anybody wants to see calls.
pub(super) fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Serves a call that somebody wants to see.
#[cold]
#[inline(never)]
pub(super) fn observed(
    thread: &Arc<Thread>,
    number: u64,
    frame: &mut RegisterFrame,
    handler: Handler,
    entrance: Entrance,
) -> Reply {
    let door = door(thread, frame, entrance);
    let begun = counters::begin(number, door);
    let arguments = frame.arguments();
    let mut call = || handler(&Current::new(thread, frame));
    let reply = if trace::is_on() {
        trace::traced(thread, number, arguments, || call().into()).into()
    } else {
        call()
    };
    if let Some(begun) = begun {
        counters::end(number, begun, &reply);
    }
    reply
}

fn door(thread: &Arc<Thread>, frame: &RegisterFrame, entrance: Entrance) -> Door {
    match entrance {
        Entrance::Trap => Door::Trap,
        Entrance::Jump => match sites::jumped(thread, frame) {
            JumpFrom::Site => Door::Site,
            JumpFrom::Kernel => Door::Vdso,
            JumpFrom::Program => Door::Linked,
        },
    }
}
