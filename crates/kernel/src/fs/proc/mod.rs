//! procfs (proc(5)): what the kernel tells as files.
//!
//! Tables say which names there are and which function writes each text (`global`, `task`); texts are
//! made when a file is read from its start, as Linux's seq_file does. Files and links of a process hold its
//! number only, so they never keep it alive.

mod cpu;
mod file;
mod global;
mod inode;
mod memory;
mod own_memory;
mod status;
mod task;
mod text;

use alloc::sync::Arc;

use abi::Errno;

use super::{FileSystem, FileSystemStatistics, Inode, OpenFile, anonymous_device};
use crate::task::Process;
use inode::ProcInode;

/// The process whose directory (/proc/PID) an open file is: `ESRCH` when that has ended.
#[must_use]
pub fn process_of(file: &OpenFile) -> Option<Result<Arc<Process>, Errno>> {
    file.inode().as_any().downcast_ref::<ProcInode>().and_then(ProcInode::process)
}

/// The file system.
#[derive(Debug)]
pub struct ProcFileSystem {
    root: Arc<ProcInode>,
}

impl ProcFileSystem {
    /// A file system that shows the whole world.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { root: ProcInode::root(anonymous_device()) })
    }
}

impl FileSystem for ProcFileSystem {
    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::clone(&self.root) as Arc<dyn Inode>
    }

    fn statistics(&self) -> Result<FileSystemStatistics, Errno> {
        const PROC_SUPER_MAGIC: u64 = 0x9fa0;
        Ok(FileSystemStatistics {
            magic: PROC_SUPER_MAGIC,
            block_size: 4096,
            name_length: 255,
            ..FileSystemStatistics::default()
        })
    }

    fn type_name(&self) -> &'static str {
        "proc"
    }

    fn caches_names(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::ProcFileSystem;
    use crate::fs::{File, FileKind, FileSystem, Inode, IoFlags};
    use crate::io::Sink;
    use crate::testing::World;
    use abi::Errno;
    use alloc::string::{String, ToString};
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    fn find(path: &str) -> Result<Arc<dyn Inode>, Errno> {
        let root = ProcFileSystem::new().root();
        path.split('/').try_fold(root, |directory, name| directory.lookup(name.as_bytes()))
    }

    fn open(path: &str) -> Arc<dyn File> {
        find(path).unwrap().open(true, false).unwrap()
    }

    fn read(path: &str) -> String {
        let file = open(path);
        let mut text = Vec::new();
        loop {
            let mut buffer = [0; 100];
            let mut sink = Sink::kernel(&mut buffer);
            let count = file.read_at(&mut sink, text.len() as u64, IoFlags::empty()).unwrap();
            text.extend_from_slice(&buffer[..count]);
            if count == 0 {
                return String::from_utf8_lossy(&text).to_string();
            }
        }
    }

    fn list(path: &str) -> Vec<String> {
        let mut names = Vec::new();
        let mut receiver = |entry: crate::fs::DirectoryEntry<'_>| {
            names.push(String::from_utf8_lossy(entry.name).to_string());
            true
        };
        open(path).read_directory(0, &mut receiver).unwrap();
        names
    }

    #[test]
    fn tells_about_the_world() {
        let _world = World::new();
        assert_eq!(read("sys/kernel/ostype"), "Linux\n");
        assert!(read("meminfo").starts_with("MemTotal:          65536 kB\nMemFree:"));
        assert!(read("stat").starts_with("cpu  "));
        assert!(read("cpuinfo").starts_with("processor\t: 0\n"));
        assert!(read("version").starts_with("Linux version "));
        assert_eq!(read("loadavg").split(' ').count(), 5);
        assert_eq!(read("sys/kernel/random/uuid").len(), 37);
        assert_eq!(read("sys/kernel/random/boot_id"), read("sys/kernel/random/boot_id"));
        assert!(find("nothing").is_err() && find("4000000").is_err());
    }

    #[test]
    fn tells_about_a_process() {
        let world = World::new();
        world.thread.attributes.set_name(b"a name");
        assert_eq!(find("self").unwrap().read_link(), Ok(b"1".to_vec()));
        assert_eq!(find("thread-self").unwrap().read_link(), Ok(b"1/task/1".to_vec()));
        assert_eq!(read("1/comm"), "a name\n");
        assert!(read("1/stat").starts_with("1 (a name) R 0 1 1 "));
        assert_eq!(read("1/stat").split_whitespace().count(), 53);
        assert!(read("1/status").starts_with("Name:\ta name\nUmask:"));
        assert_eq!(read("1/statm").split(' ').count(), 7);
        assert!(read("1/limits").starts_with("Limit                     Soft Limit"));
        assert_eq!(read("1/task/1/comm"), "a name\n");
        assert!(list("1").contains(&String::from("maps")));
        assert_eq!(list("1/task"), [".", "..", "1"]);
        assert_eq!(list("1/fd"), [".", ".."]);
        let file = find("1/comm").unwrap().metadata().unwrap();
        assert_eq!((file.kind, file.permissions, file.size), (FileKind::Regular, 0o644, 0));
        assert_eq!(find("1/comm").unwrap().metadata().unwrap().inode, file.inode);
    }
}
