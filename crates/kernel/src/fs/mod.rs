//! Files: inodes and the file systems that hold them, open files, descriptors, the path walk.

mod asynchronous;
mod change;
mod context;
mod dentry;
mod descriptor;
pub mod dev;
pub mod epoll;
pub mod event_counter;
mod file;
mod inode;
pub mod locks;
mod lookup;
mod mount;
mod name_cache;
mod nameless;
mod names;
mod new_file;
pub mod notify;
mod open;
mod open_file;
mod owner;
mod path;
pub mod permission;
pub mod pipe;
pub mod poll;
pub mod proc;
mod rename;
pub mod seals;
pub mod syscalls;
pub mod tmpfs;
pub mod transfer;
mod types;
mod walk;

pub use change::{change_owner, change_permissions, change_size, change_times};
pub use context::FsContext;
pub use dentry::Dentry;
pub use descriptor::{Closing, DescriptorTable, FileRef, NR_OPEN};
pub use file::{Directory, File, FileMapping, IoFlags, OUTSIDE_POSITION, OutsidePosition, PollEvents};
pub use inode::{FileSystem, Inode, NewNode, RenameFlags};
pub use lookup::{lookup, open_executable, open_executable_at};
pub use mount::{Mount, MountFlags, MountNamespace};
pub use nameless::{NamelessInode, SOCKET_DEVICE, open_anonymous};
pub use names::{link, make, make_socket, remove_directory, unlink};
pub use open::{OpenRequest, PATH_FLAGS, open, open_kernel};
pub use open_file::{OpenFile, access_of_flags};
pub use owner::{Reason, SignalOwner};
pub use path::{Path, Reach};
pub use rename::rename;
pub use seals::Seals;
pub use types::{
    AttributeChanges, DirectoryEntry, FileKind, FileSystemStatistics, MagicTarget, Metadata, TimeChange,
    anonymous_device, make_device, now, split_device,
};
pub use walk::{Last, NAME_MAX, Start, WalkFlags, Walker};
