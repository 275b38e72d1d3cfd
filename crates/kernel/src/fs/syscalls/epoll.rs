//! epoll_create(2), epoll_ctl(2), epoll_wait(2) and their variants.

use abi::Errno;
use abi::io::EpollEvent;
use abi::raw::general::{
    EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLERR, EPOLLET, EPOLLEXCLUSIVE, EPOLLHUP,
    EPOLLIN, EPOLLOUT, EPOLLRDNORM, EPOLLWAKEUP, EPOLLWRNORM, O_RDWR,
};
use abi::signal::SignalSet;
use abi::time::Timespec;

use super::poll::{deadline_after, deadline_of_milliseconds, read_mask};
use crate::fs::epoll::Epoll;
use crate::fs::open_anonymous;
use crate::signal::with_mask;
use crate::syscalls::{Current, Fd};
use crate::user::{UserPtr, check_range};

/// What may stand beside `EPOLLEXCLUSIVE` (`EPOLLEXCLUSIVE_OK_BITS`).
const WITH_EXCLUSIVE: u32 = EPOLLIN
    | EPOLLOUT
    | EPOLLRDNORM
    | EPOLLWRNORM
    | EPOLLERR
    | EPOLLHUP
    | EPOLLWAKEUP
    | EPOLLET
    | EPOLLEXCLUSIVE;

/// epoll_create1(2).
pub fn epoll_create1(current: &Current<'_>, flags: u32) -> Result<Fd, Errno> {
    if flags & !EPOLL_CLOEXEC != 0 {
        return Err(Errno::EINVAL);
    }
    let file = open_anonymous(Epoll::new(), "[eventpoll]", O_RDWR)?;
    current.install(file, flags & EPOLL_CLOEXEC != 0)
}

/// epoll_create(2): the size is a hint of long ago.
pub fn epoll_create(current: &Current<'_>, size: i32) -> Result<Fd, Errno> {
    if size <= 0 { Err(Errno::EINVAL) } else { epoll_create1(current, 0) }
}

/// epoll_ctl(2).
pub fn epoll_ctl(
    current: &Current<'_>,
    epoll: Fd,
    operation: u32,
    fd: Fd,
    event: UserPtr<EpollEvent>,
) -> Result<(), Errno> {
    let event = if operation == EPOLL_CTL_DEL { EpollEvent::default() } else { event.read()? };
    let epoll_file = current.file(epoll)?;
    let file = current.file(fd)?.to_arc();
    if !file.file().can_poll() {
        return Err(Errno::EPERM);
    }
    let epoll = Epoll::of_file(&epoll_file)?;
    if core::ptr::eq(&*epoll_file, &*file) {
        return Err(Errno::EINVAL);
    }
    let events = event.events;
    if events & EPOLLEXCLUSIVE != 0 {
        let fits =
            operation == EPOLL_CTL_ADD && events & !WITH_EXCLUSIVE == 0 && Epoll::of_file(&file).is_err();
        if operation != EPOLL_CTL_DEL && !fits {
            return Err(Errno::EINVAL);
        }
    }
    match operation {
        EPOLL_CTL_ADD => epoll.add(&file, fd.0, event),
        EPOLL_CTL_DEL => epoll.remove(&file, fd.0),
        EPOLL_CTL_MOD => epoll.modify(&file, fd.0, event),
        _ => Err(Errno::EINVAL),
    }
}

fn wait(
    current: &Current<'_>,
    epoll: Fd,
    events: UserPtr<EpollEvent>,
    limit: i32,
    deadline: Option<u64>,
    mask: Option<SignalSet>,
) -> Result<usize, Errno> {
    const SIZE: usize = size_of::<EpollEvent>();
    let file = current.file(epoll)?;
    let limit = usize::try_from(limit).ok().filter(|limit| *limit > 0).ok_or(Errno::EINVAL)?;
    let length = limit.checked_mul(SIZE).filter(|length| i32::try_from(*length).is_ok());
    check_range(events.address(), length.ok_or(Errno::EINVAL)?)?;
    let epoll = Epoll::of_file(&file)?;
    with_mask(current, mask, || {
        epoll.wait(limit, deadline, |index, event| events.offset(index).write(&event))
    })
}

/// epoll_wait(2).
pub fn epoll_wait(
    current: &Current<'_>,
    epoll: Fd,
    events: UserPtr<EpollEvent>,
    limit: i32,
    milliseconds: i32,
) -> Result<usize, Errno> {
    wait(current, epoll, events, limit, deadline_of_milliseconds(milliseconds), None)
}

/// epoll_pwait(2).
pub fn epoll_pwait(
    current: &Current<'_>,
    epoll: Fd,
    events: UserPtr<EpollEvent>,
    limit: i32,
    milliseconds: i32,
    mask: UserPtr<u64>,
    mask_size: usize,
) -> Result<usize, Errno> {
    let mask = read_mask(mask, mask_size)?;
    wait(current, epoll, events, limit, deadline_of_milliseconds(milliseconds), mask)
}

/// epoll_pwait2(2).
pub fn epoll_pwait2(
    current: &Current<'_>,
    epoll: Fd,
    events: UserPtr<EpollEvent>,
    limit: i32,
    timeout: UserPtr<Timespec>,
    mask: UserPtr<u64>,
    mask_size: usize,
) -> Result<usize, Errno> {
    let deadline = match timeout.non_null() {
        Some(timeout) => Some(deadline_after(timeout.read()?.to_nanoseconds()?)),
        None => None,
    };
    let mask = read_mask(mask, mask_size)?;
    wait(current, epoll, events, limit, deadline, mask)
}
