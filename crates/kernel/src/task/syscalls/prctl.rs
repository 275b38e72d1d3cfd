//! prctl(2).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general::{CAP_LAST_CAP, CAP_SETPCAP};
use abi::raw::prctl as codes;

use crate::syscalls::Current;
use crate::task::Credentials;
use crate::task::identity::KEEP_CAPS;
use crate::user::{self, UserPtr};

/// The arguments behind the option.
type Arguments = [u64; 4];

/// Lock bits of securebits: each locks the bit below it.
const SECURE_LOCKS: u32 = 0xaa;
/// The bits that are not locks.
const SECURE_BITS: u32 = 0x55;
/// `SECBIT_NO_CAP_AMBIENT_RAISE`.
const NO_AMBIENT_RAISE: u32 = 1 << 6;
/// `_NSIG`.
const SIGNALS: u64 = 64;

const fn nothing_else(arguments: &[u64]) -> Result<(), Errno> {
    match arguments {
        [] => Ok(()),
        [0, rest @ ..] => nothing_else(rest),
        _ => Err(Errno::EINVAL),
    }
}

/// prctl(2).
pub fn prctl(
    current: &Current<'_>,
    option: u32,
    second: u64,
    third: u64,
    fourth: u64,
    fifth: u64,
) -> Result<u64, Errno> {
    let arguments = [second, third, fourth, fifth];
    match option {
        codes::PR_SET_PDEATHSIG..=codes::PR_SET_DUMPABLE
        | codes::PR_SET_CHILD_SUBREAPER
        | codes::PR_GET_CHILD_SUBREAPER => about_process(current, option, second),
        codes::PR_SET_NAME | codes::PR_GET_NAME => about_name(current, option, second),
        codes::PR_GET_KEEPCAPS
        | codes::PR_SET_KEEPCAPS
        | codes::PR_CAPBSET_READ
        | codes::PR_CAPBSET_DROP
        | codes::PR_GET_SECUREBITS
        | codes::PR_SET_SECUREBITS
        | codes::PR_CAP_AMBIENT => about_capabilities(current, option, arguments),
        codes::PR_SET_NO_NEW_PRIVS
        | codes::PR_GET_NO_NEW_PRIVS
        | codes::PR_SET_TIMERSLACK
        | codes::PR_GET_TIMERSLACK
        | codes::PR_GET_TID_ADDRESS
        | codes::PR_SET_THP_DISABLE
        | codes::PR_GET_THP_DISABLE => about_thread(current, option, arguments),
        _ => fixed(option, arguments),
    }
}

fn write_number(address: u64, number: i32) -> Result<u64, Errno> {
    UserPtr::<i32>::new(address).write(&number)?;
    Ok(0)
}

fn about_process(current: &Current<'_>, option: u32, second: u64) -> Result<u64, Errno> {
    let attributes = &current.process().attributes;
    let death_signal = &current.attributes.parent_death_signal;
    match option {
        codes::PR_SET_PDEATHSIG if second > SIGNALS => return Err(Errno::EINVAL),
        codes::PR_SET_PDEATHSIG => {
            death_signal.store(i32::try_from(second).unwrap_or(0), Ordering::Relaxed);
        }
        codes::PR_GET_PDEATHSIG => return write_number(second, death_signal.load(Ordering::Relaxed)),
        codes::PR_GET_DUMPABLE => return Ok(u64::from(attributes.dumpable.load(Ordering::Relaxed))),
        codes::PR_SET_DUMPABLE if second > 1 => return Err(Errno::EINVAL),
        codes::PR_SET_DUMPABLE => attributes.dumpable.store(u32::from(second == 1), Ordering::Relaxed),
        codes::PR_SET_CHILD_SUBREAPER => attributes.child_subreaper.store(second != 0, Ordering::Relaxed),
        _ => return write_number(second, i32::from(attributes.child_subreaper.load(Ordering::Relaxed))),
    }
    Ok(0)
}

