//! The host's files.
//!
//! | module | what it holds |
//! |---|---|
//! | `tree`, `node`, `inode` | a directory of the host as a file system |
//! | `regular`, `listing` | its files and directories, open |
//! | `attributes`, `metadata` | what the host tells about files |
//! | `handles` | descriptors of directories that are kept for a while |
//! | `stream`, `terminal` | the streams that the kernel was started with |
//! | `watch` | waiting for the host |
//! | `transfer`, `calls`, `names` | the host's calls |

mod attributes;
mod calls;
mod handles;
mod inode;
mod listing;
mod metadata;
mod names;
mod node;
mod regular;
mod stream;
mod terminal;
mod transfer;
mod tree;
pub(crate) mod watch;

pub(crate) use stream::standard_stream;
pub(crate) use tree::open as open_directory;
