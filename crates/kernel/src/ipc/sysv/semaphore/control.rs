//! semctl(2).

use alloc::vec::Vec;

use abi::Errno;
use abi::ipc::{
    GETALL, GETNCNT, GETPID, GETVAL, GETZCNT, IPC_INFO, IPC_RMID, IPC_SET, IPC_STAT, SEM_INFO, SEM_STAT,
    SEM_STAT_ANY, SETALL, SETVAL, SemaphoreLimits, SemaphoreStatus,
};
use core::sync::atomic::Ordering;

use super::super::permission::{READ, WRITE};
use super::super::{command, int, seconds};
use super::set::VALUE_MAX;
use super::{IN_ALL, PER_CALL, PER_SET, SETS, Set, TABLE, TOTAL};
use crate::syscalls::Current;
use crate::user::UserPtr;

/// `sizeof(struct sem_undo)` as `IPC_INFO` tells it (`SEMUSZ`).
const UNDO_SIZE: i32 = 20;

/// semctl(2): the fourth argument is a value or an address, as the command says.
pub fn semctl(
    current: &Current<'_>,
    id: i32,
    semaphore: i32,
    command_word: i32,
    argument: u64,
) -> Result<i32, Errno> {
    if id < 0 {
        return Err(Errno::EINVAL);
    }
    match command(command_word) {
        code @ (IPC_INFO | SEM_INFO) => limits(code, UserPtr::new(argument)),
        code @ (IPC_STAT | SEM_STAT | SEM_STAT_ANY) => status(current, id, code, UserPtr::new(argument)),
        code @ (GETALL | GETVAL | GETPID | GETNCNT | GETZCNT) => get(current, id, semaphore, code, argument),
        SETALL => set_all(current, id, UserPtr::new(argument)),
        #[expect(clippy::cast_possible_truncation, reason = "the value is an int of a union")]
        SETVAL => set_value(current, id, semaphore, argument as i32),
        IPC_SET => change(current, id, UserPtr::new(argument)),
        IPC_RMID => remove(current, id),
        _ => Err(Errno::EINVAL),
    }
}

fn limits(code: i32, target: UserPtr<SemaphoreLimits>) -> Result<i32, Errno> {
    let usage = code == SEM_INFO;
    let limits = SemaphoreLimits {
        semmap: int(IN_ALL),
        semmni: int(SETS),
        semmns: int(IN_ALL),
        semmnu: int(IN_ALL),
        semmsl: int(PER_SET),
        semopm: int(PER_CALL),
        semume: int(PER_CALL),
        semusz: if usage { int(TABLE.count()) } else { UNDO_SIZE },
        semvmx: VALUE_MAX,
        semaem: if usage { int(TOTAL.load(Ordering::SeqCst)) } else { VALUE_MAX },
    };
    let highest = TABLE.highest_index();
    target.write(&limits)?;
    Ok(highest)
}

fn status(current: &Current<'_>, id: i32, code: i32, target: UserPtr<SemaphoreStatus>) -> Result<i32, Errno> {
    let (found, set) = if code == IPC_STAT { (id, TABLE.find(id)?) } else { TABLE.at(id)? };
    let status = {
        let state = set.state.lock();
        if code != SEM_STAT_ANY {
            state.permission.check(&current.credentials(), READ)?;
        }
        if state.removed {
            return Err(Errno::EIDRM);
        }
        SemaphoreStatus {
            sem_perm: state.permission.status(),
            sem_otime: state.operated,
            sem_ctime: state.changed,
            sem_nsems: set.count as u64,
            ..SemaphoreStatus::default()
        }
    };
    target.write(&status)?;
    Ok(if code == IPC_STAT { 0 } else { found })
}

/// The index of a semaphore of the set.
fn index(set: &Set, semaphore: i32) -> Result<usize, Errno> {
    usize::try_from(semaphore).ok().filter(|&index| index < set.count).ok_or(Errno::EINVAL)
}

fn get(current: &Current<'_>, id: i32, semaphore: i32, code: i32, target: u64) -> Result<i32, Errno> {
    let set = TABLE.find(id)?;
    let state = set.state.lock();
    state.permission.check(&current.credentials(), READ)?;
    if code == GETALL {
        if state.removed {
            return Err(Errno::EIDRM);
        }
        let mut values: Vec<u16> = Vec::new();
        values.try_reserve_exact(set.count).map_err(|_| Errno::ENOMEM)?;
        values.extend(state.semaphores.iter().map(|semaphore| semaphore.value));
        drop(state);
        UserPtr::new(target).write_array(&values)?;
        return Ok(0);
    }
    let index = index(&set, semaphore)?;
    if state.removed {
        return Err(Errno::EIDRM);
    }
    let found = state.semaphores.get(index).copied().unwrap_or_default();
    let number = u16::try_from(index).unwrap_or(u16::MAX);
    Ok(match code {
        GETVAL => i32::from(found.value),
        GETPID => found.pid,
        code => int(state.count_waiting(number, code == GETZCNT)),
    })
}

fn set_value(current: &Current<'_>, id: i32, semaphore: i32, value: i32) -> Result<i32, Errno> {
    let value = u16::try_from(value).ok().filter(|&value| i32::from(value) <= VALUE_MAX);
    let value = value.ok_or(Errno::ERANGE)?;
    let set = TABLE.find(id)?;
    let index = index(&set, semaphore)?;
    let woken = {
        let mut state = set.state.lock();
        state.permission.check(&current.credentials(), WRITE)?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.set_values(index, &[value], current.process().pid())
    };
    woken.tell();
    Ok(0)
}

fn set_all(current: &Current<'_>, id: i32, source: UserPtr<u16>) -> Result<i32, Errno> {
    let set = TABLE.find(id)?;
    set.state.lock().permission.check(&current.credentials(), WRITE)?;
    let values = source.read_array(set.count)?;
    if values.iter().any(|&value| i32::from(value) > VALUE_MAX) {
        return Err(Errno::ERANGE);
    }
    let woken = {
        let mut state = set.state.lock();
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.set_values(0, &values, current.process().pid())
    };
    woken.tell();
    Ok(0)
}

fn change(current: &Current<'_>, id: i32, source: UserPtr<SemaphoreStatus>) -> Result<i32, Errno> {
    let new = source.read()?;
    let set = TABLE.find(id)?;
    let mut state = set.state.lock();
    state.permission.check_owner(&current.credentials())?;
    if state.removed {
        return Err(Errno::EIDRM);
    }
    state.permission.change(&new.sem_perm)?;
    state.changed = seconds();
    Ok(0)
}

fn remove(current: &Current<'_>, id: i32) -> Result<i32, Errno> {
    let set = TABLE.find(id)?;
    let woken = {
        let mut state = set.state.lock();
        state.permission.check_owner(&current.credentials())?;
        if state.removed {
            return Err(Errno::EIDRM);
        }
        state.end()
    };
    TABLE.remove(id);
    woken.tell();
    Ok(0)
}
