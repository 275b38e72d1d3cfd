//! Memory policies (set_mempolicy(2), mbind(2)): those of a machine with one node, where all come to the
//! same.

use core::sync::atomic::Ordering;

use abi::Errno;

use super::super::{PAGE_SIZE, page_floor};
use super::pages;
use crate::syscalls::Current;
use crate::user::UserPtr;

const DEFAULT: u32 = 0;
const PREFERRED: u32 = 1;
const BIND: u32 = 2;
const INTERLEAVE: u32 = 3;
const LOCAL: u32 = 4;
const PREFERRED_MANY: u32 = 5;
const WEIGHTED_INTERLEAVE: u32 = 6;

/// `MPOL_F_NUMA_BALANCING`, `MPOL_F_RELATIVE_NODES`, `MPOL_F_STATIC_NODES`.
const MODE_FLAGS: u32 = NUMA_BALANCING | RELATIVE_NODES | STATIC_NODES;
const NUMA_BALANCING: u32 = 1 << 13;
const RELATIVE_NODES: u32 = 1 << 14;
const STATIC_NODES: u32 = 1 << 15;

/// get_mempolicy(2): the policy's node, of an address, or the nodes that are allowed.
const NODE: u64 = 1;
const ADDRESS: u64 = 2;
const ALLOWED: u64 = 4;

/// `MPOL_MF_STRICT`, `MPOL_MF_MOVE`, `MPOL_MF_MOVE_ALL`.
const MOVE_FLAGS: u32 = 7;
const MOVE_ALL: u32 = 4;
/// `CAP_SYS_NICE` (capabilities(7)).
const CAP_SYS_NICE: u32 = 23;
/// The bits of nodes that this kernel could have (`MAX_NUMNODES`).
const MAX_NODES: u64 = 1024;

/// Reads a mask of nodes; gives whether it names node 0, the only one.
fn read_nodes(mask: UserPtr<u64>, bits: u64) -> Result<bool, Errno> {
    // As Linux: the number counts one bit too many.
    let bits = bits.wrapping_sub(1);
    if bits == 0 || bits == u64::MAX || mask.is_null() {
        return Ok(false);
    }
    if bits > PAGE_SIZE * 8 {
        return Err(Errno::EINVAL);
    }
    let words = usize::try_from(bits.div_ceil(64)).unwrap_or(usize::MAX);
    let mut mask = mask.read_array(words)?;
    if let Some(last) = mask.last_mut()
        && !bits.is_multiple_of(64)
    {
        *last &= (1 << (bits % 64)) - 1;
    }
    if mask.iter().skip(usize::try_from(MAX_NODES / 64).unwrap_or(16)).any(|&word| word != 0) {
        return Err(Errno::EINVAL);
    }
    // Nodes that do not exist are left out, as long as one stays.
    let any = mask.iter().any(|&word| word != 0);
    let first = mask.first().is_some_and(|word| word & 1 != 0);
    if any && !first { Err(Errno::EINVAL) } else { Ok(first) }
}

/// Checks a policy (`mpol_new`); gives what get_mempolicy(2) shall tell: the mode, and whether it names
/// node 0.
fn check_policy(mode: i32, mask: UserPtr<u64>, bits: u64) -> Result<u32, Errno> {
    let mode = mode.cast_unsigned();
    let (kind, flags) = (mode & !MODE_FLAGS, mode & MODE_FLAGS);
    if kind > WEIGHTED_INTERLEAVE
        || flags & STATIC_NODES != 0 && flags & RELATIVE_NODES != 0
        || flags & NUMA_BALANCING != 0 && kind != BIND && kind != PREFERRED_MANY
    {
        return Err(Errno::EINVAL);
    }
    let named = read_nodes(mask, bits)?;
    match kind {
        DEFAULT | LOCAL if named => Err(Errno::EINVAL),
        LOCAL if flags & (STATIC_NODES | RELATIVE_NODES) != 0 => Err(Errno::EINVAL),
        DEFAULT => Ok(DEFAULT),
        PREFERRED if !named && flags != 0 => Err(Errno::EINVAL),
        // To prefer no node is to prefer the near one.
        PREFERRED if !named => Ok(LOCAL),
        BIND | INTERLEAVE | PREFERRED_MANY | WEIGHTED_INTERLEAVE if !named => Err(Errno::EINVAL),
        _ => Ok(mode),
    }
}

