//! memfd_create(2).

use alloc::sync::Arc;

use abi::Errno;
use abi::raw::general::{
    F_SEAL_EXEC, F_SEAL_SEAL, MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_EXEC, MFD_HUGE_MASK, MFD_HUGE_SHIFT,
    MFD_HUGETLB, MFD_NOEXEC_SEAL, O_LARGEFILE, O_RDWR,
};
use sync::Once;

use crate::fs::tmpfs::{Tmpfs, TmpfsLimits};
use crate::fs::{Dentry, Inode, Mount, MountFlags, OpenFile, Path};
use crate::machine::machine;
use crate::mm::PAGE_SIZE;
use crate::syscalls::{Current, Fd};
use crate::user::UserCStr;

/// The longest name that a program may give, with its final zero.
const NAME_SIZE: usize = 250;
const KNOWN: u32 = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | MFD_NOEXEC_SEAL | MFD_EXEC;

/// The file system of files that have no name anywhere, and its mount, which lies nowhere.
struct Nowhere {
    files: Arc<Tmpfs>,
    mount: Arc<Mount>,
}

static NOWHERE: Once<Nowhere> = Once::new();

fn nowhere() -> Result<&'static Nowhere, Errno> {
    if let Some(nowhere) = NOWHERE.get() {
        return Ok(nowhere);
    }
    let bytes = machine().physical_size();
    let limits = TmpfsLimits { bytes, inodes: bytes / PAGE_SIZE };
    let files = Tmpfs::new(limits, 0o777, (0, 0))?;
    let mount = Mount::new(Arc::<Tmpfs>::clone(&files), b"tmpfs", MountFlags::empty())?;
    // Another thread may have been faster.
    let _ = NOWHERE.set(Nowhere { files, mount });
    NOWHERE.get().ok_or(Errno::ENOMEM)
}

/// memfd_create(2).
///
/// # Errors
/// `EINVAL` for unknown flags or too long a name, `EFAULT`, `EMFILE`; `ENODEV` for huge pages, of which
/// there are none of any size.
pub fn memfd_create(current: &Current<'_>, name: UserCStr, flags: u32) -> Result<Fd, Errno> {
    let huge_size = if flags & MFD_HUGETLB == 0 { 0 } else { MFD_HUGE_MASK << MFD_HUGE_SHIFT };
    let both = MFD_EXEC | MFD_NOEXEC_SEAL;
    if flags & !(KNOWN | huge_size) != 0 || flags & both == both {
        return Err(Errno::EINVAL);
    }
    let name = name.read(NAME_SIZE, Errno::EINVAL)?;
    if flags & MFD_HUGETLB != 0 {
        return Err(crate::gap!("memfd_create(MFD_HUGETLB)", ENODEV));
    }
    let (permissions, seals) = match flags & (MFD_NOEXEC_SEAL | MFD_ALLOW_SEALING) {
        0 => (0o777, F_SEAL_SEAL),
        MFD_ALLOW_SEALING => (0o777, 0),
        _ => (0o666, F_SEAL_EXEC),
    };
    let nowhere = nowhere()?;
    let credentials = current.credentials();
    let owner = (credentials.fsuid, credentials.fsgid);
    let inode: Arc<dyn Inode> = nowhere.files.create_sealed(permissions, owner, seals)?;
    let shown = [b"/memfd:", &*name, b" (deleted)"].concat();
    let dentry = Dentry::root(Arc::clone(&inode), &shown, false)?;
    let file = inode.open(true, true)?;
    let path = Path { mount: Arc::clone(&nowhere.mount), dentry };
    let file = OpenFile::new(file, path, O_RDWR | O_LARGEFILE);
    current.install(file, flags & MFD_CLOEXEC != 0)
}
