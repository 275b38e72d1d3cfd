//! The frames on the serial port (`console/link.rs` of the crate `trapless-machine-vm` has the table).

/// What the kernel sends before its first frame.
const GREETING: &[u8] = b"\0trapless\x01";
/// The most bytes of a frame to the kernel.
pub(super) const LONGEST: usize = 512;
/// Bytes of a frame's head.
const HEAD: usize = 3;

/// What the kernel said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// For standard output.
    Output(Vec<u8>),
    /// For standard error.
    Error(Vec<u8>),
    /// For the trace.
    Trace(Vec<u8>),
    /// So many more bytes of standard input may be sent.
    Want(u32),
    /// The exit status.
    End(u8),
}

/// What has come and was not taken apart yet.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    is_greeted: bool,
}

impl Incoming {
    /// Takes bytes in.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub(super) fn next(&mut self) -> Option<Message> {
        if !self.is_greeted {
            // What comes before is the firmware's, or nobody's.
            let at = self.bytes.windows(GREETING.len()).position(|window| window == GREETING)?;
            self.bytes.drain(..at + GREETING.len());
            self.is_greeted = true;
        }
        loop {
            let &[kind, low, high] = self.bytes.first_chunk::<HEAD>()?;
            let end = HEAD + usize::from(u16::from_le_bytes([low, high]));
            let contents = self.bytes.get(HEAD..end)?.to_vec();
            self.bytes.drain(..end);
            let message = match (kind, contents.first_chunk::<4>()) {
                (1, _) => Message::Output(contents),
                (2, _) => Message::Error(contents),
                (3, _) => Message::Trace(contents),
                (4, Some(count)) => Message::Want(u32::from_le_bytes(*count)),
                (5, _) => Message::End(contents.first().copied().unwrap_or(crate::failure::OURS)),
                // Of a later kernel: nothing that this launcher knows.
                _ => continue,
            };
            return Some(message);
        }
    }

    /// What came although no kernel had spoken.
    pub(super) fn before_greeting(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        (!self.is_greeted && !text.trim().is_empty()).then(|| crate::failure::one_line(&text))
    }
}

fn frame(kind: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).unwrap_or(u16::MAX).to_le_bytes();
    [&[kind], &length[..], contents].concat()
}

/// Bytes of standard input, at most [`LONGEST`]; none say that there will be no more.
pub(super) fn input(bytes: &[u8]) -> Vec<u8> {
    frame(0, bytes)
}

/// A signal.
pub(super) fn signal(number: u8) -> Vec<u8> {
    frame(1, &[number])
}

/// Nobody reads a stream any more.
pub(super) fn broken(stream: u8) -> Vec<u8> {
    frame(2, &[stream])
}

#[cfg(test)]
mod tests {
    use super::{Incoming, Message};

    #[test]
    fn frames_come_in_pieces() {
        let mut incoming = Incoming::default();
        incoming.add(b"noise\0trapl");
        assert_eq!(incoming.next(), None);
        assert_eq!(incoming.before_greeting().as_deref(), Some("noisetrapl"));
        incoming.add(b"ess\x01\x01\x02\0h");
        assert_eq!(incoming.next(), None);
        incoming.add(b"i\x63\0\0\x04\x04\0\x01\x01\0\0\x05\x01\0\x07");
        assert_eq!(incoming.next(), Some(Message::Output(b"hi".to_vec())));
        assert_eq!(incoming.next(), Some(Message::Want(257)));
        assert_eq!(incoming.next(), Some(Message::End(7)));
        assert_eq!(incoming.next(), None);
    }
}
