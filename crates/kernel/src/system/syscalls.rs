//! System calls about the system as a whole.

use abi::Errno;
use abi::raw::general::{CAP_SYS_ADMIN, CAP_SYS_BOOT, CAP_SYS_TTY_CONFIG, CAP_SYSLOG};
use abi::system::{Sysinfo, UTS_FIELD, Utsname};

use super::names::{self, padded};
use crate::machine::{MachineClock, machine};
use crate::sched::load;
use crate::syscalls::Current;
use crate::task::table;
use crate::user::{self, UserPtr};

/// uname(2).
pub fn uname(current: &Current<'_>, buffer: UserPtr<Utsname>) -> Result<(), Errno> {
    /// `PER_LINUX32`: a 32-bit system is to be seen (personality(2)).
    const LINUX32: u32 = 8;
    let personality = current.process().attributes.personality.load(core::sync::atomic::Ordering::Relaxed);
    let machine: &[u8] = if personality & 0xff == LINUX32 { b"i686" } else { super::MACHINE };
    buffer.write(&Utsname {
        sysname: padded(names::SYSNAME.as_bytes()),
        nodename: names::host_name(),
        release: padded(names::RELEASE.as_bytes()),
        version: padded(names::VERSION.as_bytes()),
        machine: padded(machine),
        domainname: names::domain_name(),
    })
}

/// Reads a new name.
fn read_name(
    current: &Current<'_>,
    address: u64,
    length: i32,
) -> Result<([u8; UTS_FIELD - 1], usize), Errno> {
    if !current.credentials().has_capability(CAP_SYS_ADMIN) {
        return Err(Errno::EPERM);
    }
    let mut name = [0; UTS_FIELD - 1];
    let length = usize::try_from(length).map_err(|_| Errno::EINVAL)?;
    let part = name.get_mut(..length).ok_or(Errno::EINVAL)?;
    if length > 0 && user::read_bytes(address, part)? < length {
        return Err(Errno::EFAULT);
    }
    Ok((name, length))
}

/// sethostname(2).
pub fn sethostname(current: &Current<'_>, name: UserPtr<u8>, length: i32) -> Result<(), Errno> {
    let (name, length) = read_name(current, name.address(), length)?;
    names::set_host_name(name.get(..length).unwrap_or_default());
    Ok(())
}

/// setdomainname(2).
pub fn setdomainname(current: &Current<'_>, name: UserPtr<u8>, length: i32) -> Result<(), Errno> {
    let (name, length) = read_name(current, name.address(), length)?;
    names::set_domain_name(name.get(..length).unwrap_or_default());
    Ok(())
}

/// sysinfo(2).
#[expect(clippy::cast_possible_wrap, reason = "u64::MAX nanoseconds are 1.8e10 seconds")]
pub fn sysinfo(current: &Current<'_>, buffer: UserPtr<Sysinfo>) -> Result<(), Errno> {
    let _ = current;
    let (totalram, freeram) = crate::mm::frame::statistics();
    buffer.write(&Sysinfo {
        uptime: (machine().now(MachineClock::Boottime) / abi::time::NANOSECONDS_PER_SECOND) as i64,
        // Theirs has 16 bits behind the point.
        loads: load::averages().map(|average| average << 5),
        totalram,
        freeram,
        procs: u16::try_from(table::thread_count()).unwrap_or(u16::MAX),
        mem_unit: 1,
        ..Sysinfo::default()
    })
}

/// getrandom(2). The machine's source never runs dry, so nothing waits.
pub fn getrandom(
    current: &Current<'_>,
    buffer: UserPtr<u8>,
    length: usize,
    flags: u32,
) -> Result<usize, Errno> {
    const NONBLOCK: u32 = 1;
    const RANDOM: u32 = 2;
    const INSECURE: u32 = 4;
    let both = flags & (RANDOM | INSECURE) == RANDOM | INSECURE;
    if flags & !(NONBLOCK | RANDOM | INSECURE) != 0 || both {
        return Err(Errno::EINVAL);
    }
    let length = length.min(crate::io::MAX_RW_COUNT);
    let mut done = 0;
    let mut chunk = [0; 256];
    while done < length {
        let part = chunk.get_mut(..(length - done).min(256)).unwrap_or_default();
        machine().random(part);
        let copied = match user::write_bytes(buffer.address().wrapping_add(done as u64), part) {
            Err(error) if done == 0 => return Err(error),
            copied => copied.unwrap_or(0),
        };
        done += copied;
        // A large request can be interrupted once a page, as on Linux.
        let interrupted = done.is_multiple_of(4096) && current.has_pending_signal();
        if copied < part.len() || interrupted {
            break;
        }
    }
    Ok(done)
}

/// personality(2).
pub fn personality(current: &Current<'_>, persona: u32) -> u32 {
    use core::sync::atomic::Ordering;
    const QUERY: u32 = u32::MAX;
    let personality = &current.process().attributes.personality;
    match persona {
        QUERY => personality.load(Ordering::Relaxed),
        persona => personality.swap(persona, Ordering::Relaxed),
    }
}

