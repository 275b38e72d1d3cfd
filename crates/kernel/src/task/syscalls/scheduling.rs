//! System calls about scheduling (sched(7)): policies and priorities are kept and told as set, and the
//! scheduler told what they mean.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::raw::general::{CAP_SYS_ADMIN, CAP_SYS_NICE};
use abi::resource::Resource;
use abi::system::SchedAttr;
use abi::time::Timespec;

use crate::machine::machine;
use crate::sched::{
    self, ROUND_ROBIN_SLICE, SCHED_BATCH, SCHED_DEADLINE, SCHED_FIFO, SCHED_IDLE, SCHED_OTHER, SCHED_RR,
    SLICE,
};
use crate::syscalls::Current;
use crate::task::{Process, Scheduling, Thread, table};
use crate::user::{self, UserPtr};

const SCHED_RESET_ON_FORK: u32 = 0x4000_0000;
const SCHED_FLAG_RESET_ON_FORK: u64 = 1;
/// `sizeof(struct sched_attr)` of its first version and of ours.
const ATTRIBUTE_SIZES: core::ops::RangeInclusive<usize> = 48..=size_of::<SchedAttr>();
/// Bytes of a set of processors as the kernel has it (`cpumask_size()` with at most 64 processors).
const CPU_SET: usize = 8;

fn thread(current: &Current<'_>, tid: i32) -> Result<Arc<Thread>, Errno> {
    match tid {
        0 => Ok(Arc::clone(current.thread())),
        tid => table::find_thread(tid).ok_or(Errno::ESRCH),
    }
}

/// The thread, for calls that refuse negative numbers as invalid.
fn valid_thread(current: &Current<'_>, tid: i32) -> Result<Arc<Thread>, Errno> {
    if tid < 0 { Err(Errno::EINVAL) } else { thread(current, tid) }
}

fn may_change(current: &Current<'_>, target: &Thread) -> bool {
    let (own, other) = (current.credentials(), target.credentials());
    own.euid == other.uid || own.euid == other.euid || own.has_capability(CAP_SYS_NICE)
}

/// The processors there are, a bit each.
pub(crate) fn online_cpus() -> u64 {
    u64::MAX >> (64 - machine().cpu_count().clamp(1, 64))
}

/// sched_yield(2).
pub fn sched_yield(current: &Current<'_>) -> i32 {
    let _ = current;
    sched::yield_now();
    0
}

/// getcpu(2).
pub fn getcpu(
    current: &Current<'_>,
    cpu: UserPtr<u32>,
    node: UserPtr<u32>,
    _unused: UserPtr<u8>,
) -> Result<(), Errno> {
    let _ = current;
    let number = u32::try_from(machine().this_cpu()).unwrap_or(0);
    cpu.write_if_given(&number)?;
    node.write_if_given(&0)
}

/// sched_getaffinity(2).
pub fn sched_getaffinity(
    current: &Current<'_>,
    tid: i32,
    length: u32,
    mask: UserPtr<u64>,
) -> Result<usize, Errno> {
    let length = usize::try_from(length).map_err(|_| Errno::EINVAL)?;
    if length.saturating_mul(8) < machine().cpu_count() || !length.is_multiple_of(8) {
        return Err(Errno::EINVAL);
    }
    let target = thread(current, tid)?;
    let affinity = target.attributes.scheduling.lock().affinity & online_cpus();
    mask.write(&affinity)?;
    Ok(CPU_SET)
}

/// sched_setaffinity(2).
pub fn sched_setaffinity(
    current: &Current<'_>,
    tid: i32,
    length: u32,
    mask: UserPtr<u8>,
) -> Result<(), Errno> {
    let mut bytes = [0; CPU_SET];
    let length = usize::try_from(length).unwrap_or(CPU_SET).min(CPU_SET);
    let part = bytes.get_mut(..length).unwrap_or_default();
    if user::read_bytes(mask.address(), part)? < length {
        return Err(Errno::EFAULT);
    }
    let target = thread(current, tid)?;
    if !may_change(current, &target) {
        return Err(Errno::EPERM);
    }
    let affinity = u64::from_le_bytes(bytes) & online_cpus();
    if affinity == 0 {
        return Err(Errno::EINVAL);
    }
    target.attributes.scheduling.lock().affinity = affinity;
    // On its way to its program it goes where it may be.
    sched::interrupt(&target);
    Ok(())
}

