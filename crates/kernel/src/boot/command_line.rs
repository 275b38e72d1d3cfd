//! The kernel's command line: what the world shall be.
//!
//! Words of the form `key=value`, then `--`, then the program and its arguments. It is written by a
//! launcher and not by a person, so it is strict: what it does not know is an error.
//!
//! | key | value | may be repeated |
//! |---|---|---|
//! | `supervisor` | process number of the launcher on the host | |
//! | `root` | host directory that is shown as `/` | |
//! | `volume` | `HOST:GUEST:ro` or `HOST:GUEST:rw` | yes |
//! | `env` | `K=V` | yes |
//! | `workdir` | where the program starts | |
//! | `user` | `UID:GID` | |
//! | `group` | supplementary group | yes |
//! | `memory` | bytes | |
//! | `cpus` | how many processors | |
//! | `hostname` | what uname(2) says | |
//! | `bind-libc` | `fd:N`, the machine's descriptor of the library that programs load | |
//! | `stats` | `text` or `json`: report the calls at the end | |
//! | `sites` | `text` or `json`: report the sites at the end | |
//! | `strace` | `fd:N`, the machine's descriptor for the trace | |
//! | `umask` | what new files do not get (umask(2)) | |
//! | `ignored` | the signals that the program ignores, as a mask | |
//! | `limit` | `RESOURCE:SOFT:HARD`, Linux's numbers (getrlimit(2)) | yes |

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::syscalls::report::Format;

/// A host directory with its place in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// The path on the host.
    pub host: Vec<u8>,
    /// The absolute path in the world.
    pub guest: Vec<u8>,
    /// Whether the world may not change it.
    pub read_only: bool,
}

/// A limit that the first program starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The resource's number.
    pub resource: u32,
    /// The soft limit; `u64::MAX` for none.
    pub soft: u64,
    /// The hard limit; `u64::MAX` for none.
    pub hard: u64,
}

/// What the world shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The launcher's process on the host.
    pub supervisor: Option<i32>,
    /// The host directory that is shown as `/`.
    pub root: Vec<u8>,
    /// Further host directories.
    pub volumes: Vec<Volume>,
    /// The program's environment, `K=V` each.
    pub environment: Vec<Vec<u8>>,
    /// Where the program starts.
    pub working_directory: Vec<u8>,
    /// Whom the program runs as.
    pub uid: u32,
    /// The program's group.
    pub gid: u32,
    /// Its supplementary groups.
    pub groups: Vec<u32>,
    /// Bytes of physical memory.
    pub memory: u64,
    /// How many processors.
    pub cpus: usize,
    /// What uname(2) says.
    pub hostname: Vec<u8>,
    /// The machine's descriptor for the trace, if one is wanted.
    pub trace: Option<i32>,
    /// The machine's descriptor of the library that binds the C library's names, if that is wanted.
    pub binding: Option<i32>,
    /// Whether and how the calls are reported at the end.
    pub stats: Option<Format>,
    /// Whether and how the sites are reported at the end.
    pub sites: Option<Format>,
    /// The permissions that new files do not get.
    pub umask: u32,
    /// The signals that the program ignores at first, as a mask.
    pub ignored: u64,
    /// Limits that differ from the kernel's own defaults.
    pub limits: Vec<Limit>,
    /// The program and its arguments; never empty.
    pub arguments: Vec<Vec<u8>>,
}

/// What is wrong with a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandLineError<'a> {
    /// A word without `=`.
    NoValue(&'a [u8]),
    /// A key that there is not.
    UnknownKey(&'a [u8]),
    /// A value that does not fit its key; the whole word.
    BadValue(&'a [u8]),
    /// No `--` with a program behind it.
    NoProgram,
}

impl fmt::Display for CommandLineError<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoValue(word) => write!(formatter, "'{}' has no value", word.escape_ascii()),
            Self::UnknownKey(word) => write!(formatter, "'{}' is not known", word.escape_ascii()),
            Self::BadValue(word) => write!(formatter, "'{}' makes no sense", word.escape_ascii()),
            Self::NoProgram => formatter.write_str("no program given"),
        }
    }
}

