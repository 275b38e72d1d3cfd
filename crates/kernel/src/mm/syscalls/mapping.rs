//! mmap(2), munmap(2), mprotect(2), mremap(2), brk(2).

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use abi::Errno;
use abi::raw::general as linux;

use super::super::vma::SharedMemory;
use super::super::{
    Backing, MapRequest, MemoryLimits, PAGE_MASK, PAGE_SIZE, PageStore, Placement, ProtectRequest,
    Protection, VmaFlags, page_ceil,
};
use super::{pages, protection};
use crate::fs::{FileMapping, MountFlags, OpenFile};
use crate::gap;
use crate::syscalls::{Current, Fd};

/// `READ_IMPLIES_EXEC` (personality(2)).
const READ_IMPLIES_EXEC: u32 = 0x0040_0000;
/// The flags that `MAP_SHARED` and `MAP_PRIVATE` always knew (`LEGACY_MAP_MASK`); the others are ignored.
const KNOWN_FLAGS: u32 = linux::MAP_SHARED
    | linux::MAP_PRIVATE
    | linux::MAP_FIXED
    | linux::MAP_FIXED_NOREPLACE
    | linux::MAP_ANONYMOUS
    | linux::MAP_DENYWRITE
    | linux::MAP_EXECUTABLE
    | linux::MAP_UNINITIALIZED
    | linux::MAP_GROWSDOWN
    | linux::MAP_LOCKED
    | linux::MAP_NORESERVE
    | linux::MAP_POPULATE
    | linux::MAP_NONBLOCK
    | linux::MAP_STACK
    | linux::MAP_HUGETLB
    | linux::MAP_32BIT
    | linux::MAP_ABOVE4G
    | HUGE_SIZE;
/// Where a huge page's size stands in the flags.
const HUGE_SIZE: u32 = linux::MAP_HUGE_MASK << linux::MAP_HUGE_SHIFT;
/// The sizes of huge pages on x86-64, as logarithms: 2 MiB and 1 GiB, and 0 for the usual one.
const HUGE_SIZES: [u32; 3] = [0, 21, 30];

/// mmap(2).
pub fn mmap(
    current: &Current<'_>,
    address: u64,
    length: u64,
    prot: u64,
    flags: u64,
    fd: Fd,
    offset: u64,
) -> Result<u64, Errno> {
    if offset & PAGE_MASK != 0 {
        return Err(Errno::EINVAL);
    }
    // The upper half of the flags has no meaning.
    let flags = u32::try_from(flags & 0xffff_ffff).unwrap_or(0);
    let anonymous = flags & linux::MAP_ANONYMOUS != 0;
    let file = if anonymous { None } else { Some(current.file(fd)?.to_arc()) };
    if flags & linux::MAP_HUGETLB != 0 {
        return huge_pages(flags, file.is_some());
    }
    let length = whole_length(length, offset, anonymous)?;
    let limits = MemoryLimits::of(current);
    let mut protection = protection(prot);
    let noexec = file.as_ref().is_some_and(|file| is_noexec(file));
    if protection.contains(Protection::READ) && implies_execute(current) && !noexec {
        protection |= Protection::EXECUTE;
    }
    let placement = placement(address, flags);
    let mut vma_flags = VmaFlags::empty();
    vma_flags.set(VmaFlags::GROWS_DOWN, flags & linux::MAP_GROWSDOWN != 0);
    vma_flags.set(VmaFlags::NO_RESERVE, flags & linux::MAP_NORESERVE != 0);
    vma_flags.set(VmaFlags::LOCKED, flags & linux::MAP_LOCKED != 0);
    let mut request = MapRequest::anonymous(length, protection);
    request.flags = vma_flags;
    match &file {
        Some(file) => back_by_file(&mut request, file, flags, offset)?,
        None => back_by_memory(&mut request, flags)?,
    }
    if flags & linux::MAP_LOCKED != 0 && !limits.may_lock() {
        return Err(Errno::EPERM);
    }
    let memory = current.process().memory();
    let address = memory.map(placement, request, &limits)?;
    let populate = flags & (linux::MAP_POPULATE | linux::MAP_NONBLOCK) == linux::MAP_POPULATE;
    if populate || flags & linux::MAP_LOCKED != 0 || memory.locks_new_memory() {
        // As Linux: the mapping is there, whether its pages are or not.
        let _ = memory.populate_mapped(address..address + length);
    }
    Ok(address)
}