/// The priorities that a policy allows.
const fn priorities(policy: u32) -> Result<core::ops::RangeInclusive<u32>, Errno> {
    match policy {
        SCHED_FIFO | SCHED_RR => Ok(1..=99),
        SCHED_OTHER | SCHED_BATCH | SCHED_IDLE | SCHED_DEADLINE => Ok(0..=0),
        _ => Err(Errno::EINVAL),
    }
}

/// sched_get_priority_max(2).
pub fn sched_get_priority_max(current: &Current<'_>, policy: u32) -> Result<u32, Errno> {
    let _ = current;
    priorities(policy).map(|range| *range.end())
}

/// sched_get_priority_min(2).
pub fn sched_get_priority_min(current: &Current<'_>, policy: u32) -> Result<u32, Errno> {
    let _ = current;
    priorities(policy).map(|range| *range.start())
}

/// Sets policy and parameters after the checks of Linux's `__sched_setscheduler`.
fn set(current: &Current<'_>, target: &Arc<Thread>, new: Scheduling) -> Result<(), Errno> {
    if !priorities(new.policy)?.contains(&new.priority) {
        return Err(Errno::EINVAL);
    }
    let [runtime, deadline, period] = new.deadline;
    if new.policy == SCHED_DEADLINE && !(1024 <= runtime && runtime <= deadline && deadline <= period) {
        return Err(Errno::EINVAL);
    }
    let old = *target.attributes.scheduling.lock();
    if !current.credentials().has_capability(CAP_SYS_NICE) {
        let most = target.process().limit(Resource::RealtimePriority);
        let is_realtime = matches!(new.policy, SCHED_FIFO | SCHED_RR);
        let policy_changed = new.policy != old.policy;
        let refused = new.policy == SCHED_DEADLINE
            || (is_realtime && policy_changed && most == 0)
            || (is_realtime && new.priority > old.priority && u64::from(new.priority) > most)
            || (new.nice < old.nice && !nice_allowed(target, new.nice))
            || (old.policy == SCHED_IDLE && policy_changed && !nice_allowed(target, old.nice))
            || (old.reset_on_fork && !new.reset_on_fork)
            || !may_change(current, target);
        if refused {
            return Err(Errno::EPERM);
        }
    }
    *target.attributes.scheduling.lock() = new;
    sched::set_rank(target, new.rank());
    Ok(())
}

/// Whether `RLIMIT_NICE` lets a thread without privilege have this nice value.
fn nice_allowed(target: &Thread, nice: i32) -> bool {
    u64::try_from(20 - nice).unwrap_or(0) <= target.process().limit(Resource::Nice)
}

/// sched_setscheduler(2).
pub fn sched_setscheduler(
    current: &Current<'_>,
    tid: i32,
    policy: i32,
    parameter: UserPtr<u32>,
) -> Result<(), Errno> {
    let policy = u32::try_from(policy).map_err(|_| Errno::EINVAL)?;
    set_policy(current, tid, Some(policy), parameter)
}

/// sched_setparam(2).
pub fn sched_setparam(current: &Current<'_>, tid: i32, parameter: UserPtr<u32>) -> Result<(), Errno> {
    set_policy(current, tid, None, parameter)
}

fn set_policy(
    current: &Current<'_>,
    tid: i32,
    policy: Option<u32>,
    parameter: UserPtr<u32>,
) -> Result<(), Errno> {
    if tid < 0 || parameter.is_null() {
        return Err(Errno::EINVAL);
    }
    let priority = parameter.read()?;
    let target = thread(current, tid)?;
    let mut new = *target.attributes.scheduling.lock();
    new.priority = priority;
    if let Some(policy) = policy {
        new.policy = policy & !SCHED_RESET_ON_FORK;
        new.reset_on_fork = policy & SCHED_RESET_ON_FORK != 0;
    }
    set(current, &target, new)
}

