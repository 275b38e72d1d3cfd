//! Getting and setting options of level `SOL_SOCKET` (socket(7)).

use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use abi::Errno;
use abi::raw::general::{CAP_NET_ADMIN, CAP_NET_RAW};
use abi::raw::net::{
    SO_ACCEPTCONN, SO_BROADCAST, SO_BSDCOMPAT, SO_DEBUG, SO_DOMAIN, SO_DONTROUTE, SO_ERROR, SO_KEEPALIVE,
    SO_LINGER, SO_MARK, SO_NO_CHECK, SO_OOBINLINE, SO_PASSCRED, SO_PEEK_OFF, SO_PEERCRED, SO_PEERGROUPS,
    SO_PEERNAME, SO_PRIORITY, SO_PROTOCOL, SO_RCVBUF, SO_RCVBUFFORCE, SO_RCVLOWAT, SO_RCVTIMEO_NEW,
    SO_RCVTIMEO_OLD, SO_REUSEADDR, SO_REUSEPORT, SO_SELECT_ERR_QUEUE, SO_SNDBUF, SO_SNDBUFFORCE, SO_SNDLOWAT,
    SO_SNDTIMEO_NEW, SO_SNDTIMEO_OLD, SO_TYPE,
};
use abi::socket::{Linger, UserCredentials};
use abi::time::Timeval;
use zerocopy::IntoBytes;

use super::options::{BUFFER_MAX, Options};
use super::{PeerCredentials, Socket};
use crate::task::Thread;
use crate::user::UserPtr;

/// Linux counts timeouts in ticks of this many nanoseconds (`CONFIG_HZ` of 250).
const TICK: u64 = 4_000_000;
/// The largest priority that an ordinary user may set.
const PRIORITY_MAX: i32 = 6;

/// The switch that an option turns.
fn switch(options: &Options, name: u32) -> Option<&AtomicBool> {
    let switches = &options.switches;
    Some(match name {
        SO_DEBUG => &switches.debug,
        SO_REUSEADDR => &switches.reuse_address,
        SO_DONTROUTE => &switches.do_not_route,
        SO_BROADCAST => &switches.broadcast,
        SO_KEEPALIVE => &switches.keep_alive,
        SO_OOBINLINE => &switches.urgent_inline,
        SO_NO_CHECK => &switches.no_check,
        SO_PASSCRED => &switches.pass_credentials,
        SO_SELECT_ERR_QUEUE => &switches.select_error_queue,
        _ => return None,
    })
}

fn number(value: usize) -> Vec<u8> {
    i32::try_from(value).unwrap_or(i32::MAX).as_bytes().into()
}

fn time(timeout: &AtomicU64) -> Vec<u8> {
    Timeval::from_nanoseconds(timeout.load(Ordering::Relaxed)).as_bytes().into()
}

/// The bytes of an option's value; `room` is how long a value the program takes.
///
/// # Errors
/// `ENOPROTOOPT` for an option that there is not, `ERANGE` with the length for one that needs more room.
pub(super) fn get(socket: &dyn Socket, name: u32, room: usize) -> Result<Vec<u8>, (Errno, Option<usize>)> {
    let options = socket.options();
    if let Some(switch) = switch(options, name) {
        return Ok(number(usize::from(switch.load(Ordering::Relaxed))));
    }
    Ok(match name {
        SO_TYPE => socket.kind().number().as_bytes().into(),
        SO_DOMAIN => u32::from(socket.domain().number()).as_bytes().into(),
        SO_PROTOCOL | SO_BSDCOMPAT | SO_REUSEPORT => number(0),
        SO_ERROR => number(socket.take_error().map_or(0, |error| usize::from(error.number()))),
        SO_ACCEPTCONN => number(usize::from(socket.is_listening())),
        SO_SNDBUF => number(options.send_buffer.load(Ordering::Relaxed)),
        SO_RCVBUF => number(options.receive_buffer.load(Ordering::Relaxed)),
        SO_RCVLOWAT => options.receive_low.load(Ordering::Relaxed).as_bytes().into(),
        SO_SNDLOWAT => number(1),
        SO_PRIORITY => options.priority.load(Ordering::Relaxed).as_bytes().into(),
        SO_MARK => options.mark.load(Ordering::Relaxed).as_bytes().into(),
        SO_PEEK_OFF => options.peek_offset.load(Ordering::Relaxed).as_bytes().into(),
        SO_LINGER => options.linger.lock().as_bytes().into(),
        SO_RCVTIMEO_OLD | SO_RCVTIMEO_NEW => time(&options.receive_timeout),
        SO_SNDTIMEO_OLD | SO_SNDTIMEO_NEW => time(&options.send_timeout),
        SO_PEERCRED => peer_credentials(socket.peer_credentials().as_ref()).as_bytes().into(),
        SO_PEERGROUPS => return peer_groups(socket, room),
        SO_PEERNAME => {
            let address = socket.peer_name().map_err(|error| (error, None))?;
            if address.bytes().len() < room {
                return Err((Errno::EINVAL, None));
            }
            address.bytes().into()
        }
        _ => return Err((Errno::ENOPROTOOPT, None)),
    })
}

