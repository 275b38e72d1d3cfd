//! kcmp(2).

use alloc::sync::Arc;

use abi::Errno;

use crate::fs::epoll::Epoll;
use crate::syscalls::{Current, Fd};
use crate::task::access::{self, Identity};
use crate::task::{Thread, table};
use crate::user::UserPtr;

/// What may be compared (kcmp(2)).
const KCMP_FILE: i32 = 0;
const KCMP_VM: i32 = 1;
const KCMP_FILES: i32 = 2;
const KCMP_FS: i32 = 3;
const KCMP_SIGHAND: i32 = 4;
const KCMP_IO: i32 = 5;
const KCMP_SYSVSEM: i32 = 6;
const KCMP_EPOLL_TFD: i32 = 7;

/// kcmp(2): whether two threads share something; 0 if so, else 1 or 2, which is an order among what is
/// different.
pub fn kcmp(
    current: &Current<'_>,
    first: i32,
    second: i32,
    kind: i32,
    first_index: u64,
    second_index: u64,
) -> Result<i32, Errno> {
    let threads = table::find_thread(first).zip(table::find_thread(second));
    let (one, two) = threads.ok_or(Errno::ESRCH)?;
    access::check(current, &one, Identity::Real)?;
    access::check(current, &two, Identity::Real)?;
    let of_both = |place: &dyn Fn(&Thread) -> usize| Ok((place(&one), place(&two)));
    let (left, right) = match kind {
        KCMP_FILE => Ok((file(&one, first_index)?, file(&two, second_index)?)),
        KCMP_VM => of_both(&|thread| Arc::as_ptr(&thread.process().memory()).addr()),
        KCMP_FILES => of_both(&|thread| address(&*thread.files())),
        KCMP_FS => of_both(&|thread| address(&*thread.fs())),
        KCMP_SIGHAND => of_both(&|thread| Arc::as_ptr(thread.process().signals.lock().handlers()).addr()),
        // Contexts of input and output are nobody's own.
        KCMP_IO => Ok((0, 0)),
        KCMP_SYSVSEM => of_both(&|thread| {
            thread.semaphore_undo.lock().as_ref().map_or(0, |list| Arc::as_ptr(list).addr())
        }),
        KCMP_EPOLL_TFD => Ok((file(&one, first_index)?, watched_file(&two, second_index)?)),
        _ => Err(Errno::EINVAL),
    }?;
    Ok(match left.cmp(&right) {
        core::cmp::Ordering::Equal => 0,
        core::cmp::Ordering::Less => 1,
        core::cmp::Ordering::Greater => 2,
    })
}

fn address<T>(value: &T) -> usize {
    core::ptr::from_ref(value).addr()
}

fn file(thread: &Thread, index: u64) -> Result<usize, Errno> {
    let number = i32::try_from(index).map_err(|_| Errno::EBADF)?;
    Ok(address(&*thread.file_or_path(Fd(number))?))
}

/// The file that an epoll instance watches: `slot` is the address, in the caller's memory, of the instance's
/// descriptor, the descriptor by which the file was added, and the place among those that were added by it.
fn watched_file(thread: &Thread, slot: u64) -> Result<usize, Errno> {
    let [instance, fd, index] = UserPtr::<[u32; 3]>::new(slot).read()?;
    let number = i32::try_from(instance).map_err(|_| Errno::EBADF)?;
    let instance = thread.file_or_path(Fd(number))?;
    let index = usize::try_from(index).map_err(|_| Errno::ENOENT)?;
    let file = Epoll::of_file(&instance)?.watched_file(fd.cast_signed(), index)?;
    Ok(Arc::as_ptr(&file).addr())
}
