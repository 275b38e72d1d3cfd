//! The system calls about sockets.

pub mod connections;
pub mod messages;
pub mod options;