/// syslog(2): the kernel's log is empty to programs.
pub fn syslog(current: &Current<'_>, action: i32, buffer: UserPtr<u8>, length: i32) -> Result<u32, Errno> {
    const READ: i32 = 2;
    const READ_ALL: i32 = 3;
    const READ_CLEAR: i32 = 4;
    const CONSOLE_LEVEL: i32 = 8;
    const SIZE_BUFFER: i32 = 10;
    let open_to_all = matches!(action, READ_ALL | SIZE_BUFFER);
    if !open_to_all && !current.credentials().has_capability(CAP_SYSLOG) {
        return Err(Errno::EPERM);
    }
    match action {
        READ..=READ_CLEAR if buffer.is_null() || length < 0 => Err(Errno::EINVAL),
        CONSOLE_LEVEL if !(1..=8).contains(&length) => Err(Errno::EINVAL),
        SIZE_BUFFER => Ok(1 << 17),
        0..=9 => Ok(0),
        _ => Err(Errno::EINVAL),
    }
}

/// vhangup(2).
pub fn vhangup(current: &Current<'_>) -> Result<(), Errno> {
    if !current.credentials().has_capability(CAP_SYS_TTY_CONFIG) {
        return Err(Errno::EPERM);
    }
    if let Some(terminal) = current.process().terminal() {
        terminal.hang_up();
    }
    Ok(())
}

/// reboot(2): every way to stop ends the machine.
pub fn reboot(current: &Current<'_>, magic: u32, magic2: u32, command: u32) -> Result<(), Errno> {
    const MAGIC: u32 = 0xfee1_dead;
    const MAGIC2: [u32; 4] = [672_274_793, 85_072_278, 369_367_448, 537_993_216];
    const CTRL_ALT_DEL: [u32; 2] = [0, 0x89ab_cdef];
    const RESTART: u32 = 0x0123_4567;
    const HALT: u32 = 0xcdef_0123;
    const POWER_OFF: u32 = 0x4321_fedc;
    const RESTART2: u32 = 0xa1b2_c3d4;
    if !current.credentials().has_capability(CAP_SYS_BOOT) {
        return Err(Errno::EPERM);
    }
    if magic != MAGIC || !MAGIC2.contains(&magic2) {
        return Err(Errno::EINVAL);
    }
    match command {
        RESTART | RESTART2 | HALT | POWER_OFF => machine().power_off(0),
        command if CTRL_ALT_DEL.contains(&command) => Ok(()),
        _ => Err(Errno::EINVAL),
    }
}

/// A call that this kernel does not have, as a Linux that was built without it.
pub fn not_configured(current: &Current<'_>) -> Result<(), Errno> {
    let _ = current;
    Err(Errno::ENOSYS)
}

/// A call that nobody is allowed here, as in a container.
pub fn not_permitted(current: &Current<'_>) -> Result<(), Errno> {
    let _ = current;
    Err(Errno::EPERM)
}

#[cfg(test)]
mod tests {
    use super::{getrandom, personality, sethostname, sysinfo, syslog, uname};
    use crate::testing::{BAD_ADDRESS, UserMemory, World};
    use crate::user::UserPtr;
    use abi::Errno;
    use abi::system::{Sysinfo, Utsname};

    #[test]
    fn the_host_has_a_name() {
        let mut world = World::new();
        let current = world.current();
        let name = UserMemory::of_text("box");
        assert_eq!(sethostname(&current, UserPtr::new(name.address()), 3), Ok(()));
        assert_eq!(sethostname(&current, UserPtr::new(name.address()), 65), Err(Errno::EINVAL));
        let buffer = UserMemory::zeroed(size_of::<Utsname>());
        assert_eq!(uname(&current, UserPtr::new(buffer.address())), Ok(()));
        let told = buffer.value::<Utsname>();
        assert!(told.sysname.starts_with(b"Linux\0") && told.nodename.starts_with(b"box\0"));
        assert_eq!(uname(&current, UserPtr::new(BAD_ADDRESS)), Err(Errno::EFAULT));
    }

    #[test]
    fn only_root_names_the_host() {
        let mut world = World::of_user(1);
        assert_eq!(sethostname(&world.current(), UserPtr::new(0), 0), Err(Errno::EPERM));
        assert_eq!(syslog(&world.current(), 5, UserPtr::new(0), 0), Err(Errno::EPERM));
    }

    #[test]
    fn random_bytes_fill_the_buffer() {
        let mut world = World::new();
        let current = world.current();
        let buffer = UserMemory::zeroed(600);
        let pointer = UserPtr::new(buffer.address());
        assert_eq!(getrandom(&current, pointer, 600, 1), Ok(600));
        assert!(buffer.bytes().iter().any(|&byte| byte != 0));
        assert_eq!(getrandom(&current, pointer, 1, 6), Err(Errno::EINVAL));
        assert_eq!(getrandom(&current, pointer, 1, 8), Err(Errno::EINVAL));
        assert_eq!(getrandom(&current, UserPtr::new(BAD_ADDRESS), 1, 0), Err(Errno::EFAULT));
        assert_eq!(getrandom(&current, UserPtr::new(0), 0, 0), Ok(0));
    }

    #[test]
    fn memory_and_personality_are_told() {
        let mut world = World::new();
        let current = world.current();
        let buffer = UserMemory::zeroed(size_of::<Sysinfo>());
        assert_eq!(sysinfo(&current, UserPtr::new(buffer.address())), Ok(()));
        let told = buffer.value::<Sysinfo>();
        assert!(told.totalram == 64 << 20 && told.freeram <= told.totalram && told.mem_unit == 1);
        assert_eq!(personality(&current, 0x0004_0000), 0);
        assert_eq!(personality(&current, u32::MAX), 0x0004_0000);
    }
}