fn peer_credentials(peer: Option<&PeerCredentials>) -> UserCredentials {
    match peer {
        Some(PeerCredentials { pid, credentials }) => {
            UserCredentials { pid: *pid, uid: credentials.euid, gid: credentials.egid }
        }
        None => UserCredentials { pid: 0, uid: u32::MAX, gid: u32::MAX },
    }
}

fn peer_groups(socket: &dyn Socket, room: usize) -> Result<Vec<u8>, (Errno, Option<usize>)> {
    let peer = socket.peer_credentials().ok_or((Errno::ENODATA, None))?;
    let bytes = peer.credentials.groups.as_bytes();
    if room < bytes.len() { Err((Errno::ERANGE, Some(bytes.len()))) } else { Ok(bytes.into()) }
}

/// A value that a program gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) address: UserPtr<u8>,
    pub(super) length: usize,
}

impl Value {
    fn read<T: zerocopy::FromBytes + zerocopy::IntoBytes>(self) -> Result<T, Errno> {
        if self.length < size_of::<T>() { Err(Errno::EINVAL) } else { self.address.cast::<T>().read() }
    }
}

/// Sets an option.
///
/// # Errors
/// `ENOPROTOOPT` for an option that there is not or that cannot be set, `EINVAL`, `EFAULT`, `EPERM`.
pub(super) fn set(thread: &Thread, socket: &dyn Socket, name: u32, value: Value) -> Result<(), Errno> {
    let options = socket.options();
    let number: i32 = value.read()?;
    let is_admin = thread.credentials().has_capability(CAP_NET_ADMIN);
    if let Some(switch) = switch(options, name) {
        if name == SO_DEBUG && number != 0 && !is_admin {
            return Err(Errno::EACCES);
        }
        switch.store(number != 0, Ordering::Relaxed);
        return Ok(());
    }
    // As Linux: a negative size is a large one, but none at all where force is used.
    let size = usize::try_from(number).unwrap_or(BUFFER_MAX);
    match name {
        SO_SNDBUFFORCE | SO_RCVBUFFORCE if !is_admin => return Err(Errno::EPERM),
        SO_SNDBUF => options.set_send_buffer(size.min(BUFFER_MAX)),
        SO_SNDBUFFORCE => options.set_send_buffer(usize::try_from(number).unwrap_or(0)),
        SO_RCVBUF => options.set_receive_buffer(size.min(BUFFER_MAX)),
        SO_RCVBUFFORCE => options.set_receive_buffer(usize::try_from(number).unwrap_or(0)),
        SO_RCVLOWAT => {
            let low = if number < 0 { i32::MAX } else { number.max(1) };
            options.receive_low.store(low, Ordering::Relaxed);
        }
        SO_PRIORITY => {
            let may = (0..=PRIORITY_MAX).contains(&number) || has_network_capability(thread);
            if !may {
                return Err(Errno::EPERM);
            }
            options.priority.store(number, Ordering::Relaxed);
        }
        SO_MARK if !has_network_capability(thread) => return Err(Errno::EPERM),
        SO_MARK => options.mark.store(number.cast_unsigned(), Ordering::Relaxed),
        SO_PEEK_OFF => options.peek_offset.store(number, Ordering::Relaxed),
        SO_LINGER => {
            let Linger { l_onoff, l_linger } = value.read()?;
            let mut linger = options.linger.lock();
            // What is switched off keeps its time.
            *linger =
                if l_onoff == 0 { Linger { l_onoff: 0, ..*linger } } else { Linger { l_onoff: 1, l_linger } };
        }
        SO_RCVTIMEO_OLD | SO_RCVTIMEO_NEW => set_timeout(&options.receive_timeout, value)?,
        SO_SNDTIMEO_OLD | SO_SNDTIMEO_NEW => set_timeout(&options.send_timeout, value)?,
        SO_BSDCOMPAT => {}
        SO_REUSEPORT if number != 0 => return Err(Errno::EOPNOTSUPP),
        SO_REUSEPORT => {}
        _ => return Err(Errno::ENOPROTOOPT),
    }
    if matches!(name, SO_SNDBUF | SO_SNDBUFFORCE) {
        socket.send_buffer_changed();
    }
    Ok(())
}

fn has_network_capability(thread: &Thread) -> bool {
    let credentials = thread.credentials();
    credentials.has_capability(CAP_NET_RAW) || credentials.has_capability(CAP_NET_ADMIN)
}

/// A time that is not positive is for ever, and one that is negative not at all, as on Linux.
fn set_timeout(timeout: &AtomicU64, value: Value) -> Result<(), Errno> {
    const MICROSECONDS: i64 = 1_000_000;
    let time: Timeval = value.read()?;
    if !(0..MICROSECONDS).contains(&time.tv_usec) {
        return Err(Errno::EDOM);
    }
    // The shortest wait there is, over at once.
    let nanoseconds = if time.tv_sec < 0 { 1 } else { round_up(time)? };
    timeout.store(nanoseconds, Ordering::Relaxed);
    Ok(())
}

fn round_up(time: Timeval) -> Result<u64, Errno> {
    Ok(time.to_nanoseconds()?.checked_next_multiple_of(TICK).unwrap_or(0))
}