/// sched_getscheduler(2).
pub fn sched_getscheduler(current: &Current<'_>, tid: i32) -> Result<u32, Errno> {
    let target = valid_thread(current, tid)?;
    let scheduling = *target.attributes.scheduling.lock();
    Ok(scheduling.policy | if scheduling.reset_on_fork { SCHED_RESET_ON_FORK } else { 0 })
}

/// sched_getparam(2).
pub fn sched_getparam(current: &Current<'_>, tid: i32, parameter: UserPtr<u32>) -> Result<(), Errno> {
    if parameter.is_null() {
        return Err(Errno::EINVAL);
    }
    let target = valid_thread(current, tid)?;
    let priority = target.attributes.scheduling.lock().priority;
    parameter.write(&priority)
}

/// sched_rr_get_interval(2).
pub fn sched_rr_get_interval(
    current: &Current<'_>,
    tid: i32,
    interval: UserPtr<Timespec>,
) -> Result<(), Errno> {
    let target = valid_thread(current, tid)?;
    let policy = target.attributes.scheduling.lock().policy;
    interval.write(&Timespec::from_nanoseconds(match policy {
        SCHED_RR => ROUND_ROBIN_SLICE,
        SCHED_FIFO | SCHED_DEADLINE => 0,
        _ => SLICE,
    }))
}

/// sched_getattr(2).
pub fn sched_getattr(
    current: &Current<'_>,
    tid: i32,
    attributes: UserPtr<u8>,
    size: u32,
    flags: u32,
) -> Result<(), Errno> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if attributes.is_null() || !(*ATTRIBUTE_SIZES.start()..=4096).contains(&size) || flags != 0 {
        return Err(Errno::EINVAL);
    }
    let target = valid_thread(current, tid)?;
    let scheduling = *target.attributes.scheduling.lock();
    let size = size.min(*ATTRIBUTE_SIZES.end());
    let [sched_runtime, sched_deadline, sched_period] = scheduling.deadline;
    let told = SchedAttr {
        size: u32::try_from(size).unwrap_or(0),
        sched_policy: scheduling.policy,
        sched_flags: if scheduling.reset_on_fork { SCHED_FLAG_RESET_ON_FORK } else { 0 },
        sched_nice: scheduling.nice,
        sched_priority: scheduling.priority,
        sched_runtime,
        sched_deadline,
        sched_period,
        sched_util_min: 0,
        sched_util_max: 1024,
    };
    let bytes = zerocopy::IntoBytes::as_bytes(&told);
    let part = bytes.get(..size).unwrap_or(bytes);
    if user::write_bytes(attributes.address(), part)? < part.len() { Err(Errno::EFAULT) } else { Ok(()) }
}

/// sched_setattr(2).
pub fn sched_setattr(
    current: &Current<'_>,
    tid: i32,
    attributes: UserPtr<u32>,
    flags: u32,
) -> Result<(), Errno> {
    if attributes.is_null() || tid < 0 || flags != 0 {
        return Err(Errno::EINVAL);
    }
    let size = match usize::try_from(attributes.read()?).unwrap_or(usize::MAX) {
        0 => *ATTRIBUTE_SIZES.start(),
        size if ATTRIBUTE_SIZES.contains(&size) => size,
        _ => {
            attributes.write(&u32::try_from(*ATTRIBUTE_SIZES.end()).unwrap_or(0))?;
            return Err(Errno::E2BIG);
        }
    };
    let mut told = SchedAttr::default();
    let bytes = zerocopy::IntoBytes::as_mut_bytes(&mut told);
    let part = bytes.get_mut(..size).unwrap_or_default();
    if user::read_bytes(attributes.address(), part)? < size {
        return Err(Errno::EFAULT);
    }
    if i32::try_from(told.sched_policy).is_err() || told.sched_flags & !SCHED_FLAG_RESET_ON_FORK != 0 {
        return Err(Errno::EINVAL);
    }
    let target = thread(current, tid)?;
    let old = *target.attributes.scheduling.lock();
    let is_fair = matches!(told.sched_policy, SCHED_OTHER | SCHED_BATCH);
    set(
        current,
        &target,
        Scheduling {
            policy: told.sched_policy,
            priority: told.sched_priority,
            nice: if is_fair { told.sched_nice.clamp(-20, 19) } else { old.nice },
            reset_on_fork: told.sched_flags & SCHED_FLAG_RESET_ON_FORK != 0,
            deadline: [told.sched_runtime, told.sched_deadline, told.sched_period],
            ..old
        },
    )
}

