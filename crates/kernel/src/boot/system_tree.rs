//! /sys, as much of it as programs look for: processors, and huge pages (sysfs(5)).

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

use abi::Errno;

use crate::fs::tmpfs::{Tmpfs, TmpfsLimits};
use crate::fs::{FileSystem, Inode, IoFlags, NewNode};
use crate::io::Source;
use crate::machine::machine;

const ROOT: (u32, u32) = (0, 0);

/// Directories that programs expect, though nothing is in them.
const EMPTY: [&str; 8] = ["block", "bus", "class", "dev", "firmware", "fs/cgroup", "module", "power"];

/// A file system with what the machine is like.
///
/// # Errors
/// `ENOSPC` without memory for it.
pub(super) fn file_system() -> Result<Arc<Tmpfs>, Errno> {
    let tree = Tmpfs::new(TmpfsLimits::default(), 0o555, ROOT)?;
    let root = tree.root();
    for path in EMPTY {
        directory(&root, path)?;
    }
    let count = machine().cpu_count();
    let all = if count > 1 { format!("0-{}\n", count - 1) } else { String::from("0\n") };
    for name in ["online", "possible", "present"] {
        file(&root, "devices/system/cpu", name, &all)?;
    }
    file(&root, "devices/system/cpu", "offline", "\n")?;
    file(&root, "devices/system/cpu", "kernel_max", &format!("{}\n", crate::sched::MAX_CPUS - 1))?;
    for number in 0..count {
        let path = format!("devices/system/cpu/cpu{number}/topology");
        file(&root, &path, "core_id", &format!("{number}\n"))?;
        file(&root, &path, "physical_package_id", "0\n")?;
        file(&root, &path, "thread_siblings_list", &format!("{number}\n"))?;
    }
    for name in ["online", "possible", "has_cpu", "has_memory"] {
        file(&root, "devices/system/node", name, "0\n")?;
    }
    file(&root, "devices/system/node/node0", "cpulist", &all)?;
    let huge = "kernel/mm/transparent_hugepage";
    file(&root, huge, "enabled", "always [madvise] never\n")?;
    file(&root, huge, "defrag", "always defer defer+madvise [madvise] never\n")?;
    file(&root, huge, "hpage_pmd_size", "2097152\n")?;
    Ok(tree)
}

fn directory(root: &Arc<dyn Inode>, path: &str) -> Result<Arc<dyn Inode>, Errno> {
    let mut directory = Arc::clone(root);
    for name in path.split('/') {
        directory = match directory.lookup(name.as_bytes()) {
            Err(Errno::ENOENT) => directory.create(name.as_bytes(), NewNode::Directory, 0o755, ROOT)?,
            found => found?,
        };
    }
    Ok(directory)
}

fn file(root: &Arc<dyn Inode>, path: &str, name: &str, text: &str) -> Result<(), Errno> {
    let inode = directory(root, path)?.create(name.as_bytes(), NewNode::Regular, 0o444, ROOT)?;
    let open = inode.open(false, true)?;
    open.write_at(&mut Source::kernel(text.as_bytes()), 0, IoFlags::empty()).map(drop)
}
