//! Times: `struct timespec`, `struct timeval` and their arithmetic in nanoseconds.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::Errno;

/// Nanoseconds in a second.
pub const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;

/// `struct timespec` (timespec(3type)).
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
pub struct Timespec {
    /// Seconds.
    pub tv_sec: i64,
    /// Nanoseconds, 0..1e9 in a valid time.
    pub tv_nsec: i64,
}

impl Timespec {
    /// The time of a count of nanoseconds.
    #[must_use]
    #[expect(clippy::cast_possible_wrap, reason = "u64::MAX nanoseconds are 1.8e10 seconds")]
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        Self {
            tv_sec: (nanoseconds / NANOSECONDS_PER_SECOND) as i64,
            tv_nsec: (nanoseconds % NANOSECONDS_PER_SECOND) as i64,
        }
    }

    /// The count of nanoseconds, saturating at `u64::MAX`.
    ///
    /// # Errors
    /// `EINVAL` when a field is negative or `tv_nsec` is not below 1e9.
    #[expect(clippy::cast_sign_loss, reason = "negative values are refused first")]
    pub const fn to_nanoseconds(self) -> Result<u64, Errno> {
        if self.tv_sec < 0 || self.tv_nsec < 0 || self.tv_nsec >= 1_000_000_000 {
            return Err(Errno::EINVAL);
        }
        Ok((self.tv_sec as u64).saturating_mul(NANOSECONDS_PER_SECOND).saturating_add(self.tv_nsec as u64))
    }
}

/// `struct timeval` (timeval(3type)).
#[repr(C)]
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
pub struct Timeval {
    /// Seconds.
    pub tv_sec: i64,
    /// Microseconds, 0..1e6 in a valid time.
    pub tv_usec: i64,
}

/// `struct itimerval` (setitimer(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Itimerval {
    /// What the timer is set to when it expires.
    pub it_interval: Timeval,
    /// The time until it expires; zero when it is not set.
    pub it_value: Timeval,
}

impl Timeval {
    /// The time of a count of nanoseconds, rounded down.
    #[must_use]
    pub const fn from_nanoseconds(nanoseconds: u64) -> Self {
        let time = Timespec::from_nanoseconds(nanoseconds);
        Self { tv_sec: time.tv_sec, tv_usec: time.tv_nsec / 1000 }
    }

    /// The count of nanoseconds, saturating at `u64::MAX`.
    ///
    /// # Errors
    /// `EINVAL` when a field is negative or `tv_usec` is not below 1e6.
    pub const fn to_nanoseconds(self) -> Result<u64, Errno> {
        if self.tv_usec >= 1_000_000 {
            return Err(Errno::EINVAL);
        }
        Timespec { tv_sec: self.tv_sec, tv_nsec: self.tv_usec.saturating_mul(1000) }.to_nanoseconds()
    }
}

/// `struct timezone` (gettimeofday(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Timezone {
    /// Minutes west of Greenwich.
    pub tz_minuteswest: i32,
    /// The kind of summer time; without meaning.
    pub tz_dsttime: i32,
}

/// `struct __kernel_timex` (adjtimex(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[expect(missing_docs, reason = "the names are Linux's; adjtimex(2) explains them")]
pub struct Timex {
    pub modes: u32,
    pub padding: u32,
    pub offset: i64,
    pub freq: i64,
    pub maxerror: i64,
    pub esterror: i64,
    pub status: i32,
    pub padding2: u32,
    pub constant: i64,
    pub precision: i64,
    pub tolerance: i64,
    pub time: Timeval,
    pub tick: i64,
    pub ppsfreq: i64,
    pub jitter: i64,
    pub shift: i32,
    pub padding3: u32,
    pub stabil: i64,
    pub jitcnt: i64,
    pub calcnt: i64,
    pub errcnt: i64,
    pub stbcnt: i64,
    pub tai: i32,
    pub padding4: [u32; 11],
}

/// `struct itimerspec` (timer_settime(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct Itimerspec {
    /// How often it expires after the first time; zero for once.
    pub it_interval: Timespec,
    /// When it expires first; zero disarms it.
    pub it_value: Timespec,
}

/// `struct sigevent` (sigevent(3type)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
pub struct SigEvent {
    /// What the signal carries.
    pub sigev_value: u64,
    /// The signal.
    pub sigev_signo: i32,
    /// `SIGEV_*`.
    pub sigev_notify: i32,
    /// The thread of `SIGEV_THREAD_ID`.
    pub sigev_notify_thread_id: i32,
    /// Up to 64 bytes.
    pub padding: [u32; 11],
}
