//! arch_prctl(2): the thread pointer.

use abi::Errno;
use arch::{copy, cpu};

use crate::syscalls::Current;
use crate::user::UserPtr;

const ARCH_SET_GS: i32 = 0x1001;
const ARCH_SET_FS: i32 = 0x1002;
const ARCH_GET_FS: i32 = 0x1003;
const ARCH_GET_GS: i32 = 0x1004;
const ARCH_GET_CPUID: i32 = 0x1011;
const ARCH_SET_CPUID: i32 = 0x1012;

/// arch_prctl(2). GS is the kernel's own; no program that runs on glibc, musl or Go uses it.
pub fn arch_prctl(current: &Current<'_>, code: i32, address: UserPtr<u64>) -> Result<u64, Errno> {
    let _ = current;
    match code {
        ARCH_SET_FS => {
            // "addr is outside the process address space" (arch_prctl(2)); such a base may also not be
            // canonical, and loading it would fault.
            if !copy::is_user(address.address(), 0) {
                return Err(Errno::EPERM);
            }
            cpu::set_fs_base(address.address());
            Ok(0)
        }
        ARCH_GET_FS => address.write(&cpu::fs_base()).map(|()| 0),
        ARCH_SET_GS => Err(crate::gap!("arch_prctl(ARCH_SET_GS)", EPERM)),
        ARCH_GET_GS => address.write(&0).map(|()| 0),
        // CPUID is never made to fault.
        ARCH_GET_CPUID => Ok(1),
        ARCH_SET_CPUID => Err(Errno::ENODEV),
        _ => Err(Errno::EINVAL),
    }
}