/// The number behind a key, for a machine that needs it before it has a heap.
///
/// `words` are those of the command line; the last one counts.
pub fn number_of<'a>(words: impl IntoIterator<Item = &'a [u8]>, key: &[u8]) -> Option<u64> {
    let words = words.into_iter().take_while(|word| *word != b"--");
    let values = words.filter_map(|word| word.strip_prefix(key)?.strip_prefix(b"="));
    values.filter_map(number).last()
}

impl Config {
    /// Understands a command line, without the kernel's own name.
    ///
    /// # Errors
    /// What is wrong with the first word that makes no sense.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, CommandLineError<'a>> {
        let mut words = words.into_iter();
        let mut config = Self {
            root: b"/".to_vec(),
            working_directory: b"/".to_vec(),
            cpus: 1,
            umask: 0o022,
            ..Self::default()
        };
        for word in words.by_ref() {
            if word == b"--" {
                break;
            }
            let equals = word.iter().position(|&byte| byte == b'=');
            let (key, value) = equals
                .and_then(|position| Some((word.get(..position)?, word.get(position + 1..)?)))
                .ok_or(CommandLineError::NoValue(word))?;
            match config.set(key, value) {
                Some(true) => {}
                Some(false) => return Err(CommandLineError::UnknownKey(word)),
                None => return Err(CommandLineError::BadValue(word)),
            }
        }
        config.arguments = words.map(<[u8]>::to_vec).collect();
        if config.arguments.is_empty() {
            return Err(CommandLineError::NoProgram);
        }
        Ok(config)
    }

    /// Takes one value: `None` when it makes no sense, `false` when the key is unknown.
    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<bool> {
        match key {
            b"supervisor" => self.supervisor = Some(number(value)?),
            b"root" => self.root = absolute(value)?,
            b"volume" => self.volumes.push(volume(value)?),
            b"env" => self.environment.push(value.to_vec()),
            b"workdir" => self.working_directory = absolute(value)?,
            b"user" => {
                let (uid, gid) = split_last(value)?;
                (self.uid, self.gid) = (number(uid)?, number(gid)?);
            }
            b"group" => self.groups.push(number(value)?),
            b"memory" => self.memory = number(value)?,
            b"cpus" => self.cpus = number(value)?,
            b"hostname" => self.hostname = value.to_vec(),
            b"umask" => self.umask = number::<u32>(value).filter(|umask| *umask <= 0o777)?,
            b"ignored" => self.ignored = number(value)?,
            b"strace" => self.trace = Some(number(value.strip_prefix(b"fd:")?)?),
            b"bind-libc" => self.binding = Some(number(value.strip_prefix(b"fd:")?)?),
            b"stats" => self.stats = Some(format(value)?),
            b"sites" => self.sites = Some(format(value)?),
            b"limit" => self.limits.push(limit(value)?),
            _ => return Some(false),
        }
        Some(true)
    }
}

fn number<T: FromStr>(value: &[u8]) -> Option<T> {
    core::str::from_utf8(value).ok()?.parse().ok()
}

fn format(value: &[u8]) -> Option<Format> {
    match value {
        b"text" => Some(Format::Text),
        b"json" => Some(Format::Json),
        _ => None,
    }
}

fn absolute(value: &[u8]) -> Option<Vec<u8>> {
    value.starts_with(b"/").then(|| value.to_vec())
}

/// The parts before and after the last colon.
fn split_last(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let position = value.iter().rposition(|&byte| byte == b':')?;
    Some((value.get(..position)?, value.get(position + 1..)?))
}

/// A host path may hold colons, so it is read from the end.
fn volume(value: &[u8]) -> Option<Volume> {
    let (paths, mode) = split_last(value)?;
    let (host, guest) = split_last(paths)?;
    let read_only = match mode {
        b"ro" => true,
        b"rw" => false,
        _ => return None,
    };
    Some(Volume { host: absolute(host)?, guest: absolute(guest)?, read_only })
}

