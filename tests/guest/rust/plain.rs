//! A static Rust program: files, collections, formatting, time, a caught panic.
// build: rust

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    println!("arguments: {}", std::env::args().count());
    fs::create_dir_all("one/two")?;
    let mut file = fs::File::options().read(true).write(true).create(true).truncate(true).open("one/two/file")?;
    for number in 0..1000 {
        writeln!(file, "line {number}")?;
    }
    file.seek(SeekFrom::Start(0))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    println!("{} lines, {} bytes", text.lines().count(), text.len());

    let mut counts = BTreeMap::new();
    for byte in text.bytes() {
        *counts.entry(byte as char).or_insert(0) += 1;
    }
    println!("{counts:?}");

    fs::copy("one/two/file", "copy")?;
    fs::rename("copy", "one/moved")?;
    let mut names: Vec<_> = fs::read_dir("one")?.map(|entry| entry.map(|e| e.file_name())).collect::<Result<_, _>>()?;
    names.sort();
    println!("{names:?} {}", fs::metadata("one/moved")?.len());
    println!("{:?}", fs::read("none").map_err(|error| error.kind()));
    println!("{:?}", fs::create_dir("one").map_err(|error| error.kind()));
    fs::remove_dir_all("one")?;

    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(5));
    println!("slept: {}", start.elapsed() >= Duration::from_millis(5));

    let mut big = vec![0_u64; 1 << 20];
    for (index, value) in big.iter_mut().enumerate() {
        *value = index as u64;
    }
    println!("{}", big.iter().sum::<u64>());

    std::panic::set_hook(Box::new(|_| ()));
    let caught = std::panic::catch_unwind(|| {
        let empty: Vec<u8> = Vec::new();
        empty[std::env::args().count()]
    });
    println!("caught: {}", caught.is_err());
    std::process::exit(23)
}
