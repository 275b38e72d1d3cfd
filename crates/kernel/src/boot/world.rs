//! The world's tree of files.
//!
//! | place | what is there |
//! |---|---|
//! | `/` | the machine's initial archive, in memory; else the host directory of `root=`, never changed, with memory above it |
//! | `/dev` | the kernel's devices; `/dev/pts` shows pseudo-terminals, `/dev/shm` is memory, `/dev/mqueue` shows message queues |
//! | `/proc` | what the kernel tells about processes and itself |
//! | `/sys` | what programs ask about processors and huge pages |
//! | a volume's path | the host directory itself |

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write;

use abi::Errno;

use super::streams::Streams;
use super::{Config, Failure, archive, system_tree};
use crate::fs::dev;
use crate::fs::proc::ProcFileSystem;
use crate::fs::tmpfs::{Tmpfs, TmpfsLimits};
use crate::fs::{
    self, FileKind, FileSystem, FsContext, IoFlags, Mount, MountFlags, MountNamespace, NewNode, Path,
    split_device,
};
use crate::io::Source;
use crate::ipc::mqueue;
use crate::loader::{base_name, bind};
use crate::log::Line;
use crate::machine::machine;
use crate::task::Credentials;
use crate::tty::{self, DevPts, Terminal};

/// How ordinary file systems are mounted.
const ORDINARY: MountFlags = MountFlags::RELATIME;
/// How file systems are mounted that only the kernel fills.
const BARE: MountFlags = MountFlags::RELATIME.union(MountFlags::NO_SUID).union(MountFlags::NO_EXEC);

/// Makes the tree that the configuration describes.
///
/// # Errors
/// A line that names the directory and the reason.
pub(super) fn build(config: &Config, streams: &Streams) -> Result<Arc<FsContext>, Failure> {
    let context = root(config)?;
    context.set_umask(config.umask);
    let world = World { context, kernel: Credentials::new(0, 0, Vec::new()) };
    world.mount_own(streams)?;
    for volume in &config.volumes {
        let about = |error| failure("--volume", &volume.host, error);
        let tree = machine().host_directory(&volume.host, volume.read_only).map_err(about)?;
        let flags = if volume.read_only { ORDINARY | MountFlags::READ_ONLY } else { ORDINARY };
        let about = |error| failure("--volume", &volume.guest, error);
        world.mount(tree, &volume.host, &volume.guest, 0o755, flags).map_err(about)?;
    }
    if let Some(descriptor) = config.binding {
        world.add_binding(descriptor).map_err(|error| failure("--bind-libc", bind::PATH, error))?;
    }
    Ok(world.context)
}

fn failure(option: &str, path: &[u8], error: Errno) -> Failure {
    let mut line = Box::new(Line::new());
    let _ = writeln!(line, "trapless: {option} {}: {}", path.escape_ascii(), error.description());
    Failure { line, status: Failure::OURS }
}

fn root(config: &Config) -> Result<Arc<FsContext>, Failure> {
    if let Some(outcome) = root_from_archive() {
        return outcome;
    }
    let make = || {
        let lower = machine().host_directory(&config.root, true)?;
        let root = Tmpfs::overlay(lower, TmpfsLimits::default())?;
        MountNamespace::new(root, b"overlay", ORDINARY)
    };
    make().map(FsContext::new).map_err(|error| failure("--root", &config.root, error))
}

/// A root with the files that the machine was started with, if it was started with some.
fn root_from_archive() -> Option<Result<Arc<FsContext>, Failure>> {
    let mut outcome = None;
    machine().take_archive(&mut |bytes| outcome = Some(unpacked(bytes)));
    outcome
}

fn unpacked(bytes: &[u8]) -> Result<Arc<FsContext>, Failure> {
    let about = |error| failure("cannot make", b"/", error);
    let root = Tmpfs::new(TmpfsLimits::default(), 0o755, (0, 0)).map_err(about)?;
    archive::unpack(bytes, &root.root()).map_err(|(reason, place)| {
        let mut line = Box::new(Line::new());
        let _ = writeln!(line, "trapless: the initial archive, at byte {place}: {reason}");
        Failure { line, status: Failure::OURS }
    })?;
    MountNamespace::new(root, b"rootfs", ORDINARY).map(FsContext::new).map_err(about)
}

/// A tree that is being built.
struct World {
    context: Arc<FsContext>,
    /// Who the kernel acts as.
    kernel: Credentials,
}

