//! System calls about limits and use of resources.

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{CAP_SYS_PTRACE, CAP_SYS_RESOURCE};
use abi::resource::{Resource, Rlimit, Rusage};
use abi::system::{TICKS_PER_SECOND, Tms};
use abi::time::{NANOSECONDS_PER_SECOND, Timeval};

use crate::fs::NR_OPEN;
use crate::machine::{MachineUsage, machine, monotonic};
use crate::syscalls::Current;
use crate::task::{Process, Thread, cpu_limit, table};
use crate::user::UserPtr;

/// Reads and changes one limit.
fn change_limit(
    current: &Current<'_>,
    process: &Arc<Process>,
    resource: u32,
    new: Option<Rlimit>,
) -> Result<Rlimit, Errno> {
    let resource = Resource::from_number(resource).ok_or(Errno::EINVAL)?;
    let old = process.set_limits(|limits| {
        let old = limits.get(resource);
        if let Some(mut new) = new {
            if new.rlim_cur > new.rlim_max {
                return Err(Errno::EINVAL);
            }
            let too_many = resource == Resource::OpenFiles && new.rlim_max > NR_OPEN as u64;
            let raised = new.rlim_max > old.rlim_max;
            if too_many || (raised && !current.credentials().has_capability(CAP_SYS_RESOURCE)) {
                return Err(Errno::EPERM);
            }
            if resource == Resource::Cpu && new.rlim_cur == 0 {
                // No time at all would not let the program ask for more: Linux gives a second.
                new.rlim_cur = 1;
            }
            limits.set(resource, new);
        }
        Ok(old)
    })?;
    if resource == Resource::Cpu && new.is_some() {
        cpu_limit::watch(process);
    }
    Ok(old)
}

/// Whether the caller may see and set another thread's limits (`check_prlimit_permission`).
fn may_limit(current: &Current<'_>, target: &Thread) -> bool {
    let (own, other) = (current.credentials(), target.credentials());
    let same_user = [other.uid, other.euid, other.suid].iter().all(|&uid| uid == own.uid);
    let same_group = [other.gid, other.egid, other.sgid].iter().all(|&gid| gid == own.gid);
    (same_user && same_group) || own.has_capability(CAP_SYS_RESOURCE)
}

/// prlimit(2).
pub fn prlimit64(
    current: &Current<'_>,
    pid: i32,
    resource: u32,
    new: UserPtr<Rlimit>,
    old: UserPtr<Rlimit>,
) -> Result<(), Errno> {
    let new = new.non_null().map(UserPtr::read).transpose()?;
    let before = if pid == 0 || pid == current.tid() {
        change_limit(current, current.process(), resource, new)?
    } else {
        let target = table::find_thread(pid).ok_or(Errno::ESRCH)?;
        if !may_limit(current, &target) {
            return Err(Errno::EPERM);
        }
        change_limit(current, target.process(), resource, new)?
    };
    old.write_if_given(&before)
}

/// getrlimit(2).
pub fn getrlimit(current: &Current<'_>, resource: u32, limit: UserPtr<Rlimit>) -> Result<(), Errno> {
    limit.write(&change_limit(current, current.process(), resource, None)?)
}

/// setrlimit(2).
pub fn setrlimit(current: &Current<'_>, resource: u32, limit: UserPtr<Rlimit>) -> Result<(), Errno> {
    let new = limit.read()?;
    change_limit(current, current.process(), resource, Some(new)).map(|_| ())
}

/// getrusage(2). All processor time counts as the program's: the kernel is not timed by itself. What the
/// machine counts is told for the whole program, also when one thread asks.
pub fn getrusage(current: &Current<'_>, who: i32, usage: UserPtr<Rusage>) -> Result<(), Errno> {
    const SELF: i32 = 0;
    const CHILDREN: i32 = -1;
    const THREAD: i32 = 1;
    let time = match who {
        SELF => current.process().cpu_time(),
        CHILDREN => current.process().children_time(),
        THREAD => current.cpu_time(),
        _ => return Err(Errno::EINVAL),
    };
    let counted = if who == CHILDREN { MachineUsage::default() } else { machine().usage() };
    let peak = if who == CHILDREN { current.process().children_peak() } else { counted.max_resident };
    usage.write(&Rusage {
        ru_utime: Timeval::from_nanoseconds(time),
        ru_maxrss: peak.cast_signed() / 1024,
        ru_minflt: counted.minor_faults.cast_signed(),
        ru_majflt: counted.major_faults.cast_signed(),
        ru_inblock: counted.blocks_in.cast_signed(),
        ru_oublock: counted.blocks_out.cast_signed(),
        ru_nvcsw: counted.voluntary_switches.cast_signed(),
        ru_nivcsw: counted.involuntary_switches.cast_signed(),
        ..Rusage::default()
    })
}