/// There are no huge pages set aside: as on a Linux whose `nr_hugepages` is 0.
fn huge_pages(flags: u32, has_file: bool) -> Result<u64, Errno> {
    let size = (flags & HUGE_SIZE) >> linux::MAP_HUGE_SHIFT;
    if has_file || !HUGE_SIZES.contains(&size) {
        return Err(Errno::EINVAL);
    }
    Err(gap!("mmap(MAP_HUGETLB)", ENOMEM))
}

fn whole_length(length: u64, offset: u64, anonymous: bool) -> Result<u64, Errno> {
    if length == 0 {
        return Err(Errno::EINVAL);
    }
    let length = page_ceil(length)?;
    match offset.checked_add(length) {
        Some(end) if anonymous || i64::try_from(end).is_ok() => Ok(length),
        None if anonymous => Ok(length),
        _ => Err(Errno::EOVERFLOW),
    }
}

fn implies_execute(current: &Current<'_>) -> bool {
    current.process().attributes.personality.load(Ordering::Relaxed) & READ_IMPLIES_EXEC != 0
}

fn is_noexec(file: &OpenFile) -> bool {
    file.path().mount.flags().contains(MountFlags::NO_EXEC)
}

const fn placement(address: u64, flags: u32) -> Placement {
    if flags & linux::MAP_FIXED_NOREPLACE != 0 {
        Placement::FixedFree(address)
    } else if flags & linux::MAP_FIXED != 0 {
        Placement::Fixed(address)
    } else if flags & linux::MAP_32BIT != 0 {
        Placement::Low(address)
    } else {
        Placement::Anywhere(address)
    }
}

/// Fills in what a mapping of a file is, and refuses what the descriptor does not allow.
fn back_by_file(
    request: &mut MapRequest,
    file: &Arc<OpenFile>,
    flags: u32,
    offset: u64,
) -> Result<(), Errno> {
    match flags & linux::MAP_TYPE {
        linux::MAP_SHARED => share(request, file)?,
        linux::MAP_SHARED_VALIDATE => {
            // MAP_SYNC is for persistent memory only, which no file of ours lies in.
            if flags & !(KNOWN_FLAGS | linux::MAP_SHARED_VALIDATE) != 0 {
                return Err(Errno::EOPNOTSUPP);
            }
            share(request, file)?;
        }
        linux::MAP_PRIVATE => {}
        _ => return Err(Errno::EINVAL),
    }
    if !file.is_readable() {
        return Err(Errno::EACCES);
    }
    if is_noexec(file) {
        if request.protection.contains(Protection::EXECUTE) {
            return Err(Errno::EPERM);
        }
        request.maximum.remove(Protection::EXECUTE);
    }
    let mapping = file.file().mapping()?;
    if request.flags.contains(VmaFlags::GROWS_DOWN) {
        return Err(Errno::EINVAL);
    }
    request.offset = offset;
    request.backing = match mapping {
        FileMapping::Zero if request.flags.contains(VmaFlags::SHARED) => shared_memory(request)?,
        mapping => Backing::File { mapping, file: Arc::<OpenFile>::clone(file) },
    };
    Ok(())
}

fn share(request: &mut MapRequest, file: &OpenFile) -> Result<(), Errno> {
    if !file.is_writable() {
        if request.protection.contains(Protection::WRITE) {
            return Err(Errno::EACCES);
        }
        request.maximum.remove(Protection::WRITE);
    }
    if let Some(seals) = file.file().seals()
        && request.maximum.contains(Protection::WRITE)
        && let Err(error) = seals.check_writable_mapping()
    {
        if request.protection.contains(Protection::WRITE) {
            return Err(error);
        }
        request.maximum.remove(Protection::WRITE);
    }
    request.flags |= VmaFlags::SHARED;
    Ok(())
}

/// Fills in what a mapping without a file is.
fn back_by_memory(request: &mut MapRequest, flags: u32) -> Result<(), Errno> {
    match flags & linux::MAP_TYPE {
        linux::MAP_SHARED if request.flags.contains(VmaFlags::GROWS_DOWN) => Err(Errno::EINVAL),
        linux::MAP_SHARED => {
            request.flags |= VmaFlags::SHARED;
            request.offset = 0;
            request.backing = shared_memory(request)?;
            Ok(())
        }
        linux::MAP_PRIVATE => Ok(()),
        linux::MAP_DROPPABLE if request.flags.intersects(VmaFlags::LOCKED | VmaFlags::GROWS_DOWN) => {
            Err(Errno::EINVAL)
        }
        linux::MAP_DROPPABLE => {
            request.flags |= VmaFlags::NO_RESERVE | VmaFlags::WIPE_ON_FORK | VmaFlags::DONT_DUMP;
            Ok(())
        }
        _ => Err(Errno::EINVAL),
    }
}

