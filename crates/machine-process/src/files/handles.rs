//! Descriptors of directories that are kept open for a while.

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use sync::{Once, SpinLock};

use super::calls::{self, Descriptor};

/// The fewest and the most that are kept.
const BOUNDS: (usize, usize) = (16, 1024);

static KEPT: SpinLock<VecDeque<Arc<Descriptor>>> = SpinLock::new(VecDeque::new());
static LIMIT: Once<usize> = Once::new();

/// How many are kept: a quarter of what the host allows, as programs' files need the rest.
fn limit() -> usize {
    if let Some(limit) = LIMIT.get() {
        return *limit;
    }
    let allowed = calls::descriptor_limit().unwrap_or(0) / 4;
    let limit = usize::try_from(allowed).unwrap_or(BOUNDS.1).clamp(BOUNDS.0, BOUNDS.1);
    let _ = LIMIT.set(limit);
    limit
}

/// Keeps a descriptor until as many others came after it as may be kept.
pub(super) fn keep(descriptor: &Arc<Descriptor>) {
    let limit = limit();
    let oldest = {
        let mut kept = KEPT.lock();
        let oldest = if kept.len() >= limit { kept.pop_front() } else { None };
        kept.push_back(Arc::clone(descriptor));
        oldest
    };
    // Closed without the lock.
    drop(oldest);
}
