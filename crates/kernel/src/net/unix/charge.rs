//! What a message takes of its sender's buffer: as much as on Linux, so that a writer is stopped at the
//! same byte.
//!
//! Linux charges what it allocates: a head that holds the first bytes and is rounded up to the next size of
//! its allocator, pages for the rest, and its own structures.

/// The part of a head that Linux keeps for itself (`SKB_DATA_ALIGN(sizeof(struct skb_shared_info))`).
const SHARED: usize = 320;
/// The structure that describes a message (`SKB_DATA_ALIGN(sizeof(struct sk_buff))`).
const DESCRIPTION: usize = 256;
const PAGE: usize = 4096;
/// The most bytes in a head of one page (`SKB_MAX_HEAD(0)`).
const HEAD_MAX: usize = PAGE - SHARED;
/// The most bytes in a datagram's head (`SKB_MAX_ALLOC`).
const DATAGRAM_HEAD_MAX: usize = 4 * PAGE - SHARED;
/// The most bytes in the pages of a stream's message (`UNIX_SKB_FRAGS_SZ`).
const STREAM_PAGES_MAX: usize = 32768;
/// The most bytes in the pages of a datagram (`MAX_SKB_FRAGS * PAGE_SIZE`).
const DATAGRAM_PAGES_MAX: usize = 17 * PAGE;

/// The most bytes that one message of a stream carries, whatever the send buffer.
pub(super) const STREAM_MAX: usize = HEAD_MAX + STREAM_PAGES_MAX;
/// The least that a message is charged.
const SMALLEST: usize = 512;

const fn pages(bytes: usize) -> usize {
    bytes.next_multiple_of(PAGE)
}

/// The charge of a head with so many bytes.
const fn head(bytes: usize) -> usize {
    let size = bytes.next_multiple_of(64) + SHARED;
    let size = if size < SMALLEST { SMALLEST } else { size.next_power_of_two() };
    size + DESCRIPTION
}

/// What so many bytes of a stream are charged; at most [`STREAM_MAX`].
pub(super) const fn of_stream(bytes: usize) -> usize {
    let in_pages = pages(bytes.saturating_sub(HEAD_MAX));
    let in_pages = if in_pages < bytes { in_pages } else { bytes };
    head(bytes - in_pages) + pages(in_pages)
}

/// What a datagram of so many bytes is charged.
pub(super) const fn of_datagram(bytes: usize) -> usize {
    let rest = bytes.saturating_sub(DATAGRAM_HEAD_MAX);
    let in_pages = pages(if rest < DATAGRAM_PAGES_MAX { rest } else { DATAGRAM_PAGES_MAX });
    head(bytes.saturating_sub(in_pages)) + in_pages
}

#[cfg(test)]
mod tests {
    use super::{of_datagram, of_stream};

    /// Pairs of size and charge that Linux 6.18 gave (ioctl(SIOCOUTQ) after one message).
    #[test]
    fn charges_are_linux_s() {
        let stream = [
            (1, 768),
            (192, 768),
            (193, 1280),
            (704, 1280),
            (705, 2304),
            (1729, 4352),
            (3776, 4352),
            (3777, 4864),
            (7872, 8448),
            (8000, 8960),
            (16065, 17152),
            (20000, 20736),
            (36544, 37120),
            (17280, 18688),
        ];
        for (bytes, charge) in stream {
            assert_eq!(of_stream(bytes), charge, "stream {bytes}");
        }
        let datagrams = [
            (0, 768),
            (3777, 8448),
            (8000, 16640),
            (16064, 16640),
            (16065, 20736),
            (48833, 53504),
            (212_960, 332_032),
        ];
        for (bytes, charge) in datagrams {
            assert_eq!(of_datagram(bytes), charge, "datagram {bytes}");
        }
    }
}