/// New memory to be shared, with frames in a row if there are such, so that one mapping shows all.
fn shared_memory(request: &MapRequest) -> Result<Backing, Errno> {
    if request.length > arch::copy::user_range().end {
        return Err(Errno::ENOMEM);
    }
    let store = PageStore::new();
    store.set_size(request.length);
    if !request.flags.contains(VmaFlags::NO_RESERVE) {
        // Without such a run the pages come one by one.
        let _ = store.reserve(request.length / PAGE_SIZE);
    }
    Ok(Backing::File { mapping: FileMapping::Pages(Arc::new(store)), file: SharedMemory::new() })
}

/// munmap(2).
pub fn munmap(current: &Current<'_>, address: u64, length: u64) -> Result<(), Errno> {
    current.process().memory().unmap(address, length)
}

/// mprotect(2).
pub fn mprotect(current: &Current<'_>, address: u64, length: u64, prot: u64) -> Result<(), Errno> {
    const GROWS_DOWN: u64 = linux::PROT_GROWSDOWN as u64;
    const GROWS_UP: u64 = linux::PROT_GROWSUP as u64;
    const KNOWN: u64 = (linux::PROT_READ | linux::PROT_WRITE | linux::PROT_EXEC | linux::PROT_SEM) as u64;
    let grows = prot & (GROWS_DOWN | GROWS_UP);
    if grows == GROWS_DOWN | GROWS_UP || address & PAGE_MASK != 0 {
        return Err(Errno::EINVAL);
    }
    if length == 0 {
        return Ok(());
    }
    let range = pages(address, length, Errno::ENOMEM)?;
    if range.is_empty() {
        return Err(Errno::ENOMEM);
    }
    if prot & !(KNOWN | grows) != 0 {
        return Err(Errno::EINVAL);
    }
    let protection = protection(prot & KNOWN);
    let request = ProtectRequest {
        protection,
        execute_if_possible: protection.contains(Protection::READ) && implies_execute(current),
        from_start: grows == GROWS_DOWN,
    };
    if grows == GROWS_UP {
        // Nothing grows up on our processors.
        return Err(Errno::EINVAL);
    }
    current.process().memory().protect(range, request, &MemoryLimits::of(current))
}

/// mremap(2).
pub fn mremap(
    current: &Current<'_>,
    address: u64,
    old: u64,
    new: u64,
    flags: u64,
    new_address: u64,
) -> Result<u64, Errno> {
    let flags = u32::try_from(flags).map_err(|_| Errno::EINVAL)?;
    let limits = MemoryLimits::of(current);
    current.process().memory().remap(address, old, new, flags, new_address, &limits)
}

/// brk(2): gives the break, moved or not.
pub fn brk(current: &Current<'_>, address: u64) -> u64 {
    current.process().memory().set_break(address, &MemoryLimits::of(current))
}

/// remap_file_pages(2): deprecated long ago.
pub fn remap_file_pages(
    _current: &Current<'_>,
    _address: u64,
    _size: u64,
    _prot: u64,
    _offset: u64,
    _flags: u64,
) -> Result<(), Errno> {
    Err(gap!("remap_file_pages", EINVAL))
}

/// pkey_mprotect(2), on a processor without protection keys.
pub fn pkey_mprotect(
    current: &Current<'_>,
    address: u64,
    length: u64,
    prot: u64,
    key: i32,
) -> Result<(), Errno> {
    if key != -1 {
        return Err(Errno::EINVAL);
    }
    mprotect(current, address, length, prot)
}

/// pkey_alloc(2), on a processor without protection keys.
pub fn pkey_alloc(_current: &Current<'_>, _flags: u64, _rights: u64) -> Result<i32, Errno> {
    Err(Errno::EINVAL)
}

/// pkey_free(2), on a processor without protection keys.
pub fn pkey_free(_current: &Current<'_>, _key: i32) -> Result<(), Errno> {
    Err(Errno::EINVAL)
}
