//! The files that every program finds in its directory.

use std::fs::{self, File, FileTimes};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Inputs of programs that want a language of their own.
const SCRIPTS: [(&str, &str); 5] = [
    (
        "source.s",
        ".globl _start\n_start: mov $1,%eax; mov $1,%edi; lea text(%rip),%rsi; mov $6,%edx; syscall\n\
         mov $60,%eax; mov $9,%edi; syscall\n.data\ntext: .ascii \"bytes\\n\"\n",
    ),
    ("edits", "1,5d\n/pipe/s/pipe/PIPE/p\n$a\nlast\n.\nw\nq\n"),
    ("words.patch", "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-id,group,value\n+ID,GROUP,VALUE\n 0,g0,5563\n"),
    ("pi.bc", "scale=200\n4*a(1)\ne(1)\n2^500\n"),
    (
        "script.tcl",
        "set f [open words.txt]; set n 0; while {[gets $f l] >= 0} {incr n [llength $l]}; puts $n\n\
         puts [lsort [glob tree/*]]; puts [file size data.bin]; exit 4\n",
    ),
];

/// Makes them: `words.txt`, `data.bin`, `data.json`, `table.csv`, and a small tree in `tree`.
///
/// With `full`, `data.bin` has 100 MB instead of 300 KB.
pub(crate) fn make(top: &Path, full: bool) -> std::io::Result<()> {
    fs::write(top.join("words.txt"), words(3000))?;
    fs::write(top.join("data.json"), json())?;
    fs::write(top.join("table.csv"), table())?;
    for (name, text) in SCRIPTS {
        fs::write(top.join(name), text)?;
    }
    let mut data = File::create(top.join("data.bin"))?;
    let block = noise(300_000);
    for _ in 0..if full { 333 } else { 1 } {
        data.write_all(&block)?;
    }
    tree(&top.join("tree"))?;
    age(top)
}

/// A tree with what trees hold: directories, files of several sizes and modes, links of both kinds.
fn tree(top: &Path) -> std::io::Result<()> {
    for number in 0..6 {
        let directory = top.join(format!("dir{number}")).join("sub");
        fs::create_dir_all(&directory)?;
        for file in 0..5 {
            let path = directory.join(format!("file{file}.txt"));
            fs::write(&path, words(number * 40 + file * 7))?;
            let mode = [0o644, 0o600, 0o755, 0o444, 0o640].get(file).copied().unwrap_or(0o644);
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        }
    }
    fs::write(top.join("empty"), "")?;
    symlink("dir1/sub/file0.txt", top.join("link"))?;
    symlink("nowhere", top.join("dangling"))?;
    fs::hard_link(top.join("dir2/sub/file1.txt"), top.join("hard"))
}

/// Sets all times to one in the past, so that listings are the same on both sides.
fn age(path: &Path) -> std::io::Result<()> {
    let meta = path.symlink_metadata()?;
    if meta.is_symlink() {
        // The standard library sets no times of links; touch does.
        let status = Command::new("touch").args(["-h", "-d", "@1000000000"]).arg(path).status()?;
        return if status.success() { Ok(()) } else { Err(std::io::Error::other("touch failed")) };
    }
    if meta.is_dir() {
        for entry in fs::read_dir(path)? {
            age(&entry?.path())?;
        }
    }
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::open(path)?.set_times(FileTimes::new().set_modified(time).set_accessed(time))
}

/// Lines of words, the same at each call.
fn words(lines: usize) -> String {
    const WORDS: [&str; 12] = [
        "kernel", "call", "file", "pipe", "signal", "page", "map", "clock", "thread", "socket", "inode",
        "trap",
    ];
    let mut state = 12345;
    let mut text = String::new();
    for line in 0..lines {
        text.push_str(&line.to_string());
        for _ in 0..8 {
            let word = usize::try_from(next(&mut state) % 12).unwrap_or(0);
            text.push(' ');
            text.push_str(WORDS.get(word).copied().unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

fn json() -> String {
    let mut rows = Vec::new();
    for number in 0..200 {
        rows.push(format!(
            "{{\"id\": {number}, \"name\": \"item {number}\", \"tags\": [\"a\", \"b{}\"], \"price\": {}.5}}",
            number % 7,
            number * 3
        ));
    }
    format!("[{}]\n", rows.join(",\n "))
}

fn table() -> String {
    let mut text = String::from("id,group,value\n");
    let mut state = 99;
    for number in 0..1000 {
        text.push_str(&format!("{number},g{},{}\n", number % 13, next(&mut state) % 10_000));
    }
    text
}

/// Half noise, half repetition, so that it compresses to some degree.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 777;
    let mut bytes = Vec::with_capacity(length + 16);
    while bytes.len() < length {
        let word = next(&mut state);
        bytes.extend_from_slice(&word.to_le_bytes());
        bytes.extend_from_slice(b"trapless");
    }
    bytes.truncate(length);
    bytes
}

/// The next number of a simple generator (Knuth's MMIX constants; the high half is good enough here).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// FNV-1a: enough to tell whether two files are the same.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