impl World {
    /// Mounts what is the kernel's own.
    fn mount_own(&self, streams: &Streams) -> Result<(), Failure> {
        let about = |path: &'static [u8]| move |error| failure("cannot make", path, error);
        let terminal =
            streams.console().and_then(|(name, owner)| Some((name.strip_prefix(b"/dev/")?, owner)));
        let devices = dev::file_system(terminal).map_err(about(b"/dev"))?;
        self.mount(devices, b"devtmpfs", b"/dev", 0o755, BARE).map_err(about(b"/dev"))?;
        add_console(streams);
        self.mount(DevPts::new(), b"devpts", b"/dev/pts", 0o755, BARE).map_err(about(b"/dev/pts"))?;
        let shared = Tmpfs::new(TmpfsLimits::default(), 0o1777, (0, 0)).map_err(about(b"/dev/shm"))?;
        let flags = ORDINARY | MountFlags::NO_SUID | MountFlags::NO_DEV;
        self.mount(shared, b"tmpfs", b"/dev/shm", 0o1777, flags).map_err(about(b"/dev/shm"))?;
        let flags = BARE | MountFlags::NO_DEV;
        self.mount(mqueue::file_system(), b"mqueue", b"/dev/mqueue", 0o1777, flags)
            .map_err(about(b"/dev/mqueue"))?;
        self.mount(ProcFileSystem::new(), b"proc", b"/proc", 0o555, flags).map_err(about(b"/proc"))?;
        let system = system_tree::file_system().map_err(about(b"/sys"))?;
        let flags = BARE | MountFlags::NO_DEV | MountFlags::READ_ONLY;
        self.mount(system, b"sysfs", b"/sys", 0o555, flags).map_err(about(b"/sys"))?;
        // A root that was not made for the purpose may lack it.
        self.directory(b"/tmp", 0o1777).map_err(about(b"/tmp")).map(drop)
    }

    /// Shows the library that binds the C library's names, and has programs load it.
    fn add_binding(&self, descriptor: i32) -> Result<(), Errno> {
        let library = machine().take_file(descriptor)?;
        let name = base_name(bind::PATH);
        let place = bind::PATH.strip_suffix(name).unwrap_or_default();
        let tree = Tmpfs::new(TmpfsLimits::default(), 0o755, (0, 0))?;
        let inode = tree.root().create(name, NewNode::Regular, 0o555, (0, 0))?;
        let file = Arc::clone(&inode).open(false, true)?;
        let written = file.write_at(&mut Source::kernel(&library), 0, IoFlags::empty())?;
        if written != library.len() {
            return Err(Errno::ENOSPC);
        }
        let flags = ORDINARY | MountFlags::READ_ONLY | MountFlags::NO_SUID | MountFlags::NO_DEV;
        self.mount(tree, b"tmpfs", place, 0o755, flags)?;
        bind::start(inode);
        Ok(())
    }

    /// Mounts a file system on a directory, which is made if it is not there.
    fn mount(
        &self,
        tree: Arc<dyn FileSystem>,
        source: &[u8],
        path: &[u8],
        permissions: u32,
        flags: MountFlags,
    ) -> Result<(), Errno> {
        let place = self.directory(path, permissions)?;
        let mount = Mount::new(tree, source, flags)?;
        self.context.namespace().attach(&mount, &place)
    }

    /// The directory at an absolute path; what is missing of the path is made.
    fn directory(&self, path: &[u8], permissions: u32) -> Result<Path, Errno> {
        let mut place = self.context.root();
        let mut end = 0;
        for name in path.split(|&byte| byte == b'/') {
            end += name.len();
            let so_far = path.get(..end).unwrap_or_default();
            end += 1;
            if name.is_empty() {
                continue;
            }
            place = match fs::lookup(&self.context, &self.kernel, so_far) {
                Err(Errno::ENOENT) => make_directory(&place, name, permissions)?,
                found => found?,
            };
            if place.dentry.kind() != FileKind::Directory {
                return Err(Errno::ENOTDIR);
            }
        }
        Ok(place)
    }
}

/// The console keeps its number when it is a pseudo-terminal of the machine.
fn add_console(streams: &Streams) {
    if let Some(console) = tty::console()
        && let Some(index) = Terminal::index_of_device(split_device(console.device()))
        && let Some((_, owner)) = streams.console()
    {
        tty::devpts::add_outside(index, console, owner);
    }
}

fn make_directory(parent: &Path, name: &[u8], permissions: u32) -> Result<Path, Errno> {
    let _names = parent.dentry.lock();
    let inode = parent.inode().create(name, NewNode::Directory, permissions, (0, 0))?;
    Ok(Path { mount: Arc::clone(&parent.mount), dentry: parent.dentry.add(name, inode)? })
}
