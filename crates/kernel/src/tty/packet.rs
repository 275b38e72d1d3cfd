//! Packet mode: what whoever holds the other side of a pseudo-terminal is told beside the data
//! (ioctl_tty(2), `TIOCPKT`).

use abi::raw::general::{
    EXTPROC, TIOCPKT_DOSTOP, TIOCPKT_FLUSHREAD, TIOCPKT_FLUSHWRITE, TIOCPKT_IOCTL, TIOCPKT_NOSTOP,
    TIOCPKT_START, TIOCPKT_STOP,
};

use super::settings::Settings;

/// Whether packet mode is on, and what there is to tell.
#[derive(Debug, Default)]
pub(super) struct Packet {
    is_on: bool,
    status: u32,
}

impl Packet {
    /// Whether it is on.
    pub(super) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// Turns it on or off.
    pub(super) const fn set(&mut self, is_on: bool) {
        if is_on && !self.is_on {
            self.status = 0;
        }
        self.is_on = is_on;
    }

    /// What there is to tell, if anything.
    pub(super) const fn is_pending(&self) -> bool {
        self.is_on && self.status != 0
    }

    /// Takes what there is to tell.
    pub(super) fn take(&mut self) -> Option<u8> {
        let status = if self.is_on { core::mem::take(&mut self.status) } else { 0 };
        u8::try_from(status).ok().filter(|&status| status != 0)
    }

    const fn tell(&mut self, news: u32, outdated: u32) {
        if self.is_on {
            self.status = (self.status & !outdated) | news;
        }
    }

    /// The output was stopped.
    pub(super) const fn stopped(&mut self) {
        self.tell(TIOCPKT_STOP, TIOCPKT_START);
    }

    /// The output goes on.
    pub(super) const fn started(&mut self) {
        self.tell(TIOCPKT_START, TIOCPKT_STOP);
    }

    /// Input was flushed.
    pub(super) const fn input_flushed(&mut self) {
        self.tell(TIOCPKT_FLUSHREAD, 0);
    }

    /// Output was flushed.
    pub(super) const fn output_flushed(&mut self) {
        self.tell(TIOCPKT_FLUSHWRITE, 0);
    }

    /// Settings changed.
    pub(super) fn settings_changed(&mut self, before: &Settings, after: &Settings) {
        if before.has_usual_flow() != after.has_usual_flow() {
            let news = if after.has_usual_flow() { TIOCPKT_DOSTOP } else { TIOCPKT_NOSTOP };
            self.tell(news, TIOCPKT_DOSTOP | TIOCPKT_NOSTOP);
        }
        if before.local(EXTPROC) || after.local(EXTPROC) {
            self.tell(TIOCPKT_IOCTL, 0);
        }
    }
}
