//! What a processor does while it waits for a lock.

use core::sync::atomic::{AtomicPtr, Ordering};

/// How often to spin before the processor is given away.
const SPINS: u32 = 128;

static RELAX: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Sets the function that gives the processor away (on a hosted machine: `sched_yield`).
pub fn set_relax(function: fn()) {
    RELAX.store(function as *mut (), Ordering::Release);
}

/// Waits a moment; `spins` counts the moments of one wait.
pub fn relax(spins: &mut u32) {
    *spins = spins.wrapping_add(1);
    if !spins.is_multiple_of(SPINS) {
        core::hint::spin_loop();
        return;
    }
    let function = RELAX.load(Ordering::Acquire);
    if !function.is_null() {
        // SAFETY: the pointer is null or was made from a `fn()` by `set_relax`.
        let function: fn() = unsafe { core::mem::transmute(function) };
        function();
    }
}