const WHO_PROCESS: i32 = 0;
const WHO_GROUP: i32 = 1;
const WHO_USER: i32 = 2;

fn all_threads(processes: &[Arc<Process>]) -> Vec<Arc<Thread>> {
    processes.iter().flat_map(|process| process.threads()).collect()
}

/// The threads that `which` and `who` of getpriority(2) name.
fn named(current: &Current<'_>, which: i32, who: i32) -> Result<Vec<Arc<Thread>>, Errno> {
    let threads = match which {
        WHO_PROCESS => thread(current, who).into_iter().collect(),
        WHO_GROUP => {
            let group = if who == 0 { current.process().relations().pgid } else { who };
            all_threads(&table::process_group(group))
        }
        WHO_USER => {
            let user = if who == 0 { current.credentials().uid } else { who.cast_unsigned() };
            let mut threads = all_threads(&table::processes());
            threads.retain(|thread| thread.credentials().uid == user);
            threads
        }
        _ => return Err(Errno::EINVAL),
    };
    if threads.is_empty() { Err(Errno::ESRCH) } else { Ok(threads) }
}

/// getpriority(2): 20 minus the lowest nice value, as the raw call gives it.
pub fn getpriority(current: &Current<'_>, which: i32, who: i32) -> Result<i32, Errno> {
    let threads = named(current, which, who)?;
    let lowest = threads.iter().map(|thread| thread.attributes.scheduling.lock().nice).min();
    Ok(20 - lowest.unwrap_or(0))
}

/// setpriority(2).
pub fn setpriority(current: &Current<'_>, which: i32, who: i32, nice: i32) -> Result<(), Errno> {
    let nice = nice.clamp(-20, 19);
    let mut outcome = Ok(());
    for target in named(current, which, who)? {
        if !may_change(current, &target) {
            outcome = Err(Errno::EPERM);
            continue;
        }
        let privileged = current.credentials().has_capability(CAP_SYS_NICE);
        let mut scheduling = target.attributes.scheduling.lock();
        if nice < scheduling.nice && !privileged && !nice_allowed(&target, nice) {
            outcome = Err(Errno::EACCES);
            continue;
        }
        scheduling.nice = nice;
        let rank = scheduling.rank();
        drop(scheduling);
        sched::set_rank(&target, rank);
    }
    outcome
}

/// Where the class stands in an I/O priority.
const IO_CLASS_SHIFT: u32 = 13;

/// The threads that `which` (`IOPRIO_WHO_*`, from 1 on) and `who` of ioprio_get(2) name.
fn io_named(current: &Current<'_>, which: i32, who: i32) -> Result<Vec<Arc<Thread>>, Errno> {
    named(current, which.checked_sub(1).ok_or(Errno::EINVAL)?, who)
}

/// ioprio_get(2).
pub fn ioprio_get(current: &Current<'_>, which: i32, who: i32) -> Result<u32, Errno> {
    let threads = io_named(current, which, who)?;
    // The best: the lowest class and level, "none" counting as the best-effort class.
    let priorities = threads.iter().map(|thread| thread.attributes.scheduling.lock().io_priority);
    Ok(priorities
        .min_by_key(|priority| if *priority == 0 { 2 << IO_CLASS_SHIFT | 4 } else { *priority })
        .unwrap_or(0))
}