fn about_name(current: &Current<'_>, option: u32, address: u64) -> Result<u64, Errno> {
    if option == codes::PR_GET_NAME {
        let name = *current.attributes.name.lock();
        UserPtr::new(address).write(&name)?;
        return Ok(0);
    }
    let mut name = [0; crate::task::NAME_LENGTH - 1];
    let done = user::read_bytes(address, &mut name)?;
    let read = name.get(..done).unwrap_or_default();
    let end = read.iter().position(|&byte| byte == 0);
    if end.is_none() && done < name.len() {
        return Err(Errno::EFAULT);
    }
    current.attributes.set_name(read.get(..end.unwrap_or(done)).unwrap_or_default());
    Ok(0)
}

fn change(current: &Current<'_>, change: impl FnOnce(&mut Credentials)) -> Result<u64, Errno> {
    let mut new = (*current.credentials()).clone();
    change(&mut new);
    current.set_credentials(Arc::new(new));
    Ok(0)
}

/// The bit of a capability.
fn capability(number: u64) -> Result<u64, Errno> {
    if number > u64::from(CAP_LAST_CAP) { Err(Errno::EINVAL) } else { Ok(1 << number) }
}

fn about_capabilities(current: &Current<'_>, option: u32, arguments: Arguments) -> Result<u64, Errno> {
    let [second, third, fourth, fifth] = arguments;
    let credentials = current.credentials();
    match option {
        codes::PR_GET_KEEPCAPS => Ok(u64::from(credentials.securebits & KEEP_CAPS != 0)),
        codes::PR_SET_KEEPCAPS if second > 1 => Err(Errno::EINVAL),
        codes::PR_SET_KEEPCAPS if credentials.securebits & (KEEP_CAPS << 1) != 0 => Err(Errno::EPERM),
        codes::PR_SET_KEEPCAPS => change(current, |new| {
            new.securebits &= !KEEP_CAPS;
            new.securebits |= if second == 1 { KEEP_CAPS } else { 0 };
        }),
        codes::PR_CAPBSET_READ => Ok(u64::from(credentials.bounding & capability(second)? != 0)),
        codes::PR_CAPBSET_DROP if !credentials.has_capability(CAP_SETPCAP) => Err(Errno::EPERM),
        codes::PR_CAPBSET_DROP => {
            let bit = capability(second)?;
            change(current, |new| new.bounding &= !bit)
        }
        codes::PR_GET_SECUREBITS => Ok(u64::from(credentials.securebits)),
        codes::PR_SET_SECUREBITS => {
            let old = credentials.securebits;
            let new = u32::try_from(second).map_err(|_| Errno::EPERM)?;
            let locked = ((old & SECURE_LOCKS) >> 1) & (old ^ new) != 0 || old & SECURE_LOCKS & !new != 0;
            let unknown = new & !(SECURE_LOCKS | SECURE_BITS) != 0;
            if locked || unknown || !credentials.has_capability(CAP_SETPCAP) {
                return Err(Errno::EPERM);
            }
            change(current, |credentials| credentials.securebits = new)
        }
        _ => {
            nothing_else(&[fourth, fifth])?;
            about_ambient(current, &credentials, second, third)
        }
    }
}

fn about_ambient(
    current: &Current<'_>,
    credentials: &Credentials,
    operation: u64,
    number: u64,
) -> Result<u64, Errno> {
    let operation = u32::try_from(operation).map_err(|_| Errno::EINVAL)?;
    if operation == codes::PR_CAP_AMBIENT_CLEAR_ALL {
        nothing_else(&[number])?;
        return change(current, |new| new.ambient = 0);
    }
    let bit = capability(number)?;
    match operation {
        codes::PR_CAP_AMBIENT_IS_SET => Ok(u64::from(credentials.ambient & bit != 0)),
        codes::PR_CAP_AMBIENT_LOWER => change(current, |new| new.ambient &= !bit),
        codes::PR_CAP_AMBIENT_RAISE => {
            let both = credentials.permitted & credentials.inheritable & bit != 0;
            if !both || credentials.securebits & NO_AMBIENT_RAISE != 0 {
                return Err(Errno::EPERM);
            }
            change(current, |new| new.ambient |= bit)
        }
        _ => Err(Errno::EINVAL),
    }
}