fn limit(value: &[u8]) -> Option<Limit> {
    let (rest, hard) = split_last(value)?;
    let (resource, soft) = split_last(rest)?;
    let limit = Limit { resource: number(resource)?, soft: number(soft)?, hard: number(hard)? };
    (limit.soft <= limit.hard).then_some(limit)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{CommandLineError, Config, Format, Limit, Volume, number_of};

    fn words(text: &str) -> Vec<&[u8]> {
        text.split(' ').map(str::as_bytes).collect()
    }

    #[test]
    fn every_key() {
        let line = "supervisor=7 root=/r volume=/a:b:/c:ro volume=/d:/e:rw env=A=b=c env=B= workdir=/w user=1:2 \
                    group=3 group=4 memory=33554432 cpus=2 hostname=h umask=63 ignored=3 stats=json sites=text strace=fd:5 bind-libc=fd:6 limit=7:1024:4096 -- ls root=/x --";
        let config = Config::parse(words(line)).unwrap();
        let volume = |host: &str, guest: &str, read_only| Volume {
            host: host.as_bytes().to_vec(),
            guest: guest.as_bytes().to_vec(),
            read_only,
        };
        assert_eq!(config.supervisor, Some(7));
        assert_eq!(config.root, b"/r");
        assert_eq!(config.volumes, [volume("/a:b", "/c", true), volume("/d", "/e", false)]);
        assert_eq!(config.environment, [&b"A=b=c"[..], b"B="]);
        assert_eq!(config.working_directory, b"/w");
        assert_eq!((config.uid, config.gid, config.groups), (1, 2, [3, 4].to_vec()));
        assert_eq!((config.memory, config.cpus), (33_554_432, 2));
        assert_eq!(config.hostname, b"h");
        assert_eq!((config.umask, config.ignored), (0o077, 3));
        assert_eq!((config.trace, config.binding), (Some(5), Some(6)));
        assert_eq!((config.stats, config.sites), (Some(Format::Json), Some(Format::Text)));
        assert_eq!(config.limits, [Limit { resource: 7, soft: 1024, hard: 4096 }]);
        assert_eq!(config.arguments, [&b"ls"[..], b"root=/x", b"--"]);
    }

    #[test]
    fn defaults() {
        let config = Config::parse(words("-- true")).unwrap();
        assert_eq!((config.root.as_slice(), config.working_directory.as_slice()), (&b"/"[..], &b"/"[..]));
        assert_eq!((config.cpus, config.umask), (1, 0o022));
    }

    #[test]
    fn what_makes_no_sense() {
        for word in [
            "root=relative",
            "workdir=",
            "user=1",
            "user=-1:0",
            "memory=lots",
            "cpus=-1",
            "strace=5",
            "stats=yes",
            "volume=/a:/b",
            "volume=/a:b:ro",
            "volume=/a:/b:no",
            "limit=7:2:1",
            "limit=7",
            "umask=512",
            "group=4294967296",
        ] {
            let error = Config::parse([word.as_bytes(), b"--", b"true"]);
            assert_eq!(error, Err(CommandLineError::BadValue(word.as_bytes())), "{word}");
        }
        let no_value = Config::parse([&b"root"[..], b"--", b"true"]);
        assert_eq!(no_value, Err(CommandLineError::NoValue(b"root")));
        let unknown = Config::parse([&b"colour=red"[..], b"--", b"true"]);
        assert_eq!(unknown, Err(CommandLineError::UnknownKey(b"colour=red")));
        for line in [&[][..], &[&b"root=/"[..]], &[&b"--"[..]]] {
            assert_eq!(Config::parse(line.iter().copied()), Err(CommandLineError::NoProgram));
        }
    }

    #[test]
    fn numbers_without_a_heap() {
        let line = words("memory=1 cpus=3 memory=5 -- memory=9");
        assert_eq!(number_of(line.iter().copied(), b"memory"), Some(5));
        assert_eq!(number_of(line.iter().copied(), b"cpus"), Some(3));
        assert_eq!(number_of(line, b"mem"), None);
    }
}