/// set_mempolicy(2).
pub fn set_mempolicy(current: &Current<'_>, mode: i32, mask: UserPtr<u64>, bits: u64) -> Result<(), Errno> {
    let policy = check_policy(mode, mask, bits)?;
    current.attributes.memory_policy.store(policy, Ordering::Relaxed);
    Ok(())
}

/// mbind(2): checked, and then nothing is left to do.
pub fn mbind(
    current: &Current<'_>,
    address: u64,
    length: u64,
    mode: u64,
    mask: UserPtr<u64>,
    bits: u64,
    flags: u32,
) -> Result<(), Errno> {
    let mode = i32::try_from(mode).map_err(|_| Errno::EINVAL)?;
    if flags & !MOVE_FLAGS != 0 {
        return Err(Errno::EINVAL);
    }
    if flags & MOVE_ALL != 0 && !current.credentials().has_capability(CAP_SYS_NICE) {
        return Err(Errno::EPERM);
    }
    let policy = check_policy(mode, mask, bits)?;
    let range = pages(address, length, Errno::EINVAL)?;
    if range.is_empty() || current.process().memory().is_covered(&range) || policy == DEFAULT {
        Ok(())
    } else {
        Err(Errno::EFAULT)
    }
}

/// get_mempolicy(2).
pub fn get_mempolicy(
    current: &Current<'_>,
    mode: UserPtr<i32>,
    mask: UserPtr<u64>,
    bits: u64,
    address: u64,
    flags: u64,
) -> Result<(), Errno> {
    if flags & !(NODE | ADDRESS | ALLOWED) != 0 || (!mask.is_null() && bits < 1) {
        return Err(Errno::EINVAL);
    }
    let policy = current.attributes.memory_policy.load(Ordering::Relaxed);
    let (value, named) = if flags & ALLOWED != 0 {
        if flags & (NODE | ADDRESS) != 0 {
            return Err(Errno::EINVAL);
        }
        (DEFAULT, true)
    } else if flags & ADDRESS != 0 {
        let page = page_floor(address);
        if !current.process().memory().is_covered(&(page..page.saturating_add(1))) {
            return Err(Errno::EFAULT);
        }
        // Node 0, or the default policy: both are 0.
        (DEFAULT, false)
    } else if address != 0 {
        return Err(Errno::EINVAL);
    } else if flags & NODE != 0 {
        let kind = policy & !MODE_FLAGS;
        if kind != INTERLEAVE && kind != WEIGHTED_INTERLEAVE {
            return Err(Errno::EINVAL);
        }
        (0, false)
    } else {
        (policy, policy & !MODE_FLAGS != DEFAULT && policy & !MODE_FLAGS != LOCAL)
    };
    mode.write_if_given(&value.cast_signed())?;
    if mask.is_null() { Ok(()) } else { write_nodes(mask, bits, named) }
}

/// Writes a mask of nodes that names node 0, or none.
fn write_nodes(mask: UserPtr<u64>, bits: u64, named: bool) -> Result<(), Errno> {
    let words = usize::try_from(bits.saturating_sub(1).div_ceil(64)).unwrap_or(usize::MAX);
    if words as u64 * 64 > PAGE_SIZE * 8 {
        return Err(Errno::EINVAL);
    }
    for index in 0..words {
        mask.offset(index).write(&u64::from(named && index == 0))?;
    }
    Ok(())
}