fn about_thread(current: &Current<'_>, option: u32, arguments: Arguments) -> Result<u64, Errno> {
    let [second, third, fourth, fifth] = arguments;
    let attributes = &current.attributes;
    let huge_pages_disabled = &current.process().attributes.huge_pages_disabled;
    match option {
        codes::PR_SET_NO_NEW_PRIVS if second != 1 => return Err(Errno::EINVAL),
        codes::PR_SET_NO_NEW_PRIVS => {
            nothing_else(&[third, fourth, fifth])?;
            attributes.no_new_privileges.store(true, Ordering::Relaxed);
        }
        codes::PR_GET_NO_NEW_PRIVS => {
            nothing_else(&arguments)?;
            return Ok(u64::from(attributes.no_new_privileges.load(Ordering::Relaxed)));
        }
        codes::PR_SET_TIMERSLACK => {
            let slack = if second == 0 || second > i64::MAX.unsigned_abs() {
                crate::task::DEFAULT_TIMER_SLACK
            } else {
                second
            };
            attributes.timer_slack.store(slack, Ordering::Relaxed);
        }
        codes::PR_GET_TIMERSLACK => return Ok(attributes.timer_slack.load(Ordering::Relaxed)),
        codes::PR_GET_TID_ADDRESS => {
            UserPtr::new(second).write(&current.clear_child_tid.load(Ordering::Relaxed))?;
        }
        codes::PR_SET_THP_DISABLE => {
            nothing_else(&[third, fourth, fifth])?;
            huge_pages_disabled.store(second != 0, Ordering::Relaxed);
        }
        _ => {
            nothing_else(&arguments)?;
            return Ok(u64::from(huge_pages_disabled.load(Ordering::Relaxed)));
        }
    }
    Ok(0)
}

/// Options whose answer never changes here, and those that are missing.
fn fixed(option: u32, arguments: Arguments) -> Result<u64, Errno> {
    let [second, third, fourth, fifth] = arguments;
    match option {
        codes::PR_GET_TIMING => Ok(u64::from(codes::PR_TIMING_STATISTICAL)),
        codes::PR_SET_TIMING if second == u64::from(codes::PR_TIMING_STATISTICAL) => Ok(0),
        codes::PR_GET_SECCOMP => Ok(0),
        codes::PR_SET_SECCOMP => Err(crate::gap!("prctl(PR_SET_SECCOMP)", EINVAL)),
        codes::PR_GET_TSC => {
            UserPtr::new(second).write(&codes::PR_TSC_ENABLE)?;
            Ok(0)
        }
        codes::PR_SET_TSC if second == u64::from(codes::PR_TSC_ENABLE) => Ok(0),
        codes::PR_SET_TSC if second == u64::from(codes::PR_TSC_SIGSEGV) => {
            Err(crate::gap!("prctl(PR_SET_TSC, PR_TSC_SIGSEGV)", EINVAL))
        }
        codes::PR_TASK_PERF_EVENTS_DISABLE | codes::PR_TASK_PERF_EVENTS_ENABLE => Ok(0),
        codes::PR_MCE_KILL => {
            nothing_else(&[fourth, fifth])?;
            let clear = second == u64::from(codes::PR_MCE_KILL_CLEAR) && third == 0;
            let set = second == u64::from(codes::PR_MCE_KILL_SET) && third <= 2;
            if clear || set { Ok(0) } else { Err(Errno::EINVAL) }
        }
        codes::PR_MCE_KILL_GET => {
            nothing_else(&arguments)?;
            Ok(u64::from(codes::PR_MCE_KILL_DEFAULT))
        }
        // Nothing here can trace another process, so everybody named may be allowed to.
        codes::PR_SET_PTRACER => Ok(0),
        codes::PR_GET_SPECULATION_CTRL if second <= 2 => Ok(u64::from(codes::PR_SPEC_NOT_AFFECTED)),
        codes::PR_SET_SPECULATION_CTRL if second <= 2 => Err(Errno::ENXIO),
        codes::PR_GET_SPECULATION_CTRL | codes::PR_SET_SPECULATION_CTRL => Err(Errno::ENODEV),
        codes::PR_GET_MDWE | codes::PR_GET_MEMORY_MERGE => nothing_else(&arguments).map(|()| 0),
        codes::PR_SET_VMA => Err(crate::gap!("prctl(PR_SET_VMA)", EINVAL)),
        codes::PR_SET_MM => Err(crate::gap!("prctl(PR_SET_MM)", EINVAL)),
        codes::PR_SET_MDWE => Err(crate::gap!("prctl(PR_SET_MDWE)", EINVAL)),
        codes::PR_SET_MEMORY_MERGE => Err(crate::gap!("prctl(PR_SET_MEMORY_MERGE)", EINVAL)),
        codes::PR_GET_AUXV => Err(crate::gap!("prctl(PR_GET_AUXV)", EINVAL)),
        codes::PR_SET_SYSCALL_USER_DISPATCH => {
            Err(crate::gap!("prctl(PR_SET_SYSCALL_USER_DISPATCH)", EINVAL))
        }
        codes::PR_SET_IO_FLUSHER | codes::PR_GET_IO_FLUSHER => {
            Err(crate::gap!("prctl(PR_SET_IO_FLUSHER)", EINVAL))
        }
        codes::PR_SCHED_CORE => Err(crate::gap!("prctl(PR_SCHED_CORE)", EINVAL)),
        _ => Err(Errno::EINVAL),
    }
}

