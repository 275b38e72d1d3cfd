//! What procfs shows about sockets.

use alloc::format;

use super::unix;

/// /proc/net/unix (proc(5)). As for an ordinary user of Linux, addresses of the kernel are not shown.
pub fn unix_sockets(mut write: impl FnMut(&[u8])) {
    write(b"Num       RefCount Protocol Flags    Type St Inode Path\n");
    for socket in unix::all() {
        let row = socket.row();
        let line = format!(
            "{:016x}: {:08X} {:08X} {:08X} {:04X} {:02X} {:5}",
            0, row.references, 0, row.flags, row.kind, row.state, row.number
        );
        write(line.as_bytes());
        if let Some(name) = row.name {
            write(b" ");
            for &byte in name.strip_suffix(b"\0").filter(|_| name.first() != Some(&0)).unwrap_or(&name) {
                write(&[if byte == 0 { b'@' } else { byte }]);
            }
        }
        write(b"\n");
    }
}
