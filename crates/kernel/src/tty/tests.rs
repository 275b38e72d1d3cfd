//! Both sides of a pseudo-terminal, as one thread sees them.

use alloc::sync::Arc;
use alloc::vec::Vec;

use abi::Errno;
use abi::raw::general::{O_NOCTTY, O_RDWR, O_WRONLY, TCION};
use abi::raw::ioctl::{TCXONC, TIOCGPTN, TIOCGSID, TIOCNOTTY, TIOCSCTTY, TIOCSPGRP, TIOCSPTLCK, TIOCSTI};
use abi::signal::{SIGHUP, SIGINT, SIGTTIN, SIGTTOU, SigAction, Signal};

use super::{Terminal, devpts, open_controlling, open_emulator, open_numbered};
use crate::fs::{File, IoFlags, PollEvents};
use crate::io::{Sink, Source};
use crate::testing::{UserMemory, World};

/// A pseudo-terminal: its emulator's side, unlocked, and its number.
fn pair() -> (Arc<dyn File>, u32) {
    let emulator = open_emulator().unwrap();
    let number = UserMemory::of(&0_u32);
    emulator.ioctl(TIOCGPTN, number.address()).unwrap();
    let unlocked = UserMemory::of(&0_i32);
    emulator.ioctl(TIOCSPTLCK, unlocked.address()).unwrap();
    (emulator, number.value())
}

fn write(file: &Arc<dyn File>, text: &[u8]) -> Result<usize, Errno> {
    file.write_at(&mut Source::kernel(text), 0, IoFlags::NONBLOCK)
}

fn read(file: &Arc<dyn File>) -> Result<Vec<u8>, Errno> {
    let mut buffer = [0; 5000];
    let count = file.read_at(&mut Sink::kernel(&mut buffer), 0, IoFlags::NONBLOCK)?;
    Ok(buffer[..count].to_vec())
}

fn is_pending(world: &World, signal: Signal) -> bool {
    world.thread.process().signals.lock().pending().contains(signal)
}

#[test]
fn a_line_is_edited_and_echoed() {
    let _world = World::new();
    let (emulator, number) = pair();
    let terminal = open_numbered(number, O_RDWR | O_NOCTTY).unwrap();
    assert_eq!(write(&emulator, b"abx\x7fc\n"), Ok(6));
    assert_eq!(read(&terminal), Ok(b"abc\n".to_vec()));
    assert_eq!(read(&emulator), Ok(b"abx\x08 \x08c\r\n".to_vec()));
    assert_eq!(read(&terminal), Err(Errno::EAGAIN));
    assert_eq!(read(&emulator), Err(Errno::EAGAIN));
}

#[test]
fn numbers_are_used_again_when_both_sides_are_gone() {
    let _world = World::new();
    let (emulator, number) = pair();
    let terminal = open_numbered(number, O_RDWR | O_NOCTTY).unwrap();
    drop(emulator);
    let (other, second) = pair();
    assert_ne!(second, number);
    drop((terminal, other));
    assert_eq!(pair().1, number);
    assert_eq!(devpts::count(), 0);
}

#[test]
fn a_session_leader_takes_what_it_opens_for_reading() {
    let world = World::new();
    let (_emulator, number) = pair();
    let _write_only = open_numbered(number, O_WRONLY).unwrap();
    assert_eq!(open_controlling(O_RDWR).err(), Some(Errno::ENXIO));
    let terminal = open_numbered(number, O_RDWR).unwrap();
    assert!(open_controlling(O_RDWR).is_ok());
    let session = UserMemory::of(&0_i32);
    assert_eq!(terminal.ioctl(TIOCGSID, session.address()), Ok(0));
    assert_eq!(session.value::<i32>(), 1);
    assert_eq!(terminal.ioctl(TIOCNOTTY, 0), Ok(0));
    assert!(is_pending(&world, SIGHUP));
    assert_eq!(terminal.ioctl(TIOCGSID, session.address()), Err(Errno::ENOTTY));
    assert_eq!(terminal.ioctl(TIOCSCTTY, 0), Ok(0));
    world.thread.process().set_relations(|relations| relations.terminal = None);
}

#[test]
fn typed_characters_send_signals_to_the_foreground() {
    let world = World::new();
    let (emulator, number) = pair();
    let _terminal = open_numbered(number, O_RDWR).unwrap();
    assert_eq!(write(&emulator, b"\x03"), Ok(1));
    assert!(is_pending(&world, SIGINT));
    world.thread.process().set_relations(|relations| relations.terminal = None);
}

#[test]
fn the_background_is_kept_off() {
    let world = World::new();
    let (emulator, number) = pair();
    let terminal = open_numbered(number, O_RDWR).unwrap();
    write(&emulator, b"line\n").unwrap();
    world.thread.process().set_relations(|relations| relations.pgid = 5);
    // Nobody could let this group go on, so it is not stopped.
    assert_eq!(read(&terminal), Err(Errno::EIO));
    let group = UserMemory::of(&5_i32);
    assert_eq!(terminal.ioctl(TIOCSPGRP, group.address()), Err(Errno::ENOTTY));
    let handlers = Arc::clone(world.thread.process().signals.lock().handlers());
    for signal in [SIGTTIN, SIGTTOU] {
        handlers.replace(signal, SigAction { handler: abi::signal::SIG_IGN, ..SigAction::default() });
    }
    assert_eq!(read(&terminal), Err(Errno::EIO));
    assert_eq!(terminal.ioctl(TIOCSPGRP, group.address()), Ok(0));
    assert_eq!(read(&terminal), Ok(b"line\n".to_vec()));
    world.thread.process().set_relations(|relations| relations.terminal = None);
}

#[test]
fn a_hang_up_kills_what_is_open() {
    let world = World::new();
    let (emulator, number) = pair();
    let terminal = open_numbered(number, O_RDWR).unwrap();
    drop(emulator);
    assert!(is_pending(&world, SIGHUP));
    assert_eq!(read(&terminal), Ok(Vec::new()));
    assert_eq!(write(&terminal, b"x"), Err(Errno::EIO));
    assert!(terminal.poll(None).contains(PollEvents::HUP | PollEvents::ERR));
    assert_eq!(open_controlling(O_RDWR).err(), Some(Errno::ENXIO));
    assert_eq!(open_numbered(number, O_RDWR).err(), Some(Errno::EIO));
}

#[test]
fn nothing_grows_without_a_limit() {
    let _world = World::new();
    let (emulator, number) = pair();
    let terminal = open_numbered(number, O_RDWR | O_NOCTTY).unwrap();
    let newline = UserMemory::of_bytes(b"\n");
    for _ in 0..20_000 {
        terminal.ioctl(TCXONC, u64::from(TCION)).unwrap();
        terminal.ioctl(TIOCSTI, newline.address()).unwrap();
    }
    while write(&emulator, &[b'x'; 1000]).is_ok() {}
    while write(&terminal, &[b'y'; 1000]).is_ok() {}
    assert!(terminal.readable_bytes().unwrap() <= 4096);
    assert!(emulator.readable_bytes().unwrap() <= 12287);
}

#[test]
fn device_numbers() {
    assert_eq!(Terminal::index_of_device((136, 7)), Some(7));
    assert_eq!(Terminal::index_of_device((136, 257)), Some(257));
    assert_eq!(Terminal::index_of_device((5, 0)), None);
}