#[cfg(test)]
mod tests {
    use super::{codes, prctl};
    use crate::testing::{BAD_ADDRESS, UserMemory, World};
    use abi::Errno;

    #[test]
    fn names_are_cut_at_fifteen_bytes() {
        let mut world = World::new();
        let current = world.current();
        let name = UserMemory::of_text("a name that is too long");
        assert_eq!(prctl(&current, codes::PR_SET_NAME, name.address(), 0, 0, 0), Ok(0));
        let told = UserMemory::zeroed(16);
        assert_eq!(prctl(&current, codes::PR_GET_NAME, told.address(), 0, 0, 0), Ok(0));
        assert_eq!(&told.value::<[u8; 16]>(), b"a name that is \0");
        assert_eq!(prctl(&current, codes::PR_SET_NAME, BAD_ADDRESS, 0, 0, 0), Err(Errno::EFAULT));
    }

    #[test]
    fn no_new_privileges_is_for_ever() {
        let mut world = World::new();
        let current = world.current();
        assert_eq!(prctl(&current, codes::PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), Err(Errno::EINVAL));
        assert_eq!(prctl(&current, codes::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 1), Err(Errno::EINVAL));
        assert_eq!(prctl(&current, codes::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), Ok(0));
        assert_eq!(prctl(&current, codes::PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), Ok(1));
    }

    #[test]
    fn capabilities_leave_the_bounding_set_for_good() {
        let mut world = World::new();
        let current = world.current();
        assert_eq!(prctl(&current, codes::PR_CAPBSET_READ, 40, 0, 0, 0), Ok(1));
        assert_eq!(prctl(&current, codes::PR_CAPBSET_READ, 41, 0, 0, 0), Err(Errno::EINVAL));
        assert_eq!(prctl(&current, codes::PR_CAPBSET_DROP, 40, 0, 0, 0), Ok(0));
        assert_eq!(prctl(&current, codes::PR_CAPBSET_READ, 40, 0, 0, 0), Ok(0));
        assert_eq!(prctl(&current, codes::PR_CAP_AMBIENT, 2, 3, 0, 0), Err(Errno::EPERM));
        assert_eq!(prctl(&current, codes::PR_SET_SECUREBITS, 0x2f, 0, 0, 0), Ok(0));
        assert_eq!(prctl(&current, codes::PR_SET_SECUREBITS, 0, 0, 0, 0), Err(Errno::EPERM));
        assert_eq!(prctl(&current, codes::PR_SET_KEEPCAPS, 1, 0, 0, 0), Err(Errno::EPERM));
    }

    #[test]
    fn unknown_options_are_invalid() {
        let mut world = World::new();
        let current = world.current();
        assert_eq!(prctl(&current, 0, 0, 0, 0, 0), Err(Errno::EINVAL));
        assert_eq!(prctl(&current, codes::PR_SET_DUMPABLE, 2, 0, 0, 0), Err(Errno::EINVAL));
        assert_eq!(prctl(&current, codes::PR_GET_DUMPABLE, 0, 0, 0, 0), Ok(1));
    }
}
