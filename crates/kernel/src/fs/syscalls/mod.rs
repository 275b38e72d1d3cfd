//! System calls about files.

mod at;
pub mod attributes;
pub mod control;
pub mod descriptors;
pub mod directories;
pub mod epoll;
pub mod events;
pub mod extended;
pub mod inotify;
pub mod ioctl;
pub mod memory;
pub mod names;
pub mod open;
pub mod pipes;
pub mod poll;
pub mod read_write;
pub mod record_locks;
pub mod select;
pub mod space;
pub mod splice;
pub mod status;