/// ioprio_set(2).
pub fn ioprio_set(current: &Current<'_>, which: i32, who: i32, priority: i32) -> Result<(), Errno> {
    let priority = u32::try_from(priority).map_err(|_| Errno::EINVAL)?;
    let credentials = current.credentials();
    let level = priority & 7;
    match priority >> IO_CLASS_SHIFT {
        0 if level == 0 => {}
        1 if credentials.has_capability(CAP_SYS_ADMIN) || credentials.has_capability(CAP_SYS_NICE) => {}
        1 => return Err(Errno::EPERM),
        2 | 3 => {}
        _ => return Err(Errno::EINVAL),
    }
    for target in io_named(current, which, who)? {
        if !may_change(current, &target) {
            return Err(Errno::EPERM);
        }
        target.attributes.scheduling.lock().io_priority = priority;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        getpriority, ioprio_get, ioprio_set, sched_get_priority_max, sched_getaffinity, sched_getattr,
        sched_getscheduler, sched_setaffinity, sched_setscheduler, setpriority,
    };
    use crate::testing::{UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;

    #[test]
    fn affinity_is_what_there_is() {
        let mut world = World::new();
        let current = world.current();
        let mask = UserMemory::zeroed(16);
        let pointer = UserPtr::new(mask.address());
        assert_eq!(sched_getaffinity(&current, 0, 16, pointer), Ok(8));
        assert_eq!(mask.value::<u64>(), 0b11);
        assert_eq!(sched_getaffinity(&current, 0, 4, pointer), Err(Errno::EINVAL));
        let none = UserMemory::of(&0b100_u64);
        assert_eq!(sched_setaffinity(&current, 0, 8, UserPtr::new(none.address())), Err(Errno::EINVAL));
        let one = UserMemory::of(&0b110_u64);
        assert_eq!(sched_setaffinity(&current, 0, 8, UserPtr::new(one.address())), Ok(()));
        assert_eq!(sched_getaffinity(&current, 1, 8, pointer), Ok(8));
        assert_eq!(mask.value::<u64>(), 0b10);
    }

    #[test]
    fn nice_values_only_rise_without_privilege() {
        let mut world = World::of_user(1000);
        let current = world.current();
        assert_eq!(getpriority(&current, 0, 0), Ok(20));
        assert_eq!(setpriority(&current, 0, 0, 100), Ok(()));
        assert_eq!(getpriority(&current, 1, 0), Ok(1));
        assert_eq!(setpriority(&current, 0, 0, 5), Err(Errno::EACCES));
        assert_eq!(getpriority(&current, 0, 12345), Err(Errno::ESRCH));
        assert_eq!(getpriority(&current, 3, 0), Err(Errno::EINVAL));
    }

    #[test]
    fn real_time_needs_privilege() {
        let priority = UserMemory::of(&10_u32);
        let pointer = UserPtr::new(priority.address());
        {
            let mut world = World::of_user(1000);
            assert_eq!(sched_setscheduler(&world.current(), 0, 1, pointer), Err(Errno::EPERM));
        }
        let mut world = World::new();
        let current = world.current();
        assert_eq!(sched_setscheduler(&current, 0, 0, pointer), Err(Errno::EINVAL));
        assert_eq!(sched_setscheduler(&current, 0, 0x4000_0001, pointer), Ok(()));
        assert_eq!(sched_getscheduler(&current, 0), Ok(0x4000_0001));
        assert_eq!(sched_getscheduler(&current, -1), Err(Errno::EINVAL));
        assert_eq!(sched_get_priority_max(&current, 1), Ok(99));
        let attributes = UserMemory::zeroed(56);
        let pointer = UserPtr::new(attributes.address());
        assert_eq!(sched_getattr(&current, 0, pointer, 47, 0), Err(Errno::EINVAL));
        assert_eq!(sched_getattr(&current, 0, pointer, 56, 0), Ok(()));
        assert_eq!(attributes.value::<[u32; 6]>(), [56, 1, 1, 0, 0, 10]);
    }

    #[test]
    fn io_priorities_are_kept() {
        let mut world = World::of_user(1000);
        let current = world.current();
        assert_eq!(ioprio_set(&current, 1, 0, 2 << 13 | 7), Ok(()));
        assert_eq!(ioprio_get(&current, 1, 0), Ok(2 << 13 | 7));
        assert_eq!(ioprio_set(&current, 1, 0, 1 << 13), Err(Errno::EPERM));
        assert_eq!(ioprio_set(&current, 1, 0, 9 << 13), Err(Errno::EINVAL));
        assert_eq!(ioprio_get(&current, 0, 0), Err(Errno::EINVAL));
    }
}
