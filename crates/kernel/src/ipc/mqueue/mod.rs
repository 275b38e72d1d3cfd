//! POSIX message queues (mq_overview(7)).
//!
//! Queues are the files of one file system, which /dev/mqueue shows; a descriptor of mq_open(3) is an ordinary
//! open file, so it polls, is inherited and closes like any other.
//!
//! | module | what it holds |
//! |---|---|
//! | [`limits`] | /proc/sys/fs/mqueue, and what a user's queues may take |
//! | `queue` | messages, who waits, who is notified |
//! | `directory`, `file` | the file system; an open queue |
//! | [`syscalls`] | the system calls |

mod directory;
mod file;
pub mod limits;
mod queue;
pub mod syscalls;

pub use directory::file_system;
