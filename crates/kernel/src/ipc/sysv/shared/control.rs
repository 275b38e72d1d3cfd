//! shmctl(2).

use abi::Errno;
use abi::ipc::{
    IPC_INFO, IPC_PRIVATE, IPC_RMID, IPC_SET, IPC_STAT, SHM_INFO, SHM_LOCK, SHM_STAT, SHM_STAT_ANY,
    SHM_UNLOCK, SharedMemoryLimits, SharedMemoryStatus, SharedMemoryUsage,
};
use abi::raw::general::CAP_IPC_LOCK;
use core::sync::atomic::Ordering;

use super::super::permission::READ;
use super::super::{command, int, seconds};
use super::segment::Segment;
use super::{PAGES_MAX, SEGMENTS, SIZE_MAX, TABLE, TOTAL};
use crate::mm::{MemoryLimits, PAGE_SIZE};
use crate::syscalls::Current;
use crate::user::UserPtr;

/// shmctl(2).
pub fn shmctl(current: &Current<'_>, id: i32, command_word: i32, buffer: u64) -> Result<i32, Errno> {
    let command = command(command_word);
    if id < 0 || command < 0 {
        return Err(Errno::EINVAL);
    }
    match command {
        IPC_INFO => limits(UserPtr::new(buffer)),
        SHM_INFO => usage(UserPtr::new(buffer)),
        IPC_STAT | SHM_STAT | SHM_STAT_ANY => status(current, id, command, UserPtr::new(buffer)),
        IPC_SET => change(current, id, UserPtr::new(buffer)),
        IPC_RMID => remove(current, id),
        SHM_LOCK | SHM_UNLOCK => lock(current, id, command == SHM_LOCK),
        _ => Err(Errno::EINVAL),
    }
}

fn limits(target: UserPtr<SharedMemoryLimits>) -> Result<i32, Errno> {
    let limits = SharedMemoryLimits {
        shmmax: SIZE_MAX,
        shmmin: 1,
        shmmni: SEGMENTS as u64,
        shmseg: SEGMENTS as u64,
        shmall: PAGES_MAX,
        ..SharedMemoryLimits::default()
    };
    target.write(&limits)?;
    Ok(TABLE.highest_index())
}

fn usage(target: UserPtr<SharedMemoryUsage>) -> Result<i32, Errno> {
    let segments = TABLE.all();
    let resident: u64 = segments.iter().map(|(_, segment)| segment.store.resident()).sum();
    let usage = SharedMemoryUsage {
        used_ids: int(segments.len()),
        shm_tot: TOTAL.load(Ordering::SeqCst),
        shm_rss: resident / PAGE_SIZE,
        ..SharedMemoryUsage::default()
    };
    let highest = TABLE.highest_index();
    target.write(&usage)?;
    Ok(highest)
}

fn status(
    current: &Current<'_>,
    id: i32,
    code: i32,
    target: UserPtr<SharedMemoryStatus>,
) -> Result<i32, Errno> {
    let (found, segment) = if code == IPC_STAT { (id, TABLE.find(id)?) } else { TABLE.at(id)? };
    let status = {
        let state = segment.state.lock();
        if code != SHM_STAT_ANY {
            state.permission.check(&current.credentials(), READ)?;
        }
        if state.removed {
            return Err(Errno::EIDRM);
        }
        segment.status(&state)
    };
    target.write(&status)?;
    Ok(if code == IPC_STAT { 0 } else { found })
}

fn change(current: &Current<'_>, id: i32, source: UserPtr<SharedMemoryStatus>) -> Result<i32, Errno> {
    let new = source.read()?;
    let segment = TABLE.find(id)?;
    let mut state = segment.state.lock();
    state.permission.check_owner(&current.credentials())?;
    if state.removed {
        return Err(Errno::EIDRM);
    }
    state.permission.change(&new.shm_perm)?;
    state.changed = seconds();
    Ok(0)
}

/// Removes the segment as soon as nobody has it attached; until then it has no key.
fn remove(current: &Current<'_>, id: i32) -> Result<i32, Errno> {
    let segment = TABLE.find(id)?;
    {
        let mut state = segment.state.lock();
        state.permission.check_owner(&current.credentials())?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.doomed = true;
        state.permission.key = IPC_PRIVATE;
    }
    TABLE.hide(id);
    segment.go_if_doomed();
    Ok(0)
}

/// Keeps a segment in memory or lets it go: there is no swap, so only the books change.
fn lock(current: &Current<'_>, id: i32, locks: bool) -> Result<i32, Errno> {
    let segment = TABLE.find(id)?;
    let credentials = current.credentials();
    let limits = MemoryLimits::of(current);
    let privileged = credentials.has_capability(CAP_IPC_LOCK);
    if !privileged {
        let owned = segment.state.lock().permission.is_owned_by(&credentials);
        if !owned || locks && !limits.may_lock() {
            return Err(Errno::EPERM);
        }
    }
    let user = credentials.uid;
    if locks && segment.size.saturating_add(locked_bytes(user)) > limits.locked {
        return Err(Errno::ENOMEM);
    }
    let mut state = segment.state.lock();
    if state.removed {
        return Err(Errno::EIDRM);
    }
    state.locked_by = locks.then_some(state.locked_by.unwrap_or(user));
    Ok(0)
}

/// Bytes of the segments that a user keeps in memory.
fn locked_bytes(user: u32) -> u64 {
    let locked = |segment: &Segment| segment.state.lock().locked_by == Some(user);
    TABLE.all().iter().filter(|(_, segment)| locked(segment)).map(|(_, segment)| segment.size).sum()
}
