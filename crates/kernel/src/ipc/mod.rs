//! Communication between threads and processes that is not through files.

pub mod futex;
pub mod mqueue;
pub mod sysv;
