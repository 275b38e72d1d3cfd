//! Sockets (socket(7)).
//!
//! A [`Socket`] is what one address family makes of the calls; [`SocketFile`] shows it as an open file.
//! What all families share lies here: addresses and messages as programs pass them, the options of level
//! `SOL_SOCKET`, descriptors and credentials that travel with messages.

mod address;
mod control;
mod disposal;
mod file;
mod flight;
mod message;
mod option_calls;
mod options;
pub mod proc;
mod rights;
mod socket;
pub mod syscalls;
pub mod unix;

pub use address::Address;
pub use control::CONTROL_MAX;
pub use file::SocketFile;
pub use options::{BUFFER_DEFAULT, BUFFER_MAX, Options};
pub use rights::Rights;
pub use socket::{Domain, Incoming, Kind, Outgoing, PeerCredentials, Shutdown, Socket, Wanted};
pub use syscalls::connections::BACKLOG_MAX;
