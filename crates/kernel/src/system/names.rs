//! What the system is called (uname(2)).

use sync::SpinLock;

use abi::system::UTS_FIELD;

/// `sysname`.
pub const SYSNAME: &str = "Linux";
/// `release`: the Linux whose behaviour is followed.
pub const RELEASE: &str = "6.12.0-trapless";
/// `version`.
pub const VERSION: &str = concat!("#1 SMP PREEMPT_DYNAMIC Trapless ", env!("CARGO_PKG_VERSION"));

/// One name, filled up with zeros.
type Name = [u8; UTS_FIELD];

static HOST_NAME: SpinLock<Name> = SpinLock::new(padded(b"trapless"));
static DOMAIN_NAME: SpinLock<Name> = SpinLock::new(padded(b"(none)"));

/// The bytes, cut to 64 and filled up with zeros.
pub(super) const fn padded(bytes: &[u8]) -> Name {
    let mut name = [0; UTS_FIELD];
    let (kept, _) = bytes.split_at(if bytes.len() < UTS_FIELD { bytes.len() } else { UTS_FIELD - 1 });
    let (start, _) = name.split_at_mut(kept.len());
    start.copy_from_slice(kept);
    name
}

/// The host's name (gethostname(2)), filled up with zeros.
#[must_use]
pub fn host_name() -> [u8; UTS_FIELD] {
    *HOST_NAME.lock()
}

/// Sets the host's name; what is longer than 64 bytes is cut.
pub fn set_host_name(name: &[u8]) {
    *HOST_NAME.lock() = padded(name);
}

/// The NIS domain's name (getdomainname(2)), filled up with zeros.
#[must_use]
pub fn domain_name() -> [u8; UTS_FIELD] {
    *DOMAIN_NAME.lock()
}

/// Sets the NIS domain's name; what is longer than 64 bytes is cut.
pub fn set_domain_name(name: &[u8]) {
    *DOMAIN_NAME.lock() = padded(name);
}
