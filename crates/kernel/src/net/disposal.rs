//! Closing files that were in messages: one after the other, however they nest.
//!
//! A message may hold a socket whose queue holds a message with a socket, and so on; dropping the first
//! would drop the others in recursion, deeper than a kernel stack is. So whoever lets such a file go puts
//! it on a list of its thread's, which the outermost call empties.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use sync::SpinLock;

use crate::fs::OpenFile;
use crate::sched;

/// What each thread that lets files go has still to let go.
static LISTS: SpinLock<BTreeMap<i32, Vec<Arc<OpenFile>>>> = SpinLock::new(BTreeMap::new());

/// Lets files go; on return they are closed if nobody else has them, unless this was called while another
/// file was being closed.
pub(super) fn dispose(files: Vec<Arc<OpenFile>>) {
    if files.is_empty() {
        return;
    }
    let thread = sched::current().map_or(0, |thread| thread.tid());
    {
        let mut lists = LISTS.lock();
        if let Some(list) = lists.get_mut(&thread) {
            list.extend(files);
            return;
        }
        lists.insert(thread, files);
    }
    loop {
        let file = {
            let mut lists = LISTS.lock();
            let file = lists.get_mut(&thread).and_then(Vec::pop);
            if file.is_none() {
                lists.remove(&thread);
            }
            file
        };
        match file {
            Some(file) => drop(file),
            None => return,
        }
    }
}
