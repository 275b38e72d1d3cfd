//! What reads of a signalfd give (signalfd(2)).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::siginfo::{SigInfo, SigInfoLayout};

/// Close the descriptor on execve(2).
pub const SFD_CLOEXEC: u32 = 0o200_0000;
/// Reads do not wait.
pub const SFD_NONBLOCK: u32 = 0o4000;

/// `struct signalfd_siginfo`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[expect(missing_docs, reason = "the fields are those of `siginfo_t`, with other names")]
pub struct SignalfdSiginfo {
    pub ssi_signo: u32,
    pub ssi_errno: i32,
    pub ssi_code: i32,
    pub ssi_pid: i32,
    pub ssi_uid: u32,
    pub ssi_fd: i32,
    pub ssi_tid: i32,
    pub ssi_band: u32,
    pub ssi_overrun: i32,
    pub ssi_trapno: u32,
    pub ssi_status: i32,
    pub ssi_int: u32,
    pub ssi_ptr: u64,
    pub ssi_utime: u64,
    pub ssi_stime: u64,
    pub ssi_addr: u64,
    pub ssi_addr_lsb: u16,
    padding: u16,
    pub ssi_syscall: i32,
    pub ssi_call_addr: u64,
    pub ssi_arch: u32,
    reserved: [u32; 7],
}

const _: () = assert!(size_of::<SignalfdSiginfo>() == 128, "signalfd(2)");

impl SignalfdSiginfo {
    /// The same information in this form.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as the fields are declared")]
    pub fn of(info: &SigInfo) -> Self {
        let mut this = Self {
            ssi_signo: info.si_signo.unsigned_abs(),
            ssi_errno: info.si_errno,
            ssi_code: info.si_code,
            ..Self::default()
        };
        match info.layout() {
            SigInfoLayout::Kill => (this.ssi_pid, this.ssi_uid) = (info.pid(), info.uid()),
            SigInfoLayout::Timer => {
                (this.ssi_tid, this.ssi_overrun) = (info.timer_id(), info.overrun());
                (this.ssi_ptr, this.ssi_int) = (info.value(), info.value() as u32);
            }
            SigInfoLayout::Poll => (this.ssi_band, this.ssi_fd) = (info.band() as u32, info.fd()),
            SigInfoLayout::Fault => this.ssi_addr = info.address(),
            SigInfoLayout::Child => {
                (this.ssi_pid, this.ssi_uid) = (info.pid(), info.uid());
                this.ssi_status = info.status();
                (this.ssi_utime, this.ssi_stime) = info.times();
            }
            SigInfoLayout::Queue => {
                (this.ssi_pid, this.ssi_uid) = (info.pid(), info.uid());
                (this.ssi_ptr, this.ssi_int) = (info.value(), info.value() as u32);
            }
            SigInfoLayout::System => {
                this.ssi_call_addr = info.address();
                (this.ssi_syscall, this.ssi_arch) = info.system_call();
            }
        }
        this
    }
}