/// Nanoseconds as the unit of times(2).
#[expect(clippy::cast_possible_wrap, reason = "u64::MAX nanoseconds are 1.8e12 ticks")]
pub(crate) const fn ticks(nanoseconds: u64) -> i64 {
    (nanoseconds / (NANOSECONDS_PER_SECOND / TICKS_PER_SECOND)) as i64
}

/// times(2).
pub fn times(current: &Current<'_>, buffer: UserPtr<Tms>) -> Result<u64, Errno> {
    let process = current.process();
    buffer.write_if_given(&Tms {
        tms_utime: ticks(process.cpu_time()),
        tms_cutime: ticks(process.children_time()),
        ..Tms::default()
    })?;
    Ok(ticks(monotonic()).unsigned_abs())
}

/// set_robust_list(2).
pub fn set_robust_list(current: &Current<'_>, head: UserPtr<u64>, length: usize) -> Result<(), Errno> {
    /// `sizeof(struct robust_list_head)`.
    const HEAD: usize = 24;
    if length != HEAD {
        return Err(Errno::EINVAL);
    }
    current.attributes.robust_list.store(head.address(), core::sync::atomic::Ordering::Relaxed);
    Ok(())
}

/// get_robust_list(2).
pub fn get_robust_list(
    current: &Current<'_>,
    pid: i32,
    head: UserPtr<u64>,
    length: UserPtr<u64>,
) -> Result<(), Errno> {
    let target = if pid == 0 { None } else { Some(table::find_thread(pid).ok_or(Errno::ESRCH)?) };
    let target = target.as_deref().unwrap_or(current);
    let own = current.credentials();
    if own.uid != target.credentials().uid && !own.has_capability(CAP_SYS_PTRACE) {
        return Err(Errno::EPERM);
    }
    length.write(&24)?;
    head.write(&target.attributes.robust_list.load(core::sync::atomic::Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::{getrusage, prlimit64, set_robust_list, times};
    use crate::testing::{BAD_ADDRESS, UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;
    use abi::resource::{Rlimit, Rusage};

    fn null<T>() -> UserPtr<T> {
        UserPtr::new(0)
    }

    #[test]
    fn limits_go_down_and_only_root_raises_them() {
        let mut world = World::of_user(1000);
        let current = world.current();
        let set = |value: Rlimit| {
            let memory = UserMemory::of(&value);
            prlimit64(&current, 0, 7, UserPtr::new(memory.address()), null())
        };
        assert_eq!(set(Rlimit::new(10, 20)), Ok(()));
        assert_eq!(set(Rlimit::new(10, 21)), Err(Errno::EPERM));
        assert_eq!(set(Rlimit::new(21, 20)), Err(Errno::EINVAL));
        let old = UserMemory::zeroed(16);
        assert_eq!(prlimit64(&current, 1, 7, null(), UserPtr::new(old.address())), Ok(()));
        assert_eq!(old.value::<Rlimit>(), Rlimit::new(10, 20));
        assert_eq!(prlimit64(&current, 0, 16, null(), null()), Err(Errno::EINVAL));
        assert_eq!(prlimit64(&current, -5, 7, null(), null()), Err(Errno::ESRCH));
        assert_eq!(prlimit64(&current, 0, 7, UserPtr::new(BAD_ADDRESS), null()), Err(Errno::EFAULT));
    }

    #[test]
    fn use_is_counted_in_time() {
        let mut world = World::new();
        world.advance(1_500_000_000);
        let current = world.current();
        let usage = UserMemory::zeroed(size_of::<Rusage>());
        assert_eq!(getrusage(&current, 0, UserPtr::new(usage.address())), Ok(()));
        assert_eq!(usage.value::<Rusage>().ru_utime.tv_sec, 1);
        assert_eq!(getrusage(&current, 2, UserPtr::new(usage.address())), Err(Errno::EINVAL));
        assert!(times(&current, null()).unwrap() >= 150);
        assert_eq!(set_robust_list(&current, null(), 23), Err(Errno::EINVAL));
    }
}
