//! The values of options: what a text means, or why it means nothing.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

/// The most processors that a kernel serves (`MAX_CPUS` of its scheduler).
const MAX_PROCESSORS: usize = 64;
/// Less memory than this holds no world.
const MIN_MEMORY: u64 = 16 << 20;
/// More memory than this has no place in the kernel's part of the address space.
const MAX_MEMORY: u64 = 1 << 40;
/// `HOST_NAME_MAX` (limits.h).
const HOST_NAME_MAX: usize = 64;

/// A host directory and its place in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Volume {
    /// On the host, as given.
    pub(crate) host: PathBuf,
    /// In the world, absolute.
    pub(crate) guest: PathBuf,
    /// Whether the world may not change it.
    pub(crate) read_only: bool,
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Its name.
    pub(crate) name: OsString,
    /// What it is set to.
    pub(crate) value: OsString,
}

/// A user and a group, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// The user.
    pub(crate) uid: u32,
    /// The group.
    pub(crate) gid: u32,
}

/// Understands `HOST:GUEST[:ro]`.
pub(crate) fn volume() -> impl TypedValueParser<Value = Volume> {
    OsStringValueParser::new().try_map(|text| parse_volume(&text))
}

fn parse_volume(text: &OsStr) -> Result<Volume, &'static str> {
    let parts: Vec<&[u8]> = text.as_bytes().split(|&byte| byte == b':').collect();
    let (host, guest, read_only) = match parts[..] {
        [host, guest] => (host, guest, false),
        [host, guest, b"ro"] => (host, guest, true),
        [host, guest, b"rw"] => (host, guest, false),
        [_, _, _] => return Err("the third part can only be `ro`"),
        _ => return Err("it must be HOST:GUEST or HOST:GUEST:ro"),
    };
    if host.is_empty() {
        return Err("the host's path is empty");
    }
    let guest = PathBuf::from(OsStr::from_bytes(guest));
    if !guest.is_absolute() {
        return Err("the path in the world must be absolute");
    }
    Ok(Volume { host: PathBuf::from(OsStr::from_bytes(host)), guest, read_only })
}

/// Understands `K=V`.
pub(crate) fn assignment() -> impl TypedValueParser<Value = Assignment> {
    OsStringValueParser::new().try_map(|text| parse_assignment(text.as_bytes()))
}

fn parse_assignment(text: &[u8]) -> Result<Assignment, &'static str> {
    let position = text.iter().position(|&byte| byte == b'=').ok_or("it must be K=V")?;
    let (name, value) = (text.get(..position), text.get(position + 1..));
    match (name, value) {
        (Some(name), Some(value)) if !name.is_empty() => Ok(Assignment {
            name: OsString::from_vec(name.to_vec()),
            value: OsString::from_vec(value.to_vec()),
        }),
        _ => Err("the name before the `=` is empty"),
    }
}

/// Understands an absolute path.
pub(crate) fn guest_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|text| {
        let path = PathBuf::from(text);
        if path.is_absolute() { Ok(path) } else { Err("the path in the world must be absolute") }
    })
}

/// Understands `UID:GID`.
pub(crate) fn user(text: &str) -> Result<User, &'static str> {
    const FORM: &str = "it must be UID:GID, two numbers below 4294967295";
    let (uid, gid) = text.split_once(':').ok_or(FORM)?;
    let number = |text: &str| match text.parse() {
        // The largest number means "no change" in chown(2) and its like.
        Ok(u32::MAX) | Err(_) => Err(FORM),
        Ok(number) => Ok(number),
    };
    Ok(User { uid: number(uid)?, gid: number(gid)? })
}

/// Understands a size such as `512M`; gives bytes, rounded down to whole pages of 2 MiB.
pub(crate) fn memory(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let suffix = text.get(digits.len()..).unwrap_or_default();
    let shift = match suffix {
        "" | "B" => 0,
        "K" | "k" | "KiB" => 10,
        "M" | "m" | "MiB" => 20,
        "G" | "g" | "GiB" => 30,
        "T" | "t" | "TiB" => 40,
        _ => return Err("it must be a number of bytes, or one with a suffix K, M, G or T".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "it must begin with a number".to_owned())?;
    let bytes = number.saturating_mul(1 << shift);
    match bytes {
        ..MIN_MEMORY => Err("a world needs at least 16M".to_owned()),
        MIN_MEMORY..=MAX_MEMORY => Ok(whole_memory(bytes)),
        _ => Err("a world has at most 1T".to_owned()),
    }
}

/// The bytes as whole pages of 2 MiB, within what a kernel manages.
pub(crate) fn whole_memory(bytes: u64) -> u64 {
    (bytes & !((2 << 20) - 1)).clamp(MIN_MEMORY, MAX_MEMORY)
}

/// Understands a number of processors.
pub(crate) fn processors(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=MAX_PROCESSORS) => Ok(number),
        _ => Err(format!("it must be a number from 1 to {MAX_PROCESSORS}")),
    }
}

/// As many processors as a kernel serves, of those that there are.
pub(crate) fn whole_processors(number: usize) -> usize {
    number.clamp(1, MAX_PROCESSORS)
}

/// Understands a host name.
pub(crate) fn hostname(text: &str) -> Result<String, String> {
    let allowed = |character: char| character.is_ascii_graphic() && character != '/';
    if text.is_empty() || text.len() > HOST_NAME_MAX {
        return Err(format!("it must have 1 to {HOST_NAME_MAX} characters"));
    }
    if !text.chars().all(allowed) {
        return Err("it may hold letters, digits, `-` and `.` only".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::{User, memory, parse_assignment, parse_volume, user};

    #[test]
    fn sizes() {
        assert_eq!(memory("512M"), Ok(512 << 20));
        assert_eq!(memory("2G"), Ok(2 << 30));
        assert_eq!(memory("33554433"), Ok(32 << 20));
        for wrong in ["", "M", "1X", "-1G", "1", "15M", "2T", "99999999999999999999", "1 G", "0x10M"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn volumes() {
        let volume = parse_volume(OsStr::new("a:/b:ro")).unwrap();
        assert_eq!((volume.host.to_str(), volume.guest.to_str()), (Some("a"), Some("/b")));
        assert!(volume.read_only);
        assert!(!parse_volume(OsStr::new("a:/b")).unwrap().read_only);
        for wrong in ["", ":", "a", "a:", ":/b", "a:b", "a:/b:", "a:/b:xx", "a:/b:ro:ro"] {
            assert!(parse_volume(OsStr::new(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn users() {
        assert_eq!(user("1000:7"), Ok(User { uid: 1000, gid: 7 }));
        for wrong in ["", "1", "1:", ":1", "a:b", "-1:0", "4294967295:0", "1:2:3"] {
            assert!(user(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn assignments() {
        let both = parse_assignment(b"A=b=c").unwrap();
        assert_eq!((both.name.to_str(), both.value.to_str()), (Some("A"), Some("b=c")));
        assert_eq!(parse_assignment(b"A=").unwrap().value, "");
        assert!(parse_assignment(b"A").is_err());
        assert!(parse_assignment(b"=A").is_err());
    }
}
